"""What was played, as text: a header, the entries, and witnesses of the states they led to.

A journal is lines of JSON, each carrying a short hash of itself and of the line before, so that a
reader can keep what is whole and name the first line that is not. It holds no State: a state comes
from replaying the entries, and the witnesses tell when a replay goes another way than the play did.
"""

from __future__ import annotations

import json
import re
import struct
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import blake2b
from typing import Any, NoReturn, cast

from peace_sim.engine.facts import Fact
from peace_sim.engine.game import Game
from peace_sim.engine.opening import NotOpen, UnreadableMove
from peace_sim.engine.state import (
    Advance,
    By,
    Entry,
    Injection,
    Message,
    Move,
    Nature,
    Note,
    Seating,
    State,
    Withdrawal,
    World,
)
from peace_sim.engine.step import Step, apply, initial

FORMAT = 1

MAX_LINE = 65_536
MAX_TEXT_LINE = 8_000_000
MAX_LINES = 1_000_000
MAX_DEPTH = 20
MAX_ID = 120
MAX_WORDS = 4_000

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)


@dataclass(frozen=True, slots=True)
class Header:
    """What fixes a play before its first entry: which scenario and rules, world and chapter."""

    scenario: str
    version: str
    digest: str
    rules: int
    engine: str
    seed: str
    nature: Nature
    settings: tuple[tuple[str, str], ...]
    chapter: str
    title: str
    created: str = ""
    """An annotation only: nothing is ordered or decided by it."""
    parent: tuple[str, int] | None = None
    """For a branch: the journal it left, and after how many entries."""
    seen: int = 0
    """For a branch: how many entries the parent had, since what they told cannot be untold."""
    reseeded: tuple[tuple[int, str], ...] = ()
    """For a branch that draws afresh: after so many entries, another seed."""
    format: int = FORMAT

    @property
    def world(self) -> World:
        """The world in which the chapter opens."""
        return World(self.seed, self.nature, self.settings)


@dataclass(frozen=True, slots=True)
class Journal:
    """A play: header, entries in order, witnesses (after so many entries, a state's hash)."""

    header: Header
    entries: tuple[Entry, ...] = ()
    witnesses: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadJournal:
    """What could be read: the good part, and the first trouble with its line."""

    journal: Journal | None
    """None when not even the header can be read."""
    texts: Mapping[str, str]
    good: int
    """How many entries are whole."""
    trouble: str | None
    line: int | None
    tip: str = ""
    """The hash of the last good line, from which a store goes on."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """Where a replay came to, the facts of each entry, and why it stopped early, if it did."""

    state: State | None
    facts: tuple[tuple[Fact, ...], ...]
    trouble: str | None


class ReplayTrouble(Exception):
    """A replay that cannot go on after ``index`` entries, with a sentence that says why."""

    def __init__(self, message: str, index: int) -> None:
        super().__init__(message)
        self.message = message
        self.index = index


# -------------------------------------------------------------------- writing


def to_lines(journal: Journal, scenario_texts: Mapping[str, str] | None = None) -> str:
    """The journal as a text file, with the scenario it was played under, if given."""
    line, tip = header_line(journal.header, dict(journal.witnesses).get(0))
    lines = [line]
    for name, text in (scenario_texts or {}).items():
        line, tip = _chained({"file": name, "text": text}, tip)
        lines.append(line)
    more, tip = entry_lines(journal.entries, 0, tip, dict(journal.witnesses))
    lines += more
    line, _ = _chained({"end": len(journal.entries)}, tip)
    lines.append(line)
    return "\n".join(lines) + "\n"


def tip_of(journal: Journal) -> str:
    """The hash of the last line that a store keeps for this journal."""
    witnesses = dict(journal.witnesses)
    _, tip = header_line(journal.header, witnesses.get(0))
    return entry_lines(journal.entries, 0, tip, witnesses)[1]


def header_line(header: Header, witness: str | None) -> tuple[str, str]:
    """The first line of a journal, and its hash."""
    body: dict[str, object] = {
        "peace-sim": "journal",
        "format": header.format,
        "rules": header.rules,
        "scenario": header.scenario,
        "version": header.version,
        "digest": header.digest,
        "engine": header.engine,
        "seed": header.seed,
        "nature": header.nature,
        "settings": dict(header.settings),
        "chapter": header.chapter,
        "title": header.title,
        "created": header.created,
    }
    if header.parent is not None:
        body["parent"] = {"journal": header.parent[0], "after": header.parent[1]}
        body["seen"] = header.seen
    if header.reseeded:
        body["reseeded"] = [[after, seed] for after, seed in header.reseeded]
    if witness:
        body["state"] = witness
    return _chained(body, "")


def entry_lines(
    entries: Iterable[Entry], start: int, tip: str, witnesses: Mapping[int, str]
) -> tuple[list[str], str]:
    """The lines of entries numbered from ``start`` that follow the hash ``tip``; the new tip."""
    lines = []
    for seq, entry in enumerate(entries, start):
        body: dict[str, object] = {"seq": seq, **entry_dict(entry)}
        if seq + 1 in witnesses:
            body["state"] = witnesses[seq + 1]
        line, tip = _chained(body, tip)
        lines.append(line)
    return lines, tip


def entry_dict(entry: Entry) -> dict[str, object]:
    """An entry as plain data, its kind first."""
    match entry:
        case Move():
            answer = [list(pair) for pair in entry.answer]
            body: dict[str, object] = {
                "kind": "move", "role": entry.role, "decision": entry.decision,
                "answer": answer, "by": entry.by,
            }
            if entry.reason:
                body["reason"] = entry.reason
            return body
        case Withdrawal():
            return {"kind": "withdrawal", "role": entry.role, "decision": entry.decision}
        case Advance():
            return {"kind": "advance"}
        case Injection():
            return {"kind": "injection", "event": entry.event}
        case Seating():
            return {
                "kind": "seating", "role": entry.role, "holder": entry.holder, "by": entry.by
            }
        case Message():
            return {
                "kind": "message", "role": entry.role, "to": list(entry.to), "text": entry.text
            }
        case Note():
            return {"kind": "note", "role": entry.role, "text": entry.text}


def cleaned(entry: Entry) -> Entry:
    """The entry with people's words made safe to store and show."""
    match entry:
        case Move():
            return replace(entry, reason=clean(entry.reason)) if entry.reason else entry
        case Seating():
            return replace(entry, holder=clean(entry.holder)[:MAX_ID])
        case Message() | Note():
            return replace(entry, text=clean(entry.text))
        case _:
            return entry


_UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e"
    "\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


def clean(text: str) -> str:
    """Strangers' words without control, bidi and tag characters, composed, and bounded."""
    text = text[: 4 * MAX_WORDS].replace("\t", " ")
    if text.isascii() and text.isprintable():
        return text[:MAX_WORDS]
    text = unicodedata.normalize("NFC", _UNSAFE.sub("", text))
    kept, marks = [], 0
    for letter in text:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= 4:
            kept.append(letter)
    return "".join(kept)[:MAX_WORDS]


def _chained(body: Mapping[str, object], tip: str) -> tuple[str, str]:
    text = json.dumps({**body, "prev": tip}, ensure_ascii=False)
    digest = _digest(text)
    return f'{text[:-1]}, "hash": "{digest}"}}', digest


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


# -------------------------------------------------------------------- reading


class _Unreadable(Exception):
    """Why a line cannot be read, as the end of a sentence."""


def read_lines(text: str | bytes) -> ReadJournal:
    """What a journal file holds, up to its first bad line. Never raises for damage."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    lines = text.removeprefix("\ufeff").split("\n")
    if lines[-1] == "":
        lines.pop()
    return _Reader(ends=True).read([line.removesuffix("\r") for line in lines])


def read_rows(header: str, rows: Iterable[str]) -> ReadJournal:
    """What a store holds: like a file, but with no end line, since play may go on."""
    return _Reader(ends=False).read([header, *rows])


class _Reader:
    """A reading under way: the good part so far, and where the chain of hashes stands."""

    def __init__(self, ends: bool) -> None:
        self.ends = ends
        self.header: Header | None = None
        self.texts: dict[str, str] = {}
        self.entries: list[Entry] = []
        self.witnesses: list[tuple[int, str]] = []
        self.tip = ""
        self.ended = False

    def read(self, lines: list[str]) -> ReadJournal:
        for number, line in enumerate(lines, 1):
            try:
                self.take(line, number)
            except _Unreadable as found:
                return self.done(f"Line {number} {found}", number)
        if self.header is None:
            return self.done("Line 1 is missing: the file is empty", 1)
        if self.ends and not self.ended:
            return self.done("The file stops early: its last line is missing", len(lines) + 1)
        return self.done(None, None)

    def done(self, trouble: str | None, line: int | None) -> ReadJournal:
        journal = None
        good = len(self.entries)
        if self.header is not None:
            journal = Journal(self.header, tuple(self.entries), tuple(self.witnesses))
            if trouble:
                whole = "no entry is" if not good else "1 entry is" if good == 1 else f"{good} are"
                trouble = f"{trouble}; {whole} whole."
        elif trouble:
            trouble += "."
        return ReadJournal(journal, self.texts, good, trouble, line, self.tip)

    def take(self, line: str, number: int) -> None:
        if number > MAX_LINES:
            raise _Unreadable(f"is more than a journal may have ({MAX_LINES})")
        limit = MAX_TEXT_LINE if line.startswith('{"file": ') else MAX_LINE
        if len(line) > limit:
            raise _Unreadable(f"is longer than {limit} characters")
        if self.ended:
            raise _Unreadable("stands after the journal's last line")
        body = _parsed(line)
        if self.header is None:
            _check_format(body)
        own = _checked(line)
        before = _pop(body, "prev", str)
        del body["hash"]
        if self.header is None:
            self.take_header(body)
        elif before != self.tip:
            raise _Unreadable(self.out_of_place(body))
        elif "file" in body:
            self.take_text(body)
        elif "end" in body:
            if _pop(body, "end", int) != len(self.entries):
                raise _Unreadable("ends another journal")
            self.ended = True
        else:
            self.take_entry(body)
        self.tip = own

    def take_header(self, body: dict[str, Any]) -> None:
        if "state" in body:
            self.witnesses.append((0, _hash_of(body)))
        self.header = _header(body)

    def take_text(self, body: dict[str, Any]) -> None:
        name, text = _id(body, "file"), _pop(body, "text", str)
        if self.entries or len(self.texts) >= 500:
            raise _Unreadable("holds a scenario file where none may stand")
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            raise _Unreadable("names a file outside its scenario's folder")
        _nothing_left(body)
        self.texts[name] = text

    def take_entry(self, body: dict[str, Any]) -> None:
        seq = _pop(body, "seq", int)
        if seq != len(self.entries):
            raise _Unreadable(f"is entry {seq}, where entry {len(self.entries)} was to stand")
        witness = _hash_of(body) if "state" in body else None
        self.entries.append(entry_of(body))
        if witness:
            self.witnesses.append((len(self.entries), witness))

    def out_of_place(self, body: dict[str, Any]) -> str:
        """Why a whole line does not follow from the one before."""
        seq, due = body.get("seq"), len(self.entries)
        if isinstance(seq, int) and seq < due:
            return f"is entry {seq} again, or out of place"
        if isinstance(seq, int) and seq > due:
            return f"is entry {seq}, but entry {due} is missing"
        return "does not follow from the line before: lines are missing, swapped or from elsewhere"


def entry_of(body: Mapping[str, Any]) -> Entry:
    """The entry that plain data stands for. Raises ValueError for anything else."""
    rest = dict(body)
    try:
        kind = _pop(rest, "kind", str)
        if kind not in _KINDS:
            raise _Unreadable(f"is of a kind that is not known here ({clean(kind)[:40]!r})")
        entry = _KINDS[kind](rest)
        _nothing_left(rest)
    except _Unreadable as found:
        raise _NotAnEntry(str(found)) from None
    return entry


class _NotAnEntry(_Unreadable, ValueError):
    """The same trouble, for callers who have no line."""


def _move(body: dict[str, Any]) -> Move:
    pairs = _pop(body, "answer", list)
    if len(pairs) > 200:
        raise _Unreadable("answers more than 200 things at once")
    answer = []
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2:
            raise _Unreadable("has an answer that is not pairs of field and option")
        answer.append((_as_id(pair[0]), _as_id(pair[1])))
    reason = _words(body, "reason") if "reason" in body else ""
    return Move(_id(body, "role"), _id(body, "decision"), tuple(answer), _by(body), reason)


_KINDS: Mapping[str, Callable[[dict[str, Any]], Entry]] = {
    "move": _move,
    "withdrawal": lambda body: Withdrawal(_id(body, "role"), _id(body, "decision")),
    "advance": lambda body: Advance(),
    "injection": lambda body: Injection(_id(body, "event")),
    "seating": lambda body: Seating(_id(body, "role"), _words(body, "holder"), _by(body)),
    "message": lambda body: Message(
        _id(body, "role"),
        tuple(_as_id(role) for role in _pop(body, "to", list)),
        _words(body, "text"),
    ),
    "note": lambda body: Note(_id(body, "role"), _words(body, "text")),
}


def _check_format(body: dict[str, Any]) -> None:
    if body.get("peace-sim") != "journal":
        raise _Unreadable("does not open a peace-sim journal")
    made = body.get("format")
    if type(made) is not int or made < 1:
        raise _Unreadable("says a format that was never used")
    if made > FORMAT:
        raise _Unreadable(
            f"says format {made}, made by a newer peace-sim; this one reads format {FORMAT}"
        )


def _header(body: dict[str, Any]) -> Header:
    _pop(body, "peace-sim", str)
    parent = None
    if "parent" in body:
        branch = _pop(body, "parent", dict)
        parent = (_id(branch, "journal"), _count(branch, "after"))
        _nothing_left(branch)
    nature = _pop(body, "nature", str)
    if nature not in ("recorded", "drawn"):
        raise _Unreadable("names a nature that is not recorded or drawn")
    settings = _pop(body, "settings", dict)
    reseeded = []
    for pair in _pop(body, "reseeded", list) if "reseeded" in body else []:
        if not isinstance(pair, list) or len(pair) != 2 or type(pair[0]) is not int:
            raise _Unreadable("has a fresh seed that is not a number and a seed")
        reseeded.append((pair[0], _as_words(pair[1])))
    header = Header(
        format=_pop(body, "format", int),
        rules=_count(body, "rules"),
        scenario=_id(body, "scenario"),
        version=_id(body, "version"),
        digest=_id(body, "digest"),
        engine=_id(body, "engine"),
        seed=_words(body, "seed"),
        nature=cast(Nature, nature),
        settings=tuple((_as_id(name), _as_id(level)) for name, level in settings.items()),
        chapter=_id(body, "chapter"),
        title=_words(body, "title"),
        created=_id(body, "created"),
        parent=parent,
        seen=_count(body, "seen") if "seen" in body else 0,
        reseeded=tuple(reseeded),
    )
    _nothing_left(body)
    return header


def _parsed(line: str) -> dict[str, Any]:
    if _deep(line):
        raise _Unreadable(f"is nested deeper than {MAX_DEPTH}")
    try:
        body = json.loads(
            line,
            object_pairs_hook=_unique,
            parse_int=_small,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError):
        raise _Unreadable("is cut off or damaged: it is not JSON") from None
    if not isinstance(body, dict):
        raise _Unreadable("is not an entry")
    return body


def _deep(line: str) -> bool:
    if line.count("[") + line.count("{") <= MAX_DEPTH:
        return False
    depth = 0
    for mark in re.sub(r'"(?:[^"\\]|\\.)*"', "", line):
        if mark in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif mark in "]}":
            depth -= 1
    return False


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise ValueError("a key stands twice")
    return body


def _small(digits: str) -> int:
    if len(digits) > 10:
        raise ValueError("a number is too large")
    return int(digits)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} has no place in a journal")


_SIGNED = re.compile(r'(.*), "hash": "([0-9a-f]{16})"\}', re.DOTALL)


def _checked(line: str) -> str:
    """The line's own hash, if the line is what it was when it was written."""
    found = _SIGNED.fullmatch(line)
    if found is None:
        raise _Unreadable("does not end in its hash")
    if _digest(found[1] + "}") != found[2]:
        raise _Unreadable("was changed after it was written: its hash does not match")
    return found[2]


def _pop(body: dict[str, Any], key: str, kind: type) -> Any:
    value = body.pop(key, None)
    if type(value) is not kind:
        raise _Unreadable(f"lacks {key}" if value is None else f"has a {key} of the wrong kind")
    return value


def _count(body: dict[str, Any], key: str) -> int:
    value: int = _pop(body, key, int)
    if value < 0:
        raise _Unreadable(f"has a negative {key}")
    return value


def _id(body: dict[str, Any], key: str) -> str:
    return _as_id(_pop(body, key, str))


def _as_id(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_ID or clean(value) != value:
        raise _Unreadable("has a name that is no name")
    return value


def _words(body: dict[str, Any], key: str) -> str:
    return _as_words(_pop(body, key, str))


def _as_words(value: object) -> str:
    if not isinstance(value, str):
        raise _Unreadable("has something else where words should stand")
    return clean(value)


def _by(body: dict[str, Any]) -> By:
    by = _pop(body, "by", str)
    if by not in ("person", "policy", "default"):
        raise _Unreadable("does not say who acted: person, policy or default")
    return cast(By, by)


def _hash_of(body: dict[str, Any]) -> str:
    witness = _id(body, "state")
    if not re.fullmatch("[0-9a-f]{16}", witness):
        raise _Unreadable("has a witness that is no hash")
    return witness


def _nothing_left(body: dict[str, Any]) -> None:
    for key in body:
        raise _Unreadable(f"says something that is not known here ({clean(key)[:40]!r})")


# -------------------------------------------------------------------- states


def state_hash(state: State) -> str:
    """Sixteen letters for a state: equal states have equal ones, on every machine."""
    rest = json.dumps(_beside_cells(state), ensure_ascii=True)
    digest = blake2b(rest.encode(), digest_size=8)
    # 0.0 and -0.0 are equal but differ in their bits; adding 0.0 makes them one
    digest.update(struct.pack(f"<{len(state.cells)}d", *[cell + 0.0 for cell in state.cells]))
    return digest.hexdigest()


def state_to_json(state: State) -> str:
    """A whole state as text; only a session's host may see it."""
    return json.dumps([*_beside_cells(state), list(state.cells)], allow_nan=False)


def state_from_json(text: str) -> State:
    """The state that ``state_to_json`` wrote. Raises ValueError for anything else."""
    try:
        world, chapter, moment, stage, lap, sealed, ending, cells = json.loads(text)
        seed, nature, settings = world
        moves = tuple(entry_of(move) for move in sealed)
        return State(
            World(seed, nature, tuple((name, level) for name, level in settings)),
            chapter, moment, stage, lap,
            tuple(float(cell) for cell in cells),
            tuple(move for move in moves if isinstance(move, Move)),
            ending,
        )
    except (TypeError, RecursionError) as found:
        raise ValueError("not a state") from found


def _beside_cells(state: State) -> list[object]:
    world = state.world
    return [
        [world.seed, world.nature, [list(pair) for pair in world.settings]],
        state.chapter,
        state.moment,
        state.stage,
        state.lap,
        [entry_dict(move) for move in state.sealed],
        state.ending,
    ]


# -------------------------------------------------------------------- replay


@dataclass(slots=True)
class _Line:
    """A replay under way."""

    game: Game
    journal: Journal
    rebase: bool
    opening: State | None
    state: State = field(init=False)

    def start(self) -> None:
        header, game = self.journal.header, self.game
        if header.scenario != game.id:
            raise ReplayTrouble(
                f"This was played in the scenario {header.scenario}, and this is {game.id}.", 0
            )
        if not self.rebase:
            self.same_rules()
        try:
            self.state = self.opening or initial(game, header.world, header.chapter)
        except KeyError as missing:
            raise ReplayTrouble(
                f"The journal asks for {clean(str(missing))}, which this scenario does not have.", 0
            ) from None
        witness = dict(self.journal.witnesses).get(0)
        if witness and not self.rebase and witness != state_hash(self.state):
            raise ReplayTrouble("The replay differs from the play from the start.", 0)

    def same_rules(self) -> None:
        header, game = self.journal.header, self.game
        if header.rules != game.rules:
            raise ReplayTrouble(
                f"This was played under rules {header.rules}, and these are rules {game.rules}: "
                "it can be read, and go on as a branch under the new rules.", 0,
            )
        if header.digest != game.digest:
            raise ReplayTrouble(
                f"The scenario {game.id} was edited since this was played (then {header.version}, "
                f"now {game.version}): replay it with the copy it carries, or go on as a branch.",
                0,
            )

    def steps(self) -> Iterator[Step]:
        self.start()
        witnesses = dict(self.journal.witnesses)
        fresh = dict(self.journal.header.reseeded)
        for index, entry in enumerate(self.journal.entries):
            if index in fresh:
                self.state = reseed(self.state, fresh[index])
            day = self.game.moments[self.state.moment].day
            try:
                step = apply(self.game, self.state, entry)
            except (NotOpen, UnreadableMove) as refused:
                raise ReplayTrouble(
                    f"Entry {index}, on {spoken(day)}, cannot be made in this replay: {refused!r}.",
                    index,
                ) from refused
            witness = witnesses.get(index + 1)
            if witness and not self.rebase and witness != state_hash(step.state):
                raise ReplayTrouble(
                    f"The replay differs from the play from {spoken(day)} on (entry {index}).",
                    index,
                )
            self.state = step.state
            yield step
        if len(self.journal.entries) in fresh:
            self.state = reseed(self.state, fresh[len(self.journal.entries)])


def replay(
    game: Game, journal: Journal, *, rebase: bool = False, opening: State | None = None
) -> Iterator[Step]:
    """The step of each entry, in order; nothing is decided anew.

    Raises ReplayTrouble at the first entry that cannot be replayed. ``rebase`` replays under
    another edition, as far as it goes; ``opening`` is the chapter's first state, if at hand.
    """
    yield from _Line(game, journal, rebase, opening).steps()


def replayed(game: Game, journal: Journal, *, rebase: bool = False) -> Replayed:
    """Where a journal leads: the good part, and the trouble that ended it, if any."""
    line = _Line(game, journal, rebase, None)
    facts: list[tuple[Fact, ...]] = []
    trouble = None
    try:
        for step in line.steps():
            facts.append(step.facts)
    except ReplayTrouble as found:
        trouble = found.message
    return Replayed(getattr(line, "state", None), tuple(facts), trouble)


def reseed(state: State, seed: str) -> State:
    """The same moment in a world whose future is drawn by another seed."""
    return replace(state, world=replace(state.world, seed=seed))


def spoken(day: int) -> str:
    """A day as people say it: 3 March 1995."""
    when = date.fromordinal(day)
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"
