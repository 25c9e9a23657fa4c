"""What an instrument becomes: kernel parts in the author's own format, and a board for screens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Mapping_ = dict[str, Any]


@dataclass
class Parts:
    """Kernel parts as an author could have written them, section by section, in order."""

    sections: dict[str, dict[str, Mapping_]] = field(default_factory=dict)
    drifts: list[Mapping_] = field(default_factory=list)

    def add(self, section: str, id: str, **part: Any) -> None:
        """One more part; a key ``from_`` or ``to_`` stands for ``from`` or ``to``."""
        self.sections.setdefault(section, {})[id] = {k.rstrip("_"): v for k, v in part.items()}

    def drift(self, **part: Any) -> None:
        """One more drift."""
        self.drifts.append(part)


def guarded(sentence: str, condition: str) -> str:
    """An effect sentence under one more condition."""
    body, when, guard = sentence.partition(" when ")
    return f"{body} when ({guard}) and {condition}" if when else f"{body} when {condition}"


def both(one: str, other: str) -> str:
    """Two conditions together."""
    return f"({one}) and ({other})"


def plain(part: Any) -> Mapping_:
    """A validated part as an author would write it, without what was left to default."""
    dumped: Mapping_ = part.model_dump(by_alias=True, exclude_unset=True, mode="json")
    return dumped
