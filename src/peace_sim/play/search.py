"""Thinking ahead: a role plays its answers on in worlds that it can imagine, and takes the best.

Made from a masked state alone. Worlds and candidates are drawn by a chance of the role's own, named
by role, decision, day and sitting and never by the session's seed: whoever knows the same gives the
same answer for the same reason, whatever is true. Every candidate is tried in the same worlds, in
rounds: all of them shortly, then the better half again, beside new ones near the best. A candidate
is kept to: given again whenever the same is asked and it can be, as a habit that may change with
every window. What is done once in many months drowns in what everybody does after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from peace_sim.engine.chance import draw_named
from peace_sim.engine.game import Answer, Decision, Game, Goal
from peace_sim.engine.state import Move, State
from peace_sim.play.beliefs import imagined
from peace_sim.play.futures import ends, futures
from peace_sim.play.nearby import is_single, one_apart, only_one
from peace_sim.play.policies import CHARACTER, Choice, Depth, Draw
from peace_sim.play.strategies import GREEDY
from peace_sim.play.weighing import Tried, measures, why

DRAWN = 6
"""So many answers are drawn as the role's character would, where there is more than one choice."""
FEWEST = 10
"""Fewer worlds than this would tell little: so many plans or packages are not tried at once."""


def thought(game: Game, known: State, decision: Decision, depth: Depth) -> Choice:
    """The answer that brings most of its role's goals in the courses that the role can imagine.

    It is the role's own (``character``'s) where nothing is better, or nothing is at stake.
    """
    name = f"search/{decision.role}/{decision.id}/{_day(game, known)}/{known.lap}"
    own = CHARACTER.answer(game, known, decision, _chance(game, known, f"{name}/own"))
    goals = tuple(goal for goal in game.goals if goal.role == decision.role)
    if not goals or only_one(game, known, decision):
        return own
    trying = _Trying(game, known, decision, goals, name, own.answer)
    most = depth.playouts if is_single(decision) else depth.playouts // FEWEST - 1
    running = _several(trying.first(), most)
    ranked = running
    for number in range(depth.rounds):
        trying.round(number, running, depth.playouts)
        if trying.alike():
            return own
        ranked = trying.ranked(running)
        running = ranked[: max(1, (len(ranked) + 1) // 2)]
        if number + 2 < depth.rounds:  # the last is for a second look at the best alone
            running += _several(trying.near(ranked[0], number + 1), most - len(running))
    best, next_best, *_ = trying.ranked([own.answer, *ranked])
    if best == own.answer and not trying.tried[next_best].gain < 0.0:
        return own  # it is the first of equals
    return Choice(best, why(decision, goals, trying.tried, own.answer, best, next_best))


def _day(game: Game, known: State) -> int:
    return game.moments[known.moment].day


def _chance(game: Game, known: State, name: str) -> Draw:
    day = _day(game, known)
    return lambda what: draw_named(name, day, what)


def _several(answers: Iterator[Answer], most: int) -> list[Answer]:
    """The first of these, at most so many."""
    return list(islice(answers, max(0, most)))


class _Trying:
    """The answers to one decision that a role has thought of, and what came of them so far."""

    def __init__(
        self,
        game: Game,
        known: State,
        decision: Decision,
        goals: Sequence[Goal],
        name: str,
        own: Answer,
    ) -> None:
        self.game, self.known, self.decision, self.goals = game, known, decision, goals
        self.measures = measures(game, decision.role)
        self.name = name
        self.own = own
        self.tried: dict[Answer, Tried] = {own: Tried.nothing(len(goals))}

    def first(self) -> Iterator[Answer]:
        """What is tried first: what brings its goals nearest at once; then each choice there is, or
        answers as its character would give them, and what lies near its own."""
        chance = _chance(self.game, self.known, f"{self.name}/greedy")
        greedy = GREEDY.answer(self.game, self.known, self.decision, chance).answer
        yield from self._untried([greedy])
        if not is_single(self.decision):
            for number in range(DRAWN):
                chance = _chance(self.game, self.known, f"{self.name}/drawn/{number}")
                answer = CHARACTER.answer(self.game, self.known, self.decision, chance).answer
                yield from self._untried([answer])
        yield from self.near(self.own, 0)

    def near(self, best: Answer, number: int) -> Iterator[Answer]:
        """What lies near a good answer and was not tried yet, in no order of anybody's."""
        chance = _chance(self.game, self.known, f"{self.name}/near/{number}")
        near = list(one_apart(self.game, self.known, self.decision, best))
        yield from self._untried(sorted(near, key=lambda answer: chance(repr(answer))))

    def _untried(self, answers: Iterable[Answer]) -> Iterator[Answer]:
        for answer in answers:
            if answer not in self.tried:
                self.tried[answer] = Tried.nothing(len(self.goals))
                yield answer

    def round(self, number: int, running: Sequence[Answer], playouts: int) -> None:
        """Play these answers and the own one on in the same new worlds, all in one go."""
        answers = [self.own, *running]
        count = max(1, playouts // len(answers))
        role = self.decision.role
        worlds = imagined(self.game, self.known, role, count, f"{self.name}/{number}")
        states = [
            replace(world, sealed=(*world.sealed, Move(role, self.decision.id, answer, "policy")))
            for answer in answers
            for world in worlds
        ]
        ahead = futures(self.game, states, kept=self.decision.id)
        for at, (goal, measure) in enumerate(zip(self.goals, self.measures, strict=True)):
            ended = ends(self.game, goal, ahead.cells, ahead.closed)
            came = [measure(cells, day) for cells, day in ended]
            own = came[:count]
            for number_of, answer in enumerate(answers):
                self.tried[answer].note(at, came[number_of * count :][:count], own)
        for answer in answers:
            self.tried[answer].worlds += count

    def alike(self) -> bool:
        """Whether nothing that was tried brought more or less than anything else."""
        return not any(tried.gain for tried in self.tried.values())

    def ranked(self, answers: Sequence[Answer]) -> list[Answer]:
        """The best in front; of equals, the one thought of first."""
        return sorted(answers, key=lambda answer: -self.tried[answer].gain)
