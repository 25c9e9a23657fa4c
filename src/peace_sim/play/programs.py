"""The policies as programs of the machine: the same answers as ``play.policies``, draw for draw."""

from __future__ import annotations

from collections.abc import Callable

from peace_sim.engine.batch.native import Assembler, Mind, Minds
from peace_sim.engine.batch.native import program as op
from peace_sim.engine.chance import word
from peace_sim.engine.game import Decision, Field, Game, Number, Option, Role
from peace_sim.play.policies import (
    CHARACTER,
    COVERING,
    DEFAULT,
    EVEN,
    GIVING,
    HISTORICAL,
    LEAST,
    RANDOM,
    Policy,
)


def minds(game: Game, policy_of: Callable[[str], Policy]) -> Minds:
    """How the machine answers each decision in the place of these policies."""
    laps = max([1, *(stage.laps for stage in game.stages)])
    tempers: dict[str, _Temper] = {}

    def mind(made: Assembler, decision: Decision, hidden: frozenset[int]) -> Mind:
        policy = policy_of(decision.role)
        if policy == DEFAULT:
            return Mind("default")
        if policy == HISTORICAL:
            return Mind("historical")
        draws = tuple(_draws(decision, field, laps, policy == RANDOM) for field in decision.fields)
        if policy == RANDOM:
            return Mind("tossed", draws=draws)
        role = game.role(decision.role)
        if policy == CHARACTER and role.character is not None:
            if role.id not in tempers:
                tempers[role.id] = _Temper(made, role, hidden)
            return tempers[role.id].mind(decision, draws)
        weights = tuple(
            tuple(_weight(made, option, hidden) for option in field.options)
            for field in decision.fields
        )
        return Mind("weighed", (), weights, draws)

    return mind


def _draws(decision: Decision, field: Field, laps: int, coins: bool) -> tuple[tuple[int, ...], ...]:
    names = [field.id]
    if field.many:
        names = [
            f"{field.id}/{option.id if coins else count}"
            for count, option in enumerate(field.options)
        ]
    stem = f"policy/{decision.role}/{decision.id}"
    return tuple(tuple(word(f"{stem}/{lap}/{name}") for name in names) for lap in range(laps))


def _weight(made: Assembler, option: Option, hidden: frozenset[int]) -> int:
    """A weight, at least 0; -1 for 1."""
    if option.weight is None:
        return -1
    with made.program(hidden) as start:
        _push_weight(made, option)
    return start


def _push_weight(made: Assembler, option: Option) -> None:
    if option.weight is None:
        made.constant(1.0)
    else:
        made.value_of(option.weight)
        made.at_least(0.0)


class _Temper:
    """How a role stands, worked out in scratch cells, and the scores that follow from it."""

    def __init__(self, made: Assembler, role: Role, hidden: frozenset[int]) -> None:
        assert role.character is not None
        self.made, self.role, self.hidden = made, role, hidden
        self.character = role.character
        self.face = made.room()
        self.trust = {other: made.room() for other in role.character.trust}
        self.worry, self.lean = made.room(), made.room()
        self.before = (
            (self.face, self._made(lambda: self._share(self.character.face))),
            *(
                (cell, self._made(lambda other=other: self._share(self.character.trust[other])))  # type: ignore[misc]
                for other, cell in self.trust.items()
            ),
            (self.worry, self._made(self._worry)),
            (self.lean, self._made(self._lean)),
        )

    def _made(self, push: Callable[[], None]) -> int:
        with self.made.program(self.hidden) as start:
            push()
        return start

    def _share(self, number: Number) -> None:
        self.made.value_of(number)
        self.made.at_least(0.0)
        self.made.at_most(100.0)
        self.made.constant(100.0)
        self.made.emit(op.DIVIDE)

    def _worry(self) -> None:
        made = self.made
        if not self.trust:
            made.constant(0.5)
            return
        made.constant(1.0)
        made.constant(0.0)
        for cell in self.trust.values():
            made.cell(cell)
            made.emit(op.ADD)
        made.constant(len(self.trust))
        made.emit(op.DIVIDE)
        made.emit(op.SUBTRACT)

    def _lean(self) -> None:
        made, character = self.made, self.character
        made.constant(2.0)
        made.constant(EVEN)
        made.constant(1.0)
        self._share(character.hope)
        made.emit(op.SUBTRACT)
        made.emit(op.MULTIPLY)
        for number in (character.pain, character.way_out):
            self._share(number)
            made.emit(op.MULTIPLY)
        made.at_most(1.0)
        made.emit(op.MULTIPLY)
        made.constant(1.0)
        made.emit(op.SUBTRACT)
        made.constant(1.0)
        made.constant(2.0)
        made.cell(self.face)
        made.emit(op.MULTIPLY)
        made.emit(op.SUBTRACT)
        made.at_least(0.0)
        made.emit(op.SUBTRACT)
        made.at_least(-1.0)

    def mind(self, decision: Decision, draws: tuple[tuple[tuple[int, ...], ...], ...]) -> Mind:
        """A decision answered by the role's own reasons."""
        weights = tuple(
            tuple(self._made(lambda option=option: self._score(option)) for option in field.options)  # type: ignore[misc]
            for field in decision.fields
        )
        return Mind("weighed", self.before, weights, draws)

    def _score(self, option: Option) -> None:
        """Weight times what moves the role, squared: ``policies.CharacterPolicy``."""
        made = self.made
        _push_weight(made, option)
        if option.concedes:
            made.constant(1.0)
            made.constant(GIVING * option.concedes)
            made.cell(self.lean)
            made.emit(op.MULTIPLY)
            made.emit(op.ADD)
            made.at_least(LEAST)
            made.emit(op.MULTIPLY)
        if option.eases:
            made.constant(1.0)
            made.constant(COVERING)
            self._fear(option)
            made.emit(op.MULTIPLY)
            made.emit(op.ADD)
            made.emit(op.MULTIPLY)
        if option.toward and option.toward != self.role.id and option.toward in self.trust:
            made.constant(0.5)
            made.cell(self.trust[option.toward])
            made.emit(op.ADD)
            made.emit(op.MULTIPLY)
        made.emit(op.SQUARE)

    def _fear(self, option: Option) -> None:
        made = self.made
        if option.eases != "face" and option.toward not in self.trust:
            made.cell(self.worry)
            return
        made.constant(1.0)
        made.cell(self.face if option.eases == "face" else self.trust[option.toward])
        made.emit(op.SUBTRACT)
