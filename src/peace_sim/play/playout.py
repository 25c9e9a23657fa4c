"""A whole chapter played by policies, without seats or a store: for runs, tests and comparisons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from peace_sim import __version__
from peace_sim.engine.chance import word
from peace_sim.engine.facts import Fact
from peace_sim.engine.game import Answer, Decision, Game
from peace_sim.engine.opening import NotOpen, opened
from peace_sim.engine.state import Advance, Entry, Move, State, World
from peace_sim.engine.step import apply, initial
from peace_sim.play.journal import Header, Journal, state_hash
from peace_sim.play.policies import POLICIES, Policy, answers

Overrides = Mapping[str | tuple[str, int], Answer]
"""Answers in place of the policy's: for a decision each time, or for its n-th time (from 0)."""


@dataclass(frozen=True, slots=True)
class Played:
    """A chapter played to its end: the journal, the last state, and facts with their entries."""

    journal: Journal
    state: State
    facts: tuple[tuple[int, Fact], ...]


def playout(
    game: Game,
    world: World,
    chapter: str | None = None,
    policies: Mapping[str, Policy] | Policy = POLICIES["character"],
    moves: Sequence[Move] = (),
    overrides: Overrides | None = None,
) -> Played:
    """Play a chapter to its end. Roles that ``policies`` does not name are played by ``character``.

    Each of ``moves`` is used once, at the first window where it can be made; ``overrides`` that
    cannot be made are passed over for the policy's answer.
    """
    state = initial(game, world, chapter)
    header = Header(
        game.id, game.version, game.digest, game.rules, __version__, world.seed, world.nature,
        world.settings, state.chapter, game.title,
    )
    witnesses = [(0, state_hash(state))]
    policy_of = _policy_of(policies)
    seed = word(world.seed)
    given = list(moves)
    entries: list[Entry] = []
    facts: list[tuple[int, Fact]] = []
    times: dict[str, int] = {}

    def take(entry: Entry) -> None:
        nonlocal state
        step = apply(game, state, entry)
        facts.extend((len(entries), fact) for fact in step.facts)
        entries.append(entry)
        state = step.state

    while state.ending is None:
        left = []
        for index in opened(game, state):
            decision = game.decisions[index]
            own = _own_moves(decision, given, overrides, times)
            if not any(_taken(take, move, given) for move in own):
                left.append(index)
            times[decision.id] = times.get(decision.id, 0) + 1
        for move in answers(game, state, left, policy_of, seed):
            take(move)
        take(Advance())
    witnesses.append((len(entries), state_hash(state)))
    journal = Journal(header, tuple(entries), tuple(witnesses))
    return Played(journal, state, tuple(facts))


def _policy_of(policies: Mapping[str, Policy] | Policy) -> Callable[[str], Policy]:
    if not isinstance(policies, Mapping):
        return lambda role: policies
    character = POLICIES["character"]
    return lambda role: policies.get(role, character)


def _own_moves(
    decision: Decision, given: list[Move], overrides: Overrides | None, times: Mapping[str, int]
) -> list[Move]:
    """What was asked for at this window in place of the policy's answer."""
    own = [move for move in given if move.decision == decision.id]
    if overrides:
        for key in ((decision.id, times.get(decision.id, 0)), decision.id):
            if key in overrides:
                own.append(Move(decision.role, decision.id, overrides[key], "policy"))
    return own


def _taken(take: Callable[[Entry], None], move: Move, given: list[Move]) -> bool:
    try:
        take(move)
    except NotOpen:
        return False
    if move in given:
        given.remove(move)
    return True


