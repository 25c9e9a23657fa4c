"""Decisions and ballots: what is asked of whom, what can be answered, and how a body votes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from peace_sim.diagnostics import nearest
from peace_sim.engine.chance import word as word_of
from peace_sim.engine.game import (
    EVERYBODY,
    OUTCOMES,
    PUBLIC,
    Answer,
    Ballot,
    Decision,
    Field,
    Knowers,
    Opening,
    Option,
    Vote,
)
from peace_sim.scenario.expressing import Path
from peace_sim.scenario.ground import Ground
from peace_sim.scenario.model import (
    AnswerText,
    BallotPart,
    DecisionPart,
    FieldPart,
    HistoryPart,
    OpensPart,
    OptionPart,
)

ANSWER, PLAN, VOTE = "answer", "plan", "vote"
"""The field of a decision with one question, of a plan, and of a vote."""


class Deciding:
    """The decisions of a scenario, and the votes that its ballots ask for."""

    def __init__(self, on: Ground) -> None:
        self.on = on
        self.declared = self._declared()
        self.fields: dict[str, list[tuple[str, FieldPart, int, dict[str, int]]]] = {}
        self.made: dict[str, tuple[int, int]] = {}
        self.ballot_cells: dict[str, tuple[int, int, int, int]] = {}

    def lay_out(self) -> None:
        """Lay out the cells of all decisions and ballots before any text names them."""
        for id, part in self.declared.items():
            own = frozenset({part.role})
            decides = frozenset(part.known_to) | own
            counted = self.on.names.cell(f"{id} made", decides)
            self.made[id] = (counted, self.on.names.cell(f"{id} last", decides))
            self.on.names.made[id] = counted
            self.fields[id] = []
            for name, field in self._field_parts(id, part).items():
                self.fields[id].append(self._field_cells(id, name, field, part, own))
        for id, ballot in self._ballot_parts().items():
            knowers = frozenset(ballot.known_to)
            outcome, yes, no, abstain = (
                self.on.names.cell(f"{id}{what}", knowers)
                for what in ("", " yes", " no", " abstain")
            )
            self.ballot_cells[id] = (outcome, yes, no, abstain)
            self.on.names.ballot(id, outcome, yes, no, abstain)

    def _field_cells(
        self, id: str, name: str, field: FieldPart, part: DecisionPart, own: Knowers
    ) -> tuple[str, FieldPart, int, dict[str, int]]:
        told = [
            frozenset(o.known_to if o.known_to is not None else part.known_to)
            for o in field.options.values()
        ]
        # the last answer is known to those who hear of every option
        everybody = frozenset(PUBLIC in knowers for knowers in told) == {True}
        roles = frozenset(r for r in self.on.roles if all(r in k or PUBLIC in k for k in told))
        cell = self.on.names.cell(f"{id} {name}", EVERYBODY if everybody else roles | own)
        options = {}
        for (option, _), knowers in zip(field.options.items(), told, strict=True):
            options[option] = self.on.names.cell(f"{id} {option}", knowers | own)
            number = float(len(options))
            self.on.names.answers.setdefault(
                (id, option), (cell, number, options[option], field.many)
            )
        return name, field, cell, options

    def _ballot_parts(self) -> Mapping[str, BallotPart]:
        return {
            id: part
            for id, part in self.on.section("ballots").items()
            if isinstance(part, BallotPart) and part.body in self.on.scenario.bodies
        }

    def _declared(self) -> Mapping[str, DecisionPart]:
        """The declared decisions, then one for each member and ballot."""
        found: dict[str, DecisionPart] = {}
        for id, part in self.on.section("decisions").items():
            assert isinstance(part, DecisionPart)
            found[id] = part
        for id, ballot in self.on.section("ballots").items():
            assert isinstance(ballot, BallotPart)
            if ballot.body not in self.on.scenario.bodies:
                close = nearest(ballot.body, self.on.scenario.bodies)
                hint = f"did you mean “{close}”?" if close else None
                self.on.say(
                    "C402", f"there is no body “{ballot.body}”", ("ballots", id, "body"), hint
                )
                continue
            for member in self.on.scenario.bodies[ballot.body].members:
                found[f"{id}_{member}"] = self._vote(id, ballot, member)
                by = self.on.expanded.origin.get(("ballots", id))
                if by is not None:
                    self.on.write.origin = {
                        **self.on.write.origin,
                        ("decisions", f"{id}_{member}"): by,
                    }
        return found

    def _vote(self, id: str, ballot: BallotPart, member: str) -> DecisionPart:
        spec = self.on.scenario.bodies[ballot.body].members[member]
        weights = ballot.weights.get(member, ballot.weights.get("others", {}))
        history = ballot.history.get(member, ballot.history.get("others", HistoryPart()))
        opens = ballot.opens
        if spec.start or spec.end:
            opens = opens.model_copy(
                update={"start": spec.start or opens.start, "end": spec.end or opens.end}
            )
        titles = {"yes": "In favour", "no": "Against", "abstain": "Abstain"}
        options = {
            vote.value: OptionPart(title=titles[vote.value], weight=weights.get(vote.value))
            for vote in Vote
        }
        return DecisionPart(
            role=member,
            title=ballot.title,
            text=ballot.text,
            kind="vote",
            stage=ballot.stage,
            opens=opens,
            fields={VOTE: FieldPart(title="Your vote", options=options)},
            default={VOTE: "abstain"},
            history=history,
            known_to=ballot.known_to,
        )

    def _field_parts(self, id: str, part: DecisionPart) -> Mapping[str, FieldPart]:
        path: Path = ("decisions", id)
        if part.fields is not None and part.options is not None:
            self.on.say("C409", f"{id} has options and fields; one of them is enough", path)
        if part.fields:
            empty = [name for name, field in part.fields.items() if not field.options]
            if empty:
                self.on.say("C409", f"the field “{empty[0]}” has no options", path)
            return part.fields
        if not part.options:
            self.on.say("C409", f"{id} offers nothing to choose", path)
            return {}
        many = part.budget is not None or part.kind in ("acts", "deploy")
        return {
            PLAN if many else ANSWER: FieldPart(
                title=part.title, options=part.options, many=many, budget=part.budget
            )
        }

    def decisions(self) -> tuple[tuple[Decision, ...], tuple[Ballot, ...]]:
        """The decisions, the votes among them last, and the ballots that tally them."""
        made: list[Decision] = []
        numbers: dict[str, int] = {}
        for id, part in self.declared.items():
            numbers[id] = len(made)
            made.append(self._decision(id, part))
        ballots: list[Ballot] = []
        for id, ballot in self._ballot_parts().items():
            body = self.on.scenario.bodies[ballot.body]
            for member in body.members:
                at = numbers[f"{id}_{member}"]
                made[at] = replace(made[at], ballot=len(ballots))
            path: Path = ("ballots", id)
            told = {str(outcome): said for outcome, said in ballot.outcomes.items()}
            effects = tuple(
                self.on.write.effects((*path, "outcomes", outcome), told.get(outcome, ()))
                for outcome in OUTCOMES
            )
            ballots.append(
                Ballot(
                    id,
                    ballot.title,
                    self.on.stage(path, ballot.stage),
                    tuple((member, numbers[f"{id}_{member}"]) for member in body.members),
                    body.majority,
                    frozenset(body.vetoes),
                    body.quorum,
                    OUTCOMES,
                    effects,
                    *self.ballot_cells[id],
                    frozenset(ballot.known_to),
                    self.on.write.span(path),
                )
            )
        return tuple(made), tuple(ballots)

    def _decision(self, id: str, part: DecisionPart) -> Decision:
        path: Path = ("decisions", id)
        role = self.on.role((*path, "role"), part.role)
        fields = tuple(self._field(path, part, *spec) for spec in self.fields[id])
        default = self.answer((*path, "default"), fields, part.default)
        history = part.history
        dated: list[tuple[int, Answer]] = []
        for when, said in history.dated.items():
            place = (*path, "history", "dated", when)
            for one in _sittings(said):
                dated.append((self.on.inside(place, when), self.answer(place, fields, one)))
        usually = None
        if history.usually is not None:
            usually = self.answer((*path, "history", "usually"), fields, history.usually)
        counted, last = self.made[id]
        return Decision(
            id,
            role,
            part.title,
            part.text,
            self.on.stage(path, part.stage),
            self._opening((*path, "opens"), part.opens, role),
            fields,
            counted,
            last,
            self.on.knowers((*path, "known_to"), part.known_to),
            default,
            usually,
            tuple(dated),
            part.kind,
            None,
            word_of(f"decision/{id}"),
            self.on.write.span(path),
        )

    def _opening(self, path: Path, part: OpensPart, role: str) -> Opening:
        start = self.on.inside((*path, "from"), part.start)
        end = self.on.inside((*path, "until"), part.end)
        if start and end and end < start:
            self.on.say("C406", "it closes before it opens", path)
        return Opening(
            self.on.write.guard((*path, "when"), part.when, role, knows=True),
            frozenset(self.on.inside((*path, "on"), day) for day in part.on),
            part.every,
            part.offset,
            part.at,
            part.once,
            part.rest,
            start,
            end,
        )

    def _field(
        self,
        path: Path,
        part: DecisionPart,
        name: str,
        field: FieldPart,
        cell: int,
        options: dict[str, int],
    ) -> Field:
        below: Path = (
            (*path, "options") if part.fields is None else (*path, "fields", name, "options")
        )
        budget_at: Path = (
            (*path, "budget") if part.fields is None else (*path, "fields", name, "budget")
        )
        return Field(
            name,
            field.title,
            cell,
            tuple(
                self._option((*below, id), option, options[id], part)
                for id, option in field.options.items()
            ),
            field.many,
            self.on.write.number(budget_at, field.budget, part.role, knows=True),
        )

    def _option(self, path: Path, part: OptionPart, cell: int, decision: DecisionPart) -> Option:
        role = decision.role
        if part.toward:
            self.on.role((*path, "toward"), part.toward)
        known = None
        if part.known_to is not None:
            known = self.on.knowers((*path, "known_to"), part.known_to)
        return Option(
            str(path[-1]),
            part.title,
            part.text,
            cell,
            self.on.write.guard((*path, "when"), part.when, role, knows=True),
            part.refusal,
            float(part.cost),
            self.on.write.effects((*path, "effects"), part.effects, role),
            self.on.write.number((*path, "weight"), part.weight, role, knows=True),
            known,
            part.said,
            float(part.concedes),
            part.eases,
            part.toward,
            part.because,
            self.on.write.span(path),
            part.asks,
        )

    def answer(self, path: Path, fields: tuple[Field, ...], said: AnswerText | None) -> Answer:
        """An answer as the author wrote it: one option, a plan's list, or field by field."""
        if said is None:
            return ()
        if not isinstance(said, dict):
            if len(fields) != 1:
                names = ", ".join(field.id for field in fields)
                self.on.say("C404", f"it asks for an answer to each of: {names}", path)
                return ()
            said = {fields[0].id: said}
        by_id = {field.id: field for field in fields}
        for name in said:
            if name not in by_id:
                close = nearest(name, by_id)
                hint = f"did you mean “{close}”?" if close else f"fields are {', '.join(by_id)}"
                self.on.say("C404", f"there is no field “{name}”", path, hint)
        pairs: list[tuple[str, str]] = []
        for field in fields:
            chosen = said.get(field.id, [])
            if isinstance(chosen, list) and not field.many and len(chosen) > 1:
                self.on.say("C404", f"“{field.id}” wants one answer", path)
            known = [option.id for option in field.options]
            for option in chosen if isinstance(chosen, list) else [chosen]:
                if option not in known:
                    close = nearest(option, known)
                    hint = (
                        f"did you mean “{close}”?" if close else f"options are {', '.join(known)}"
                    )
                    self.on.say("C404", f"there is no option “{option}”", path, hint)
                else:
                    pairs.append((field.id, option))
        return tuple(pairs)


def _sittings(said: AnswerText | list[dict[str, str | list[str]]]) -> list[AnswerText]:
    """A dated answer, or a list of answers, one for each sitting."""
    if isinstance(said, list) and said and isinstance(said[0], dict):
        return [one for one in said if isinstance(one, dict)]
    return [said]  # type: ignore[list-item]
