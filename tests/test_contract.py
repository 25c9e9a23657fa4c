"""What other programs read: every field that was promised is there, of its kind, under its name.

Fields may be added, never renamed; docs/reference/cli.md says what each means.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from peace_sim.cli import main
from peace_sim.engine.state import World
from peace_sim.play import POLICIES, playout
from peace_sim.play.journal import to_lines
from peace_sim.scenario import library

SCENARIO = "last-night-in-tehran"
TRUCE = Path(__file__).parent / "sayable" / "ceasefire.yaml"


def day(value: object) -> bool:
    return isinstance(value, str) and date.fromisoformat(value).isoformat() == value


def figure(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def answer(value: object) -> bool:
    """One option, a plan's list, or field by field."""
    if isinstance(value, dict):
        return all(map(answer, value.values()))
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(option, str) for option in value)
    )


def maybe(kind: Any) -> Any:
    return lambda value: value is None or fits(value, kind)


def dated(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and day(value[0]) and figure(value[1])


def series(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(points, list) and all(map(dated, points)) for points in value.values()
    )


def fits(value: object, kind: Any) -> bool:
    """Whether a value has a shape: a type, a test, a list of one shape, or a map of fields."""
    if isinstance(kind, dict):
        assert isinstance(value, dict), (value, kind)
        for name, inner in kind.items():
            assert name in value, (name, list(value))
            assert fits(value[name], inner), (name, value[name])
        return True
    if isinstance(kind, list):
        return isinstance(value, list) and all(fits(item, kind[0]) for item in value)
    return isinstance(value, kind) if isinstance(kind, type) else bool(kind(value))


SCENARIOS = [{
    "id": str, "title": str,
    "chapters": [{"id": str, "title": str, "from": day, "to": day, "minutes": int}],
    "roles": [{"id": str, "title": str}],
}]  # fmt: skip
RECORD = [{
    "id": str, "date": day, "precision": lambda said: said in ("day", "month", "season"),
    "title": str, "summary": str, "track": str,
    "sources": [{"title": str, "url": maybe(str), "year": maybe(int)}],
    "confidence": str, "disputes": [str],
    "numbers": [{"title": str, "value": maybe(figure), "unit": str}],
}]  # fmt: skip
PLAYED = {
    "scenario": str, "version": str, "digest": str, "seed": int,
    "milestones": [{
        "id": str, "title": str, "date": day, "record_id": str, "record_date": day,
        "months_off": figure, "forced": bool,
    }],
    "decisions": [
        {"id": str, "role": str, "date": day, "answer": answer, "historical": maybe(answer)}
    ],
    "series": series,
    "ledgers": [{"id": str, "title": str, "rows": [{"title": str, "value": figure, "unit": str}]}],
    "ending": maybe({"id": str, "title": str, "date": day}),
    "divergence": maybe({"date": day, "text": str}),
}  # fmt: skip
CHANGES = {"pairs": int, "played": int, "other": int, "change": figure, "error": figure}


def changes(value: object) -> bool:
    return isinstance(value, dict) and all(fits(change, CHANGES) for change in value.values())


WHAT_IF = {
    "look": int, "pairs": int, "compared": int,
    "mattered": [{"mark": str, "ending": str, "at_least": figure}],
    "alternatives": [{
        "mark": str, "decision": str, "role": str, "date": day, "answer": answer, "other": answer,
        "measured": bool, "endings": changes, "goals": changes,
    }],
}  # fmt: skip
THREE = {"played": maybe(str), "branch": maybe(str), "record": maybe(str)}
POINTS = [dated]
SIDES = {
    "ending": THREE,
    "milestones": [{"title": str, **THREE}],
    "series": [{
        "title": str, "unit": str, "measured": bool,
        "played": POINTS, "branch": POINTS, "record": POINTS,
    }],
}  # fmt: skip
PLACE = {
    "message": str, "file": maybe(str), "line": maybe(int), "column": maybe(int),
    "end_line": maybe(int), "end_column": maybe(int),
}  # fmt: skip
FINDINGS = [{
    **PLACE, "code": str, "severity": lambda said: said in ("error", "warning"),
    "hint": maybe(str), "related": [PLACE],
}]  # fmt: skip


FORECAST = {
    "n": int, "audience": str, "date": day, "endings": dict, "series": dict, "basis": str,
}  # fmt: skip
FAN = [{
    "date": day, "n": int, "median": figure, "low50": figure, "high50": figure, "low90": figure,
    "high90": figure,
}]  # fmt: skip


def told(capsys: pytest.CaptureFixture[str], *command: str, code: int = 0) -> Any:
    """The one JSON value on stdout."""
    assert main(command) == code
    return json.loads(capsys.readouterr().out)


def test_scenarios_have_the_promised_shape(capsys: pytest.CaptureFixture[str]) -> None:
    value = told(capsys, "scenarios", "--json")
    assert fits(value, SCENARIOS)
    assert {one["id"] for one in value} == set(library.shipped())
    assert all(one["chapters"] and one["roles"] for one in value)


def test_the_record_has_the_promised_shape(capsys: pytest.CaptureFixture[str]) -> None:
    value = told(capsys, "record", "tajikistan", "--json")
    assert fits(value, RECORD)
    assert all(entry["sources"] for entry in value)
    assert any(entry["numbers"] for entry in value) and any(entry["disputes"] for entry in value)
    some = told(capsys, "record", "tajikistan", "--from", "1994-01-01", "--to", "1994-12-31",
                "--track", value[0]["track"], "--json")  # fmt: skip
    assert some == [
        entry for entry in value
        if entry["date"].startswith("1994") and entry["track"] == value[0]["track"]
    ]  # fmt: skip


def test_a_run_has_the_promised_shape(capsys: pytest.CaptureFixture[str]) -> None:
    value = told(capsys, "run", SCENARIO, "--policy", "historical", "--world", "recorded",
                 "--seed", "1", "--json")  # fmt: skip
    assert fits(value, PLAYED)
    assert value["scenario"] == SCENARIO and value["seed"] == 1 and value["ending"] is not None
    assert value["milestones"] and value["decisions"] and value["series"] and value["ledgers"]
    assert any(made["historical"] is not None for made in value["decisions"])


def test_a_play_that_parts_from_the_record_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    value = told(capsys, "run", SCENARIO, "--policy", "random", "--world", "drawn", "--seed", "3",
                 "--json")  # fmt: skip
    assert fits(value, PLAYED)
    assert value["divergence"] is not None


def test_a_journal_replayed_and_compared_has_the_shape_and_the_figures_of_its_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    edition, _ = library.open_edition(SCENARIO)
    assert edition is not None
    chapter = edition.game.chapters[0].id
    played = playout(edition.game, World("3", "drawn"), chapter, POLICIES["random"])
    file = tmp_path / "game.jsonl"
    file.write_text(to_lines(played.journal, dict(edition.texts)), "utf-8")
    run = told(capsys, "run", SCENARIO, "--policy", "random", "--world", "drawn", "--seed", "3",
               "--json")  # fmt: skip
    for command in ("replay", "compare"):
        value = told(capsys, command, str(file), "--json")
        assert fits(value, PLAYED)
        assert value == run


def test_a_forecast_has_the_promised_shape(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    edition, _ = library.open_edition(SCENARIO)
    assert edition is not None
    played = playout(edition.game, World("3", "drawn"), None, POLICIES["character"])
    file = tmp_path / "game.jsonl"
    file.write_text(to_lines(played.journal, dict(edition.texts)), "utf-8")
    value = told(capsys, "forecast", str(file), "--as", "envoy", "-n", "8", "--json")
    assert fits(value, FORECAST)
    assert value["n"] == 8 and value["audience"] == "envoy"
    assert set(value["endings"]) == {ending.id for ending in edition.game.endings}
    for ending in value["endings"].values():
        assert fits(ending, {"count": int, "share": figure, "low": figure, "high": figure})
    assert value["series"] and all(value["series"].values())
    for points in value["series"].values():
        assert fits(points, FAN)


def test_what_else_could_have_been_has_the_promised_shape(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    edition, _ = library.open_edition(SCENARIO)
    assert edition is not None
    file = tmp_path / "game.jsonl"
    file.write_text(to_lines(playout(edition.game, World("1")).journal, dict(edition.texts)))
    asked = ("whatif", str(file), "--chair", "envoy", "-n", "16", "--json")
    value = told(capsys, *asked)
    assert fits(value, WHAT_IF)
    marks = [one["mark"] for one in value["alternatives"]]
    assert len(marks) == len(set(marks)) > 10
    assert {one["mark"] for one in value["mattered"]} <= set(marks)
    branched = told(capsys, *asked, "--branch", marks[-1])
    assert fits(branched, SIDES) and branched["series"] and branched["milestones"]


def test_findings_have_the_promised_shape(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert told(capsys, "check", str(TRUCE), "--format", "json") == []
    broken = tmp_path / "broken.yaml"
    text = TRUCE.read_text("utf-8")
    broken.write_text(text.replace("title:", "titel:", 1) + "\nroles:\n  envoy: {}\n", "utf-8")
    value = told(capsys, "check", str(broken), "--format", "json", code=1)
    assert value and fits(value, FINDINGS)
    assert all(found["line"] >= 1 and found["column"] >= 1 for found in value)
    assert any(found["related"] for found in value)
