"""Journals: what is whole can be read, what is not is named, and a replay is the play."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peace_sim.engine import Advance, Move, NotOpen, World, apply, initial
from peace_sim.engine.opening import opened
from peace_sim.engine.state import Entry, Injection, Message, Note, Seating, State, Withdrawal
from peace_sim.play.journal import (
    MAX_LINE,
    Header,
    Journal,
    ReadJournal,
    clean,
    cleaned,
    entry_of,
    read_lines,
    replay,
    replayed,
    state_from_json,
    state_hash,
    state_to_json,
    to_lines,
)
from peace_sim.play.playout import playout
from peace_sim.play.policies import POLICIES, answers
from play_world import ENVOY, GOVERNMENT, WORLD, edited, small_game

GAME = small_game(1)
PLAYED = playout(GAME, WORLD, policies=POLICIES["random"]).journal
TEXTS = {"scenario.yaml": "title: Мир\n", "parts/a.yaml": "x: 1\n"}
TEXT = to_lines(PLAYED, TEXTS)

words = st.text(max_size=30)
ids = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)
by = st.sampled_from(["person", "policy", "default"])
entries = st.one_of(
    st.builds(
        Move, ids, ids, st.lists(st.tuples(ids, ids), max_size=3).map(tuple), by, words
    ),
    st.builds(Withdrawal, ids, ids),
    st.just(Advance()),
    st.builds(Injection, ids),
    st.builds(Seating, ids, words, by),
    st.builds(Message, ids, st.lists(ids, max_size=3).map(tuple), words),
    st.builds(Note, ids, words),
)


def is_prefix(found: ReadJournal, of: Journal = PLAYED) -> bool:
    journal = found.journal
    return journal is None or (
        journal.header == of.header
        and journal.entries == of.entries[: len(journal.entries)]
        and journal.witnesses == of.witnesses[: len(journal.witnesses)]
        and found.good == len(journal.entries)
    )


# -------------------------------------------------------------------- reading back


def test_a_journal_reads_back_as_it_was_written() -> None:
    found = read_lines(TEXT)
    assert found.journal == PLAYED
    assert found.texts == TEXTS
    assert (found.good, found.trouble, found.line) == (len(PLAYED.entries), None, None)


@given(st.lists(entries, max_size=8), words, st.dictionaries(ids, ids, max_size=2))
def test_any_entries_read_back_with_their_words_cleaned(
    played: list[Entry], title: str, chosen: dict[str, str]
) -> None:
    header = replace(
        PLAYED.header, title=clean(title), settings=tuple(chosen.items()), parent=("abc", 3),
        seen=9, reseeded=((3, "fresh"),),
    )
    safe = tuple(cleaned(entry) for entry in played)
    text = to_lines(Journal(header, safe, ((0, "0" * 16),)))
    assert read_lines(text).journal == Journal(header, safe, ((0, "0" * 16),))
    assert read_lines(text.encode()).journal == Journal(header, safe, ((0, "0" * 16),))


def test_this_text_is_format_1_and_stays_readable() -> None:
    text = (Path(__file__).parent / "golden" / "journals" / "format-1.jsonl").read_bytes()
    found = read_lines(text)
    assert found.trouble is None and found.journal is not None
    assert found.journal.header.seed == "eleven"
    assert [type(entry).__name__ for entry in found.journal.entries] == [
        "Seating", "Seating", "Advance", "Move", "Withdrawal", "Move", "Message", "Note",
        "Injection", "Advance",
    ]


def test_windows_line_ends_and_a_byte_order_mark_are_no_damage() -> None:
    text = "\ufeff" + TEXT.replace("\n", "\r\n")
    assert read_lines(text).trouble is None


@given(words)
def test_cleaned_words_hold_nothing_a_terminal_obeys(text: str) -> None:
    safe = clean("\x1b[2J" + text + "\u202e\ud800\u0301\u0301\u0301\u0301\u0301\u0301")
    assert safe == clean(safe)
    assert not set(safe) & set("\x1b\u202e\ud800\r\t\x00")
    safe.encode("utf-8")


# -------------------------------------------------------------------- damage


def test_a_journal_cut_at_any_byte_keeps_its_good_part() -> None:
    """E3: truncated at every byte, the prefix loads and the first bad line is named."""
    data = TEXT.encode()
    seen = set()
    for size in range(len(data) - 1):
        found = read_lines(data[:size])
        assert is_prefix(found)
        assert found.trouble and found.line
        if found.journal is not None:
            assert found.line == 2 + len(found.texts) + found.good
            assert replayed(GAME, found.journal).trouble is None
        seen.add(found.good)
    assert seen == set(range(len(PLAYED.entries) + 1))


def test_no_bit_flip_gives_another_play_silently() -> None:
    """E3: whatever bit flips, the reader says so or reads the very same."""
    data = bytearray(TEXT.encode())
    chance = random.Random(7)
    for place in range(len(data)):
        bit = 1 << chance.randrange(8)
        data[place] ^= bit
        found = read_lines(bytes(data))
        assert is_prefix(found)
        if found.trouble is None:
            assert found.journal == PLAYED and found.texts == TEXTS
        data[place] ^= bit


def test_swapped_doubled_and_missing_lines_are_named() -> None:
    """E3: every line swapped with every other, doubled, or left out."""
    lines = TEXT.splitlines()

    def trouble(changed: list[str]) -> int:
        found = read_lines("\n".join(changed) + "\n")
        assert is_prefix(found)
        assert found.trouble and found.line
        return found.line

    for one in range(len(lines)):
        assert trouble(lines[:one] + lines[one + 1 :]) == one + 1
        doubled = [*lines[: one + 1], *lines[one:]]
        assert trouble(doubled) == (one + 2)
        for other in range(one + 1, len(lines)):
            swapped = lines.copy()
            swapped[one], swapped[other] = swapped[other], swapped[one]
            assert trouble(swapped) == one + 1


def test_the_trouble_says_what_happened_to_the_line() -> None:
    """E3: in words, with the number of entries that are whole."""
    lines = TEXT.splitlines()

    def trouble(*changed: str) -> str:
        return str(read_lines("\n".join(changed)).trouble)

    assert trouble(*lines[:5], lines[6]) == (
        "Line 6 is entry 3, but entry 2 is missing; 2 are whole."
    )
    assert trouble(*lines[:5], lines[4]) == (
        "Line 6 is entry 1 again, or out of place; 2 are whole."
    )
    assert trouble(*lines[:5], lines[5].replace('"advance"', '"note"')) == (
        "Line 6 was changed after it was written: its hash does not match; 2 are whole."
    )
    assert trouble(*lines[:4]) == (
        "The file stops early: its last line is missing; 1 entry is whole."
    )
    assert trouble(*lines, lines[-1]) == (
        f"Line {len(lines) + 1} stands after the journal's last line; "
        f"{len(PLAYED.entries)} are whole."
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file is empty"),
        ("hello\n", "not JSON"),
        ("PK\x03\x04", "not JSON"),
        ("[1, 2]\n", "not an entry"),
        ('{"name": "other"}\n', "does not open a peace-sim journal"),
        ('{"peace-sim": "journal", "format": 2}\n', "made by a newer peace-sim"),
        ('{"peace-sim": "journal", "format": 0}\n', "never used"),
        ('{"peace-sim": "journal", "format": true}\n', "never used"),
        ('{"peace-sim": "journal", "format": 1}\n', "does not end in its hash"),
        ("[" * 100_000, "longer than"),
        ("[" * 60_000, "nested deeper than"),
        ('{"a":' * 10_000, "nested deeper than"),
        ('{"peace-sim": NaN}', "not JSON"),
        ('{"peace-sim": 1e999}', "not JSON"),
        ('{"peace-sim": ' + "9" * 5_000 + "}", "not JSON"),
        ('{"peace-sim": "journal", "peace-sim": "journal"}', "not JSON"),
        ('"' + "x" * MAX_LINE + '"', "longer than"),
        ("\x00" * 200, "not JSON"),
    ],
)
def test_what_is_no_journal_is_refused_with_its_line(text: str, says: str) -> None:
    """E3, E4, N8: foreign files, newer formats and JSON bombs."""
    found = read_lines(text)
    assert found.journal is None and found.line == 1
    assert found.trouble and says in found.trouble


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_bytes_of_any_kind_never_raise(data: bytes) -> None:
    read_lines(data)
    read_lines(TEXT.encode()[:900] + data)


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "bomb"},
        {"kind": "advance", "extra": 1},
        {"kind": "move", "role": "a", "decision": "b", "answer": [["c"]], "by": "person"},
        {"kind": "move", "role": "a", "decision": "b", "answer": "c", "by": "person"},
        {"kind": "move", "role": "a", "decision": "b", "answer": [], "by": "magic"},
        {"kind": "move", "role": "a\x1b", "decision": "b", "answer": [], "by": "person"},
        {"kind": "move", "role": "a" * 200, "decision": "b", "answer": [], "by": "person"},
        {"kind": "note", "role": "a", "text": 3},
        {"kind": ["note"], "role": "a", "text": "b"},
        {},
    ],
)
def test_plain_data_that_is_no_entry_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        entry_of(body)


@pytest.mark.parametrize("name", ["../up.yaml", "/etc/passwd", "a/../../b", "c:\\x", "a\\b"])
def test_a_scenario_file_outside_its_folder_is_refused(name: str) -> None:
    """Y9, for the copy of the scenario that a journal carries."""
    found = read_lines(to_lines(PLAYED, {name: "x"}))
    assert found.trouble and "outside its scenario's folder" in found.trouble


# -------------------------------------------------------------------- replay


def test_a_replay_comes_to_the_same_state_and_facts() -> None:
    game = small_game(6)
    played = playout(game, WORLD)
    again = replayed(game, played.journal)
    assert again.trouble is None and again.state == played.state
    facts = tuple((i, fact) for i, facts in enumerate(again.facts) for fact in facts)
    assert facts == played.facts


def test_an_edited_scenario_is_named_and_replayed_only_when_asked() -> None:
    """E4: edited scenario, other scenario, other rules; --rebase is explicit."""
    journal = PLAYED
    found = replayed(edited(GAME), journal)
    assert found.state is None and found.trouble and "was edited since" in found.trouble
    other = replayed(replace(GAME, id="other"), journal)
    assert other.trouble and "played in the scenario small" in other.trouble
    rules = replayed(replace(GAME, rules=2), journal)
    assert rules.trouble and "under rules 1" in rules.trouble
    rebased = replayed(edited(GAME), journal, rebase=True)
    assert rebased.trouble is None and rebased.state is not None
    lost = replace(journal, header=replace(journal.header, chapter="gone"))
    missing = replayed(GAME, lost)
    assert missing.trouble and "'gone'" in missing.trouble and missing.state is None


def test_a_witness_names_the_day_from_which_a_replay_differs() -> None:
    game = small_game(6)
    played = playout(game, WORLD).journal
    states: list[State] = [step.state for step in replay(game, played)]
    after = next(
        i + 1
        for i, entry in enumerate(played.entries)
        if isinstance(entry, Advance) and game.moments[states[i].moment].tick == 2
    )
    journal = replace(played, witnesses=((0, played.witnesses[0][1]), (after, "0" * 16)))
    found = replayed(game, journal)
    assert found.trouble is not None
    assert found.trouble.startswith("The replay differs from the play from 1 February 1995 on")
    assert found.state == states[after - 2] and len(found.facts) == after - 1


def test_an_entry_that_cannot_be_made_ends_the_replay_with_the_good_part() -> None:
    bad = Move(ENVOY, "acts", (("plan", "press"), ("plan", "visit")))
    entries = (*PLAYED.entries[:1], bad, *PLAYED.entries[1:])
    found = replayed(GAME, replace(PLAYED, entries=entries, witnesses=()))
    assert found.trouble and found.trouble.startswith("Entry 1, on 1 January 1995, cannot be made")
    assert len(found.facts) == 1 and found.state is not None


def test_journal_and_state_hashes_do_not_depend_on_the_process() -> None:
    """E1: PYTHONHASHSEED, TZ and LANG change nothing."""
    program = (
        "from play_world import *; from peace_sim.play.playout import playout\n"
        "from peace_sim.play.journal import *\n"
        "p = playout(small_game(6), WORLD)\n"
        "print(state_hash(p.state), to_lines(p.journal).encode().hex())"
    )
    here = Path(__file__).parent
    said = set()
    for seed, zone, lang in [("0", "UTC", "C"), ("1", "Asia/Dushanbe", "tr_TR.UTF-8")]:
        env = os.environ | {
            "PYTHONHASHSEED": seed, "TZ": zone, "LANG": lang,
            "PYTHONPATH": f"{here}{os.pathsep}{here.parent / 'src'}",
        }
        said.add(subprocess.check_output([sys.executable, "-c", program], env=env))
    assert len(said) == 1


# -------------------------------------------------------------------- heavy mode


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_heavy_mode_a_json_round_trip_between_any_two_steps_changes_nothing(
    data: st.DataObject,
) -> None:
    """E2: after every entry, state and entry are written, read and compared."""
    game = small_game(4)
    plain = kept = initial(game, World(data.draw(st.sampled_from("abcdef"))))
    policies = [POLICIES[name] for name in ("random", "weights", "character")]
    while plain.ending is None:
        chosen = data.draw(st.sampled_from(policies))
        todo: list[Entry] = [*answers(game, plain, opened(game, plain), lambda _, p=chosen: p)]
        if todo and data.draw(st.booleans()):
            todo.append(Withdrawal(todo[0].role, todo[0].decision))  # type: ignore[union-attr]
        if data.draw(st.integers(0, 9)) == 0:
            todo.append(Injection("raid"))
        for entry in [*todo, Advance()]:
            line = json.dumps(_as_dict(entry))
            step = apply(game, plain, entry)
            again = apply(game, state_from_json(state_to_json(kept)), entry_of(json.loads(line)))
            assert again == step and state_hash(again.state) == state_hash(step.state)
            plain, kept = step.state, again.state


def _as_dict(entry: Entry) -> dict[str, object]:
    from peace_sim.play.journal import entry_dict

    return entry_dict(entry)


@pytest.mark.parametrize("text", ["", "3", "[]", "{}", '["a"]', "[" * 5000, "null"])
def test_what_is_no_state_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        state_from_json(text)


def test_equal_states_have_equal_hashes_and_others_do_not() -> None:
    state = initial(GAME, WORLD)
    assert state_hash(state) == state_hash(replace(state, cells=(*state.cells,)))
    minus = tuple(-0.0 if cell == 0.0 else cell for cell in state.cells)
    assert state_hash(state) == state_hash(replace(state, cells=minus))
    moved = (state.cells[0] + 1e-9, *state.cells[1:])
    assert state_hash(state) != state_hash(replace(state, cells=moved))
    assert state_hash(state) != state_hash(replace(state, lap=1))


def test_a_refused_move_passes_through_a_context_manager_as_it_is() -> None:
    """A frozen exception turned into a TypeError there."""
    from contextlib import contextmanager

    @contextmanager
    def around():  # type: ignore[no-untyped-def]
        yield

    with pytest.raises(NotOpen), around():
        apply(GAME, initial(GAME, WORLD), Move(GOVERNMENT, "offer", (("word", "sign"),)))


def test_ten_thousand_entries_are_read_in_a_moment(benchmark_seconds: float = 5.0) -> None:
    """E6: linear and quick; far more than a class writes in three hours."""
    import time

    notes = tuple(Note(ENVOY, f"remark {n} [in brackets]") for n in range(10_000))
    text = to_lines(Journal(PLAYED.header, notes))
    start = time.perf_counter()
    assert read_lines(text).good == 10_000
    assert time.perf_counter() - start < benchmark_seconds


def test_a_header_gives_its_world() -> None:
    header: Header = PLAYED.header
    assert header.world == WORLD
