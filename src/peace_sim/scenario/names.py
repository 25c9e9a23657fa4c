"""The names of one scenario: which cells they stand for, and who may know what stands there.

``Names`` hands out the cells in the order of the sections; ``Sight`` is what an expression sees
of them, from nowhere in particular or from one role's chair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from peace_sim.engine.game import OUTCOMES, CaseList, Knowers
from peace_sim.expressions import Expr, Reading


@dataclass
class Names:
    """Every cell with its name and knowers, and every word an expression can use."""

    cells: list[str] = field(default_factory=list)
    start: list[float] = field(default_factory=list)
    knowers: list[Knowers] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    worded: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    measures: dict[str, Expr] = field(default_factory=dict)
    since: dict[str, int] = field(default_factory=dict)
    timers: dict[str, int] = field(default_factory=dict)
    cases: dict[str, CaseList] = field(default_factory=dict)
    estimates: dict[tuple[str, str], int] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    answers: dict[tuple[str, str], tuple[int, float, int, bool]] = field(default_factory=dict)
    """Decision and option → the field's cell, the option's number, its count's cell, if a plan."""
    struck: dict[str, tuple[int, int]] = field(default_factory=dict)
    votes: dict[tuple[str, str], int] = field(default_factory=dict)

    def cell(self, name: str, knowers: Knowers, start: float = 0.0) -> int:
        """One more cell."""
        self.cells.append(name)
        self.knowers.append(knowers)
        self.start.append(start)
        return len(self.cells) - 1

    def ballot(self, id: str, outcome: int, yes: int, no: int, abstain: int) -> None:
        """Name a ballot's cells: its outcome as words, its counts as votes."""
        self.worded[id] = (outcome, ("none", *OUTCOMES))
        for vote, cell in (("yes", yes), ("no", no), ("abstain", abstain)):
            self.votes[id, vote] = cell


_FUNCTIONS = (
    "days_in",
    "days_left",
    "running",
    "count",
    "overflow",
    "estimate",
    "made",
    "answered",
    "taken",
    "times",
    "struck",
    "days_since",
    "votes",
)


@dataclass(frozen=True, slots=True)
class Sight:
    """The names as an expression sees them; ``role`` is whose estimates are meant."""

    names: Names
    role: str = ""

    def number(self, name: str) -> int | None:
        """The cell of a numeric variable, or None when it is no such thing."""
        return self.names.numbers.get(name)

    def words(self, name: str) -> tuple[int, tuple[str, ...]] | None:
        """The cell of a choice, track or ballot, and its words."""
        return self.names.worded.get(name)

    def measure(self, name: str) -> Expr | None:
        """The expression that a measure stands for."""
        return self.names.measures.get(name)

    def known(self) -> Iterable[str]:
        """Every name, for suggestions."""
        return (*self.names.numbers, *self.names.worded, *self.names.measures, "today")

    def reading(self, function: str, words: tuple[str, ...]) -> Reading | str:
        """What a reading function reads, or a sentence saying why it cannot."""
        if function not in _FUNCTIONS:
            close = get_close_matches(function, _FUNCTIONS, n=1)
            hint = f'; did you mean "{close[0]}"?' if close else ""
            return f"{function}(…) is no reading{hint}"
        wanted = _WANTED[function]
        if len(words) not in wanted:
            names = " or ".join(str(number) for number in wanted)
            return f"{function}(…) takes {names}, and here are {len(words)}"
        reader: Callable[[Sequence[str]], Reading | str] = getattr(self, f"_{function}")
        return reader(words)

    def _days_in(self, words: Sequence[str]) -> Reading | str:
        return self._of("track", self.names.since, words[0], "days_since")

    def _days_left(self, words: Sequence[str]) -> Reading | str:
        return self._of("timer", self.names.timers, words[0], "days_until")

    def _running(self, words: Sequence[str]) -> Reading | str:
        return self._of("timer", self.names.timers, words[0], "flag")

    def _made(self, words: Sequence[str]) -> Reading | str:
        return self._of("decision", self.names.made, words[0], "flag")

    def _of(self, what: str, known: dict[str, int], id: str, kind: str) -> Reading | str:
        if id not in known:
            return _no_such(what, id, known)
        return Reading(kind, (known[id],))  # type: ignore[arg-type]

    def _count(self, words: Sequence[str]) -> Reading | str:
        cases = self.names.cases.get(words[0])
        if cases is None:
            return _no_such("list of cases", words[0], self.names.cases)
        if words[1] not in cases.statuses:
            return _no_such(f"status of {words[0]}", words[1], cases.statuses)
        return Reading("count", cases.cells_of(0), float(cases.statuses.index(words[1]) + 1))

    def _overflow(self, words: Sequence[str]) -> Reading | str:
        cases = self.names.cases.get(words[0])
        if cases is None:
            return _no_such("list of cases", words[0], self.names.cases)
        return Reading("cell", (cases.overflow,))

    def _estimate(self, words: Sequence[str]) -> Reading | str:
        if not self.role:
            return "an estimate is read by a role, and nobody in particular reads this"
        cell = self.names.estimates.get((self.role, words[0]))
        if cell is None:
            return f"{self.role} has no estimate of {words[0]}"
        return Reading("cell", (cell,))

    def _answered(self, words: Sequence[str]) -> Reading | str:
        found = self._option(words)
        if isinstance(found, str):
            return found
        last, number, count, plan = found
        return Reading("flag", (count,)) if plan else Reading("equals", (last,), number)

    def _taken(self, words: Sequence[str]) -> Reading | str:
        found = self._option(words)
        return found if isinstance(found, str) else Reading("flag", (found[2],))

    def _times(self, words: Sequence[str]) -> Reading | str:
        if len(words) == 2:
            found = self._option(words)
            return found if isinstance(found, str) else Reading("cell", (found[2],))
        if words[0] in self.names.struck:
            return Reading("cell", (self.names.struck[words[0]][0],))
        if words[0] in self.names.made:
            return Reading("cell", (self.names.made[words[0]],))
        return _no_such("event or decision", words[0], (*self.names.struck, *self.names.made))

    def _option(self, words: Sequence[str]) -> tuple[int, float, int, bool] | str:
        decision, option = words
        if decision not in self.names.made:
            return _no_such("decision", decision, self.names.made)
        found = self.names.answers.get((decision, option))
        if found is None:
            known = [o for d, o in self.names.answers if d == decision]
            return _no_such(f"option of {decision}", option, known)
        return found

    def _struck(self, words: Sequence[str]) -> Reading | str:
        if words[0] not in self.names.struck:
            return _no_such("event", words[0], self.names.struck)
        return Reading("flag", (self.names.struck[words[0]][0],))

    def _days_since(self, words: Sequence[str]) -> Reading | str:
        if words[0] not in self.names.struck:
            return _no_such("event", words[0], self.names.struck)
        return Reading("days_since", (self.names.struck[words[0]][1],))

    def _votes(self, words: Sequence[str]) -> Reading | str:
        cell = self.names.votes.get((words[0], words[1]))
        if cell is None:
            return f"votes(…) reads a ballot and yes, no or abstain, not {', '.join(words)}"
        return Reading("cell", (cell,))


_WANTED: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(_FUNCTIONS, (1,)),
    "count": (2,),
    "answered": (2,),
    "taken": (2,),
    "times": (1, 2),
    "votes": (2,),
}


def _no_such(what: str, id: str, known: Iterable[str]) -> str:
    close = get_close_matches(id, list(known), n=1)
    hint = f'; did you mean "{close[0]}"?' if close else ""
    return f'there is no {what} "{id}"{hint}'
