"""A contest of strategies, told: as lines, as plain data as in ``cli.md``, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from peace_sim.engine.game import Decision, Game
from peace_sim.engine.opening import find_field, find_option
from peace_sim.history.fixed_lists import NAME as FIXED
from peace_sim.history.outcomes import Outcomes
from peace_sim.history.strategies import (
    BLIND,
    COMMON,
    LEAD,
    LOOKING,
    MOVED,
    PUZZLE,
    Fared,
    Finding,
    Interval,
    best_of,
    chairs,
    findings,
    goals_share,
    paired,
    share_of,
    won_share,
)
from peace_sim.play.strategies import FixedList
from peace_sim.report.data import answer_data
from peace_sim.report.tables import Cell, csv_text
from peace_sim.report.words import answer_text, begun, closed, role_title
from peace_sim.scenario.edition import Edition

# ── as data ──────────────────────────────────────────────────────────────────────────────────


def strategies_data(edition: Edition, fared: Fared) -> dict[str, Any]:
    """What ``simulate --strategies --json`` prints."""
    game, contest = edition.game, fared.contest
    return {
        "n": contest.plays,
        "seed": contest.seed,
        "chapter": contest.chapter,
        "whole": fared.whole,
        "chairs": {role: _chair(game, fared, role) for role in chairs(game)},
        "findings": [
            {"code": one.code, "role": one.role or None, **_rounded(one)}
            for one in findings(game, fared)
        ],
    }


def _chair(game: Game, fared: Fared, role: str) -> dict[str, Any]:
    best = fared.lists.get(role)
    return {
        "goals": [goal.id for goal in game.goals if goal.role == role],
        "strategies": {
            name: _strategy(game, role, came)
            for name in fared.strategies(role)
            for came in (fared.of(role, name),)
            if came is not None
        },
        "best_list": None if best is None else {
            id: answer_data(game.decision(id), answer) for id, answer in best.answers
        },
        "lead": _lead(game, fared, role),
        "endings_above": _common(game, fared, role),
    }  # fmt: skip


def _strategy(game: Game, role: str, came: Outcomes) -> dict[str, Any]:
    return {
        "n": came.plays,
        "goals": _interval(goals_share(game, role, came)),
        "won": _interval(won_share(game, role, came)),
        "each": {
            goal.id: _interval(share_of(came.goals[at]))
            for at, goal in enumerate(game.goals)
            if goal.role == role
        },
        "endings": {
            ending.id: _interval(share_of(came.endings == at))
            for at, ending in enumerate(game.endings)
        },
    }


def _interval(of: Interval) -> dict[str, float]:
    return {"value": round(of.value, 6), "low": round(of.low, 6), "high": round(of.high, 6)}


def _lead(game: Game, fared: Fared, role: str) -> dict[str, Any] | None:
    looking = best_of(game, fared, role, LOOKING)
    one = None if looking is None else fared.of(role, looking)
    other = fared.of(role, FIXED)
    if one is None or other is None or not any(goal.role == role for goal in game.goals):
        return None
    goals, won = paired(game, role, one, other)
    return {
        "strategy": looking, "n": min(one.plays, other.plays),
        "goals": _interval(goals), "won": _interval(won),
    }  # fmt: skip


def _common(game: Game, fared: Fared, role: str) -> list[str]:
    """The endings that happen under some strategy of the chair's."""
    found = []
    for at, ending in enumerate(game.endings):
        for name in fared.strategies(role):
            came = fared.of(role, name)
            if came is not None and float((came.endings == at).mean()) > COMMON:
                found.append(ending.id)
                break
    return found


def _rounded(one: Finding) -> dict[str, float | int | str]:
    return {
        name: round(value, 6) if isinstance(value, float) else value
        for name, value in one.figures.items()
    }


# ── as a table ───────────────────────────────────────────────────────────────────────────────


def strategies_table(edition: Edition, fared: Fared) -> str:
    """What ``simulate --strategies --csv`` prints: one figure a line."""
    data = strategies_data(edition, fared)
    rows: list[Sequence[Cell]] = []
    for role, chair in data["chairs"].items():
        for name, told in chair["strategies"].items():
            for figure in ("goals", "won"):
                rows.append(_row(role, name, figure, "", told["n"], told[figure]))
            for figure in ("each", "endings"):
                for id, interval in told[figure].items():
                    rows.append(_row(role, name, figure, id, told["n"], interval))
    for one in data["findings"]:
        what = one.get("option") or one.get("what") or one.get("strategy") or ""
        rows.append((one["role"] or "", "", one["code"], what, one.get("plays", 0), "", "", ""))
    return csv_text(("chair", "strategy", "figure", "id", "n", "value", "low", "high"), rows)


def _row(
    role: str, name: str, figure: str, id: str, plays: int, told: dict[str, float]
) -> Sequence[Cell]:
    return (role, name, figure, id, plays, told["value"], told["low"], told["high"])


# ── as lines ─────────────────────────────────────────────────────────────────────────────────


def strategies_lines(edition: Edition, fared: Fared) -> list[str]:
    """The contest as text: chair by chair, then what it flags and why."""
    game, contest = edition.game, fared.contest
    chapter = game.chapter(contest.chapter)
    found = findings(game, fared)
    lines = [
        f"{edition.title}: {chapter.title}",
        f"Playouts of this model in drawn worlds, seeds {contest.seed} to "
        f"{contest.seed + contest.plays - 1}; one chair at a time plays by a strategy, all others "
        "by character.",
        "Won: all of the chair's goals reached, public and secret. Intervals are of 95 %.",
    ]
    for role in chairs(game):
        if told := list(_chair_lines(game, fared, role)):
            lines += ["", begun(role_title(game, role)), *(f"- {line}" for line in told)]
    if fared.looked:
        # where something could not be looked at, saying so is the only honest answer
        lines += ["", f"Options looked at: those of {len(fared.looked)} decisions."]
    flagged = [f"- {finding_line(game, one)}" for one in found] or ["- Nothing."]
    return [*lines, "", "Flagged", *flagged]


def _chair_lines(game: Game, fared: Fared, role: str) -> Iterator[str]:
    names = fared.strategies(role)
    aims = [(at, goal) for at, goal in enumerate(game.goals) if goal.role == role]
    for name in names:
        came = fared.of(role, name)
        assert came is not None
        usual = fared.of(role, names[0])
        if name != names[0] and usual is not None and came.same(usual):
            yield f"{name}: as {names[0]}, playout for playout"
            continue
        ends = "; ends " + _endings(game, came)
        if aims:
            goals = _percent(goals_share(game, role, came))
            won = _percent(won_share(game, role, came))
            yield f"{name}: {goals} of its goals, won {won}, in {came.plays:,} playouts{ends}"
        else:
            yield f"{name}: no goals to reach, {came.plays:,} playouts{ends}"
    for at, goal in aims:
        secret = " (secret)" if goal.secret else ""
        shares = [
            f"{name} {100 * float(came.goals[at].mean()):.0f} %"
            for name in names
            for came in (fared.of(role, name),)
            if came is not None
        ]
        yield f"Goal “{goal.title}”{secret}: {', '.join(shares)}"
    if lead := _lead(game, fared, role):
        yield (
            f"Who looks at the state: best by {lead['strategy']}, "
            f"{_points(lead['goals'])} of its goals against the best fixed list, "
            f"{_points(lead['won'])} of playouts won, in the same {lead['n']:,} worlds "
            f"(wanted: {100 * LEAD:+.0f} points)"
        )
    if (best := fared.lists.get(role)) is not None and aims:
        yield closed(f"The best fixed list: {_list_text(game, best)}")


def _endings(game: Game, came: Outcomes) -> str:
    shares = [
        (float((came.endings == at).mean()), ending.id) for at, ending in enumerate(game.endings)
    ]
    told = sorted((pair for pair in shares if pair[0] >= 0.005), key=lambda pair: -pair[0])
    return ", ".join(f"{id} {100 * share:.0f} %" for share, id in told)


def _percent(of: Interval) -> str:
    low, high = max(0.0, of.low), min(1.0, of.high)
    return f"{100 * of.value:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def _points(told: dict[str, float]) -> str:
    low, high = 100 * told["low"], 100 * told["high"]
    return f"{100 * told['value']:+.1f} points ({low:+.1f} to {high:+.1f})"


def _list_text(game: Game, best: FixedList) -> str:
    return "; ".join(
        f"{id}: {answer_text(game.decision(id), answer) or 'nothing'}"
        for id, answer in best.answers
    )


def finding_line(game: Game, one: Finding) -> str:
    """What is flagged, with its figures and its threshold."""
    told = one.figures
    chair = role_title(game, one.role) if one.role else ""
    match one.code:
        case "puzzle":
            blind = "copying history" if told["strategy"] in BLIND[1:] else "a fixed list"
            won = _percent(Interval(_f(told["won"]), _f(told["low"]), _f(told["high"])))
            return (
                f"puzzle: as {chair}, {blind} wins {won} of {told['plays']:,} playouts, blind to "
                f"the state; more than {100 * PUZZLE:.0f} % solves the chair"
            )
        case "quiz":
            return (
                f"quiz: as {chair}, copying history reaches {100 * _f(told['goals']):.1f} % of the "
                f"goals, and nothing does better; next is {told['next']}, "
                f"{100 * _f(told['ahead']):.1f} points behind ({100 * _f(told['low']):.1f} to "
                f"{100 * _f(told['high']):.1f}), in {told['plays']:,} playouts"
            )
        case "idle":
            most = ""
            if told["what"]:
                most = f"; most by {told['strategy']}, {told['what']}"
                most += f" {100 * _f(told['largest']):+.1f} points"
            return (
                f"idle: whatever {chair} does, no ending and nobody's goal becomes likelier or "
                f"less likely by more than {100 * MOVED:.0f} points beyond chance, in "
                f"{told['plays']:,} playouts{most}"
            )
        case "few-endings":
            return (
                f"few-endings: by character, only {told['endings'] or 'no ending'} happens in more "
                f"than {100 * COMMON:.0f} % of {told['plays']:,} playouts; three should"
            )
        case _:
            return _dominated_line(game, chair, told)


def _dominated_line(game: Game, chair: str, told: Any) -> str:
    of = game.decision(told["decision"])
    better = _option(of, told["field"], told["better"]) if told["better"] else "leaving it out"
    return (
        f"dominated: as {chair}, in {told['decision']}, "
        f"{_option(of, told['field'], told['option'])} was never better than {better} in "
        f"{told['states']} sampled states, and reaches {100 * told['loss']:.1f} points less of the "
        f"goals (standard error {100 * told['error']:.1f}) in {told['plays']:,} paired playouts; "
        f"where it did best, {100 * told['best']:+.1f}"
    )


def _option(of: Decision, field: str, option: str) -> str:
    return f"“{find_option(find_field(of, field), option).title}” ({option})"


def _f(value: float | int | str) -> float:
    return float(value)


