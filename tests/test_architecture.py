"""Who may import whom: the contracts of ``pyproject.toml``, and what a fresh interpreter loads.

The first reads the source; the second sees what really happens, third-party imports included.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import peace_sim

ROOT = Path(__file__).parents[1]
SOURCE = Path(peace_sim.__file__).parent

OUTSIDE = {
    "_socket", "asyncio", "click", "importlib.metadata", "jinja2", "numpy", "pathlib",
    "platformdirs", "pydantic", "random", "rich", "secrets", "socket", "sqlite3", "subprocess",
    "tempfile", "textual", "threading", "urllib", "yaml",
}
"""What the core never loads: files, clocks, networks, screens, and chance that is not keyed."""


def modules_of(*rooms: str) -> list[str]:
    found = []
    for room in rooms:
        place = SOURCE / room
        files = place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")]
        for file in sorted(files):
            parts = file.relative_to(SOURCE).with_suffix("").parts
            name = ".".join(("peace_sim", *parts)).removesuffix(".__init__")
            if not name.startswith("peace_sim.engine.batch"):  # arrays are its whole point
                found.append(name)
    return found


def loaded_by(module: str) -> set[str]:
    """What an import adds to what Python itself has loaded when it starts."""
    program = (
        "import sys; before = set(sys.modules)\n"
        f"import {module}\n"
        "print(*(set(sys.modules) - before), sep='\\n')"
    )
    # -I: no site-wide hooks of this machine, -S would hide the installed package
    ran = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.split())


def contracts() -> list[dict[str, object]]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        found: list[dict[str, object]] = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return found


@pytest.mark.parametrize("contract", [str(c["id"]) for c in contracts()])
def test_the_rooms_keep_the_contract(
    contract: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    kept = lint_imports(limit_to_contracts=(contract,), no_cache=True)
    assert kept == 0, capsys.readouterr().out


@pytest.mark.parametrize("module", modules_of("diagnostics", "expressions", "engine"))
def test_the_core_loads_nothing_of_the_world_outside(module: str) -> None:
    loaded = loaded_by(module)
    assert not loaded & OUTSIDE
    above = {m for m in loaded if m.startswith("peace_sim.")} - set(
        modules_of("diagnostics", "expressions", "engine")
    )
    assert not above


def test_importing_the_package_loads_nothing_else() -> None:
    assert loaded_by("peace_sim") == {"peace_sim"}


@pytest.mark.parametrize(
    ("room", "never"),
    [
        ("play", {"textual", "rich", "yaml", "pydantic", "click", "numpy", "asyncio"}),
        ("history", {"textual", "rich", "click", "numpy", "asyncio"}),
        ("report", {"textual", "rich", "click", "numpy", "asyncio"}),
        ("cli", {"textual", "rich", "yaml", "pydantic", "jinja2", "sqlite3", "numpy", "asyncio"}),
    ],
)
def test_a_room_starts_without_what_it_does_not_need(room: str, never: set[str]) -> None:
    assert not loaded_by(f"peace_sim.{room}") & never
