"""The game on a terminal's screen. It is given seats, and knows no rules."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["run"]


def run(
    *,
    scenario: str | None = None,
    chapter: str | None = None,
    chair: str | None = None,
    others: str | None = None,
    world: str | None = None,
    seed: str | None = None,
    settings: Mapping[str, str] | None = None,
    resume: str | None = None,
    study: bool = False,
) -> None:
    """Open the game; what is not named is asked on the screen.

    Once the terminal is itself again, raises what went wrong, and KeyboardInterrupt for Ctrl-C.
    """
    from peace_sim.tui.app import PeaceApp, Wish, run_app

    wish = Wish(scenario, chapter, chair, others, world, seed, dict(settings or {}), resume, study)
    run_app(PeaceApp(wish))
