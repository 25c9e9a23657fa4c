"""Entry in, state and facts out: the order of a moment, and nothing else.

Chance acts at a tick's first moment, drift at its last. At every moment: events, then windows in
the order of their stages (answers sealed, opened together, effects, transitions), then transitions,
deadlines due by that day, endings. Guards and right-hand sides read the cells as the window opened;
effects apply in declared order and are clamped after each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from peace_sim.engine import chance
from peace_sim.engine.facts import (
    AnswerSealed,
    BallotTallied,
    CableSent,
    CaseMoved,
    Cause,
    DeadlinePassed,
    DecisionMade,
    DecisionOpened,
    Ended,
    EstimateRedrawn,
    EventMissed,
    EventStruck,
    Fact,
    OptionTaken,
    PhaseEntered,
    TimerSet,
    VariableMoved,
)
from peace_sim.engine.game import (
    EVERYBODY,
    FACILITATOR,
    Ballot,
    Decision,
    Effect,
    Event,
    Game,
    Knowers,
    Variable,
    Vote,
)
from peace_sim.engine.opening import (
    NotOpen,
    UnreadableMove,
    as_recorded,
    asked_at,
    check_answer,
    default_answer,
    find_field,
    find_option,
    opened,
    readable,
)
from peace_sim.engine.plan import is_fixed, plan_of
from peace_sim.engine.state import Advance, Entry, Injection, Move, State, Withdrawal, World

MAX_PASSES = 8

_Why = tuple[str, str, str, str, tuple[int, ...], tuple[float, ...], Knowers]
"""What a Cause is made of, once something has really changed."""


class EndlessCascade(RuntimeError):
    """Transitions that set each other off for more than eight passes; names the tracks."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one entry led to: the next state, and the facts in order."""

    state: State
    facts: tuple[Fact, ...]


def initial(game: Game, world: World, chapter: str | None = None) -> State:
    """The state in which a chapter opens: history's line folded to its day, then the hidden drawn.

    Raises KeyError for an unknown chapter or setting level.
    """
    wanted = game.chapter(chapter)
    cells = list(game.start_cells)
    chosen = dict(world.settings)
    for setting in game.settings:
        levels = dict(setting.levels)
        level = levels[chosen.get(setting.id, setting.default)]
        cells[game.variables[setting.variable].cell] = level
    start = State(world, wanted.id, 0, -1, 0, tuple(cells), (), None)
    start = _fold(game, start, wanted.start)
    if world.nature == "drawn":
        start = replace(start, cells=_draw_hidden(game, start, wanted.start))
    return start


def apply(game: Game, state: State, entry: Entry) -> Step:
    """What an entry leads to. Raises NotOpen or UnreadableMove, and leaves ``state`` as it was."""
    match entry:
        case Move():
            return _seal(game, state, entry)
        case Withdrawal():
            return _withdraw(game, state, entry)
        case Advance():
            if state.ending is not None:
                raise NotOpen("ended", "")
            return _Run(game, state).advance()
        case Injection():
            return _inject(game, state, entry)
        case _:
            return Step(state, ())


def broken_invariants(game: Game, state: State) -> tuple[str, ...]:
    """The ids of the invariants that do not hold in a state."""
    day = game.moments[state.moment].day
    return tuple(i.id for i in game.invariants if not i.guard.holds(state.cells, day))


def _seal(game: Game, state: State, move: Move) -> Step:
    decision = readable(game, move)
    if state.ending is not None:
        raise NotOpen("ended", decision.id)
    if game.index["decision"][decision.id] not in opened(game, state):
        raise NotOpen("not-asked", decision.id)
    day = game.moments[state.moment].day
    answer = check_answer(decision, move.answer, state, day)
    kept = tuple(m for m in state.sealed if m.decision != move.decision)
    sealed = (*kept, replace(move, answer=answer))
    fact = AnswerSealed(day, frozenset({move.role}), move.role, move.decision, answer)
    return Step(replace(state, sealed=sealed), (fact,))


def _withdraw(game: Game, state: State, entry: Withdrawal) -> Step:
    index = game.index["decision"].get(entry.decision)
    if index is not None and game.decisions[index].role != entry.role:
        raise UnreadableMove("role", entry.role, game.decisions[index].role)
    kept = tuple(m for m in state.sealed if m.decision != entry.decision)
    if len(kept) == len(state.sealed):
        raise NotOpen("withdrawn", entry.decision)
    return Step(replace(state, sealed=kept), ())


def _inject(game: Game, state: State, entry: Injection) -> Step:
    """An event strikes while a window is open: what is open is looked at anew, and a sealed answer
    that cannot be given any more is given back."""
    index = game.index["event"].get(entry.event)
    if index is None:
        raise UnreadableMove("event", entry.event, None)
    if state.ending is not None:
        raise NotOpen("ended", "")
    before = opened(game, state)
    run = _Run(game, state)
    run.strike(game.events[index], injected=True)
    struck = replace(state, cells=tuple(run.cells))
    now = opened(game, struck)
    for asked in now:
        if asked not in before:
            decision = game.decisions[asked]
            knowers = frozenset({decision.role})
            run.facts.append(DecisionOpened(run.day, knowers, decision.role, decision.id))
    kept = tuple(move for move in state.sealed if _stands(game, struck, move, now, run.day))
    return Step(replace(struck, sealed=kept), tuple(run.facts))


def _stands(game: Game, state: State, move: Move, asked: tuple[int, ...], day: int) -> bool:
    index = game.index["decision"][move.decision]
    if index not in asked:
        return False
    try:
        check_answer(game.decisions[index], move.answer, state, day)
    except NotOpen:
        return False
    return True


def _fold(game: Game, state: State, until: int) -> State:
    """History's line from the calendar's first day to the moment of ``until``."""
    if game.moments[0].day >= until:
        return state
    recorded = replace(state, world=replace(state.world, nature="recorded"))
    current = recorded
    while True:
        run = _Run(game, current, until=until)
        current = run.advance().state
        if game.moments[current.moment].day >= until and current.stage < 0:
            return replace(current, world=state.world)
        for index in opened(game, current):
            decision = game.decisions[index]
            history = as_recorded(game, decision, current)
            if history is not None:
                move = Move(decision.role, decision.id, history[0], "policy")
                current = _seal(game, current, move).state


def _draw_hidden(game: Game, state: State, day: int) -> tuple[float, ...]:
    cells = list(state.cells)
    seed = chance.word(state.world.seed)
    for variable in game.variables:
        if not variable.drawn:
            continue
        share = chance.draw(seed, day, variable.word)
        if not variable.words:
            low, high = variable.drawn
            cells[variable.cell] = low + (high - low) * share
            continue
        total = 0.0
        for weight in variable.drawn:
            total = total + weight
        reached = 0.0
        for index, weight in enumerate(variable.drawn):
            reached = reached + weight
            if share * total < reached:
                cells[variable.cell] = float(index)
                break
    return tuple(cells)


class _Run:
    """One advance under way: a working copy of the cells, and the facts so far."""

    def __init__(self, game: Game, state: State, until: int = 0) -> None:
        self.game = game
        self.state = state
        self.cells = list(state.cells)
        self.facts: list[Fact] = []
        self.moment = state.moment
        self.until = until
        self.seed = chance.word(state.world.seed)
        self.plan = plan_of(game)
        self.day = game.moments[state.moment].day

    # ------------------------------------------------------------ the order

    def advance(self) -> Step:
        """Close the present window, and run on to the next one, or to the end."""
        stage, lap = self.state.stage, self.state.lap
        if stage < 0:
            self.open_moment()
            stage, lap = 0, 0
        else:
            self.close_window(stage)
            stage, lap = self.next_stage(stage, lap)
        while True:
            found = self.next_window(stage, lap)
            if found is not None:
                return self.stop_at(*found)
            ending = self.close_moment()
            if ending is not None:
                self.facts.append(Ended(self.day, EVERYBODY, ending))
                return self.done(-1, 0, ending)
            self.moment += 1
            self.day = self.game.moments[self.moment].day
            if self.until and self.day >= self.until:
                return self.done(-1, 0, None)
            self.open_moment()
            stage, lap = 0, 0

    def next_stage(self, stage: int, lap: int) -> tuple[int, int]:
        """Where to look after a stage: back for another sitting, or on."""
        back = self.game.stages[stage].again_from
        if back is None:
            return stage + 1, lap
        more = lap + 1 < self.game.stages[stage].laps
        if more and any(self.open_at(s) for s in range(back, stage + 1)):
            return back, lap + 1
        return stage + 1, 0

    def next_window(self, stage: int, lap: int) -> tuple[int, int] | None:
        while self.plan.asks and stage < len(self.game.stages):
            if self.open_at(stage):
                return stage, lap
            stage, lap = self.next_stage(stage, lap)
        return None

    def open_at(self, stage: int) -> tuple[int, ...]:
        if not self.game.by_stage[stage]:
            return ()
        return asked_at(self.game, self.moment, self.cells, stage)

    def snapshot(self, stage: int, lap: int) -> State:
        return replace(
            self.state,
            moment=self.moment,
            stage=stage,
            lap=lap,
            cells=tuple(self.cells),
            sealed=(),
            ending=None,
        )

    def stop_at(self, stage: int, lap: int) -> Step:
        for index in self.open_at(stage):
            decision = self.game.decisions[index]
            knowers = frozenset({decision.role})
            self.facts.append(DecisionOpened(self.day, knowers, decision.role, decision.id))
        return self.done(stage, lap, None)

    def done(self, stage: int, lap: int, ending: str | None) -> Step:
        state = replace(self.snapshot(stage, lap), ending=ending)
        return Step(state, tuple(self.facts))

    # ------------------------------------------------------------ a moment

    def open_moment(self) -> None:
        moment = self.game.moments[self.moment]
        if moment.first:
            self.redraw_estimates(moment.tick)
        for event in self.plan.considered(self.state.world.nature, self.moment):
            self.consider(event)

    def close_moment(self) -> str | None:
        """Drift, transitions, deadlines; the ending, if there is one."""
        moment = self.game.moments[self.moment]
        if moment.last:
            self.drift()
        self.transitions()
        self.deadlines()
        return self.ending()

    def redraw_estimates(self, tick: int) -> None:
        seen = tuple(self.cells)
        for estimate in self.game.estimates:
            if tick % estimate.every:
                continue
            variable = self.game.variables[estimate.variable]
            share = chance.draw(self.seed, self.day, estimate.word)
            error = estimate.error.of(seen, self.day) * (2.0 * share - 1.0)
            level = min(variable.high, max(variable.low, seen[variable.cell] + error))
            before = self.cells[estimate.cell]
            self.cells[estimate.cell] = level
            if level != before:
                knowers = frozenset({estimate.role})
                fact = EstimateRedrawn(
                    self.day, knowers, estimate.role, variable.id, before, level
                )
                self.facts.append(fact)

    def consider(self, event: Event) -> None:
        """Let an event strike that might strike now."""
        if self.cells[event.cell] and not event.repeat:
            return
        if event.rest and self.cells[event.last] and self.rested(event) < event.rest:
            return
        holds = event.when is None or event.when.holds(self.cells, self.day)
        if self.state.world.nature == "recorded" or is_fixed(event):
            if event.outside or holds:
                self.strike(event)
            else:
                self.facts.append(EventMissed(self.day, frozenset({FACILITATOR}), event.id))
        elif holds and self.drawn_now(event):
            self.strike(event)

    def rested(self, event: Event) -> int:
        """Whole ticks since an event last struck."""
        last = self.cells[event.last]
        struck = self.moment
        while struck > 0 and self.game.moments[struck].day > last:
            struck -= 1
        return self.game.moments[self.moment].tick - self.game.moments[struck].tick

    def drawn_now(self, event: Event) -> bool:
        if event.window[0]:
            return self.drawn_in_window(event)
        assert event.chance is not None
        share = chance.draw(self.seed, self.day, event.word)
        return share < event.chance.of(self.cells, self.day)

    def drawn_in_window(self, event: Event) -> bool:
        """One draw says whether and in which tick of its window an outside event strikes."""
        days = self.plan.window_days[event.id]
        if self.day not in days:
            return False
        share = chance.draw(self.seed, event.window[0], event.word)
        if share >= event.likely:
            return False
        return days[int(share / event.likely * len(days))] == self.day

    def strike(self, event: Event, injected: bool = False) -> None:
        self.cells[event.cell] += 1.0
        self.cells[event.last] = float(self.day)
        struck = EventStruck(self.day, event.known_to, event.id, event.record, injected)
        self.facts.append(struck)
        kind = "injection" if injected else "event"
        self.effects(event.effects, tuple(self.cells), kind, event.id, "", event.known_to)

    def drift(self) -> None:
        seen = tuple(self.cells)
        for drift in self.game.drifts:
            if drift.when is not None and not drift.when.holds(seen, self.day):
                continue
            variable = self.game.variables[drift.variable]
            amount = drift.amount.of(seen, self.day)
            why = ("drift", variable.id, "", drift.text, drift.reads, seen, EVERYBODY)
            self.put(variable, self.cells[variable.cell] + amount, why)

    def transitions(self) -> None:
        cells, day, tracks = self.cells, self.day, self.plan.ways
        moved: list[str] = []
        for _ in range(MAX_PASSES):
            seen = tuple(cells)
            moved = []
            for index, (cell, track, ways) in enumerate(tracks):
                for way in ways[int(seen[cell])]:
                    if way.after and day - seen[track.since] < way.after:
                        continue
                    if way.when is not None and not way.when.holds(seen, day):
                        continue
                    rule = way.when.expr.text if way.when else ""
                    why = ("transition", way.id, "", rule, way.reads, seen, track.known_to)
                    self.enter(index, way.target, why, way.text, way.record, bool(way.when))
                    self.effects(
                        way.effects, seen, "transition", way.id, "", track.known_to
                    )
                    moved.append(track.id)
                    break
            if not moved:
                return
        raise EndlessCascade(f"tracks that set each other off: {', '.join(moved)}")

    def deadlines(self) -> None:
        for timer in self.game.timers:
            due = int(self.cells[timer.cell])
            if not 0 < due <= self.day:
                continue
            self.cells[timer.cell] = 0.0
            self.facts.append(DeadlinePassed(self.day, timer.known_to, timer.id, due))
            self.effects(
                timer.effects, tuple(self.cells), "timer", timer.id, "", timer.known_to
            )

    def ending(self) -> str | None:
        chapter = self.game.chapter(self.state.chapter)
        if self.day < chapter.start:
            return None
        later = self.moment + 1
        close = later >= len(self.game.moments) or self.game.moments[later].day > chapter.end
        for ending in self.game.endings:
            if ending.chapters and chapter.id not in ending.chapters:
                continue
            if ending.at_close and not close:
                continue
            if ending.when is None and not close:
                continue
            if ending.when is None or ending.when.holds(self.cells, self.day):
                return ending.id
        if close:
            raise RuntimeError(f"chapter {chapter.id} closes without an ending")
        return None

    # ------------------------------------------------------------ a window

    def close_window(self, stage: int) -> None:
        """Open the sealed answers together: effects in declared order, ballots, transitions."""
        seen = tuple(self.cells)
        made: dict[int, Move] = {}
        for index in opened(self.game, self.state):
            made[index] = self.answer_of(self.game.decisions[index])
        for index, move in made.items():
            self.make(self.game.decisions[index], move, seen)
        for ballot in self.game.ballots:
            if ballot.stage == stage:
                self.tally(ballot, made, seen)
        self.transitions()

    def answer_of(self, decision: Decision) -> Move:
        for move in self.state.sealed:
            if move.decision == decision.id:
                return move
        answer = default_answer(decision, self.state, self.day)
        return Move(decision.role, decision.id, answer, "default")

    def make(self, decision: Decision, move: Move, seen: tuple[float, ...]) -> None:
        self.cells[decision.cell] += 1.0
        self.cells[decision.last] = float(self.game.moments[self.moment].tick + 1)
        own = frozenset({decision.role})
        self.facts.append(
            DecisionMade(
                self.day, own, move.role, decision.id, move.answer, move.by, move.reason
            )
        )
        for field_id, option_id in move.answer:
            field = find_field(decision, field_id)
            option = find_option(field, option_id)
            self.cells[field.cell] = float(field.options.index(option) + 1)
            self.cells[option.cell] += 1.0
            knowers = option.known_to if option.known_to is not None else decision.known_to
            knowers = knowers | own
            self.facts.append(
                OptionTaken(self.day, knowers, move.role, decision.id, field_id, option_id)
            )
            word = f"{field_id}.{option_id}"
            self.effects(option.effects, seen, "option", decision.id, word, knowers)

    def tally(self, ballot: Ballot, made: dict[int, Move], seen: tuple[float, ...]) -> None:
        votes = tuple(
            (role, made[index].answer[0][1]) for role, index in ballot.members if index in made
        )
        if not votes:
            return
        counts = dict.fromkeys(Vote, 0)
        for _, vote in votes:
            counts[Vote(vote)] += 1
        against = {role for role, vote in votes if vote == Vote.NO}
        if len(votes) < ballot.quorum or counts[Vote.YES] < ballot.majority:
            outcome = 1
        elif against & ballot.vetoes:
            outcome = 2
        else:
            outcome = 0
        self.cells[ballot.cell] = float(outcome + 1)
        self.cells[ballot.yes] = float(counts[Vote.YES])
        self.cells[ballot.no] = float(counts[Vote.NO])
        self.cells[ballot.abstain] = float(counts[Vote.ABSTAIN])
        name = ballot.outcomes[outcome]
        self.facts.append(
            BallotTallied(
                self.day, ballot.known_to, ballot.id, name,
                counts[Vote.YES], counts[Vote.NO], counts[Vote.ABSTAIN], votes,
            )
        )
        self.effects(ballot.effects[outcome], seen, "ballot", ballot.id, name, ballot.known_to)

    # ------------------------------------------------------------ effects

    def effects(
        self,
        effects: tuple[Effect, ...],
        seen: tuple[float, ...],
        kind: str,
        part: str,
        word: str,
        knowers: Knowers,
    ) -> None:
        for effect in effects:
            if effect.when is None or effect.when.holds(seen, self.day):
                why = (kind, part, word, effect.text, effect.reads, seen, knowers)
                self.effect(effect, seen, why)

    def effect(self, effect: Effect, seen: tuple[float, ...], why: _Why) -> None:
        game, kind = self.game, effect.kind
        amount = effect.amount.of(seen, self.day) if effect.amount is not None else 0.0
        if kind == "add":
            variable = game.variables[effect.target]
            self.put(variable, self.cells[variable.cell] + amount, why)
        elif kind == "set":
            self.put(game.variables[effect.target], amount, why)
        elif kind == "choose":
            self.put(game.variables[effect.target], float(effect.word), why)
        elif kind == "enter":
            self.enter(effect.target, effect.word, why, "", "", False)
        elif kind == "send":
            cable = game.cables[effect.target]
            self.facts.append(CableSent(self.day, cable.known_to, cable.id))
        elif kind in ("open", "advance"):
            self.move_case(effect, why)
        else:
            self.set_timer(effect, amount, why)

    def put(self, variable: Variable, level: float, why: _Why) -> None:
        cell = variable.cell
        if level <= variable.low:  # as min and max would have it, the bound first of equals
            level = variable.low
        elif level >= variable.high:
            level = variable.high
        before = self.cells[cell]
        if level != before:
            self.cells[cell] = level
            self.facts.append(
                VariableMoved(
                    self.day, variable.known_to, variable.id, before, level, _cause(*why)
                )
            )

    def enter(
        self, index: int, phase: int, why: _Why, text: str, record: str, guarded: bool
    ) -> None:
        track = self.game.tracks[index]
        before = int(self.cells[track.cell])
        if before == phase:
            return
        self.cells[track.cell] = float(phase)
        self.cells[track.since] = float(self.day)
        self.facts.append(
            PhaseEntered(
                self.day, track.known_to, track.id, track.phases[before], track.phases[phase],
                text, record, guarded, _cause(*why),
            )
        )

    def set_timer(self, effect: Effect, amount: float, why: _Why) -> None:
        timer = self.game.timers[effect.target]
        before = int(self.cells[timer.cell])
        if effect.kind == "start":
            after = self.day + int(amount)
        elif effect.kind == "until":
            after = int(amount)
        elif effect.kind == "extend":
            after = (before or self.day) + int(amount)
        else:
            after = 0
        if after != before:
            self.cells[timer.cell] = float(after)
            self.facts.append(
                TimerSet(self.day, timer.known_to, timer.id, before, after, _cause(*why))
            )

    def move_case(self, effect: Effect, why: _Why) -> None:
        cause = _cause(*why)
        cases = self.game.caselists[effect.target]
        wanted = 0.0 if effect.kind == "open" else float(effect.word + 1)
        slots = [i for i in range(cases.slots) if self.cells[cases.slot(i)] == wanted]
        if not slots:
            if effect.kind == "open":
                self.cells[cases.overflow] += 1.0
                kind = cases.kinds[effect.word]
                fact = CaseMoved(self.day, cases.known_to, cases.id, -1, kind, "", "", cause)
                self.facts.append(fact)
            return
        slot = min(slots, key=lambda i: (self.cells[cases.slot(i) + 2], i))
        cell = cases.slot(slot)
        before = "" if effect.kind == "open" else cases.statuses[effect.word]
        if effect.kind == "open":
            self.cells[cell : cell + 3] = [1.0, float(effect.word), float(self.day)]
            after = cases.statuses[0]
        elif effect.to_word < 0:
            self.cells[cell : cell + 3] = [0.0, 0.0, 0.0]
            after = ""
        else:
            self.cells[cell] = float(effect.to_word + 1)
            self.cells[cell + 2] = float(self.day)
            after = cases.statuses[effect.to_word]
        kind = cases.kinds[int(self.cells[cell + 1])] if after else ""
        self.facts.append(
            CaseMoved(self.day, cases.known_to, cases.id, slot, kind, before, after, cause)
        )


def _cause(
    kind: str,
    part: str,
    word: str,
    rule: str,
    reads: tuple[int, ...],
    seen: tuple[float, ...],
    knowers: Knowers,
) -> Cause:
    inputs = tuple([(cell, seen[cell]) for cell in reads])
    return Cause(kind, part, word, rule, inputs, knowers)
