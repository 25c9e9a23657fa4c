"""The best list of answers that a chair could give blindly, found in worlds of their own.

By cross-entropy: many lists are drawn, each is played in the same worlds, and the best of them say
from which options the next are drawn. Chance comes from names, so the same list is always found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peace_sim.engine.batch import opening, play
from peace_sim.engine.batch.chance import Chance, words_of
from peace_sim.engine.chance import word
from peace_sim.engine.game import Answer, Decision, Game
from peace_sim.engine.state import World
from peace_sim.history.outcomes import outcomes
from peace_sim.play.batched_strategies import many_lists
from peace_sim.play.strategies import FixedList

NAME = "fixed-list"

Floats = NDArray[np.float64]
Picks = NDArray[np.int64]
"""List × question: the place of what is picked."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long is looked for: so many lists in so many worlds each, so many times over."""

    lists: int = 64
    worlds: int = 32
    rounds: int = 10
    best: int = 8
    """So many lists say what is drawn next; the last round's best are compared anew."""
    last: int = 256
    """The worlds of that comparison."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that a list settles: a field's single answer, or whether a plan has an option."""

    decision: Decision
    field: str
    options: tuple[str, ...]
    many: bool

    @property
    def choices(self) -> int:
        """How many ways there are to settle it."""
        return 2 if self.many else len(self.options)


def questions(game: Game, role: str) -> list[Question]:
    """What a list for a role settles."""
    found = []
    for decision in game.decisions:
        if decision.role == role:
            for field in decision.fields:
                ids = tuple(option.id for option in field.options)
                if field.many:
                    found += [Question(decision, field.id, (id,), True) for id in ids]
                else:
                    found.append(Question(decision, field.id, ids, False))
    return found


def best_list(
    game: Game,
    chapter: str,
    settings: tuple[tuple[str, str], ...],
    role: str,
    effort: Effort | None = None,
    beat: Callable[[], None] = lambda: None,
) -> FixedList:
    """A list that does best for a role, everyone else on ``character``, in worlds of training."""
    effort = effort or Effort()
    asked = questions(game, role)
    if not asked:
        return FixedList(NAME, ())
    odds = [np.full(question.choices, 1.0 / question.choices) for question in asked]
    picks = np.zeros((0, len(asked)), dtype=np.int64)
    for number in range(effort.rounds):
        drawn = _drawn(asked, odds, effort.lists - len(picks), f"lists/{role}/{number}")
        # the last round's best stay in, and prove themselves in other worlds
        picks = np.concatenate((picks, _first(asked), drawn) if number == 0 else (picks, drawn))
        names = [f"training/{number}/{world}" for world in range(effort.worlds)]
        worth = _worth(game, chapter, settings, role, asked, picks, names)
        order = np.argsort(-worth, kind="stable")[: effort.best]
        picks = picks[order]
        for at, question in enumerate(asked):
            shares = np.bincount(picks[:, at], minlength=question.choices) / len(picks)
            odds[at] = 0.3 * odds[at] + 0.7 * shares
        beat()
    picks = _changed(game, chapter, settings, role, asked, picks, effort)
    names = [f"training/last/{world}" for world in range(effort.last)]
    worth = _worth(game, chapter, settings, role, asked, picks, names)
    return _list_of(asked, picks[int(np.argmax(worth))])


def _changed(
    game: Game,
    chapter: str,
    settings: tuple[tuple[str, str], ...],
    role: str,
    asked: Sequence[Question],
    picks: Picks,
    effort: Effort,
) -> Picks:
    """The lists, and the first with its most helpful changes: with one, two, four and so on."""
    first = picks[0]
    each = []
    for at, question in enumerate(asked):
        for choice in range(question.choices):
            if choice != first[at]:
                other = first.copy()
                other[at] = choice
                each.append((at, other))
    names = [f"training/changed/{world}" for world in range(effort.worlds)]
    worth = np.zeros(0)
    for start in range(0, len(each) + 1, effort.lists):
        some = np.array([first, *(o for _, o in each)][start : start + effort.lists])
        found = _worth(game, chapter, settings, role, asked, some, names)
        worth = np.concatenate((worth, found))
    gains = worth[1:] - worth[0]
    best: list[tuple[int, Picks]] = []
    for place in np.argsort(-gains, kind="stable"):
        at, other = each[int(place)]
        if gains[place] > 0.0 and all(at != before for before, _ in best):
            best.append((at, other))
    more, changed = [], first.copy()
    for number, (at, other) in enumerate(best, start=1):
        changed[at] = other[at]
        if number & (number - 1) == 0 or number == len(best):
            more.append(changed.copy())
    return np.concatenate((picks, np.array(more))) if more else picks


def _first(asked: Sequence[Question]) -> Picks:
    """Two lists to begin with: what is declared for a silent chair, and what history mostly did."""
    rows = []
    for of in ("default", "usually"):
        row = []
        for question in asked:
            decision = question.decision
            answer: Answer = decision.default
            if of == "usually":
                answer = decision.usually or (decision.dated[0][1] if decision.dated else answer)
            wanted = [option for field, option in answer if field == question.field]
            if question.many:
                row.append(int(question.options[0] in wanted))
            else:
                row.append(question.options.index(wanted[0]) if wanted else 0)
        rows.append(row)
    return np.array(rows, dtype=np.int64)


def _drawn(asked: Sequence[Question], odds: Sequence[Floats], count: int, name: str) -> Picks:
    chance = Chance(words_of(f"{name}/{number}" for number in range(count)))
    columns = []
    for question, shares in zip(asked, odds, strict=True):
        stem = f"{question.decision.id}/{question.field}/{'/'.join(question.options)}"
        share = chance.draw(0, word(stem))
        reached = np.cumsum(shares)
        found = np.searchsorted(reached, share * reached[-1], side="right")
        columns.append(np.minimum(found, question.choices - 1))
    return np.stack(columns, axis=1).astype(np.int64)


def _worth(
    game: Game,
    chapter: str,
    settings: tuple[tuple[str, str], ...],
    role: str,
    asked: Sequence[Question],
    picks: Picks,
    names: Sequence[str],
) -> Floats:
    """For each list the mean of the share of goals reached and the share of plays won."""
    plays = len(picks) * len(names)
    each = np.repeat(np.arange(len(picks)), len(names))
    likes: dict[str, dict[tuple[str, str], NDArray[np.bool_]]] = {}
    for at, question in enumerate(asked):
        here = likes.setdefault(question.decision.id, {})
        for place, option in enumerate(question.options):
            wanted = 1 if question.many else place
            here[question.field, option] = picks[each, at] == wanted
    worlds = [World(name, "drawn", settings) for name in names] * len(picks)
    block = opening(game, worlds, chapter)
    play(block, many_lists(game, role, likes))
    own = outcomes(game, block).goals_of(game, role)
    worth: Floats = np.zeros(plays)
    if len(own):
        worth = (own.mean(axis=0) + own.min(axis=0)) / 2.0
    means: Floats = worth.reshape(len(picks), len(names)).mean(axis=1)
    return means


def _list_of(asked: Sequence[Question], picks: Sequence[int] | Picks) -> FixedList:
    answers: dict[str, list[tuple[str, str]]] = {}
    for question, pick in zip(asked, picks, strict=True):
        pairs = answers.setdefault(question.decision.id, [])
        if not question.many:
            pairs.append((question.field, question.options[int(pick)]))
        elif pick:
            pairs.append((question.field, question.options[0]))
    return FixedList(NAME, tuple((id, tuple(pairs)) for id, pairs in answers.items()))


