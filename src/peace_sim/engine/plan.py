"""What of a game never changes and is asked at every moment, worked out once."""

from __future__ import annotations

from functools import lru_cache

from peace_sim.engine.game import Event, Game, Transition
from peace_sim.engine.state import Nature


class Plan:
    """A game's ways out of each phase, and when events can strike."""

    def __init__(self, game: Game) -> None:
        self.ways: tuple[tuple[tuple[Transition, ...], ...], ...] = tuple(
            tuple(
                tuple(w for w in track.transitions if phase in w.sources and w.target != phase)
                for phase in range(len(track.phases))
            )
            for track in game.tracks
        )
        self.asks = any(game.by_stage)
        """Whether anybody is ever asked anything."""
        self.bounds = {role.id: (role.start, role.end) for role in game.roles
                       if role.start or role.end}
        """From when to when the roles exist that do not exist always (0 for open)."""
        self.window_days = {
            event.id: tuple(
                m.day for m in game.moments
                if m.first and event.window[0] <= m.day <= event.window[1]
            )
            for event in game.events
            if event.window[0]
        }
        self._game = game
        self._considered: dict[tuple[Nature, int], tuple[Event, ...]] = {}

    def considered(self, nature: Nature, moment: int) -> tuple[Event, ...]:
        """The events that might strike at a moment, in declared order."""
        key = (nature, moment)
        if key not in self._considered:
            at = self._game.moments[moment]
            self._considered[key] = tuple(
                event for event in self._game.events
                if (at.day in event.dates if nature == "recorded" or is_fixed(event)
                    else at.first)
            )
        return self._considered[key]


def is_fixed(event: Event) -> bool:
    """Whether an event strikes on its dates in every world."""
    return not event.window[0] and event.chance is None


@lru_cache(maxsize=16)
def plan_of(game: Game) -> Plan:
    """The plan of a game, made once."""
    return Plan(game)
