"""The scenarios on this machine: found, read with care, bound into editions and kept.

The one module of the room that touches files. It reads regular files of a bounded size alone, and
of a scenario's own files only those that lie within its folder.
"""

from __future__ import annotations

import gc
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from peace_sim.diagnostics import Diagnostic, Findings, Span, error, failed, in_order
from peace_sim.scenario.binding import MAIN, Bound, bind
from peace_sim.scenario.document import DEFAULT_LIMITS, decode
from peace_sim.scenario.edition import Edition
from peace_sim.scenario.expanded import expanded_text

FIRST = ("last-night-in-tehran",)
"""Shipped scenarios that come before the others: what a newcomer plays first."""

# ── what there is ────────────────────────────────────────────────────────────────────────────


def shipped() -> tuple[str, ...]:
    """The ids of the scenarios that come with the program, the newcomer's first."""
    folder = _shipped_folder()
    if not folder.is_dir():
        return ()
    found = {path.name for path in folder.iterdir() if (path / MAIN).is_file()}
    return (*(id for id in FIRST if id in found), *sorted(found.difference(FIRST)))


def _shipped_folder() -> Path:
    """Beside the modules in an installed wheel, at the top of the repository in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "shipped"
    return installed if installed.is_dir() else package.parents[1] / "scenarios"


def open_edition(named: str | Path) -> tuple[Edition | None, Findings]:
    """The scenario of this id, folder or file, if nothing is wrong with it; and what was found."""
    bound = _bound(_main_file(named))
    return bound.edition, bound.findings


def edition_of_texts(texts: Mapping[str, str]) -> tuple[Edition | None, Findings]:
    """The edition that a game carries its own copy of, whatever became of the files."""
    copies = _Copies(texts)
    with _without_collection():
        bound = bind(copies)
    _shown.update({copies.shown(name): text for name, text in texts.items()})
    return bound.edition, bound.findings


def edition_played(
    id: str, digest: str, texts: Mapping[str, str]
) -> tuple[Edition | None, Findings]:
    """The edition that a game was played in: the shipped one, or else the copy that it carries.

    Where the game carries no copy, the shipped one has to do, whatever became of it since.
    """
    if id in shipped():
        edition, findings = open_edition(id)
        if edition is not None and (edition.digest == digest or not texts):
            return edition, findings
    return edition_of_texts(texts) if texts else (None, ())


def check_paths(paths: Iterable[str | Path]) -> Findings:
    """All that is wrong with these scenarios: ids, files, folders, or folders of scenarios."""
    mains = dict.fromkeys(main for named in paths for main in _main_files(named))
    return in_order(found for main in mains for found in _bound(main).findings)


def sources(findings: Iterable[Diagnostic]) -> Mapping[str, str]:
    """The texts that findings point into, by the names that their places carry."""
    spans = [f.span for f in findings] + [span for f in findings for _, span in f.related]
    names = {span.file for span in spans if span is not None}
    return {name: _shown[name] for name in names if name in _shown}


def expand(named: str | Path) -> tuple[str | None, Findings]:
    """The kernel parts that a scenario's instruments become, as an author could write them."""
    main = _main_file(named)
    bound = _bound(main)
    if failed(bound.findings) or bound.scenario is None or bound.root is None:
        return None, bound.findings
    folder = str(main.parent)
    return expanded_text(bound.scenario, bound.root, folder), bound.findings


# ── paths ────────────────────────────────────────────────────────────────────────────────────


def _main_file(named: str | Path) -> Path:
    if named in shipped():
        return _from_here(_shipped_folder() / named / MAIN)
    path = Path(named)
    return path / MAIN if path.is_dir() else path


def _main_files(named: str | Path) -> list[Path]:
    """The first files of the scenario that is meant, or of all those in a folder."""
    main = _main_file(named)
    if main.name == MAIN and not main.exists() and main.parent.is_dir():
        within = sorted(path / MAIN for path in main.parent.iterdir() if (path / MAIN).is_file())
        return within or [main]
    return [main]


def _from_here(path: Path) -> Path:
    """The path as a person in this folder would write it."""
    try:
        return path.relative_to(Path.cwd())
    except (ValueError, OSError):
        return path


# ── shelves ──────────────────────────────────────────────────────────────────────────────────

Seen = tuple[int, int, int] | None
"""Of a file: its number, size and time of change. None for one that is not to be had."""


@dataclass
class _Folder:
    """A scenario's files in a folder. Notes which were looked at, to know when they change."""

    main: Path
    seen: dict[Path, Seen] = field(default_factory=dict)

    def path(self, name: str) -> Path:
        return self.main if name == MAIN else self.main.parent / name

    def shown(self, name: str) -> str:
        return str(self.path(name))

    def take(self, name: str, at: Span | None) -> tuple[str | None, Findings]:
        path = self.path(name)
        shown = str(path)
        place = at or Span(shown, 1, 1, 1, 1)
        self.seen[path] = _seen(path)
        if name != MAIN and (why := self.outside(path)) is not None:
            return None, (error("S306", f"“{name}” {why}", place),)
        try:
            data = _read_regular(path)
        except _TooLarge as large:
            message = f"the file has {large.size} bytes; at most {DEFAULT_LIMITS.bytes} are read"
            there = Span(shown, 1, 1, 1, 1)
            return None, (error("Y104", message, there, "split it into several files"),)
        except _NotRegular:
            return None, (error("S306", f"{shown} is not a regular file", place),)
        except FileNotFoundError:
            hint = f"a scenario is a folder with a {MAIN}, or one file" if at is None else None
            return None, (error("S306", f"there is no file {shown}", place, hint),)
        except (OSError, ValueError) as wrong:
            why = wrong.strerror if isinstance(wrong, OSError) and wrong.strerror else str(wrong)
            return None, (error("S306", f"{shown} cannot be read: {why.lower()}", place),)
        text, findings = decode(data, shown)
        if text is not None:
            _shown[shown] = text
        return text, findings

    def outside(self, path: Path) -> str | None:
        """Why a file lies elsewhere than it seems, if it does."""
        try:
            inside = path.resolve().is_relative_to(self.main.parent.resolve())
        except (OSError, RuntimeError):
            return "leads in a ring"
        return None if inside else "is a link that leads out of the scenario's folder"


@dataclass(frozen=True)
class _Copies:
    """The texts that a game carries with it."""

    texts: Mapping[str, str]

    def shown(self, name: str) -> str:
        return f"{name} (the game's copy)"

    def take(self, name: str, at: Span | None) -> tuple[str | None, Findings]:
        text = self.texts.get(name)
        if text is None:
            message = f"the game's copy of the scenario has no “{name}”"
            return None, (error("S306", message, at),)
        return text, ()


class _NotRegular(Exception):
    """A folder, device, pipe or socket."""


class _TooLarge(Exception):
    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_FLAGS |= getattr(os, "O_NOCTTY", 0)


def _read_regular(path: Path) -> bytes:
    """All of a regular file. Nothing is read of one that is none, or too large."""
    if path.is_dir():  # which some systems do not open at all
        raise _NotRegular
    handle = os.open(path, _FLAGS)  # without waiting: nobody may be writing into a pipe
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise _NotRegular
        if about.st_size > DEFAULT_LIMITS.bytes:
            raise _TooLarge(about.st_size)
        return file.read(DEFAULT_LIMITS.bytes + 1)


def _seen(path: Path) -> Seen:
    try:
        about = path.stat()
    except (OSError, ValueError):
        return None
    return about.st_ino, about.st_size, about.st_mtime_ns


# ── kept ─────────────────────────────────────────────────────────────────────────────────────

_shown: dict[str, str] = {}
"""Texts by the names that places carry, for the lines that findings show."""

_kept: dict[Path, tuple[dict[Path, Seen], Bound]] = {}
"""What came of a first file, and of which files as they were then."""


def _bound(main: Path) -> Bound:
    """A scenario bound, anew only if one of its files has changed."""
    kept = _kept.get(main)
    if kept is not None and all(_seen(path) == seen for path, seen in kept[0].items()):
        return kept[1]
    folder = _Folder(main)
    with _without_collection():
        bound = bind(folder)
    _kept[main] = (folder.seen, bound)
    return bound


@contextmanager
def _without_collection() -> Iterator[None]:
    """Hundreds of thousands of small objects that all stay: looking for garbage is lost time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
