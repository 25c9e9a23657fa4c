"""A scenario as it is played: its compiled game with boards, record, codex, map and own text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from peace_sim.engine.game import Game
from peace_sim.scenario.boards import (
    CeasefireBoard,
    CommitmentBoard,
    MandateBoard,
    TalksBoard,
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from."""

    title: str
    url: str
    year: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a record entry."""

    title: str
    value: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """What really happened on a date, with its sources and what is disputed."""

    id: str
    date: date
    precision: str
    """day, month or season."""
    title: str
    summary: str
    track: str
    actors: tuple[str, ...]
    numbers: tuple[Figure, ...]
    sources: tuple[Source, ...]
    confidence: str
    disputes: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """A measured series of the record."""

    id: str
    title: str
    unit: str
    points: tuple[tuple[date, float, str], ...]
    sources: tuple[Source, ...]
    variable: str
    """The variable it is compared with, if any."""


@dataclass(frozen=True, slots=True)
class CodexEntry:
    """A word, party, person, place or document, explained."""

    id: str
    title: str
    kind: str
    text: str
    see: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the map."""

    id: str
    title: str
    lon: float
    lat: float
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class Outline:
    """A country's rings of (longitude, latitude)."""

    id: str
    title: str
    kind: str
    rings: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True)
class MapData:
    """What the map screen draws."""

    outlines: tuple[Outline, ...]
    places: tuple[Place, ...]
    attribution: str


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number and its basis: source, calibrated or judgement."""

    part: str
    title: str
    value: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of one scenario, ready to play."""

    id: str
    title: str
    version: str
    digest: str
    summary: str
    game: Game
    talks: tuple[TalksBoard, ...]
    mandates: tuple[MandateBoard, ...]
    ceasefires: tuple[CeasefireBoard, ...]
    commitments: tuple[CommitmentBoard, ...]
    record: tuple[RecordEntry, ...]
    series: tuple[Series, ...]
    codex: tuple[CodexEntry, ...]
    map: MapData | None
    assumptions: tuple[Assumption, ...]
    content_notes: tuple[str, ...]
    texts: Mapping[str, str]
    """Every file of the scenario, name → text: a game keeps its own copy."""

    def entry(self, id: str) -> RecordEntry | None:
        """The record entry of this id."""
        return next((e for e in self.record if e.id == id), None)
