"""The application: its looks and keys, the start, and the evening's game when there is one.

Nothing of the game is imported before the first picture stands on the screen.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from peace_sim.tui.preferences import keep_preferences, read_preferences
from peace_sim.tui.screens.start import Start
from peace_sim.tui.shelf import Shelf
from peace_sim.tui.themes import MORE, OURS

if TYPE_CHECKING:
    from peace_sim.play.begin import Wanted
    from peace_sim.play.session import Session
    from peace_sim.play.store import Store
    from peace_sim.scenario.edition import Edition
    from peace_sim.tui.evening import Evening
    from peace_sim.tui.messages import Answer, Seal, TakeBack
    from peace_sim.tui.place import Place

SMALLEST = (56, 16)
PATIENCE = 3.0
"""Seconds to take leave in when the system asks us to go."""
A_MOMENT = 0.5
"""Work that takes longer than so many seconds shows a sign."""
INTERRUPTED = 130

LOOKS = {
    "numbers": ("numbers", "NumbersScreen", "Numbers and tracks, and why they stand as they do"),
    "table": ("table", "TableScreen", "The text on the table"),
    "council": ("council", "CouncilScreen", "The Council chamber"),
    "map": ("map", "MapScreen", "The map, and who stands where"),
    "incidents": ("incidents", "IncidentsScreen", "What has been reported"),
    "promises": ("promises", "PromisesScreen", "Who owes what to whom"),
    "record": ("record", "RecordScreen", "What really happened, as far as it may be told"),
    "codex": ("codex", "CodexScreen", "Words, parties, people and places"),
    "assumptions": ("assumptions", "AssumptionsScreen", "What the model takes for granted"),
    "heard": ("heard", "HeardScreen", "All that you have heard so far"),
    "forecast": ("forecast", "ForecastScreen", "Where this may go, by many playouts"),
}
"""What can be looked at during a game: the module, the screen, and what it is."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line; None where the person is asked."""

    scenario: str | None = None
    chapter: str | None = None
    chair: str | None = None
    others: str | None = None
    world: str | None = None
    seed: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    resume: str | None = None
    study: bool = False


class PeaceApp(App[None]):
    """The game on a terminal."""

    TITLE = "Peace Sim"
    CSS_PATH = "peace.tcss"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-narrow"), (80, "-normal"), (120, "-wide"),
    ]  # fmt: skip
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-low"), (24, "-mid"), (30, "-tall"),
    ]  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="app.quit",
                tooltip="Close the game at once; everything is kept"),
        Binding("o", "open_seals", "Open", id="game.open", tooltip="Open the seals; time goes on"),
        Binding("u", "undo", "Undo", id="game.undo", tooltip="Take back your last answer"),
        Binding("t", "look('table')", "Text", id="look.table", tooltip="The text on the table"),
        Binding("n", "look('numbers')", "Numbers", id="look.numbers",
                tooltip="Numbers and tracks, and why they stand as they do"),
        Binding("m", "look('map')", "Map", id="look.map", tooltip="The map, and who stands where"),
        Binding("r", "look('record')", "Record", id="look.record", show=False,
                tooltip="What really happened, as far as it may be told"),
        Binding("c", "look('codex')", "Codex", id="look.codex", show=False,
                tooltip="Words, parties, people and places"),
        Binding("p", "look('promises')", "Promises", id="look.promises", show=False,
                tooltip="Who owes what to whom"),
        Binding("i", "look('incidents')", "Incidents", id="look.incidents", show=False,
                tooltip="What has been reported"),
        Binding("v", "look('council')", "Council", id="look.council", show=False,
                tooltip="The Council chamber, and how it voted"),
        Binding("a", "look('assumptions')", "Assumptions", id="look.assumptions", show=False,
                tooltip="What the model takes for granted"),
        Binding("h", "look('heard')", "Heard", id="look.heard", show=False,
                tooltip="All that you have heard so far"),
        Binding("f", "look('forecast')", "Forecast", id="look.forecast", show=False,
                tooltip="Where this may go, by many playouts"),
        Binding("d", "so_far", "So far", id="look.so_far", show=False,
                tooltip="For study: your play so far, beside the record"),
        Binding("question_mark,f1", "help", "Help", key_display="?", id="app.help",
                tooltip="What one can do here, and what the words mean"),
    ]  # fmt: skip

    def __init__(
        self,
        wish: Wish | None = None,
        *,
        shelf: Shelf | None = None,
        open_store: Callable[[], Store] | None = None,
    ) -> None:
        super().__init__()
        self.wish = wish or Wish()
        self.shelf = shelf or Shelf()
        self.store: Store | None = None
        self.evening: Evening | None = None
        self.fault: BaseException | None = None
        """What went wrong in here, for whoever runs the application."""
        self.interrupted = False
        self.farewell = ""
        """Where the last game is kept, to be said when the terminal is itself again."""
        self.preferences = read_preferences()
        self._open_store = open_store or _user_store
        self._listeners: dict[Worker[Any], Callable[[Worker[Any]], None]] = {}
        self._signs: set[Worker[Any]] = set()
        for theme in OURS:
            self.register_theme(theme)
        if self.preferences.theme in self.available_themes:
            self.theme = self.preferences.theme
        if self.preferences.still:
            self.animation_level = "none"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The parties' colours in themes that are not ours."""
        return dict(MORE)

    def get_default_screen(self) -> Screen[Any]:
        """The start."""
        return Start()

    def on_mount(self) -> None:
        """Listen for the system's wish to go; load what there is once the start is drawn."""
        if not self.is_headless and threading.current_thread() is threading.main_thread():
            loop = asyncio.get_running_loop()
            for name in ("SIGTERM", "SIGHUP"):
                if hasattr(signal, name):
                    with suppress(NotImplementedError):
                        loop.add_signal_handler(getattr(signal, name), self._told_to_go)
        self.theme_changed_signal.subscribe(self, self._theme_changed)
        self.screen_change_signal.subscribe(self, self._screen_changed)
        self.call_after_refresh(self._load)

    # ------------------------------------------------------------ what there is

    def _load(self) -> None:
        self.listen(self._opened_store, self._store_opened)

    def _opened_store(self) -> Store:
        return self._open_store()

    def _store_opened(self, worker: Worker[Store]) -> None:
        from peace_sim.play.store import StoreTrouble

        if worker.state is WorkerState.SUCCESS:
            self.store = worker.result
        elif isinstance(worker.error, StoreTrouble):
            self._store_trouble(worker.error)
            return
        elif worker.error is not None:
            self.fail(worker.error)
            return
        self._set_out()

    def _store_trouble(self, trouble: Any) -> None:
        from peace_sim.tui.screens.dialogs import Choice

        def chosen(way: str | None) -> None:
            if way == "again":
                self._load()
            elif way == "leave":
                self.exit()
            else:
                self._set_out()

        self.push_screen(
            Choice(
                "Your games cannot be reached",
                f"{trouble.message} {trouble.what_to_do}",
                (
                    ("again", "Try again"),
                    ("unkept", "Play without keeping (a game ends when you leave)"),
                    ("leave", "Leave"),
                ),
            ),
            chosen,
        )

    def _set_out(self) -> None:
        """Show what is kept and shipped; go where the command line pointed."""
        start = self.start
        if start is not None:
            start.load()
        if self.wish.resume is not None:
            self.resume(self.wish.resume)
        elif self.wish.scenario is not None:
            self.set_up(self.wish.scenario)

    @property
    def start(self) -> Start | None:
        """The start, at the bottom of the stack."""
        bottom = self.screen_stack[0] if self.screen_stack else None
        return bottom if isinstance(bottom, Start) else None

    # ------------------------------------------------------------ games

    def set_up(self, scenario: str) -> None:
        """Ask how a game of a scenario is wanted."""

        def opened(worker: Worker[Edition]) -> None:
            from peace_sim.tui.shelf import Unreadable

            if isinstance(worker.error, Unreadable):
                self.notify(str(worker.error), severity="error", markup=False, timeout=10)
            elif worker.error is not None:
                self.fail(worker.error)
            elif worker.result is not None:
                from peace_sim.tui.screens.setup import Setup

                wish = self.wish if self.wish.scenario == scenario else Wish()
                self.push_screen(Setup(worker.result, wish))

        self.listen(lambda: self.shelf.edition(scenario), opened)

    def begin(self, edition: Edition, wanted: Wanted, study: bool) -> None:
        """Begin a new game."""
        from peace_sim.play.begin import begin
        from peace_sim.play.store import StoreTrouble
        from peace_sim.tui.evening import THINKING

        def begun(worker: Worker[Session]) -> None:
            if isinstance(worker.error, StoreTrouble):
                self._store_trouble(worker.error)
            elif worker.error is not None:
                self.fail(worker.error)
            elif worker.result is not None:
                self._sit_down(edition, worker.result, study)

        self.listen(lambda: begin(self.store, edition, wanted), begun, THINKING)

    def resume(self, id: str, *, copy: bool = False) -> None:
        """Go on with a game that is kept; with ``copy``, with what can be read of it, in a copy."""
        from peace_sim.play.store import StoreTrouble
        from peace_sim.tui.shelf import Unreadable

        def resumed(worker: Worker[tuple[Edition, Session]]) -> None:
            if isinstance(worker.error, StoreTrouble | Unreadable):
                self._cannot_resume(id, worker.error, copy)
            elif worker.error is not None:
                self.fail(worker.error)
            elif worker.result is not None:
                self._sit_down(*worker.result, study=self.wish.study)

        self.listen(lambda: self._resumed(id, copy), resumed)

    def _resumed(self, id: str, copy: bool) -> tuple[Edition, Session]:
        from peace_sim.play.session import Session
        from peace_sim.play.store import StoreTrouble
        from peace_sim.tui.shelf import Unreadable

        if self.store is None:
            raise StoreTrouble("No games are kept here.", "Begin a new one.")
        found = self.store.load(id)
        if found.journal is None:
            raise Unreadable(f"The game cannot be read: {found.trouble}")
        edition = self.shelf.of_journal(found.journal, found.texts)
        if copy:
            id = self.store.create(found.journal, texts=found.texts)
            return edition, Session.resume(edition.game, self.store, id, good_part=True)
        return edition, Session.resume(edition.game, self.store, id)

    def _cannot_resume(self, id: str, trouble: Exception, was_copy: bool) -> None:
        from peace_sim.tui.screens.dialogs import Choice

        def chosen(way: str | None) -> None:
            if way == "copy":
                self.resume(id, copy=True)

        ways = [("back", "Back")]
        if not was_copy:
            ways.insert(0, ("copy", "Go on in a copy, with what can be read of it"))
        self.push_screen(Choice("This game cannot be opened", str(trouble), ways), chosen)

    def show_saved(self) -> None:
        """The games that are kept."""
        if self.store is not None:
            from peace_sim.tui.screens.saved import SavedScreen

            self.push_screen(SavedScreen(self.store), self._chosen_game)

    def _chosen_game(self, id: str | None) -> None:
        if id is not None:
            self.resume(id)
        elif self.start is not None:
            self.start.load()

    def _sit_down(self, edition: Edition, session: Session, study: bool) -> None:
        from peace_sim.report.words import stranger_text
        from peace_sim.tui.evening import Evening

        if self.evening is not None:
            self.evening.close()
        self._down_to_start()
        self.evening = Evening(self, edition, session, study)
        self.evening.start()
        for role, policy in session.strangers.items():
            told = stranger_text(edition.game, role, policy)
            self.notify(told, markup=False, severity="warning", timeout=15)

    def _down_to_start(self) -> None:
        if self.start is not None:
            self.down_to(self.start)

    def action_leave(self) -> None:
        """Leave the game for the start; everything is kept."""
        evening, self.evening = self.evening, None
        if evening is None:
            return
        self._down_to_start()
        for worker in list(self._signs):
            self._take_down_sign(worker)
        if evening.name:
            self.notify(f"Everything is kept, as {evening.name}.", markup=False)
        evening.close()
        if self.start is not None:
            self.start.load()

    # ------------------------------------------------------------ what screens ask for

    def on_seal(self, message: Seal) -> None:
        """Seal an answer."""
        if self.evening is not None:
            self.evening.seal(message.move)

    def on_take_back(self, message: TakeBack) -> None:
        """Take a sealed answer back."""
        if self.evening is not None:
            self.evening.take_back(message.decision)

    def on_open_seals(self) -> None:
        """Close the window."""
        self.action_open_seals()

    def on_answer(self, message: Answer) -> None:
        """Take up a question."""
        if self.evening is not None:
            self.evening.answer(message.decision)

    # ------------------------------------------------------------ keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys of a game work in a game alone, and only for what this game has."""
        if action in ("open_seals", "undo"):
            return self.evening is not None and not self.evening.ended
        if action == "leave":
            return self.evening is not None
        if action == "so_far":
            evening = self.evening
            return evening is not None and evening.place.study and not evening.ended
        if action == "look":
            return self.evening is not None and self._has(str(parameters[0]))
        return True

    def _has(self, what: str) -> bool:
        if self.evening is None:
            return False
        edition = self.evening.place.edition
        there: dict[str, object] = {
            "table": edition.talks, "council": edition.mandates, "map": edition.map,
            "incidents": edition.game.caselists, "promises": edition.commitments,
            "record": edition.record, "codex": edition.codex, "assumptions": edition.assumptions,
            # while a game is on, a player has an adviser, and forecasts only where asked for
            "forecast": not self.evening.ended
            and (self.evening.place.study or self.preferences.forecasts),
        }  # fmt: skip
        return bool(there.get(what, True))

    def action_open_seals(self) -> None:
        """Open the seals; time goes on."""
        if self.evening is not None:
            self.evening.open_seals()

    def action_undo(self) -> None:
        """Take back the last answer."""
        if self.evening is not None:
            self.evening.undo()

    def action_so_far(self) -> None:
        """For study: the play so far, beside the record."""
        if self.evening is not None:
            self.evening.debrief()

    def action_look(self, what: str) -> None:
        """Show another screen of the game; from one such screen to the next, none piles up."""
        if self.evening is None or not self._has(what):
            return
        module, name, _ = LOOKS[what]
        found = import_module(f"peace_sim.tui.screens.{module}")
        kind: Callable[[Place], Screen[None]] = getattr(found, name)
        if type(self.screen) is kind:
            return
        names = {name for _, name, _ in LOOKS.values()}
        asking = getattr(self.screen, "decision", None)
        screen = kind(self.evening.place)
        if type(self.screen).__name__ in names and not asking:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def action_help(self) -> None:
        """What one can do here, and what the words mean."""
        from peace_sim.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen.of(self.screen))

    def action_help_quit(self) -> None:
        """Ctrl-C: leave at once, as everywhere."""
        self.action_interrupt()

    def _told_to_go(self) -> None:
        """The system asks us to go. A terminal that is gone may never take the last words."""
        patience = threading.Timer(PATIENCE, os._exit, (INTERRUPTED,))
        patience.daemon = True
        patience.start()
        self.action_interrupt()

    def action_interrupt(self) -> None:
        """Leave at once; what was acknowledged is kept."""
        self.interrupted = True
        self.exit()

    async def action_quit(self) -> None:
        """Leave at once; what was acknowledged is kept."""
        self.exit()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the palette offers."""
        yield SystemCommand("Help", "What one can do here, and what words mean", self.action_help)
        if self.evening is not None:
            for what, (_, _, about) in LOOKS.items():
                if self._has(what):
                    yield SystemCommand(
                        what.capitalize(), about, lambda what=what: self.action_look(what)
                    )
            if not self.evening.ended:
                if self.evening.place.study:
                    about = "For study: your play so far, beside the record"
                    yield SystemCommand("So far", about, self.action_so_far)
                yield SystemCommand("Open the seals", "Time goes on", self.action_open_seals)
                yield SystemCommand("Undo", "Take back your last answer", self.action_undo)
            yield SystemCommand("Leave the game", "Everything is kept", self.action_leave)
        yield SystemCommand("Look", "Choose among the themes", self.action_change_theme)
        yield SystemCommand(
            "Motion", "Things move by themselves, or not at all", self.toggle_motion
        )
        yield SystemCommand(
            "Forecasts", "In full while you play (f), or your adviser's papers alone",
            self.toggle_forecasts,
        )  # fmt: skip
        yield SystemCommand("Quit", "Close the game at once; everything is kept", self.exit)

    # ------------------------------------------------------------ looks

    def _theme_changed(self, theme: Any) -> None:
        self.preferences.theme = theme.name
        keep_preferences(self.preferences)

    def next_theme(self) -> None:
        """The next of our looks."""
        names = [theme.name for theme in OURS]
        at = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(at + 1) % len(names)]

    def toggle_motion(self) -> None:
        """Let things move by themselves, or not."""
        self.preferences.still = not self.preferences.still
        self.animation_level = "none" if self.preferences.still else "full"
        keep_preferences(self.preferences)
        still = self.preferences.still
        self.notify("Nothing moves by itself now." if still else "Things move again.")

    def toggle_forecasts(self) -> None:
        """Let forecasts be read in full while a game is on, or not."""
        self.preferences.forecasts = not self.preferences.forecasts
        keep_preferences(self.preferences)
        self.notify(
            "Forecasts can be read in full now: f." if self.preferences.forecasts
            else "While you play, only your adviser foresees."
        )  # fmt: skip
        self.refresh_bindings()

    # ------------------------------------------------------------ sizes

    def on_resize(self, event: events.Resize) -> None:
        """Ask for a larger window where the game cannot be played, and go on when it is there."""
        self.call_later(self._fit)

    def _screen_changed(self, _: Screen[Any]) -> None:
        self.call_later(self._fit)

    def _fit(self) -> None:
        from peace_sim.tui.screens.dialogs import TooSmall

        small = self.size.width < SMALLEST[0] or self.size.height < SMALLEST[1]
        if small and not isinstance(self.screen, TooSmall):
            self.push_screen(TooSmall(SMALLEST))
        elif not small and isinstance(self.screen, TooSmall):
            self.pop_screen()

    def down_to(self, screen: Screen[Any]) -> None:
        """Take off what lies above a screen."""
        while self.screen is not screen and len(self.screen_stack) > 1:
            self.pop_screen()

    # ------------------------------------------------------------ work and faults

    def listen(
        self, work: Callable[[], Any], heard: Callable[[Worker[Any]], None], sign: str = ""
    ) -> None:
        """Do slow work beside the screen; ``heard`` is told when it is done or has failed.

        The ``sign`` is shown while the work goes on, once it has taken a moment.
        """
        worker = self.run_worker(work, thread=True, exit_on_error=False)
        self._listeners[worker] = heard
        if sign:
            evening = self.evening
            self.set_timer(A_MOMENT, lambda: self._show_sign(worker, sign, evening))

    def _take_down_sign(self, worker: Worker[Any]) -> None:
        if worker in self._signs:
            self._signs.remove(worker)
            self.clear_notifications()

    def _show_sign(self, worker: Worker[Any], sign: str, evening: Evening | None) -> None:
        if worker in self._listeners and self.evening is evening:
            self._signs.add(worker)
            self.notify(sign, markup=False, timeout=3600)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell whoever listens for this work."""
        if event.state in (WorkerState.SUCCESS, WorkerState.ERROR):
            heard = self._listeners.pop(event.worker, None)
            self._take_down_sign(event.worker)
            if heard is not None:
                heard(event.worker)

    def fail(self, error: BaseException) -> None:
        """Something of ours is broken: end, and let whoever runs us tell it."""
        if isinstance(error, Exception):
            self._handle_exception(error)
        else:
            raise error

    def _handle_exception(self, error: Exception) -> None:
        """Keep the error for the caller; a traceback on the screen would show secret locals."""
        self.fault = self.fault or getattr(error, "error", None) or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    def panic(self, *renderables: Any) -> None:
        """End without painting over the terminal: the caller tells what went wrong."""
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()

    def on_unmount(self) -> None:
        """Let go of the games."""
        if self.evening is not None and self.evening.name:
            self.farewell = self.evening.name
        if self.store is not None:
            self.store.close()


def _user_store() -> Store:
    from peace_sim.play.store import Store

    return Store()


def run_app(app: PeaceApp) -> None:
    """Run it to the end. Raises what went wrong in it, and KeyboardInterrupt for Ctrl-C."""
    app.run()
    if app.farewell:
        sys.stderr.write(
            f"The game is kept. To go on: peace-sim play --resume {app.farewell}\n"
        )
    if app.fault is not None:
        raise app.fault
    if app.interrupted:
        raise KeyboardInterrupt
