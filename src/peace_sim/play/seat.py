"""A place at the table, near or far: a screen is given a seat, and never learns which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from peace_sim.engine.facts import Fact, seen_by
from peace_sim.engine.state import Move, State
from peace_sim.engine.view import View, masked, view
from peace_sim.play.session import Session


class NotYours(Exception):
    """A command for a role that this seat does not hold."""

    def __init__(self, role: str) -> None:
        super().__init__(f"this seat does not hold {role}")
        self.role = role


class Seat(Protocol):
    """One or more roles held together: what they may know, and what they may do."""

    @property
    def roles(self) -> Sequence[str]:
        """The roles, the one that speaks first in front."""
        ...

    def view(self, role: str | None = None) -> View:
        """What a role of this seat (the first, if none is named) may know now."""
        ...

    def known(self, role: str | None = None) -> State:
        """The present state as a role may know it: masked."""
        ...

    def consulted(self, role: str | None = None) -> tuple[State, ...]:
        """The windows in which a role asked its adviser, each as it knew them: masked."""
        ...

    def submit(self, move: Move) -> tuple[Fact, ...]:
        """Seal an answer; what came of it. Raises NotOpen, UnreadableMove, Stale or NotYours."""
        ...

    def withdraw(self, decision: str) -> None:
        """Take back a sealed answer while its window is open. Raises NotOpen or NotYours."""
        ...

    def facts(self, since: int = 0) -> tuple[Fact, ...]:
        """What this seat has come to know, from the ``since``-th fact on, in its own counting."""
        ...

    def advance(self) -> tuple[Fact, ...]:
        """Close the window, if this seat may; what it then came to know."""
        ...


class LocalSeat:
    """A seat at a session in this process."""

    def __init__(self, session: Session, roles: Sequence[str]) -> None:
        for role in roles:
            session.game.role(role)
        if not roles:
            raise ValueError("a seat holds at least one role")
        self.roles: tuple[str, ...] = tuple(roles)
        self.session = session
        self._known: list[Fact] = []
        self._read = 0

    @property
    def window(self) -> int:
        """The number of the present window."""
        return self.session.window

    @property
    def ready(self) -> bool:
        """Whether this seat has answered all that it is asked."""
        return not set(self.roles) & set(self.session.waiting())

    def view(self, role: str | None = None) -> View:
        """What a role of this seat (the first, if none is named) may know now."""
        return view(self.session.game, self.session.state, self._own(role or self.roles[0]))

    def known(self, role: str | None = None) -> State:
        """The present state as a role may know it: masked."""
        own = self._own(role or self.roles[0])
        return masked(self.session.game, self.session.state, own)

    def consulted(self, role: str | None = None) -> tuple[State, ...]:
        """The windows in which a role asked its adviser, each as it knew them: masked."""
        own = self._own(role or self.roles[0])
        asked = self.session.consulted(own)
        return tuple(masked(self.session.game, state, own) for state in asked)

    def submit(self, move: Move, *, window: int | None = None, key: str = "") -> tuple[Fact, ...]:
        """Seal an answer; what came of it. Raises NotOpen, UnreadableMove, Stale or NotYours."""
        self._own(move.role)
        own = replace(move, by="person")
        step = self.session.submit(own, window=window, key=key)
        return tuple(seen for fact in step.facts if (seen := self._seen(fact)) is not None)

    def withdraw(self, decision: str) -> None:
        """Take back a sealed answer while its window is open. Raises NotOpen or NotYours."""
        if decision in self.session.game.index["decision"]:
            self._own(self.session.game.decision(decision).role)
        self.session.withdraw(decision)

    def facts(self, since: int = 0) -> tuple[Fact, ...]:
        """What this seat has come to know, from the ``since``-th fact on, in its own counting.

        The counting is its own so that not even the number of others' facts shows.
        """
        for _, fact in self.session.facts_since(self._read):
            self._read += 1
            seen = self._seen(fact)
            if seen is not None:
                self._known.append(seen)
        return tuple(self._known[since:])

    def advance(self) -> tuple[Fact, ...]:
        """Close the window and go on to the next in which a person is asked; what became known."""
        before = len(self.facts())
        self.session.proceed()
        return self.facts(before)

    def undo(self) -> None:
        """Take back this seat's last answer; after its window has closed, by way of a branch."""
        after = self.session.undo(self.roles)
        if after is not self.session:
            self.session, self._known, self._read = after, [], 0

    def _own(self, role: str) -> str:
        if role not in self.roles:
            raise NotYours(role)
        return role

    def _seen(self, fact: Fact) -> Fact | None:
        """A fact as whoever holds these roles together may know it."""
        best: Fact | None = None
        for role in self.roles:
            seen = seen_by(self.session.game, fact, role)
            if seen is fact:
                return fact
            best = best or seen
        return best
