"""A whole scenario expanded: the author's own parts, and those that the instruments make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from peace_sim.scenario.boards import CeasefireBoard, CommitmentBoard, MandateBoard, TalksBoard
from peace_sim.scenario.instruments import ceasefire, commitment, mandate, talks
from peace_sim.scenario.instruments.expansion import Parts
from peace_sim.scenario.model import DriftPart, Part
from peace_sim.scenario.whole import KERNEL_SECTIONS, PART_TYPES, Scenario

Origin = tuple[str, str]
"""The section and id of an instrument."""


@dataclass(frozen=True, slots=True)
class Expanded:
    """A scenario's kernel parts, the author's own first, with the instrument each one came from."""

    sections: Mapping[str, Mapping[str, Part]]
    drifts: tuple[tuple[DriftPart, Origin | None], ...]
    origin: Mapping[tuple[str, str], Origin]
    """Section and id of a part → the instrument that made it."""
    clashes: tuple[tuple[str, str, Origin], ...]
    """Parts that an instrument makes and that stand already: section, id, instrument."""
    unfit: tuple[tuple[str, str, Origin], ...]
    """Parts that an author could not have written: what is wrong, id, instrument."""
    talks: tuple[TalksBoard, ...]
    mandates: tuple[MandateBoard, ...]
    ceasefires: tuple[CeasefireBoard, ...]
    commitments: tuple[CommitmentBoard, ...]


def expand_all(scenario: Scenario, stages: frozenset[str]) -> Expanded:
    """The kernel parts of a scenario. What an instrument names is checked to exist before."""
    sections: dict[str, dict[str, Part]] = {
        name: dict(getattr(scenario, name)) for name in KERNEL_SECTIONS
    }
    drifts: list[tuple[DriftPart, Origin | None]] = [(drift, None) for drift in scenario.drifts]
    origin: dict[tuple[str, str], Origin] = {}
    clashes: list[tuple[str, str, Origin]] = []
    unfit: list[tuple[str, str, Origin]] = []

    def take(made: Parts, by: Origin) -> None:
        for name, parts in made.sections.items():
            for id, part in parts.items():
                if id in sections[name]:
                    clashes.append((name, id, by))
                    continue
                try:
                    sections[name][id] = PART_TYPES[name].model_validate(part)
                except ValidationError as wrong:
                    first = wrong.errors(include_url=False)[0]
                    where = ".".join(str(step) for step in first["loc"])
                    unfit.append((f"{where}: {first['msg'].lower()}", id, by))
                origin[name, id] = by
        drifts.extend((DriftPart.model_validate(drift), by) for drift in made.drifts)

    truces, tables, missions, promises = [], [], [], []
    named = {id: part.title for id, part in scenario.roles.items()}
    for id, truce in scenario.ceasefires.items():
        parts, truce_board = ceasefire.expand(id, truce, named)
        take(parts, ("ceasefires", id))
        truces.append(truce_board)
    for id, table in scenario.talks.items():
        parts, table_board = talks.expand(id, table, stages, named)
        take(parts, ("talks", id))
        tables.append(table_board)
    for id, mission in scenario.mandates.items():
        parts, mission_board = mandate.expand(id, mission, scenario.bodies[mission.body])
        take(parts, ("mandates", id))
        missions.append(mission_board)
    roles = frozenset(scenario.roles)
    for id, promise in scenario.commitments.items():
        parts, promise_board = commitment.expand(id, promise, roles)
        take(parts, ("commitments", id))
        promises.append(promise_board)
    return Expanded(
        sections,
        tuple(drifts),
        origin,
        tuple(clashes),
        tuple(unfit),
        tuple(tables),
        tuple(missions),
        tuple(truces),
        tuple(promises),
    )
