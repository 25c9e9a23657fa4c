"""A scenario's texts bound into one edition: parsed, joined, read, compiled, and what is wrong.

Where texts come from is a :class:`Shelf`'s business; this module reads no file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

from peace_sim.diagnostics import Diagnostic, Findings, Span, error, failed, in_order
from peace_sim.scenario.assemble import assemble
from peace_sim.scenario.compile import Compiled, compile_scenario
from peace_sim.scenario.document import Document, ListNode, MapNode, Node, Scalar, parse
from peace_sim.scenario.edition import CodexEntry, Edition, MapData, Series
from peace_sim.scenario.extras import read_codex, read_map, read_record, read_series, record_ids
from peace_sim.scenario.read import read
from peace_sim.scenario.resting import restless
from peace_sim.scenario.whole import Scenario

MAIN = "scenario.yaml"
"""The name of a scenario's first file among its texts, whatever the file itself is called."""

FORMAT = 1
"""The form of scenarios that this program reads."""

MAX_FILES = 100
MAX_CHARACTERS = 8_000_000
"""In all files of a scenario together."""

_FILE_KEYS = ("files", "record", "series", "codex", "map")


class Shelf(Protocol):
    """Where the texts of one scenario stand."""

    def shown(self, name: str) -> str:
        """What findings call the file of this name."""

    def take(self, name: str, at: Span | None) -> tuple[str | None, Findings]:
        """The text of this name, or why it is not to be had; ``at`` is where it is named."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What came of a scenario's texts: an edition if nothing is wrong, and all that was found."""

    edition: Edition | None
    findings: Findings
    texts: Mapping[str, str]
    scenario: Scenario | None = None
    root: MapNode | None = None


def bind(shelf: Shelf) -> Bound:
    """Read a scenario from its first file on, with every mistake that can be told at once."""
    return _Binder(shelf).bound()


class _Binder:
    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.found: list[Diagnostic] = []
        self.texts: dict[str, str] = {}
        self.documents: dict[str, Document] = {}
        self.named: dict[str, list[str]] = {key: [] for key in _FILE_KEYS}
        self.lacking = False

    def bound(self) -> Bound:
        scenario: Scenario | None = None
        root: MapNode | None = None
        edition: Edition | None = None
        self.open(MAIN, None)
        if MAIN in self.documents:
            self.open_all(self.documents[MAIN].root)
            scenario, root = self.form()
            edition = self.meaning(scenario, root)
        findings = in_order(self.found)
        return Bound(None if failed(findings) else edition, findings, self.texts, scenario, root)

    # ── files ──

    def open(self, name: str, at: Span | None) -> bool:
        """Whether the text of this name could be had and read."""
        text, findings = self.shelf.take(name, at)
        self.found += findings
        if text is None:
            return False
        self.texts[name] = text
        document, findings = parse(text, self.shelf.shown(name))
        self.found += findings
        if document is not None:
            self.documents[name] = document
        return document is not None

    def open_all(self, root: Node) -> None:
        """Every file that the first one names."""
        first: dict[str, Span] = {}
        for key, scalar in _names(root):
            name, at = scalar.text, scalar.content
            if name in first:
                related = (("first here", first[name]),)
                message = f"“{name}” is named twice"
                self.found.append(error("S306", message, at, "name each file once", related))
                continue
            first[name] = at
            if self.may_open(name, at, len(first)) and self.open(name, at):
                self.named[key].append(name)
            elif key == "files":
                self.lacking = True

    def may_open(self, name: str, at: Span, number: int) -> bool:
        """Whether a name is one of a further file, and there are not too many of them."""
        if (why := _unfit(name)) is not None:
            hint = "name a file in the scenario's own folder, such as acts.yaml"
            self.found.append(error("S306", f"“{name[:80]}” {why}", at, hint))
            return False
        if number > MAX_FILES:
            if number == MAX_FILES + 1:
                message = f"a scenario has at most {MAX_FILES} further files"
                self.found.append(error("Y104", message, at))
            return False
        if sum(map(len, self.texts.values())) > MAX_CHARACTERS:
            message = f"the files before this one hold more than {MAX_CHARACTERS} characters"
            self.found.append(error("Y104", message, at))
            return False
        return True

    # ── form, then meaning ──

    def form(self) -> tuple[Scenario | None, MapNode | None]:
        names = (MAIN, *self.named["files"])
        root, findings = assemble({name: self.documents[name] for name in names}, MAIN)
        self.found += findings
        if root is None:
            return None, None
        if (newer := _of_another_format(root)) is not None:
            # its keys may mean something else, so nothing else is said of them
            self.found = [newer]
            return None, None
        if not any(root.get(key) for key in ("scenario", "calendar", "chapters")):
            message = "this is no scenario's first file: it lacks scenario, calendar and chapters"
            hint = f"a further file is checked with its folder, which has a {MAIN}"
            self.found.append(error("S302", message, root.span, hint))
            return None, None
        scenario, findings = read(root)
        # where YAML was refused, nothing stands that could have the right form
        refused = {f.span for f in self.found if f.code.startswith("Y")}
        findings = tuple(f for f in findings if f.span not in refused)
        if self.lacking:
            # a section that seems to be missing may stand in the file that could not be read
            findings = tuple(f for f in findings if f.code != "S302" or f.span != root.span)
        self.found += findings
        return scenario, root

    def meaning(self, scenario: Scenario | None, root: MapNode | None) -> Edition | None:
        records = [self.documents[name] for name in self.named["record"]]
        record, findings = read_record(records)
        self.found += findings
        compiled: Compiled | None = None
        digest = digest_of(self.texts)
        if scenario is not None and root is not None and not self.lacking:
            whole = all(name in self.named["record"] for name in scenario.record)
            ids = record_ids(records) if whole else None
            compiled, findings = compile_scenario(scenario, root, digest=digest, record=ids)
            self.found += findings
        if compiled is not None:
            self.found += restless(compiled.game)
        series = self.series(compiled)
        codex = self.codex()
        drawn = self.map()
        if scenario is None or compiled is None:
            return None
        return Edition(
            scenario.scenario, scenario.title, scenario.version, digest, scenario.summary,
            compiled.game, compiled.talks, compiled.mandates, compiled.ceasefires,
            compiled.commitments, record, series, codex, drawn, compiled.assumptions,
            scenario.meta.content_notes, self.texts,
        )  # fmt: skip

    def series(self, compiled: Compiled | None) -> tuple[Series, ...]:
        known = None if compiled is None else compiled.game.index["variable"]
        series: tuple[Series, ...] = ()
        for name in self.named["series"]:
            series, findings = read_series(self.documents[name], known)
            self.found += findings
        return series

    def codex(self) -> tuple[CodexEntry, ...]:
        codex: tuple[CodexEntry, ...] = ()
        for name in self.named["codex"]:
            codex, findings = read_codex(self.documents[name])
            self.found += findings
        return codex

    def map(self) -> MapData | None:
        drawn: MapData | None = None
        for name in self.named["map"]:
            drawn, findings = read_map(self.documents[name])
            self.found += findings
        return drawn


def digest_of(texts: Mapping[str, str]) -> str:
    """One short word for exactly these texts under these names."""
    digest = blake2b(digest_size=16)
    for name in sorted(texts):
        for part in (name, texts[name]):
            data = part.encode()
            digest.update(f"{len(data)}:".encode())
            digest.update(data)
    return digest.hexdigest()


def _of_another_format(root: MapNode) -> Diagnostic | None:
    written = root.get("format")
    if not isinstance(written, Scalar) or not re.fullmatch("[2-9]|[1-9][0-9]{1,8}", written.text):
        return None
    message = f"made for format {written.text} of scenarios; this program reads format {FORMAT}"
    return error("S308", message, written.span, "get a newer peace-sim, or an older scenario")


def _names(root: Node) -> Iterator[tuple[str, Scalar]]:
    """Each file that a first file names, with the key that names it."""
    if not isinstance(root, MapNode):
        return
    for key in _FILE_KEYS:
        node = root.get(key)
        for item in node.items if isinstance(node, ListNode) else (node,):
            if isinstance(item, Scalar) and item.text:
                yield key, item


# Letters that mean the same to every file system; a leading dot would hide a file.
_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)")


def _unfit(name: str) -> str | None:
    """Why a name in a scenario's file cannot be that of another of its files."""
    if "://" in name:
        return "is an address; nothing is fetched from a network"
    if "\\" in name:
        return "has a backslash; folders are parted by /"
    if name.startswith("/") or re.match("[A-Za-z]:", name):
        return "is an absolute path"
    if any(part in ("..", ".", "~") for part in name.split("/")):
        return "leads out of the scenario's folder, or nowhere"
    if any(_DEVICE.fullmatch(part.partition(".")[0]) for part in name.split("/")):
        return "is the name of a device on some machines"
    if not _PLAIN.fullmatch(name) or len(name) > 200:
        return "has characters other than letters, digits, - _ . and /"
    if not name.endswith((".yaml", ".yml")):
        return "does not end in .yaml"
    if name == MAIN:
        return "is the name of a scenario's first file"
    return None
