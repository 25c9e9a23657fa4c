"""The compiled kernel: every part of a scenario, indexed and frozen.

A whole moment of play is one vector of doubles, the *cells*; each part knows its cells. Words (the
phases of a track, the named values of a choice variable) stand in a cell as the index of the word.
Days are proleptic ordinals; 0 stands for "not set".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from peace_sim.diagnostics import Span
from peace_sim.expressions import Environment, Expr, Unmet

PUBLIC = "public"
FACILITATOR = "facilitator"

Knowers = frozenset[str]
"""The roles who may know a thing; ``PUBLIC`` in it stands for everybody."""

EVERYBODY: Knowers = frozenset({PUBLIC})

Cells = Sequence[float]
NumberOf = Callable[[Cells, int], float]
Holds = Callable[[Cells, int], bool]


@dataclass(frozen=True, slots=True)
class Number:
    """A right-hand side: how it was written, what it reads, and how to compute it."""

    expr: Expr
    reads: frozenset[int]
    of: NumberOf = field(compare=False, repr=False)
    names: Environment | None = field(default=None, compare=False, repr=False)
    """What its names stand for, for who compiles it anew; None in a game made by hand."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition: how it was written, what it reads, and whether it holds."""

    expr: Expr
    reads: frozenset[int]
    holds: Holds = field(compare=False, repr=False)
    unmet: Callable[[Cells, int], tuple[Unmet, ...]] = field(compare=False, repr=False)
    """The parts that do not hold, in numbers; empty when it holds."""
    names: Environment | None = field(default=None, compare=False, repr=False)


def read_by(*parts: Number | Guard | None) -> tuple[int, ...]:
    """The cells that these read, in order."""
    return tuple(sorted(frozenset[int]().union(*(part.reads for part in parts if part))))


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a number comes from: a source, a calibration, or a judgement with its reason."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A day at which things are decided, within its tick."""

    day: int
    tick: int
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """One window of a moment. ``again_from`` is the stage to go back to, ``laps`` times in all."""

    id: str
    title: str
    again_from: int | None = None
    laps: int = 1


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stretch of the calendar that is played by itself."""

    id: str
    title: str
    start: int
    end: int
    minutes: int
    text: str
    briefs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Character:
    """What moves a role, each a number from 0 to 100 that the role itself can read."""

    hope: Number
    pain: Number
    way_out: Number
    face: Number
    trust: Mapping[str, Number]


@dataclass(frozen=True, slots=True)
class Role:
    """Who is in the story. Roles may exist only ``start`` to ``end`` (days, 0 for open)."""

    id: str
    title: str
    short: str
    text: str
    chair: bool
    light: bool
    start: int
    end: int
    character: Character | None


@dataclass(frozen=True, slots=True)
class Variable:
    """A number in a range, or one of named values when ``words`` is not empty."""

    id: str
    title: str
    cell: int
    low: float
    high: float
    initial: float
    words: tuple[str, ...]
    titles: tuple[str, ...]
    unit: str
    known_to: Knowers
    drawn: tuple[float, ...]
    """Low and high of the draw for a number; a weight for each word for a choice; or empty."""
    basis: Basis | None
    gauge: tuple[tuple[float, str], ...]
    """The words in which a screen says the level: (from this level on, word), ascending."""
    gauge_for: frozenset[str]
    word: int
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a role believes of a variable it may not see: redrawn every so many ticks."""

    id: str
    role: str
    variable: int
    cell: int
    error: Number
    every: int
    word: int


@dataclass(frozen=True, slots=True)
class Effect:
    """One change, as the author wrote it."""

    kind: str
    """set, add, choose, enter, start, until, extend, clear, open, advance or send."""
    target: int
    """The index of the variable, track, timer, cases or cable."""
    word: int = 0
    """The index of a word, phase, kind or status."""
    to_word: int = 0
    amount: Number | None = None
    when: Guard | None = None
    text: str = ""
    span: Span | None = field(default=None, compare=False)
    reads: tuple[int, ...] = field(init=False, compare=False, repr=False)
    """The cells that amount and guard read, in order."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "reads", read_by(self.amount, self.when))


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from phases to a phase: when its guard holds and/or after so many days."""

    id: str
    sources: frozenset[int]
    target: int
    when: Guard | None
    after: int
    effects: tuple[Effect, ...]
    text: str
    record: str
    span: Span | None = field(default=None, compare=False)
    reads: tuple[int, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reads", read_by(self.when))


@dataclass(frozen=True, slots=True)
class Track:
    """A machine of phases beside others. Cells: the phase's index, and the day it was entered."""

    id: str
    title: str
    cell: int
    since: int
    phases: tuple[str, ...]
    titles: tuple[str, ...]
    initial: int
    transitions: tuple[Transition, ...]
    known_to: Knowers
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Timer:
    """A day that effects set; when it comes, its effects apply and it is cleared. Cell: the day."""

    id: str
    title: str
    cell: int
    initial: int
    effects: tuple[Effect, ...]
    text: str
    known_to: Knowers
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be answered. Cell: how often it was taken."""

    id: str
    title: str
    text: str
    cell: int
    when: Guard | None
    refusal: str
    """Who refuses and in what words, when the guard does not hold."""
    cost: float
    effects: tuple[Effect, ...]
    weight: Number | None
    known_to: Knowers | None
    """Who learns that it was taken; None for the same as the decision's."""
    said: str
    """The sentence in which others hear of it."""
    concedes: float
    """How much it gives up, 0 to 3; negative for holding out harder."""
    eases: str
    """The fear it covers (guard, post, witness, date, face), if any."""
    toward: str
    """The role it favours or addresses, if any."""
    because: str
    """A reason in a sentence, in the mouth of whoever takes it."""
    span: Span | None = field(default=None, compare=False)
    asks: str = ""
    """Who is asked for a paper when it is taken: ``adviser``, or nobody."""


@dataclass(frozen=True, slots=True)
class Field:
    """A question within a decision. Cell: 1 + the index of the last answer (0 for none yet)."""

    id: str
    title: str
    cell: int
    options: tuple[Option, ...]
    many: bool
    budget: Number | None


Answer = tuple[tuple[str, str], ...]
"""A move's answer: pairs of field id and option id, in declared order."""


@dataclass(frozen=True, slots=True)
class Opening:
    """When a decision's window opens."""

    when: Guard | None
    days: frozenset[int]
    every: int
    offset: int
    at: str
    """first, last or each moment of the tick."""
    once: bool
    rest: int
    """Ticks that must pass after it was last made."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What a role answers at a window. Cells: how often it was made, 1 + the tick of the last."""

    id: str
    role: str
    title: str
    text: str
    stage: int
    opening: Opening
    fields: tuple[Field, ...]
    cell: int
    last: int
    known_to: Knowers
    default: Answer
    usually: Answer | None
    dated: tuple[tuple[int, Answer], ...]
    """What history chose: for the tick that holds the day."""
    kind: str
    """acts (a plan of standing acts), dilemma, table, promise, report, draft or vote."""
    ballot: int | None
    word: int
    span: Span | None = field(default=None, compare=False)


class Vote(StrEnum):
    """A member's answer to a ballot."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


@dataclass(frozen=True, slots=True)
class Ballot:
    """One question answered by a body's members and tallied by its rule into an outcome.

    Adopted with at least ``majority`` votes in favour, no vote against by one of ``vetoes``, and at
    least ``quorum`` members voting; abstention is no veto (UN Charter, Article 27, and practice).
    Cells: 1 + index of the outcome, and the votes for, against and abstaining.
    """

    id: str
    title: str
    stage: int
    members: tuple[tuple[str, int], ...]
    """Role id and the index of the decision in which it votes."""
    majority: int
    vetoes: frozenset[str]
    quorum: int
    outcomes: tuple[str, ...]
    effects: tuple[tuple[Effect, ...], ...]
    cell: int
    yes: int
    no: int
    abstain: int
    known_to: Knowers
    span: Span | None = field(default=None, compare=False)


OUTCOMES = ("adopted", "failed", "vetoed")


@dataclass(frozen=True, slots=True)
class CaseList:
    """A fixed number of slots with a status each. Cells: per slot status, kind and since; overflow.

    A slot's status cell is 0 when the slot is empty, else 1 + the index of the status.
    """

    id: str
    title: str
    slots: int
    statuses: tuple[str, ...]
    titles: tuple[str, ...]
    kinds: tuple[str, ...]
    kind_titles: tuple[str, ...]
    cell: int
    known_to: Knowers
    kinds_known_to: Knowers
    span: Span | None = field(default=None, compare=False)

    def slot(self, index: int) -> int:
        """The first of the three cells of a slot."""
        return self.cell + 3 * index

    @property
    def overflow(self) -> int:
        """The cell that counts what found no slot."""
        return self.cell + 3 * self.slots

    def cells_of(self, offset: int) -> tuple[int, ...]:
        """The status (0), kind (1) or since (2) cells of all slots."""
        return tuple(self.slot(i) + offset for i in range(self.slots))


@dataclass(frozen=True, slots=True)
class Event:
    """What no role decides. Cells: how often it struck, and the day it last did."""

    id: str
    title: str
    text: str
    outside: bool
    when: Guard | None
    chance: Number | None
    """The hazard per tick, 0 to 1, for an inside event."""
    window: tuple[int, int]
    """First and last day of an outside event's window (0, 0 for none)."""
    likely: float
    """The probability that an outside event strikes at all in a drawn world."""
    dates: tuple[int, ...]
    """When it struck in history."""
    repeat: bool
    rest: int
    effects: tuple[Effect, ...]
    known_to: Knowers
    record: str
    cell: int
    last: int
    word: int
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Drift:
    """How a variable moves each tick by itself: by ``amount``, if ``when`` holds."""

    variable: int
    amount: Number
    when: Guard | None
    text: str
    span: Span | None = field(default=None, compare=False)
    reads: tuple[int, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reads", read_by(self.amount, self.when))


@dataclass(frozen=True, slots=True)
class Cable:
    """A message to those who learn of a thing; ``doubtful`` ones may be wrong, and say so."""

    id: str
    sender: str
    title: str
    text: str
    known_to: Knowers
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """A way for a chapter to end: at any moment its guard holds, or only ``at_close``."""

    id: str
    title: str
    text: str
    when: Guard | None
    at_close: bool
    chapters: frozenset[str]
    """The chapters it may end; empty for all."""
    outlook: str = ""
    """What an adviser says may come, while its title is sealed: a clause with a verb."""
    feared: Mapping[str, int] = field(default_factory=dict)
    """How much each role fears it, 1 to 3; ``public`` for whoever is not named."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Figures told at the end, never summed over ledgers."""

    id: str
    title: str
    rows: tuple[tuple[str, Number, str], ...]
    """Title, figure, unit."""


@dataclass(frozen=True, slots=True)
class Goal:
    """An aim of a role, public or secret: reached when its guard holds at the end."""

    id: str
    role: str
    title: str
    when: Guard
    secret: bool


@dataclass(frozen=True, slots=True)
class Invariant:
    """What must hold in every state."""

    id: str
    guard: Guard


@dataclass(frozen=True, slots=True)
class Milestone:
    """A record entry bound to one occurrence in the kernel."""

    id: str
    title: str
    record: str
    kind: str
    """enters, event, ballot or takes."""
    part: str
    """The track, event, ballot or decision."""
    word: str
    """The phase, outcome or option (empty for an event)."""
    nth: int
    forced: bool
    """It rests on a dated event or a choice alone, not on a guard on state or a vote."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A level of difficulty or an assumption, chosen before play. It stands in a variable."""

    id: str
    title: str
    text: str
    levels: tuple[tuple[str, float], ...]
    default: str
    variable: int


@dataclass(frozen=True, slots=True, eq=False)
class Game:
    """A scenario, compiled: what the step engine, views and computer players work from.

    Compared by identity; two games with one ``digest`` play alike.
    """

    id: str
    title: str
    version: str
    digest: str
    rules: int
    tick: str
    moments: tuple[Moment, ...]
    stages: tuple[Stage, ...]
    chapters: tuple[Chapter, ...]
    roles: tuple[Role, ...]
    variables: tuple[Variable, ...]
    estimates: tuple[Estimate, ...]
    tracks: tuple[Track, ...]
    timers: tuple[Timer, ...]
    decisions: tuple[Decision, ...]
    ballots: tuple[Ballot, ...]
    caselists: tuple[CaseList, ...]
    events: tuple[Event, ...]
    drifts: tuple[Drift, ...]
    cables: tuple[Cable, ...]
    endings: tuple[Ending, ...]
    ledgers: tuple[Ledger, ...]
    goals: tuple[Goal, ...]
    invariants: tuple[Invariant, ...]
    milestones: tuple[Milestone, ...]
    settings: tuple[Setting, ...]
    start_cells: tuple[float, ...]
    names: tuple[str, ...]
    """A readable name for each cell."""
    cell_knowers: tuple[Knowers, ...]
    """Who may know each cell."""
    by_stage: tuple[tuple[int, ...], ...] = field(compare=False)
    """The indices of the decisions of each stage, in declared order."""
    index: Mapping[str, Mapping[str, int]] = field(compare=False, repr=False)
    """Kind of part → id → index."""

    def role(self, id: str) -> Role:
        """The role of this id. Raises KeyError."""
        return self.roles[self.index["role"][id]]

    def variable(self, id: str) -> Variable:
        """The variable of this id. Raises KeyError."""
        return self.variables[self.index["variable"][id]]

    def track(self, id: str) -> Track:
        """The track of this id. Raises KeyError."""
        return self.tracks[self.index["track"][id]]

    def timer(self, id: str) -> Timer:
        """The timer of this id. Raises KeyError."""
        return self.timers[self.index["timer"][id]]

    def decision(self, id: str) -> Decision:
        """The decision of this id. Raises KeyError."""
        return self.decisions[self.index["decision"][id]]

    def event(self, id: str) -> Event:
        """The event of this id. Raises KeyError."""
        return self.events[self.index["event"][id]]

    def ballot(self, id: str) -> Ballot:
        """The ballot of this id. Raises KeyError."""
        return self.ballots[self.index["ballot"][id]]

    def cable(self, id: str) -> Cable:
        """The cable of this id. Raises KeyError."""
        return self.cables[self.index["cable"][id]]

    def chapter(self, id: str | None) -> Chapter:
        """The chapter of this id, or the first. Raises KeyError."""
        return self.chapters[0 if id is None else self.index["chapter"][id]]


def may_know(knowers: Knowers, audience: str) -> bool:
    """Whether an audience (a role, the public or the facilitator) is among the knowers."""
    return PUBLIC in knowers or audience in knowers or audience == FACILITATOR
