"""A play, the record and the list of scenarios as plain data, in the shapes of ``cli.md``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from peace_sim.engine.game import Answer, Decision
from peace_sim.history import Comparison
from peace_sim.history.compare import Passed
from peace_sim.history.line import Faced
from peace_sim.report.debrief import divergence_text
from peace_sim.report.prose import ledger_rows
from peace_sim.scenario.edition import Edition, RecordEntry


def played_data(edition: Edition, compared: Comparison) -> dict[str, Any]:
    """A play compared with the record: what ``run``, ``replay`` and ``compare`` print.

    Before the chapter's end neither what history chose nor the ledgers are in it.
    """
    state = compared.line.state
    sealed = state.ending is None
    world = compared.line.opening.world
    return {
        "scenario": edition.id,
        "version": edition.version,
        "digest": edition.digest,
        "seed": int(world.seed) if _is_number(world.seed) else world.seed,
        "milestones": [_milestone(passed) for passed in compared.milestones],
        "decisions": [_decision(edition, faced, sealed) for faced in compared.decisions],
        "series": {
            id: [[iso(day), value] for day, value in points]
            for id, points in compared.series.items()
        },
        "ledgers": [
            {
                "id": ledger.id,
                "title": ledger.title,
                "rows": [
                    {"title": title, "value": value, "unit": unit}
                    for title, value, unit in ledger.rows
                ],
            }
            for ledger in (() if sealed else ledger_rows(edition, state))
        ],
        "ending": _ending(edition, compared),
        "divergence": None if sealed else _divergence(edition, compared),
    }


def _is_number(seed: str) -> bool:
    return seed.isascii() and seed.isdigit() and (seed == "0" or seed[0] != "0") and len(seed) < 16


def iso(day: int) -> str:
    """A day as 1994-09-17."""
    return date.fromordinal(day).isoformat()


def _milestone(passed: Passed) -> dict[str, Any]:
    return {
        "id": passed.id,
        "title": passed.title,
        "date": iso(passed.day),
        "record_id": passed.record_id,
        "record_date": passed.record_date.isoformat(),
        "months_off": passed.months_off,
        "forced": passed.forced,
    }


def _decision(edition: Edition, faced: Faced, sealed: bool) -> dict[str, Any]:
    decision = edition.game.decision(faced.decision)
    historical = None
    if faced.historical is not None and not sealed:
        historical = answer_data(decision, faced.historical)
    return {
        "id": faced.decision,
        "role": faced.role,
        "date": iso(faced.day),
        "answer": answer_data(decision, faced.answer),
        "historical": historical,
    }


AnswerData = str | list[str] | dict[str, str | list[str]]


def answer_data(decision: Decision, answer: Sequence[tuple[str, str]]) -> AnswerData:
    """An answer as a scenario's author writes it: one option, a plan's list, or field by field."""
    told: dict[str, str | list[str]] = {}
    for field in decision.fields:
        ids = [option for name, option in answer if name == field.id]
        if field.many:
            told[field.id] = ids
        elif ids:
            told[field.id] = ids[0]
    if len(decision.fields) == 1 and told:
        return next(iter(told.values()))
    return told


def answer_of(decision: Decision, data: object) -> Answer:
    """The answer that such data stands for. Raises ValueError with a sentence."""
    if not isinstance(data, dict):
        if len(decision.fields) != 1:
            fields = ", ".join(field.id for field in decision.fields)
            raise ValueError(f"{decision.id} asks for an answer to each of: {fields}")
        data = {decision.fields[0].id: data}
    pairs: list[tuple[str, str]] = []
    for name, chosen in data.items():
        for option in chosen if isinstance(chosen, list) else [chosen]:
            if not isinstance(option, str):
                raise ValueError(f"the answer to {decision.id} is not made of option ids")
            pairs.append((str(name), option))
    return tuple(pairs)


def _ending(edition: Edition, compared: Comparison) -> dict[str, str] | None:
    state = compared.line.state
    found = next((e for e in edition.game.endings if e.id == state.ending), None)
    if found is None:
        return None
    day = edition.game.moments[state.moment].day
    return {"id": found.id, "title": found.title, "date": iso(day)}


def _divergence(edition: Edition, compared: Comparison) -> dict[str, str] | None:
    parted = compared.divergence
    if parted is None:
        return None
    return {"date": iso(parted.day), "text": divergence_text(edition, parted)}


def scenario_data(edition: Edition) -> dict[str, Any]:
    """A scenario in the list of scenarios."""
    return {
        "id": edition.id,
        "title": edition.title,
        "chapters": [
            {
                "id": chapter.id,
                "title": chapter.title,
                "from": iso(chapter.start),
                "to": iso(chapter.end),
                "minutes": chapter.minutes,
            }
            for chapter in edition.game.chapters
        ],
        "roles": [{"id": role.id, "title": role.title} for role in edition.game.roles],
    }


def record_data(entry: RecordEntry) -> dict[str, Any]:
    """An entry of the record with its sources."""
    return {
        "id": entry.id,
        "date": entry.date.isoformat(),
        "precision": entry.precision,
        "title": entry.title,
        "summary": entry.summary,
        "track": entry.track,
        "sources": [{"title": s.title, "url": s.url, "year": s.year} for s in entry.sources],
        "confidence": entry.confidence,
        "disputes": list(entry.disputes),
        "numbers": [
            {"title": figure.title, "value": figure.value, "unit": figure.unit}
            for figure in entry.numbers
        ],
    }
