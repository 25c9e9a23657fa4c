"""What of a game the calendar alone decides, worked out once and asked at every moment."""

from __future__ import annotations

from functools import lru_cache

from peace_sim.engine.game import Decision, Event, Field, Game, Moment, Track, Transition
from peace_sim.engine.state import Nature


class Plan:
    """A game's ways out of each phase, when events can strike, and when decisions can open."""

    def __init__(self, game: Game) -> None:
        self.ways: tuple[tuple[int, Track, tuple[tuple[Transition, ...], ...]], ...] = tuple(
            (track.cell, track, _by_phase(track)) for track in game.tracks
        )
        """For each track the cell of its phase, and the ways out of each phase."""
        self.asks = any(game.by_stage)
        """Whether anybody is ever asked anything."""
        self.window_days = {
            event.id: tuple(
                m.day for m in game.moments
                if m.first and event.window[0] <= m.day <= event.window[1]
            )
            for event in game.events
            if event.window[0]
        }
        self.unsure: tuple[tuple[Field, ...], ...] = tuple(
            tuple(f for f in decision.fields if all(o.when is not None for o in f.options))
            for decision in game.decisions
        )
        """The fields of each decision in which every option may be shut."""
        self._game = game
        self._askable: dict[tuple[int, int], tuple[int, ...]] = {}
        self._considered: dict[tuple[Nature, int], tuple[Event, ...]] = {}

    def askable(self, stage: int, moment: int) -> tuple[int, ...]:
        """The decisions of a stage that the calendar allows at a moment, in declared order."""
        key = (stage, moment)
        if key not in self._askable:
            game, at = self._game, self._game.moments[moment]
            self._askable[key] = tuple(
                i for i in game.by_stage[stage] if on_calendar(game, at, game.decisions[i])
            )
        return self._askable[key]

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


def _by_phase(track: Track) -> tuple[tuple[Transition, ...], ...]:
    return tuple(
        tuple(w for w in track.transitions if phase in w.sources and w.target != phase)
        for phase in range(len(track.phases))
    )


def on_calendar(game: Game, moment: Moment, decision: Decision) -> bool:
    """Whether the calendar lets a decision open at a moment, and its role exists then."""
    opening, day = decision.opening, moment.day
    if opening.days:
        if day not in opening.days:
            return False
    elif (
        (opening.at == "first" and not moment.first)
        or (opening.at == "last" and not moment.last)
        or (opening.every > 1 and (moment.tick - opening.offset) % opening.every)
    ):
        return False
    role = game.roles[game.index["role"][decision.role]]
    return all(
        (not start or start <= day) and (not end or day <= end)
        for start, end in ((opening.start, opening.end), (role.start, role.end))
    )


def is_fixed(event: Event) -> bool:
    """Whether an event strikes on its dates in every world."""
    return not event.window[0] and event.chance is None


@lru_cache(maxsize=16)
def plan_of(game: Game) -> Plan:
    """The plan of a game, made once."""
    return Plan(game)
