"""Small screens that ask one thing: a confirmation, a way out of trouble, a file's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from peace_sim.tui.text import quiet, said
from peace_sim.tui.widgets.line import Line
from peace_sim.tui.widgets.rows import Hanging, Rows


class Choice(ModalScreen[str | None]):
    """Words, and a few ways on. The answer is the id of the way, or None for Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", tooltip="Nothing is changed"),
    ]

    def __init__(self, title: str, text: str, ways: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._ways = ways

    def compose(self) -> ComposeResult:
        """The words and the ways."""
        with Vertical(classes="dialog"):
            yield Static(said(self._title, "bold $primary"), markup=False)
            yield Static(said(self._text), markup=False)
            yield Rows(id="ways")

    def on_mount(self) -> None:
        """Offer the ways."""
        rows = self.query_one("#ways", Rows)
        rows.show([(id, Hanging("", said(title))) for id, title in self._ways])
        rows.focus()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id)


class FileName(ModalScreen[str | None]):
    """Asks where a file shall go."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", tooltip="Nothing is written"),
    ]

    def __init__(self, title: str, suggested: str) -> None:
        super().__init__()
        self._title = title
        self._suggested = suggested

    def compose(self) -> ComposeResult:
        """The question and the line to write on."""
        with Vertical(classes="dialog"):
            yield Static(said(self._title, "bold $primary"), markup=False)
            yield Line(self._suggested, id="file-name")
            hint = quiet("Enter writes the file; Escape leaves it.")
            yield Static(hint, markup=False)

    @on(Input.Submitted)
    def _named(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip() or None)


class TooSmall(ModalScreen[None]):
    """Lies over everything while the terminal is too small to play in."""

    def __init__(self, needed: tuple[int, int]) -> None:
        super().__init__()
        self._needed = needed

    def compose(self) -> ComposeResult:
        """How large it is, and how large it should be."""
        yield Static(id="too-small", markup=False)

    def on_mount(self) -> None:
        """Say it."""
        self.tell()

    def on_resize(self) -> None:
        """Say it anew."""
        self.tell()

    def tell(self) -> None:
        """How large it is, and how large it should be."""
        width, height = self.app.size
        need_width, need_height = self._needed
        self.query_one(Static).update(
            said(
                f"Please enlarge the window.\nIt is {width}×{height}; the game needs "
                f"{need_width}×{need_height}.\nNothing is lost: ctrl+q leaves."
            )
        )
