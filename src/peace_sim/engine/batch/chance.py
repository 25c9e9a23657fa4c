"""Keyed chance in many games at once: the same numbers as ``engine.chance``, a day at a time."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from peace_sim.engine.batch.values import Array
from peace_sim.engine.chance import word

Words = NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def words_of(seeds: Iterable[str]) -> Words:
    """The 64-bit words of these seeds."""
    return np.array([word(seed) for seed in seeds], dtype=np.uint64)


def _mix(x: Words) -> Words:
    """Splitmix64's finaliser; arrays of 64-bit words wrap round by themselves."""
    x = x + _GOLDEN
    x = (x ^ (x >> np.uint64(30))) * _FIRST
    x = (x ^ (x >> np.uint64(27))) * _SECOND
    return x ^ (x >> np.uint64(31))


class Chance:
    """The draws of games with these seeds."""

    def __init__(self, seeds: Words) -> None:
        self._seeds = _mix(seeds)
        self._days: dict[int, Words] = {}

    def draw(self, day: int, name: int) -> Array:
        """For each game a number in [0, 1), by the day's ordinal and the word of a name."""
        if day not in self._days:
            if len(self._days) > 64:
                self._days.clear()
            self._days[day] = _mix(self._seeds ^ np.uint64(day))
        bits = _mix(self._days[day] ^ np.uint64(name))
        drawn: Array = (bits >> np.uint64(11)).astype(np.float64) / 2.0**53
        return drawn
