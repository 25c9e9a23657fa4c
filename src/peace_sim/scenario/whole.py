"""A whole scenario, as its author wrote it: header, kernel parts and instruments."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from peace_sim.scenario.instruments.model import (
    CeasefirePart,
    CommitmentPart,
    MandatePart,
    TalksPart,
)
from peace_sim.scenario.model import (
    ID,
    BallotPart,
    BodyPart,
    CablePart,
    CalendarPart,
    CasesPart,
    ChapterPart,
    DecisionPart,
    DriftPart,
    EndingPart,
    EstimatePart,
    EventPart,
    GoalPart,
    InvariantPart,
    LedgerPart,
    MeasurePart,
    MetaPart,
    MilestonePart,
    Part,
    RolePart,
    SettingPart,
    Slug,
    Text,
    TimerPart,
    Title,
    TrackPart,
    VariablePart,
    _as_list,
)

FileNames = Annotated[
    tuple[Annotated[str, Field(max_length=200)], ...],
    BeforeValidator(_as_list),
    Field(strict=False),
]


class Scenario(Part):
    """What the author wrote, validated; the JSON Schema comes from it."""

    scenario: Slug
    title: Title
    version: str
    format: Literal[1] = 1
    summary: Text = "A peace process."
    meta: MetaPart = MetaPart()
    files: FileNames = ()
    record: FileNames = ()
    series: str | None = None
    codex: str | None = None
    map: str | None = None
    calendar: CalendarPart
    chapters: dict[Slug, ChapterPart]
    settings: dict[ID, SettingPart] = Field(default_factory=dict)
    roles: dict[ID, RolePart]
    bodies: dict[ID, BodyPart] = Field(default_factory=dict)
    variables: dict[ID, VariablePart] = Field(default_factory=dict)
    estimates: dict[ID, EstimatePart] = Field(default_factory=dict)
    measures: dict[ID, MeasurePart] = Field(default_factory=dict)
    tracks: dict[ID, TrackPart] = Field(default_factory=dict)
    timers: dict[ID, TimerPart] = Field(default_factory=dict)
    decisions: dict[ID, DecisionPart] = Field(default_factory=dict)
    ballots: dict[ID, BallotPart] = Field(default_factory=dict)
    cases: dict[ID, CasesPart] = Field(default_factory=dict)
    events: dict[ID, EventPart] = Field(default_factory=dict)
    drifts: Annotated[tuple[DriftPart, ...], Field(strict=False)] = ()
    cables: dict[ID, CablePart] = Field(default_factory=dict)
    endings: dict[ID, EndingPart]
    ledgers: dict[ID, LedgerPart] = Field(default_factory=dict)
    goals: dict[ID, GoalPart] = Field(default_factory=dict)
    invariants: dict[ID, InvariantPart] = Field(default_factory=dict)
    milestones: dict[ID, MilestonePart] = Field(default_factory=dict)
    ceasefires: dict[ID, CeasefirePart] = Field(default_factory=dict)
    talks: dict[ID, TalksPart] = Field(default_factory=dict)
    mandates: dict[ID, MandatePart] = Field(default_factory=dict)
    commitments: dict[ID, CommitmentPart] = Field(default_factory=dict)


HEADER_KEYS = frozenset(
    ("scenario", "title", "version", "format", "summary", "meta", "files", "record", "series",
     "codex", "map", "calendar")
)
"""Keys that only a scenario's first file may hold."""

KERNEL_SECTIONS = (
    "variables", "estimates", "measures", "tracks", "timers", "decisions", "ballots", "cases",
    "events", "cables",
)
"""Sections of parts that instruments may make, in the order in which cells are laid out."""

PART_TYPES: dict[str, type[Part]] = {
    "variables": VariablePart,
    "estimates": EstimatePart,
    "measures": MeasurePart,
    "tracks": TrackPart,
    "timers": TimerPart,
    "decisions": DecisionPart,
    "ballots": BallotPart,
    "cases": CasesPart,
    "events": EventPart,
    "cables": CablePart,
}
