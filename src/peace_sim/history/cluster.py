"""A simulation spread over machines by Dask: the same numbers as on one.

A task is a portion, and carries numbers only; the scenario's texts lie on each worker once, and are
compiled there once. Whoever plays must be of this machine's make: that is asked of all before the
work, and by every task again, because a worker may join later.
"""

from __future__ import annotations

import asyncio
import logging
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

import distributed
from distributed import Client, Security, get_worker, rpc
from distributed.scheduler import KilledWorker

import peace_sim
from peace_sim.engine.game import Game
from peace_sim.history.portions import Progress, Simulation, Stopped, counted, portions
from peace_sim.history.simulate import Job, Tally, tally
from peace_sim.scenario.compile import RULES
from peace_sim.scenario.library import edition_of_texts

PATIENCE = 8.0
"""So many seconds a scheduler has to answer in."""
ROLL_CALL = 20.0
"""So many seconds all workers have to say what they are in."""
SCHEMES = ("tcp", "tls")

Notice = Callable[[str], None]
"""Told, in a sentence, what the person who waits should know."""


def simulate_on(
    address: str,
    game: Game,
    texts: Mapping[str, str],
    job: Job,
    plays: int,
    progress: Progress = lambda done: None,
    notice: Notice = lambda line: None,
) -> Simulation:
    """Play so many plays on the workers of the scheduler there, and count.

    Raises Stopped where it cannot begin. What stops or interrupts it later leaves what was counted.
    """
    cluster = _Cluster(address, notice)
    try:
        cluster.agree()
        parts = portions(plays, max(1, cluster.threads()))
        return counted(game, job, parts, cluster.play(game, texts, job, parts, progress), progress)
    finally:
        cluster.close()


# ── of one make ──────────────────────────────────────────────────────────────────────────────


Make = Mapping[str, str | None]
"""What the bits of a result rest on, beside the scenario and the job."""


@cache
def make() -> Make:
    """What this process is. Two states of the source are not the same, whatever their version."""
    root, read = Path(peace_sim.__file__).parent, blake2b(digest_size=6)
    for file in sorted(root.rglob("*.py"), key=lambda file: file.relative_to(root).as_posix()):
        read.update(file.relative_to(root).as_posix().encode() + b"\0")
        read.update(file.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return {
        "peace-sim": peace_sim.__version__, "rules": str(RULES), "source": read.hexdigest(),
        "Python": _minor(platform.python_version()), "numpy": version("numpy"),
    }  # fmt: skip


def _minor(python: str) -> str:
    return ".".join(python.split(".")[:2])


def difference(here: Make, there: Make) -> str:
    """In words, what there is otherwise than here; nothing if all is the same."""
    told = []
    for name, own in here.items():
        its = there.get(name)
        if its is None:
            told.append(f"has no {name}")
        elif its != own:
            told.append(f"has {name} {its}, this machine {own}")
    return " and ".join(told)


def _installed(told: Mapping[str, Any]) -> Make:
    """What Dask says is installed somewhere, as far as it must be the same everywhere."""
    packages = told["packages"]
    found = {name: packages.get(name) for name in ("peace-sim", "numpy", "dask", "distributed")}
    return {**found, "Python": _minor(packages["python"])}


# ── on a worker ──────────────────────────────────────────────────────────────────────────────

_GAMES: dict[str, Game] = {}
"""What this process has compiled, by digest."""
_KEPT = 4
_ONE = Lock()
"""One portion at a time: a second thread would only wait for the interpreter."""


def _carried(texts: Mapping[str, str]) -> Mapping[str, str]:
    """The texts as a result: unlike scattered data, it is made again where its holders died."""
    return texts


def _portion(
    wanted: Make, digest: str, texts: Mapping[str, str], job: Job, first: int, size: int
) -> Tally:
    if make() != wanted:
        here = get_worker().address
        raise Stopped(f"The worker {here} {difference(wanted, make())}.")
    with _ONE:
        return tally(_compiled(digest, texts), job, first, size)


def _compiled(digest: str, texts: Mapping[str, str]) -> Game:
    if digest not in _GAMES:
        edition, _ = edition_of_texts(texts)
        if edition is None or edition.game.digest != digest:
            raise ValueError("the scenario's own texts do not compile to what was asked for")
        while len(_GAMES) >= _KEPT:
            del _GAMES[next(iter(_GAMES))]
        _GAMES[digest] = edition.game
    return _GAMES[digest]


# ── the machine that asks ────────────────────────────────────────────────────────────────────


class _Cluster:
    """A scheduler and its workers, as one who asks them for portions sees them."""

    def __init__(self, address: str, notice: Notice) -> None:
        for name in ("distributed", "distributed.client"):  # what went wrong is told in our words
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self.address = _checked(address)
        self.notice = notice
        self.client = _connected(self.address)
        self.asked = time.monotonic()
        self.known = 0
        self.empty = False

    def close(self) -> None:
        """Give back what was asked for, and leave."""
        with suppress(Exception):  # a scheduler that is gone has nothing to be told
            self.client.close(timeout=2)

    def agree(self) -> None:
        """Scheduler and workers are of this machine's make. Raises Stopped for the first other."""
        try:
            told = self.client.sync(_installations, self.client, callback_timeout=ROLL_CALL)
            here = _installed(told["client"])
            self._same(here, {None: _installed(told["scheduler"])})
            self._same(here, {name: _installed(its) for name, its in told["workers"].items()})
            makes = self.client.sync(_makes, self.client, callback_timeout=ROLL_CALL)
        except TimeoutError:
            raise Stopped(
                f"Not every worker of {self.address} said within {ROLL_CALL:.0f} s "
                "which version it is."
            ) from None
        except OSError:
            raise self._gone() from None
        self._same(make(), makes)

    def _same(self, here: Make, there: Mapping[str | None, Make]) -> None:
        for name, its in there.items():
            words = difference(here, its) if its else "cannot load this machine's peace-sim"
            if words:
                who = f"The worker {name}" if name else f"The scheduler {self.address}"
                raise Stopped(f"{who} {words}.")

    def threads(self) -> int:
        """How many portions can be played at a time; 0, and said so, while nobody is there."""
        self.asked = time.monotonic()
        with suppress(OSError, TimeoutError):  # else it is as it was
            ask = self.client.scheduler.ncores
            self.known = sum(self.client.sync(ask, callback_timeout=PATIENCE).values())
        if self.empty != (not self.known):
            self.empty = not self.known
            self.notice(
                f"no worker at {self.address}; waiting for one (Ctrl-C ends the work)"
                if self.empty
                else f"a worker has come to {self.address}; the work goes on"
            )
        return self.known

    def play(
        self,
        game: Game,
        texts: Mapping[str, str],
        job: Job,
        parts: list[tuple[int, int]],
        progress: Progress,
    ) -> Iterator[Tally]:
        """The portions' counts in order. A worker that dies costs the time of what it had."""
        submit, wanted = self.client.submit, make()
        waiting: dict[int, Any] = {}
        started = given = behind = 0
        try:
            carried = None
            while given < len(parts):
                if carried is None or carried.status == "error":
                    carried = submit(_carried, dict(texts), pure=False)
                while started < len(parts) and len(waiting) < 2 * max(1, self.known):
                    waiting[started] = submit(
                        _portion, wanted, game.digest, carried, job, *parts[started],
                        pure=False, priority=-started,
                    )  # fmt: skip
                    started += 1
                self._wait([one for one in waiting.values() if not one.done()])
                while given in waiting and waiting[given].done():
                    told = self._told(waiting[given], game, job, *parts[given])
                    if told is None:
                        break
                    del waiting[given]
                    given, behind = given + 1, behind + told.plays
                    yield told
                ahead = sum(parts[at][1] for at, one in waiting.items() if one.done())
                progress(float(behind + ahead))
                if time.monotonic() - self.asked > 1:
                    self.threads()
        except (CancelledError, OSError):
            raise self._gone() from None

    def _told(self, future: Any, game: Game, job: Job, first: int, size: int) -> Tally | None:
        try:
            told: Tally = future.result(timeout=PATIENCE)
        except TimeoutError:  # who had it died before handing it over: it is being played again
            return None
        except KilledWorker:
            self.agree()  # one that cannot read a task ends itself, and may be started anew
            self.notice(
                f"several workers died over playouts {first + 1:,} to {first + size:,}; "
                "these are played here"
            )
            return tally(game, job, first, size)
        except (CancelledError, OSError, Stopped):
            raise
        except Exception:
            self.agree()  # a worker of another make that did not even come to asking is named
            raise
        return told

    def _wait(self, going: list[Any]) -> None:
        if going:
            with self.client.as_current(), suppress(TimeoutError):
                distributed.wait(going, timeout=1, return_when="FIRST_COMPLETED")

    def _gone(self) -> Stopped:
        return Stopped(f"The scheduler {self.address} went away, or dropped the work.")


def _checked(address: str) -> str:
    scheme, written, place = address.strip().rpartition("://")
    host, _, port = place.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65536) or (
        written and scheme not in SCHEMES
    ):
        raise Stopped(
            f"“{address[:80]}” is no address of a Dask scheduler: "
            "it is written tcp://HOST:PORT or tls://HOST:PORT, and the port is mostly 8786."
        )
    return f"{scheme or 'tcp'}://{place}"


def _connected(address: str) -> Client:
    try:
        found = asyncio.run(asyncio.wait_for(_kind(address), PATIENCE))
    except (OSError, TimeoutError):
        raise Stopped(f"Nothing answers as a Dask scheduler at {address}.") from None
    except TypeError:  # what Dask raises for want of certificates
        raise Stopped(
            f"{address} needs certificates, and Dask's configuration here names none that fit."
            if address.startswith("tls")
            else f"What answers at {address} is no Dask scheduler."
        ) from None
    except Exception:  # whatever it says there, it is not what Dask says
        raise Stopped(f"What answers at {address} is no Dask scheduler.") from None
    if found != "Scheduler":
        raise Stopped(f"What answers at {address} is a Dask {found.lower()}, no scheduler.")
    try:
        return Client(address, timeout=PATIENCE, set_as_default=False)
    except OSError:
        raise Stopped(f"Nothing answers as a Dask scheduler at {address}.") from None


async def _kind(address: str) -> str:
    """What answers there, asked alone: a client would wait for a silent one without end."""
    async with rpc(address, connection_args=Security().get_connection_args("client")) as there:
        told = await there.identity()
    return str(told["type"])


async def _installations(client: Client) -> Any:
    return await client.get_versions(packages=["peace-sim"])


async def _makes(client: Client) -> Mapping[str | None, Make]:
    found: dict[str | None, object] = dict(await client.run(make, on_error="return"))
    try:
        found[None] = await client.run_on_scheduler(make)
    except OSError:
        raise
    except Exception as trouble:
        found[None] = trouble
    return {
        at: told if isinstance(told, dict) else {}
        for at, told in found.items()
        if not isinstance(told, OSError)  # died while it was asked
    }
