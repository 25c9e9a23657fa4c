"""What somebody is told before a chapter begins: the story so far, the chair, and its aims."""

from __future__ import annotations

from dataclasses import dataclass

from peace_sim.report.words import day_text
from peace_sim.scenario.edition import Edition


@dataclass(frozen=True, slots=True)
class Brief:
    """A chapter as one chair is told of it."""

    scenario: str
    chapter: str
    dates: str
    minutes: int
    notes: tuple[str, ...]
    """What the scenario warns of."""
    story: str
    chair: str
    office: str
    """Who holds the chair, in general."""
    text: str
    """The brief of this chair for this chapter."""
    aims: tuple[str, ...]
    secret_aims: tuple[str, ...]


def brief(edition: Edition, chapter: str | None, chair: str) -> Brief:
    """The brief of a chair. Raises KeyError for a chapter or a role that does not exist."""
    game = edition.game
    opens, role = game.chapter(chapter), game.role(chair)
    own = [goal for goal in game.goals if goal.role == chair]
    return Brief(
        edition.title, opens.title, f"{day_text(opens.start)} to {day_text(opens.end)}",
        opens.minutes, edition.content_notes, opens.text, role.title, role.text,
        opens.briefs.get(chair, ""), tuple(g.title for g in own if not g.secret),
        tuple(g.title for g in own if g.secret),
    )  # fmt: skip
