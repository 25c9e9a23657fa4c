"""A mission's mandate: report before renewal, draft, vote by the body's rule, expiry, sites."""

from __future__ import annotations

from peace_sim.scenario.boards import MandateBoard, SiteBoard
from peace_sim.scenario.instruments.expansion import Parts, guarded, plain
from peace_sim.scenario.instruments.model import ActionPart, MandatePart
from peace_sim.scenario.model import BodyPart

DAYS_IN_A_MONTH = 30.44


def expand(id: str, part: MandatePart, body: BodyPart) -> tuple[Parts, MandateBoard]:
    """The kernel parts and the board of a mandate."""
    parts = Parts()
    _standing(parts, id, part)
    _report(parts, id, part)
    _drafting(parts, id, part)
    _vote(parts, id, part)
    _deployment(parts, id, part)
    board = MandateBoard(
        id, part.title, id, f"{id}_expiry", f"{id}_authorised", f"{id}_strength", f"{id}_draft",
        f"{id}_report", f"{id}_drafting", f"{id}_vote", body.title,
        tuple((m, spec.title, m in body.vetoes) for m, spec in body.members.items()),
        body.majority,
        tuple((t, spec.title, spec.text) for t, spec in part.tasks.items()),
        tuple(
            (c, spec.title, spec.text, f"{id}_condition_{c}")
            for c, spec in part.conditions.items()
        ),
        tuple(SiteBoard(s, spec.title, f"{id}_team_{s}") for s, spec in part.sites.items()),
    )
    return parts, board


def _standing(parts: Parts, id: str, part: MandatePart) -> None:
    parts.add(
        "tracks", id, title=part.title, start=part.start,
        phases={"none": "no mandate", "established": "established", "lapsed": "lapsed",
                "closed": "closed"},
        transitions=[
            {
                "from": ["none", "lapsed"], "to": "established",
                "when": f"{id}_vote is adopted and {id}_authorised > 0 and running({id}_expiry)",
                "effects": list(part.on_established), "record": part.record,
                "text": f"{part.title} has a mandate.",
            }
        ],
    )
    expiry: dict[str, object] = {"start": part.expiry} if part.expiry else {}
    parts.add(
        "timers", f"{id}_expiry", title=f"{part.title}, mandate expires",
        effects=[f"enter {id} lapsed when {id} is established", *part.on_lapse],
        text=f"The mandate has run out: {part.title}.", **expiry,
    )
    for name, title in (("authorised", "authorised strength"), ("strength", "strength in place")):
        parts.add(
            "variables", f"{id}_{name}", title=f"{part.title}: {title}", start=part.strength,
            range=[0, 100000], unit="people",
        )
    drafts = {"none": "no draft", **{a: spec.title for a, spec in part.actions.items()}}
    parts.add("variables", f"{id}_draft", title="The draft before the body", start="none",
              choices=drafts)
    strengths = {"none": "not said", **{s: f"{n} people" for s, n in part.strengths.items()}}
    parts.add("variables", f"{id}_draft_strength", title="Strength in the draft", start="none",
              choices=strengths)
    advice = {"none": "no report", **{a: spec.title for a, spec in _advice(part).items()}}
    parts.add("variables", f"{id}_advice", title="What the last report advised", start="none",
              choices=advice)
    parts.add("variables", f"{id}_renewals", title="Decisions adopted", start=0, range=[0, 99])
    for condition, spec in part.conditions.items():
        # what a draft proposes binds nobody until it is adopted
        for name, title in (("condition", spec.title), ("proposed", f"In the draft: {spec.title}")):
            parts.add(
                "variables", f"{id}_{name}_{condition}", title=title, start="out",
                choices={"out": "not in the text", "in_text": "in the text"},
            )
    parts.drift(
        variable=f"{id}_strength", by=f"min({part.per_tick}, {id}_authorised - {id}_strength)",
        when=f"{id} is established",
        text="Men and cars arrive, or leave, towards what is authorised.",
    )


def _advice(part: MandatePart) -> dict[str, ActionPart]:
    return part.advice or part.actions


def _report(parts: Parts, id: str, part: MandatePart) -> None:
    options = {}
    for name, spec in _advice(part).items():
        choice = f"choose {id}_advice is {name}"
        if part.advice:
            options[name] = {**_told(spec), "effects": [choice, *spec.effects]}
        else:  # what the penholder weighs and waits for is not the reporter's to know
            options[name] = {"title": spec.title, "text": spec.text, "effects": [choice]}
    parts.add(
        "decisions", f"{id}_report", role=part.reporter, kind="report", stage=part.stages[0],
        title=f"The report on {part.title}",
        text="The body decides on paper, and you hold the pen. Three pages, and a recommendation.",
        opens={"when": f"({part.wanted}) and {id}_advice is none", "at": "each"},
        fields={"advice": {"title": "What do you recommend?", "options": options}},
        history=plain(part.history_report),
    )


def _told(spec: ActionPart) -> dict[str, object]:
    told: dict[str, object] = {"title": spec.title, "text": spec.text, "refusal": spec.refusal}
    if spec.when is not None:
        told["when"] = spec.when
    if spec.weight is not None:
        told["weight"] = spec.weight
    if spec.concedes:
        told["concedes"] = spec.concedes
    return told


def _drafting(parts: Parts, id: str, part: MandatePart) -> None:
    actions = {}
    blank = [f"choose {id}_proposed_{condition} is out" for condition in part.conditions]
    for name, spec in part.actions.items():
        if spec.vote:
            effects = [f"choose {id}_draft is {name}", *blank]
        else:
            effects = [f"choose {id}_advice is none", *_term(id, spec, ""), *spec.effects]
        actions[name] = {**_told(spec), "effects": effects}
    fields: dict[str, object] = {"action": {"title": "What shall it do?", "options": actions}}
    if len(part.strengths) > 1:
        fields["strength"] = {
            "title": "With how many?",
            "options": {
                s: {"title": f"{n} people", "effects": [f"choose {id}_draft_strength is {s}"]}
                for s, n in part.strengths.items()
            },
        }
    if part.conditions:
        fields["clauses"] = {
            "title": "Which conditions go in?", "many": True,
            "options": {
                c: {
                    "title": spec.title, "text": spec.text,
                    "effects": [f"choose {id}_proposed_{c} is in_text"],
                }
                for c, spec in part.conditions.items()
            },
        }
    parts.add(
        "decisions", f"{id}_drafting", role=part.penholder, kind="draft", stage=part.stages[1],
        title=f"A draft on {part.title}",
        text="Fifteen delegations will read every word; some will read only the number.",
        opens={"when": part.tabled or part.wanted, "at": "each"}, fields=fields,
        history=plain(part.history_draft),
    )


def _term(id: str, spec: ActionPart, condition: str) -> list[str]:
    """The effects of a term of so many months, counted from the expiry if one runs."""
    if not spec.months:
        return []
    days = round(spec.months * DAYS_IN_A_MONTH)
    more = f" and {condition}" if condition else ""
    return [
        f"extend {id}_expiry by {days} days when running({id}_expiry){more}",
        f"start {id}_expiry for {days} days when not running({id}_expiry){more}",
    ]


def _vote(parts: Parts, id: str, part: MandatePart) -> None:
    adopted: list[str] = []
    for name, spec in part.actions.items():
        if spec.vote:
            condition = f"{id}_draft is {name}"
            adopted += _term(id, spec, condition)
            adopted += [guarded(sentence, condition) for sentence in spec.effects]
    for strength, number in part.strengths.items():
        condition = f"{id}_draft_strength is {strength}"
        if len(part.strengths) > 1:
            adopted.append(f"set {id}_authorised to {number} when {condition}")
        else:
            adopted.append(f"set {id}_authorised to {number}")
    for condition in part.conditions:
        for word in ("in_text", "out"):
            adopted.append(
                f"choose {id}_condition_{condition} is {word} "
                f"when {id}_proposed_{condition} is {word}"
            )
    done = [f"choose {id}_draft is none", f"choose {id}_advice is none"]
    parts.add(
        "ballots", f"{id}_vote", title=f"The vote on {part.title}", body=part.body,
        stage=part.stages[2], opens={"when": f"{id}_draft is not none", "at": "each"},
        weights={m: spec.model_dump() for m, spec in part.votes.items()},
        history={m: plain(spec) for m, spec in part.history_votes.items()},
        outcomes={
            "adopted": [*adopted, f"add 1 to {id}_renewals", *part.on_renewed, *done],
            "failed": [*part.on_failed, *done],
            "vetoed": [*part.on_failed, *done],
        },
    )


def _deployment(parts: Parts, id: str, part: MandatePart) -> None:
    if not part.sites:
        return
    teams = [f"{id}_team_{site}" for site in part.sites]
    placed = " + ".join(teams)
    options: dict[str, object] = {}
    for site, spec in part.sites.items():
        team = f"{id}_team_{site}"
        parts.add("variables", team, title=f"Team at {spec.title}", start=0, range=[0, 1])
        parts.add("measures", f"{id}_risk_{site}", value=spec.risk, title=f"Risk at {spec.title}")
        open_when = f"{team} == 0" + (f" and ({spec.opens})" if spec.opens else "")
        options[f"open_{site}"] = {
            "title": f"Open a team site at {spec.title}", "cost": 1, "when": open_when,
            "effects": [f"set {team} to 1"], "said": f"A team site opens at {spec.title}.",
            "refusal": "The road there is closed to us for now, or a team is there already.",
        }
        options[f"close_{site}"] = {
            "title": f"Withdraw the team from {spec.title}", "when": f"{team} == 1",
            "effects": [f"set {team} to 0"], "said": f"The team leaves {spec.title}.",
            "refusal": "There is no team there.", "weight": "0.3",
        }
    parts.add(
        "measures", f"{id}_coverage", title=f"{part.title}: how much of the field it sees, 0 to 1",
        value=f"min(1, {id}_strength / 40) * ({placed}) / {len(teams)}",
    )
    history = plain(part.history_deploy) or {"usually": []}
    parts.add(
        "decisions", f"{id}_deploy", role=part.reporter, kind="deploy",
        title=f"Where shall the teams of {part.title} stand?",
        text="A team that sees is a team that can be shot at. Open or close sites.",
        opens={"when": f"{id} is established", "rest": 3},
        budget=f"{part.teams} - ({placed})", options=options, history=history,
        **({"stage": part.deploy_stage} if part.deploy_stage else {}),
    )
