"""More than one machine: the numbers are one machine's, whoever dies, and only equals may play."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from distributed.scheduler import KilledWorker

import peace_sim
from peace_sim.cli import main
from peace_sim.history import cluster, portions
from peace_sim.history.cluster import difference, simulate_on
from peace_sim.history.portions import Simulation
from peace_sim.history.simulate import Job, Lists, Tally, tally
from peace_sim.report.simulated import simulation_data
from peace_sim.scenario import library
from peace_sim.scenario.edition import Edition

SCENARIO = "last-night-in-tehran"
LIVE = Path(peace_sim.__file__).parent


@cache
def edition() -> Edition:
    found, _ = library.open_edition(SCENARIO)
    assert found is not None
    return found


def job() -> Job:
    game = edition().game
    policies = tuple((role.id, "character") for role in game.roles)
    return Job(game.chapters[0].id, "drawn", 1, (), policies)


def data_of(told: Tally) -> dict[str, Any]:
    simulated = Simulation(job(), Lists(edition().game), told, told.plays)
    data = simulation_data(edition(), simulated)
    data["ledgers"] = told.ledgers.tolist()
    return data


@cache
def alone(plays: int) -> dict[str, Any]:
    return data_of(tally(edition().game, job(), 0, plays))


# ── a laboratory of processes ────────────────────────────────────────────────────────────────


@contextmanager
def process(program: list[str], source: Path) -> Iterator[subprocess.Popen[bytes]]:
    quiet = subprocess.DEVNULL
    environment = {**os.environ, "PYTHONPATH": str(source)}
    run = subprocess.Popen([sys.executable, *program], stdout=quiet, stderr=quiet, env=environment)
    try:
        yield run
    finally:
        run.kill()
        run.wait()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program, so that who edits it meanwhile makes no worker another's."""
    copied = tmp_path_factory.mktemp("source")
    cluster.make.cache_clear()
    cluster.make()
    shutil.copytree(LIVE, copied / "peace_sim", ignore=shutil.ignore_patterns("__pycache__"))
    return copied


@pytest.fixture(scope="module")
def address(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a scheduler of our own listens."""
    told = tmp_path_factory.mktemp("lab") / "scheduler.json"
    with process([
        "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
        "--no-dashboard", "--scheduler-file", str(told),
    ], source):  # fmt: skip
        deadline = time.monotonic() + 60
        while not told.exists() or not told.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield json.loads(told.read_text())["address"]


Hire = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def hire(address: str, source: Path, tmp_path: Path) -> Iterator[Hire]:
    """Starts a worker, and waits until it has come; all are let go at the end."""
    with ExitStack() as stack:
        hired = []

        def one(source: Path = source, before: str = "") -> subprocess.Popen[bytes]:
            program = f"{before}\nfrom distributed.cli.dask_worker import main; main()"
            held = process([
                "-c", program, address, "--no-nanny", "--nthreads", "1", "--no-dashboard",
                "--local-directory", str(tmp_path / str(len(hired))),
            ], source)  # fmt: skip
            hired.append(stack.enter_context(held))
            until(address, sum(worker.poll() is None for worker in hired))
            return hired[-1]

        until(address, 0)
        yield one


def until(address: str, workers: int) -> None:
    """Wait until so many workers are there."""
    with cluster.Client(address, set_as_default=False) as client:
        deadline = time.monotonic() + 60
        while len(client.nthreads()) != workers:
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Portions so small that there are many."""
    monkeypatch.setattr(portions, "BLOCK", 16)


# ── the same numbers ─────────────────────────────────────────────────────────────────────────


def test_two_workers_give_one_machines_numbers_and_so_does_one_when_the_other_is_killed(
    address: str, hire: Hire, small: None, capsys: pytest.CaptureFixture[str]
) -> None:
    one, _ = hire(), hire()
    asked = ["simulate", SCENARIO, "-n", "50", "--json"]
    assert main(asked) == 0
    here = capsys.readouterr().out
    assert main([*asked, "--cluster", address]) == 0
    assert capsys.readouterr().out == here

    left: list[float] = []

    def kill(done: float) -> None:
        if done and one.poll() is None:
            one.kill()
            one.wait()
            left.append(128 - done)

    told = simulate_on(address, edition().game, edition().texts, job(), 128, kill)
    assert left[0] > 0 and told.whole
    assert data_of(told.told) == alone(128)


def test_when_all_workers_are_gone_it_says_so_and_waits_for_another(
    address: str, hire: Hire, small: None
) -> None:
    only, told = hire(), []

    def kill(done: float) -> None:
        if done and only.poll() is None:
            only.kill()
            only.wait()

    def notice(line: str) -> None:
        told.append(line)
        if "no worker" in line:
            hire()

    found = simulate_on(address, edition().game, edition().texts, job(), 128, kill, notice)
    assert "no worker" in told[0] and "goes on" in told[1] and len(told) == 2
    assert found.whole and data_of(found.told) == alone(128)


def test_interrupted_it_returns_the_first_plays(address: str, hire: Hire, small: None) -> None:
    hire()

    def stop(done: float) -> None:
        if done:
            raise KeyboardInterrupt

    cut = simulate_on(address, edition().game, edition().texts, job(), 400, stop)
    assert 0 < cut.told.plays < 400 and not cut.stopped
    assert data_of(cut.told) == alone(cut.told.plays)


def test_a_portion_over_which_worker_after_worker_dies_is_played_here(
    address: str, hire: Hire, monkeypatch: pytest.MonkeyPatch
) -> None:
    hire()

    def deadly(*_: object) -> None:
        raise KilledWorker("portion", SimpleNamespace(address="tcp://there"), 3)

    monkeypatch.setattr(cluster, "_portion", deadly)
    told: list[str] = []
    found = simulate_on(address, edition().game, edition().texts, job(), 20, notice=told.append)
    assert "playouts 1 to 20" in told[0] and "played here" in told[0]
    assert found.whole and data_of(found.told) == alone(20)


# ── only equals play ─────────────────────────────────────────────────────────────────────────


def test_a_worker_of_another_make_is_refused_by_name(
    address: str, hire: Hire, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    other = tmp_path / "other"
    shutil.copytree(source / "peace_sim", other / "peace_sim")
    with (other / "peace_sim" / "engine" / "chance.py").open("a") as file:
        file.write("# other\n")
    hire(other)
    asked = ["simulate", SCENARIO, "-n", "20", "--cluster", address]
    assert main(asked) == 3
    told = capsys.readouterr()
    assert told.out == "" and "The worker tcp://127.0.0.1:" in told.err
    assert f"this machine {cluster.make()['source']}" in told.err

    # one that joins when all have been asked: the task itself refuses
    monkeypatch.setattr(cluster._Cluster, "agree", lambda self: None)
    assert main(asked) == 3
    late = capsys.readouterr()
    assert (late.out, late.err) == ("", told.err)


def test_a_worker_without_peace_sim_is_refused_and_can_do_no_harm_later(
    address: str, hire: Hire, monkeypatch: pytest.MonkeyPatch
) -> None:
    hire(before="import sys; sys.modules['peace_sim'] = None")
    with pytest.raises(portions.Stopped, match=r"worker tcp://\S+ cannot load"):
        simulate_on(address, edition().game, edition().texts, job(), 20)

    # one that joins when all have been asked ends over its first task, and another plays it
    monkeypatch.setattr(cluster._Cluster, "agree", lambda self: None)
    hired = []
    found = simulate_on(
        address, edition().game, edition().texts, job(), 20,
        notice=lambda line: None if hired else hired.append(hire()),
    )  # fmt: skip
    assert hired and found.whole and data_of(found.told) == alone(20)


def test_versions_that_differ_are_told_side_by_side() -> None:
    here = {"peace-sim": "0.2.0", "numpy": "2.3.1", "Python": "3.13"}
    assert difference(here, here) == ""
    there = {**here, "peace-sim": None, "numpy": "2.2.0"}
    assert difference(here, there) == "has no peace-sim and has numpy 2.2.0, this machine 2.3.1"


# ── no cluster there ─────────────────────────────────────────────────────────────────────────


@contextmanager
def listening(says: bytes) -> Iterator[str]:
    """A server that is none of Dask's."""
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as held:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    caller, _ = server.accept()
                    held.enter_context(caller).sendall(says)

        Thread(target=serve, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"


def refused(address: str, capsys: pytest.CaptureFixture[str]) -> str:
    began = time.monotonic()
    assert main(["simulate", SCENARIO, "-n", "20", "--cluster", address]) == 3
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1
    assert time.monotonic() - began < 10
    return told.err


@pytest.mark.parametrize(
    "address",
    ["", "here", "127.0.0.1", "http://127.0.0.1:8787", "tcp://127.0.0.1:99999", "tcp://:8786"],
)
def test_what_is_no_address_is_told(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "it is written tcp://HOST:PORT" in refused(address, capsys)


@pytest.mark.parametrize("says", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x08" + bytes(99)])
def test_a_server_of_another_product_is_told(
    says: bytes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1.0)
    with listening(says) as address:
        assert f"as a Dask scheduler at {address}" in (told := refused(address, capsys)) or (
            f"at {address} is no Dask scheduler" in told
        )


def test_an_address_at_which_nobody_listens_or_a_worker_does_is_told(
    address: str, hire: Hire, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1.0)
    with listening(b"") as closed:
        pass
    assert f"Nothing answers as a Dask scheduler at {closed}" in refused(closed, capsys)
    assert "needs certificates" in refused(closed.replace("tcp", "tls"), capsys)
    hire()
    with cluster.Client(address, set_as_default=False) as client:
        (worker,) = client.nthreads()
    assert "is a Dask worker, no scheduler" in refused(worker, capsys)


def test_without_dask_it_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['distributed'] = None\n"
        "from peace_sim.cli import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    asked = ["simulate", SCENARIO, "--cluster", "tcp://127.0.0.1:8786"]
    ran = subprocess.run([sys.executable, "-c", program, *asked], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (3, "")
    assert "pip install 'peace-sim[cluster]'" in ran.stderr


def test_a_cluster_and_a_number_of_processes_are_a_usage_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["simulate", SCENARIO, "--cluster", "here:1", "--jobs", "2"]) == 2
    assert "--cluster or --jobs" in capsys.readouterr().err
