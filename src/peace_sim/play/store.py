"""Where games are kept: one SQLite file in the user's data folder, written before an entry counts.

What is appended is on the disk when ``append`` returns. A file that is not ours, is newer or is
damaged is never written to: the trouble says where it lies; ``move_aside`` is for the user to say.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sqlite3
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import uuid4

from platformdirs import user_data_path

from peace_sim.play.journal import (
    Journal,
    ReadJournal,
    clean,
    entry_lines,
    header_line,
    read_lines,
    read_rows,
    to_lines,
)

APPLICATION_ID = 0x50454143  # "PEAC"
SCHEMA = 1
FILE = "games.sqlite3"
MAX_IMPORT = 64_000_000

_TABLES = """
CREATE TABLE games(
    id TEXT PRIMARY KEY, title TEXT NOT NULL, header TEXT NOT NULL, created TEXT NOT NULL,
    updated TEXT NOT NULL, parent TEXT, parent_at INTEGER, locked_by TEXT
) WITHOUT ROWID;
CREATE TABLE entries(
    game TEXT NOT NULL REFERENCES games(id) ON DELETE CASCADE, seq INTEGER NOT NULL,
    line TEXT NOT NULL, PRIMARY KEY(game, seq)
) WITHOUT ROWID;
CREATE TABLE texts(
    digest TEXT NOT NULL, file TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY(digest, file)
);
"""


class StoreTrouble(Exception):
    """Games cannot be read or kept; says what is wrong and what one can do."""

    def __init__(self, message: str, what_to_do: str) -> None:
        super().__init__(f"{message} {what_to_do}")
        self.message = message
        self.what_to_do = what_to_do


@dataclass(frozen=True, slots=True)
class Saved:
    """A game in the list of games."""

    id: str
    title: str
    scenario: str
    chapter: str
    created: str
    updated: str
    entries: int
    parent: tuple[str, int] | None
    locked_by: str
    """Who has it open, in words; empty when nobody has."""


class Store:
    """The games of one user. Raises StoreTrouble, and nothing else, for whatever the disk does."""

    def __init__(
        self, folder: Path | None = None, *, clock: Callable[[], str] | None = None
    ) -> None:
        self.folder = folder if folder is not None else data_folder()
        self.path = self.folder / FILE
        self._clock = clock or (lambda: datetime.now(UTC).isoformat(timespec="seconds"))
        self._guard = threading.RLock()
        self._db = self._opened()
        self._place = self._where()

    # ------------------------------------------------------------ games

    def create(
        self,
        journal: Journal,
        *,
        texts: Mapping[str, str] | None = None,
        id: str | None = None,
    ) -> str:
        """Keep a new game, opened by this process; its id."""
        header = journal.header
        id = id or uuid4().hex[:12]
        line, lines = _rows(journal)
        parent, parent_at = header.parent or (None, None)
        with self._writing() as db:
            now = self._clock()
            try:
                db.execute(
                    "INSERT INTO games VALUES(?,?,?,?,?,?,?,?)",
                    (id, header.title, line, header.created or now, now, parent, parent_at, _me()),
                )
            except sqlite3.IntegrityError:
                raise StoreTrouble(f"There is a game {id} already.", "Choose another id.") from None
            db.executemany(
                "INSERT OR IGNORE INTO texts VALUES(?,?,?)",
                [(header.digest, name, text) for name, text in (texts or {}).items()],
            )
            db.executemany(
                "INSERT INTO entries VALUES(?,?,?)",
                [(id, seq, entry) for seq, entry in enumerate(lines)],
            )
        return id

    def append(self, id: str, seq: int, lines: Sequence[str]) -> None:
        """Keep the lines of entries from number ``seq`` on, all or none, before it returns."""
        with self._writing() as db:
            ours = db.execute(
                "UPDATE games SET updated = ? WHERE id = ? AND locked_by = ?",
                (self._clock(), id, _me()),
            )
            if ours.rowcount != 1:
                raise self._not_ours(db, id)
            try:
                db.executemany(
                    "INSERT INTO entries VALUES(?,?,?)",
                    [(id, number, line) for number, line in enumerate(lines, seq)],
                )
            except sqlite3.IntegrityError:
                raise StoreTrouble(
                    "This game has gone on from somewhere else.", "Open it again from the list."
                ) from None

    def load(self, id: str) -> ReadJournal:
        """A game as far as it can be read, with the scenario texts it was played under."""
        with self._reading() as db:
            row = db.execute("SELECT header, title FROM games WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise _no_game(id)
            header, title = row
            found = db.execute(
                "SELECT seq, line FROM entries WHERE game = ? ORDER BY seq", (id,)
            ).fetchall()
            whole = read_rows(str(header), [str(line) for _, line in found])
            if whole.journal is None:
                return whole
            texts = db.execute(
                "SELECT file, text FROM texts WHERE digest = ? ORDER BY rowid",
                (whole.journal.header.digest,),
            ).fetchall()
        renamed = replace(whole.journal.header, title=str(title))
        journal = replace(whole.journal, header=renamed)
        return replace(whole, journal=journal, texts={str(f): str(t) for f, t in texts})

    def games(self) -> tuple[Saved, ...]:
        """All games, the last played first."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT id, title, header, created, updated, parent, parent_at, locked_by,"
                " (SELECT count(*) FROM entries WHERE game = games.id)"
                " FROM games ORDER BY updated DESC, id"
            ).fetchall()
        saved = []
        for id, title, header, created, updated, parent, parent_at, lock, entries in rows:
            found = read_rows(str(header), []).journal
            saved.append(
                Saved(
                    str(id), str(title),
                    found.header.scenario if found else "",
                    found.header.chapter if found else "",
                    str(created), str(updated), int(entries),
                    (str(parent), int(parent_at)) if parent is not None else None,
                    _holder(lock) if lock and not _stale(lock) else "",
                )
            )
        return tuple(saved)

    def rename(self, id: str, title: str) -> None:
        """Give a game another title."""
        title = clean(title)
        with self._writing() as db:
            if db.execute("UPDATE games SET title = ? WHERE id = ?", (title, id)).rowcount != 1:
                raise _no_game(id)

    def delete(self, id: str) -> None:
        """Forget a game; its branches stay. One that is open elsewhere is refused."""
        with self._writing() as db:
            self._take(db, id)
            db.execute("DELETE FROM games WHERE id = ?", (id,))

    # ------------------------------------------------------------ one at a time

    def lock(self, id: str) -> None:
        """Open a game for this process alone. Refuses, and names who has it open."""
        with self._writing() as db:
            self._take(db, id)

    def release(self, id: str) -> None:
        """Close a game that this process has open."""
        with self._writing() as db:
            db.execute(
                "UPDATE games SET locked_by = NULL WHERE id = ? AND locked_by = ?", (id, _me())
            )

    def break_lock(self, id: str) -> None:
        """Take a game from whoever has it open, on the user's word."""
        with self._writing() as db:
            if db.execute("UPDATE games SET locked_by = NULL WHERE id = ?", (id,)).rowcount != 1:
                raise _no_game(id)

    def _take(self, db: sqlite3.Connection, id: str) -> None:
        row = db.execute("SELECT locked_by FROM games WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise _no_game(id)
        if row[0] and row[0] != _me() and not _stale(row[0]):
            raise self._not_ours(db, id)
        db.execute("UPDATE games SET locked_by = ? WHERE id = ?", (_me(), id))

    def _not_ours(self, db: sqlite3.Connection, id: str) -> StoreTrouble:
        row = db.execute("SELECT locked_by FROM games WHERE id = ?", (id,)).fetchone()
        if row is None:
            return _no_game(id)
        if not row[0]:
            return StoreTrouble("This game is not open here.", "Open it again from the list.")
        return StoreTrouble(
            f"This game is open in {_holder(row[0])}.", "Close it there, or make a branch of it."
        )

    # ------------------------------------------------------------ files

    def export(self, id: str, target: Path, *, overwrite: bool = False) -> None:
        """Write a game as a journal file, whole or not at all; of a damaged game, the good part."""
        found = self.load(id)
        if found.journal is None:
            raise StoreTrouble(
                f"The game cannot be read: {found.trouble}", "Nothing was written."
            )
        write_file(target, to_lines(found.journal, found.texts), overwrite=overwrite)

    def take_in(self, source: Path | str, *, id: str | None = None) -> tuple[str, ReadJournal]:
        """Keep the good part of a journal file (or its text) as a new game, not opened."""
        found = read_lines(read_file(source) if isinstance(source, Path) else source)
        if found.journal is None:
            raise StoreTrouble(str(found.trouble), "Choose a journal that peace-sim exported.")
        new = self.create(found.journal, texts=found.texts, id=id)
        self.release(new)
        return new, found

    def move_aside(self) -> Path:
        """Rename this store's file (see the function of that name), and start a new one."""
        self.close()
        moved = move_aside(self.folder)
        self._db = self._opened()
        self._place = self._where()
        return moved

    def close(self) -> None:
        """Let go of all games and of the file."""
        with self._guard:
            with suppress(sqlite3.Error):
                self._db.execute(
                    "UPDATE games SET locked_by = NULL WHERE locked_by = ?", (_me(),)
                )
            with suppress(sqlite3.Error):
                self._db.close()

    # ------------------------------------------------------------ the database

    def _opened(self) -> sqlite3.Connection:
        with _as_trouble(self.path):
            self.folder.mkdir(parents=True, exist_ok=True)
            _look_before(self.path)
            db = sqlite3.connect(
                self.path, timeout=5.0, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare(db)
            except BaseException:
                db.close()
                raise
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("BEGIN IMMEDIATE")
        try:
            application = db.execute("PRAGMA application_id").fetchone()[0]
            version = db.execute("PRAGMA user_version").fetchone()[0]
            tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if not (tables or application or version):
                # not in WAL yet: a kill leaves all of this in the file itself, or nothing
                db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {SCHEMA}")
                for statement in _TABLES.split(";")[:-1]:
                    db.execute(statement)
            else:
                _ours(self.path, application, version)
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")

    def _where(self) -> tuple[int, int]:
        with _as_trouble(self.path):
            place = self.path.stat()
        return place.st_dev, place.st_ino

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._guard, _as_trouble(self.path):
            yield self._db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One commit: all of it is on the disk at the end, or none."""
        with self._guard, _as_trouble(self.path):
            # SQLite would go on writing to a file that was deleted under it
            if self._where() != self._place:
                raise _gone(self.path)
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    with suppress(sqlite3.Error):
                        self._db.execute("ROLLBACK")
                raise


def data_folder() -> Path:
    """Where this user's games are: ``PEACE_SIM_HOME``, or the platform's data folder."""
    home = os.environ.get("PEACE_SIM_HOME")
    return Path(home) if home else user_data_path("peace-sim", appauthor=False)


def move_aside(folder: Path) -> Path:
    """Rename a games file that cannot be used, with what belongs to it; where it is now."""
    path = folder / FILE
    with _as_trouble(path):
        number = 1
        while (target := path.with_name(f"{FILE}.aside-{number}")).exists():
            number += 1
        path.rename(target)
        for tail in ("-wal", "-shm", "-journal"):
            with suppress(FileNotFoundError):
                path.with_name(path.name + tail).rename(target.with_name(target.name + tail))
    return target


def _rows(journal: Journal) -> tuple[str, list[str]]:
    witnesses = dict(journal.witnesses)
    line, tip = header_line(journal.header, witnesses.get(0))
    lines, _ = entry_lines(journal.entries, 0, tip, witnesses)
    return line, lines


# ---------------------------------------------------------------- what may go wrong


def _look_before(path: Path) -> None:
    """Refuse a file that is not ours by its first bytes, before SQLite touches it."""
    if not path.exists():
        return
    if not path.is_file():
        raise StoreTrouble(f"{path} is not a file.", "Move it away, or set PEACE_SIM_HOME.")
    beside = [path.with_name(path.name + tail) for tail in ("-wal", "-journal")]
    unfinished = any(part.exists() and part.stat().st_size for part in beside)
    size = path.stat().st_size
    if not size and not unfinished:
        return
    with path.open("rb") as file:
        head = file.read(100)
    if head[:16] != b"SQLite format 3\0"[: len(head[:16])] or (len(head) < 100 and not unfinished):
        raise _damaged(path, "is not a games file, or its beginning was destroyed")
    if unfinished:
        return  # SQLite finishes or undoes what was cut off, and _prepare looks again
    _ours(path, int.from_bytes(head[68:72], "big"), int.from_bytes(head[60:64], "big"))
    page = int.from_bytes(head[16:18], "big")
    page = 65_536 if page == 1 else page
    if size < page * int.from_bytes(head[28:32], "big"):
        raise _damaged(path, "was cut off: a part of it is missing")


def _ours(path: Path, application: int, version: int) -> None:
    if application != APPLICATION_ID:
        raise StoreTrouble(
            f"{path} belongs to another program.", "Move it away, or set PEACE_SIM_HOME."
        )
    if version > SCHEMA:
        raise StoreTrouble(
            f"{path} was made by a newer peace-sim (its number is {version}, this one's {SCHEMA}).",
            "Use the newer peace-sim, or set PEACE_SIM_HOME to another folder.",
        )
    if version != SCHEMA:
        raise _damaged(path, "says a version that was never used")


def _damaged(path: Path, what: str) -> StoreTrouble:
    return StoreTrouble(
        f"{path} {what}.",
        "It was left as it is. Move it aside to start anew, and import your exported journals.",
    )


def _gone(path: Path) -> StoreTrouble:
    return StoreTrouble(
        f"The folder of your games is gone, or {path.name} in it was replaced ({path.parent}).",
        "What you see is still in memory: save it elsewhere.",
    )


def _no_game(id: str) -> StoreTrouble:
    return StoreTrouble(f"There is no game {id}.", "It may have been deleted; look at the list.")


@contextmanager
def _as_trouble(path: Path) -> Iterator[None]:
    """What SQLite and the system say, as one kind of trouble in plain words."""
    try:
        yield
    except sqlite3.Error as found:
        raise _database_trouble(path, found) from found
    except OSError as found:
        raise _system_trouble(path, found) from found


def _database_trouble(path: Path, found: sqlite3.Error) -> StoreTrouble:
    name = getattr(found, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_FULL") or name == "SQLITE_IOERR_WRITE":
        return StoreTrouble(
            "The disk is full; the last step was not saved.", "Make room, and try again."
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")):
        return StoreTrouble(
            f"{path} cannot be written to.", "Change its permissions, or set PEACE_SIM_HOME."
        )
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return _damaged(path, "is damaged")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreTrouble(f"{path} is busy.", "Close what else uses it, and try again.")
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_IOERR")):
        return StoreTrouble(
            f"{path} cannot be reached ({found}).",
            "See that the folder is there and may be written to, or set PEACE_SIM_HOME.",
        )
    if isinstance(found, sqlite3.ProgrammingError):
        return StoreTrouble("The games file was closed.", "Open it again.")
    return _damaged(path, f"cannot be used ({found})")


def _system_trouble(path: Path, found: OSError) -> StoreTrouble:
    if isinstance(found, FileNotFoundError):
        return _gone(path)
    return StoreTrouble(
        f"{path} cannot be used: {found.strerror or found}.",
        "See that the folder is there and may be written to, or set PEACE_SIM_HOME.",
    )


# ---------------------------------------------------------------- who has it open


def _me() -> str:
    """This process, so that another can tell whether it still lives."""
    return _process(os.getpid())


@cache
def _process(pid: int) -> str:
    return json.dumps([pid, platform.node(), _born(pid)])


def _holder(lock: str) -> str:
    pid, host, _ = _told(lock)
    where = "" if host == platform.node() else f" on {host}"
    return f"another peace-sim (process {pid}{where})"


def _stale(lock: str) -> bool:
    """Whether the process that holds a lock is dead; one on another machine is taken to live."""
    pid, host, born = _told(lock)
    if host != platform.node():
        return False
    return not _alive(pid) or _born(pid) != born


def _told(lock: str) -> tuple[int, str, str]:
    try:
        pid, host, born = json.loads(lock)
        return int(pid), str(host), str(born)
    except (ValueError, TypeError):
        return 0, platform.node(), ""


def _born(pid: int) -> str:
    """When a process started, where the system tells: a number may be used again."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def _alive(pid: int) -> bool:
    if pid <= 0:
        return False
    if sys.platform == "win32":
        # os.kill(pid, 0) would send Ctrl-C there
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)
        if not handle:
            return False
        code = ctypes.c_ulong()
        ctypes.windll.kernel32.GetExitCodeProcess(handle, ctypes.byref(code))
        ctypes.windll.kernel32.CloseHandle(handle)
        return code.value == 259
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


# ---------------------------------------------------------------- files of one's own


_DEVICES = {"con", "prn", "aux", "nul"} | {f"{d}{n}" for d in ("com", "lpt") for n in range(10)}


def safe_name(title: str) -> str:
    """A file name for a title on any system: plain letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title[:1000]).encode("ascii", "ignore").decode("ascii")
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].strip("-")
    if not slug:
        return "game"
    return f"game-{slug}" if slug in _DEVICES else slug


def write_file(target: Path, text: str, *, overwrite: bool = False) -> None:
    """Write a file whole or not at all. Refuses what exists, unless asked, and any symlink."""
    if target.is_symlink():
        raise StoreTrouble(f"{target} is a link to another file.", "Choose another name.")
    if target.exists() and not (overwrite and target.is_file()):
        raise StoreTrouble(f"{target} exists already.", "Choose another name, or overwrite it.")
    beside = target.with_name(f".{target.name[:100]}.{uuid4().hex[:8]}.part")
    try:
        with beside.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _settle(beside, target, overwrite)
        _sync_folder(target.parent)
    except OSError as found:
        raise StoreTrouble(
            f"{target} could not be written: {found.strerror or found}.",
            "What was there before is untouched.",
        ) from found
    finally:
        with suppress(OSError):
            beside.unlink()


def _settle(beside: Path, target: Path, overwrite: bool) -> None:
    if not overwrite:
        try:
            os.link(beside, target)  # unlike a rename, fails when somebody was faster
            return
        except FileExistsError:
            raise
        except OSError:
            pass  # a file system without links
    os.replace(beside, target)  # noqa: PTH105 - named so that a test can break it


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_file(source: Path) -> bytes:
    """A journal file's bytes, if it is an ordinary file of bearable size."""
    try:
        if not source.is_file():
            raise StoreTrouble(f"{source} is not a file.", "Choose a journal file.")
        with source.open("rb") as file:
            text = file.read(MAX_IMPORT + 1)
    except OSError as found:
        raise StoreTrouble(
            f"{source} cannot be read: {found.strerror or found}.", "Choose another file."
        ) from found
    if len(text) > MAX_IMPORT:
        raise StoreTrouble(
            f"{source} is larger than {MAX_IMPORT // 1_000_000} MB.", "No journal is so large."
        )
    return text


