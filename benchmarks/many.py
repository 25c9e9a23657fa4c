"""P5 and P7 to P9: many plays at once, with the block engine and with the compiled machine."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

ROUNDS = 3
SCENARIO = "tajikistan"


def batch() -> Iterator[str]:
    """P5: playouts a second on one core, against the step engine, facts on."""
    from peace_sim.engine.state import World
    from peace_sim.engine.step import initial
    from peace_sim.play import futures as many
    from peace_sim.play.playout import playout

    game = _game(SCENARIO)
    many.prepare(game)
    states = [initial(game, World(str(seed))) for seed in range(1000)]
    engines = {"numpy": (False, 15), "fast": (True, 50)}
    ratios: dict[str, list[float]] = {name: [] for name in engines}
    for number in range(ROUNDS):
        step = _spent(lambda: [playout(game, World(f"{number}/{n}")) for n in range(5)]) / 5  # noqa: B023
        for name, (quick, _) in engines.items():
            with _engine(quick):
                ratios[name].append(step / (_spent(lambda: many.futures(game, states)) / 1000))
    yield f"P5  {SCENARIO}, step engine, facts on: {1 / step:.1f} playouts/s"
    for name, (_, target) in engines.items():
        yield f"P5  {name} ÷ step: {statistics.median(ratios[name]):.0f} (target ≥ {target})"


def growth() -> Iterator[str]:
    """P7: how far the time for one, two and three parts is from a straight line; memory."""
    sizes: dict[str, Callable[[int], tuple[str, int]]] = {
        "playouts": lambda n: (_campaign(24, 40, 40), 1024 * n),
        "months": lambda n: (_campaign(24 * n, 40, 40), 512),
        "decisions": lambda n: (_campaign(24, 40 * n, 40), 512),
        "events": lambda n: (_campaign(24, 40, 40 * n), 512),
    }
    for quick, engine in ((False, "numpy"), (True, "fast")):
        for name, size in sizes.items():
            found = []
            for _ in range(ROUNDS):
                one, two, three = (_time(*size(n), quick) for n in (1, 2, 3))
                found.append(abs(two - (one + three) / 2) / two)
            off = statistics.median(found)
            yield f"P7  {engine}, {name}: {off:.0%} from a line (target ≤ 15 %)"
    few, most = _memory(2_000), _memory(20_000)
    yield f"P7  simulate, memory at 2,000 and 20,000 playouts: {few:.0f} and {most:.0f} MB"


def processes() -> Iterator[str]:
    """P8: simulate in one process and in two."""
    ratios = []
    for _ in range(ROUNDS):
        one, two = (_command("-n", "4000", "--jobs", jobs) for jobs in "12")
        ratios.append(one / two)
    yield f"P8  {SCENARIO}, 4,000 playouts, two processes ÷ one: {statistics.median(ratios):.2f}"
    yield "P8  (target ≥ 1.8)"


def forecast() -> Iterator[str]:
    """P9: a thousand futures from the middle of a chapter."""
    from peace_sim.engine.opening import opened
    from peace_sim.engine.state import Advance, World
    from peace_sim.engine.step import apply, initial
    from peace_sim.play import futures as many
    from peace_sim.play.policies import CHARACTER, answers

    game = _game(SCENARIO)
    many.prepare(game)
    state = initial(game, World("5"))
    while state.moment < len(game.moments) // 2:
        for move in answers(game, state, opened(game, state), lambda role: CHARACTER):
            state = apply(game, state, move).state
        state = apply(game, state, Advance()).state
    states = many.elsewhere(state, "forecast", 1000)
    for name, quick, target in (("numpy", False, 150), ("fast", True, 40)):
        with _engine(quick):
            spent = statistics.median(
                _spent(lambda: many.futures(game, states)) for _ in range(ROUNDS)
            )
        yield f"P9  {SCENARIO}, 1,000 futures, {name}: {spent * 1000:.0f} ms (target ≤ {target})"


# ── how it is measured ───────────────────────────────────────────────────────────────────────


def _game(id: str):  # type: ignore[no-untyped-def]
    from peace_sim.scenario import library

    edition, _ = library.open_edition(id)
    assert edition is not None
    return edition.game


@contextmanager
def _engine(quick: bool) -> Iterator[None]:
    """The compiled machine, or the block engine."""
    from peace_sim.play import native

    ready = native.ready
    native.ready = lambda: quick
    try:
        yield
    finally:
        native.ready = ready


def _spent(do: Callable[[], object]) -> float:
    start = time.process_time()  # other work on the machine is not ours
    do()
    return time.process_time() - start


def _time(text: str, plays: int, quick: bool) -> float:
    from peace_sim.engine.state import World
    from peace_sim.engine.step import initial
    from peace_sim.play import futures as many
    from peace_sim.scenario import library

    edition, findings = library.edition_of_texts({"scenario.yaml": text})
    assert edition is not None, findings[:3]
    game = edition.game
    states = [initial(game, World(str(seed))) for seed in range(plays)]
    with _engine(quick):
        many.futures(game, states[:2])
        return min(_spent(lambda: many.futures(game, states)) for _ in range(2))


def _campaign(months: int, decisions: int, events: int) -> str:
    """A synthetic scenario of this size over thirty numbers; every decision is asked each month."""
    end = f"{1993 + (months - 1) // 12}-{(months - 1) % 12 + 1:02d}-28"
    lines = [
        "scenario: campaign", "title: Campaign", 'version: "1"',
        f"calendar: {{start: 1993-01-01, end: {end}, tick: month}}",
        f"chapters: {{all: {{title: All, from: 1993-01-01, to: {end}, minutes: 1, text: It.}}}}",
        "roles: {envoy: {title: Envoy}}",
        "endings: {close: {title: Close, text: It is over., at_close: true}}", "variables:",
    ]  # fmt: skip
    lines += [f"  n{i}: {{title: Number {i}, start: 40, range: [0, 100]}}" for i in range(30)]
    lines.append("decisions:")
    for k in range(decisions):
        a, b, c = (7 * k) % 30, (11 * k + 3) % 30, (13 * k + 5) % 30
        lines += [
            f"  d{k}:", "    role: envoy", f"    title: Decision {k}",
            f"    opens: {{when: n{a} >= 0 and (n{b} < 80 or n{c} > 10)}}", "    options:",
            f"      go: {{title: Go, effects: [add 5 - n{b} / 40 to n{a}, add 1 to n{c}]}}",
            f'      wait: {{title: Wait, weight: "max(1, n{c} / 10)", effects: [add -1 to n{b}]}}',
        ]  # fmt: skip
    lines.append("events:")
    for k in range(events):
        a, b = (5 * k + 1) % 30, (17 * k + 2) % 30
        lines += [
            f"  e{k}:", f"    title: Event {k}", "    kind: inside", f"    when: n{a} > 20",
            f'    chance: "min(0.4, n{b} / 400)"', "    repeat: true",
            f"    effects: [add -3 to n{b}]",
        ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _command(*words: str) -> float:
    start = time.perf_counter()
    _run(words)
    return time.perf_counter() - start


def _memory(plays: int) -> float:
    """The most memory of a simulate command in one process, in MB."""
    measure = (
        "import resource, sys; from peace_sim.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    words = ["simulate", "last-night-in-tehran", "-n", str(plays), "--jobs", "1", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", measure, *words], capture_output=True, text=True, check=True
    )
    return int(done.stderr.split()[-1]) / 1024


def _run(words: Sequence[str]) -> None:
    command = [sys.executable, "-m", "peace_sim", "simulate", SCENARIO, *words, "--json"]
    subprocess.run(command, capture_output=True, check=True)
