"""The compiled machine, for those who have numba: whether it is there, and plays handed to it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from pkgutil import get_data
from typing import Any

from platformdirs import user_cache_path

from peace_sim.engine.batch.native import Ran, Shape, flattened, joined, run
from peace_sim.engine.game import Game
from peace_sim.engine.state import Nature, State
from peace_sim.play.policies import AT_ONCE, CHARACTER
from peace_sim.play.programs import minds

THREAD = 64
"""So many plays are worth a thread: the machine lets go of the interpreter's lock."""

_HERE: list[bool] = []
"""Not empty once this process has played with the machine."""

_MACHINE = "peace_sim.engine.batch.native"
_PARTS = ("machine.py", "windows.py", "shape.py", "program.py")


@lru_cache(maxsize=1)
def kept_at() -> Path:
    """Where the compiled machine is kept: one folder for each text of it, so that none is stale."""
    text = b"".join(get_data(_MACHINE, part) or b"" for part in _PARTS)
    return user_cache_path("peace-sim") / f"native-{blake2b(text, digest_size=8).hexdigest()}"


@lru_cache(maxsize=1)
def _place() -> bool:
    """Tell numba where to keep what it compiles; whether it is there at all."""
    if find_spec("numba") is None:
        return False
    import numba

    config: Any = numba.config
    config.CACHE_DIR = str(kept_at())
    return True


def ready() -> bool:
    """Whether the machine can be had at once: it has been compiled here before."""
    return _place() and (bool(_HERE) or any(kept_at().rglob("windows.played_each-*.nbc")))


def play_on(
    game: Game,
    states: Sequence[State],
    policies: Mapping[str, str],
    figures: Sequence[int],
    until: int,
    kept: int = -1,
) -> Ran | None:
    """What the machine makes of these plays; None where it cannot play them.

    Compiles the machine if need be, which takes about half a minute, once.
    """
    names = tuple(policies.get(role.id, CHARACTER.name) for role in game.roles)
    if not _place() or not states or any(name not in AT_ONCE for name in names):
        return None
    first = states[0]
    shape = _shape(game, names, first.world.nature, first.chapter)
    parts = _parts(states)
    if len(parts) == 1:
        each = [run(game, shape, states, figures, until, kept)]
    else:
        with ThreadPoolExecutor(len(parts)) as hands:
            each = list(
                hands.map(
                    lambda part: run(game, shape, part, figures, until, kept), parts
                )
            )
    _HERE[:] = [True]
    ran = joined(each)
    return None if (ran.facts < 0).any() else ran


def _parts(states: Sequence[State]) -> list[Sequence[State]]:
    """The states cut for as many threads as there are cores, if there are enough of them."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    size = max(THREAD, -(-len(states) // cores))
    return [states[at : at + size] for at in range(0, len(states), size)]


@lru_cache(maxsize=8)
def _shape(game: Game, names: tuple[str, ...], nature: Nature, chapter: str) -> Shape:
    policy_of = {role.id: AT_ONCE[name] for role, name in zip(game.roles, names, strict=True)}
    return flattened(game, minds(game, policy_of.__getitem__), nature, chapter)
