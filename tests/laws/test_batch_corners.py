"""Law 8 where it is easily lost: signs of nought, fractions of a day, stages after the last lap."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_batch import goes_on_alike, plays_alike

from peace_sim.engine import Game, World
from peace_sim.engine.batch.values import Array, Value, Values, clamped
from peace_sim.engine.game import Guard, Number
from peace_sim.expressions import (
    Expr,
    Reading,
    compile_boolean,
    compile_number,
    parse,
    reads,
)
from peace_sim.expressions.check import check
from peace_sim.play import POLICIES
from peace_sim.play.policies import AT_ONCE
from rule_cases import game_of

# ── expressions ──

NUMBERS = ("a", "b", "c", "d")
WORDS = ("red", "green", "blue")
AT = len(NUMBERS)
"""The cell of the choice ``hue``; the timer ``due`` and the slots of ``book`` follow."""
LEVELS = (0.0, -0.0, 1.0, -1.0, 0.1, 2.5, -7.25, 100.0, 1e300, 3.0)


@dataclass(frozen=True)
class Small:
    """Four numbers, a choice, a timer, a list of cases and two measures."""

    def number(self, name: str) -> int | None:
        return NUMBERS.index(name) if name in NUMBERS else None

    def words(self, name: str) -> tuple[int, tuple[str, ...]] | None:
        return (AT, WORDS) if name == "hue" else None

    def measure(self, name: str) -> Expr | None:
        return MEASURES.get(name)

    def reading(self, function: str, words: tuple[str, ...]) -> Reading | str:
        found = {
            "days_left": Reading("days_until", (AT + 1,)),
            "days_in": Reading("days_since", (AT + 1,)),
            "running": Reading("flag", (AT + 1,)),
            "count": Reading("count", (AT + 2, AT + 3, AT + 4), 2.0),
            "answered": Reading("equals", (AT + 2,), 1.0),
        }
        return found.get(function, "no reading")

    def known(self) -> Iterable[str]:
        return NUMBERS


MEASURES = {
    name: expr
    for name, text in (("much", "a + b * 2"), ("fine", "c >= d or hue is red"))
    for expr, _ in (parse(text),)
    if expr is not None
}

leaves = st.sampled_from(
    [*NUMBERS, "0", "2", "0.1", "7", "much", "today", "days_left(due)", "days_in(due)",
     "count(book, seen)"]
)  # fmt: skip


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(st.sampled_from("+-*"), two).map(lambda t: f"({t[1][0]} {t[0]} {t[1][1]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} / {t[1]} else {t[2]})"),
        two.map(lambda t: f"({t[0]}) / 3 - {t[1]}"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]}, {t[3]})"
        ),
        st.tuples(st.sampled_from(["min", "max"]), two).map(
            lambda t: f"{t[0]}({t[1][0]}, {t[1][1]})"
        ),
        inner.map(lambda t: f"abs({t})"),
        inner.map(lambda t: f"(-{t})"),
    )


numbers = st.recursive(leaves, joined, max_leaves=6)
simple = st.one_of(
    st.tuples(numbers, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), numbers).map(
        lambda t: f"({t[0]}) {t[1]} ({t[2]})"
    ),
    st.sampled_from(["hue is red", "hue is not blue", "hue in (red, blue)",
                     "hue not in (green, blue)", "running(due)", "answered(x, y)", "fine", "true"]),
)  # fmt: skip
guards = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda t: f"({t[0]}) {t[1]} ({t[2]})"
        ),
        inner.map(lambda t: f"not ({t})"),
    ),
    max_leaves=4,
)
plays = st.lists(
    st.tuples(
        *[st.sampled_from(LEVELS)] * AT, st.sampled_from((0.0, 1.0, 2.0)),
        st.sampled_from((0.0, 90.0, 110.0)), *[st.sampled_from((0.0, 1.0, 2.0))] * 3,
    ),
    min_size=1, max_size=8,
)  # fmt: skip
DAY = 100


def checked(text: str, want: Any) -> Expr | None:
    expr, _ = parse(text)
    return None if expr is None or check(expr, Small(), want) else expr


def rows_of(cells: list[tuple[float, ...]], agree: bool) -> list[Value]:
    """A row for each cell: arrays, or floats where all agree, as a block has them."""
    if agree and len(set(map(struct_of, cells))) == 1:
        return list(cells[0])
    return [np.array([play[cell] for play in cells]) for cell in range(len(cells[0]))]


def struct_of(cells: Iterable[float]) -> bytes:
    found = list(cells)
    return struct.pack(f"{len(found)}d", *found)


def spread(value: Any, plays: int) -> list[Any]:
    return np.broadcast_to(np.asarray(value), plays).tolist()  # type: ignore[no-any-return]


@given(numbers, plays, st.booleans())
def test_a_number_is_the_same_to_the_bit(
    text: str, cells: list[tuple[float, ...]], agree: bool
) -> None:
    expr = checked(text, "number")
    if expr is None:
        return
    of = compile_number(expr, Small())
    part = Number(expr, reads(expr, Small()), of, Small())
    for same in (cells, cells[:1] * 3 if agree else cells):
        with np.errstate(all="ignore"):
            here = spread(Values().number(part)(rows_of(same, agree), DAY), len(same))
        assert struct_of(here) == struct_of(float(of(play, DAY)) for play in same)


@given(guards, plays, st.booleans())
def test_a_guard_holds_in_the_same_plays(
    text: str, cells: list[tuple[float, ...]], agree: bool
) -> None:
    expr = checked(text, "boolean")
    if expr is None:
        return
    holds = compile_boolean(expr, Small())
    part = Guard(expr, reads(expr, Small()), holds, lambda cells, day: (), Small())
    for same in (cells, cells[:1] * 3 if agree else cells):
        with np.errstate(all="ignore"):
            here = spread(Values().guard(part)(rows_of(same, agree), DAY), len(same))
        assert here == [holds(play, DAY) for play in same]


@given(st.sampled_from(LEVELS), st.sampled_from(LEVELS), st.lists(st.sampled_from(LEVELS)))
def test_a_clamp_keeps_the_sign_of_nought_as_python_does(
    one: float, other: float, levels: list[float]
) -> None:
    low, high = min(one, other), max(one, other)
    here: Array = np.asarray(clamped(low, high, np.array(levels)))
    assert struct_of(here) == struct_of(min(high, max(low, level)) for level in levels)


def test_what_a_role_may_not_know_reads_as_nought() -> None:
    expr = checked("a + much", "number")
    assert expr is not None
    part = Number(expr, reads(expr, Small()), compile_number(expr, Small()), Small())
    whole = Values()
    rows: list[Value] = [np.array([5.0]), np.array([3.0]), 0.0, 0.0]
    assert spread(whole.number(part)(rows, DAY), 1) == [16.0]
    assert spread(Values(frozenset({0}), whole).number(part)(rows, DAY), 1) == [6.0]


# ── a world of corners ──

CORNERS: Mapping[str, Any] = {
    "scenario": "corners", "title": "Corners", "version": "1",
    "calendar": {
        "start": "1994-09-01", "end": "1994-10-31", "tick": "week",
        "stages": {"early": {"title": "Early"},
                   "late": {"title": "Late", "again_from": "early", "laps": 3},
                   "after": {"title": "After"}},
    },
    "chapters": {"one": {"title": "One", "from": "1994-09-01", "to": "1994-10-31", "minutes": 5,
                         "text": "Two months."}},
    "roles": {
        "envoy": {"title": "The Envoy", "character": {
            "hope": "hope", "pain": "100 - hope", "way_out": "60 + share", "face": "hope / 2",
            "trust": {"government": "hope", "guest": "share * 40"}}},
        "government": {"title": "The Government", "character": {
            "hope": "share * 50", "pain": "hope * 2 - 20", "way_out": "80"}},
        "guest": {"title": "A guest"},
    },
    "variables": {
        "hope": {"title": "Hope", "start": 50, "range": [0, 100], "drawn": [20, 80]},
        "share": {"title": "Share", "start": 0, "range": [-1, 1]},
        "debt": {"title": "Debt", "start": -5, "range": [-9, 0]},
    },
    "timers": {
        "due": {"title": "Due", "start": "1994-09-05", "effects": ["add 7 to hope"]},
        "long": {"title": "Long"},
    },
    "tracks": {"road": {
        "title": "Road", "phases": {"shut": "Shut", "open": "Open", "mined": "Mined"},
        "transitions": [
            {"from": "shut", "to": "open", "when": "hope > 55", "text": "It opens.",
             "effects": ["set share to -share"]},
            {"from": ["shut", "open"], "to": "mined", "when": "share < 0", "text": "Mined."},
            {"from": ["open", "mined"], "to": "shut", "after": 9},
        ]}},
    "decisions": {
        "pace": {"role": "envoy", "title": "Pace", "stage": "early",
                 "opens": {"at": "each", "when": "hope > 45"},
                 "options": {
                     "slow": {"title": "Slow", "concedes": 2, "eases": "guard",
                              "toward": "government",
                              "effects": ["start due for hope / 7 days", "add -0.3 to share"]},
                     "fast": {"title": "Fast", "concedes": -1, "toward": "guest", "eases": "face",
                              "effects": ["extend due by share * 9 days", "add -6 to hope",
                                          "set share to 0 - share",
                                          "start long until today + hope / 3"]},
                     "none": {"title": "None", "weight": "0", "eases": "date",
                              "effects": ["set debt to 0 * (0 - hope)"]}}},
        "acts": {"role": "envoy", "title": "Acts", "stage": "early", "kind": "acts",
                 "opens": {"every": 2, "rest": 1},
                 "budget": "hope / 20",
                 "options": {
                     "walk": {"title": "Walk", "cost": 0.7, "weight": "hope"},
                     "talk": {"title": "Talk", "cost": 0.1, "eases": "witness",
                              "effects": ["add 0.1 to share"]},
                     "wait": {"title": "Wait", "cost": 1.3, "concedes": 1},
                     "fly": {"title": "Fly", "cost": 2.1, "when": "road is open",
                             "effects": ["enter road mined"]}}},
        "reply": {"role": "government", "title": "Reply", "stage": "late",
                  "opens": {"when": "hope < 90", "rest": 1},
                  "options": {"yes": {"title": "Yes", "weight": "0", "effects": ["add 3 to hope"]},
                              "no": {"title": "No", "weight": "share", "when": "share >= 0",
                                     "effects": ["add -4 to hope"]}}},
        "sign": {"role": "guest", "title": "Sign", "stage": "after",
                 "options": {"now": {"title": "Now", "effects": ["add 1 to hope"]},
                             "later": {"title": "Later", "effects": ["add -1 to debt"]},
                             "never": {"title": "Never", "when": "debt < 0"}}},
    },
    "drifts": [{"variable": "hope", "by": "(debt / share else 1) / 3", "text": "It moves."}],
    "endings": {
        "dry": {"title": "Dry", "text": "Over.", "when": "hope < 20"},
        "close": {"title": "Close", "text": "Over.", "at_close": True},
    },
}  # fmt: skip


@cache
def corners() -> Game:
    game, findings = game_of(CORNERS)
    assert game is not None, "\n".join(map(str, findings))
    return game


@pytest.mark.parametrize("policy", sorted(AT_ONCE))
def test_a_world_of_corners_plays_alike(policy: str) -> None:
    game = corners()
    worlds = [World(str(seed)) for seed in range(60)]
    minds = {role.id: POLICIES[policy] for role in game.roles}
    block = plays_alike(game, worlds, None, minds)
    overrides = {("pace", 3): (("answer", "none"),), "sign": (("answer", "never"),)}
    plays_alike(game, worlds, None, minds, overrides)
    early = np.count_nonzero(block.ended == 0)
    assert policy != "character" or 30 < early < 60, "enough end early for columns to be left out"


def test_a_world_of_corners_goes_on_alike_when_most_have_ended() -> None:
    game = corners()
    minds = {role.id: POLICIES["character"] for role in game.roles}
    overrides = {("sign", 2): (("answer", "later"),), ("pace", 4): (("answer", "slow"),)}
    goes_on_alike(game, World("1"), minds, 2, overrides, 60)
