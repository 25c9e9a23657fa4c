"""From nodes to a validated Scenario: every mistake of form with its place, all in one go."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from peace_sim.diagnostics import Diagnostic, Findings, Span, error, nearest
from peace_sim.scenario.document import MapNode, Node, Scalar, child, plain, value_at
from peace_sim.scenario.whole import Scenario


def read(root: MapNode) -> tuple[Scenario | None, Findings]:
    """The scenario that the nodes say, or what is wrong with their form."""
    try:
        return Scenario.model_validate(plain(root)), ()
    except ValidationError as trouble:
        return None, findings_of(trouble, root, Scenario)


def findings_of(
    trouble: ValidationError, root: Node, model: type[BaseModel], whole: str = "the scenario"
) -> Findings:
    """A validation's errors as findings, one for each place, follow-ups left out.

    ``whole`` is what messages call the root.
    """
    errors: list[dict[str, Any]] = [
        dict(item) for item in trouble.errors(include_url=False, include_input=False)
    ]
    meant = {
        (*item["loc"][:-1], _meant(item, root, model))
        for item in errors
        if item["type"] == "extra_forbidden"
    }
    found: dict[tuple[Any, ...], Diagnostic] = {}
    for item in errors:
        path = _path(root, item["loc"])
        place = item["loc"] if item["type"] == "missing" else path
        if place in found and item["type"] != "extra_forbidden":
            continue
        if item["type"] == "missing" and item["loc"] in meant:
            continue  # it stands there mistyped, and that is told
        if item["type"] == "too_short" and any(told[: len(path)] == path for told in found):
            continue  # it counts sound entries alone, and an unsound one has been told
        found[place] = _finding(item, path, root, model, whole)
    return tuple(found.values())


def _meant(item: dict[str, Any], root: Node, model: type[BaseModel]) -> str | None:
    """The key that an unknown key was probably meant to be."""
    path = _path(root, item["loc"])
    return nearest(str(path[-1]), _keys_at(model, path[:-1])) if path else None


def _path(root: Node, loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The part of pydantic's path that stands in the file (union tags and the like left out)."""
    path: list[int | str] = []
    node: Node = root
    for part in loc:
        below = child(node, part)
        if below is not None:
            path.append(part)
            node = below
    return tuple(path)


def _finding(
    item: dict[str, Any],
    path: tuple[int | str, ...],
    root: Node,
    model: type[BaseModel],
    whole: str,
) -> Diagnostic:
    span = span_at(root, path)
    where = ".".join(str(p) for p in path) or whole
    if item["type"] == "extra_forbidden":
        key = str(path[-1]) if path else ""
        known = _keys_at(model, path[:-1])
        close = _meant(item, root, model)
        hint = f"did you mean “{close}”?" if close else None
        if not close and known:
            hint = f"known here: {', '.join(known)}"
        written = scalar_at(root, path)
        if written is not None and written.plain and not written.text and not key.isidentifier():
            hint = "between { and } a comma ends a text; put the whole text in quotes"
        owner = ".".join(str(p) for p in path[:-1]) or whole
        place = key_span(root, path) or span
        return error("S301", f"“{key}” is not a key of {owner}", place, hint)
    if item["type"] == "missing":
        missing = item["loc"][-1]
        if isinstance(missing, int):
            return error("S303", f"{where}: needs at least {missing + 1} values", span)
        return error("S302", f"{where} lacks “{missing}”", span)
    if item["loc"][-1:] == ("[key]",):
        span = key_span(root, path) or span
    return error("S303", f"{where}: {_in_words(item)}", span)


def _in_words(item: dict[str, Any]) -> str:
    """What is wrong with a value, in an author's words rather than a program's."""
    limits = item.get("ctx", {})
    if item["type"] == "string_pattern_mismatch":
        pattern = limits["pattern"]
        return _PATTERNS.get(pattern, f"does not have the form {pattern}")
    if item["type"] == "too_long" and limits["field_type"] == "Value":
        return _WORDS["string_too_long"].format(**limits)
    if item["type"] in _WORDS:
        return _WORDS[item["type"]].format(**limits)
    message: str = item["msg"].removeprefix("Input ").removeprefix("Value error, ")
    return message[0].lower() + message[1:]


ADDRESS = r"^https?://[^\s/?#@\\]+([/?#]\S*)?$"
"""Of a web page, as a source gives it."""

_WORDS = {
    "string_type": "should be text",
    "string_too_short": "should not be empty",
    "string_too_long": "should have at most {max_length} characters",
    "int_type": "should be a whole number",
    "float_type": "should be a number",
    "bool_type": "should be true or false",
    "dict_type": "should be a map of keys",
    "model_type": "should be a map of keys",
    "tuple_type": "should be a list",
    "list_type": "should be a list",
    "too_long": "has too many entries: {actual_length}, where at most {max_length} may stand",
    "too_short": "has too few entries: {actual_length}, where at least {min_length} should stand",
}
_PATTERNS = {
    r"^[a-z][a-z0-9_]{0,79}$": "an id is small letters, digits and _, and begins with a letter",
    r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$": "an id here is small letters and digits, joined by - or _",
    r"^\d{4}-\d{2}-\d{2}$": "a day is written 1994-09-17",
    ADDRESS: "an address begins with https:// or http://",
}


def _keys_at(model: Any, path: tuple[int | str, ...]) -> list[str]:
    """The keys that the model knows at a path, as the author would write them."""
    current: Any = model
    for part in path:
        current = _below(current, part)
        if current is None:
            return []
    for kind in (current, *get_args(current)):  # a part, or a part that may be left out
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return [f.alias or name for name, f in kind.model_fields.items()]
    return []


def _below(kind: Any, part: int | str) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if part in (name, field.alias):
                return field.annotation
        return None
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is dict:
        return arguments[1]
    if origin is tuple:
        return arguments[0]
    for argument in arguments:
        below = _below(argument, part)
        if below is not None:
            return below
    return None


def span_at(root: Node, path: tuple[int | str, ...]) -> Span:
    """The place of what stands at a path, or of the nearest thing above it."""
    node = value_at(root, path)
    return (node if node is not None else root).span


def key_span(root: Node, path: tuple[int | str, ...]) -> Span | None:
    """The place of the key at the end of a path."""
    if not path:
        return None
    above = value_at(root, path[:-1])
    if isinstance(above, MapNode):
        for key, _ in above.entries:
            if key.text == path[-1]:
                return key.span
    return None


def scalar_at(root: Node, path: tuple[int | str, ...]) -> Scalar | None:
    """The scalar at exactly this path, if one stands there."""
    node: Node | None = root
    for part in path:
        if node is None:
            return None
        node = child(node, part)
    return node if isinstance(node, Scalar) else None
