"""The Council chamber: the draft and its clauses, the rule, and how each member voted."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from peace_sim.engine.facts import BallotTallied
from peace_sim.engine.view import Asked, View
from peace_sim.report.latest import latest
from peace_sim.report.prose import ballot_text, reading_text
from peace_sim.report.words import begun, closed, count_text, day_text, days_text
from peace_sim.scenario.boards import MandateBoard
from peace_sim.tui.place import Place
from peace_sim.tui.screens.game import GameScreen
from peace_sim.tui.text import quiet, said
from peace_sim.tui.widgets.chamber import LEGEND, Chamber, Member
from peace_sim.tui.widgets.question import QuestionPane
from peace_sim.tui.widgets.rows import Hanging

BEAT = 0.15
"""Seconds from one raised hand to the next."""


class CouncilScreen(GameScreen):
    """A body and the mandate it decides, with the question that is asked there, if one is."""

    ABOUT = """\
The members sit in a horseshoe. Beside each stands a mark for its vote: **+** in favour, **−**
against, **o** abstaining; a diamond marks a permanent member, whose vote against defeats a text.
In the middle stands the count; below, what the draft would do.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "hands", "All hands", show=False, tooltip="Count all votes at once"),
        Binding("pageup", "read(-1)", show=False, tooltip="Scroll the draft up"),
        Binding("pagedown", "read(1)", show=False, tooltip="Scroll the draft down"),
        Binding("right_square_bracket", "next_body", show=False, tooltip="Another mandate"),
    ]

    def __init__(
        self, place: Place, mandate: MandateBoard | None = None, decision: str = ""
    ) -> None:
        super().__init__(place)
        self.mandate = mandate or place.edition.mandates[0]
        self.decision = decision
        """What is to be answered here; empty to look on."""
        self._hands = -1
        """How many raised hands are shown; -1 for all."""
        self._timer: Timer | None = None

    def body(self) -> ComposeResult:
        """The chamber, the draft, and the question."""
        yield Chamber(id="chamber")
        yield Static(quiet(LEGEND), id="legend", markup=False)
        with Horizontal(id="council"):
            yield VerticalScroll(id="draft", can_focus=False)
            yield QuestionPane(self.place, id="question")

    def on_mount(self) -> None:
        """Show the chamber; raise the hands one by one after a vote that was just taken."""
        self.tell()
        fresh = self._vote(fresh=True)
        if fresh is not None and self.app.animation_level != "none" and not self.decision:
            self._hands = 0
            self._timer = self.set_interval(BEAT, self._raise)
            self._tell_chamber(self.place.view())

    # ------------------------------------------------------------ what it is told

    def tell(self) -> None:
        """Show the chamber, the draft and the question as they stand now."""
        seen = self.place.view()
        self.head(f"{begun(self.mandate.body)}: {self.mandate.title}")
        self._tell_chamber(seen)
        draft = self.query_one("#draft", VerticalScroll)
        draft.remove_children()
        draft.mount_all(self._draft(seen))
        asked = self._asked()
        self.set_class(asked is not None, "-asked")
        pane = self.query_one(QuestionPane)
        pane.ask(asked)
        if asked is not None:
            pane.take_focus()
        else:
            self.set_focus(None)

    def _asked(self) -> Asked | None:
        game, mandate = self.place.game, self.mandate

        def here(asked: Asked) -> bool:
            ballot = game.decision(asked.id).ballot
            return asked.id in (mandate.report, mandate.drafting) or (
                ballot is not None and game.ballots[ballot].id == mandate.ballot
            )

        found = [asked for asked in self.place.asked() if here(asked)]
        return next((one for one in found if one.id == self.decision), next(iter(found), None))

    def _vote(self, *, fresh: bool = False) -> BallotTallied | None:
        """The last vote that the chair knows of; or one that was taken just now."""
        facts = self.place.facts()
        if fresh:
            facts = latest(facts, self.place.seat.roles)
        cast = [
            fact
            for fact in facts
            if isinstance(fact, BallotTallied) and fact.ballot == self.mandate.ballot
        ]
        return cast[-1] if cast else None

    def _tell_chamber(self, seen: View) -> None:
        vote = self._vote()
        members = self._members(vote.day if vote is not None else seen.day)
        cast = dict(vote.votes) if vote is not None else {}
        shown = [m.role for m in members if m.role in cast]
        if self._hands >= 0:
            shown = shown[: self._hands]
        votes = {role: cast[role] for role in shown}
        middle = self._middle(vote, votes, len(cast), len(members))
        self.query_one(Chamber).show(members, votes, middle)

    def _members(self, day: int) -> list[Member]:
        """Who sits in the body on a day: a seat that rotates has its vote from and until a date."""
        game = self.place.game
        terms = {
            role: game.decisions[decision].opening
            for role, decision in game.ballot(self.mandate.ballot).members
        }
        return [
            Member(role, title, veto)
            for role, title, veto in self.mandate.members
            if role not in terms
            or (terms[role].start <= day and (not terms[role].end or day <= terms[role].end))
        ]

    def _middle(
        self, vote: BallotTallied | None, votes: dict[str, str], cast: int, members: int
    ) -> list[Content]:
        rule = f"{count_text(self.mandate.majority)} of {members} carry it"
        if vote is None:
            return [said(""), said("No vote yet", "italic"), quiet(begun(rule))]
        counted = [sum(1 for v in votes.values() if v == kind) for kind in ("yes", "no", "abstain")]
        told = [
            quiet(day_text(vote.day)),
            said(f"{counted[0]} for, {counted[1]} against, {counted[2]} abstain", "bold"),
            quiet(begun(rule)),
        ]
        if len(votes) == cast:
            word, style = {
                "adopted": ("ADOPTED", "bold $success"),
                "vetoed": ("VETOED", "bold $error"),
            }.get(vote.outcome, ("NOT ADOPTED", "bold $error"))
            told.append(said(word, style))
        return told

    def _draft(self, seen: View) -> list[Widget]:
        mandate = self.mandate
        parts: list[Widget] = []
        vote = self._vote(fresh=True)
        if vote is not None and self._hands < 0:
            parts.append(_line(said(ballot_text(self.place.game, vote))))
        track = seen.track(mandate.track)
        expiry = next((c for c in seen.countdowns if c.id == mandate.timer), None)
        standing = [begun(track.phase_title)] if track is not None else []
        for variable in (mandate.authorised, mandate.strength):
            reading = seen.reading(variable)
            if reading is not None:
                title = reading.title.rpartition(": ")[2]
                standing.append(f"{title} {reading_text(reading)}")
        if expiry is not None:
            standing.append(f"expires {day_text(expiry.due)}, in {days_text(expiry.days_left)}")
        if standing:
            parts.append(_line(said(closed("; ".join(standing)))))
        draft = seen.reading(mandate.draft)
        if draft is not None:
            on_paper = draft.level > 0
            title = f"The draft: {draft.word}" if on_paper else "No draft lies before it"
            parts.append(_line(said(title, "bold $primary")))
        if mandate.conditions:
            parts.append(_line(said("Conditions", "bold $primary")))
        for _, title, text, variable in mandate.conditions:
            reading = seen.reading(variable)
            if reading is not None:
                mark = "[x] " if reading.level > 0 else "[ ] "
                parts.append(_line(said(title), mark, quiet(text)))
        if mandate.tasks:
            parts.append(_line(said("The tasks", "bold $primary")))
        for number, (_, title, text) in enumerate(mandate.tasks, start=1):
            parts.append(_line(said(title, "bold"), f"{number}. ", said(text)))
        permanent = any(veto for _, _, veto in mandate.members)
        rule = f"{begun(count_text(mandate.majority))} votes in favour carry a text"
        if permanent:
            rule += ", unless a permanent member votes against; abstaining is no veto"
        parts.append(_line(quiet(closed(rule))))
        return parts

    # ------------------------------------------------------------ hands

    def _raise(self) -> None:
        vote = self._vote()
        self._hands += 1
        if vote is None or self._hands >= len(vote.votes):
            self.action_hands()
        else:
            self._tell_chamber(self.place.view())

    def action_hands(self) -> None:
        """Count all at once; when all is counted, go back."""
        if self._hands >= 0:
            if self._timer is not None:
                self._timer.stop()
            self._hands = -1
            self.tell()
        elif not self.decision:
            self.action_back()

    def action_next_body(self) -> None:
        """Another mandate, where there is more than one."""
        mandates = self.place.edition.mandates
        if len(mandates) > 1 and not self.decision:
            at = mandates.index(self.mandate)
            self.mandate = mandates[(at + 1) % len(mandates)]
            self._hands = -1
            self.tell()

    def action_read(self, way: int) -> None:
        """Scroll the draft by a page."""
        draft = self.query_one("#draft", VerticalScroll)
        (draft.scroll_page_down if way > 0 else draft.scroll_page_up)(animate=False)


def _line(head: Content, mark: str = "", body: Content | None = None) -> Widget:
    return Static(Hanging(mark, head, body), markup=False)
