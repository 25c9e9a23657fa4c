"""What cannot be done, and why: first the person who refuses, then the numbers one may know."""

from __future__ import annotations

from peace_sim.engine.game import Game, may_know
from peace_sim.engine.opening import NotOpen, UnreadableMove
from peace_sim.engine.view import OptionSeen, View
from peace_sim.expressions import Expr, Unmet, parse
from peace_sim.expressions.syntax import (
    Binary,
    Call,
    Compare,
    Divide,
    Name,
    Negate,
    Node,
    Number,
    Read,
    walk,
)
from peace_sim.report.words import (
    begun,
    closed,
    day_text,
    listed,
    number_text,
    reading_text,
    role_title,
    titled,
    with_unit,
    words_of,
)
from peace_sim.scenario.edition import Edition

UNKNOWN = "for a reason that is not known to you"


def refusal(edition: Edition, refused: NotOpen | UnreadableMove, view: View) -> str:
    """The refusal in a sentence: who refuses, in words, before any number."""
    if isinstance(refused, UnreadableMove):
        return _unreadable(edition.game, refused)
    return _not_open(edition, refused, view)


def _unreadable(game: Game, refused: UnreadableMove) -> str:
    if refused.what == "role":
        asked = f"; {role_title(game, refused.nearest)} is asked" if refused.nearest else ""
        return f"That is not for {role_title(game, refused.named)} to answer{asked}."
    close = f" Did you mean “{refused.nearest}”?" if refused.nearest else ""
    return f"There is no {refused.what} “{refused.named[:60]}” here.{close}"


def _not_open(edition: Edition, refused: NotOpen, view: View) -> str:
    title = _decision_title(edition.game, refused.decision)
    match refused.reason:
        case "ended":
            return "The chapter is over; nothing more can be decided in it."
        case "not-asked":
            return f"{title} is not being asked now."
        case "withdrawn":
            return f"There is no sealed answer to take back: {title}."
        case "no-answer":
            return f"One question is still without an answer: {_field_title(view, refused)}."
        case "twice":
            option = _option_title(edition.game, refused)
            return f"One question takes one answer, each once: “{option}” is one too many."
        case "budget":
            return (
                f"That is more than there is time for: it takes {number_text(refused.spent)}, "
                f"and you have {number_text(refused.budget)}."
            )
    seen = _option_seen(view, refused.decision, refused.option)
    if seen is not None:
        return option_refusal(edition, seen, view)
    return f"“{_option_title(edition.game, refused)}” is not open now."


def option_refusal(edition: Edition, option: OptionSeen, view: View) -> str:
    """Why a closed option is closed: the words of whoever refuses, or else the conditions."""
    if option.refusal:
        return closed(option.refusal)
    reasons = [unmet_text(edition, unmet, view) for unmet in option.unmet]
    told = "; ".join(dict.fromkeys(reasons))
    return f"“{option.title}” is not open now{': ' + told if told else ''}."


def why_not(edition: Edition, option: OptionSeen, view: View) -> list[str]:
    """The conditions that a closed option waits for, each in a sentence."""
    texts = dict.fromkeys(unmet_text(edition, unmet, view) for unmet in option.unmet)
    return [begun(closed(text)) for text in texts]


def unmet_text(edition: Edition, unmet: Unmet, view: View) -> str:
    """A condition that does not hold: “trust is 35, and it wants at least 50”.

    Cut to a bare sentence where it reads what this audience may not know.
    """
    game = edition.game
    if not all(may_know(game.cell_knowers[cell], view.audience) for cell in unmet.cells):
        return UNKNOWN
    expr, _ = parse(unmet.text)
    if unmet.op in ("is", "is not", "in", "not in"):
        return _standing(game, unmet)
    if unmet.level is None or unmet.needed is None:
        return _holding(game, unmet, expr)
    return _comparison(game, unmet, expr)


_WANTED = {
    ">=": "at least {}", ">": "more than {}", "<=": "at most {}", "<": "less than {}",
    "==": "exactly {}", "!=": "anything but {}",
}  # fmt: skip


def _comparison(game: Game, unmet: Unmet, expr: Expr | None) -> str:
    assert unmet.needed is not None
    node = expr.node if expr else None
    if not isinstance(node, Compare):
        return f"{unmet.text} does not hold"
    if _is_day(node):
        level, needed = day_text(int(float(unmet.level or 0))), day_text(int(float(unmet.needed)))
        wanted = {">=": f"not before {needed}", ">": f"only after {needed}"}
        wanted |= {"<=": f"only until {needed}", "<": f"only before {needed}"}
        return f"it is {level}, and this can be done {wanted.get(unmet.op, f'on {needed}')}"
    unit = _unit(game, node.left)
    level = with_unit(number_text(float(unmet.level or 0)), unit)
    needed = with_unit(number_text(float(unmet.needed)), unit)
    wanted_text = _WANTED.get(unmet.op, "{}").format(needed)
    if not isinstance(node.right, Number):
        wanted_text += f" ({phrase(game, node.right)})"
    return f"{phrase(game, node.left)} is {level}, and it wants {wanted_text}"


def _standing(game: Game, unmet: Unmet) -> str:
    name = unmet.text.split(" ", 1)[0]
    words = words_of(game, name)
    level = words.get(str(unmet.level), str(unmet.level))
    wanted = [words.get(word, word) for word in str(unmet.needed).split(", ")]
    subject = titled(game, name)
    if unmet.op in ("is", "in"):
        return f"{subject} is “{level}”, and it wants {listed([f'“{w}”' for w in wanted], 'or')}"
    return f"{subject} is “{level}”, and it must not be"


def _holding(game: Game, unmet: Unmet, expr: Expr | None) -> str:
    text = unmet.text.removeprefix("not ")
    inner = parse(text)[0]
    said = phrase(game, inner.node) if inner else text
    if unmet.op == "does not hold":
        return f"{said}, and that must not be so"
    return f"it waits for this: {said}"


def phrase(game: Game, node: Node) -> str:
    """A part of an expression in words."""
    match node:
        case Name(name):
            return "the date" if name == "today" else titled(game, name)
        case Number(value, is_date):
            return day_text(int(value)) if is_date else number_text(value)
        case Negate(operand):
            return f"minus {phrase(game, operand)}"
        case Binary(op, left, right):
            sign = {"+": "plus", "-": "minus", "*": "times"}[op]
            return f"{phrase(game, left)} {sign} {phrase(game, right)}"
        case Divide(left, right, _):
            return f"{phrase(game, left)} divided by {phrase(game, right)}"
        case Call(function, arguments):
            said = listed([phrase(game, part) for part in arguments])
            named = {"min": "the least of", "max": "the most of", "abs": "the size of"}
            return f"{named[function]} {said}"
        case Read(function, words):
            return reading_text(game, function, words)
        case _:
            return "this"


def _is_day(node: Compare) -> bool:
    return any(
        (isinstance(part, Name) and part.id == "today")
        or (isinstance(part, Number) and part.is_date)
        for part in walk(node)
    )


def _unit(game: Game, node: Node) -> str:
    if isinstance(node, Name) and node.id in game.index["variable"]:
        return game.variable(node.id).unit
    if not isinstance(node, Read) or node.function != "estimate" or not node.words:
        return ""
    if node.words[0] in game.index["variable"]:
        return game.variable(node.words[0]).unit
    return ""


def _decision_title(game: Game, id: str) -> str:
    return f"“{game.decision(id).title}”" if id in game.index["decision"] else "This"


def _option_title(game: Game, refused: NotOpen) -> str:
    if refused.decision in game.index["decision"]:
        for field in game.decision(refused.decision).fields:
            for option in field.options:
                if option.id == refused.option:
                    return option.title
    return refused.option.replace("_", " ")


def _field_title(view: View, refused: NotOpen) -> str:
    for asked in view.asked:
        if asked.id == refused.decision:
            for field in asked.fields:
                if field.id == refused.option:
                    return f"“{field.title}”"
    return f"“{refused.option}”"


def _option_seen(view: View, decision: str, option: str) -> OptionSeen | None:
    for asked in view.asked:
        if asked.id == decision:
            for field in asked.fields:
                for seen in field.options:
                    if seen.id == option:
                        return seen
    return None


__all__ = [
    "option_refusal",
    "phrase",
    "refusal",
    "unmet_text",
    "why_not",
]
