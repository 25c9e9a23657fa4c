"""Before a game: the chapter, the chair with its brief, who plays the others, and the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import OptionList, Static

from peace_sim.engine.state import Nature
from peace_sim.play.begin import Wanted, chairs
from peace_sim.report.brief import brief
from peace_sim.report.words import begun
from peace_sim.scenario.edition import Edition
from peace_sim.tui.screens.desk import brief_parts
from peace_sim.tui.screens.game import Heading
from peace_sim.tui.text import quiet, said
from peace_sim.tui.widgets.keys import Keys
from peace_sim.tui.widgets.rows import Hanging, Rows

if TYPE_CHECKING:
    from peace_sim.tui.app import PeaceApp, Wish

OTHERS = (
    ("character", "minds of their own",
     "Each of the other chairs has hopes, fears and a memory, and says why it does what it does."),
    ("search-quick", "thinking ahead a little",
     "The others try their answers out in their heads, in a few courses that they can imagine from "
     "what they know, and take what serves their aims. It takes them a moment."),
    ("search", "thinking ahead",
     "The others try their answers out in many courses that they can imagine: stern company, who "
     "know no more about chance than you do. It takes them some seconds."),
    ("search-deep", "thinking far ahead",
     "The others think as long as they can find anything to think about. Pour yourself tea."),
    ("historical", "as history had it",
     "The others do what they did in the record, as far as your play lets them."),
    ("weights", "by the odds", "The others choose by the odds that the author wrote."),
    ("random", "by lot", "The others draw lots. For curiosity."),
)  # fmt: skip
WORLDS: tuple[tuple[Nature, str, str], ...] = (
    ("drawn", "drawn by chance",
     "What is hidden is drawn anew: who is a spoiler, what each side would settle for, what chance "
     "brings. Knowing how it really went does not solve the game."),
    ("recorded", "as it was",
     "What is hidden stands as the record has it, and what came from outside comes on its dates."),
)  # fmt: skip
STUDY = (
    ("no", "sealed until the end",
     "What history chose stays sealed until the chapter's end. It is no marking scheme."),
    ("yes", "open once it is past",
     "For study: what history chose may be opened once its date has passed."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to decide: its name, and values with a title and a word on each."""

    id: str
    title: str
    values: tuple[tuple[str, str, str], ...]


class Setup(Screen[None]):
    """How a game is wanted. Begin is in hand from the start: one key suffices."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "app.pop_screen", "Back", id="setup.back", tooltip="To the start"),
        Binding("left", "turn(-1)", "Change", key_display="←→", tooltip="The value before"),
        Binding("right", "turn(1)", "Change", show=False, tooltip="The next value"),
        Binding("b", "begin", "Begin", id="setup.begin", tooltip="Begin the game"),
    ]
    ABOUT = """\
**Begin** takes everything as it stands. To change something, go to its line and press left or
right, or Enter. On the right stands what it means; for the chair, its brief.
"""

    app: PeaceApp

    def __init__(self, edition: Edition, wish: Wish) -> None:
        super().__init__()
        self.edition = edition
        self.wish = wish
        game = edition.game
        chapters = {chapter.id for chapter in game.chapters}
        self.chosen = {
            "chapter": wish.chapter if wish.chapter in chapters else game.chapters[0].id,
            "chair": wish.chair or "",
            "others": wish.others or "character",
            "world": wish.world or "drawn",
            "study": "yes" if wish.study else "no",
        }
        for setting in game.settings:
            self.chosen[f"setting:{setting.id}"] = wish.settings.get(setting.id, setting.default)

    def compose(self) -> ComposeResult:
        """What can be decided on the left, what it means on the right."""
        yield Heading(id="heading")
        with Horizontal(id="setup"):
            yield Rows(id="setup-rows")
            yield VerticalScroll(id="setup-about", can_focus=False)
        yield Keys()

    def on_mount(self) -> None:
        """Begin is in hand."""
        self.query_one(Heading).tell(self.edition.title, "Before you begin")
        self._show()
        rows = self.query_one(Rows)
        rows.highlighted = 0
        rows.focus()

    @property
    def lines(self) -> list[Line]:
        """What can be decided, the chairs as the chapter has them."""
        game = self.edition.game
        chapter = game.chapter(self.chosen["chapter"])
        held = chairs(game, chapter)
        if self.chosen["chair"] not in {role.id for role in held} and held:
            self.chosen["chair"] = held[0].id
        settings = [
            Line(
                f"setting:{setting.id}", setting.title,
                tuple((id, id.replace("_", " "), setting.text) for id, _ in setting.levels),
            )
            for setting in game.settings
        ]  # fmt: skip
        found = [
            Line("chapter", "Chapter", tuple((c.id, c.title, c.text) for c in game.chapters)),
            Line("chair", "Your chair", tuple((r.id, begun(r.title), "") for r in held)),
            Line("others", "The others", OTHERS),
            Line("world", "The world", WORLDS),
            *settings,
            Line("study", "The record", STUDY),
        ]
        return [line for line in found if line.values]

    # ------------------------------------------------------------ what it shows

    def _show(self) -> None:
        rows: list[tuple[str, Hanging]] = [("begin", Hanging("", said("Begin", "bold $primary")))]
        for line in self.lines:
            title = next((t for id, t, _ in line.values if id == self.chosen[line.id]), "")
            before, after = ("‹ ", " ›") if len(line.values) > 1 else ("", "")
            value = Content.assemble(
                quiet(before), said(title, "bold"), quiet(after)
            )
            head = quiet(f"{line.title:<11} ")
            room = 36 - head.cell_length
            beside = value.cell_length <= room
            row = Hanging("", head + value) if beside else Hanging("", head, value)
            rows.append((line.id, row))
        if self.wish.seed:
            head = quiet(f"{'Seed':<11} ")
            rows.append(("seed", Hanging("", head + said(self.wish.seed, "bold"))))
        self.query_one(Rows).show(rows)
        self._tell()

    def _tell(self) -> None:
        about = self.query_one("#setup-about", VerticalScroll)
        about.remove_children()
        about.mount_all(self._about(self.query_one(Rows).here or "begin"))
        about.scroll_home(animate=False)

    def _about(self, here: str) -> list[Widget]:
        line = next((line for line in self.lines if line.id == here), None)
        if line is None or here in ("chapter", "chair"):
            told = brief(self.edition, self.chosen["chapter"], self.chosen["chair"])
            about = f"{told.dates} · about {told.minutes} minutes"
            head: list[Widget] = [
                Static(said(told.chapter, "bold $primary"), markup=False),
                Static(quiet(about), markup=False, classes="paragraph"),
                Static(said(f"Your chair: {told.chair}", "bold"), markup=False),
                Static(said(told.office), markup=False, classes="paragraph"),
            ]
            return head + brief_parts(told)
        value = next((v for v in line.values if v[0] == self.chosen[line.id]), line.values[0])
        others = [v for v in line.values if v[0] != value[0]]
        parts: list[Widget] = [
            Static(said(f"{line.title}: {value[1]}", "bold $primary"), markup=False),
            Static(said(value[2]), markup=False, classes="paragraph"),
        ]
        parts += [
            Static(Hanging("· ", said(f"or {title}"), quiet(text)), markup=False)
            for _, title, text in others
        ]
        return parts

    # ------------------------------------------------------------ what it hears

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._tell()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id == "begin":
            self.action_begin()
        else:
            self.action_turn(1)

    def action_turn(self, by: int) -> None:
        """Another value for the line in hand."""
        here = self.query_one(Rows).here
        line = next((line for line in self.lines if line.id == here), None)
        if line is None:
            return
        ids = [id for id, _, _ in line.values]
        at = ids.index(self.chosen[line.id]) if self.chosen[line.id] in ids else 0
        self.chosen[line.id] = ids[(at + by) % len(ids)]
        self._show()

    def action_begin(self) -> None:
        """Begin, as it stands."""
        lines = {line.id for line in self.lines}
        if "chair" not in lines:
            self.notify("Nobody is asked anything in this chapter.")
            return
        settings = tuple(
            sorted(
                (id.removeprefix("setting:"), value)
                for id, value in self.chosen.items()
                if id.startswith("setting:")
            )
        )
        wanted = Wanted(
            self.chosen["chapter"], self.chosen["chair"], self.chosen["others"],
            "recorded" if self.chosen["world"] == "recorded" else "drawn",
            self.wish.seed or "", settings,
        )  # fmt: skip
        self.app.begin(self.edition, wanted, self.chosen["study"] == "yes")
