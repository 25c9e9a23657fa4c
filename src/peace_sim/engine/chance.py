"""Keyed chance: a draw is a function of seed, day and name, never of what was drawn before.

The mix is splitmix64's finaliser over three words, so that an array engine can compute the same
draws many at a time. Words come from text by BLAKE2b, once, when a seed or a part is named.
Test vectors are pinned in ``tests/test_chance.py`` and printed in ``docs/engine.md``.
"""

from hashlib import blake2b

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def word(text: str) -> int:
    """A 64-bit word for ``text``, the same on every machine."""
    return int.from_bytes(blake2b(text.encode("utf-8"), digest_size=8).digest(), "big")


def _mix(x: int) -> int:
    """Splitmix64's finaliser (Steele, Lea and Flood 2014)."""
    x = (x + _GOLDEN) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)


def draw(seed: int, day: int, name: int) -> float:
    """A number in [0, 1) for the words of a seed and a name and a day's ordinal."""
    bits = _mix(_mix(_mix(seed) ^ day) ^ name)
    return (bits >> 11) / 2**53  # 53 bits: a quotient of all 64 could round up to 1.0


def draw_named(seed: str, day: int, name: str) -> float:
    """A number in [0, 1) for a seed and a name as text."""
    return draw(word(seed), day, word(name))
