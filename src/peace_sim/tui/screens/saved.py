"""The games that are kept: go on with one, name it anew, copy it to a file, let it go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from peace_sim.play.journal import ReadJournal
from peace_sim.play.store import Saved, Store, StoreTrouble, safe_name
from peace_sim.report.words import day_text
from peace_sim.tui.beside import Beside
from peace_sim.tui.listing import Column, Listing, Row
from peace_sim.tui.screens.dialogs import Choice
from peace_sim.tui.screens.game import Heading
from peace_sim.tui.text import lines, said
from peace_sim.tui.widgets.keys import Keys
from peace_sim.tui.widgets.line import Line


class Ask(ModalScreen[str | None]):
    """One line to write; Esc leaves all as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", tooltip="Nothing is changed"),
    ]

    def __init__(self, title: str, text: str, suggested: str = "") -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._suggested = suggested

    def compose(self) -> ComposeResult:
        """The question and the line."""
        with Container(classes="dialog"):
            yield Static(said(self._title, "bold $primary"), markup=False)
            yield Line(self._suggested)
            yield Static(said(self._text, "$foreground-muted"), markup=False)

    @on(Input.Submitted)
    def _written(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip() or None)


class SavedScreen(Screen[str | None]):
    """The list of games. Its answer is the id of the one to go on with."""

    ABOUT = """\
Every game that you ever began here, the last played first. Each move was safe when it was made.

- **Enter**: go on with it
- **r**: give it another name; **e**: write it to a file, as a journal that others can read
- **i**: take in a journal file; **d**: delete, after a question

A game that is open in another window says so. One that is damaged says from where; what is whole
of it can go on in a copy.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back", id="saved.back", tooltip="To the start"),
        Binding("enter", "choose", "Go on", id="saved.open", tooltip="Go on with this game"),
        Binding("r", "rename", "Rename", id="saved.rename", tooltip="Give it another name"),
        Binding("e", "export", "Export", id="saved.export", tooltip="Write it to a file"),
        Binding("i", "import", "Import", id="saved.import", tooltip="Take in a journal file"),
        Binding("d", "delete", "Delete", id="saved.delete", tooltip="Delete it, after a question"),
    ]
    AUTO_FOCUS = "Listing"
    DEFAULT_CSS = """
    SavedScreen #note {
        height: auto; max-height: 3; padding: 0 1; color: $text-muted;
        &.-empty { display: none; }
    }
    """

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.games: dict[str, Saved] = {}
        self._whole: dict[str, str] = {}
        """What was found of a game's entries, in words."""

    def compose(self) -> ComposeResult:
        """The list, and the game pointed at."""
        yield Heading(id="heading")
        yield Beside(
            [
                Column("", 1), Column("Game"), Column("Last played", 12),
                Column("Moves", 6, right=True, least=50), Column("", 10, least=62),
            ],
            empty="No game is kept yet. i takes in a journal file.",
        )  # fmt: skip
        yield Static(id="note", markup=False, classes="-empty")
        yield Keys()

    @property
    def beside(self) -> Beside:
        """The list and the text."""
        return self.query_one(Beside)

    @property
    def game(self) -> Saved | None:
        """The game pointed at."""
        return self.games.get(self.beside.listing.pointed)

    def on_mount(self) -> None:
        """Look what there is."""
        self.tell()

    def tell(self, point: str = "") -> None:
        """Read the list anew."""
        try:
            games = self.store.games()
        except StoreTrouble as trouble:
            self._say(trouble)
            return
        self.games = {game.id: game for game in games}
        rows = [_row(game) for game in games]
        self.beside.listing.show(rows, point=point)
        count = "1 game" if len(rows) == 1 else f"{len(rows)} games"
        self.query_one(Heading).tell("Kept games", count)

    # ------------------------------------------------------------ the one pointed at

    @on(Listing.Pointed)
    def _pointed(self, event: Listing.Pointed) -> None:
        event.stop()
        self._describe()
        if event.id and event.id not in self._whole:
            self.run_worker(
                lambda: self._examined(event.id), thread=True, exclusive=True, group="examine",
                exit_on_error=False, name=event.id,
            )  # fmt: skip

    def _examined(self, id: str) -> ReadJournal:
        """Read a whole game, beside the screen."""
        return self.store.load(id)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A game was read: say how much of it is whole."""
        worker = event.worker
        if worker.group != "examine" or not worker.is_finished:
            return
        if worker.state is WorkerState.SUCCESS and worker.result is not None:
            self._whole[worker.name] = _condition(worker.result)
        elif worker.state is WorkerState.ERROR:
            self._whole[worker.name] = str(worker.error)
        self._describe()

    def _describe(self) -> None:
        game = self.game
        if game is None:
            self.beside.reader.show(Content(""))
            return
        told: list[str | Content] = [said(game.title, "bold"), ""]
        if game.scenario:
            told.append(f"{game.scenario}, {game.chapter}")
        told += [f"Begun {_day(game.created)}, last played {_day(game.updated)}."]
        if game.parent is not None:
            whence = self.games.get(game.parent[0])
            title = f"“{whence.title}”" if whence else game.parent[0]
            told.append(f"A branch of {title}, from its move {game.parent[1]} on.")
        if game.locked_by:
            told += ["", said(f"Open in {game.locked_by}.", "$text-warning"),
                     "Close it there, or go on in a copy."]  # fmt: skip
        condition = self._whole.get(game.id, "Looking whether it is whole…")
        told += ["", condition, "", said(f"Kept as {game.id}.", "$foreground-muted")]
        self.beside.reader.show(lines(told))

    # ------------------------------------------------------------ what can be done

    def action_back(self) -> None:
        """To the list, then to where one came from."""
        if not self.beside.leave_reading():
            self.dismiss(None)

    @on(Listing.Chosen)
    def _chosen(self, event: Listing.Chosen) -> None:
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        """Go on with the game pointed at."""
        if self.game is not None:
            self.dismiss(self.game.id)

    def action_rename(self) -> None:
        """Ask for another name."""
        game = self.game
        if game is None:
            return

        def named(title: str | None) -> None:
            if title:
                self._do(lambda: self.store.rename(game.id, title), f"It is called “{title}” now.")

        text = "Enter keeps the name; Esc leaves it."
        self.app.push_screen(Ask("Another name", text, game.title), named)

    def action_delete(self) -> None:
        """Ask whether the game shall be deleted."""
        game = self.game
        if game is None:
            return

        def chosen(way: str | None) -> None:
            if way == "delete":
                self._do(lambda: self.store.delete(game.id), f"“{game.title}” is deleted.")

        self.app.push_screen(
            Choice(
                f"Delete “{game.title}”?",
                "It cannot be brought back. Branches of it stay. To keep a copy, go back and "
                "export it first.",
                (("keep", "Keep it"), ("delete", "Delete it")),
            ),
            chosen,
        )

    def action_export(self) -> None:
        """Ask where the game shall be written."""
        game = self.game
        if game is None:
            return

        def named(name: str | None) -> None:
            if name:
                self._export(game, Path(name).expanduser())

        suggested = str(Path.home() / f"{safe_name(game.title)}.jsonl")
        text = "Enter writes the file; Esc leaves it."
        self.app.push_screen(Ask("Write it to which file?", text, suggested), named)

    def _export(self, game: Saved, target: Path, overwrite: bool = False) -> None:
        if target.is_file() and not target.is_symlink() and not overwrite:

            def chosen(way: str | None) -> None:
                if way == "over":
                    self._export(game, target, overwrite=True)

            self.app.push_screen(
                Choice(
                    "There is such a file already", f"{target}",
                    (("keep", "Leave it as it is"), ("over", "Write over it")),
                ),
                chosen,
            )  # fmt: skip
            return
        self._do(
            lambda: self.store.export(game.id, target, overwrite=overwrite), f"It is in {target}."
        )

    def action_import(self) -> None:
        """Ask which file to take in."""

        def named(name: str | None) -> None:
            if name:
                self._import(Path(name).expanduser())

        text = "Enter takes it in as a new game; Esc leaves it."
        self.app.push_screen(Ask("Take in which journal file?", text), named)

    def _import(self, source: Path) -> None:
        try:
            id, found = self.store.take_in(source)
        except StoreTrouble as trouble:
            self._say(trouble)
            return
        part = f"Only a part could be read. {found.trouble}" if found.trouble else "It is taken in."
        self.tell(point=id)
        self._note(part)

    def _do(self, act: Callable[[], None], told: str) -> None:
        """Do something with the store, and say how it went."""
        try:
            act()
        except StoreTrouble as trouble:
            self._say(trouble)
            return
        self.tell()
        self._note(told)

    def _say(self, trouble: StoreTrouble) -> None:
        self._note(f"{trouble.message} {trouble.what_to_do}")

    def _note(self, text: str) -> None:
        note = self.query_one("#note", Static)
        note.update(said(text))
        note.set_class(not text, "-empty")


def _row(game: Saved) -> Row:
    if game.locked_by:
        mark, tone, word = "!", "warn", "open"
    elif not game.scenario:
        mark, tone, word = "✗", "bad", "damaged"
    else:
        mark, tone, word = "", "", "branch" if game.parent else ""
    cells = (mark, game.title, game.updated[:10], str(game.entries), word)
    return Row(game.id, cells, tone)


def _day(stamp: str) -> str:
    """A clock's stamp as a day, or as it is when it is none."""
    try:
        return day_text(date.fromisoformat(stamp[:10]))
    except ValueError:
        return stamp or "on a day that was not written down"


def _condition(found: ReadJournal) -> str:
    if found.journal is None:
        return f"It cannot be read: {found.trouble}"
    if found.trouble:
        return f"Damaged: {found.trouble} What stands before it can go on in a copy."
    return "It is whole."
