"""Rounds, one text in prose, each side's words in brackets, and the table moves with their prices.

A sitting is two windows: the chair puts a wording on the table in some form, then each delegation
answers, sealed. What a wording is worth to a delegation, and what it needs, are the author's
measures, read when the wording is put; nobody but that delegation sees them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from peace_sim.scenario.boards import (
    IssueBoard,
    ProtocolBoard,
    RoundBoard,
    TalksBoard,
    WordingBoard,
)
from peace_sim.scenario.instruments.expansion import Parts, both, plain
from peace_sim.scenario.instruments.model import IssuePart, TalksPart

FORMS = {
    "plenary": "in plenary, under the flags",
    "proximity": "from room to room",
    "walk": "on a walk, alone",
}
DEVICES = {
    "straight": "as it stands",
    "ambiguity": "in words that both can read their own way",
    "park_it": "set aside for later",
    "deadline": "with a deadline",
    "take_it_or_leave_it": "take it or leave it",
    "call_the_patron": "with a call to the patrons",
    "drop_third_party": "and the third party goes out",
}


def expand(
    id: str, part: TalksPart, stages: frozenset[str], named: Mapping[str, str]
) -> tuple[Parts, TalksBoard]:
    """The kernel parts and the board of talks; ``named`` has the roles' titles."""
    parts = Parts()
    table_knows = sorted(
        {part.chair, *part.parties}
        | {role for spec in part.rounds.values() for role in (spec.host, *spec.observers) if role}
    )
    _rounds(parts, id, part)
    _on_the_table(parts, id, part, table_knows)
    for issue, spec in part.issues.items():
        _issue(parts, id, part, issue, spec, named)
    _table(parts, id, part, table_knows)
    for party in part.parties:
        _answers(parts, id, part, party, table_knows)
    for protocol in part.protocols:
        _protocol(parts, id, part, protocol, stages)
    return parts, _board(id, part)


def _rounds(parts: Parts, id: str, part: TalksPart) -> None:
    phases = {"idle": "no round", **{r: spec.title for r, spec in part.rounds.items()}}
    phases["walked_out"] = "a delegation has walked out"
    ways: list[dict[str, object]] = []
    for name, spec in part.rounds.items():
        parts.add("variables", f"{id}_held_{name}", title=f"Held: {spec.title}", start=0,
                  range=[0, 1])
        ways.append(
            {
                "from": ["idle", "walked_out"], "to": name,
                "when": both(f"{id}_held_{name} == 0", spec.opens), "record": spec.record,
                "effects": [
                    f"set {id}_held_{name} to 1",
                    f"set {id}_sittings to {part.sittings}",
                    f"set {id}_last_word to 0",
                    *spec.on_open,
                ],
                "text": f"{spec.title} opens: {spec.venue}.",
            }
        )
    for name, spec in part.rounds.items():
        closing = {"from": [name], "to": "idle", "effects": list(spec.on_close),
                   "text": f"{spec.title} closes."}
        if spec.closes is not None:
            ways.append({**closing, "when": spec.closes})
        ways.append({**closing, "after": spec.lasts})
    ways.append({"from": ["walked_out"], "to": "idle", "after": 60,
                 "text": "The delegation that walked out is answering the telephone again."})
    parts.add("tracks", f"{id}_round", title=part.title, phases=phases, transitions=ways)


def _on_the_table(parts: Parts, id: str, part: TalksPart, knows: list[str]) -> None:
    issues = {"none": "nothing", **{i: spec.title for i, spec in part.issues.items()}}
    wordings = {
        f"{i}__{w}": f"{spec.title}: {wording.title}"
        for i, spec in part.issues.items()
        for w, wording in spec.wordings.items()
    }
    parts.add("variables", f"{id}_clause", title="The clause on the table", start="none",
              choices=issues, known_to=knows)
    parts.add("variables", f"{id}_wording", title="The wording on the table", start="none",
              choices={"none": "nothing", **wordings}, known_to=knows)
    parts.add("variables", f"{id}_form", title="The form of the sitting", start="plenary",
              choices=FORMS, known_to=knows)
    parts.add("variables", f"{id}_device", title="How it was put", start="straight",
              choices=DEVICES, known_to=knows)
    for name, title, high in (
        ("sittings", "Sittings left", 6), ("deadlines", "Deadlines set so far", 20),
        ("last_word", "Take it or leave it has been said", 1),
        ("dropped", "Third party dropped", 1),
    ):
        parts.add("variables", f"{id}_{name}", title=title, start=0, range=[0, high],
                  known_to=knows)
    for party in part.parties:
        for name, title in (("offer", "What the wording on the table is worth"),
                            ("need", "What would have to be in it")):
            parts.add("variables", f"{id}_{name}_{party}", title=title, start=0,
                      range=[-50, 150], known_to=party)
    # each tick brings new sittings while a round is open; what is left over is lost
    open_rounds = ", ".join(part.rounds)
    parts.drift(
        variable=f"{id}_sittings", by=f"{part.sittings} - {id}_sittings",
        when=f"{id}_round in ({open_rounds})", text="Another month at the hotel, other sittings.",
    )


def _issue(
    parts: Parts, id: str, part: TalksPart, issue: str, spec: IssuePart, named: Mapping[str, str]
) -> None:
    name = f"{id}_{issue}"
    words = {w: wording.title for w, wording in spec.wordings.items()}
    had, mutual = [], []
    for party in part.parties:
        rows = spec.bids[party]
        who = part.parties[party].title or named.get(party, party)
        parts.add("variables", f"{name}_{party}", title=f"{spec.title}, in brackets: {who}",
                  start=rows[0].says, choices=words)
        parts.add("variables", f"{name}_{party}_if", start=0, range=[0, 1],
                  title=f"{spec.title}, only in exchange: {who}")
        parts.add("variables", f"{name}_{party}_vague", start=0, range=[0, 1],
                  title=f"{spec.title}, content with vague words: {who}")
        free, (settled, waits) = f"{name}_{party}_if == 0", _trade(id, part, spec, party)
        had.append(f"({free} or {settled})" if settled else free)
        mutual.append(f"({free} or {waits})" if waits else free)
        _later_bids(parts, id, part, issue, spec, party)
    parts.add("variables", f"{name}_put", title=f"{spec.title}, put on the table", start=0,
              range=[0, 1])
    parts.add("variables", f"{name}_settled", title=f"{spec.title}, settled", start=0, range=[0, 1])
    parts.add("variables", f"{name}_words", title=spec.title, start="open",
              choices={"open": "in brackets", **words})
    ways: list[dict[str, object]] = []
    trust = [f"add 2 to {spec_.trust}" for spec_ in part.parties.values()]
    for w in spec.wordings:
        alike = " and ".join(f"{name}_{party} is {w}" for party in part.parties)
        ways += [
            {
                "from": ["bracketed", "parked"], "to": "agreed",
                # not while it lies on the table: the delegations have not answered yet
                "when": f"{name}_put == 1 and {id}_clause is not {issue} and {alike} "
                f"and {' and '.join(conditions)}",
                "effects": [f"choose {name}_words is {w}", f"set {name}_settled to 1", *trust],
                "text": f"The brackets come off: {spec.title}.",
            }
            for conditions in ([had, mutual] if mutual != had else [had])
        ]
    vague = " and ".join(f"{name}_{party}_vague == 1" for party in part.parties)
    debt = part.table.ambiguity_debt
    ways += [
        {
            "from": ["bracketed"], "to": "ambiguous", "when": vague,
            "effects": [f"set {name}_settled to 1", *([f"add 1 to {debt}"] if debt else [])],
            "text": f"Words are found that each side can read its own way: {spec.title}.",
        },
        {
            "from": ["bracketed"], "to": "parked",
            "when": f"{id}_clause is {issue} and {id}_device is park_it",
            "effects": [f"add 1 to {part.table.park_debt}"] if part.table.park_debt else [],
            "text": f"Set aside for another day: {spec.title}.",
        },
        {
            "from": ["parked"], "to": "bracketed",
            "when": f"{id}_clause is {issue} and {id}_device is not park_it",
        },
    ]
    phases = {"bracketed": "in brackets", "agreed": "agreed", "ambiguous": "agreed, and vague",
              "parked": "set aside"}
    if spec.opens is not None:
        phases = {"unopened": "not on the agenda yet", **phases}
        ways.insert(0, {"from": ["unopened"], "to": "bracketed", "when": spec.opens})
    parts.add("tracks", name, title=spec.title, phases=phases, transitions=ways)


def _trade(id: str, part: TalksPart, spec: IssuePart, party: str) -> tuple[str, str]:
    """When what the party would give way for is had; empty where there is no such thing.

    The other clause is settled so; or all stand on those words and it can only be waiting for this
    one, so that two clauses that are each the other's price are settled together.
    """
    issue, wording = _wanted(spec, party)
    if not issue:
        return "", ""
    other = f"{id}_{issue}"
    alike = " and ".join(f"{other}_{each} is {wording}" for each in part.parties)
    waits = f"{other}_put == 1 and {id}_clause is not {issue} and {alike}"
    return f"{other}_words is {wording}", waits


def _wanted(spec: IssuePart, party: str) -> tuple[str, str]:
    """The other clause and its wording, from the party's first bid that names a trade."""
    for row in spec.bids[party]:
        if row.would_trade_for:
            issue, _, wording = row.would_trade_for.partition(".")
            return issue, wording
    return "", ""


def _exchanges(part: TalksPart, party: str) -> list[tuple[str, str]]:
    """Each clause that a party would trade, by its title, and what it would give way for."""
    said = []
    for spec in part.issues.values():
        issue, wording = _wanted(spec, party)
        if issue:
            other = part.issues[issue]
            words = other.wordings[wording].words
            said.append((spec.title, f"if “{other.title}” reads “{words}”"))
    return said


def _later_bids(
    parts: Parts, id: str, part: TalksPart, issue: str, spec: IssuePart, party: str
) -> None:
    name = f"{id}_{issue}"
    rows = spec.bids[party]
    untouched = f"{name} is bracketed" if spec.opens is None else f"{name} in (unopened, bracketed)"
    for number, (before, row) in enumerate(pairwise(rows), start=1):
        parts.add(
            "events", f"{name}_{party}_bid_{number}", title=f"A new bid: {spec.title}",
            text=row.because, kind="outside", dates=[row.start],
            effects=[
                f"choose {name}_{party} is {row.says} when {untouched} "
                f"and {name}_{party} is {before.says}"
            ],
            known_to=[part.chair, *part.parties],
        )


def _table(parts: Parts, id: str, part: TalksPart, knows: list[str]) -> None:
    credit, table = part.table.credit, part.table
    put: dict[str, object] = {}
    for issue, spec in part.issues.items():
        name = f"{id}_{issue}"
        when = f"{name} in (bracketed, parked)" + (f" and ({spec.opens})" if spec.opens else "")
        for w, wording in spec.wordings.items():
            effects = [
                f"choose {id}_clause is {issue}", f"choose {id}_wording is {issue}__{w}",
                f"add -1 to {id}_sittings", f"set {name}_put to 1",
            ]
            for party in part.parties:
                effects.append(f"set {id}_offer_{party} to {wording.worth[party]}")
                effects.append(f"set {id}_need_{party} to {spec.reservation[party]}")
            put[f"{issue}__{w}"] = {
                "title": f"{spec.title}: {wording.title}", "text": f"“{wording.words}”",
                "when": when,
                "effects": effects, "refusal": "That clause has no brackets left, or is not open.",
                "said": f"On the table: {spec.title}, “{wording.words}”.",
                "weight": wording.weight,
            }
    put["adjourn"] = {
        "title": "Adjourn", "text": "No more sittings for now; there will be others, or not.",
        "effects": [f"choose {id}_clause is none", f"set {id}_sittings to 0"],
        "said": "The chair adjourns.", "weight": "0.3",
    }
    offers = [f"{id}_offer_{party}" for party in part.parties]

    def cost(credit_spent: int) -> list[str]:
        return [f"add -{credit_spent} to {credit}"] if credit else []

    forms: dict[str, object] = {
        "plenary": {"title": "In plenary", "text": "On the record; whoever yields is seen to.",
                    "effects": [f"choose {id}_form is plenary"]},
        "proximity": {"title": "From room to room",
                      "text": "You carry the paper. Nobody has to look at anybody.",
                      "effects": [f"choose {id}_form is proximity",
                                  *(f"add 3 to {o}" for o in offers)]},
        "walk": {"title": "A walk, alone", "text": "Frank, deniable, and envied by those left out.",
                 "effects": [f"choose {id}_form is walk", *(f"add 6 to {o}" for o in offers),
                             *cost(2)], "weight": "0.6"},
    }
    devices: dict[str, object] = {
        "straight": {"title": "As it stands", "weight": "6",
                     "effects": [f"choose {id}_device is straight"]},
        "ambiguity": {
            "title": "Find words that both can read their own way",
            "text": "Closes a bracket now. Those who must live by it will quarrel over it.",
            "effects": [f"choose {id}_device is ambiguity", *(f"add 14 to {o}" for o in offers)],
        },
        "park_it": {
            "title": "Set it aside", "text": "A debt: somebody will bring it back.",
            "effects": [f"choose {id}_device is park_it"], "weight": "0.5",
        },
        "deadline": {
            "title": "Set a deadline",
            "text": "Works once. One that passes without cost weakens every later one.",
            "effects": [f"choose {id}_device is deadline", f"add 1 to {id}_deadlines",
                        *(f"add max(0, 8 - 3 * {id}_deadlines) to {o}" for o in offers)],
        },
        "take_it_or_leave_it": {
            "title": "Take it or leave it", "text": "Once a round; then never mean it again.",
            "when": f"{id}_last_word == 0", "weight": "0.3",
            "refusal": "You have said it once this round; they would laugh.",
            "effects": [f"choose {id}_device is take_it_or_leave_it", f"set {id}_last_word to 1",
                        *(f"add 10 to {o}" for o in offers), *cost(4)],
        },
    }
    if table.patron:
        debt = [f"add 1 to {table.patron_debt}"] if table.patron_debt else []
        devices["call_the_patron"] = {
            "title": "Call the patrons",
            "text": "A telephone call from a capital moves a delegation. Help is owed for it.",
            "effects": [f"choose {id}_device is call_the_patron", *debt,
                        *(f"add 11 to {id}_offer_{party}" for party in table.patron)],
        }
    if table.third_party:
        devices["drop_third_party"] = {
            "title": "Drop the third party from the text",
            "text": f"{table.third_party} loses its share; both sides have more to divide.",
            "when": f"{id}_dropped == 0", "refusal": "They are out already.", "weight": "0.3",
            "effects": [f"choose {id}_device is drop_third_party", f"set {id}_dropped to 1",
                        *(f"add 8 to {o}" for o in offers), *table.on_drop],
        }
    rounds = ", ".join(part.rounds)
    settled = " + ".join(f"{id}_{issue}_settled" for issue in part.issues)
    unsettled = f"{settled} < {len(part.issues)}"
    parts.add(
        "decisions", f"{id}_table", role=part.chair, kind="table", stage=part.stages[0],
        title="The table", known_to=knows,
        text="One text lies between them. Choose a clause, how it is put, and in what form.",
        opens={
            # with nothing left in brackets the chair is not asked what to put
            "when": f"{id}_round in ({rounds}) and {id}_sittings > 0 and {unsettled}",
            "at": "each",
        },
        fields={
            "put": {"title": "What do you put on the table?", "options": put},
            "form": {"title": "In what form?", "options": forms},
            "device": {"title": "How?", "options": devices},
        },
        default={"put": "adjourn", "form": "plenary", "device": "straight"},
        history=plain(part.history)
        or {"usually": {"put": "adjourn", "form": "plenary", "device": "straight"}},
    )


def _answers(parts: Parts, id: str, part: TalksPart, party: str, knows: list[str]) -> None:
    spec = part.parties[party]
    offer, need = f"{id}_offer_{party}", f"{id}_need_{party}"
    clear = f"choose {id}_clause is none"
    accept, conditional, vague = [], [], []
    trades = []
    for issue, issue_spec in part.issues.items():
        name = f"{id}_{issue}"
        wanted, _ = _wanted(issue_spec, party)
        if wanted:
            # what is settled otherwise can no longer be had in exchange
            trades.append(f"({id}_clause is {issue} and {id}_{wanted}_settled == 0)")
        for w in issue_spec.wordings:
            on = f"{id}_wording is {issue}__{w}"
            straight = f"{on} and {id}_device is not ambiguity"
            accept.append(f"choose {name}_{party} is {w} when {straight}")
            conditional.append(f"choose {name}_{party} is {w} when {straight}")
        on_issue = f"{id}_clause is {issue}"
        accept.append(f"set {name}_{party}_if to 0 when {on_issue}")
        conditional.append(f"set {name}_{party}_if to 1 when {on_issue}")
        vague.append(f"set {name}_{party}_vague to 1 when {on_issue} and {id}_device is ambiguity")
    options: dict[str, object] = {
        "accept": {
            "title": "Accept", "text": "Strike your bracket, and stand by these words.",
            "weight": f"max(0.1, ({offer} - {need} + 6) / 4)", "concedes": 2,
            "effects": [*accept, *vague, clear], "said": "accepts",
        },
    }
    if trades:
        exchanges = _exchanges(part, party)
        # of several conditions, which one it is stands in the text
        said = "accepts, on one condition" if len(exchanges) > 1 else f"accepts, {exchanges[0][1]}"
        options["accept_if"] = {
            "title": "Accept, if",
            "text": " ".join(f"On “{title}”: {wanted}." for title, wanted in exchanges),
            "when": " or ".join(trades), "concedes": 1,
            "refusal": "There is nothing left that you would trade this clause for.",
            "weight": f"max(0.1, ({offer} - {need} + 16) / 6)",
            "effects": [*conditional, *vague, clear], "said": said,
        }
    options["bracket"] = {
        "title": "Keep your bracket", "text": "Your words stay where they are.",
        "weight": f"max(0.1, ({need} - {offer} + 6) / 4)", "concedes": -1,
        "effects": [clear], "said": "keeps its bracket",
    }
    options["reserve"] = {
        "title": "Reserve your position", "text": "Neither yes nor no; not today.",
        "weight": "1", "effects": [clear], "said": "reserves its position",
    }
    options["need_instructions"] = {
        "title": "Ask for instructions", "text": "The capital must be asked. The line is bad.",
        "weight": "0.8", "effects": [clear], "said": "needs instructions",
    }
    if spec.walk_out != "false":
        options["walk_out"] = {
            "title": "Walk out", "text": "Cheap to start, and dear to return from.",
            "when": spec.walk_out, "weight": "0.4", "concedes": -2,
            "refusal": "Your own people would not understand it: there is nothing to leave over.",
            "effects": [f"enter {id}_round walked_out", clear, f"add -4 to {spec.trust}"],
            "said": "walks out",
        }
    history = plain(part.answers[party]) if party in part.answers else {"usually": "reserve"}
    parts.add(
        "decisions", f"{id}_answer_{party}", role=party, kind="table", stage=part.stages[1],
        title="Your answer", known_to=knows,
        text="The chair has read it out. The pens are lifted.",
        opens={"when": f"{id}_clause is not none and {id}_device is not park_it", "at": "each"},
        options=options, default="reserve", history=history,
    )


def _protocol(
    parts: Parts, id: str, part: TalksPart, protocol: str, stages: frozenset[str]
) -> None:
    spec = part.protocols[protocol]
    name = f"{id}_{protocol}"
    settled = " + ".join(f"{id}_{issue}_settled" for issue in spec.gathers)
    ready = f"{settled} >= {spec.needs or len(spec.gathers)}"
    if spec.when is not None:
        ready = both(ready, spec.when)
    signs = " and ".join(f"answered({id}_sign_{protocol}_{party}, sign)" for party in part.parties)
    parts.add(
        "tracks", name, title=spec.title,
        phases={"open": "not ready", "ready": "ready for signature", "signed": "signed"},
        transitions=[
            {"from": ["open"], "to": "ready", "when": ready,
             "text": f"The text is ready for signature: {spec.title}."},
            {"from": ["ready"], "to": "signed", "when": signs, "record": spec.record,
             "effects": list(spec.on_signature), "text": f"Signed: {spec.title}."},
        ],
    )
    for party, delegation in part.parties.items():
        weights = spec.weights.get(party, {})
        history = plain(spec.history[party]) if party in spec.history else {"usually": "sign"}
        parts.add(
            "decisions", f"{id}_sign_{protocol}_{party}", role=party, kind="table",
            stage="signature" if "signature" in stages else part.stages[1],
            title=f"Sign: {spec.title}?",
            text="Two copies, two pens, a green cloth. After this there is a paper to be held to.",
            opens={"when": f"{name} is ready", "at": "each"},
            options={
                "sign": {
                    "title": "Sign", "weight": weights.get("sign", "6"), "concedes": 1,
                    "said": "signs", "effects": [f"add 2 to {delegation.trust}"],
                },
                "hold": {
                    "title": "Not yet", "weight": weights.get("hold", "1"), "concedes": -1,
                    "said": "does not sign yet", "effects": [f"add -2 to {delegation.trust}"],
                },
            },
            default="hold", history=history,
        )


def _trades(id: str, part: TalksPart, issue: str) -> Iterator[tuple[str, str, str, str]]:
    for party in part.parties:
        wanted, wording = _wanted(part.issues[issue], party)
        if wanted:
            other = part.issues[wanted]
            words = other.wordings[wording].words
            yield party, f"{id}_{issue}_{party}_if", other.title, words


def _board(id: str, part: TalksPart) -> TalksBoard:
    issues = []
    for issue, spec in part.issues.items():
        issues.append(
            IssueBoard(
                issue, spec.title, spec.text, f"{id}_{issue}", f"{id}_{issue}_words",
                tuple((party, f"{id}_{issue}_{party}") for party in part.parties),
                tuple(WordingBoard(w, x.title, x.words) for w, x in spec.wordings.items()),
                tuple(
                    (party, row.says, row.because)
                    for party, rows in spec.bids.items()
                    for row in rows
                ),
                tuple(_trades(id, part, issue)),
            )
        )
    return TalksBoard(
        id, part.title, part.chair,
        tuple((party, spec.title or party) for party, spec in part.parties.items()),
        f"{id}_round",
        tuple(
            RoundBoard(r, spec.title, spec.venue, spec.host or "", spec.observers)
            for r, spec in part.rounds.items()
        ),
        f"{id}_sittings", f"{id}_clause", f"{id}_wording", f"{id}_form", f"{id}_device",
        f"{id}_table", tuple((party, f"{id}_answer_{party}") for party in part.parties),
        tuple(issues),
        tuple(
            ProtocolBoard(p, spec.title, f"{id}_{p}", spec.gathers)
            for p, spec in part.protocols.items()
        ),
    )
