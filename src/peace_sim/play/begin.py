"""How a game begins: which chairs there are, who sits in them, and what the game is called."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from peace_sim.engine.game import Chapter, Game, Role
from peace_sim.engine.state import Nature, World
from peace_sim.play.policies import POLICIES, Policy
from peace_sim.play.session import Session
from peace_sim.play.store import Store, safe_name
from peace_sim.scenario.edition import Edition


@dataclass(frozen=True, slots=True)
class Wanted:
    """A new game, as it was asked for."""

    chapter: str
    chair: str
    others: str = "character"
    """The policy that plays every other chair."""
    nature: Nature = "drawn"
    seed: str = ""
    """Empty for a new one."""
    settings: tuple[tuple[str, str], ...] = ()


def chairs(game: Game, chapter: Chapter) -> list[Role]:
    """The roles that a person may take in a chapter."""
    asked = {decision.role for decision in game.decisions}
    return [
        role
        for role in game.roles
        if role.chair
        and role.id in asked
        and not (role.end and role.end < chapter.start)
        and not (role.start and role.start > chapter.end)
    ]


def begin(store: Store | None, edition: Edition, wanted: Wanted) -> Session:
    """A new game, kept in the store from its first entry on. Raises StoreTrouble."""
    game = edition.game
    seed = wanted.seed or str(secrets.randbelow(1_000_000))
    policy = POLICIES[wanted.others]
    asked = dict.fromkeys(decision.role for decision in game.decisions)
    seats: dict[str, Policy | None] = dict.fromkeys(asked, policy)
    seats[wanted.chair] = None
    return Session.new(
        game, World(seed, wanted.nature, wanted.settings), wanted.chapter, seats,
        store=store, texts=edition.texts, id=_free_name(store, edition.id),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip


def _free_name(store: Store | None, scenario: str) -> str:
    kept = {saved.id for saved in store.games()} if store is not None else set()
    stem = safe_name(scenario)
    return next(f"{stem}-{n}" for n in count(1) if f"{stem}-{n}" not in kept)
