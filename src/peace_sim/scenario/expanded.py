"""What instruments become, written as an author could have written it, with the author's line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from peace_sim.scenario.compile import stages_of
from peace_sim.scenario.document import MapNode
from peace_sim.scenario.expand import Origin, expand_all
from peace_sim.scenario.model import Part
from peace_sim.scenario.read import key_span, span_at
from peace_sim.scenario.whole import Scenario

_WIDE = 100


def expanded_text(scenario: Scenario, root: MapNode, folder: str) -> str:
    """The parts that a sound scenario's instruments make, section by section.

    Files are named from ``folder`` on. What is printed is YAML that the reader takes.
    """
    stages, _ = stages_of(scenario, root)
    expanded = expand_all(scenario, frozenset(stage.id for stage in stages))

    def origin(by: Origin) -> str:
        span = key_span(root, by) or span_at(root, by)
        file = span.file.removeprefix(folder).lstrip("/\\")
        return f"from {'.'.join(by)}, {file}:{span.line}"

    lines = [f"# What the instruments of “{scenario.title}” become."]
    for section, parts in expanded.sections.items():
        made = [(id, part) for id, part in parts.items() if (section, id) in expanded.origin]
        if made:
            lines += ["", f"{section}:"]
        for id, part in made:
            lines.append(f"  # {origin(expanded.origin[section, id])}")
            lines += _entry(id, _told(part), 2)
    drifts = [(drift, by) for drift, by in expanded.drifts if by is not None]
    if drifts:
        lines += ["", "drifts:"]
    for drift, by in drifts:
        lines.append(f"  # {origin(by)}")
        lines += _item(_told(drift), 2)
    if len(lines) == 1:
        lines = [f"# “{scenario.title}” has no instruments: it stands in kernel parts alone."]
    return "\n".join(lines) + "\n"


def _told(part: Part) -> dict[str, Any]:
    """A part's keys as an author writes them, but for what goes without saying."""
    told: dict[str, Any] = part.model_dump(by_alias=True, exclude_defaults=True, mode="json")
    return told


# ── a small writer of YAML ───────────────────────────────────────────────────────────────────


def written(value: Any) -> str:
    """Plain data as YAML that the reader reads back as the same data."""
    if isinstance(value, dict) and value:
        return "\n".join(line for key, below in value.items() for line in _entry(key, below, 0))
    if isinstance(value, list) and value:
        return "\n".join(line for below in value for line in _item(below, 0))
    return _flow(value)


def _entry(key: str, value: Any, indent: int) -> Iterator[str]:
    head = f"{' ' * indent}{_text(key, False)}:"
    short = _flow(value)
    if not isinstance(value, dict | list) or not value or len(head) + len(short) < _WIDE:
        yield f"{head} {_scalar(value, False) if not isinstance(value, dict | list) else short}"
        return
    yield head
    if isinstance(value, dict):
        for below, part in value.items():
            yield from _entry(below, part, indent + 2)
    else:
        for part in value:
            yield from _item(part, indent + 2)


def _item(value: Any, indent: int) -> Iterator[str]:
    dash = f"{' ' * indent}- "
    short = _flow(value)
    if not isinstance(value, dict | list) or not value or len(dash) + len(short) <= _WIDE:
        yield dash + (_scalar(value, False) if not isinstance(value, dict | list) else short)
        return
    below = (
        [line for key, part in value.items() for line in _entry(key, part, indent + 2)]
        if isinstance(value, dict)
        else [line for part in value for line in _item(part, indent + 2)]
    )
    yield dash + below[0][indent + 2 :]
    yield from below[1:]


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(k, True)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(part) for part in value) + "]"
    return _scalar(value, True)


def _scalar(value: Any, in_flow: bool) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        digits = format(Decimal(repr(value)), "f")  # the reader takes no exponents
        return digits if "." in digits else f"{digits}.0"
    return _text(value, in_flow)


_BARE = re.compile(r"[A-Za-z(][^\x00-\x1f\x7f-\x9f\"\\]*")
_TYPED = frozenset({"null", "true", "false"})


def _text(text: str, in_flow: bool) -> str:
    """A text, in quotes only where it would read as something else without them."""
    bare = (
        _BARE.fullmatch(text)
        and text not in _TYPED
        and text == text.strip()
        and not re.search(r":(\s|$)|\s#", text)
        and not (in_flow and re.search(r"[,\[\]{}:]", text))
    )
    return text if bare else json.dumps(text, ensure_ascii=False)
