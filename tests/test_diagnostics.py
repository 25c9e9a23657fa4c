"""Findings: the register, the order, and how they look."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peace_sim import diagnostics, expressions
from peace_sim.diagnostics import (
    CODES,
    Diagnostic,
    Severity,
    Span,
    as_json,
    error,
    failed,
    in_order,
    nearest,
    register,
    render,
    warning,
)
from peace_sim.scenario import document

SOURCE = "title: Talks\nguards:\n  - when: travel >= 50\n"


@pytest.fixture(autouse=True)
def _a_code_of_our_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(diagnostics, "CODES", dict(CODES))
    register("T901", "a test", "Only here.")
    yield


def place(line: int, column: int, end: int) -> Span:
    return Span("unmot.yaml", line, column, line, end)


def test_a_finding_shows_its_place_its_line_and_a_caret() -> None:
    found = error("T901", '"travel" is not known', place(3, 11, 17), 'did you mean "trust"?')
    assert render((found,), {"unmot.yaml": SOURCE}) == (
        'unmot.yaml:3:11: error T901: "travel" is not known\n'
        "    3 |   - when: travel >= 50\n"
        "      |           ^~~~~~\n"
        '    help: did you mean "trust"?\n'
    )


def test_a_related_place_is_shown_as_well() -> None:
    found = warning("T901", "twice", place(3, 5, 9), None, (("first here", place(1, 1, 6)),))
    assert render((found,), {"unmot.yaml": SOURCE}) == (
        "unmot.yaml:3:5: warning T901: twice\n"
        "    3 |   - when: travel >= 50\n"
        "      |     ^~~~\n"
        "    unmot.yaml:1:1: first here\n"
        "    1 | title: Talks\n"
        "      | ^~~~~\n"
    )


def test_the_caret_stands_under_wide_and_combining_letters() -> None:
    text = "日本e\u0301: x"
    column = text.index("x") + 1
    shown = render((error("T901", "m", place(1, column, column + 1)),), {"unmot.yaml": text})
    # two letters of two cells, an e with its accent in one, a colon and a space
    assert shown.splitlines()[2] == "      | " + " " * 7 + "^"


def test_a_finding_of_several_lines_is_underlined_to_the_end_of_its_first() -> None:
    found = error("T901", "m", Span("unmot.yaml", 1, 8, 3, 2))
    assert render((found,), {"unmot.yaml": SOURCE}).splitlines()[2] == "      |        ^~~~~"


def test_a_very_long_line_is_cut_around_the_place() -> None:
    text = "x" * 1_000_000 + "HERE" + "y" * 1_000_000
    shown = render((error("T901", "m", place(1, 1_000_001, 1_000_005)),), {"unmot.yaml": text})
    lines = shown.splitlines()
    assert max(map(len, lines)) < 130
    start = lines[2].index("^")
    assert lines[1][start : start + 4] == "HERE"
    assert lines[1].endswith("…")
    assert "| …x" in lines[1]


def test_without_a_place_or_a_source_the_message_stands_alone() -> None:
    assert render((error("T901", "no file", None),), {}) == "error T901: no file\n"
    assert render((error("T901", "m", place(9, 1, 2)),), {"unmot.yaml": SOURCE}) == (
        "unmot.yaml:9:1: error T901: m\n"
    )
    assert render((error("T901", "m", place(3, 1, 2)),), {}) == "unmot.yaml:3:1: error T901: m\n"


NASTY = st.text(
    st.one_of(st.characters(), st.sampled_from("\x1b\x07\x9b\u202e\u200b\u2028\r\n\t\U000e0041"))
)


@given(NASTY, NASTY, NASTY, st.integers(-3, 99), st.integers(-3, 99))
def test_y8_no_text_whatever_reaches_the_terminal_as_a_command(
    message: str, hint: str, source: str, start: int, end: int
) -> None:
    found = Diagnostic(
        "T901",
        Severity.ERROR,
        message,
        Span(f"{hint}.yaml", 1, start, 1, end),
        hint,
        ((message, Span("b", 1, end, 2, start)),),
    )
    shown = render((found,), {f"{hint}.yaml": source, "b": source})
    unsafe = {"Cc", "Cs", "Zl", "Zp"}
    assert not [c for c in shown if unicodedata.category(c) in unsafe and c != "\n"]
    assert not set("\u202e\u2066\u200b\ufeff\U000e0041") & set(shown)
    assert len(shown.splitlines()) <= 7


def test_a_code_means_one_thing() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        register("T901", "another", "Never.")
    with pytest.raises(KeyError, match="not registered"):
        error("T999", "m", None)
    with pytest.raises(ValueError, match="not a code"):
        register("oops", "t", "e")


def test_every_code_is_explained_with_an_example_each_way() -> None:
    assert expressions and document  # importing them has registered their codes
    ours = [info for code, info in CODES.items() if code[:2] in ("Y1", "E2")]
    assert len(ours) > 20
    for info in ours:
        assert info.title and info.explanation and info.wrong and info.right, info.code


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("travel", None),
        ("trsut", "trust"),
        ("Trust", "trust"),
        ("troop-strength", "troop_strength"),
        ("cafe\u0301", "café"),
        ("", None),
        ("zzz", None),
    ],
)
def test_the_nearest_word_is_suggested(word: str, meant: str | None) -> None:
    assert nearest(word, ("trust", "troop_strength", "café", "observers")) == meant


def test_a_huge_word_costs_nothing() -> None:
    assert nearest("x" * 1_000_000, ("trust",)) is None


def test_findings_come_in_the_order_of_the_file_and_once() -> None:
    late, early = error("T901", "late", place(9, 1, 2)), error("T901", "early", place(2, 5, 6))
    nowhere = warning("T901", "nowhere", None)
    assert in_order((late, early, late, nowhere)) == (nowhere, early, late)


@given(st.permutations(range(6)))
def test_at_one_place_findings_keep_the_order_they_were_found_in(order: list[int]) -> None:
    found = tuple(error("T901", str(number), place(1, 1, 2)) for number in order)
    assert in_order(found) == found


def test_only_errors_fail() -> None:
    assert not failed(())
    assert not failed((warning("T901", "m", None),))
    assert failed((warning("T901", "m", None), error("T901", "m", None)))


def test_findings_as_plain_data() -> None:
    found = error("T901", "m", place(3, 11, 17), "h", (("first", place(1, 1, 6)),))
    assert json.loads(json.dumps(as_json((found, warning("T901", "n", None))))) == [
        {
            "code": "T901",
            "severity": "error",
            "message": "m",
            "file": "unmot.yaml",
            "line": 3,
            "column": 11,
            "end_line": 3,
            "end_column": 17,
            "hint": "h",
            "related": [
                {
                    "message": "first",
                    "file": "unmot.yaml",
                    "line": 1,
                    "column": 1,
                    "end_line": 1,
                    "end_column": 6,
                }
            ],
        },
        {
            "code": "T901",
            "severity": "warning",
            "message": "n",
            "file": None,
            "line": None,
            "column": None,
            "end_line": None,
            "end_column": None,
            "hint": None,
            "related": [],
        },
    ]
