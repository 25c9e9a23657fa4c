"""What else could have been answered in a play, and what difference that makes in this model.

Each answer that a chair gave is set against the others that it could have given in that window.
Both are played on from the window's true state by ``character``, in the same worlds, so that a
pair of plays differs by the answer and what follows from it, and by no draw. Worlds are drawn
afresh: the figures are of what could have come, not of what came, and the same for a journal each
time.

First a few pairs tell which answers may matter; those are then measured in pairs of their own, so
that being picked for a lucky first look makes no measured change larger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import sqrt
from statistics import NormalDist

from peace_sim.engine.game import Answer, Ending, Game, Goal
from peace_sim.engine.opening import NotOpen, fits, option_open
from peace_sim.engine.state import Move, State
from peace_sim.engine.step import apply
from peace_sim.history.line import Faced, Line
from peace_sim.play.futures import Futures, elsewhere, futures

LOOK = 64
"""Pairs for the first look at each answer."""
PAIRS = 256
"""Pairs for an answer that may matter, when nobody asks for another number."""
SEEMS = 2.0
"""So many standard errors must the first look show before an answer is measured."""
LEAST = 1 / 16
"""And so large a change of an ending's share: a few hundred pairs hardly tell less from noise."""
SURE = 0.95
PORTION = 1024
"""Playouts in one call: more would keep whoever leaves waiting."""


@dataclass(frozen=True, slots=True)
class Other:
    """Another answer than the one that was given, in one field and one option."""

    number: int
    """Its place among the other answers to its decision, from 1."""
    kind: str
    """instead, without (an act less) or also (an act more)."""
    field: str
    option: str
    answer: Answer
    state: State
    """The window with this answer sealed, and every other as it was."""


@dataclass(frozen=True, slots=True)
class Fork:
    """A decision that was made, with the other answers that could have been given."""

    number: int
    """Its place among all decisions of the play, from 1."""
    faced: Faced
    state: State
    """The window with every answer sealed as it was given, silent chairs' too."""
    others: tuple[Other, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """In how many pairs of plays something came to be: with the answer given, and with the other.

    The pairs in which the two plays agree tell nothing of the difference, so all of it, and its
    error, is in those that came to it by one answer alone.
    """

    pairs: int
    both: int
    played: int
    """With the answer that was given, and not with the other."""
    other: int
    """With the other, and not with the one given."""

    @property
    def with_played(self) -> int:
        """In how many plays with the answer that was given."""
        return self.both + self.played

    @property
    def with_other(self) -> int:
        """In how many plays with the other answer."""
        return self.both + self.other

    @property
    def share(self) -> float:
        """By how much the other answer changes the share of plays."""
        return (self.other - self.played) / self.pairs

    @property
    def error(self) -> float:
        """The standard error of ``share``: the deviation of the pairs' differences, ÷ √ pairs."""
        if self.pairs < 2:
            return 0.0
        spread = self.played + self.other - self.pairs * self.share**2
        return sqrt(max(0.0, spread) / (self.pairs - 1) / self.pairs)

    @property
    def unpaired(self) -> float:
        """What the standard error would be, were the two answers played in worlds of their own."""
        one, other = self.with_played / self.pairs, self.with_other / self.pairs
        return sqrt((one * (1 - one) + other * (1 - other)) / self.pairs)

    def surely(self, deviates: float) -> float:
        """How large the change is at least, so many errors aside; 0 or less is within noise.

        No error is taken for smaller than one play's worth: that all pairs agree is no proof.
        """
        return abs(self.share) - deviates * max(self.error, 1 / self.pairs)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What one other answer changes: each of the chapter's endings, and the chair's own aims."""

    fork: Fork
    other: Other
    endings: Mapping[str, Change]
    goals: Mapping[str, Change]
    measured: bool
    """Whether it has been measured, or only looked at."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A choice that mattered: the other answer that shows it best, and the ending it changes."""

    weighed: Weighed
    ending: str
    surely: float
    """The change is at least this large, at 95 % for all that was measured together."""


@dataclass(frozen=True, slots=True, eq=False)
class WhatIf:
    """What has been found so far of a play's forks."""

    forks: tuple[Fork, ...]
    weighed: tuple[Weighed, ...]
    """By fork and number; each other answer once, as well as it is known."""
    windows: int
    """How many windows have been played on from, of ``of``."""
    of: int
    look: int
    pairs: int

    @property
    def measured(self) -> tuple[Weighed, ...]:
        """The other answers that were measured."""
        return tuple(weighed for weighed in self.weighed if weighed.measured)

    @property
    def compared(self) -> int:
        """How many changes were measured: each is a chance to take noise for a finding."""
        return sum(len(weighed.endings) for weighed in self.measured)

    @property
    def deviates(self) -> float:
        """How many standard errors wide an interval is that holds for all of those at once."""
        return NormalDist().inv_cdf(1 - (1 - SURE) / 2 / max(1, self.compared))

    def mattered(self) -> tuple[Ranked, ...]:
        """The choices that mattered most: the largest sure change of an ending's share first.

        A choice counts by its other answer with the largest; where none is beyond noise it is not
        there. The bound is widened (Bonferroni) for the number of changes that were measured.
        """
        deviates = self.deviates
        best: dict[int, Ranked] = {}
        for weighed in self.measured:
            for ending, change in weighed.endings.items():
                surely, at = change.surely(deviates), weighed.fork.number
                if surely > 0 and (at not in best or surely > best[at].surely):
                    best[at] = Ranked(weighed, ending, surely)
        return tuple(sorted(best.values(), key=lambda r: (-r.surely, r.weighed.fork.number)))


# ── what else was open ───────────────────────────────────────────────────────────────────────


def forks(game: Game, line: Line, role: str | None = None) -> tuple[Fork, ...]:
    """The decisions that people made, or one role's, with what else could have been answered.

    A role that no person played is taken as its policy played it. A decision that left nothing
    else open is no fork.
    """
    people = any(f.by == "person" and role in (None, f.role) for f in line.faced)
    found = []
    for number, faced in enumerate(line.faced, start=1):
        chosen = faced.by == "person" if people else role is not None and faced.by == "policy"
        if chosen and role in (None, faced.role):
            state = _as_made(game, line, faced)
            others = tuple(_others(game, faced, state))
            if others:
                found.append(Fork(number, faced, state, others))
    return tuple(found)


def _as_made(game: Game, line: Line, faced: Faced) -> State:
    """The window of a decision, with what silent chairs were taken to say sealed as well."""
    state = faced.state
    given = {move.decision for move in state.sealed}
    for other in line.faced:
        if other.state is faced.state and other.decision not in given:
            move = Move(other.role, other.decision, other.answer, other.by, other.reason)
            state = apply(game, state, move).state
    return state


def _others(game: Game, faced: Faced, state: State) -> Iterator[Other]:
    """Each answer that differs in one option and can be sealed."""
    number = 0
    for kind, field, option, answer in _differing(game, faced, state):
        move = Move(faced.role, faced.decision, answer, faced.by)
        try:
            sealed = apply(game, state, move).state
        except NotOpen:
            continue
        number += 1
        kept = next(m.answer for m in sealed.sealed if m.decision == faced.decision)
        yield Other(number, kind, field, option, kept, sealed)


def _differing(
    game: Game, faced: Faced, state: State
) -> Iterator[tuple[str, str, str, Answer]]:
    day = game.moments[state.moment].day
    for field in game.decision(faced.decision).fields:
        rest = tuple(pair for pair in faced.answer if pair[0] != field.id)
        taken = [option for id, option in faced.answer if id == field.id]
        budget = field.budget.of(state.cells, day) if field.budget is not None else None
        for option in field.options:
            if not field.many:
                kind, chosen = "instead", [option.id]
            elif option.id in taken:
                kind, chosen = "without", [id for id in taken if id != option.id]
            elif fits(field, taken, option, budget):
                kind, chosen = "also", [*taken, option.id]
            else:
                continue
            if set(chosen) != set(taken) and (
                kind == "without" or option_open(option, state.cells, day)
            ):
                yield kind, field.id, option.id, (*rest, *((field.id, id) for id in chosen))


# ── played on, in pairs ──────────────────────────────────────────────────────────────────────


def explore(
    game: Game, found: Sequence[Fork], pairs: int = PAIRS, name: str = "whatif"
) -> Iterator[WhatIf]:
    """What is found of these forks, told anew after each portion of plays.

    Dilemmas and talks come first, standing acts last, each by date. ``name`` names the worlds.
    """
    windows = _windows(game, found)
    look = min(LOOK, pairs)
    told = WhatIf(tuple(found), (), 0, len(windows), look, pairs)
    yield told
    for done, window in enumerate(windows, start=1):
        looked: list[Weighed] = []
        for some in _portions([(f, other) for f in window for other in f.others], look):
            more = weigh(game, some, look, f"{name}/look", measured=False)
            told = _with(told, more)
            looked += more
            yield told
        for some in _portions([(one.fork, one.other) for one in looked if _seems(one)], pairs):
            told = _with(told, weigh(game, some, pairs, f"{name}/pairs"))
            yield told
        told = replace(told, windows=done)
        yield told


def _portions(
    others: Sequence[tuple[Fork, Other]], pairs: int
) -> Iterator[Sequence[tuple[Fork, Other]]]:
    """So many answers at a time that whoever waits, or leaves, does not wait long."""
    size = max(1, PORTION // pairs - 1)
    return (others[at : at + size] for at in range(0, len(others), size))


def _with(told: WhatIf, more: Sequence[Weighed]) -> WhatIf:
    """What is told, with these in place of what was known of the same answers."""
    known = {(one.fork.number, one.other.number): one for one in (*told.weighed, *more)}
    return replace(told, weighed=tuple(known[key] for key in sorted(known)))


def _windows(game: Game, found: Sequence[Fork]) -> list[list[Fork]]:
    """Forks that stand at one window and are played on together: one call costs less than two."""

    def first(fork: Fork) -> tuple[bool, int]:
        return game.decision(fork.faced.decision).kind == "acts", fork.number

    def window(fork: Fork) -> tuple[bool, State]:
        return first(fork)[0], fork.state

    return [list(some) for _, some in groupby(sorted(found, key=first), key=window)]


def _seems(weighed: Weighed) -> bool:
    return any(
        abs(change.share) >= max(LEAST, SEEMS * change.error)
        for change in weighed.endings.values()
    )


def weigh(
    game: Game,
    others: Sequence[tuple[Fork, Other]],
    pairs: int,
    name: str,
    *,
    measured: bool = True,
) -> tuple[Weighed, ...]:
    """What each of these answers changes, all of one window, in ``pairs`` pairs of plays."""
    state = others[0][0].state
    worlds = f"{name}/{state.world.seed}/{state.moment}/{state.stage}/{state.lap}"
    every = (state, *(other.state for _, other in others))
    played = futures(game, [w for one in every for w in elsewhere(one, worlds, pairs)])
    ended = {ending.id: _came_to(game, played, ending) for ending in endings_of(game, state)}
    reached = {goal.id: played.reached(game, goal).tolist() for goal in _goals(game, others)}
    found = []
    for at, (fork, other) in enumerate(others, start=1):
        first = at * pairs
        own = {goal.id for goal in game.goals if goal.role == fork.faced.role}
        endings = {id: _change(came, first, pairs) for id, came in ended.items()}
        goals = {id: _change(came, first, pairs) for id, came in reached.items() if id in own}
        found.append(Weighed(fork, other, endings, goals, measured))
    return tuple(found)


def endings_of(game: Game, state: State) -> tuple[Ending, ...]:
    """The endings that the state's chapter can have."""
    return tuple(e for e in game.endings if not e.chapters or state.chapter in e.chapters)


def _came_to(game: Game, played: Futures, ending: Ending) -> list[bool]:
    came: list[bool] = (played.endings == game.endings.index(ending)).tolist()
    return came


def _goals(game: Game, others: Sequence[tuple[Fork, Other]]) -> list[Goal]:
    roles = {fork.faced.role for fork, _ in others}
    return [goal for goal in game.goals if goal.role in roles]


def _change(came: Sequence[bool], first: int, pairs: int) -> Change:
    """The first ``pairs`` plays are with the answer given, those from ``first`` on with another."""
    both = played = other = 0
    for one, two in zip(came[:pairs], came[first : first + pairs], strict=True):
        both += one and two
        played += one and not two
        other += two and not one
    return Change(pairs, both, played, other)
