"""What a screen is given: the edition, a seat, and who reads. A screen learns nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from peace_sim.engine.facts import DecisionMade, Fact
from peace_sim.engine.game import Game, Role
from peace_sim.engine.state import State
from peace_sim.engine.view import Asked, View
from peace_sim.play.seat import Seat
from peace_sim.play.session import asks_adviser
from peace_sim.scenario.edition import Edition


@dataclass(frozen=True, slots=True)
class Place:
    """A place at the table, as every screen of a game is given it.

    The seat is asked anew each time, so what a method returns is of the present moment.
    """

    edition: Edition
    seat: Seat
    role: str
    """Whose chair it is; of several roles held together, the one that speaks first."""
    study: bool = False
    """What history chose may be opened once its date has passed."""

    @property
    def game(self) -> Game:
        """The compiled game, for its static words (titles, texts); never for what is hidden."""
        return self.edition.game

    @property
    def chair(self) -> Role:
        """The role whose chair it is."""
        return self.game.role(self.role)

    def view(self) -> View:
        """What the chair may know now."""
        return self.seat.view(self.role)

    def facts(self, since: int = 0) -> tuple[Fact, ...]:
        """What the chair has come to know, from the ``since``-th fact on."""
        return self.seat.facts(since)

    def consulted(self) -> tuple[State, ...]:
        """The windows in which the chair asked its adviser, each as it knew them."""
        return self.seat.consulted(self.role)

    def new_paper(self, fresh: Iterable[Fact]) -> State | None:
        """The window for which the adviser owes its paper now, if these news open such an ask."""
        asked = any(
            isinstance(fact, DecisionMade)
            and fact.role == self.role
            and asks_adviser(self.game.decision(fact.decision), fact.answer)
            for fact in fresh
        )
        return next(iter(self.consulted()[-1:]), None) if asked else None

    def asked(self) -> tuple[Asked, ...]:
        """What is asked now of all the roles held here, sealed answers included."""
        return tuple(asked for role in self.seat.roles for asked in self.seat.view(role).asked)
