"""A promise: given, owed, kept, late, broken or released; and, when it can, leaked."""

from __future__ import annotations

from peace_sim.scenario.boards import CommitmentBoard
from peace_sim.scenario.instruments.expansion import Parts
from peace_sim.scenario.instruments.model import CommitmentPart

PHASES = {
    "open": "not given",
    "given": "just given",
    "owed": "owed",
    "kept": "kept",
    "late": "late",
    "broken": "broken",
    "released": "released",
}


def expand(id: str, part: CommitmentPart, roles: frozenset[str]) -> tuple[Parts, CommitmentBoard]:
    """The kernel parts and the board of a commitment."""
    parts = Parts()
    sides = [role for role in (part.by, *part.to) if role in roles]
    knowers = list(part.known_to) if part.known_to is not None else sides
    if part.form == "text" and part.known_to is None:
        knowers = ["public"]
    due = f"{id}_due"
    start: list[str] = []
    if part.due_on:
        start = [f"start {due} until {part.due_on}"]
    elif part.due:
        start = [f"start {due} for {part.due} days"]
    moved = list(part.trust.items())
    kept = [f"add {amount} to {name}" for name, amount in moved] + list(part.on_kept)
    late = [f"add {amount} / 2 to {name}" for name, amount in moved] + list(part.on_kept)
    broken = [f"add 0 - {amount} * {part.broken_costs} to {name}" for name, amount in moved]
    ways: list[dict[str, object]] = []
    if part.given is not None:
        ways.append({"from": ["open"], "to": "given", "when": part.given})
    ways.append({"from": ["given"], "to": "owed", "effects": start})
    if part.released is not None:
        ways.append({"from": ["owed", "late"], "to": "released", "when": part.released})
    clear = [f"clear {due}"] if start else []
    ways.append({"from": ["owed"], "to": "kept", "when": part.kept, "effects": clear + kept})
    ways.append({"from": ["late"], "to": "kept", "when": part.kept, "effects": late})
    if start:
        ways.append({"from": ["owed"], "to": "late", "when": f"not running({due})"})
        ways.append(
            {
                "from": ["late"], "to": "broken", "after": max(1, part.grace),
                "effects": broken + list(part.on_broken),
            }
        )
        parts.add("timers", due, title=f"{part.title}, due", known_to=knowers)
    parts.add("tracks", id, title=part.title, phases=PHASES, known_to=knowers, transitions=ways)
    leak = ""
    if part.leak is not None:
        leak = f"{id}_leak"
        parts.add(
            "tracks", leak, title=f"{part.title}: a secret",
            phases={"secret": "between those who know", "leaked": "known to all"},
        )
        parts.add(
            "events", f"{leak}s", title=f"It leaks: {part.title}", text=part.text,
            when=f"{id} in (owed, kept, late) and {leak} is secret", chance=part.leak,
            effects=[f"enter {leak} leaked", *part.on_leak],
        )
    board = CommitmentBoard(
        id, part.title, part.text, part.by, part.to, part.form, id, due if start else "", leak
    )
    return parts, board
