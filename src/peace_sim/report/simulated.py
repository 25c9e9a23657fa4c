"""Many plays counted, told: as lines, as plain data in the shapes of ``cli.md``, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from peace_sim.engine.game import Game
from peace_sim.history.portions import Simulation
from peace_sim.history.simulate import Counts, Fan, Stretch, fans, quantile, wilson
from peace_sim.report.data import iso
from peace_sim.report.tables import Cell, csv_text
from peace_sim.report.words import begun, closed, day_text, number_text, role_title, with_unit
from peace_sim.scenario.edition import Edition

# ── as data ──────────────────────────────────────────────────────────────────────────────────


def simulation_data(edition: Edition, simulated: Simulation) -> dict[str, Any]:
    """What ``simulate --json`` prints."""
    game, told, lists = edition.game, simulated.told, simulated.lists
    plays = told.plays
    return {
        "n": plays,
        "seed": simulated.job.seed,
        "endings": {
            ending.id: _counted(int(count), plays)
            for ending, count in zip(game.endings, told.endings, strict=True)
            if not ending.chapters or simulated.job.chapter in ending.chapters
        },
        "milestones": {
            milestone.id: {
                **_counted(int(when.sum()), plays),
                "record_date": entry.date.isoformat() if entry else None,
                **_dates(game, when),
            }
            for milestone, when in zip(game.milestones, told.milestones, strict=True)
            for entry in (edition.entry(milestone.record),)
        },
        "series": {
            id: [_fan(point) for point in points] for id, points in fans(lists, told).items()
        },
        "options": _options(simulated),
        "events": {
            event.id: {"struck": int(struck), "plays": int(hit), "share": _share(int(hit), plays)}
            for event, struck, hit in zip(game.events, told.struck, told.hit, strict=True)
        },
        "phases": _phases(simulated),
        "chairs": {
            role: {
                "without_choice": _stretch(choice, plays),
                "without_dilemma": _stretch(dilemma, plays),
            }
            for role, choice, dilemma in zip(
                lists.chairs, told.choices, told.dilemmas, strict=True
            )
        },
        "invariants": {
            invariant.id: {
                "broken": int(broken),
                "seed": int(first[0]) if first else None,
                "date": iso(first[1]) if first else None,
            }
            for invariant, broken, first in zip(
                game.invariants, told.broken, told.breaches, strict=True
            )
        },
    }


def _share(count: int, of: int) -> float:
    return round(count / of, 6) if of else 0.0


def _counted(count: int, of: int) -> dict[str, Any]:
    low, high = wilson(count, of)
    return {
        "count": count, "share": _share(count, of), "low": round(low, 6), "high": round(high, 6),
    }  # fmt: skip


def _dates(game: Game, when: Counts) -> dict[str, str | None]:
    names = (("early", 0.05), ("median", 0.5), ("late", 0.95))
    if not when.any():
        return {name: None for name, _ in names}
    return {name: iso(game.moments[quantile(when, share)].day) for name, share in names}


def _fan(point: Fan) -> dict[str, Any]:
    return {
        "date": iso(point.day),
        "n": point.plays,
        "median": point.median,
        "low50": point.half[0],
        "high50": point.half[1],
        "low90": point.most[0],
        "high90": point.most[1],
    }


def _stretch(stretch: Stretch, plays: int) -> dict[str, Any]:
    mean = round(stretch.total / plays, 3) if plays else 0.0
    return {"longest": stretch.longest, "mean": mean, "seed": int(stretch.seed or 0)}


def _named_options(simulated: Simulation) -> Iterator[tuple[str, str, int]]:
    """Decision, option (with its field, where there are several) and place of each option."""
    game = simulated.lists.game
    for at, (decision, field, option) in enumerate(simulated.lists.options):
        of = game.decisions[decision]
        asked = of.fields[field]
        name = asked.options[option].id
        yield of.id, name if len(of.fields) == 1 else f"{asked.id}/{name}", at


def _options(simulated: Simulation) -> dict[str, dict[str, dict[str, int]]]:
    told = simulated.told
    found: dict[str, dict[str, dict[str, int]]] = {}
    for decision, name, at in _named_options(simulated):
        found.setdefault(decision, {})[name] = {
            "open": int(told.offered[at]),
            "taken": int(told.taken[at]),
            "plays": int(told.chosen[at]),
        }
    return found


def _phases(simulated: Simulation) -> dict[str, dict[str, dict[str, Any]]]:
    game, plays = simulated.lists.game, simulated.told.plays
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for (track, phase), entered in zip(
        simulated.lists.phases, simulated.told.entered, strict=True
    ):
        of = game.tracks[track]
        found.setdefault(of.id, {})[of.phases[phase]] = {
            "plays": int(entered), "share": _share(int(entered), plays),
        }  # fmt: skip
    return found


# ── as a table ───────────────────────────────────────────────────────────────────────────────


def simulation_table(edition: Edition, simulated: Simulation) -> str:
    """What ``simulate --csv`` prints: one figure a line, named as in the data, and the ledgers."""
    data = simulation_data(edition, simulated)
    rows: list[Sequence[Cell]] = [("run", "", "", "", name, data[name]) for name in ("n", "seed")]
    for table in ("endings", "milestones", "events", "invariants"):
        for id, figures in data[table].items():
            rows += [(table, id, "", "", name, value) for name, value in figures.items()]
    for id, points in data["series"].items():
        for point in points:
            rows += [
                ("series", id, "", point["date"], name, value)
                for name, value in point.items()
                if name != "date"
            ]
    for table in ("options", "phases", "chairs"):
        for id, parts in data[table].items():
            for part, figures in parts.items():
                rows += [(table, id, part, "", name, value) for name, value in figures.items()]
    for ledger, title, _, figures in _ledgers(simulated):
        rows += [("ledgers", ledger, title, "", name, value) for name, value in figures]
    return csv_text(("table", "id", "part", "date", "figure", "value"), rows)


def _ledgers(
    simulated: Simulation,
) -> Iterator[tuple[str, str, str, list[tuple[str, float]]]]:
    """Ledger, title, unit, and how the figure is spread over the plays that are listed."""
    for (ledger, title, unit), values in zip(
        simulated.lists.rows, simulated.told.ledgers, strict=True
    ):
        if len(values):
            ordered = sorted(float(value) for value in values)
            spread = [
                (name, ordered[min(len(ordered) - 1, int(share * len(ordered)))])
                for name, share in (("low90", 0.05), ("median", 0.5), ("high90", 0.95))
            ]
            yield ledger, title, unit, spread


# ── as lines ─────────────────────────────────────────────────────────────────────────────────


def simulation_lines(edition: Edition, simulated: Simulation) -> list[str]:
    """The counts as text: what a person wants to know of a scenario."""
    game, told = edition.game, simulated.told
    chapter = game.chapter(simulated.job.chapter)
    nature = "as the record has it" if simulated.job.nature == "recorded" else "drawn by the seed"
    return [
        f"{edition.title}: {chapter.title}",
        f"{told.plays:,} playouts of this model, seeds {simulated.job.seed} to "
        f"{simulated.job.seed + max(0, told.plays - 1)}, chance {nature}.",
        *_section("How it ends (share of the playouts, 95 % interval)", _ending_lines(simulated)),
        *_section("Milestones (share; nine tenths pass between)", _milestone_lines(simulated)),
        *_section("Ledgers at the end (nine tenths between)", _ledger_lines(simulated)),
        *_section("Figures on the way (nine tenths between)", _figure_lines(simulated)),
        *_section("Longest without anything to choose", _chair_lines(simulated)),
        *_section("Options that nobody ever took", _untaken(simulated)),
        *_section("Events that never struck", _quiet(simulated)),
        *_section("Phases that no track came to", _unentered(simulated)),
        *_section("Invariants broken", breach_lines(simulated)),
    ]


def _section(title: str, lines: Iterable[str]) -> list[str]:
    told = [f"- {line}" for line in lines]
    return ["", title, *told] if told else []


def _percent(count: int, of: int) -> str:
    low, high = wilson(count, of)
    return f"{100 * count / max(1, of):.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def _ending_lines(simulated: Simulation) -> Iterator[str]:
    game, told = simulated.lists.game, simulated.told
    found = sorted(zip(told.endings.tolist(), game.endings, strict=True), key=lambda x: -x[0])
    for count, ending in found:
        if count or not ending.chapters or simulated.job.chapter in ending.chapters:
            yield f"{_percent(count, told.plays)} {ending.title} [{ending.id}]"


def _milestone_lines(simulated: Simulation) -> Iterator[str]:
    game, told = simulated.lists.game, simulated.told
    for milestone, when in zip(game.milestones, told.milestones, strict=True):
        line = f"{_percent(int(when.sum()), told.plays)} {milestone.title}"
        if when.any():
            early, middle, late = (
                day_text(game.moments[quantile(when, share)].day) for share in (0.05, 0.5, 0.95)
            )
            line += f": {middle}" if early == late else f": {early} – {late}, half by {middle}"
        yield line


def _ledger_lines(simulated: Simulation) -> Iterator[str]:
    for ledger, title, unit, figures in _ledgers(simulated):
        low, middle, high = (number_text(value) for _, value in figures)
        spread = middle if low == high else f"{middle} ({low}–{high})"
        yield f"{ledger}: {title}: {with_unit(spread, unit)}"


def _figure_lines(simulated: Simulation) -> Iterator[str]:
    """The figures on somebody's desk, at the first tick, in the middle and at the last."""
    for variable, points in zip(
        simulated.lists.figures, fans(simulated.lists, simulated.told).values(), strict=True
    ):
        if variable.gauge_for and points:
            some = dict.fromkeys((points[0], points[len(points) // 2], points[-1]))
            told = [f"{day_text(point.day, 'month')} {_between(point)}" for point in some]
            yield f"{variable.title}: {', '.join(told)}"


def _between(point: Fan) -> str:
    low, middle, high = map(number_text, (point.most[0], point.median, point.most[1]))
    return middle if low == high else f"{middle} ({low}–{high})"


def _chair_lines(simulated: Simulation) -> Iterator[str]:
    game, told, tick = simulated.lists.game, simulated.told, simulated.lists.game.tick
    for role, choice, dilemma in zip(
        simulated.lists.chairs, told.choices, told.dilemmas, strict=True
    ):
        yield (
            f"{begun(role_title(game, role))}: {_ticks(choice.longest, tick)}; without a choice "
            f"beyond standing acts {_ticks(dilemma.longest, tick)} (seed {dilemma.seed}), "
            f"{number_text(round(dilemma.total / max(1, told.plays), 1))} in the mean"
        )


def _ticks(count: int, tick: str) -> str:
    return f"1 {tick}" if count == 1 else f"{count} {tick}s"


def _untaken(simulated: Simulation) -> Iterator[str]:
    told = simulated.told
    game = simulated.lists.game
    for decision, name, at in _named_options(simulated):
        of, field, option = simulated.lists.options[at]
        if game.decisions[of].fields[field].options[option].asks:
            continue  # a paper is for people to read
        if not told.taken[at]:
            times = int(told.offered[at])
            opened = f"open {times:,} times" if times else "never open"
            yield f"{decision}: {name} ({opened})"


def _quiet(simulated: Simulation) -> Iterator[str]:
    for event, struck in zip(simulated.lists.game.events, simulated.told.struck, strict=True):
        if not struck:
            yield f"{event.title} [{event.id}]"


def _unentered(simulated: Simulation) -> Iterator[str]:
    for track, phases in _phases(simulated).items():
        never = [phase for phase, figures in phases.items() if not figures["plays"]]
        if never:
            yield f"{track}: {', '.join(never)}"


def breach_lines(simulated: Simulation) -> Iterator[str]:
    """Each invariant that was broken, with the playout that shows it."""
    told = simulated.told
    for invariant, broken, first in zip(
        simulated.lists.game.invariants, told.broken, told.breaches, strict=True
    ):
        if first is not None:
            yield closed(
                f"{invariant.id} ({invariant.guard.expr.text}): in {int(broken):,} of "
                f"{told.plays:,} playouts, first with seed {first[0]} on {day_text(first[1])}"
            )
