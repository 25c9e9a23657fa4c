"""Record, series, codex and map: what is read, and what an author hears of a slip."""

from __future__ import annotations

from datetime import date

import pytest

import peace_sim.scenario.instruments  # noqa: F401
from peace_sim.diagnostics import Findings
from peace_sim.scenario.document import Document, parse
from peace_sim.scenario.edition import Figure, Place, Source
from peace_sim.scenario.extras import (
    read_codex,
    read_map,
    read_record,
    read_series,
    record_ids,
)

AGREEMENT = """\
- id: agreement
  date: 1994-09-17
  precision: day
  title: The Tehran Agreement
  summary: A truce on paper, waiting for observers.
  track: talks
  actors: [Government, Opposition]
  numbers: [{title: Prisoners to be freed on each side, value: 27, unit: people}]
  sources: [{title: Letter to the Council, url: https://example.org/S/1994/1102, year: 1994}]
  confidence: high
  disputes: [Which of them asked for the pause.]
  places: [Tehran]
"""
SOURCES = "sources: [{title: A report, url: https://example.org/report, year: 1995}]"
SERIES = f"""\
- id: returns
  title: People who came home
  unit: people
  variable: returned
  points:
  - {{date: 1994-01-31, value: 1200}}
  - {{date: 1994-02-28, value: 1500.5, note: an estimate}}
  {SOURCES}
"""
CODEX = """\
- {id: ceasefire, title: Ceasefire, kind: word, text: Guns fall silent for a time., see: [truce]}
- {id: truce, title: Truce, kind: word, text: The same in plainer words.}
"""
MAP = """\
attribution: Natural Earth, public domain
outlines:
- {id: tajikistan, title: Tajikistan, kind: home, rings: [[[67.4, 36.9], [75.1, 36.9], [70, 41]]]}
places:
- {id: garm, title: Garm, lon: 70.374, lat: 39.029, kind: team site, note: In the Karategin valley.}
"""


def document(text: str, name: str = "file.yaml") -> Document:
    read, findings = parse(text, name)
    assert findings == ()
    assert read is not None
    return read


def said(findings: Findings) -> list[str]:
    """Code, line and message of each."""
    return [f"{f.code}@{f.span.line} {f.message}" for f in findings if f.span is not None]


# ── what is read ─────────────────────────────────────────────────────────────────────────────


def test_a_record_entry_keeps_all_that_was_written() -> None:
    (entry,), findings = read_record([document(AGREEMENT)])
    assert findings == ()
    assert (entry.id, entry.date, entry.precision) == ("agreement", date(1994, 9, 17), "day")
    assert entry.actors == ("Government", "Opposition")
    assert entry.numbers == (Figure("Prisoners to be freed on each side", 27.0, "people"),)
    assert entry.sources == (
        Source("Letter to the Council", "https://example.org/S/1994/1102", 1994),
    )
    assert entry.disputes == ("Which of them asked for the pause.",)
    assert entry.places == ("Tehran",)


def test_a_figure_may_stand_without_a_value() -> None:
    text = AGREEMENT.replace("value: 27, unit: people", "value: null, unit: some dozens")
    (entry,), findings = read_record([document(text)])
    assert findings == ()
    assert entry.numbers[0].value is None


def test_a_record_of_several_files_is_one_record_in_the_order_written() -> None:
    later = AGREEMENT.replace("id: agreement", "id: extension")
    files = [document(AGREEMENT, "a.yaml"), document(later, "b.yaml")]
    entries, findings = read_record(files)
    assert findings == ()
    assert [entry.id for entry in entries] == ["agreement", "extension"]


def test_series_have_a_day_a_value_and_a_note_for_each_point() -> None:
    (series,), findings = read_series(document(SERIES), {"returned"})
    assert findings == ()
    assert series.variable == "returned"
    assert series.points == (
        (date(1994, 1, 31), 1200.0, ""), (date(1994, 2, 28), 1500.5, "an estimate"),
    )  # fmt: skip


def test_a_codex_entry_leads_to_others() -> None:
    entries, findings = read_codex(document(CODEX))
    assert findings == ()
    assert [entry.see for entry in entries] == [("truce",), ()]


def test_a_map_has_rings_and_places() -> None:
    drawn, findings = read_map(document(MAP))
    assert findings == ()
    assert drawn is not None
    assert drawn.attribution == "Natural Earth, public domain"
    assert drawn.outlines[0].rings == (((67.4, 36.9), (75.1, 36.9), (70.0, 41.0)),)
    assert drawn.places == (
        Place("garm", "Garm", 70.374, 39.029, "team site", "In the Karategin valley."),
    )


# ── what an author hears ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "instead", "heard"),
    [
        ("1994-09-17", "1994-02-30", "S307@2 1994-02-30 is no day of the calendar"),
        ("1994-09-17", "autumn", "S303@2 date: a day is written 1994-09-17"),
        ("1994-09-17", "1994-09", "S303@2 date: a day is written 1994-09-17"),
        ("precision: day", "precision: week",
         "S303@3 precision: should be 'day', 'month' or 'season'"),
        ("  precision: day\n", "", "S302@1 “agreement” lacks “precision”"),
        ("confidence: high", "confidence: memory",
         "S303@10 confidence: should be 'high', 'medium' or 'low'"),
        ("https:", "javascript:", "S303@9 sources.0.url: an address begins with https:// or http://"),
        ("https://example.org/S/1994/1102", "file:///etc/passwd",
         "S303@9 sources.0.url: an address begins with https:// or http://"),
        ("year: 1994}", "year: the same}", "S303@9 sources.0.year: should be a whole number"),
        (", year: 1994}", "}", "S302@9 sources.0 lacks “year”"),
        ("value: 27", "value: about 27", "S303@8 numbers.0.value: should be a number"),
        ("id: agreement", "id: The Agreement",
         "S303@1 id: an id here is small letters and digits, joined by - or _"),
        ("track:", "trakc:", "S301@6 “trakc” is not a key of “agreement”"),
    ],
)  # fmt: skip
def test_a_slip_in_an_entry_is_told_with_its_place(written: str, instead: str, heard: str) -> None:
    assert written in AGREEMENT
    entries, findings = read_record([document(AGREEMENT.replace(written, instead))])
    assert entries == ()
    assert said(findings)[0] == heard


@pytest.mark.parametrize("instead", ["  sources: []\n", ""])
def test_an_entry_without_a_source_is_a_finding(instead: str) -> None:
    lines = AGREEMENT.splitlines(keepends=True)
    text = "".join(instead if "sources" in line else line for line in lines)
    _, findings = read_record([document(text)])
    assert [f.message for f in findings] == ["“agreement” names no source"]
    assert findings[0].code == "S307"
    assert "https://" in str(findings[0].hint)


def test_an_id_that_stands_twice_names_both_places_across_files() -> None:
    files = [document(AGREEMENT, "a.yaml"), document(AGREEMENT, "b.yaml")]
    _, (found,) = read_record(files)
    assert (found.code, found.message) == ("S305", "“agreement” stands twice in the record")
    assert found.span is not None and found.span.file == "b.yaml"
    (told, first), = found.related
    assert (told, first.file, first.line) == ("first here", "a.yaml", 1)


def test_one_slip_hides_no_other_entry_and_no_other_slip() -> None:
    good, bad = AGREEMENT, AGREEMENT.replace("id: agreement", "id: other")
    bad = bad.replace("1994-09-17", "soon").replace("https:", "ftp:")
    entries, findings = read_record([document(bad + good)])
    assert [entry.id for entry in entries] == ["agreement"]
    assert len(findings) == 2
    assert record_ids([document(bad + good)]) == {"other", "agreement"}


def test_points_go_forward_one_for_each_day() -> None:
    _, (found,) = read_series(document(SERIES.replace("1994-02-28", "1994-01-31")))
    assert said([found]) == ["S307@7 “returns”: 1994-01-31 does not come after 1994-01-31, "
                             "the point before it"]  # fmt: skip


def test_a_series_beside_a_variable_that_is_not_there_names_the_nearest() -> None:
    _, (found,) = read_series(document(SERIES), {"returns_home", "returned_home"})
    assert found.code == "C402"
    assert found.hint == "did you mean “returned_home”?"
    assert read_series(document(SERIES), None)[1] == ()


def test_a_codex_entry_that_leads_nowhere_names_the_nearest() -> None:
    _, (found,) = read_codex(document(CODEX.replace("[truce]", "[trucee]")))
    assert said([found]) == ["C402@1 “ceasefire” says to see “trucee”, which is not in the codex"]
    assert found.hint == "did you mean “truce”?"


@pytest.mark.parametrize(
    ("written", "instead", "heard"),
    [
        ("lon: 70.374", "lon: 390.4", "S303@5 lon: should be less than or equal to 180"),
        ("[70, 41]", "[41, 170]",
         "S303@3 rings.0.2.1: should be less than or equal to 90"),
        (", [70, 41]", "", "S303@3 rings.0: has too few entries: 2, where at least 3 should stand"),
        ("attribution: Natural Earth, public domain\n", "", "S302@1 the map lacks “attribution”"),
        ("places:\n", "palces:\n", "S301@4 “palces” is not a key of the map"),
    ],
)  # fmt: skip
def test_a_slip_in_the_map_is_told_with_its_place(written: str, instead: str, heard: str) -> None:
    assert written in MAP
    _, findings = read_map(document(MAP.replace(written, instead)))
    assert said(findings) == [heard]


@pytest.mark.parametrize("text", ["just words", "{id: agreement}"])
def test_what_is_no_list_is_told(text: str) -> None:
    for findings in (
        read_record([document(text)])[1], read_series(document(text))[1],
        read_codex(document(text))[1],
    ):  # fmt: skip
        assert [f.code for f in findings] == ["S307"]


@pytest.mark.parametrize("text", ["- 5\n- [a]\n- {}\n- {id: [1]}\n", "- null\n", "[]", "null"])
def test_whatever_stands_in_a_file_nothing_is_raised(text: str) -> None:
    for root in (document(text),):
        read_record([root])
        read_series(root, ())
        read_codex(root)
        read_map(root)
        assert record_ids([root]) == frozenset()
