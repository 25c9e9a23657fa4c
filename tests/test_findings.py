"""What ``check`` says of broken scenarios, word for word; and where it must stay silent.

Each file of ``golden/findings`` has a comment on the line that is meant to be wrong, and beside it
lies what ``peace-sim check`` prints. ``PEACE_SIM_REGENERATE=1`` writes that anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from golden_text import kept
from peace_sim.cli import main
from peace_sim.diagnostics import CODES
from peace_sim.scenario import library

assert library  # importing it has registered every code

FOLDER = Path(__file__).parent / "golden" / "findings"
BROKEN = sorted(FOLDER.glob("*.yaml"))
SILENT = sorted((FOLDER / "silent").glob("*.yaml"))


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the folder, so that places are told without the path to this machine's copy."""
    monkeypatch.chdir(FOLDER)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_scenario_is_told_word_for_word(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["check", path.name])
    told = capsys.readouterr().out
    assert told == kept(path.with_suffix(".out"), told)
    assert code == (1 if ": error " in told else 0)
    assert told


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_what_is_told_points_at_a_line_that_says_why_it_is_wrong(path: Path) -> None:
    """The comments are for people; this holds them to the lines that findings name."""
    told = path.with_suffix(".out").read_text("utf-8")
    places = re.findall(r"^(\S+?):(\d+):\d+: (?:error|warning) ", told, re.MULTILINE)
    assert places
    commented = []
    for name, line in places:
        written = (FOLDER / name).read_bytes().decode("latin-1").splitlines()
        around = written[int(line) - 2 : int(line)]  # the line, or its head one line above
        commented.append(any("  # " in text for text in around))
    assert any(commented)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("path", SILENT, ids=lambda path: path.stem)
def test_of_what_is_right_nothing_is_told(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"silent/{path.name}"]) == 0
    assert capsys.readouterr() == ("", "Nothing was found.\n")


def test_every_code_has_an_example() -> None:
    told = "".join(path.with_suffix(".out").read_text("utf-8") for path in BROKEN)
    shown = set(re.findall(r" (?:error|warning) ([A-Z]\d{3}): ", told))
    assert sorted(set(CODES) - shown) == []
    assert sorted(shown - set(CODES)) == []


def test_no_golden_text_has_lost_its_scenario() -> None:
    assert {path.stem for path in FOLDER.glob("*.out")} == {path.stem for path in BROKEN}


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_is_explained(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", code.lower()]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"{code}: ")
    assert "\nWrong:\n" in told and "\nRight:\n" in told


def page() -> str:
    """The reference of findings, as authors read it beside ``peace-sim explain``."""
    lines = [
        "# Findings",
        "",
        "What `peace-sim check` can say of a scenario, by code. `peace-sim explain CODE` tells the",
        "same in a terminal. Y is about YAML, E about expressions, S about a scenario's form, C",
        "about what it means.",
    ]
    for code, info in sorted(CODES.items(), key=lambda item: ("YESC".index(item[0][0]), item[0])):
        lines += ["", f"## {code}: {info.title[0].upper()}{info.title[1:]}", "", info.explanation]
        for title, text in (("Wrong", info.wrong), ("Right", info.right)):
            lines += ["", f"{title}:", "", "```yaml", *text.splitlines(), "```"]
    return "\n".join(lines) + "\n"


def test_the_reference_of_findings_is_up_to_date() -> None:
    reference = Path(__file__).parents[1] / "docs" / "reference" / "findings.md"
    assert page() == kept(reference, page())
