"""Two roles that set one variable in one window: which counts would rest on the file's order."""

from __future__ import annotations

from peace_sim.engine.game import Decision, Effect, Stage, Variable
from peace_sim.scenario.expressing import Expressing


def set_twice(
    write: Expressing,
    stages: tuple[Stage, ...],
    decisions: tuple[Decision, ...],
    variables: tuple[Variable, ...],
) -> None:
    """A finding for each variable that two roles may set apart in one stage."""
    for stage in range(len(stages)):
        first: dict[int, tuple[str, Effect]] = {}
        told: set[int] = set()
        for decision in decisions:
            if decision.stage != stage:
                continue
            for effect in (e for f in decision.fields for o in f.options for e in o.effects):
                if effect.kind not in ("set", "choose") or effect.target in told:
                    continue
                role, other = first.setdefault(effect.target, (decision.role, effect))
                if role != decision.role and not _alike(effect, other):
                    told.add(effect.target)
                    id = variables[effect.target].id
                    message = f"{role} and {decision.role} both set “{id}” in one window"
                    write.say("C408", message, ("decisions", decision.id), "add to it instead")


def _alike(one: Effect, other: Effect) -> bool:
    """Whether two effects come to the same, so that their order does not matter."""
    if one.kind != other.kind or one.word != other.word:
        return False
    if one.amount is None or other.amount is None:
        return one.amount is other.amount
    return one.amount.expr.text == other.amount.expr.text
