"""What is measured: each function gives its rows, with ratios taken within the same minute."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import chart as charts

ROUNDS = 5


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def per_second(play: Callable[[], object], seconds: float = 0.5) -> float:
    """How often a thing can be done in a second, over at least ``seconds``."""
    count, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        play()
        count += 1
    return count / spent


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of all lie."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


# ── P1: the step engine against other state machines ─────────────────────────────────────────


def chart() -> Iterator[str]:
    """P1: playouts of one chart a second, in turns, and the median of the ratios."""
    makers = {
        "transitions": (charts.with_transitions, 10),
        "python-statemachine": (charts.with_statemachine, 50),
        "sismic": (charts.with_sismic, 50),
    }
    ours = charts.ours()
    yield f"P1  step engine, facts on: {per_second(ours, 2):,.0f} playouts/s"
    for name, (maker, target) in makers.items():
        try:
            peer = maker()
        except ImportError:
            yield f"P1  {name}: not installed (pip install '.[bench]')"
            continue
        ratios = [per_second(ours) / per_second(peer) for _ in range(ROUNDS)]
        yield f"P1  ÷ {name}: {statistics.median(ratios):.1f} (target ≥ {target})"
    yield from _xstate(ours)


def _xstate(ours: Callable[[], object]) -> Iterator[str]:
    script = Path(__file__).with_name("xstate.mjs")
    ratios = []
    for _ in range(3):
        try:
            done = subprocess.run(
                ["node", str(script)], capture_output=True, text=True, timeout=60,
                cwd=os.environ.get("XSTATE_FOLDER"),
            )
        except OSError:
            yield "P1  xstate: node is not installed"
            return
        if done.returncode:
            yield "P1  xstate: not installed (npm install xstate@5; XSTATE_FOLDER names where)"
            return
        ratios.append(per_second(ours) / float(done.stdout))
    yield f"P1  ÷ xstate 5: {statistics.median(ratios):.1f} (target ≥ 3)"


# ── P4: reading ──────────────────────────────────────────────────────────────────────────────


def load() -> Iterator[str]:
    """P4: load, check and compile the largest shipped scenario, and how that grows."""
    from peace_sim.scenario import library

    sizes = {id: _texts(id) for id in library.shipped()}
    id, texts = max(sizes.items(), key=lambda pair: _lines(pair[1]))
    lines = _lines(texts)
    spent = _compile_time(texts)
    per = spent * 5000 / lines * 1000
    yield f"P4  {id}, {lines:,} lines: {spent * 1000:.0f} ms; {per:.0f} ms per 5,000 (target ≤ 120)"
    small, large = _generated(300), _generated(1200)
    grown = _compile_time({"scenario.yaml": large}) / _compile_time({"scenario.yaml": small})
    times = large.count("\n") / small.count("\n")
    yield f"P4  {times:.1f}× the lines: {grown:.1f}× the time (target ≤ 4.6)"


def _texts(id: str) -> dict[str, str]:
    from peace_sim.scenario import library

    edition, _ = library.open_edition(id)
    assert edition is not None, id
    return dict(edition.texts)


def _lines(texts: dict[str, str]) -> int:
    return sum(text.count("\n") for text in texts.values())


def _compile_time(texts: dict[str, str]) -> float:
    from peace_sim.scenario import library

    found = []
    for _ in range(ROUNDS):
        start = time.process_time()  # other work on the machine is not ours
        edition, findings = library.edition_of_texts(texts)
        found.append(time.process_time() - start)
        assert edition is not None, findings[:3]
    return statistics.median(found)


def _generated(decisions: int) -> str:
    """A scenario with this many decisions, each reading and moving a few of fifty numbers."""
    lines = [
        "scenario: generated", "title: Generated", 'version: "1"',
        "calendar: {start: 1993-01-01, end: 1999-12-31, tick: month}",
        "chapters: {all: {title: All, from: 1993-01-01, to: 1999-12-31, minutes: 1, text: It.}}",
        "roles: {envoy: {title: Envoy}}",
        "endings: {close: {title: Close, text: It is over., at_close: true}}", "variables:",
    ]
    lines += [f"  n{i}: {{title: Number {i}, start: 40, range: [0, 100]}}" for i in range(50)]
    lines.append("decisions:")
    for k in range(decisions):
        a, b, c = (7 * k) % 50, (11 * k + 3) % 50, (13 * k + 5) % 50
        lines += [
            f"  d{k}:", "    role: envoy", f"    title: Decision {k}",
            f"    opens: {{when: n{a} >= 30 and n{b} < 80 or n{c} > 10}}", "    options:",
            f"      go: {{title: Go, effects: [add 5 - n{b} / 40 to n{a}, add 1 to n{c}]}}",
            f'      wait: {{title: Wait, weight: "max(1, n{c} / 10)", effects: [add -1 to n{b}]}}',
        ]
    return "\n".join(lines) + "\n"


# ── P12: the journal ─────────────────────────────────────────────────────────────────────────


def journal() -> Iterator[str]:
    """P12: how long an acknowledged move takes, on the disk that holds the temporary folder."""
    from peace_sim.engine import Move, World
    from peace_sim.play import Session, Store
    from peace_sim.scenario import library

    edition, _ = library.open_edition("last-night-in-tehran")
    assert edition is not None
    spent: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        for seed in range(12):
            session = Session.new(
                edition.game, World(str(seed), "drawn"), None, {"envoy": None}, store=store
            )
            while not session.ended:
                for asked in _asked(session):
                    start = time.perf_counter()
                    session.submit(Move("envoy", asked.id, _first_answer(asked)))
                    spent.append(time.perf_counter() - start)
                session.proceed()
        store.close()
    p95 = percentile(spent, 0.95) * 1000
    yield f"P12 acknowledged move, durable, p95 of {len(spent)}: {p95:.2f} ms (target ≤ 5)"


def _asked(session: object) -> list[object]:
    from peace_sim.engine import view

    return list(view(session.game, session.state, "envoy").asked)  # type: ignore[attr-defined]


def _first_answer(asked: object) -> tuple[tuple[str, str], ...]:
    return tuple(
        (field.id, next(o.id for o in field.options if o.open))
        for field in asked.fields  # type: ignore[attr-defined]
        if not field.many
    )


# ── P2: the first frame ──────────────────────────────────────────────────────────────────────


BARE = """
from textual.app import App
from textual.widgets import Label
class Bare(App):
    def compose(self):
        yield Label("Painted")
Bare().run()
"""
GAME = "import sys; from peace_sim.cli import main; sys.exit(main([]))"


def start() -> Iterator[str]:
    """P2: from the process's start to the first words on the screen, against a bare Textual app."""
    ratios, ours = [], []
    for _ in range(9):
        game, bare = _painted(GAME, b"PEACE SIM"), _painted(BARE, b"Painted")
        ratios.append(game / bare)
        ours.append(game)
    yield (
        f"P2  first frame: {statistics.median(ours) * 1000:.0f} ms, "
        f"÷ bare Textual: {statistics.median(ratios):.2f} (target ≤ 1.5)"
    )


def _painted(program: str, words: bytes) -> float:
    """Seconds until a program has put words on a pseudo-terminal of 80×24."""
    import fcntl
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with tempfile.TemporaryDirectory() as home:
        began = time.perf_counter()
        running = subprocess.Popen(
            [sys.executable, "-c", program], stdin=slave, stdout=slave, stderr=slave,
            env={**os.environ, "TERM": "xterm-256color", "CI": "", "PEACE_SIM_HOME": home},
        )
        seen = b""
        while words not in seen:
            assert running.poll() is None, seen.decode("utf-8", "replace")
            seen += os.read(master, 65536)
        spent = time.perf_counter() - began
        running.kill()
        running.wait()
    os.close(slave)
    os.close(master)
    return spent


# ── P3: a key to the screen ──────────────────────────────────────────────────────────────────


def screen() -> Iterator[str]:
    """P3: a cursor move, and a month's update, at 100×30."""
    from benchmarks.screen import cursor_and_month

    cursor, month = cursor_and_month()
    for what, spent, target in (("cursor move", cursor, 20), ("a month's update", month, 120)):
        p95 = percentile(spent, 0.95) * 1000
        middle = statistics.median(spent) * 1000
        times = f"p95 {p95:.1f} ms, median {middle:.1f}"
        yield f"P3  {what}, {len(spent)} times: {times} (target ≤ {target})"
