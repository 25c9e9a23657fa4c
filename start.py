"""Open the game, or run its tests, from a checkout, with Python 3.11 and nothing else.

All that is needed is put into ``.venv`` beside this file, so that the system's Python stays as it
is (Debian's, say, which refuses to be added to). Words after the name go to ``peace-sim``;
``--tests`` runs every ordinary test instead, with the words after it for pytest.
"""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = HERE / ".venv"
BIN = HOME / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")


def main(words: list[str]) -> int:
    """Prepare the environment once, then become the game or the tests."""
    if sys.version_info < (3, 11):  # noqa: UP036 (this file is what an older Python reads)
        found = ".".join(map(str, sys.version_info[:2]))
        print(f"Peace Sim needs Python 3.11 or newer; this is {found}.", file=sys.stderr)
        return 3
    tests = words[:1] == ["--tests"]
    try:
        prepare("test" if tests else "play")
    except (OSError, subprocess.CalledProcessError) as trouble:
        print(f"The environment could not be made in {HOME.name}: {trouble}", file=sys.stderr)
        print("Delete that folder and try again; nothing outside it was touched.", file=sys.stderr)
        return 3
    if tests:
        return subprocess.call(
            [str(PYTHON), "-m", "pytest", "-q", "-n", "auto", "--dist", "worksteal", *words[1:]],
            cwd=HERE,
        )
    command = [str(PYTHON), "-m", "peace_sim", *words]
    if os.name == "nt":
        return subprocess.call(command)
    return os.execv(command[0], command)


def prepare(kind: str) -> None:
    """Make the environment, unless it stands already for this pyproject.toml."""
    wanted = sha256((HERE / "pyproject.toml").read_bytes()).hexdigest()
    done = HOME / f"ready-{kind}"
    if PYTHON.exists() and done.exists() and done.read_text() == wanted:
        return
    print("Preparing (once; it takes a minute) …", file=sys.stderr, flush=True)
    if not PYTHON.exists():
        make_environment()
    packages = ".[test]" if kind == "test" else "."
    options = ("--quiet", "--disable-pip-version-check", "--editable")
    quietly(*installer(), "install", *options, packages)
    done.write_text(wanted)


def make_environment() -> None:
    """An environment of our own; without pip in it where Python came without ``ensurepip``."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        quietly(sys.executable, "-m", "venv", "--without-pip", str(HOME))
    else:
        quietly(sys.executable, "-m", "venv", str(HOME))


def installer() -> list[str]:
    """pip within the environment, or the system's pip told to install there."""
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return [str(PYTHON), "-m", "pip"]
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode:
        raise OSError("Python came without pip here; on Debian: apt install python3-venv")
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def quietly(*command: str) -> None:
    """Run a command in this folder, its output on stderr."""
    subprocess.run(command, cwd=HERE, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
