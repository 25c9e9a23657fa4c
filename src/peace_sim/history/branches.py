"""One branch of a play: the same world, another answer at one fork, and what came of that.

A branch is a journal of its own, so that it is replayed, compared and told like any other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from peace_sim.engine.facts import DecisionMade
from peace_sim.engine.game import Answer, Game
from peace_sim.engine.opening import NotOpen, opened
from peace_sim.engine.state import Advance, Entry, Injection, Move, Seating, State
from peace_sim.engine.step import apply, initial
from peace_sim.history.line import Faced
from peace_sim.play.journal import Journal, replay, reseed, state_hash
from peace_sim.play.policies import CHARACTER, POLICIES, Policy, answers

Place = tuple[int, int, int]
"""A window: its moment, stage and lap."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A play as it goes on with another answer, and how far the later answers could be kept."""

    journal: Journal
    kept: int
    """How many later answers of the chair, or of people, were given again."""
    left: int
    """How many found no window in which they could be."""


def branch(
    game: Game, journal: Journal, faced: Faced, answer: Answer, role: str | None = None
) -> Branch:
    """The play in which a decision of its line was answered otherwise.

    The world and its chance stay. What people answered later (or ``role``, by default the fork's,
    in a play without people) is answered again in the same window, or, if it was asked once only,
    whenever it is asked. Everybody else acts by the policy that holds the chair, and by
    ``character`` for want of one. Raises ReplayTrouble, and NotOpen for an answer that cannot be.
    """
    return _Branching(game, journal, role or faced.role).at(faced, answer)


class _Branching:
    """A branch under way."""

    def __init__(self, game: Game, journal: Journal, role: str) -> None:
        self.game, self.journal, self.role = game, journal, role
        self.people = any(isinstance(e, Move) and e.by == "person" for e in journal.entries)
        self.entries: list[Entry] = []
        self.reseeded: list[tuple[int, str]] = []
        self.minds: dict[str, Policy] = {}
        self.forked = False
        """Whether the other answer has been opened; from then on what cannot be is passed over."""
        self.waiting: list[tuple[Place, Move]] = []
        """Later answers, each with the window in which it was given."""
        self.times: Counter[str] = Counter()
        """How often each decision was answered, earlier and later."""
        self.later: dict[Place, list[Injection | Seating | str]] = {}
        """What else was done in later windows; a text is another seed."""

    def at(self, faced: Faced, answer: Answer) -> Branch:
        """The branch from a decision."""
        self._follow(faced)
        self._take(Move(faced.role, faced.decision, answer, faced.by))
        self._take(Advance())
        later = len(self.waiting)
        while self.state.ending is None:
            self._window()
        header = replace(self.journal.header, reseeded=tuple(self.reseeded))
        witnesses = ((len(self.entries), state_hash(self.state)),)
        made = Journal(header, tuple(self.entries), witnesses)
        return Branch(made, later - len(self.waiting), len(self.waiting))

    def _follow(self, faced: Faced) -> None:
        """Read the play: what came before the fork stands, what came later waits."""
        header = self.journal.header
        state = initial(self.game, header.world, header.chapter)
        course: list[tuple[State, Entry]] = []
        fork, times = -1, 0
        for entry, step in zip(self.journal.entries, replay(self.game, self.journal), strict=True):
            course.append((replace(state, world=step.state.world), entry))
            for fact in step.facts:
                if isinstance(fact, DecisionMade) and fact.decision == faced.decision:
                    fork = len(course) - 1 if times == faced.nth else fork
                    times += 1
            state = step.state
        self.state = course[fork][0]
        self.entries = [entry for _, entry in course[:fork]]
        self.reseeded = [(after, seed) for after, seed in header.reseeded if after <= fork]
        for at, (state, entry) in enumerate(course):
            if isinstance(entry, Advance):
                self.times.update(move.decision for move in state.sealed if self._own(move))
            if at <= fork:
                if isinstance(entry, Seating):
                    self._seat(entry)
                continue
            place = _place(state)
            if state.world != course[at - 1][0].world:
                self.later.setdefault(place, []).append(state.world.seed)
            if isinstance(entry, Advance):
                self.waiting += [(place, move) for move in state.sealed if self._own(move)]
            elif isinstance(entry, Injection | Seating):
                self.later.setdefault(place, []).append(entry)

    def _own(self, move: Move) -> bool:
        """Whether an answer is kept: a person's, or in a play without people the role's."""
        return move.by == "person" if self.people else move.role == self.role

    def _seat(self, seating: Seating) -> None:
        if seating.by == "policy":
            self.minds[seating.role] = POLICIES.get(seating.holder, CHARACTER)

    def _take(self, entry: Entry) -> bool:
        try:
            step = apply(self.game, self.state, entry)
        except NotOpen:
            if isinstance(entry, Advance) or not self.forked:
                raise
            return False
        self.entries.append(entry)
        self.forked = self.forked or isinstance(entry, Advance)
        self.state = step.state
        return True

    def _window(self) -> None:
        """One window: what was done in it before, where that can be; then whoever is left."""
        for entry in self.later.pop(_place(self.state), ()):
            if isinstance(entry, str):
                self.reseeded.append((len(self.entries), entry))
                self.state = reseed(self.state, entry)
            elif self._take(entry) and isinstance(entry, Seating):
                self._seat(entry)
        left = [i for i in opened(self.game, self.state) if not self._again(i)]
        for move in list(answers(self.game, self.state, left, self._mind)):
            self._take(move)
        self._take(Advance())

    def _again(self, index: int) -> bool:
        """Answer a decision as it was answered later in the play, if that can be."""
        id, place = self.game.decisions[index].id, _place(self.state)
        for waiting in self.waiting:
            then, move = waiting
            same = then == place or self.times[id] == 1
            if move.decision == id and same and self._take(move):
                self.waiting.remove(waiting)
                return True
        return False

    def _mind(self, role: str) -> Policy:
        return self.minds.get(role, CHARACTER)


def _place(state: State) -> Place:
    return state.moment, state.stage, state.lap
