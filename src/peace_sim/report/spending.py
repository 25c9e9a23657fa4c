"""What a plan spends, in words and as blocks."""

from __future__ import annotations

from peace_sim.engine.game import Game
from peace_sim.report.words import number_text

_UNITS = {"acts": ("week", "weeks"), "deploy": ("team", "teams")}
MAX_BLOCKS = 12


def amount_text(game: Game, amount: float, kind: str) -> str:
    """An amount of what a plan of this kind spends: 2 weeks.

    Standing acts cost weeks where a tick is a month; elsewhere only the scenario knows what they
    cost, and its text says it.
    """
    known = kind != "acts" or game.tick == "month"
    one, many = _UNITS.get(kind, ("", "")) if known else ("", "")
    return f"{number_text(amount)} {one if amount == 1 else many}".rstrip()


def blocks(amount: float, of: float | None = None) -> str:
    """So many filled blocks, of so many: ■■□□. Empty for what is no small whole number."""
    whole = of if of is not None else amount
    if amount != int(amount) or whole != int(whole) or not 0 <= amount <= whole <= MAX_BLOCKS:
        return ""
    return "■" * int(amount) + "□" * int(whole - amount)
