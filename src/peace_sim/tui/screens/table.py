"""The table: one text in prose, each side's words in brackets, and what was said of it just now."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from peace_sim.engine.facts import DecisionMade, OptionTaken
from peace_sim.engine.view import Asked, View
from peace_sim.report.clauses import TOGETHER, Clause, table_text
from peace_sim.report.latest import latest, opened_seals
from peace_sim.report.words import begun, closed, listed, number_text
from peace_sim.scenario.boards import TalksBoard
from peace_sim.tui.messages import Considered
from peace_sim.tui.place import Place
from peace_sim.tui.screens.game import GameScreen
from peace_sim.tui.text import quiet, said
from peace_sim.tui.themes import PARTIES
from peace_sim.tui.widgets.question import QuestionPane
from peace_sim.tui.widgets.rows import Hanging

MARKS = {"agreed": "✓", "ambiguous": "≈", "parked": "‖", "bracketed": "·"}


class TableScreen(GameScreen):
    """The text of some talks, with the question that is asked at them, if one is."""

    ABOUT = """\
The text as it stands. What is agreed is plain; what is not stands in [square brackets], each with
whose words they are. The clause on the table is marked ▶, with the reasons that each side gives.

When it is yours to speak, the question stands below: choose, seal (**s**), and open the seals
(**o**). Page Up and Page Down scroll the text.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "read(-1)", show=False, tooltip="Scroll the text up"),
        Binding("pagedown", "read(1)", show=False, tooltip="Scroll the text down"),
    ]

    def __init__(
        self, place: Place, talks: TalksBoard | None = None, decision: str = ""
    ) -> None:
        super().__init__(place)
        self.talks = talks or _liveliest(place)
        self.decision = decision
        """What is to be answered here; empty to look at the text alone."""
        self._clauses: dict[str, Static] = {}

    def body(self) -> ComposeResult:
        """The state of the round, the text, what was said, and the question."""
        yield Static(id="round", markup=False)
        with Horizontal(id="table"):
            with Vertical(id="text-side"):
                yield VerticalScroll(id="text", can_focus=False)
                yield VerticalScroll(id="answers", can_focus=False)
            yield QuestionPane(self.place, id="question")

    def on_mount(self) -> None:
        """Lay the text out."""
        self.tell()

    # ------------------------------------------------------------ what it is told

    def tell(self) -> None:
        """Show the text and the question as they stand now."""
        seen = self.place.view()
        asked = self._asked()
        self.decision = asked.id if asked is not None else ""
        sitting = f", sitting {seen.lap + 1}" if asked is not None else ""
        self.head(f"The table{sitting}")
        self.query_one("#round", Static).update(self._round(seen))
        on_table = seen.reading(self.talks.clause)
        at = self._word(seen, self.talks.clause) if on_table else ""
        text = self.query_one("#text", VerticalScroll)
        text.remove_children()
        clauses = table_text(self.place.edition, seen, self.talks)
        self._clauses = {clause.id: self._clause(clause, clause.id == at) for clause in clauses}
        text.mount_all(self._clauses.values())
        self._bring(at)
        self._tell_answers()
        pane = self.query_one(QuestionPane)
        self.set_class(asked is not None, "-asked")
        self.set_class(asked is not None and asked.sealed is not None, "-done")
        pane.ask(asked)
        if asked is not None:
            pane.take_focus()
        else:
            self.set_focus(None)

    def _asked(self) -> Asked | None:
        ours = {self.talks.table, *(id for _, id in self.talks.answers)}
        found = [one for one in self.place.asked() if one.id in ours]
        return next((one for one in found if one.id == self.decision), next(iter(found), None))

    def _round(self, seen: View) -> Content:
        track = seen.track(self.talks.round_track)
        board = next((r for r in self.talks.rounds if track and r.id == track.phase), None)
        parts: list[Content] = []
        if board is not None:
            host = self._short(board.host) if board.host else ""
            parts.append(said(", ".join(p for p in (board.title, board.venue) if p), "bold"))
            if host:
                parts.append(said(f"host: {host}"))
        elif track is not None:
            parts.append(said(begun(track.phase_title), "bold"))
        sittings = seen.reading(self.talks.sittings)
        if sittings is not None and board is not None:
            left = number_text(sittings.level)
            parts.append(said(f"{left} {'sitting' if left == '1' else 'sittings'} left"))
        if self._word(seen, self.talks.clause) not in ("", "none"):
            for variable in (self.talks.wording, self.talks.form, self.talks.device):
                reading = seen.reading(variable)
                if reading is not None and reading.word:
                    parts.append(said(reading.word))
        return Content(" · ").join(parts)

    def _word(self, seen: View, variable: str) -> str:
        """The id of the word in which a choice variable stands."""
        reading = seen.reading(variable)
        if reading is None or variable not in self.place.game.index["variable"]:
            return ""
        words = self.place.game.variable(variable).words
        at = int(reading.level)
        return words[at] if 0 <= at < len(words) else ""

    def _clause(self, clause: Clause, in_hand: bool) -> Static:
        prose: list[Content] = []
        for words, label in clause.segments:
            prose.append(said(words) if label is None else self._bracket(words, label))
        mark = "▶ " if in_hand else f"{MARKS.get(clause.status, '·')} "
        body = Content("").join(prose)
        if in_hand:
            for party, because in clause.reasons:
                who = begun(self._short(party))
                body = Content.assemble(body, "\n", said(f"{who}: “{closed(because)}”", "italic"))
        status = quiet("on the table" if in_hand else clause.status_title)
        head = said(clause.title, "bold $primary" if in_hand else "bold")
        classes = "clause -in-hand" if in_hand else "clause"
        return Static(Hanging(mark, head, body, status), markup=False, classes=classes)

    def _bracket(self, words: str, label: str) -> Content:
        """A side's words in its brackets, and whose they are."""
        sides = label.split(TOGETHER)
        parties = [party for party, _ in self.talks.parties]
        at = parties.index(sides[0]) if sides[0] in parties else 0
        style = f"${PARTIES[at % len(PARTIES)]}"
        who = listed([self._short(side) for side in sides])
        space = " " if words.endswith(" ") else ""
        inner = words.strip()[1:-1]
        return Content.assemble(
            said("[", f"bold {style}"), said(f"{who}: ", f"bold {style}"), said(inner, style),
            said("]", f"bold {style}"), space,
        )  # fmt: skip

    def _short(self, party: str) -> str:
        if party in self.place.game.index["role"]:
            role = self.place.game.role(party)
            return role.short or role.title
        return dict(self.talks.parties).get(party, party.replace("_", " "))

    def _tell_answers(self) -> None:
        ours = {self.talks.table, *(id for _, id in self.talks.answers)}
        fresh = [
            fact
            for fact in latest(self.place.facts(), self.place.seat.roles)
            if isinstance(fact, DecisionMade | OptionTaken) and fact.decision in ours
        ]
        answers = self.query_one("#answers", VerticalScroll)
        answers.remove_children()
        lines: list[Widget] = []
        for one in opened_seals(self.place.edition, fresh, self.place.role):
            told = " ".join(one.lines)
            line = f"You: {closed(told)}" if one.own else told
            lines.append(Static(Hanging("· ", said(line)), markup=False))
        answers.display = bool(lines)
        answers.mount_all(lines)

    def _bring(self, issue: str) -> None:
        clause = self._clauses.get(issue)
        if clause is not None:
            text = self.query_one("#text", VerticalScroll)
            self.call_after_refresh(text.scroll_to_widget, clause, animate=False, top=True)

    def on_considered(self, message: Considered) -> None:
        """Bring the clause into sight that a wording under the cursor belongs to."""
        issue = message.option.partition("__")[0]
        for id, clause in self._clauses.items():
            clause.set_class(id == issue, "-considered")
        self._bring(issue)

    def action_read(self, way: int) -> None:
        """Scroll the text by a page."""
        text = self.query_one("#text", VerticalScroll)
        (text.scroll_page_down if way > 0 else text.scroll_page_up)(animate=False)


def _liveliest(place: Place) -> TalksBoard:
    """The talks with an open round; else the first."""
    seen = place.view()
    for talks in place.edition.talks:
        track = seen.track(talks.round_track)
        if track is not None and track.phase in {board.id for board in talks.rounds}:
            return talks
    return place.edition.talks[0]
