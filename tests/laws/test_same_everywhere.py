"""Order is the author's, never a hash's; and a change of rules shows in a diff."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import retold

from golden_text import kept
from laws import bare_edition
from peace_sim.scenario import library
from peace_sim.scenario.compile import RULES
from rule_cases import compiled, groups

HERE = Path(__file__).parent
FINGERPRINTS = HERE.parent / "golden" / "fingerprints.json"


def test_findings_facts_and_prose_come_in_one_order_whatever_the_hash_seed_and_zone() -> None:
    said = set()
    for hash_seed, zone, locale in (("0", "UTC", "C"), ("4242", "Asia/Dushanbe", "tr_TR.UTF-8")):
        env = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone, "LC_ALL": locale}
        env["PYTHONPATH"] = os.pathsep.join(sys.path)
        program = [sys.executable, str(HERE / "retold.py")]
        said.add(subprocess.check_output(program, env=env, text=True, encoding="utf-8"))
    assert len(said) == 1, said


def fingerprints() -> dict[str, dict[str, str]]:
    """For each scenario, and each world of the numbered rules, what it is and how it plays."""
    found = {}
    for group in groups():
        world = group.cases[0].world
        game = compiled(world, [])
        text = json.dumps(world, sort_keys=True)
        found[f"rules of {world['scenario']}"] = {
            "is": retold.digest(iter([text])),
            "plays": retold.digest(retold.played_lines(bare_edition(game))),
        }
    for scenario in library.shipped():
        edition, _ = library.open_edition(scenario)
        assert edition is not None
        found[scenario] = {
            "is": edition.digest,
            "plays": retold.digest(retold.played_lines(edition)),
        }
    return found


def test_a_change_of_rules_shows_and_the_rules_number_rises_with_it() -> None:
    now = fingerprints()
    before = json.loads(FINGERPRINTS.read_text("utf-8")) if FINGERPRINTS.exists() else {"plays": {}}
    plays_otherwise = [
        id
        for id, print_ in now.items()
        if id in before["plays"]
        and before["plays"][id]["is"] == print_["is"]
        and before["plays"][id]["plays"] != print_["plays"]
    ]
    assert not plays_otherwise or before["rules"] < RULES, (
        f"the same scenario and seed play otherwise than before: {', '.join(plays_otherwise)}. "
        "If that is meant, raise RULES in scenario/compile.py and keep a journal of the old rules"
    )
    text = json.dumps({"rules": RULES, "plays": now}, indent=2) + "\n"
    assert kept(FINGERPRINTS, text) == text, (
        "scenarios have changed: PEACE_SIM_REGENERATE=1 writes tests/golden/fingerprints.json"
    )
