"""Every numbered rule holds, and the page of rules says what is tested here."""

from __future__ import annotations

from pathlib import Path

import pytest

from golden_text import kept
from rule_cases import Case, Group, groups, play

GROUPS = groups()
CASES = [case for group in GROUPS for case in group.cases]
PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_rule(case: Case) -> None:
    play(case)


def test_ids_are_used_once() -> None:
    ids = [case.id for case in CASES]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_case_shows_something(case: Case) -> None:
    acts = {"answer", "vote", "put", "reply", "withdraw", "inject", "go"}
    kinds = {next(iter(step)) for step in case.play if isinstance(step, dict)}
    assert case.finds or kinds - acts


def test_the_page_of_rules_lists_what_is_tested() -> None:
    page = page_of(GROUPS)
    assert kept(PAGE, page) == page, "PEACE_SIM_REGENERATE=1 writes docs/rules.md anew"


def page_of(all_groups: list[Group]) -> str:
    count = sum(len(group.cases) for group in all_groups)
    lines = [
        "# The rules, by number",
        "",
        f"{count} rules, each with a small scenario in `tests/rules/` that shows it. This page is",
        "written from them (`PEACE_SIM_REGENERATE=1`), and a test holds it to them. Sources are UN",
        "documents and practice where a rule has one, and *design* where it is our choice.",
    ]
    for group in all_groups:
        lines += ["", f"## {group.title}", "", group.text, ""]
        lines += ["| id | rule | source |", "|---|---|---|"]
        lines += [f"| {case.id} | {case.says} | {case.source} |" for case in group.cases]
    return "\n".join(lines) + "\n"
