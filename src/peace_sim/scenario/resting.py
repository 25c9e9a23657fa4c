"""Whether phases come to rest: what would set transitions off without end is found before play."""

from __future__ import annotations

from collections.abc import Iterator

from peace_sim.diagnostics import Diagnostic, error
from peace_sim.engine.game import Game, Track, Transition
from peace_sim.expressions.syntax import Boolean


def restless(game: Game) -> Iterator[Diagnostic]:
    """Phases that follow each other in a ring, with neither a day nor a condition between them.

    Rings through conditions, within a track or across several, depend on the state: the engine
    stops those when they happen, and names the tracks.
    """
    for track in game.tracks:
        ring = _ring(track)
        if ring:
            phases = " → ".join(track.phases[phase] for phase, _ in (*ring, ring[0]))
            message = f"{track.id} never comes to rest: {phases}"
            hint = "give one of these ways a condition, or days to wait (after)"
            yield error("C415", message, ring[0][1].span, hint)


def _ring(track: Track) -> list[tuple[int, Transition]]:
    """The first ring of ways that always stand open, as each phase with its way out."""
    out = {
        phase: way
        for way in reversed(track.transitions)
        if way.after == 0 and _always(way)
        for phase in way.sources
        if phase != way.target
    }
    for start in sorted(out):
        passed: list[tuple[int, Transition]] = []
        phase = start
        while phase in out and all(phase != before for before, _ in passed):
            passed.append((phase, out[phase]))
            phase = out[phase].target
        if passed and phase == start:
            return passed
    return []


def _always(way: Transition) -> bool:
    return way.when is None or way.when.expr.node == Boolean(True)
