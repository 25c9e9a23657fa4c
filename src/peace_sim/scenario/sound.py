"""Whether what instruments and parts name exists, looked at before anything is expanded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from peace_sim.diagnostics import Diagnostic, error, nearest
from peace_sim.scenario.document import MapNode
from peace_sim.scenario.instruments.model import (
    CeasefirePart,
    CommitmentPart,
    MandatePart,
    TalksPart,
)
from peace_sim.scenario.read import key_span, span_at
from peace_sim.scenario.whole import Scenario

Path = tuple[str | int, ...]


class _Instruments:
    def __init__(self, scenario: Scenario, root: MapNode) -> None:
        self.scenario = scenario
        self.root = root
        members = {member for body in scenario.bodies.values() for member in body.members}
        self.roles = {*scenario.roles, *members}
        self.found: list[Diagnostic] = []

    def check(self) -> tuple[Diagnostic, ...]:
        for id, truce in self.scenario.ceasefires.items():
            self.ceasefire(("ceasefires", id), truce)
        for id, table in self.scenario.talks.items():
            self.talks(("talks", id), table)
        for id, mission in self.scenario.mandates.items():
            self.mandate(("mandates", id), mission)
        for id, promise in self.scenario.commitments.items():
            self.commitment(("commitments", id), promise)
        return tuple(self.found)

    # ── the four ──

    def ceasefire(self, at: Path, part: CeasefirePart) -> None:
        self.roles_exist((*at, "parties"), part.parties)
        self.keys((*at, "incidents", "hazards"), part.incidents.hazards, part.parties, full=True)
        if part.commission is not None:
            place = (*at, "commission")
            self.roles_exist((*place, "namer"), [part.commission.namer])
            self.keys((*place, "trust"), part.commission.trust, part.parties, full=True)
            self.keys((*place, "restraint"), part.commission.restraint, part.parties)
            self.variables((*place, "trust"), part.commission.trust.values())
            self.variables((*place, "restraint"), part.commission.restraint.values())

    def talks(self, at: Path, part: TalksPart) -> None:
        self.roles_exist((*at, "chair"), [part.chair])
        self.roles_exist((*at, "parties"), part.parties)
        for party, spec in part.parties.items():
            counterpart = [spec.counterpart] if spec.counterpart else []
            self.variables((*at, "parties", party), [spec.trust, *counterpart])
        for id, round_ in part.rounds.items():
            hosts = [round_.host] if round_.host else []
            self.roles_exist((*at, "rounds", id), [*hosts, *round_.observers])
        for id, issue in part.issues.items():
            place = (*at, "issues", id)
            self.keys((*place, "bids"), issue.bids, part.parties, full=True)
            self.keys((*place, "reservation"), issue.reservation, part.parties, full=True)
            for word, wording in issue.wordings.items():
                self.keys(
                    (*place, "wordings", word, "worth"), wording.worth, part.parties, full=True
                )
            for party, rows in issue.bids.items():
                if not rows:
                    self.say("C402", f"{party} has no bid on {id}", (*place, "bids", party))
                for number, row in enumerate(rows):
                    where = (*place, "bids", party, number)
                    self.one_of((*where, "says"), "wording", row.says, issue.wordings)
                    if row.would_trade_for:
                        self.trade((*where, "would_trade_for"), row.would_trade_for, part)
        for id, protocol in part.protocols.items():
            for clause in protocol.gathers:
                self.one_of((*at, "protocols", id, "gathers"), "issue", clause, part.issues)
            self.keys((*at, "protocols", id, "weights"), protocol.weights, part.parties)
            self.keys((*at, "protocols", id, "history"), protocol.history, part.parties)
        self.keys((*at, "answers"), part.answers, part.parties)
        table = part.table
        self.keys((*at, "table", "patron"), table.patron, part.parties)
        self.roles_exist((*at, "table", "patron"), table.patron.values())
        owed = (table.patron_debt, table.ambiguity_debt, table.park_debt, table.credit)
        self.variables((*at, "table"), [id for id in owed if id])

    def trade(self, at: Path, text: str, part: TalksPart) -> None:
        issue, _, wording = text.partition(".")
        if issue not in part.issues:
            self.one_of(at, "issue", issue, part.issues)
        else:
            self.one_of(at, "wording", wording, part.issues[issue].wordings)

    def mandate(self, at: Path, part: MandatePart) -> None:
        self.one_of((*at, "body"), "body", part.body, self.scenario.bodies)
        self.roles_exist((*at, "penholder"), [part.penholder])
        self.roles_exist((*at, "reporter"), [part.reporter])
        phases = ("none", "established", "lapsed", "closed")
        self.one_of((*at, "start"), "phase", part.start, phases)
        if not part.strengths:
            self.say("C402", "a mandate names at least one strength", (*at, "strengths"))
        if not part.actions:
            self.say("C402", "a mandate names at least one action", (*at, "actions"))
        body = self.scenario.bodies.get(part.body)
        if body is not None:
            for key in ("votes", "history_votes"):
                self.keys((*at, key), getattr(part, key), (*body.members, "others"))

    def commitment(self, at: Path, part: CommitmentPart) -> None:
        self.roles_exist((*at, "by"), [part.by])
        for role in part.to:
            if role != "public":
                self.roles_exist((*at, "to"), [role])
        self.variables((*at, "trust"), part.trust)

    # ── what is said ──

    def say(self, code: str, message: str, at: Path, hint: str | None = None) -> None:
        self.found.append(error(code, message, span_at(self.root, at), hint))

    def one_of(self, at: Path, what: str, id: str, known: Collection[str]) -> None:
        if id not in known:
            close = nearest(id, known)
            hint = f"did you mean “{close}”?" if close else f"there are: {', '.join(known)}"
            self.say("C402", f"there is no {what} “{id}” here", at, hint)

    def roles_exist(self, at: Path, ids: Iterable[str]) -> None:
        for id in ids:
            self.one_of(at, "role", id, sorted(self.roles))

    def variables(self, at: Path, ids: Iterable[str]) -> None:
        for id in ids:
            self.one_of(at, "variable", id, self.scenario.variables)

    def keys(
        self, at: Path, given: Mapping[str, object], known: Collection[str], full: bool = False
    ) -> None:
        """Keys that are among the known; with ``full``, all of the known."""
        for key in given:
            if key not in known:
                close = nearest(key, known)
                hint = f"did you mean “{close}”?" if close else f"known here: {', '.join(known)}"
                span = key_span(self.root, (*at, key)) or span_at(self.root, at)
                self.found.append(error("C402", f"“{key}” is not known here", span, hint))
        for key in known if full else ():
            if key not in given:
                self.say("C402", f"“{key}” is missing here", at)


def instruments(scenario: Scenario, root: MapNode) -> tuple[Diagnostic, ...]:
    """Every name in an instrument that does not exist, and every party that something lacks."""
    return _Instruments(scenario, root).check()


def bodies(scenario: Scenario, root: MapNode) -> Iterator[Diagnostic]:
    """Bodies whose vetoes are no members, or whose majority nobody can reach."""
    for id, body in scenario.bodies.items():
        for veto in body.vetoes:
            if veto not in body.members:
                close = nearest(veto, body.members)
                hint = f"did you mean “{close}”?" if close else None
                span = span_at(root, ("bodies", id, "vetoes"))
                yield error("C402", f"“{veto}” has a veto and is no member of {id}", span, hint)
        for name, number in (("majority", body.majority), ("quorum", body.quorum)):
            if number > len(body.members):
                message = f"{id} has {len(body.members)} members, and its {name} is {number}"
                yield error("C413", message, span_at(root, ("bodies", id, name)))
