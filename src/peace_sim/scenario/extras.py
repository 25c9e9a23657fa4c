"""What a scenario carries beside its rules: the record with its sources, series, codex, map.

Nodes in, the types of :mod:`peace_sim.scenario.edition` and findings out. Entries are read one by
one, so that a slip in one hides nothing of the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError

from peace_sim.diagnostics import Diagnostic, Findings, Span, error, nearest
from peace_sim.scenario.document import Document, ListNode, MapNode, Node, Scalar, plain
from peace_sim.scenario.edition import (
    CodexEntry,
    Figure,
    MapData,
    Outline,
    Place,
    RecordEntry,
    Series,
    Source,
)
from peace_sim.scenario.model import ID, Day, Part, Slug, Text, Texts, Title
from peace_sim.scenario.read import ADDRESS, findings_of, key_span, span_at

P = TypeVar("P", bound=Part)

Number = float | int
Words = Annotated[str, Field(max_length=8000)]
Url = Annotated[str, Field(pattern=ADDRESS, max_length=500)]
Longitude = Annotated[Number, Field(ge=-180, le=180)]
Latitude = Annotated[Number, Field(ge=-90, le=90)]
Point = Annotated[tuple[Longitude, Latitude], Field(strict=False)]


class SourcePart(Part):
    """Where a statement comes from."""

    title: Annotated[str, Field(min_length=1, max_length=400)]
    url: Url
    year: Annotated[int, Field(ge=1, le=2100)]


SourceParts = Annotated[tuple[SourcePart, ...], Field(strict=False)]


class FigurePart(Part):
    """A number in a record entry; no value where the source gives words alone."""

    title: Title
    value: Number | None = None
    unit: Words = ""


class RecordPart(Part):
    """What really happened on a date. Of a month or a season its first day stands."""

    id: Slug
    date: Day
    precision: Literal["day", "month", "season"]
    title: Title
    summary: Words = ""
    track: Title
    actors: Texts = ()
    numbers: Annotated[tuple[FigurePart, ...], Field(strict=False)] = ()
    sources: SourceParts = ()
    confidence: Literal["high", "medium", "low"]
    disputes: Texts = ()
    places: Texts = ()


class PointPart(Part):
    """A value on a day."""

    date: Day
    value: Number
    note: Words = ""


class SeriesPart(Part):
    """A measured series, and the variable of the game that it is compared with."""

    id: Slug
    title: Title
    unit: Words = ""
    variable: ID | None = None
    points: Annotated[tuple[PointPart, ...], Field(strict=False, min_length=1)]
    sources: SourceParts = ()


class CodexPart(Part):
    """A word, party, person, place or document, explained."""

    id: Slug
    title: Title
    kind: Title
    text: Text
    see: Annotated[tuple[Slug, ...], Field(strict=False)] = ()
    sources: SourceParts = ()


class PlacePart(Part):
    """A point on the map."""

    id: Slug
    title: Title
    lon: Longitude
    lat: Latitude
    kind: Title = "town"
    note: Words = ""


class OutlinePart(Part):
    """A country's rings of longitude and latitude."""

    id: Slug
    title: Title
    kind: Title = "country"
    rings: Annotated[
        tuple[Annotated[tuple[Point, ...], Field(strict=False, min_length=3)], ...],
        Field(strict=False, min_length=1),
    ]


class MapPart(Part):
    """The map's own keys; outlines and places are read one by one."""

    attribution: Text
    outlines: list[Any] = Field(default_factory=list)
    places: list[Any] = Field(default_factory=list)


# ── the files ────────────────────────────────────────────────────────────────────────────────


def read_record(documents: Iterable[Document]) -> tuple[tuple[RecordEntry, ...], Findings]:
    """The entries of the record, file by file, in the order written."""
    found: list[Diagnostic] = []
    entries: list[RecordEntry] = []
    ids = _Ids("the record")
    for document in documents:
        for node, part in _parts(document.root, RecordPart, "the record", ids, found):
            _sourced(node, part, found)
            day = _day(node, part.date, ("date",), found)
            if day is not None:
                entries.append(_entry(part, day))
    return tuple(entries), tuple(found)


def record_ids(documents: Iterable[Document]) -> frozenset[str]:
    """The ids of all entries, those with findings included: what a milestone may name."""
    nodes = (node for document in documents for node in _items(document.root))
    return frozenset(id.text for id in map(_id, nodes) if id is not None)


def _entry(part: RecordPart, day: date) -> RecordEntry:
    return RecordEntry(
        part.id, day, part.precision, part.title, part.summary, part.track, part.actors,
        tuple(Figure(f.title, _float(f.value), f.unit) for f in part.numbers),
        _sources(part.sources), part.confidence, part.disputes, part.places,
    )  # fmt: skip


def read_series(
    document: Document, variables: Collection[str] | None = None
) -> tuple[tuple[Series, ...], Findings]:
    """The measured series. ``variables`` are those that one may be compared with, if known."""
    found: list[Diagnostic] = []
    read: list[Series] = []
    for node, part in _parts(document.root, SeriesPart, "the series", _Ids("the series"), found):
        _sourced(node, part, found)
        if part.variable and variables is not None and part.variable not in variables:
            message = f"“{part.id}” is compared with “{part.variable}”, which is no variable"
            _unknown(message, part.variable, variables, span_at(node, ("variable",)), found)
        points = tuple(_points(node, part, found))
        read.append(
            Series(part.id, part.title, part.unit, points, _sources(part.sources),
                   part.variable or "")
        )  # fmt: skip
    return tuple(read), tuple(found)


def _points(
    node: Node, part: SeriesPart, found: list[Diagnostic]
) -> Iterator[tuple[date, float, str]]:
    last: date | None = None
    for number, point in enumerate(part.points):
        path = ("points", number, "date")
        day = _day(node, point.date, path, found)
        if day is None:
            continue
        if last is not None and day <= last:
            message = f"“{part.id}”: {day} does not come after {last}, the point before it"
            hint = "put the points in the order of their days, one for each day"
            found.append(error("S307", message, span_at(node, path), hint))
        last = day
        yield day, float(point.value), point.note


def read_codex(document: Document) -> tuple[tuple[CodexEntry, ...], Findings]:
    """The entries of the codex, each ``see`` leading to another."""
    found: list[Diagnostic] = []
    read: list[CodexEntry] = []
    known = {id.text for id in map(_id, _items(document.root)) if id is not None}
    for node, part in _parts(document.root, CodexPart, "the codex", _Ids("the codex"), found):
        for number, id in enumerate(part.see):
            if id not in known:
                message = f"“{part.id}” says to see “{id}”, which is not in the codex"
                _unknown(message, id, known, span_at(node, ("see", number)), found)
        read.append(
            CodexEntry(part.id, part.title, part.kind, part.text, part.see, _sources(part.sources))
        )
    return tuple(read), tuple(found)


def read_map(document: Document) -> tuple[MapData | None, Findings]:
    """What the map screen draws."""
    root = document.root
    try:
        whole = MapPart.model_validate(plain(root))
    except ValidationError as trouble:
        return None, findings_of(trouble, root, MapPart, "the map")
    found: list[Diagnostic] = []
    outlines, places = _below(root, "outlines"), _below(root, "places")
    drawn = MapData(
        tuple(
            Outline(part.id, part.title, part.kind, _rings(part))
            for _, part in _parts(outlines, OutlinePart, "outlines", _Ids("outlines"), found)
        ),
        tuple(
            Place(part.id, part.title, float(part.lon), float(part.lat), part.kind, part.note)
            for _, part in _parts(places, PlacePart, "places", _Ids("places"), found)
        ),
        whole.attribution,
    )
    return drawn, tuple(found)


def _rings(part: OutlinePart) -> tuple[tuple[tuple[float, float], ...], ...]:
    return tuple(tuple((float(lon), float(lat)) for lon, lat in ring) for ring in part.rings)


# ── entry by entry ───────────────────────────────────────────────────────────────────────────


class _Ids:
    """The ids of one list, to tell one that stands twice."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.first: dict[str, Span] = {}

    def check(self, id: Scalar, found: list[Diagnostic]) -> None:
        first = self.first.setdefault(id.text, id.span)
        if first is not id.span:
            message = f"“{id.text}” stands twice in {self.where}"
            found.append(error("S305", message, id.span, None, (("first here", first),)))


def _parts(
    root: Node, model: type[P], where: str, ids: _Ids, found: list[Diagnostic]
) -> Iterator[tuple[Node, P]]:
    """The valid entries of a list with their nodes; what is wrong with the others is found."""
    if not isinstance(root, ListNode):
        if not (isinstance(root, Scalar) and root.plain and not root.text):
            found.append(error("S307", f"{where} should be a list of entries", root.span))
        return
    for number, node in enumerate(root.items, start=1):
        id = _id(node)
        if id is not None:
            ids.check(id, found)
        name = f"“{id.text}”" if id is not None else f"entry {number} of {where}"
        try:
            part = model.model_validate(plain(node))
        except ValidationError as trouble:
            found += findings_of(trouble, node, model, name)
            continue
        yield node, part


def _items(root: Node) -> tuple[Node, ...]:
    return root.items if isinstance(root, ListNode) else ()


def _id(node: Node) -> Scalar | None:
    id = node.get("id") if isinstance(node, MapNode) else None
    return id if isinstance(id, Scalar) else None


def _below(root: Node, key: str) -> Node:
    below = root.get(key) if isinstance(root, MapNode) else None
    return below if below is not None else ListNode((), root.span)


def _day(
    node: Node, text: str, path: tuple[str | int, ...], found: list[Diagnostic]
) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        found.append(error("S307", f"{text} is no day of the calendar", span_at(node, path)))
        return None


def _sourced(node: Node, part: RecordPart | SeriesPart, found: list[Diagnostic]) -> None:
    if not part.sources:
        hint = "say where it comes from: sources: [{title: …, url: https://…, year: 1994}]"
        place = key_span(node, ("sources",)) or span_at(node, ("id",))
        found.append(error("S307", f"“{part.id}” names no source", place, hint))


def _unknown(
    message: str, named: str, known: Iterable[str], span: Span, found: list[Diagnostic]
) -> None:
    close = nearest(named, known)
    hint = f"did you mean “{close}”?" if close else None
    found.append(error("C402", message, span, hint))


def _sources(parts: Iterable[SourcePart]) -> tuple[Source, ...]:
    return tuple(Source(part.title, part.url, part.year) for part in parts)


def _float(value: Number | None) -> float | None:
    return None if value is None else float(value)
