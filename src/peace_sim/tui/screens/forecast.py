"""Where this may go, or might have gone: endings with their shares, and figures as fans.

Playouts run beside the screen: first few, then more. Whoever leaves, or moves on, drops them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from peace_sim.engine.game import FACILITATOR
from peace_sim.engine.state import State
from peace_sim.engine.view import masked
from peace_sim.history.line import Line
from peace_sim.history.series import Points, course
from peace_sim.report.forecast import basis_text, outcome_text, shown_figures
from peace_sim.report.words import closed, day_text
from peace_sim.tui.canvas import wants_ascii
from peace_sim.tui.place import Place
from peace_sim.tui.plots import Band, FanPlot
from peace_sim.tui.screens.game import GameScreen
from peace_sim.tui.text import quiet, said
from peace_sim.tui.widgets.paper import lacks_numbers
from peace_sim.tui.widgets.rows import Hanging

if TYPE_CHECKING:
    from textual.worker import Worker

    from peace_sim.history.forecast import Forecast
    from peace_sim.tui.app import PeaceApp

PLOTS = 6
PAUSE = 0.25
"""Seconds that a viewpoint stands before playouts begin: who only passes starts none."""
BAR = 16

_turn = Lock()
"""One forecast is played at a time; who waits and is wanted no longer plays none."""


class ForecastScreen(GameScreen):
    """The forecast from here, for a chair that may read it in full."""

    ABOUT = """\
What came of many playouts of this model, from what your chair knows and guesses at the rest, with
every chair played by character. First few are played, then more. A share is a share of these
playouts, with its 95 % interval; the drawings show the middle, where half of them lie, and where
nine tenths lie, among those that were still on.
"""
    TITLE_WORDS: ClassVar[str] = "Where this may go"

    app: PeaceApp

    @dataclass
    class Told(Message):
        """So many playouts are done, for the viewpoint of this number."""

        number: int
        forecast: Forecast

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._number = 0
        """Rises with each viewpoint, so that work for another is known as such."""
        self._looked: tuple[State, str] | None = None
        self._pause: Timer | None = None

    def body(self) -> ComposeResult:
        """How far it is, then one page."""
        yield Static(id="forecast-state", markup=False)
        yield VerticalScroll(id="page")

    def on_mount(self) -> None:
        """Begin."""
        self.tell()
        self.query_one("#page").focus()

    def on_unmount(self) -> None:
        """What is still being played is for nobody."""
        self._number += 1

    # ------------------------------------------------------------ from where

    def viewpoint(self) -> tuple[State, str]:
        """The state to look from, masked, and who looks."""
        return self.place.seat.known(self.place.role), self.place.role

    def came(self, told: Forecast) -> dict[str, Points]:
        """How figures went afterwards, to the last day, where that is known."""
        return {}

    @property
    def sealed(self) -> bool:
        """Whether endings' titles are still sealed."""
        return True

    def tell(self) -> None:
        """Look from where the game stands now; what was begun elsewhere is dropped."""
        self.head(self.TITLE_WORDS)
        looked = self.viewpoint()
        if looked == self._looked:
            return
        self._looked = looked
        self._number += 1
        self.query_one("#page", VerticalScroll).remove_children()
        state, _ = looked
        if state.ending is not None:
            self._state("It is over: nothing is left to foresee.")
            return
        self._state(f"{self.where(state)}. Playouts have begun…")
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._begin)

    def where(self, state: State) -> str:
        """From where one looks, in words."""
        return f"Seen from {day_text(self.place.game.moments[state.moment].day)}"

    def _state(self, text: str) -> None:
        self.query_one("#forecast-state", Static).update(quiet(text))

    # ------------------------------------------------------------ the work

    def _begin(self) -> None:
        if self._looked is not None:
            state, audience = self._looked
            self.app.listen(self._work(self._number, state, audience), self._ended)

    def _work(self, number: int, state: State, audience: str) -> Callable[[], None]:
        game = self.place.game

        def work() -> None:
            from peace_sim.history.forecast import refined

            with _turn:
                if number != self._number:
                    return
                for told in refined(game, state, audience):
                    if number != self._number:
                        return
                    self.post_message(self.Told(number, told))

        return work

    def _ended(self, worker: Worker[None]) -> None:
        if lacks_numbers(worker.error):
            if self.is_mounted:
                self._state("A forecast needs numpy, which is not installed here.")
        elif worker.error is not None:
            self.app.fail(worker.error)

    def on_forecast_screen_told(self, message: ForecastScreen.Told) -> None:
        """Show what has been played, if it is still wanted."""
        message.stop()
        if message.number != self._number or not self.is_mounted:
            return
        from peace_sim.history.forecast import PLAYS

        told = message.forecast
        more = " More are being played…" if told.plays < PLAYS else ""
        where = f"{self.where(self._looked[0])}: " if self._looked else ""
        self._state(f"{where}{told.plays} playouts.{more}")
        page = self.query_one("#page", VerticalScroll)
        page.remove_children()
        page.mount_all(self._parts(told))

    # ------------------------------------------------------------ what it shows

    def _parts(self, told: Forecast) -> list[Widget]:
        game = self.place.game
        parts: list[Widget] = [Static(said(basis_text(game, told)), markup=False)]
        parts[0].add_class("paragraph")
        mark = "#" if wants_ascii() else "█"
        for outcome in told.endings:
            bar = mark * round(BAR * outcome.share)
            text = closed(outcome_text(game, told, outcome, sealed=self.sealed))
            parts.append(Static(Hanging(f"{bar:<{BAR}} ", said(text)), markup=False))
        came = self.came(told)
        figures = shown_figures(game, told)[:PLOTS]
        if figures:
            title = said("How figures go", "bold $primary")
            parts.append(Static(title, markup=False, classes="title"))
        for variable in figures:
            fan = [
                Band(date.fromordinal(p.day), p.median, p.half, p.most)
                for p in told.fans[variable.id]
            ]
            start = (date.fromordinal(told.day), told.now[variable.id])
            ours = _from(came.get(variable.id, ()), told.day, fan[-1].day.toordinal())
            parts.append(FanPlot(variable.title, variable.unit, start, fan, ours))
        return parts


def _from(points: Points, first: int, last: int) -> list[tuple[date, float]]:
    """A course from a day on, with the level that held then, as far as it is drawn."""
    within = [(day, level) for day, level in points if first < day <= last]
    before = [level for day, level in points if day <= first]
    if before:
        within.insert(0, (first, before[-1]))
    return [(date.fromordinal(day), level) for day, level in within]


class LookingBack(ForecastScreen):
    """A chapter that is over: what would probably have come, seen from each day of the chair's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "go(-1)", "Earlier", key_display="←→", id="forecast.earlier",
                tooltip="From a window before"),
        Binding("right", "go(1)", "Later", show=False, id="forecast.later",
                tooltip="From a window later"),
        Binding("w", "all_known", "With all that was hidden", id="forecast.known",
                tooltip="As your chair could know it then, or with all that was hidden"),
    ]  # fmt: skip
    ABOUT = ForecastScreen.ABOUT + """
**Left and right** look from an earlier or a later window of yours. **w** shows it with all that was
hidden then, and back. What came afterwards is one course among those that could have; that a thing
was likely does not make it right, nor the other way round.
"""
    TITLE_WORDS = "What would probably have come"

    def __init__(self, place: Place, line: Line) -> None:
        self.line = line
        windows: dict[int, State] = {}
        for faced in line.faced:
            if faced.role == place.role:
                windows.setdefault(faced.state.moment, faced.state)
        self.windows: Sequence[State] = tuple(windows.values()) or (line.opening,)
        self.at = 0
        self.known = False
        super().__init__(place)

    def viewpoint(self) -> tuple[State, str]:
        """A window of the chair, as it could know it; or with all that was hidden."""
        audience = FACILITATOR if self.known else self.place.role
        return masked(self.place.game, self.windows[self.at], audience), audience

    def came(self, told: Forecast) -> dict[str, Points]:
        """How figures went in this play."""
        game = self.place.game
        figures = [variable for variable in game.variables if variable.id in told.fans]
        went = course(game, self.line.opening, self.line.facts, figures)
        end = game.moments[self.line.state.moment].day
        return {id: (*points, (end, points[-1][1])) for id, points in went.items()}

    @property
    def sealed(self) -> bool:
        """Nothing is sealed any longer."""
        return False

    def where(self, state: State) -> str:
        """From where one looks, and how many windows there are."""
        windows = len(self.windows)
        turn = " (left, right)" if windows > 1 else ""
        return f"{super().where(state)}, day {self.at + 1} of your {windows}{turn}"

    def action_go(self, by: int) -> None:
        """Look from the window before, or the next."""
        self.at = max(0, min(len(self.windows) - 1, self.at + by))
        self.tell()

    def action_all_known(self) -> None:
        """As the chair could know it, or with all that was hidden."""
        self.known = not self.known
        self.tell()


