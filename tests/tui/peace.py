"""A small peace, played some months from the Envoy's chair: what the screens under test look at."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from textual.app import App
from textual.screen import Screen

from peace_sim.diagnostics import failed
from peace_sim.engine.state import Move, World
from peace_sim.engine.view import Asked
from peace_sim.play import LocalSeat, Session
from peace_sim.scenario import library
from peace_sim.scenario.edition import Edition
from peace_sim.tui.place import Place
from peace_sim.tui.screens.assumptions import AssumptionsScreen
from peace_sim.tui.screens.codex import CodexScreen
from peace_sim.tui.screens.incidents import IncidentsScreen
from peace_sim.tui.screens.lookup import Lookup
from peace_sim.tui.screens.map import MapScreen
from peace_sim.tui.screens.numbers import NumbersScreen
from peace_sim.tui.screens.promises import PromisesScreen
from peace_sim.tui.screens.record import RecordScreen

HERE = Path(__file__).parent / "world"
ENVOY = "envoy"
LOOKUPS: tuple[type[Lookup], ...] = (
    MapScreen, IncidentsScreen, PromisesScreen, RecordScreen, CodexScreen, AssumptionsScreen,
    NumbersScreen,
)  # fmt: skip


@lru_cache(maxsize=1)
def edition() -> Edition:
    made, findings = library.open_edition(HERE)
    assert made is not None and not failed(findings), findings
    return made


def place(months: int = 0, *, seed: str = "6", study: bool = False, role: str = ENVOY) -> Place:
    """The chair after so many windows, each answered with its first open option."""
    made = edition()
    session = Session.new(made.game, World(seed, "drawn"), None, {role: None})
    seat = LocalSeat(session, [role])
    for _ in range(months):
        while waiting := [asked for asked in seat.view().asked if asked.sealed is None]:
            seat.submit(Move(role, waiting[0].id, _first(waiting[0])))
        if session.ended:
            break
        seat.advance()
    return Place(made, seat, role, study)


def _first(asked: Asked) -> tuple[tuple[str, str], ...]:
    preferred = ("promise", "open_garm", "visit")
    answer = []
    for field in asked.fields:
        open_options = [option for option in field.options if option.open]
        best = [o for name in preferred for o in open_options if o.id == name] or open_options
        if best:
            answer.append((field.id, best[0].id))
    return tuple(answer)


class Bench(App[None]):
    """Nothing but the screen under test; it remembers the screen's answer."""

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__()
        self.first = screen
        self.answers: list[object] = []

    def on_mount(self) -> None:
        self.push_screen(self.first, self.answers.append)
