"""Words and pages for people: sentences, debriefs, tables. Reads views and facts alone."""

from peace_sim.report.debrief import Debrief, debrief, debrief_lines
from peace_sim.report.prose import day_text, news, refusal, sentence

__all__ = [
    "Debrief",
    "day_text",
    "debrief",
    "debrief_lines",
    "news",
    "refusal",
    "sentence",
]
