"""The order of a moment, walked over flat tables: ``engine.step`` compiled, one play at a time.

Needs numba, which compiles it once for all scenarios and keeps the result. Everything here is
numbers: what they mean stands in ``shape`` and ``program``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit

from peace_sim.engine.batch.native import program as op
from peace_sim.engine.batch.native.shape import KINDS, MODES, Programs, Real, Rules, Shape, Whole
from peace_sim.engine.step import MAX_PASSES

F = TypeVar("F", bound=Callable[..., object])


_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}


def native(function: F) -> F:
    """Compiled on first use; the lock of the interpreter is let go while it runs.

    Without numba's runtime: nothing here makes an array, and counting who holds a table would cost
    more than the work, some hundred nanoseconds a call against a few.
    """
    made: F = njit(**_OPTIONS)(function)
    return made


PASSES = MAX_PASSES

END, CONST, CELL, DAY, NEGATE, SQUARE = op.END, op.CONST, op.CELL, op.DAY, op.NEGATE, op.SQUARE
SIZE, INSTEAD, SINCE, UNTIL_, COUNT = op.SIZE, op.INSTEAD, op.SINCE, op.UNTIL, op.COUNT
SET_, STANDS, NOT, UNLESS, IF = op.SET, op.STANDS, op.NOT, op.UNLESS, op.IF
STANDS_UNLESS, STANDS_IF = op.STANDS_UNLESS, op.STANDS_IF
AT_LEAST, AT_MOST, BINARY = op.AT_LEAST, op.AT_MOST, op.ADD
ADD_, SUBTRACT, MULTIPLY, DIVIDE, LEAST, MOST, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL = (
    what - BINARY
    for what in (
        op.ADD, op.SUBTRACT, op.MULTIPLY, op.DIVIDE, op.LEAST, op.MOST, op.LESS, op.LESS_EQUAL,
        op.GREATER, op.GREATER_EQUAL, op.EQUAL,
    )
)  # fmt: skip

ADD, SET, ENTER, START, UNTIL, EXTEND, CLEAR, OPEN, ADVANCE, SEND = range(len(KINDS))
DEFAULT, HISTORICAL, WEIGHED, TOSSED = range(len(MODES))

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_27, _30, _31, _11 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(11)


@native
def mixed(x: np.uint64) -> np.uint64:
    """Splitmix64's finaliser."""
    x = x + _GOLDEN
    x = (x ^ (x >> _30)) * _FIRST
    x = (x ^ (x >> _27)) * _SECOND
    return x ^ (x >> _31)


@native
def drawn(seed: np.uint64, day: int, name: np.uint64) -> float:
    """A number in [0, 1): ``chance.draw`` for a seed that is mixed already."""
    bits = mixed(mixed(seed ^ np.uint64(day)) ^ name)
    return np.float64(bits >> _11) / 9007199254740992.0


@native
def of_two(what: int, first: float, second: float) -> float:
    """What an operation makes of two numbers."""
    if what == GREATER_EQUAL:
        return 1.0 if first >= second else 0.0
    if what == LESS:
        return 1.0 if first < second else 0.0
    if what == ADD_:
        return first + second
    if what == SUBTRACT:
        return first - second
    if what == MULTIPLY:
        return first * second
    if what == DIVIDE:
        return first / second
    if what == LESS_EQUAL:
        return 1.0 if first <= second else 0.0
    if what == GREATER:
        return 1.0 if first > second else 0.0
    if what == LEAST:
        return second if second < first else first
    if what == MOST:
        return second if second > first else first
    if what == EQUAL:
        return 1.0 if first == second else 0.0
    return 1.0 if first != second else 0.0


@native
def value(programs: Programs, at: int, cells: Real, day: int, stack: Real) -> float:
    """What a program comes to."""
    code, constants = programs.code, programs.constants
    top = -1
    while True:
        what = code[at]
        if what >= BINARY:
            kind, mode = (what - BINARY) & 15, (what - BINARY) >> 4
            if mode == 3:
                top += 1
                first, second = cells[code[at + 1]], constants[code[at + 2]]
                at += 3
            elif mode == 1:
                first, second = stack[top], constants[code[at + 1]]
                at += 2
            elif mode == 2:
                first, second = stack[top], cells[code[at + 1]]
                at += 2
            elif mode == 0:
                top -= 1
                first, second = stack[top], stack[top + 1]
                at += 1
            else:
                top += 1
                first, second = cells[code[at + 1]], cells[code[at + 2]]
                at += 3
            stack[top] = of_two(kind, first, second)
        elif what == STANDS_UNLESS:
            if cells[code[at + 1]] == constants[code[at + 2]]:
                at += 4
            else:
                top += 1
                stack[top] = 0.0
                at += 4 + code[at + 3]
        elif what == STANDS_IF:
            if cells[code[at + 1]] == constants[code[at + 2]]:
                top += 1
                stack[top] = 1.0
                at += 4 + code[at + 3]
            else:
                at += 4
        elif what == STANDS:
            top += 1
            stack[top] = 1.0 if cells[code[at + 1]] == constants[code[at + 2]] else 0.0
            at += 3
        elif what == END:
            return float(stack[top])
        elif what == CELL:
            top += 1
            stack[top] = cells[code[at + 1]]
            at += 2
        elif what == CONST:
            top += 1
            stack[top] = constants[code[at + 1]]
            at += 2
        elif what == UNLESS:
            if stack[top] == 0.0:
                at += 2 + code[at + 1]
            else:
                top -= 1
                at += 2
        elif what == IF:
            if stack[top] != 0.0:
                at += 2 + code[at + 1]
            else:
                top -= 1
                at += 2
        elif what == AT_LEAST:
            bound = constants[code[at + 1]]
            stack[top] = stack[top] if stack[top] > bound else bound
            at += 2
        elif what == AT_MOST:
            bound = constants[code[at + 1]]
            stack[top] = stack[top] if stack[top] < bound else bound
            at += 2
        elif what == NOT:
            stack[top] = 1.0 if stack[top] == 0.0 else 0.0
            at += 1
        elif what == SQUARE:
            stack[top] = stack[top] * stack[top]
            at += 1
        elif what == SET_:
            top += 1
            stack[top] = 1.0 if cells[code[at + 1]] != 0.0 else 0.0
            at += 2
        elif what == SINCE:
            top += 1
            stack[top] = day - cells[code[at + 1]]
            at += 2
        elif what == UNTIL_:
            top += 1
            due = cells[code[at + 1]]
            stack[top] = due - day if due != 0.0 else 0.0
            at += 2
        elif what == DAY:
            top += 1
            stack[top] = float(day)
            at += 1
        elif what == COUNT:
            wanted, many, total = constants[code[at + 1]], code[at + 2], 0.0
            for i in range(many):
                if cells[code[at + 3 + i]] == wanted:
                    total += 1.0
            top += 1
            stack[top] = total
            at += 3 + many
        elif what == NEGATE:
            stack[top] = -stack[top]
            at += 1
        elif what == SIZE:
            stack[top] = abs(stack[top])
            at += 1
        else:  # INSTEAD
            if stack[top - 2] == 0.0:
                stack[top - 2] = stack[top - 1]
            else:
                stack[top - 2] = stack[top] / stack[top - 2]
            top -= 2
            at += 1


@native
def holds(programs: Programs, at: int, cells: Real, day: int, stack: Real) -> bool:
    """Whether a condition holds; none always does."""
    return at < 0 or value(programs, at, cells, day, stack) != 0.0


# ── effects ──────────────────────────────────────────────────────────────────────────────────


@native
def copied(cells: Real, seen: Real, many: int) -> None:
    """The cells as they are now, to be looked at while they change."""
    for cell in range(many):
        seen[cell] = cells[cell]


@native
def put(cells: Real, cell: int, level: float, low: float, high: float) -> int:
    """A new level within its bounds; 1 where that is a fact."""
    if level <= low:
        level = low
    elif level >= high:
        level = high
    if level == cells[cell]:
        return 0
    cells[cell] = level
    return 1


@native
def case(effects: Whole, row: int, cells: Real, day: int) -> int:
    """Open a case, or bring the oldest of a status to another."""
    kind = effects[row, 0]
    first, slots = effects[row, 3], effects[row, 4]
    wanted = 0.0 if kind == OPEN else float(effects[row, 5] + 1)
    found, oldest = -1, 0.0
    for slot in range(slots):
        cell = first + 3 * slot
        if cells[cell] == wanted and (found < 0 or cells[cell + 2] < oldest):
            found, oldest = cell, cells[cell + 2]
    if found < 0:
        if kind == OPEN:
            cells[first + 3 * slots] += 1.0
            return 1
        return 0
    if kind == OPEN:
        cells[found] = 1.0
        cells[found + 1] = float(effects[row, 5])
        cells[found + 2] = float(day)
    elif effects[row, 6] < 0:
        cells[found] = cells[found + 1] = cells[found + 2] = 0.0
    else:
        cells[found] = float(effects[row, 6] + 1)
        cells[found + 2] = float(day)
    return 1


@native
def changed(
    rules: Rules, first: int, last: int, cells: Real, seen: Real, day: int, stack: Real
) -> int:
    """Effects in declared order; how many facts they made."""
    programs, effects, bounds = rules.programs, rules.effects, rules.bounds
    facts = 0
    for row in range(first, last):
        if not holds(programs, effects[row, 1], seen, day, stack):
            continue
        kind, cell = effects[row, 0], effects[row, 3]
        amount = 0.0
        if effects[row, 2] >= 0:
            amount = value(programs, effects[row, 2], seen, day, stack)
        if kind == ADD:
            facts += put(cells, cell, cells[cell] + amount, bounds[row, 0], bounds[row, 1])
        elif kind == SET:
            facts += put(cells, cell, amount, bounds[row, 0], bounds[row, 1])
        elif kind == ENTER:
            if cells[cell] != effects[row, 5]:
                cells[cell] = float(effects[row, 5])
                cells[effects[row, 4]] = float(day)
                facts += 1
        elif kind == SEND:
            facts += 1
        elif kind in (OPEN, ADVANCE):
            facts += case(effects, row, cells, day)
        else:
            before = int(cells[cell])
            after = 0
            if kind == START:
                after = day + int(amount)
            elif kind == UNTIL:
                after = int(amount)
            elif kind == EXTEND:
                after = (before if before != 0 else day) + int(amount)
            if after != before:
                cells[cell] = float(after)
                facts += 1
    return facts


# ── a moment ─────────────────────────────────────────────────────────────────────────────────


@native
def moved(shape: Shape, cells: Real, seen: Real, day: int, stack: Real) -> int:
    """Passes of transitions until nothing moves: how many facts, -1 where they never end."""
    rules = shape.rules
    programs = shape.rules.programs
    sizes, tracks, phase_from = shape.sizes, shape.tracks, shape.phase_from
    ways = shape.ways
    facts = 0
    many = sizes[0]
    for _ in range(PASSES):
        still = False
        for track in range(len(tracks)):
            cell, since = tracks[track, 0], tracks[track, 1]
            stood = seen if still else cells
            phase = tracks[track, 2] + int(stood[cell])
            for way in range(phase_from[phase], phase_from[phase + 1]):
                after = ways[way, 1]
                if after != 0 and day - stood[since] < after:
                    continue
                if not holds(programs, ways[way, 0], stood, day, stack):
                    continue
                if not still:
                    copied(cells, seen, many)
                    still = True
                target = float(ways[way, 2])
                if cells[cell] != target:
                    cells[cell] = target
                    cells[since] = float(day)
                    facts += 1
                facts += changed(rules, ways[way, 3], ways[way, 4], cells, seen, day, stack)
                break
        if not still:
            return facts
    return -1


@native
def estimated(
    shape: Shape, cells: Real, seen: Real, day: int, tick: int, seed: np.uint64, stack: Real
) -> int:
    """Estimates are redrawn where they are due."""
    programs = shape.rules.programs
    estimates, sizes, estimate_words = shape.estimates, shape.sizes, shape.estimate_words
    estimate_bounds = shape.estimate_bounds
    facts, looked = 0, False
    for at in range(len(estimates)):
        if tick % estimates[at, 2] != 0:
            continue
        if not looked:
            copied(cells, seen, sizes[0])
            looked = True
        share = drawn(seed, day, estimate_words[at])
        error = value(programs, estimates[at, 3], seen, day, stack) * (2.0 * share - 1.0)
        level = seen[estimates[at, 1]] + error
        low, high = estimate_bounds[at, 0], estimate_bounds[at, 1]
        level = level if level > low else low
        level = level if level < high else high
        cell = estimates[at, 0]
        if level != cells[cell]:
            facts += 1
        cells[cell] = level
    return facts


@native
def strikes(shape: Shape, row: int, cells: Real, moment: int, seed: np.uint64, stack: Real) -> int:
    """Whether an event strikes now: 1, or 2 where history's day is missed, which is a fact."""
    programs = shape.rules.programs
    considered, moments, event_words = shape.considered, shape.moments, shape.event_words
    event_likely, events = shape.event_likely, shape.events
    event = considered[row, 0]
    day = moments[moment, 0]
    if cells[events[event, 0]] != 0.0 and events[event, 2] == 0:
        return 0
    last = cells[events[event, 1]]
    if events[event, 3] != 0 and last != 0.0:
        struck = moment
        while struck > 0 and moments[struck, 0] > last:
            struck -= 1
        if moments[moment, 1] - moments[struck, 1] < events[event, 3]:
            return 0
    open_ = holds(programs, events[event, 4], cells, day, stack)
    kind = events[event, 7]
    if kind == 0:
        return 1 if open_ or events[event, 6] != 0 else 2
    if not open_:
        return 0
    if kind == 1:
        share = drawn(seed, day, event_words[event])
        return 1 if share < value(programs, events[event, 5], cells, day, stack) else 0
    place, likely = considered[row, 1], event_likely[event]
    if place < 0:
        return 0
    share = drawn(seed, events[event, 8], event_words[event])
    if share >= likely:
        return 0
    return 1 if int(share / likely * events[event, 9]) == place else 0


@native
def opened_moment(
    shape: Shape, cells: Real, seen: Real, moment: int, seed: np.uint64, stack: Real
) -> int:
    """Estimates and events at the beginning of a moment."""
    rules = shape.rules
    moments, considered_from, considered = shape.moments, shape.considered_from, shape.considered
    events, sizes = shape.events, shape.sizes
    facts, day = 0, moments[moment, 0]
    if moments[moment, 2] != 0:
        facts += estimated(shape, cells, seen, day, moments[moment, 1], seed, stack)
    for row in range(considered_from[moment], considered_from[moment + 1]):
        came = strikes(shape, row, cells, moment, seed, stack)
        if came == 2:
            facts += 1
        elif came == 1:
            event = considered[row, 0]
            cells[events[event, 0]] += 1.0
            cells[events[event, 1]] = float(day)
            copied(cells, seen, sizes[0])
            facts += 1 + changed(
                rules, events[event, 10], events[event, 11], cells, seen, day, stack
            )
    return facts


@native
def closed_moment(shape: Shape, cells: Real, seen: Real, moment: int, stack: Real) -> int:
    """Drift, transitions and deadlines at the end of a moment; -1 for a cascade without end."""
    rules = shape.rules
    programs = shape.rules.programs
    moments, sizes, drifts = shape.moments, shape.sizes, shape.drifts
    drift_bounds, timers = shape.drift_bounds, shape.timers
    facts, day, many = 0, moments[moment, 0], sizes[0]
    if moments[moment, 3] != 0 and len(drifts) > 0:
        copied(cells, seen, many)
        for at in range(len(drifts)):
            if holds(programs, drifts[at, 1], seen, day, stack):
                cell = drifts[at, 0]
                amount = value(programs, drifts[at, 2], seen, day, stack)
                low, high = drift_bounds[at, 0], drift_bounds[at, 1]
                facts += put(cells, cell, cells[cell] + amount, low, high)
    more = moved(shape, cells, seen, day, stack)
    if more < 0:
        return -1
    facts += more
    for at in range(len(timers)):
        due = int(cells[timers[at, 0]])
        if 0 < due <= day:
            cells[timers[at, 0]] = 0.0
            copied(cells, seen, many)
            facts += 1 + changed(rules, timers[at, 1], timers[at, 2], cells, seen, day, stack)
    return facts


@native
def ending(shape: Shape, cells: Real, moment: int, stack: Real) -> int:
    """The index of the ending that a play comes to; -1 for none, -2 where there should be one."""
    programs = shape.rules.programs
    moments, sizes, endings = shape.moments, shape.sizes, shape.endings
    day = moments[moment, 0]
    if day < sizes[4]:
        return -1
    later = moment + 1
    closes = later >= len(moments) or moments[later, 0] > sizes[5]
    for at in range(len(endings)):
        if endings[at, 2] != 0 and not closes:
            continue
        if holds(programs, endings[at, 1], cells, day, stack):
            return int(endings[at, 0])
    return -2 if closes else -1
