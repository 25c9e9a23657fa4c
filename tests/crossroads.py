"""A convoy at a crossroads: so small a game that what an answer changes is worked out by hand.

An ambush strikes in the second month with a chance of ``danger`` in a hundred, and nothing else is
chance. The north road and the inn are 30, the south road is 60; a scout takes off 10, rest 0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from peace_sim.engine.state import Move, World
from peace_sim.play import LocalSeat, Session
from peace_sim.play.journal import Journal
from peace_sim.scenario import library
from peace_sim.scenario.edition import Edition

WORLD: Mapping[str, Any] = {
    "scenario": "crossroads",
    "title": "Crossroads",
    "version": "1",
    "calendar": {"start": "1994-09-01", "end": "1994-11-30", "tick": "month"},
    "chapters": {
        "way": {
            "title": "The way", "from": "1994-09-01", "to": "1994-11-30", "minutes": 5,
            "text": "A convoy.",
        }
    },
    "roles": {"envoy": {"title": "Special Envoy"}, "government": {"title": "The Government"}},
    "variables": {
        "danger": {
            "title": "Danger", "start": 20, "range": [0, 100],
            "gauge": {"0": "calm"}, "desk": ["envoy"],
        },
        "hit": {"title": "Ambushes", "start": 0, "range": [0, 9]},
    },
    "decisions": {
        "plan": {
            "role": "envoy", "kind": "acts", "title": "A week", "budget": "2",
            "opens": {"once": True},
            "options": {
                "scout": {"title": "Scout", "cost": 1, "effects": ["add -10 to danger"]},
                "rest": {"title": "Rest", "cost": 1},
                "feast": {"title": "A feast", "cost": 2},
            },
        },
        "road": {
            "role": "envoy", "title": "Which road?", "opens": {"once": True},
            "options": {
                "north": {"title": "The north road", "effects": ["add 10 to danger"]},
                "south": {"title": "The south road", "effects": ["add 40 to danger"]},
                "inn": {"title": "By the inn", "effects": ["add 10 to danger"]},
                "fly": {"title": "Fly", "when": "hit >= 1", "refusal": "No aeroplane."},
            },
            "default": "north",
            "history": {"usually": "south"},
        },
        "guard": {
            "role": "government", "title": "An escort?", "opens": {"once": True},
            "options": {"no": {"title": "No"}, "yes": {"title": "Yes"}},
            "default": "no",
        },
        "thanks": {
            "role": "envoy", "title": "Whom to thank?",
            "opens": {"once": True, "when": "hit >= 1"},
            "options": {"nobody": {"title": "Nobody"}, "driver": {"title": "The driver"}},
        },
    },
    "events": {
        "ambush": {
            "title": "An ambush", "chance": "danger / 100",
            "when": "today >= 1994-10-01 and today < 1994-11-01", "effects": ["add 1 to hit"],
        }
    },
    "goals": {
        "arrive": {"role": "envoy", "title": "to arrive whole", "when": "hit < 1"},
        "rule": {"role": "government", "title": "to see it fail", "when": "hit >= 1"},
    },
    "endings": {
        "lost": {
            "title": "Lost on the way", "text": "Smoke.", "when": "hit >= 1", "at_close": True
        },
        "arrived": {"title": "It arrives", "text": "Flour.", "at_close": True},
    },
}  # fmt: skip


@cache
def edition() -> Edition:
    made, findings = library.edition_of_texts({"scenario.yaml": json.dumps(WORLD)})
    assert made is not None, findings
    return made


def played(
    *, road: str = "north", plan: tuple[str, ...] = ("rest",), seed: str = "1", until: int = 99
) -> Journal:
    """The Envoy's play, the Government's chair with ``character``; so many windows of it."""
    session = Session.new(edition().game, World(seed, "drawn"), None, {"envoy": None})
    seat = LocalSeat(session, ["envoy"])
    answers = {"road": ("road", (road,)), "plan": ("plan", plan)}
    for _ in range(until):
        if session.ended:
            break
        for asked in seat.view().asked:
            (field,) = edition().game.decision(asked.id).fields
            chosen = answers[asked.id][1] if asked.id in answers else (field.options[0].id,)
            seat.submit(Move("envoy", asked.id, tuple((field.id, id) for id in chosen)))
        seat.advance()
    return session.journal
