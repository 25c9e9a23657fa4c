"""The course of a game on the screen: which screen follows which, and what is done on request.

The rules lie below; here is only who is told what, and when.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from textual.screen import Screen
from textual.worker import Worker, WorkerState

from peace_sim.engine.facts import BallotTallied, CableSent, DecisionMade, Fact
from peace_sim.engine.opening import NotOpen, UnreadableMove
from peace_sim.engine.state import Move
from peace_sim.play.seat import LocalSeat
from peace_sim.play.session import Closed, NothingToUndo, Session
from peace_sim.play.store import StoreTrouble
from peace_sim.report.latest import is_answer, latest, opened_seals
from peace_sim.report.prose import news
from peace_sim.report.refusals import refusal
from peace_sim.scenario.edition import Edition
from peace_sim.tui.place import Place
from peace_sim.tui.screens.answer import AnswerScreen
from peace_sim.tui.screens.desk import Desk
from peace_sim.tui.screens.game import GameScreen
from peace_sim.tui.widgets import question

if TYPE_CHECKING:
    from peace_sim.tui.app import PeaceApp

NOTHING_YET = "There is nothing to take back yet."
THINKING = "The others are thinking."


class Evening:
    """A game under way: hears what screens ask for, does it by the seat, and tells them anew."""

    def __init__(
        self, app: PeaceApp, edition: Edition, session: Session, study: bool = False
    ) -> None:
        people = [role for role, policy in session.seats.items() if policy is None]
        self.app = app
        self.seat = LocalSeat(session, people or [edition.game.roles[0].id])
        self.place = Place(edition, self.seat, self.seat.roles[0], study)
        self.desk = Desk(self.place)
        self._sealed_at = 0.0
        self._hearing = False

    @property
    def ended(self) -> bool:
        """Whether the chapter is over."""
        return self.place.view().ending is not None

    @property
    def name(self) -> str:
        """What the game is kept as; empty when it is not kept."""
        session = self.seat.session
        return session.id if session.store is not None else ""

    # ------------------------------------------------------------ the course

    def start(self) -> None:
        """Open the desk; or the debrief of a game that is over."""
        self.app.push_screen(self.desk)
        if self.ended:
            self.debrief()

    def answer(self, decision: str) -> None:
        """Take up a question where it belongs: at the table, in the Council, or by itself."""
        asked = next((one for one in self.place.asked() if one.id == decision), None)
        if asked is not None and not self._hearing:
            self.app.push_screen(self._screen_for(decision, asked.kind))

    def _screen_for(self, decision: str, kind: str) -> Screen[None]:
        edition = self.place.edition
        for talks in edition.talks:
            if decision == talks.table or decision in (id for _, id in talks.answers):
                from peace_sim.tui.screens.table import TableScreen

                return TableScreen(self.place, talks, decision)
        ballot = self.place.game.decision(decision).ballot
        voted = self.place.game.ballots[ballot].id if ballot is not None else ""
        for mandate in edition.mandates:
            if decision in (mandate.report, mandate.drafting) or voted == mandate.ballot:
                from peace_sim.tui.screens.council import CouncilScreen

                return CouncilScreen(self.place, mandate, decision)
        return AnswerScreen(self.place, decision)

    def seal(self, move: Move) -> None:
        """Seal an answer, and go on to what else is asked."""
        if self._hearing:
            return

        def sealed() -> None:
            try:
                self.seat.submit(move)
            except (NotOpen, UnreadableMove) as refused:
                told = refusal(self.place.edition, refused, self.seat.view(move.role))
                self.app.notify(told, markup=False, severity="warning")
                return
            self._sealed_at = monotonic()
            if any(one.sealed is None for one in self.place.asked()):
                self._to_desk()
            self.tell()

        self._kept(sealed)

    def take_back(self, decision: str) -> None:
        """Take back a sealed answer while the window is open."""

        def taken() -> None:
            try:
                self.seat.withdraw(decision)
            except NotOpen as refused:
                told = refusal(self.place.edition, refused, self.place.view())
                self.app.notify(told, markup=False)
            self.tell()

        if not self._hearing:
            self._kept(taken)

    def open_seals(self) -> None:
        """Close the window, if everything is answered, and hear what the others did."""
        if self._hearing or self.ended or monotonic() - self._sealed_at < question.BOUNCE:
            return
        waiting = [one for one in self.place.asked() if one.sealed is None]
        if waiting:
            self.app.notify(f"Still asked of you: {waiting[0].title}", markup=False)
            return
        self._hearing = True
        self.app.listen(self._advance, self._heard, THINKING)

    def _advance(self) -> tuple[Fact, ...]:
        return self.seat.advance()

    def _heard(self, worker: Worker[tuple[Fact, ...]]) -> None:
        self._hearing = False
        if self.app.evening is not self or isinstance(worker.error, Closed):
            return  # whoever has left the game does not wait for it
        if worker.state is WorkerState.ERROR:
            error = worker.error
            if isinstance(error, StoreTrouble):
                self._in_trouble(error, self.open_seals)
            elif error is not None:
                self.app.fail(error)
            return
        self._to_desk()
        self._tell_what_came()

    def _tell_what_came(self) -> None:
        """Open the seals one by one, show a vote in its chamber, and then the desk."""
        fresh = latest(self.place.facts(), self.seat.roles)
        opened = opened_seals(self.place.edition, fresh, self.place.role)

        def after(_: object = None) -> None:
            self.tell()
            voted = [fact for fact in fresh if isinstance(fact, BallotTallied)]
            if self.ended:
                self.debrief()
            elif not (voted and self._show_vote(voted[-1])):
                self._straight_on()

        if any(not one.own for one in opened):
            from peace_sim.tui.screens.reveal import Reveal

            self.app.push_screen(Reveal(opened), after)
        else:
            after()

    def _show_vote(self, voted: BallotTallied) -> bool:
        for mandate in self.place.edition.mandates:
            if mandate.ballot == voted.ballot:
                from peace_sim.tui.screens.council import CouncilScreen

                self.app.push_screen(CouncilScreen(self.place, mandate))
                return True
        return False

    def _straight_on(self) -> None:
        """To the next question at once, where there is one alone and nothing else came in."""
        asked = self.place.asked()
        if len(asked) != 1:
            return
        fresh = latest(self.place.facts(), self.seat.roles)
        came_in = [fact for fact in fresh if not is_answer(fact)]
        cables = any(isinstance(fact, CableSent) for fact in came_in)
        told = news(self.place.edition, came_in, self.place.role)
        papers = self.place.new_paper(fresh) is not None
        if self.place.view().lap or not (cables or told or papers):
            self.answer(asked[0].id)

    def undo(self) -> None:
        """Take back the last answer; after its window has closed, by way of a branch."""
        if self._hearing:
            return
        if any(one.sealed is not None for one in self.place.asked()):
            self._kept(self._undone)
            return
        if not any(isinstance(fact, DecisionMade) for fact in self.place.facts()):
            self.app.notify(NOTHING_YET)
            return
        from peace_sim.tui.screens.dialogs import Choice

        def chosen(way: str | None) -> None:
            if way == "back":
                self._kept(self._undone)

        self.app.push_screen(
            Choice(
                "Go back to your last window?",
                "Its seals have been opened, and you have seen what was in them. What was played "
                "since stays kept as a game of its own; you go on in a branch beside it.",
                (("stay", "Stay here"), ("back", "Go back, in a branch")),
            ),
            chosen,
        )

    def _undone(self) -> None:
        before = self.seat.session
        try:
            self.seat.undo()
        except NothingToUndo:
            self.app.notify(NOTHING_YET)
            return
        if self.seat.session is before:
            self.app.notify("Your last answer is taken back.")
        else:
            self._to_desk()
            self.app.notify("You are back at your last window, in a branch; what was, is kept.")
        self.tell()

    def debrief(self) -> None:
        """What came of it, beside what happened; for study, also of a chapter that is not over."""
        from peace_sim.tui.screens.debrief import DebriefScreen

        if not isinstance(self.app.screen, DebriefScreen):
            self.app.push_screen(DebriefScreen(self.place, self.seat.session.journal))

    def close(self) -> None:
        """Let another process open this game."""
        self.seat.session.close()

    # ------------------------------------------------------------ telling

    def tell(self) -> None:
        """Every open screen of the game reads its place anew."""
        for screen in self.app.screen_stack:
            if isinstance(screen, GameScreen) and screen.is_mounted:
                screen.tell()

    def _to_desk(self) -> None:
        self.app.down_to(self.desk)

    # ------------------------------------------------------------ trouble with keeping

    def _kept(self, act: Callable[[], None]) -> None:
        """Do what needs to be kept; when it cannot be kept, say so and offer ways on."""
        try:
            act()
        except StoreTrouble as trouble:
            self._in_trouble(trouble, lambda: self._kept(act))

    def _in_trouble(self, trouble: StoreTrouble, again: Callable[[], None]) -> None:
        from peace_sim.tui.screens.dialogs import Choice

        def chosen(way: str | None) -> None:
            if way == "again":
                again()
            elif way == "unkept":
                self.seat.session.store = None
                again()
            else:
                self.tell()

        self.app.push_screen(
            Choice(
                "This step could not be kept",
                f"{trouble.message} {trouble.what_to_do}\nWhat was acknowledged before is safe; "
                "this step has not been made.",
                (
                    ("again", "Try again"),
                    ("unkept", "Play on without keeping (it ends when you leave)"),
                    ("wait", "Back"),
                ),
            ),
            chosen,
        )
