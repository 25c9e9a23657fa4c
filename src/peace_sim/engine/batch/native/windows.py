"""Windows over flat tables: who is asked, what policies answer, and what comes of the answers."""

from __future__ import annotations

import numpy as np

from peace_sim.engine.batch.native.machine import (
    HISTORICAL,
    TOSSED,
    WEIGHED,
    changed,
    closed_moment,
    copied,
    drawn,
    ending,
    holds,
    mixed,
    moved,
    native,
    opened_moment,
    value,
)
from peace_sim.engine.batch.native.shape import (
    Bits,
    Real,
    Scratch,
    Shape,
    Whole,
)


@native
def asked(shape: Shape, cells: Real, stage: int, moment: int, stack: Real, found: Whole) -> int:
    """How many decisions are asked at a stage; ``found`` begins with them."""
    programs = shape.rules.programs
    moments, askable_from, askable = shape.moments, shape.askable_from, shape.askable
    decisions, field_from, fields = shape.decisions, shape.field_from, shape.fields
    option_from, options = shape.option_from, shape.options
    many, place = 0, stage * len(moments) + moment
    day, tick = moments[moment, 0], moments[moment, 1]
    for row in range(askable_from[place], askable_from[place + 1]):
        decision = askable[row]
        if decisions[decision, 3] != 0 and cells[decisions[decision, 0]] != 0.0:
            continue
        rest, last = decisions[decision, 4], cells[decisions[decision, 1]]
        if rest != 0 and last != 0.0 and tick - (last - 1.0) < rest:
            continue
        if not holds(programs, decisions[decision, 2], cells, day, stack):
            continue
        is_asked = True
        for field in range(field_from[decision], field_from[decision + 1]):
            if fields[field, 3] == 0:
                continue
            some = False
            for option in range(option_from[field], option_from[field + 1]):
                if holds(programs, options[option, 1], cells, day, stack):
                    some = True
                    break
            if not some:
                is_asked = False
                break
        if is_asked:
            found[many] = decision
            many += 1
    return many


# ── answers ──────────────────────────────────────────────────────────────────────────────────


@native
def fits(shape: Shape, field: int, more: int, budget: float, chosen: Whole) -> bool:
    """Whether a plan with one option more is within the budget, added in declared order."""
    fields, option_from, costs = shape.fields, shape.option_from, shape.costs
    if fields[field, 2] < 0:
        return True
    spent = 0.0
    for option in range(option_from[field], option_from[field + 1]):
        if option == more or chosen[option] != 0:
            spent = spent + costs[option]
    return spent <= budget


@native
def one(shape: Shape, first: int, last: int, offered: Whole, weights: Real, share: float) -> int:
    """The option drawn by weight from those that are offered."""
    total, many = 0.0, 0
    for option in range(first, last):
        if offered[option] != 0:
            total = total + weights[option]
            many += 1
    if not total > 0.0:
        nth = int(share * many)
        for option in range(first, last):
            if offered[option] != 0:
                if nth == 0:
                    return option
                nth -= 1
    reached, found = 0.0, -1
    for option in range(first, last):
        if offered[option] == 0:
            continue
        if weights[option] > 0.0 or found < 0:
            found = option
        reached = reached + weights[option]
        if share * total < reached:
            return option
    return found


@native
def affordable(
    shape: Shape, field: int, wanted: Whole, first: int, last: int, budget: float,
    offered: Whole, chosen: Whole,
) -> None:  # fmt: skip
    """The wanted options of a plan that are open and fit the budget, the first wanted first."""
    for at in range(first, last):
        option = wanted[at]
        if (
            offered[option] != 0
            and chosen[option] == 0
            and fits(shape, field, option, budget, chosen)
        ):
            chosen[option] = 1


@native
def declared(shape: Shape, field: int, budget: float, offered: Whole, chosen: Whole) -> None:
    """The declared default, where it is open, else the first option that is."""
    default_from, fields, defaults = shape.default_from, shape.fields, shape.defaults
    option_from = shape.option_from
    first, last = default_from[field], default_from[field + 1]
    if fields[field, 1] != 0:
        affordable(shape, field, shape.defaults, first, last, budget, offered, chosen)
        return
    if last > first and offered[defaults[first]] != 0:
        chosen[defaults[first]] = 1
        return
    for option in range(option_from[field], option_from[field + 1]):
        if offered[option] != 0:
            chosen[option] = 1
            return


@native
def weighed(
    shape: Shape, field: int, first_draw: int, budget: float, day: int, seed: np.uint64,
    offered: Whole, weights: Real, chosen: Whole,
) -> None:  # fmt: skip
    """An option drawn by weight; a plan draws without replacement while the budget lasts."""
    option_from, fields, draws = shape.option_from, shape.fields, shape.draws
    first, last = option_from[field], option_from[field + 1]
    many = 0
    if fields[field, 1] == 0:
        only = first
        for option in range(first, last):
            if offered[option] != 0:
                many += 1
                only = option
        if many > 1:
            share = drawn(seed, day, draws[first_draw])
            only = one(shape, first, last, offered, weights, share)
        chosen[only] = 1
        return
    taken = 0
    while True:
        many, only = 0, first
        for option in range(first, last):
            if offered[option] != 0:
                if (
                    weights[option] > 0.0
                    and chosen[option] == 0
                    and fits(shape, field, option, budget, chosen)
                ):
                    many += 1
                    only = option
                else:
                    offered[option] = 0
        if many == 0:
            return
        if many > 1:
            share = drawn(seed, day, draws[first_draw + taken])
            only = one(shape, first, last, offered, weights, share)
        chosen[only] = 1
        taken += 1


@native
def tossed(
    shape: Shape, field: int, first_draw: int, budget: float, day: int, seed: np.uint64,
    offered: Whole, chosen: Whole,
) -> None:  # fmt: skip
    """Any open option alike; of a plan each that a coin is for, and that fits."""
    option_from, fields, draws = shape.option_from, shape.fields, shape.draws
    first, last = option_from[field], option_from[field + 1]
    if fields[field, 1] != 0:
        for option in range(first, last):
            if offered[option] == 0:
                continue
            heads = drawn(seed, day, draws[first_draw + option - first]) < 0.5
            if heads and fits(shape, field, option, budget, chosen):
                chosen[option] = 1
        return
    many = 0
    for option in range(first, last):
        many += 1 if offered[option] != 0 else 0
    nth = int(drawn(seed, day, draws[first_draw]) * many) if many > 1 else 0
    for option in range(first, last):
        if offered[option] != 0:
            if nth == 0:
                chosen[option] = 1
                return
            nth -= 1


@native
def answered(
    shape: Shape, decision: int, cells: Real, moment: int, lap: int, seed: np.uint64,
    offered: Whole, weights: Real, chosen: Whole, stack: Real,
) -> None:  # fmt: skip
    """What the policy of a decision's role answers, in ``chosen``."""
    programs = shape.rules.programs
    moments, decisions, field_from = shape.moments, shape.decisions, shape.field_from
    before, sizes, recorded_at = shape.before, shape.sizes, shape.recorded_at
    option_from, fields, options = shape.option_from, shape.fields, shape.options
    draws_each, recorded_from, recorded = shape.draws_each, shape.recorded_from, shape.recorded
    day, mode = moments[moment, 0], decisions[decision, 5]
    first_field, last_field = field_from[decision], field_from[decision + 1]
    known = -1
    if mode == WEIGHED:
        for row in range(decisions[decision, 6], decisions[decision, 7]):
            cells[before[row, 0]] = value(programs, before[row, 1], cells, day, stack)
    elif mode == HISTORICAL:
        at = (decision * len(moments) + moment) * sizes[3] + lap
        known = recorded_at[at]
    for field in range(first_field, last_field):
        first, last = option_from[field], option_from[field + 1]
        budget = 0.0
        if fields[field, 2] >= 0:
            budget = value(programs, fields[field, 4], cells, day, stack)
        for option in range(first, last):
            chosen[option] = 0
            offered[option] = 1 if holds(programs, options[option, 4], cells, day, stack) else 0
        draw = fields[field, 5] + lap * draws_each[field]
        if mode == WEIGHED:
            for option in range(first, last):
                weights[option] = 1.0
                if offered[option] != 0 and options[option, 5] >= 0:
                    weights[option] = value(programs, options[option, 5], cells, day, stack)
            weighed(shape, field, draw, budget, day, seed, offered, weights, chosen)
        elif mode == TOSSED:
            tossed(shape, field, draw, budget, day, seed, offered, chosen)
        elif known < 0:
            declared(shape, field, budget, offered, chosen)
        else:
            row = known + field - first_field
            start, end = recorded_from[row], recorded_from[row + 1]
            if fields[field, 1] != 0:
                affordable(shape, field, shape.recorded, start, end, budget, offered, chosen)
            elif end > start and offered[recorded[start]] != 0:
                chosen[recorded[start]] = 1
            else:
                declared(shape, field, budget, offered, chosen)


# ── what comes of them ───────────────────────────────────────────────────────────────────────


@native
def made(
    shape: Shape, decision: int, cells: Real, seen: Real, day: int, tick: int, chosen: Whole,
    stack: Real,
) -> int:  # fmt: skip
    """An answer is opened: its counts, its effects; how many facts."""
    rules = shape.rules
    decisions, field_from, option_from = shape.decisions, shape.field_from, shape.option_from
    fields, options = shape.fields, shape.options
    facts = 1
    cells[decisions[decision, 0]] += 1.0
    cells[decisions[decision, 1]] = float(tick + 1)
    for field in range(field_from[decision], field_from[decision + 1]):
        first = option_from[field]
        for option in range(first, option_from[field + 1]):
            if chosen[option] != 0:
                cells[fields[field, 0]] = float(option - first + 1)
                cells[options[option, 0]] += 1.0
                facts += 1 + changed(
                    rules, options[option, 2], options[option, 3],
                    cells, seen, day, stack,
                )  # fmt: skip
    return facts


@native
def tallied(
    shape: Shape, ballot: int, cells: Real, seen: Real, day: int, is_asked: Whole, chosen: Whole,
    stack: Real,
) -> int:  # fmt: skip
    """A body's votes are counted by its rule; how many facts."""
    rules = shape.rules
    member_from, members, ballots = shape.member_from, shape.members, shape.ballots
    votes = yes = no = abstain = 0
    vetoed = False
    for row in range(member_from[ballot], member_from[ballot + 1]):
        if is_asked[members[row, 0]] == 0:
            continue
        votes += 1
        if chosen[members[row, 2]] != 0:
            yes += 1
        elif chosen[members[row, 4]] != 0:
            abstain += 1
        else:
            no += 1
            if members[row, 1] != 0:
                vetoed = True
    if votes == 0:
        return 0
    outcome = 0
    if votes < ballots[ballot, 2] or yes < ballots[ballot, 1]:
        outcome = 1
    elif vetoed:
        outcome = 2
    cells[ballots[ballot, 3]] = float(outcome + 1)
    cells[ballots[ballot, 4]] = float(yes)
    cells[ballots[ballot, 5]] = float(no)
    cells[ballots[ballot, 6]] = float(abstain)
    at = 7 + 2 * outcome
    first, last = ballots[ballot, at], ballots[ballot, at + 1]
    return 1 + changed(rules, first, last, cells, seen, day, stack)


@native
def onward(
    shape: Shape, cells: Real, stage: int, lap: int, moment: int, stack: Real, found: Whole
) -> tuple[int, int]:
    """Where to look after a stage: back for another sitting, or on."""
    stages = shape.stages
    back = stages[stage, 0]
    if back < 0:
        return stage + 1, lap
    if lap + 1 < stages[stage, 1]:
        for at in range(back, stage + 1):
            if asked(shape, cells, at, moment, stack, found) > 0:
                return back, lap + 1
    return stage + 1, 0


@native
def can_give(
    shape: Shape, decision: int, cells: Real, day: int, wanted: Whole, stack: Real
) -> bool:
    """Whether an answer can be given now: its options are open, and within the budget."""
    programs = shape.rules.programs
    field_from, fields, option_from = shape.field_from, shape.fields, shape.option_from
    options, costs = shape.options, shape.costs
    for field in range(field_from[decision], field_from[decision + 1]):
        spent, some = 0.0, False
        for option in range(option_from[field], option_from[field + 1]):
            if wanted[option] != 0:
                some = True
                spent = spent + costs[option]
                if not holds(programs, options[option, 1], cells, day, stack):
                    return False
        within = fields[field, 2] < 0 or not some
        if not within and spent > value(programs, fields[field, 2], cells, day, stack):
            return False
    return True


@native
def played(
    shape: Shape, scratch: Scratch, cells: Real, place: Whole, seed: np.uint64, until: int,
    sealed: Whole, first_sealed: int, last_sealed: int, sealed_options: Whole, kept: int,
    figures: Whole, series: Real,
) -> int:  # fmt: skip
    """Play one game on to its end, or to a day: its cells change, and its ``place``.

    The sealed answer to the decision ``kept`` (-1 for none) is given each time it can be.
    ``place`` is (moment, stage, lap, ending); gives the number of facts, -1 for a cascade without
    end, -2 for a chapter that closes without an ending. ``sealed`` are decisions answered already.
    """
    sizes, moments = shape.sizes, shape.moments
    stages, option_from, field_from = shape.stages, shape.option_from, shape.field_from
    ballots = shape.ballots
    stack, seen, found, is_asked = scratch.stack, scratch.seen, scratch.found, scratch.is_asked
    already, offered = scratch.already, scratch.offered
    chosen, weights = scratch.chosen, scratch.weights
    for decision in range(len(already)):
        already[decision] = 0
    seed = mixed(seed)
    moment, stage, lap, facts = place[0], place[1], place[2], 0
    standing = stage >= 0
    if standing:
        for at in range(first_sealed, last_sealed):
            already[sealed[at]] = 1
    else:
        facts += opened_moment(shape, cells, seen, moment, seed, stack)
        stage, lap = 0, 0
    while True:
        day, tick = moments[moment, 0], moments[moment, 1]
        while stage < len(stages):
            many = asked(shape, cells, stage, moment, stack, found)
            if many > 0:
                if not standing:
                    facts += many
                for at in range(many):
                    decision = found[at]
                    is_asked[decision] = 1
                    again = standing and already[decision] != 0
                    if not again:
                        facts += 1
                        if decision == kept and not standing:
                            again = can_give(shape, decision, cells, day, sealed_options, stack)
                    if again:
                        first = option_from[field_from[decision]]
                        last = option_from[field_from[decision + 1]]
                        for option in range(first, last):
                            chosen[option] = sealed_options[option]
                    else:
                        answered(
                            shape, decision, cells, moment, lap, seed, offered, weights, chosen,
                            stack,
                        )  # fmt: skip
                copied(cells, seen, sizes[0])
                for at in range(many):
                    facts += made(shape, found[at], cells, seen, day, tick, chosen, stack)
                for ballot in range(len(ballots)):
                    if ballots[ballot, 0] == stage:
                        facts += tallied(shape, ballot, cells, seen, day, is_asked, chosen, stack)
                for at in range(many):
                    is_asked[found[at]] = 0
            if many > 0 or standing:  # a window closes also where nobody is asked any more
                more = moved(shape, cells, seen, day, stack)
                if more < 0:
                    return -1
                facts += more
            standing = False
            stage, lap = onward(shape, cells, stage, lap, moment, stack, found)
        more = closed_moment(shape, cells, seen, moment, stack)
        if more < 0:
            return -1
        facts += more
        if moments[moment, 3] != 0:
            for at in range(len(figures)):
                series[at, tick] = cells[figures[at]]
        came = ending(shape, cells, moment, stack)
        if came == -2:
            return -2
        if came >= 0:
            place[0], place[1], place[2], place[3] = moment, -1, 0, came
            return facts + 1
        moment += 1
        if until != 0 and moments[moment, 0] >= until:
            place[0], place[1], place[2], place[3] = moment, -1, 0, -1
            return facts
        facts += opened_moment(shape, cells, seen, moment, seed, stack)
        stage, lap = 0, 0


@native
def played_each(
    shape: Shape, scratch: Scratch, cells: Real, places: Whole, seeds: Bits, until: int,
    sealed_from: Whole, sealed: Whole, sealed_options: Whole, kept: int, figures: Whole,
    series: Real, facts: Whole,
) -> None:  # fmt: skip
    """Play × cells, one after the other; see ``played``."""
    for play in range(len(seeds)):
        facts[play] = played(
            shape, scratch, cells[play], places[play], seeds[play], until,
            sealed, sealed_from[play], sealed_from[play + 1], sealed_options[play], kept,
            figures, series[play],
        )  # fmt: skip
        if facts[play] < 0:
            return
