"""Guards and right-hand sides: read, checked against a scenario's names, made into closures."""

from peace_sim.expressions.check import (
    TODAY,
    Environment,
    Kind,
    Reading,
    check,
    kind_of,
    reads,
    reads_day,
)
from peace_sim.expressions.compile import (
    Condition,
    Numeric,
    Unmet,
    compile_boolean,
    compile_number,
    explain,
)
from peace_sim.expressions.syntax import RESERVED, Expr, Node, parse, unparse

__all__ = [
    "RESERVED",
    "TODAY",
    "Condition",
    "Environment",
    "Expr",
    "Kind",
    "Node",
    "Numeric",
    "Reading",
    "Unmet",
    "check",
    "compile_boolean",
    "compile_number",
    "explain",
    "kind_of",
    "parse",
    "reads",
    "reads_day",
    "unparse",
]
