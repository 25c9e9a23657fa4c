"""Many plays of a chapter counted together: how they end, when milestones pass, how figures go.

Everything kept of a play is a count, or a value beside its number, so that plays can be counted in
any portions, on any processes, and come to the same numbers. Memory does not grow with the plays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peace_sim.engine.batch import Block, Nobody, opening, play
from peace_sim.engine.batch.values import Mask, Truth, Value, both, either, opposite, somewhere
from peace_sim.engine.game import PUBLIC, Game, Variable
from peace_sim.engine.state import Nature, World
from peace_sim.history.compare import occurrence
from peace_sim.history.line import before
from peace_sim.play.batched import answering
from peace_sim.play.policies import POLICIES

BLOCK = 2048
"""Plays side by side: enough to be quick, and few enough for a processor's caches."""
LISTED = 10_000
"""Of so many plays, the first, a ledger's figures are kept one by one."""

Counts = NDArray[np.int64]
Beat = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be played: a chapter, the seeds from ``seed`` on, and who plays whom."""

    chapter: str
    nature: Nature
    seed: int
    settings: tuple[tuple[str, str], ...]
    policies: tuple[tuple[str, str], ...]
    """Each role and the name of its policy."""

    def world(self, number: int) -> World:
        """The world of a play by its number; ``run`` and ``play`` take its seed."""
        return World(str(self.seed + number), self.nature, self.settings)


@dataclass(frozen=True, slots=True)
class Spread:
    """How often each level came, to three significant figures, the levels ascending."""

    levels: NDArray[np.float64]
    counts: Counts

    def __add__(self, other: Spread) -> Spread:
        """Both counted together."""
        if self.levels is other.levels or np.array_equal(self.levels, other.levels):
            return Spread(self.levels, self.counts + other.counts)
        levels, places = np.unique(
            np.concatenate((self.levels, other.levels)), return_inverse=True
        )
        counts = np.zeros(len(levels), dtype=np.int64)
        np.add.at(counts, places, np.concatenate((self.counts, other.counts)))
        return Spread(levels, counts)

    @property
    def plays(self) -> int:
        """How many were counted."""
        return int(self.counts.sum())

    def at(self, share: float) -> float:
        """The level at or below which this share of what was counted lies."""
        return float(self.levels[quantile(self.counts, share)])


NONE = Spread(np.zeros(0), np.zeros(0, dtype=np.int64))

_POWERS = np.array([10.0**power for power in range(19)])


def rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """To three significant figures, and no finer than a millionth; whole numbers to 999 stay.

    At a power of ten either scale gives the same, so a logarithm's last bit does not matter.
    """
    size = np.maximum(np.abs(values), 1e-9)
    scale = np.clip(2 - np.floor(np.log10(size)).astype(np.int64), -16, 6)
    up, down = _POWERS[np.maximum(scale, 0)], _POWERS[np.maximum(-scale, 0)]
    found: NDArray[np.float64] = np.rint(values / down * up) / up * down + 0.0
    return found


def figures(game: Game) -> tuple[Variable, ...]:
    """Every public number that is no setting."""
    settings = {setting.variable for setting in game.settings}
    return tuple(
        variable
        for index, variable in enumerate(game.variables)
        if PUBLIC in variable.known_to and not variable.words and index not in settings
    )


@dataclass
class Stretch:
    """The longest time of a chair without something, over all plays."""

    longest: int = 0
    seed: str = ""
    """The world of the first play that was so long without."""
    total: int = 0
    """The sum over plays of each play's longest."""

    def add(self, other: Stretch) -> None:
        """Count a later portion's plays too."""
        if other.longest > self.longest or not self.seed:
            self.longest, self.seed = other.longest, other.seed
        self.total += other.total


@dataclass
class Tally:
    """What came of some plays, in numbers. Rows are in the order in which the game declares."""

    plays: int
    endings: Counts
    milestones: Counts
    """Milestone × moment: in how many plays it was passed then."""
    series: list[list[Spread]]
    """For each figure and tick: the levels at which the tick closed."""
    ledgers: NDArray[np.float64]
    """Row of a ledger × play, for the first plays."""
    offered: Counts
    """For each option, how often it could be taken."""
    taken: Counts
    """For each option, how often it was."""
    chosen: Counts
    """For each option, in how many plays it was."""
    struck: Counts
    """For each event, how often it struck."""
    hit: Counts
    """For each event, in how many plays it struck."""
    entered: Counts
    """For each phase of each track, in how many plays the track stood there."""
    choices: tuple[Stretch, ...]
    """For each chair, without anything to choose between."""
    dilemmas: tuple[Stretch, ...]
    """For each chair, without a choice but its standing acts."""
    broken: Counts
    """For each invariant, in how many plays it was broken."""
    breaches: list[tuple[str, int] | None]
    """For each invariant the first play that broke it, by seed, and the day."""

    def add(self, other: Tally) -> None:
        """Count the plays of the next portion too."""
        for name in ("endings", "milestones", "offered", "taken", "chosen", "struck", "hit",
                     "entered", "broken"):  # fmt: skip
            mine: Counts = getattr(self, name)
            mine += getattr(other, name)
        self.series = [
            [own + more for own, more in zip(mine, its, strict=True)]
            for mine, its in zip(self.series, other.series, strict=True)
        ]
        for longest, that in zip(
            (*self.choices, *self.dilemmas), (*other.choices, *other.dilemmas), strict=True
        ):
            longest.add(that)
        self.plays += other.plays
        self.breaches = [
            one or two for one, two in zip(self.breaches, other.breaches, strict=True)
        ]
        room = LISTED - self.ledgers.shape[1]
        if room > 0:
            self.ledgers = np.concatenate((self.ledgers, other.ledgers[:, :room]), axis=1)


class Lists:
    """The parts of a game in the order in which a tally counts them."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.figures = figures(game)
        self.options = tuple(
            (d, f, o)
            for d, decision in enumerate(game.decisions)
            for f, of in enumerate(decision.fields)
            for o in range(len(of.options))
        )
        """Decision, field and option."""
        self.phases = tuple(
            (t, p) for t, track in enumerate(game.tracks) for p in range(len(track.phases))
        )
        """Track and phase."""
        self.chairs = tuple(role.id for role in game.roles if role.chair)
        self.rows = tuple(
            (ledger.title, title, unit) for ledger in game.ledgers for title, _, unit in ledger.rows
        )
        """Ledger, title and unit of each figure."""


def blank(lists: Lists) -> Tally:
    """No play yet."""
    game = lists.game

    def zeros(*shape: int) -> Counts:
        return np.zeros(shape, dtype=np.int64)

    ticks = game.moments[-1].tick + 1
    options, events = len(lists.options), len(game.events)
    return Tally(
        0, zeros(len(game.endings)), zeros(len(game.milestones), len(game.moments)),
        [[NONE] * ticks for _ in lists.figures], np.zeros((len(lists.rows), 0)),
        zeros(options), zeros(options), zeros(options), zeros(events), zeros(events),
        zeros(len(lists.phases)), tuple(Stretch() for _ in lists.chairs),
        tuple(Stretch() for _ in lists.chairs), zeros(len(game.invariants)),
        [None for _ in game.invariants],
    )  # fmt: skip


def tally(game: Game, job: Job, first: int, plays: int, beat: Beat | None = None) -> Tally:
    """Play the plays with these numbers, side by side, and count what comes of them.

    ``beat`` is told now and then which share of the calendar lies behind.
    """
    minds = {role: POLICIES[name] for role, name in job.policies}
    block = opening(game, [job.world(first + number) for number in range(plays)], job.chapter)
    counting = _Counting(block, Lists(game), beat)
    play(block, answering(game, minds.__getitem__), counting)
    return counting.told()


class _Counting(Nobody):
    """Counts while a block is played."""

    def __init__(self, block: Block, lists: Lists, beat: Beat | None) -> None:
        self.beat = beat
        self.opened = block.moment
        self.game = game = block.game
        self.lists = lists
        self.block = block
        self.plays = len(block.states)
        self.tally = blank(lists)
        self.tally.plays = self.plays
        self.tally.ledgers = np.zeros((len(lists.rows), self.plays))
        self.values = block.tables.values
        self.place = {key: at for at, key in enumerate(lists.options)}
        self.stood = {key: self._nowhere() for key in lists.phases}
        for index, track in enumerate(game.tracks):
            at = block.rows[track.cell]
            for phase in range(len(track.phases)):
                self.stood[index, phase] |= at == float(phase)
        self.waiting = _waiting(block)
        self.times = {key: np.zeros(self.plays, dtype=np.int64) for key in self.waiting}
        for fact in before(game, block.chapter.id, block.states[0].world.settings):
            if (seen := occurrence(fact)) in self.times:
                self.times[seen] += 1
        self.closed: list[tuple[Value, int, Spread]] = [(0.0, -1, NONE)] * len(lists.figures)
        """For each figure the row that was counted last, in how many plays, and its spread."""
        self.figures = [
            self.values.number(number) for ledger in game.ledgers for _, number, _ in ledger.rows
        ]
        self.holds = [self.values.guard(invariant.guard) for invariant in game.invariants]
        self.broke = [np.full(self.plays, -1) for _ in game.invariants]
        self.idle = {(role, kind): _Idle(self.plays) for role in lists.chairs for kind in (0, 1)}

    def _nowhere(self) -> Mask:
        return np.zeros(self.plays, dtype=bool)

    def told(self) -> Tally:
        """The counts, once the block has been played."""
        made = self.tally
        made.entered[:] = [np.count_nonzero(self.stood[key]) for key in self.lists.phases]
        for stretches, kind in ((made.choices, 0), (made.dilemmas, 1)):
            for role, stretch in zip(self.lists.chairs, stretches, strict=True):
                longest = self.idle[role, kind].longest
                at = int(longest.argmax())
                stretch.longest, stretch.total = int(longest[at]), int(longest.sum())
                stretch.seed = self.block.states[at].world.seed
        for number, days in enumerate(self.broke):
            broken = np.flatnonzero(days >= 0)
            made.broken[number] = len(broken)
            if len(broken):
                at = int(broken[0])
                made.breaches[number] = (self.block.states[at].world.seed, int(days[at]))
        return made

    # ── milestones, phases, events, ballots ──

    def entered(self, block: Block, track: int, phase: int, where: Truth) -> None:
        """A track came to another phase."""
        self.stood[track, phase][block.numbers(where)] = True
        of = self.game.tracks[track]
        self._happened(block, ("enters", of.id, of.phases[phase]), where)

    def struck(self, block: Block, event: int, where: Truth) -> None:
        """An event struck."""
        self._happened(block, ("event", self.game.events[event].id, ""), where)

    def tallied(self, block: Block, ballot: int, outcome: int, where: Truth) -> None:
        """A body voted."""
        of = self.game.ballots[ballot]
        self._happened(block, ("ballot", of.id, of.outcomes[outcome]), where)

    def took(self, block: Block, decision: int, field: int, option: int, where: Truth) -> None:
        """An option was taken."""
        of = self.game.decisions[decision]
        self._happened(block, ("takes", of.id, of.fields[field].options[option].id), where)

    def _happened(self, block: Block, what: tuple[str, str, str], where: Truth) -> None:
        if what not in self.waiting:
            return
        numbers, times = block.numbers(where), self.times[what]
        times[numbers] += 1
        for milestone, nth in self.waiting[what]:
            passed = np.count_nonzero(times[numbers] == nth)
            self.tally.milestones[milestone, block.moment] += passed

    # ── choices ──

    def asked(self, block: Block, decision: int, where: Truth) -> None:
        """A role is asked: which options it has, and whether there is anything to choose."""
        of = self.game.decisions[decision]
        real: Truth = False
        for at, asks in enumerate(of.fields):
            one: Truth = False
            two: Truth = False
            for number, option in enumerate(asks.options):
                there = both(where, self.values.guard(option.when)(block.rows, block.day))
                self.tally.offered[self.place[decision, at, number]] += _many(block, there)
                two = either(two, both(one, there))
                one = either(one, there)
            real = either(real, one if asks.many else two)
        if of.role in self.lists.chairs and somewhere(real):
            numbers = block.numbers(real)
            self.idle[of.role, 0].had[numbers] = True
            if of.kind != "acts":
                self.idle[of.role, 1].had[numbers] = True

    def passed(self, block: Block) -> None:
        """A moment is over: at a tick's last, figures stand and chairs have waited."""
        moment = self.game.moments[block.moment]
        if self.beat is not None:
            left = len(self.game.moments) - self.opened
            self.beat((block.moment + 1 - self.opened) / left)
        if not moment.last:
            return
        numbers = block.numbers(block.alive)
        for role in self.lists.chairs:
            there = self.game.role(role)
            if (there.start or 0) <= moment.day <= (there.end or moment.day):
                for kind in (0, 1):
                    self.idle[role, kind].close(numbers)
        columns = block.columns(block.alive)
        for at, (variable, spreads) in enumerate(
            zip(self.lists.figures, self.tally.series, strict=True)
        ):
            row = block.rows[variable.cell]
            before, plays, spread = self.closed[at]
            if row is not before or plays != len(columns):
                spread = _spread(row, columns)
                self.closed[at] = row, len(columns), spread
            spreads[moment.tick] = spread

    # ── states and ends ──

    def stands(self, block: Block, where: Truth) -> None:
        """A state: do the invariants hold?"""
        for holds, days in zip(self.holds, self.broke, strict=True):
            wrong = both(where, opposite(holds(block.rows, block.day)))
            if somewhere(wrong):
                numbers = block.numbers(wrong)
                days[numbers[days[numbers] < 0]] = block.day

    def ended(self, block: Block, ending: int, where: Truth) -> None:
        """Plays are over: the last figures."""
        columns, made = block.columns(where), self.tally
        made.endings[ending] += len(columns)
        for at, figure in enumerate(self.figures):
            value = figure(block.rows, block.day)
            made.ledgers[at, block.number[columns]] = (
                value if isinstance(value, float) else value[columns]
            )

    def leaving(self, block: Block, where: Truth) -> None:
        """Plays are not looked at again: what their cells have counted."""
        columns, made = block.columns(where), self.tally
        for at, (decision, asks, option) in enumerate(self.lists.options):
            cell = self.game.decisions[decision].fields[asks].options[option].cell
            times = self._since_start(block, cell, columns)
            if times is not None:
                made.taken[at] += int(times.sum())
                made.chosen[at] += np.count_nonzero(times)
        for at, event in enumerate(self.game.events):
            times = self._since_start(block, event.cell, columns)
            if times is not None:
                made.struck[at] += int(times.sum())
                made.hit[at] += np.count_nonzero(times)

    def _since_start(
        self, block: Block, cell: int, columns: NDArray[np.intp]
    ) -> NDArray[np.float64] | None:
        row, start = block.rows[cell], block.start[cell]
        if row is start:
            return None
        more = np.broadcast_to(np.asarray(row - start), block.width)
        return more[columns]


class _Idle:
    """For one chair, how long each play has gone without."""

    def __init__(self, plays: int) -> None:
        self.had: Mask = np.zeros(plays, dtype=bool)
        self.now: Counts = np.zeros(plays, dtype=np.int64)
        self.longest: Counts = np.zeros(plays, dtype=np.int64)

    def close(self, numbers: NDArray[np.intp]) -> None:
        """A tick is over in these plays."""
        waited = np.where(self.had[numbers], 0, self.now[numbers] + 1)
        self.now[numbers] = waited
        self.longest[numbers] = np.maximum(self.longest[numbers], waited)
        self.had[numbers] = False


def _spread(row: Value, columns: NDArray[np.intp]) -> Spread:
    values = np.full(len(columns), row) if isinstance(row, float) else row[columns]
    levels, counts = np.unique(rounded(values), return_counts=True)
    return Spread(levels, counts.astype(np.int64))


def _many(block: Block, where: Truth) -> int:
    if isinstance(where, bool):
        return block.width if where else 0
    return int(np.count_nonzero(where))


def _waiting(block: Block) -> dict[tuple[str, str, str], list[tuple[int, int]]]:
    """What milestones wait for: the occurrence, and of each the milestone and the how-manieth."""
    found: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    for index, milestone in enumerate(block.game.milestones):
        key = (milestone.kind, milestone.part, milestone.word)
        found.setdefault(key, []).append((index, milestone.nth))
    return found


# ── figures ──────────────────────────────────────────────────────────────────────────────────


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if of == 0:
        return 0.0, 1.0
    z = 1.959963984540054
    share, z2 = count / of, z * z / of
    middle = (share + z2 / 2) / (1 + z2)
    half = z / (1 + z2) * float(np.sqrt(share * (1 - share) / of + z2 / (4 * of)))
    return max(0.0, middle - half), min(1.0, middle + half)


def quantile(counts: Sequence[int] | Counts, share: float) -> int:
    """The place below or at which this share of what was counted lies."""
    reached = np.cumsum(counts)
    return int(np.searchsorted(reached, max(1.0, np.ceil(share * reached[-1]))))


@dataclass(frozen=True, slots=True)
class Fan:
    """How a figure stood at a tick's end, in the plays that were still on."""

    day: int
    plays: int
    median: float
    half: tuple[float, float]
    """Half of the plays lie between."""
    most: tuple[float, float]
    """Nine tenths lie between."""


def fans(lists: Lists, told: Tally) -> Mapping[str, tuple[Fan, ...]]:
    """How each public number went."""
    last = {m.tick: m.day for m in lists.game.moments if m.last}
    found = {}
    for variable, spreads in zip(lists.figures, told.series, strict=True):
        points = []
        for tick, spread in enumerate(spreads):
            if spread.plays:
                five, quarter, half, three, most = map(spread.at, (0.05, 0.25, 0.5, 0.75, 0.95))
                points.append(
                    Fan(last[tick], spread.plays, half, (quarter, three), (five, most))
                )
        found[variable.id] = tuple(points)
    return found
