"""The store: what was acknowledged is there, what is not ours is left alone, and troubles help."""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from peace_sim.engine import Move
from peace_sim.engine.state import Note
from peace_sim.play import Session, Store
from peace_sim.play import store as store_module
from peace_sim.play.journal import Journal, read_lines, to_lines
from peace_sim.play.playout import playout
from peace_sim.play.store import (
    APPLICATION_ID,
    FILE,
    StoreTrouble,
    data_folder,
    move_aside,
    safe_name,
    write_file,
)
from play_world import ENVOY, WORLD, small_game

HERE = Path(__file__).parent
GAME = small_game(6)
PLAYED = playout(GAME, WORLD).journal
TEXTS = {"scenario.yaml": "title: A small war\n", "parts/more.yaml": "y: 2\n"}
VISIT = Move(ENVOY, "acts", (("plan", "visit"),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    kept = Store(tmp_path / "home")
    yield kept
    kept.close()


def program(text: str, *args: object, **more: object) -> subprocess.Popen[str]:
    """Another process that can import the tests' small game."""
    path = os.pathsep.join([str(HERE), str(HERE.parent / "src")])
    return subprocess.Popen(
        [sys.executable, "-c", text, *map(str, args)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": path}, **more,  # type: ignore[call-overload]
    )


# -------------------------------------------------------------------- keeping


def test_a_game_is_loaded_as_it_was_kept(store: Store) -> None:
    id = store.create(PLAYED, texts=TEXTS)
    found = store.load(id)
    assert found.journal == PLAYED and found.texts == TEXTS
    assert found.trouble is None and found.good == len(PLAYED.entries)
    (saved,) = store.games()
    assert (saved.id, saved.title, saved.scenario, saved.entries) == (
        id, "A small war", "small", len(PLAYED.entries)
    )


def test_games_are_listed_renamed_and_deleted(tmp_path: Path) -> None:
    """D7: the clock is a remark; an hour that runs backwards disorders nothing but the list."""
    times = iter(f"2026-01-0{n}T00:00:00+00:00" for n in (5, 4, 3, 6, 7))
    store = Store(tmp_path, clock=lambda: next(times))
    one, two = store.create(PLAYED), store.create(PLAYED, id="second")
    assert [saved.id for saved in store.games()] == [one, "second"]
    store.rename(one, "A long \x1b winter")
    assert store.games()[0].title == "A long  winter"
    journal = store.load(one).journal
    assert journal is not None and journal.header.title == "A long  winter"
    store.delete("second")
    assert [saved.id for saved in store.games()] == [one]
    for act in (store.load, store.delete, store.lock, lambda id: store.rename(id, "x")):
        with pytest.raises(StoreTrouble, match="no game second"):
            act(two)
    with pytest.raises(StoreTrouble, match="already"):
        store.create(PLAYED, id=one)
    store.close()


def test_a_renamed_game_goes_on(store: Store) -> None:
    session = Session.new(GAME, WORLD, None, {ENVOY: None}, store=store)
    store.rename(session.id, "Another name")
    session.submit(VISIT)
    session.close()
    again = Session.resume(GAME, store, session.id)
    again.advance()
    found = store.load(session.id)
    assert found.trouble is None and found.journal == again.journal
    assert again.header.title == "Another name"


def test_the_folder_follows_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEACE_SIM_HOME", str(tmp_path / "mine"))
    assert data_folder() == tmp_path / "mine"
    Store().close()
    assert (tmp_path / "mine" / FILE).exists()
    monkeypatch.delenv("PEACE_SIM_HOME")
    assert data_folder().name == "peace-sim"


def test_appending_twice_at_one_place_is_refused_whole(store: Store) -> None:
    id = store.create(PLAYED)
    before = store.load(id)
    with pytest.raises(StoreTrouble, match="gone on from somewhere else"):
        store.append(id, len(PLAYED.entries) - 1, ["a", "b"])
    assert store.load(id) == before


def test_it_is_durable_by_its_settings(store: Store) -> None:
    said = {
        name: store._db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "application_id", "user_version")
    }
    assert said == {
        "journal_mode": "wal", "synchronous": 2, "application_id": APPLICATION_ID,
        "user_version": 1,
    }


# -------------------------------------------------------------------- D1: kill -9

WRITER = """
import sys
from pathlib import Path
from play_world import *
from peace_sim.play import Session, Store
from peace_sim.engine.state import Note
store = Store(Path(sys.argv[1]))
session = Session.resume(small_game(6), store, "g")
n = len(session.journal.entries)
while True:
    session.record(Note(ENVOY, f"remark {n}"))
    n += 1
    print(n, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """D1: kill -9 at odd moments, ten rounds; and the dead one's lock is taken over."""
    store = Store(tmp_path)
    session = Session.new(GAME, WORLD, None, {ENVOY: None}, store=store, id="g")
    said = len(session.journal.entries)
    store.close()
    for round in range(10):
        writer = program(WRITER, tmp_path)
        assert writer.stdout is not None
        said = int(writer.stdout.readline())
        time.sleep(0.003 * round)
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().splitlines()
        writer.communicate()
        whole = [line for line in rest if line.isdigit()]
        # the very last line may have been cut in the pipe; a cut number is smaller
        said = max([said, *map(int, whole)])
        store = Store(tmp_path)
        found = store.load("g")
        assert found.trouble is None
        assert said <= found.good <= said + 1
        assert store._db.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        store.close()
    assert found.journal is not None
    notes = [entry.text for entry in found.journal.entries if isinstance(entry, Note)]
    assert notes == [f"remark {n}" for n in range(found.good - len(notes), found.good)]


STARTER = """
import sys
from pathlib import Path
from peace_sim.play import Store
print("go", flush=True)
Store(Path(sys.argv[1]))
"""


def test_a_kill_while_the_file_is_made_leaves_a_usable_folder(tmp_path: Path) -> None:
    """D1: at the very first start."""
    for round in range(8):
        folder = tmp_path / str(round)
        starter = program(STARTER, folder)
        assert starter.stdout is not None
        starter.stdout.readline()
        time.sleep(0.0008 * round)
        starter.kill()
        starter.communicate()
        store = Store(folder)
        assert store.games() == ()
        store.close()


def test_many_programs_may_start_at_once(tmp_path: Path) -> None:
    starters = [program(STARTER, tmp_path) for _ in range(4)]
    for starter in starters:
        _, err = starter.communicate(timeout=60)
        assert starter.returncode == 0, err


# -------------------------------------------------------------------- D2: disk full


def test_a_full_disk_keeps_nothing_by_half_and_play_goes_on_after(store: Store) -> None:
    """D2: by a limit on pages."""
    session = Session.new(GAME, WORLD, None, {ENVOY: None}, store=store)
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(StoreTrouble, match="disk is full") as trouble:
        for _ in range(1_000):
            before, state = session.journal, session.state
            session.record(Note(ENVOY, "x" * 2_000))
    assert "Make room" in trouble.value.what_to_do
    assert session.journal == before and session.state == state
    assert store.load(session.id).journal == before
    store._db.execute("PRAGMA max_page_count = 100000")
    session.record(Note(ENVOY, "again"))
    assert store.load(session.id).journal == session.journal
    assert store._db.execute("PRAGMA quick_check").fetchone()[0] == "ok"


FULL = """
import resource, signal, sys
from pathlib import Path
from play_world import *
from peace_sim.play import Session, Store
from peace_sim.play.store import StoreTrouble
from peace_sim.engine.state import Note
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store(Path(sys.argv[1]))
session = Session.new(small_game(6), WORLD, None, {ENVOY: None}, store=store, id="g")
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
try:
    for n in range(1000):
        session.record(Note(ENVOY, "x" * 2000))
except StoreTrouble as trouble:
    print(trouble.message)
kept = len(session.journal.entries)
assert store.load("g").good == kept
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
session.record(Note(ENVOY, "again"))
print(kept + 1)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_FSIZE")
def test_a_file_that_may_not_grow_is_a_full_disk(tmp_path: Path) -> None:
    """D2: by a limit of the system."""
    out, err = program(FULL, tmp_path).communicate(timeout=60)
    assert err == ""
    message, count = out.splitlines()
    assert "disk is full" in message
    store = Store(tmp_path)
    assert store.load("g").good == int(count) and store.load("g").trouble is None
    store.close()


# -------------------------------------------------------------------- D3: folders


def test_a_folder_that_cannot_be_made_is_said_at_the_start(tmp_path: Path) -> None:
    """D3: below a regular file, where even root cannot make a folder."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreTrouble) as trouble:
        Store(tmp_path / "file" / "home")
    assert "PEACE_SIM_HOME" in trouble.value.what_to_do


def as_ordinary_user(act: Callable[[], None]) -> int:
    """Run ``act`` in a child that has given up root, if this is root; its exit code."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            act()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(os.name == "nt", reason="folders have no such permission there")
def test_a_read_only_folder_is_said_at_the_start_and_nothing_is_made_in_it() -> None:
    """D3: as an ordinary user."""
    folder = Path(tempfile.mkdtemp())  # not below pytest's own, which is closed to others

    def says_so() -> None:
        with pytest.raises(StoreTrouble, match="cannot be"):
            Store(folder)

    try:
        folder.chmod(0o555)
        assert as_ordinary_user(says_so) == 0
        assert list(folder.iterdir()) == []
    finally:
        shutil.rmtree(folder)


def test_a_file_that_turns_read_only_is_said_at_the_step(store: Store) -> None:
    """D3: permission lost during play, by a connection that may only read."""
    session = Session.new(GAME, WORLD, None, {ENVOY: None}, store=store)
    store._db.execute("PRAGMA query_only = ON")
    before = session.journal
    with pytest.raises(StoreTrouble, match="cannot be written to"):
        session.submit(VISIT)
    assert session.journal == before
    store._db.execute("PRAGMA query_only = OFF")
    session.submit(VISIT)


def test_a_folder_deleted_during_play_is_said_and_play_can_be_saved_elsewhere(
    tmp_path: Path,
) -> None:
    """D3: SQLite would go on writing to the deleted file."""
    store = Store(tmp_path / "home")
    session = Session.new(GAME, WORLD, None, {ENVOY: None}, store=store)
    shutil.rmtree(tmp_path / "home")
    with pytest.raises(StoreTrouble, match="gone") as trouble:
        session.submit(VISIT)
    assert "save it elsewhere" in trouble.value.what_to_do
    other = Store(tmp_path / "other")
    session.keep_in(other)
    session.submit(VISIT)
    assert other.load(session.id).journal == session.journal
    store.close()
    other.close()


def test_a_file_replaced_during_play_is_not_written_to(tmp_path: Path) -> None:
    """D3: a synchronising folder puts another file in its place."""
    store = Store(tmp_path)
    session = Session.new(GAME, WORLD, None, {ENVOY: None}, store=store)
    (tmp_path / "copy").write_bytes((tmp_path / FILE).read_bytes())
    (tmp_path / "copy").replace(tmp_path / FILE)
    with pytest.raises(StoreTrouble, match="replaced"):
        session.submit(VISIT)


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(StoreTrouble, match="closed"):
        store.games()


# -------------------------------------------------------------------- D4: files that are not right


def kept(folder: Path) -> Path:
    """A store's file with a game in it, all of it in the one file."""
    store = Store(folder)
    store.create(PLAYED, texts=TEXTS, id="g")
    store.close()
    assert not (folder / f"{FILE}-wal").exists()
    return folder / FILE


def altered(path: Path, what: str) -> None:
    data = path.read_bytes()
    if what == "garbage":
        path.write_bytes(b"\xde\xad" * 5_000)
    elif what == "text":
        path.write_text("just some words\n")
    elif what == "one byte":
        path.write_bytes(b"S")
    elif what == "head destroyed":
        path.write_bytes(b"\0" * 16 + data[16:])
    elif what == "half":
        path.write_bytes(data[: len(data) // 2])
    elif what == "header only":
        path.write_bytes(data[:100])
    else:
        with sqlite3.connect(path) as db:
            db.execute(what)
        db.close()


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("garbage", "not a games file"),
        ("text", "not a games file"),
        ("one byte", "not a games file"),
        ("head destroyed", "not a games file"),
        ("half", "cut off"),
        ("header only", "cut off"),
        ("PRAGMA application_id = 7", "belongs to another program"),
        ("PRAGMA application_id = 0", "belongs to another program"),
        ("PRAGMA user_version = 9", "newer peace-sim"),
        ("PRAGMA user_version = 0", "never used"),
    ],
)
def test_a_file_that_is_not_right_is_left_as_it_is(tmp_path: Path, what: str, says: str) -> None:
    """D4: said where it is, never overwritten; moved aside only on the user's word."""
    path = kept(tmp_path)
    altered(path, what)
    before = path.read_bytes()
    for _ in range(2):
        with pytest.raises(StoreTrouble, match=says) as trouble:
            Store(tmp_path)
        assert str(path) in trouble.value.message
    assert path.read_bytes() == before
    moved = move_aside(tmp_path)
    assert moved.read_bytes() == before and not path.exists()
    fresh = Store(tmp_path)
    assert fresh.games() == ()
    fresh.close()


def test_a_foreign_database_is_not_touched(tmp_path: Path) -> None:
    """D4: another program's file of the same name."""
    path = tmp_path / FILE
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE theirs(x)")
        db.execute("INSERT INTO theirs VALUES(1)")
    db.close()
    before = path.read_bytes()
    with pytest.raises(StoreTrouble, match="another program"):
        Store(tmp_path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [FILE]


def test_a_folder_in_the_file_s_place_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StoreTrouble, match="is not a file"):
        Store(tmp_path)


def test_bytes_destroyed_anywhere_are_trouble_or_harmless(tmp_path: Path) -> None:
    """D4: overwrite each stretch of the file; never another play, never another kind of error."""
    path = kept(tmp_path / "home")
    data = path.read_bytes()
    for place in range(0, len(data), 509):
        (tmp_path / "try").mkdir(exist_ok=True)
        spoilt = data[:place] + b"\xa5" * 40 + data[place + 40 :]
        (tmp_path / "try" / FILE).write_bytes(spoilt)
        try:
            store = Store(tmp_path / "try")
            try:
                store.games()
                found = store.load("g")
            finally:
                store.close()
        except StoreTrouble:
            pass
        else:
            journal = found.journal
            assert journal is not None or found.trouble
            if journal is not None:
                assert journal.entries == PLAYED.entries[: found.good]
                assert replace(journal.header, title="") == replace(PLAYED.header, title="")
        shutil.rmtree(tmp_path / "try")


def test_a_lost_write_ahead_log_leaves_an_earlier_whole_play(tmp_path: Path) -> None:
    """D4: WAL missing."""
    folder = tmp_path / "home"
    kept(folder)
    store = Store(folder)
    for n in range(5):
        store.create(PLAYED, id=f"late-{n}")
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "copy" / f"{FILE}-wal").unlink()
    again = Store(tmp_path / "copy")
    assert again.load("g").journal == PLAYED
    assert all(again.load(saved.id).trouble is None for saved in again.games())
    again.close()
    store.close()


def test_an_open_store_can_be_moved_aside(store: Store) -> None:
    store.create(PLAYED)
    first, second = store.move_aside(), store.move_aside()
    assert first != second and first.exists() and second.exists()
    assert store.games() == ()


# -------------------------------------------------------------------- D5: one at a time

HOLDER = """
import sys
from pathlib import Path
from play_world import *
from peace_sim.play import Session, Store
store = Store(Path(sys.argv[1]))
session = Session.resume(small_game(6), store, "g")
print("open", flush=True)
sys.stdin.readline()
"""


def test_a_second_program_on_one_game_is_refused_and_told_by_whom(tmp_path: Path) -> None:
    """D5: named by its process; free again when it closes, or is killed."""
    store = Store(tmp_path)
    Session.new(GAME, WORLD, None, {ENVOY: None}, store=store, id="g").close()
    holder = program(HOLDER, tmp_path)
    assert holder.stdout is not None and holder.stdout.readline() == "open\n"
    with pytest.raises(StoreTrouble, match=f"process {holder.pid}"):
        Session.resume(GAME, store, "g")
    with pytest.raises(StoreTrouble, match=f"process {holder.pid}"):
        store.delete("g")
    with pytest.raises(StoreTrouble, match=f"process {holder.pid}"):
        store.append("g", 99, ["x"])
    assert f"process {holder.pid}" in store.games()[0].locked_by
    assert store.load("g").trouble is None  # reading is free
    holder.kill()
    holder.communicate()
    assert store.games()[0].locked_by == ""
    session = Session.resume(GAME, store, "g")
    session.submit(VISIT)
    store.close()


def test_a_lock_of_another_machine_is_broken_only_on_the_user_s_word(store: Store) -> None:
    """D5: its process cannot be looked for from here."""
    session = Session.new(GAME, WORLD, None, {ENVOY: None}, store=store)
    store._db.execute("UPDATE games SET locked_by = ?", ('[1, "far-away", "7"]',))
    with pytest.raises(StoreTrouble, match="process 1 on far-away"):
        session.submit(VISIT)
    store.break_lock(session.id)
    with pytest.raises(StoreTrouble, match="not open here"):
        session.submit(VISIT)
    store.lock(session.id)
    session.submit(VISIT)


def test_a_process_number_used_again_does_not_hold_a_dead_one_s_lock(store: Store) -> None:
    id = store.create(PLAYED)
    for lock in (json.dumps([os.getppid(), platform.node(), "1"]), "nonsense", "[]"):
        store._db.execute("UPDATE games SET locked_by = ?", (lock,))
        store.lock(id)


# -------------------------------------------------------------------- D6, G4: files


def test_an_exported_game_can_be_taken_in(store: Store, tmp_path: Path) -> None:
    id = store.create(PLAYED, texts=TEXTS)
    store.export(id, tmp_path / "game.jsonl")
    assert (tmp_path / "game.jsonl").read_text("utf-8") == to_lines(PLAYED, TEXTS)
    new, found = store.take_in(tmp_path / "game.jsonl")
    assert found.trouble is None and store.load(new) == store.load(id)
    store.lock(new)


def test_of_a_damaged_file_the_good_part_is_taken_in_and_the_rest_told(store: Store) -> None:
    """E3: the user is told the line."""
    text = to_lines(PLAYED, TEXTS)
    new, found = store.take_in(text[: len(text) // 2])
    assert found.trouble and found.line
    kept = store.load(new).journal
    assert kept is not None and kept.entries == PLAYED.entries[: found.good]
    with pytest.raises(StoreTrouble, match="does not open a peace-sim journal"):
        store.take_in('{"a": 1}\n')


@pytest.mark.parametrize("source", ["/dev/zero", "/dev/null", "folder", "nowhere"])
def test_only_ordinary_files_are_taken_in(store: Store, tmp_path: Path, source: str) -> None:
    """Y3, for journals."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreTrouble, match="is not a file"):
        store.take_in(tmp_path / source)


def test_a_file_too_large_is_refused_before_it_is_read_on(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "MAX_IMPORT", 1_000_000)
    with (tmp_path / "big").open("wb") as file:
        file.truncate(5_000_000)
    with pytest.raises(StoreTrouble, match="larger than 1 MB"):
        store.take_in(tmp_path / "big")


def test_an_export_never_overwrites_unasked_nor_follows_a_link(tmp_path: Path) -> None:
    """G4: exists, is a folder, is a link."""
    target = tmp_path / "out.jsonl"
    write_file(target, "one\n")
    with pytest.raises(StoreTrouble, match="exists already"):
        write_file(target, "two\n")
    assert target.read_text() == "one\n"
    write_file(target, "two\n", overwrite=True)
    assert target.read_text() == "two\n"
    link = tmp_path / "link"
    link.symlink_to(target)
    for dangling in (link, tmp_path / "dangling"):
        if not dangling.is_symlink():
            dangling.symlink_to(tmp_path / "nowhere")
        with pytest.raises(StoreTrouble, match="is a link"):
            write_file(dangling, "three\n", overwrite=True)
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreTrouble, match="exists already"):
        write_file(tmp_path / "folder", "x", overwrite=True)
    with pytest.raises(StoreTrouble, match="could not be written"):
        write_file(tmp_path / "no" / "such" / "folder", "x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["dangling", "folder", "link", "out.jsonl"]


@pytest.mark.parametrize("step", ["replace", "fsync"])
def test_a_crash_between_writing_and_replacing_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """D6: old save intact, nothing left beside it."""
    target = tmp_path / "out.jsonl"
    write_file(target, "old\n")

    def fails(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, step, fails)
    with pytest.raises(StoreTrouble, match="could not be written") as trouble:
        write_file(target, "new\n", overwrite=True)
    assert "untouched" in trouble.value.what_to_do
    monkeypatch.undo()
    assert target.read_text() == "old\n" and [p.name for p in tmp_path.iterdir()] == ["out.jsonl"]


def test_a_file_system_without_links_is_written_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", fails)
    write_file(tmp_path / "out", "text")
    assert (tmp_path / "out").read_text() == "text"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../x", "x"),
        ("CON", "game-con"),
        ("com1", "game-com1"),
        ("nul.txt", "nul-txt"),
        ("🕊️", "game"),
        ("", "game"),
        ("...", "game"),
        ("Trailing dot.", "trailing-dot"),
        ("Tavildara, May–August 1995", "tavildara-mayaugust-1995"),
        ("Dušanbe", "dusanbe"),
        ("a" * 300, "a" * 60),
        ("a/b\\c:d*e?f", "a-b-c-d-e-f"),
        ("-rf", "rf"),
        ("x\x00y\ny", "x-y-y"),
    ],
)
def test_a_title_becomes_a_safe_name(title: str, name: str) -> None:
    """D8: for any system; the title itself stays in the file."""
    assert safe_name(title) == name


def test_a_strange_title_is_kept_inside_the_file(store: Store) -> None:
    """D8."""
    session = Session.new(GAME, WORLD, None, {ENVOY: None}, store=store, title="../x 🕊️")
    found = read_lines(to_lines(session.journal))
    assert found.journal is not None and found.journal.header.title == "../x 🕊️"


# -------------------------------------------------------------------- speed


def test_an_acknowledged_move_is_quick(store: Store) -> None:
    """E6, P12: durable within 5 ms, 19 times of 20."""
    session = Session.new(GAME, WORLD, None, {ENVOY: None}, store=store)
    taken = []
    for n in range(200):
        start = time.perf_counter()
        session.record(Note(ENVOY, f"remark {n}"))
        taken.append(time.perf_counter() - start)
    assert sorted(taken)[190] < 0.005 * 4  # room for a shared machine


def test_a_journal_of_no_entries_can_be_kept(store: Store) -> None:
    empty = Journal(PLAYED.header)
    assert store.load(store.create(empty)).journal == empty
