"""A play set against the record: milestones, divergence, series, and what may be told when."""

from peace_sim.history.compare import Comparison, compare, compare_line
from peace_sim.history.line import Line, historical_line, line_of
from peace_sim.history.sealed import may_open, open_record

__all__ = [
    "Comparison",
    "Line",
    "compare",
    "compare_line",
    "historical_line",
    "line_of",
    "may_open",
    "open_record",
]
