"""A game's tables as flat arrays: what the machine walks over, row by row.

A *list* of rows that belong to something stands in order; ``[x, x + 1]`` of its ``_from`` array
are its first row and the one past its last. Programs are places in ``code``, -1 for none.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Bits = NDArray[np.uint64]


KINDS = ("add", "set", "enter", "start", "until", "extend", "clear", "open", "advance", "send")
"""The kinds of effects, by the number that stands for each; ``choose`` is a ``set``."""
MODES = ("default", "historical", "weighed", "tossed")
"""How a decision is answered, by number."""


class Programs(NamedTuple):
    """Guards and numbers, see ``program``."""

    code: Whole
    constants: Real


class Rules(NamedTuple):
    """Effects, and the programs that they run. Handed on by itself: a call with all of a shape
    costs more than most effects."""

    programs: Programs
    effects: Whole
    """Effect × (kind, guard, amount, and what its kind needs, see ``flat``)."""
    bounds: Real
    """Effect × (low, high) of its variable."""


class Scratch(NamedTuple):
    """Room to work in, for one thread."""

    stack: Real
    seen: Real
    """The cells as they were looked at."""
    weights: Real
    """By option."""
    found: Whole
    """The decisions that are asked, in order."""
    is_asked: Whole
    already: Whole
    """Decisions that were sealed before the play was handed over."""
    offered: Whole
    """By option: whether its role could take it."""
    chosen: Whole
    """By option: whether it is taken."""


class Shape(NamedTuple):
    """Everything the machine knows of a game and of who plays it."""

    rules: Rules
    moments: Whole
    """Moment × (day, tick, first, last)."""
    stages: Whole
    """Stage × (again from or -1, laps)."""

    estimates: Whole
    """Estimate × (cell, cell of its variable, every, program of its error)."""
    estimate_bounds: Real
    estimate_words: Bits
    drifts: Whole
    """Drift × (cell, guard, amount)."""
    drift_bounds: Real

    tracks: Whole
    """Track × (cell, cell of since, first phase in ``phase_from``)."""
    phase_from: Whole
    ways: Whole
    """Way out of a phase × (guard, after, target, first effect, last effect)."""

    timers: Whole
    """Timer × (cell, first effect, last effect)."""
    endings: Whole
    """Ending of this chapter × (index, guard, only at the close)."""

    events: Whole
    """Event × (cell, cell of the last day, repeats, rest, guard, hazard, outside, kind of chance:
    0 on its dates, 1 hazard, 2 window; first day of the window, days in it, effects)."""
    event_likely: Real
    event_words: Bits
    considered_from: Whole
    considered: Whole
    """Event that might strike at a moment × (event, which day of its window or -1)."""

    askable_from: Whole
    """By stage × moments + moment."""
    askable: Whole
    decisions: Whole
    """Decision × (cell, cell of last, guard, once, rest, mode, first of ``before``, its end)."""
    field_from: Whole
    """By decision."""
    fields: Whole
    """Field × (cell, many, budget, every option may be shut, known budget, first draw)."""
    option_from: Whole
    """By field."""
    options: Whole
    """Option × (cell, guard, first effect, last effect, known guard, weight)."""
    costs: Real
    before: Whole
    """What is worked out before a role weighs: (scratch cell, program)."""
    draws: Bits
    """The words of a field's draws, sitting by sitting."""
    draws_each: Whole
    """By field: how many draws there are for each sitting."""
    default_from: Whole
    defaults: Whole
    """By field: the options declared as default, in the order wanted."""
    recorded_from: Whole
    """By (row of history's answers × fields of the decision): the options, in the order wanted."""
    recorded: Whole
    recorded_at: Whole
    """(Decision, moment, lap) → first row in ``recorded_from``, -1 where nothing is recorded."""

    ballots: Whole
    """Ballot × (stage, majority, quorum, cell, yes, no, abstain, six effect bounds by outcome)."""
    member_from: Whole
    members: Whole
    """Member × (decision, may veto, option that says yes, no, abstain)."""
    sizes: Whole
    """Cells of the game, cells with scratch, options, laps, start and end day of the chapter."""
