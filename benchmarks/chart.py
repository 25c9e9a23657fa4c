"""One chart for every engine: four tracks of five phases, guards on numbers, the same results.

Each track climbs from phase to phase as its number grows, and falls back to the first when the
number has reached the top; each guard looks at the neighbour's number too.
"""

from __future__ import annotations

from collections.abc import Callable

TRACKS, PHASES, TICKS = 4, 5, 60
GROWTH = (7.0, 5.0, 11.0, 3.0)
STEP = 20.0
HELD = 500.0

Trace = tuple[int, ...]
"""The phase of each track after each tick, in one line."""


def by_hand() -> Trace:
    """The chart in bare Python: what every engine must agree with."""
    numbers, phases, trace = [0.0] * TRACKS, [0] * TRACKS, []
    for _ in range(TICKS):
        for i in range(TRACKS):
            numbers[i] += GROWTH[i]
        seen = tuple(numbers)
        for i in range(TRACKS):
            if phases[i] < PHASES - 1:
                if seen[i] >= STEP * (phases[i] + 1) and seen[(i + 1) % TRACKS] < HELD:
                    phases[i] += 1
            elif seen[i] >= STEP * PHASES:
                phases[i] = 0
                numbers[i] = 0.0
        trace += phases
    return tuple(trace)


def scenario_text() -> str:
    """The chart as a scenario: a tick is a day, growth is drift, a way is a transition."""
    lines = [
        "scenario: chart", "title: Chart", 'version: "1"',
        "calendar: {start: 2000-01-01, end: 2000-02-29, tick: day}",
        "chapters: {all: {title: All, from: 2000-01-01, to: 2000-02-29, minutes: 1, text: It.}}",
        "roles: {nobody: {title: Nobody}}", "variables:",
    ]
    for i in range(TRACKS):
        lines.append(f"  n{i}: {{title: Number {i}, start: 0, range: [0, 1000]}}")
    lines.append("drifts:")
    for i in range(TRACKS):
        lines.append(f"  - {{variable: n{i}, by: {GROWTH[i]}, text: It grows.}}")
    lines.append("tracks:")
    for i in range(TRACKS):
        lines += [f"  t{i}:", f"    title: Track {i}", "    phases: {"
                  + ", ".join(f"p{k}: Phase {k}" for k in range(PHASES)) + "}",
                  "    transitions:"]
        for k in range(PHASES - 1):
            guard = f"n{i} >= {STEP * (k + 1)} and n{(i + 1) % TRACKS} < {HELD}"
            lines.append(f"      - {{from: p{k}, to: p{k + 1}, when: {guard}}}")
        lines.append(f"      - {{from: p{PHASES - 1}, to: p0, when: n{i} >= {STEP * PHASES}, "
                     f"effects: [set n{i} to 0]}}")
    lines += ["endings:", "  close: {title: Close, text: It is over., at_close: true}"]
    return "\n".join(lines) + "\n"


def ours() -> Callable[[], object]:
    """A playout by the step engine, with all its facts."""
    from peace_sim.engine import Advance, World, apply, initial
    from peace_sim.engine.facts import PhaseEntered
    from peace_sim.scenario import library

    edition, findings = library.edition_of_texts({"scenario.yaml": scenario_text()})
    assert edition is not None, findings
    game, world = edition.game, World("1", "recorded")

    def play() -> object:
        return apply(game, initial(game, world), Advance())

    moves = [f for f in play().facts if isinstance(f, PhaseEntered)]  # type: ignore[attr-defined]
    _agrees(moves, game)
    return play


def _agrees(moves: list[object], game: object) -> None:
    """Our facts tell the same story as the chart by hand."""
    trace, before, wanted = by_hand(), [0] * TRACKS, []
    for tick in range(TICKS):
        for i in range(TRACKS):
            phase = trace[tick * TRACKS + i]
            if phase != before[i]:
                wanted.append((f"t{i}", f"p{phase}"))
                before[i] = phase
    found = [(move.track, move.after) for move in moves]  # type: ignore[attr-defined]
    assert found == wanted, (found[:20], wanted[:20])


def with_transitions() -> Callable[[], Trace]:
    """The chart in ``transitions``: a machine for each track."""
    from transitions import Machine

    class Track:
        def __init__(self, world: list[float], seen: list[float], i: int) -> None:
            self.world, self.seen, self.i = world, seen, i

        def climbs(self) -> bool:
            at = int(self.state[1])  # type: ignore[attr-defined]
            return (self.seen[self.i] >= STEP * (at + 1)
                    and self.seen[(self.i + 1) % TRACKS] < HELD)

        def is_full(self) -> bool:
            return self.seen[self.i] >= STEP * PHASES

        def empty(self) -> None:
            self.world[self.i] = 0.0

    ways: list[dict[str, object]] = [
        {"trigger": "tick", "source": f"p{k}", "dest": f"p{k + 1}", "conditions": "climbs"}
        for k in range(PHASES - 1)
    ]
    ways.append({"trigger": "tick", "source": f"p{PHASES - 1}", "dest": "p0",
                 "conditions": "is_full", "after": "empty"})
    states = [f"p{k}" for k in range(PHASES)]

    def play() -> Trace:
        world, seen = [0.0] * TRACKS, [0.0] * TRACKS
        tracks = [Track(world, seen, i) for i in range(TRACKS)]
        for track in tracks:
            Machine(track, states=states, transitions=ways, initial="p0",
                    ignore_invalid_triggers=True, auto_transitions=False)
        trace = []
        for _ in range(TICKS):
            for i in range(TRACKS):
                world[i] += GROWTH[i]
            seen[:] = world
            for track in tracks:
                track.tick()  # type: ignore[attr-defined]
                trace.append(int(track.state[1]))  # type: ignore[attr-defined]
        return tuple(trace)

    assert play() == by_hand()
    return play


def with_statemachine() -> Callable[[], Trace]:
    """The chart in ``python-statemachine``: a machine for each track."""
    from statemachine import State, StateMachine

    class Track(StateMachine):
        allow_event_without_transition = True
        p0, p1, p2 = State(initial=True), State(), State()
        p3, p4 = State(), State()
        tick = (
            p0.to(p1, cond="climbs") | p1.to(p2, cond="climbs") | p2.to(p3, cond="climbs")
            | p3.to(p4, cond="climbs") | p4.to(p0, cond="is_full", on="empty")
        )

        def __init__(self, world: list[float], seen: list[float], i: int) -> None:
            self.world, self.seen, self.i = world, seen, i
            super().__init__()

        def at(self) -> int:
            return int(next(iter(self.configuration)).id[1])

        def climbs(self) -> bool:
            return (self.seen[self.i] >= STEP * (self.at() + 1)
                    and self.seen[(self.i + 1) % TRACKS] < HELD)

        def is_full(self) -> bool:
            return self.seen[self.i] >= STEP * PHASES

        def empty(self) -> None:
            self.world[self.i] = 0.0

    def play() -> Trace:
        world, seen = [0.0] * TRACKS, [0.0] * TRACKS
        tracks = [Track(world, seen, i) for i in range(TRACKS)]
        trace = []
        for _ in range(TICKS):
            for i in range(TRACKS):
                world[i] += GROWTH[i]
            seen[:] = world
            for track in tracks:
                track.send("tick")
                trace.append(track.at())
        return tuple(trace)

    assert play() == by_hand()
    return play


def with_sismic() -> Callable[[], Trace]:
    """The chart in ``sismic``: one statechart with four parallel regions."""
    from sismic.interpreter import Interpreter
    from sismic.io import import_from_yaml

    lines = ["statechart:", "  name: chart", "  root state:", "    name: root",
             "    parallel states:"]
    for i in range(TRACKS):
        lines += [f"      - name: t{i}", f"        initial: t{i}p0", "        states:"]
        for k in range(PHASES):
            if k < PHASES - 1:
                guard = f"seen[{i}] >= {STEP * (k + 1)} and seen[{(i + 1) % TRACKS}] < {HELD}"
                way = [f"                target: t{i}p{k + 1}"]
            else:
                guard = f"seen[{i}] >= {STEP * PHASES}"
                way = [
                    f"                target: t{i}p0", f"                action: world[{i}] = 0.0"
                ]
            lines += [f"          - name: t{i}p{k}", "            transitions:",
                      "              - event: tick", f"                guard: {guard}", *way]
    chart = import_from_yaml("\n".join(lines))

    def play() -> Trace:
        world, seen = [0.0] * TRACKS, [0.0] * TRACKS
        run = Interpreter(chart, initial_context={"world": world, "seen": seen})
        run.execute()
        trace = []
        for _ in range(TICKS):
            for i in range(TRACKS):
                world[i] += GROWTH[i]
            seen[:] = world
            run.queue("tick").execute()
            active = set(run.configuration)
            trace += [next(k for k in range(PHASES) if f"t{i}p{k}" in active)
                      for i in range(TRACKS)]
        return tuple(trace)

    assert play() == by_hand()
    return play
