"""Keyed chance: pinned numbers, no order, no bias; and names that come from ids alone."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golden_text import kept_section
from peace_sim.engine.chance import _mix, draw, draw_named, word

PAGE = Path(__file__).parents[1] / "docs" / "engine.md"

WORDS = {
    "": 0xE4A6A0577479B2B4,
    "seven": 0x4F29142B3F47B358,
    "event/raid": 0xCAFA8B13EEA45AFE,
    "Душанбе": 0xEBE9C9AC76DA37EE,
}
"""The first eight bytes that BLAKE2b (digest size 8) makes of the UTF-8 text, most significant
first."""

DRAWS = [
    ("seven", date(1993, 4, 26), "event/raid", 761193229568830),
    ("seven", date(1993, 4, 27), "event/raid", 2492351503775277),
    ("eight", date(1993, 4, 26), "event/raid", 3261061281768457),
    ("seven", date(1994, 9, 17), "estimate/heat", 3442038535564384),
    ("Душанбе", date(1995, 6, 16), "policy/council/drafting/0/action", 665929022655537),
    ("", date(1, 1, 1), "", 4273471092458095),
]
"""Seed, day, name, and the draw as a whole number of 2**-53; worked out by a program of its own."""


@pytest.mark.parametrize(("text", "bits"), WORDS.items())
def test_a_word_is_the_same_on_every_machine(text: str, bits: int) -> None:
    assert word(text) == bits


@pytest.mark.parametrize(
    ("x", "mixed"), [(0, 0xE220A8397B1DCDAF), (1234567, 6457827717110365317)]
)
def test_the_mix_is_splitmix64(x: int, mixed: int) -> None:
    # the first outputs of the published generator for these seeds
    assert _mix(x) == mixed


@pytest.mark.parametrize(("seed", "day", "name", "bits"), DRAWS)
def test_a_draw_is_pinned(seed: str, day: date, name: str, bits: int) -> None:
    assert draw_named(seed, day.toordinal(), name) == bits / 2**53


def test_the_page_on_the_engine_prints_these_vectors() -> None:
    lines = ["| seed | day | name | draw × 2⁵³ | draw |\n", "|---|---|---|---|---|\n"]
    for seed, day, name, bits in DRAWS:
        lines.append(f"| `{seed}` | {day} | `{name}` | {bits} | {bits / 2**53!r} |\n")
    assert kept_section(PAGE, "vectors", "".join(lines)) == "".join(lines)


bits64 = st.integers(0, 2**64 - 1)


@given(bits64, st.integers(1, 3_652_059), bits64)
def test_a_draw_has_53_bits_and_never_reaches_one(seed: int, day: int, name: int) -> None:
    drawn = draw(seed, day, name)
    assert 0.0 <= drawn < 1.0
    assert (drawn * 2**53).is_integer()


def test_the_largest_draw_is_below_one() -> None:
    # all 64 bits set, divided by 2**64, would round up to 1.0
    assert ((2**64 - 1) >> 11) / 2**53 < 1.0 == (2**64 - 1) / 2**64


@given(st.permutations([(seed, day, name) for seed, day, name, _ in DRAWS]))
def test_the_order_of_asking_does_not_matter(order: list[tuple[str, date, str]]) -> None:
    drawn = {key: draw_named(key[0], key[1].toordinal(), key[2]) for key in order}
    assert drawn == {(s, d, n): bits / 2**53 for s, d, n, bits in DRAWS}


def test_a_draw_is_the_same_in_another_process_whatever_its_hash_seed() -> None:
    program = (
        "from peace_sim.engine.chance import draw_named\n"
        "print(draw_named('seven', 727679, 'event/raid').hex())"
    )
    for hash_seed in ("0", "1"):
        environment = {"PYTHONHASHSEED": hash_seed, "LC_ALL": "C"}
        said = subprocess.check_output([sys.executable, "-c", program], env=environment, text=True)
        assert said.strip() == (761193229568830 / 2**53).hex()


FIRST = date(1993, 4, 26).toordinal()
SERIES = {
    "days": [draw_named("seven", FIRST + n, "event/raid") for n in range(4000)],
    "seeds": [draw_named(str(n), FIRST, "event/raid") for n in range(4000)],
    "names": [draw_named("seven", FIRST, f"event/raid/{n}") for n in range(4000)],
}


@pytest.mark.parametrize("along", SERIES)
def test_draws_are_even_along_days_seeds_and_names(along: str) -> None:
    series = SERIES[along]
    counts = [0] * 20
    for drawn in series:
        counts[int(drawn * 20)] += 1
    expected = len(series) / 20
    chi_square = sum((count - expected) ** 2 / expected for count in counts)
    assert chi_square < 43.8  # 19 degrees of freedom: one honest series in a thousand is above
    assert abs(math.fsum(series) / len(series) - 0.5) < 0.015


@pytest.mark.parametrize("along", SERIES)
def test_a_draw_tells_nothing_of_its_neighbour(along: str) -> None:
    series = SERIES[along]
    pairs = list(itertools.pairwise(series))
    together = math.fsum((a - 0.5) * (b - 0.5) for a, b in pairs) / len(pairs)
    assert abs(together / (1 / 12)) < 0.05
