"""A truce that is signed, waits for its condition, holds, strains, lapses, collapses, is restored.

Who did it stays hidden: an incident is an alleged violation, and what an inquiry finds is clear
only as far as monitors reach (observers make blame correct; they do not suppress fire: Hultman,
Kathman and Shannon 2013 found no effect of observers on battle deaths).
"""

from __future__ import annotations

from collections.abc import Mapping

from peace_sim.scenario.boards import CeasefireBoard
from peace_sim.scenario.instruments.expansion import Parts, both
from peace_sim.scenario.instruments.model import CeasefirePart

PHASES = {
    "none": "no truce",
    "signed": "signed, not yet in force",
    "in_force": "in force",
    "strained": "under strain",
    "lapsed": "lapsed",
    "collapsed": "collapsed",
}


def expand(
    id: str, part: CeasefirePart, named: Mapping[str, str]
) -> tuple[Parts, CeasefireBoard]:
    """The kernel parts and the board of a ceasefire; ``named`` has the roles' titles."""
    parts = Parts()
    expiry, cases = f"{id}_expiry", f"{id}_incidents"
    known = list(part.known_to)
    _track(parts, id, part)
    parts.add(
        "timers", expiry, title=f"{part.title} expires", known_to=known,
        effects=[f"enter {id} lapsed when {id} in (in_force, strained)", *part.on_lapse],
        text="The truce has run out, and nobody has renewed it.",
    )
    kinds = {kind: spec.title for kind, spec in part.incidents.kinds.items()}
    parts.add(
        "cases", cases, title=f"{part.title}: incidents", slots=part.incidents.slots,
        statuses={"reported": "reported", "investigated": "looked into", "found": "named"},
        kinds=kinds, known_to=known,
    )
    parts.add(
        "variables", f"{id}_violations", title="Alleged violations so far", start=0,
        range=[0, 999], known_to=known,
    )
    for party in part.parties:
        parts.add(
            "variables", f"{id}_breaches_{party}", start=0,
            range=[0, 99], known_to=known, title=f"Breaches named: {named.get(party, party)}",
        )
    culprits = {"none": "nobody", **{p: named.get(p, p) for p in part.parties}}
    parts.add(
        "variables", f"{id}_breach_by", title="Who really did it", start="none",
        choices=culprits, known_to=[],
    )
    _incidents(parts, id, part)
    naming = evidence = ""
    if part.commission is not None:
        naming, evidence = f"{id}_naming", f"{id}_evidence"
        _commission(parts, id, part, culprits)
    board = CeasefireBoard(
        id, part.title, id, expiry, cases, part.force.title,
        tuple((p, f"{id}_breaches_{p}") for p in part.parties), naming, evidence,
    )
    return parts, board


def _track(parts: Parts, id: str, part: CeasefirePart) -> None:
    expiry, cases = f"{id}_expiry", f"{id}_incidents"
    waiting = f"count({cases}, reported) + count({cases}, investigated)"
    if part.until:
        start = f"start {expiry} until {part.until}"
    else:
        start = f"start {expiry} for {part.lasts or 90} days"
    ways: list[dict[str, object]] = [
        {
            "from": ["none"], "to": "signed", "when": part.signed,
            "text": f"{part.title} is signed, and not yet in force.", "record": part.signed_record,
        },
        {
            "from": ["signed"], "to": "in_force", "when": part.force.when,
            "effects": [start, *part.on_force], "record": part.force.record,
            "text": f"{part.title} enters into force: {part.force.title}.",
        },
        {
            "from": ["signed", "in_force", "strained", "lapsed"], "to": "collapsed",
            "when": part.collapses, "effects": [f"clear {expiry}", *part.on_collapse],
            "text": f"{part.title} is over.",
        },
        {
            "from": ["in_force"], "to": "strained", "when": f"{waiting} >= {part.strained_at}",
            "text": "More complaints lie open than anybody can look into; the truce strains.",
        },
        {
            "from": ["strained"], "to": "in_force", "when": f"{waiting} < {part.strained_at}",
            "text": "The pile of complaints shrinks; the truce eases.",
        },
        {
            "from": ["lapsed"], "to": "in_force", "when": f"running({expiry})",
            "text": "The truce that had lapsed is taken up again.",
        },
    ]
    if part.restored is not None:
        ways.append(
            {
                "from": ["collapsed"], "to": "signed", "when": part.restored,
                "text": "The parties put their names to a truce once more.",
            }
        )
    parts.add(
        "tracks", id, title=part.title, phases=PHASES, known_to=list(part.known_to),
        transitions=ways,
    )


def _incidents(parts: Parts, id: str, part: CeasefirePart) -> None:
    total = sum(spec.weight for spec in part.incidents.kinds.values())
    for party, hazard in part.incidents.hazards.items():
        for kind, spec in part.incidents.kinds.items():
            share = round(spec.weight / total, 6)
            parts.add(
                "events", f"{id}_incident_{party}_{kind}", title=f"Reported: {spec.title}",
                text="Each side says that it was the other.",
                when=f"{id} in (in_force, strained)", chance=f"({hazard}) * {share}", repeat=True,
                known_to=list(part.known_to),
                effects=[
                    f"open {id}_incidents {kind}",
                    f"add 1 to {id}_violations",
                    f"choose {id}_breach_by is {party}",
                    *part.incidents.tension,
                ],
            )


def _commission(parts: Parts, id: str, part: CeasefirePart, culprits: dict[str, str]) -> None:
    commission = part.commission
    assert commission is not None
    cases, namer = f"{id}_incidents", commission.namer
    parts.add(
        "variables", f"{id}_evidence", title="What the last inquiry says", start="none",
        choices={**culprits, "unclear": "unclear"}, known_to=[namer],
    )
    for party in part.parties:
        parts.add(
            "variables", f"{id}_points_{party}", title=f"The evidence points at: {culprits[party]}",
            start=0, range=[0, 1], known_to=[namer],
        )
    # a finding is judged by what was looked into, whatever has happened since
    parts.add(
        "variables", f"{id}_looked_into", title="Who really did what was looked into",
        start="none", choices=culprits, known_to=[],
    )
    sits = both(commission.sits_when, f"count({cases}, reported) > 0")
    look = [f"advance {cases} reported to investigated"]
    look += [
        f"choose {id}_looked_into is {party} when {id}_breach_by is {party}"
        for party in part.parties
    ]
    points = [
        sentence
        for party in part.parties
        for sentence in (
            f"choose {id}_evidence is {party} when {id}_breach_by is {party}",
            f"set {id}_points_{party} to 1 when {id}_breach_by is {party}",
            f"set {id}_points_{party} to 0 when {id}_breach_by is not {party}",
        )
    ]
    blurred = [f"set {id}_points_{party} to 0" for party in part.parties]
    parts.add(
        "events", f"{id}_inquiry_clear", title="An inquiry comes back with an answer",
        text="Cartridge cases, tyre marks, two witnesses who agree.", when=sits, repeat=True,
        chance=f"({commission.chance}) * ({commission.clear})", effects=[*look, *points],
        known_to=[namer],
    )
    parts.add(
        "events", f"{id}_inquiry_blurred", title="An inquiry comes back empty",
        text="The road was closed; by the time it opened, nobody had seen anything.", when=sits,
        repeat=True, chance=f"({commission.chance}) * (1 - ({commission.clear}))",
        effects=[*look, f"choose {id}_evidence is unclear", *blurred], known_to=[namer],
    )
    options: dict[str, object] = {
        "stay_silent": {
            "title": "Name nobody",
            "text": "A finding without a name keeps doors open, and teaches that it costs nothing.",
            "weight": 2,
            "effects": [
                f"advance {cases} investigated to found",
                *(f"add -{commission.silence} to {name}" for name in commission.trust.values()),
            ],
            "said": "The finding names nobody.",
        }
    }
    for party in part.parties:
        options[f"name_{party}"] = _name(id, part, party, culprits[party])
    parts.add(
        "decisions", f"{id}_naming", role=namer, kind="dilemma",
        title="Who broke the truce?",
        text="The commission's paper lies before you. A right name restrains; a wrong one wounds.",
        opens={"when": f"count({cases}, investigated) > 0"}, options=options,
        default="stay_silent", history={"usually": "stay_silent"},
    )


def _name(id: str, part: CeasefirePart, party: str, who: str) -> dict[str, object]:
    commission = part.commission
    assert commission is not None
    right, wrong = f"{id}_looked_into is {party}", f"{id}_looked_into is not {party}"
    effects = [
        f"advance {id}_incidents investigated to found",
        f"add 1 to {id}_breaches_{party} when {right}",
        f"add -{commission.wrong} to {commission.trust[party]} when {wrong}",
    ]
    for other in part.parties:
        if other != party:
            effects.append(f"add {commission.right} to {commission.trust[other]} when {right}")
    if party in commission.restraint:
        effects.append(f"add -{commission.right} to {commission.restraint[party]} when {right}")
    return {
        "title": f"Name one side: {who}",
        "text": "Say it in the report, and stand by it.",
        "weight": f"1 + 6 * {id}_points_{party}",
        "effects": effects,
        "toward": party,
        "said": f"The finding names one side: {who}.",
    }
