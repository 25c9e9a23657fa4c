"""The game on the screen, in a valley of four months: what its tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Static

from peace_sim.diagnostics import failed
from peace_sim.engine.state import Move
from peace_sim.engine.view import Asked, View
from peace_sim.play import LocalSeat
from peace_sim.play.begin import Wanted
from peace_sim.play.begin import begin as begin_game
from peace_sim.play.journal import Journal
from peace_sim.play.store import Store
from peace_sim.scenario import library
from peace_sim.scenario.edition import Edition
from peace_sim.tui.app import PeaceApp, Wish
from peace_sim.tui.screens.answer import AnswerScreen
from peace_sim.tui.screens.council import CouncilScreen
from peace_sim.tui.screens.desk import Desk
from peace_sim.tui.screens.reveal import Reveal
from peace_sim.tui.screens.table import TableScreen
from peace_sim.tui.shelf import Shelf
from peace_sim.tui.widgets.question import QuestionPane

HERE = Path(__file__).parent / "valley"
SEED, ENVOY = "7", "envoy"


@lru_cache(maxsize=1)
def valley() -> Edition:
    made, findings = library.open_edition(HERE)
    assert made is not None and not failed(findings), findings
    return made


class OneShelf(Shelf):
    """A shelf with one scenario on it."""

    def __init__(self, edition: Edition) -> None:
        super().__init__()
        self.only = edition

    def ids(self) -> tuple[str, ...]:
        return (self.only.id,)

    def is_first(self, id: str) -> bool:
        return True

    def edition(self, named: str) -> Edition:
        return self.only

    def of_journal(self, journal: Journal, texts: Mapping[str, str]) -> Edition:
        return self.only


def game(
    folder: Path, *, edition: Edition | None = None, wish: Wish | None = None, still: bool = True
) -> PeaceApp:
    """The application over one scenario and games in a folder; still, where nothing shall move."""
    app = PeaceApp(
        wish or Wish(seed=SEED, scenario="a-valley"),
        shelf=OneShelf(edition or valley()),
        open_store=lambda: Store(folder),
    )
    app.preferences.still = still
    app.animation_level = "none" if still else "full"
    return app


# ── games that are begun elsewhere, and gone on with on the screen ───────────────────────────


def kept_game(
    folder: Path, until: Callable[[View], bool], edition: Edition | None = None
) -> Wish:
    """A game played without a screen until something is so, and the wish to go on with it."""
    store = Store(folder)
    session = begin_game(store, edition or valley(), Wanted("spring", ENVOY, seed=SEED))
    seat = LocalSeat(session, [ENVOY])
    while not until(seat.view()):
        for asked in seat.view().asked:
            seat.submit(Move(ENVOY, asked.id, _first(asked)))
        seat.advance()
    store.close()
    return Wish(resume=session.id)


def _first(asked: Asked) -> tuple[tuple[str, str], ...]:
    """The first open option of each part."""
    opens = ((f.id, o.id) for f in asked.fields for o in f.options if o.open)
    first: dict[str, str] = {}
    for field, option in opens:
        first.setdefault(field, option)
    return tuple(first.items())


def ended(seen: View) -> bool:
    return seen.ending is not None


def asked_for(id: str) -> Callable[[View], bool]:
    """Whether this is asked."""
    return lambda seen: any(asked.id == id for asked in seen.asked)


# ── keys ─────────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def opened(
    app: PeaceApp, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilot[None]]:
    """The application, drawn, with all that it loads loaded."""
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await settle(pilot)
        yield pilot


async def settle(pilot: Pilot[None]) -> None:
    """Wait until nothing is under way."""
    await pilot.pause()
    if pilot.app.workers:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, each after what the one before set going is done."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def begin(pilot: Pilot[None]) -> None:
    """From the set-up to the desk."""
    await press(pilot, "b")
    assert isinstance(pilot.app.screen, Desk)


async def answer(pilot: Pilot[None]) -> None:
    """Answer the question on the screen: the first open option of each part, then the seal."""
    while pilot.app.screen.query(QuestionPane):
        shown = pilot.app.screen.query_one(QuestionPane)
        field = shown.field
        if shown.is_sealed or field is None:
            return
        if field.many:
            await press(pilot, "enter", "s")
        elif field.id not in shown.chosen:
            await press(pilot, "enter")
        else:
            await press(pilot, "s")


async def one_step(pilot: Pilot[None]) -> None:
    """What a player does next, by keys."""
    app = pilot.app
    screen = app.screen
    if isinstance(screen, Desk):
        waiting = [asked for asked in screen.place.asked() if asked.sealed is None]
        await press(pilot, "enter" if waiting else "o")
    elif isinstance(screen, AnswerScreen | TableScreen | CouncilScreen):
        shown = screen.query_one(QuestionPane)
        if shown.asked is None:
            await press(pilot, "escape")
        elif shown.is_sealed:
            await press(pilot, "o")
        else:
            await answer(pilot)
    elif isinstance(screen, Reveal):
        await press(pilot, "escape")
        if app.screen is screen:
            await press(pilot, "escape")
    else:
        raise AssertionError(f"nothing to do on {screen!r}")


async def play_until(pilot: Pilot[None], kind: type, most: int = 120) -> None:
    """Play until a screen of this kind is shown."""
    for _ in range(most):
        if isinstance(pilot.app.screen, kind):
            return
        await one_step(pilot)
    raise AssertionError(f"never came to {kind.__name__}")


# ── what is seen ─────────────────────────────────────────────────────────────────────────────


def grid(app: PeaceApp) -> str:
    """What stands on the terminal, row by row."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(s.text for s in strip).rstrip() for strip in strips)


def words(app: PeaceApp, within: str = "Static") -> str:
    """All words of the screen's texts, in sight or not."""
    return "\n".join(str(static.content) for static in app.screen.query(within).results(Static))


def pane(app: PeaceApp) -> QuestionPane:
    return app.screen.query_one(QuestionPane)


def moves(app: PeaceApp) -> list[Move]:
    """What the player decided, in the present game."""
    assert app.evening is not None
    entries = app.evening.seat.session.journal.entries
    return [entry for entry in entries if isinstance(entry, Move) and entry.by == "person"]
