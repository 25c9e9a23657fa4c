"""The expressions and effects within an instrument, each with where its author wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from peace_sim.scenario.model import EFFECT, EXPRESSION

Path = tuple[str | int, ...]


def texts_in(part: BaseModel, path: Path) -> Iterator[tuple[Path, str, bool]]:
    """Path, text, and whether it is an effect; in the order of the keys."""
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if name in part.model_fields_set and value is not None:
            marks = frozenset(mark for mark in field.metadata if isinstance(mark, str))
            yield from _within(field.annotation, marks, value, (*path, field.alias or name))


def _within(
    kind: Any, marks: frozenset[str], value: Any, path: Path
) -> Iterator[tuple[Path, str, bool]]:
    if isinstance(value, BaseModel):
        yield from texts_in(value, path)
    elif isinstance(value, dict | tuple):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        below = _below(kind, type(value))
        for key, item in pairs:
            yield from _within(below, _marks(below), item, (*path, key))
    elif isinstance(value, str):
        marks = marks | _marks(kind)
        if marks & {EFFECT, EXPRESSION}:
            yield path, value, EFFECT in marks


def _below(kind: Any, wanted: type) -> Any:
    """What a map or list of this kind holds, looked for through unions and annotations."""
    if get_origin(kind) is wanted:
        return get_args(kind)[1 if wanted is dict else 0]
    for argument in get_args(kind):
        found = _below(argument, wanted)
        if found is not None:
            return found
    return None


def _marks(kind: Any) -> frozenset[str]:
    """The marks on a kind, or on one of its alternatives."""
    own = frozenset(mark for mark in getattr(kind, "__metadata__", ()) if isinstance(mark, str))
    return own.union(
        *(_marks(argument) for argument in get_args(kind) if not isinstance(argument, str))
    )
