"""Help: what one can do on the screen below, its keys, and how the game is played."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

from peace_sim.tui.text import quiet, said
from peace_sim.tui.widgets.rows import Hanging

LISTS = """\
The arrow keys move, **Enter** or **space** takes what is in hand, **Tab** goes to the next part of
the screen. The mouse does all of it too. **ctrl+p** opens a list of everything one can do.
"""
GAME = """\
## How it is played
You hold one chair in a process that really happened. Each month: **read** the cables, of which one
may be doubtful; **spend** your weeks, which are never enough; **commit** to a line of text or a
promise; **seal** your answers. The others seal theirs. Then the seals are opened together, and you
hear what they did, and which old promise fell due. Quiet months are skipped.

At the **table** lies one text. What is agreed stands plain; what is not stands in [square
brackets], each side's words in its own. The chair puts a wording forward, in some form and with
some device, and each has its price. The others accept, accept if, keep their bracket, reserve, or
ask for instructions, and say why.

In the **Council** nine of fifteen votes carry a text, unless a permanent member votes against.
Abstaining is no veto.

What cannot be done now is **shut**: who refuses says so first, and w says what it waits for.

At the end lies your play beside the record. Nothing is marked right or wrong, and nothing is
added up to a score.

## Words
- **seal**: an answer that nobody sees until the window closes
- **window**, at the table **sitting**: a moment in which all answer at the same time
- **cable**: what reached you; a doubtful one may be wrong, and says so
- **gauge**: how something stands, in a word; the number is one key away (n)
- **bracket**: words that are not agreed
- **adviser**: asked for a week of yours; writes a range of how this could go, and a fear
- **journal**: what you played; **record**: what really happened
- **ledger**: figures told at the end, never summed
"""


class HelpScreen(ModalScreen[None]):
    """Lies over the screen it explains."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "dismiss", "Back", key_display="esc"),
    ]

    def __init__(self, about: str, keys: list[tuple[str, str]]) -> None:
        super().__init__()
        self._about = about
        self._keys = keys

    @classmethod
    def of(cls, screen: Screen[Any]) -> HelpScreen:
        """The help for a screen as it stands."""
        about = getattr(screen, "ABOUT", "") or getattr(screen, "HELP", "") or ""
        keys: dict[str, tuple[str, str]] = {}
        for active in screen.active_bindings.values():
            binding = active.binding
            what = binding.tooltip  # the ordinary keys of lists have none: they are told below
            if not active.enabled or not what or binding.system:
                continue
            shown = binding.key_display or screen.app.get_key_display(binding)
            before = keys.get(what, ("", ""))[0]
            joined = shown if not before or shown in before.split(", ") else f"{before}, {shown}"
            keys[what] = (joined, what)
        return cls(about, list(keys.values()))

    def compose(self) -> ComposeResult:
        """The screen's own help, its keys, the game."""
        with VerticalScroll(id="help"):
            yield from page(self._about)
            if self._keys:
                yield from page("## Keys")
                width = min(14, max(len(key) for key, _ in self._keys))
                for key, what in self._keys:
                    yield Static(Hanging(f"{key:<{width}}  ", said(what)), markup=False)
                yield from page(LISTS)
            yield from page(GAME)
        yield Static(quiet("esc back"), id="help-back", markup=False)


def page(text: str) -> list[Widget]:
    """Our own text with headings, bullets and bold words, as widgets. Never for others' text."""
    parts: list[Widget] = []
    for block in re.split(r"\n\s*\n|\n(?=- )", text.strip()):
        words = " ".join(block.split())
        if not words:
            continue
        if words.startswith("## "):
            head, _, rest = block.strip().partition("\n")
            parts.append(Static(said(head[3:], "bold $primary"), markup=False, classes="title"))
            words = " ".join(rest.split())
        if words.startswith("- "):
            parts.append(Static(Hanging("· ", _bold(words[2:])), markup=False))
        elif words:
            parts.append(Static(_bold(words), markup=False, classes="paragraph"))
    return parts


def _bold(words: str) -> Content:
    pieces = re.split(r"\*\*(.+?)\*\*|\*(.+?)\*", words)
    told: list[Content] = []
    for at in range(0, len(pieces), 3):
        told.append(said(pieces[at]))
        if at + 2 < len(pieces):
            bold, italic = pieces[at + 1], pieces[at + 2]
            told.append(said(bold, "bold") if bold else said(italic or "", "italic"))
    return Content("").join(told)
