"""Every number that carries a basis, gathered so that anyone can read what is assumed."""

from __future__ import annotations

from collections.abc import Iterator

from peace_sim.diagnostics import Diagnostic, error
from peace_sim.engine.game import Basis
from peace_sim.scenario.document import MapNode
from peace_sim.scenario.edition import Assumption
from peace_sim.scenario.model import BasisPart, EventPart, VariablePart
from peace_sim.scenario.read import key_span, span_at
from peace_sim.scenario.whole import Scenario

Path = tuple[str, str | int]
"""Section and id, or the number in a list."""

KINDS = ("source", "calibrated", "judgement")


def basis_of(part: BasisPart | None) -> Basis | None:
    """The basis as the game keeps it; None when there is none."""
    if part is None:
        return None
    for kind in KINDS:
        text = getattr(part, kind)
        if text:
            return Basis(kind, text)
    return None


def assumptions_of(scenario: Scenario) -> tuple[Assumption, ...]:
    """All of a scenario's assumptions, in the order of its sections."""
    found = []
    for path, title, value, basis in _carried(scenario):
        known = basis_of(basis)
        if known is not None:
            found.append(Assumption(_named(scenario, path), title, value, known.kind, known.text))
    return tuple(found)


def unfounded(scenario: Scenario, root: MapNode) -> Iterator[Diagnostic]:
    """Bases that give no reason, or more than one."""
    for path, _, _, basis in _carried(scenario):
        if basis is None:
            continue
        told = [kind for kind in KINDS if getattr(basis, kind) is not None]
        if len(told) != 1:
            held = " and ".join(told) or "nothing"
            message = f"the basis of {_named(scenario, path)} holds {held}"
            place = key_span(root, (*path, "basis")) or span_at(root, path)
            yield error("C410", message, place, f"write one of {', '.join(KINDS)}")


def _named(scenario: Scenario, path: Path) -> str:
    section, id = path
    return f"{section}.{scenario.drifts[id].variable if isinstance(id, int) else id}"


def _carried(scenario: Scenario) -> Iterator[tuple[Path, str, str, BasisPart | None]]:
    for id, setting in scenario.settings.items():
        levels = ", ".join(f"{name} {level}" for name, level in setting.levels.items())
        yield ("settings", id), setting.title, levels, setting.basis
    for id, variable in scenario.variables.items():
        yield ("variables", id), variable.title, _variable(variable), variable.basis
    for id, measure in scenario.measures.items():
        title = measure.title or id.replace("_", " ")
        yield ("measures", id), title, measure.value, measure.basis
    for id, event in scenario.events.items():
        yield ("events", id), event.title, _event(event), event.basis
    for number, drift in enumerate(scenario.drifts):
        yield ("drifts", number), drift.text, f"{drift.by} each tick", drift.basis
    for section in ("ceasefires", "talks", "mandates"):
        for id, part in getattr(scenario, section).items():
            yield (section, id), part.title, "its parameters", part.basis


def _variable(part: VariablePart) -> str:
    drawn = part.drawn
    if isinstance(drawn, dict):
        weights = ", ".join(f"{word} {weight}" for word, weight in drawn.items())
        return f"starts at {part.start}; drawn by weight: {weights}"
    if drawn is not None:
        return f"starts at {part.start}; drawn from {drawn[0]} to {drawn[1]}"
    return f"starts at {part.start}"


def _event(part: EventPart) -> str:
    if part.chance is not None:
        return f"chance each tick: {part.chance}"
    if part.window is not None:
        return f"between {part.window[0]} and {part.window[1]}, likely {part.likely}"
    return f"on {', '.join(part.dates)}" if part.dates else "when its condition holds"
