"""What an author writes of the four instruments. Mechanism parameters have defaults to override."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from peace_sim.scenario.model import (
    ID,
    BasisPart,
    Day,
    Expression,
    HistoryPart,
    Ids,
    Knowers,
    Part,
    Sentences,
    Text,
    Title,
)


class ForcePart(Part):
    """The condition for entering into force."""

    title: Title
    when: Expression
    record: str = ""


class IncidentKind(Part):
    """A kind of alleged violation."""

    title: Title
    weight: float | int = 1


class IncidentsPart(Part):
    """Alleged violations: kinds, how often, and by whom."""

    kinds: dict[ID, IncidentKind]
    slots: int = Field(8, ge=1, le=32)
    hazards: dict[ID, Expression] = Field(
        description="Per party: the chance of a breach each tick while the truce stands."
    )
    tension: Sentences = Field((), description="Effects of every incident.")


class CommissionPart(Part):
    """The joint body that looks into complaints."""

    title: Title
    sits_when: Expression
    chance: Expression = Field("0.5", description="Chance per tick to look into the oldest case.")
    clear: Expression = Field(
        "0.5", description="Chance that what it finds is clear (monitors' coverage)."
    )
    namer: ID = Field(description="The role that names a breach.")
    trust: dict[ID, ID] = Field(description="Per party: the variable of its trust in the namer.")
    restraint: dict[ID, ID] = Field(
        default_factory=dict, description="Per party: the variable that a right finding lowers."
    )
    right: float | int = 4
    wrong: float | int = 10
    silence: float | int = 2


class CeasefirePart(Part):
    """A truce that has to be monitored, extended and repaired.

    Makes: track ``ID`` (none, signed, in_force, strained, lapsed, collapsed), timer ``ID_expiry``,
    cases ``ID_incidents``, variables ``ID_breaches_PARTY`` (found) and ``ID_violations`` (all).
    """

    title: Title
    parties: Ids
    signed: Expression = Field(description="When it has been signed.")
    signed_record: str = ""
    force: ForcePart
    until: Day | None = Field(None, description="The first expiry, as a date.")
    lasts: int | None = Field(None, ge=1, le=3650, description="Or in days from entering force.")
    incidents: IncidentsPart
    commission: CommissionPart | None = None
    strained_at: int = Field(3, ge=1, le=32, description="Open incidents at which it strains.")
    collapses: Expression = Field(description="When it is over.")
    restored: Expression | None = Field(None, description="When a collapsed truce is signed again.")
    known_to: Knowers = ("public",)
    on_force: Sentences = ()
    on_lapse: Sentences = ()
    on_collapse: Sentences = ()
    basis: BasisPart


class WordingPart(Part):
    """One way to write a clause."""

    title: Title
    words: Text
    worth: dict[ID, Expression] = Field(description="Per party: what it is worth, 0 to 100.")
    weight: Expression | None = Field(
        None, description="How readily a chair that is played by itself puts it on the table."
    )


class BidRow(Part):
    """What a party says on a clause from a day on, and why."""

    start: Day = Field(alias="from")
    says: ID
    because: Text
    would_trade_for: str = Field("", description="``issue.wording`` for which it would give way.")


class IssuePart(Part):
    """One clause of the text."""

    title: Title
    text: Text = Field(description="The clause in prose; {words} is where the bracket stands.")
    wordings: dict[ID, WordingPart]
    bids: dict[ID, Annotated[tuple[BidRow, ...], Field(strict=False)]]
    reservation: dict[ID, Expression] = Field(description="Per party: what it needs, 0 to 100.")
    opens: Expression | None = Field(None, description="When it may be put on the table.")


class RoundPart(Part):
    """A round of talks."""

    title: Title
    venue: Title
    host: ID | None = None
    observers: Ids = ()
    opens: Expression
    closes: Expression | None = None
    lasts: int = Field(28, ge=1, le=400, description="Days after which it closes by itself.")
    record: str = ""
    on_open: Sentences = ()
    on_close: Sentences = ()


class ProtocolPart(Part):
    """What gathers settled clauses for signature."""

    title: Title
    gathers: Ids
    needs: int | None = Field(None, description="How many must be settled; all by default.")
    when: Expression | None = None
    on_signature: Sentences = ()
    record: str = ""
    weights: dict[ID, dict[Literal["sign", "hold"], Expression]] = Field(default_factory=dict)
    history: dict[ID, HistoryPart] = Field(default_factory=dict)


class TablePart(Part):
    """Table moves and their prices."""

    patron: dict[ID, ID] = Field(
        default_factory=dict, description="Per party: the patron whom the chair may call."
    )
    patron_debt: ID | None = Field(None, description="The variable that counts favours owed.")
    third_party: str = ""
    on_drop: Sentences = ()
    ambiguity_debt: ID | None = None
    park_debt: ID | None = None
    credit: ID | None = Field(None, description="The chair's credit, which table moves cost.")


class PartyPart(Part):
    """A delegation at the table."""

    title: Title | None = None
    trust: ID = Field(description="The variable of its trust in the chair.")
    counterpart: ID | None = Field(None, description="The variable of its trust in the other.")
    walk_out: Expression = "false"


class TalksPart(Part):
    """Rounds, one text, brackets.

    Makes: track ``ID_round`` (idle, then each round, walked_out), track ``ID_ISSUE`` (bracketed,
    agreed, ambiguous, parked; unopened first, where it has ``opens``), variables
    ``ID_ISSUE_PARTY`` (where each delegation's bracket stands) and ``ID_ISSUE_words`` (what was
    agreed), decisions ``ID_table`` and ``ID_answer_PARTY``, tracks ``ID_PROTOCOL`` (open, ready,
    signed) and decisions ``ID_sign_PROTOCOL_PARTY``.
    """

    title: Title
    chair: ID
    parties: dict[ID, PartyPart]
    rounds: dict[ID, RoundPart]
    sittings: int = Field(4, ge=1, le=6)
    issues: dict[ID, IssuePart]
    protocols: dict[ID, ProtocolPart] = Field(default_factory=dict)
    table: TablePart = TablePart()
    history: HistoryPart = Field(HistoryPart(), description="What the chair put, by sitting.")
    answers: dict[ID, HistoryPart] = Field(default_factory=dict)
    stages: Annotated[tuple[ID, ID], Field(strict=False)] = ("table", "answers")
    basis: BasisPart


class TaskPart(Part):
    """An operative clause that gives the mission something to do."""

    title: Title
    text: Text


class ActionPart(Part):
    """Something a resolution may do: its months, strength and effects."""

    title: Title
    text: str = ""
    months: int = Field(0, ge=0, le=24)
    when: Expression | None = None
    refusal: str = ""
    effects: Sentences = ()
    weight: Expression | None = None
    concedes: float | int = 0
    vote: bool = Field(True, description="Whether it goes to the vote (a statement does not).")


class VotesPart(Part):
    """What members' votes weigh."""

    yes: Expression = "8"
    no: Expression = "0"
    abstain: Expression = "1"


class SitePart(Part):
    """A team site."""

    title: Title
    risk: Expression = "10"
    opens: Expression | None = None


class MandatePart(Part):
    """A mission's mandate: report, draft, vote, expiry, deployment.

    Makes: track ``ID`` (none, established, lapsed, closed), timer ``ID_expiry``, variables
    ``ID_authorised``, ``ID_strength``, ``ID_advice``, ``ID_draft``, ``ID_draft_strength``,
    ``ID_condition_X`` (what binds), ``ID_proposed_X`` (what the draft says) and ``ID_team_SITE``;
    decisions ``ID_report``, ``ID_drafting`` and ``ID_deploy``; ballot ``ID_vote``.
    """

    title: Title
    body: ID
    penholder: ID
    reporter: ID
    tasks: dict[ID, TaskPart] = Field(default_factory=dict)
    conditions: dict[ID, TaskPart] = Field(default_factory=dict)
    strengths: dict[ID, int] = Field(description="Authorised strengths a resolution may name.")
    wanted: Expression = Field(description="When a decision of the body is called for.")
    tabled: Expression | None = Field(
        None, description="When a draft may be tabled, if later than the report is wanted."
    )
    actions: dict[ID, ActionPart]
    advice: dict[ID, ActionPart] = Field(default_factory=dict, description="Reports' advice.")
    votes: dict[ID, VotesPart] = Field(default_factory=dict, description="Per member or others.")
    per_tick: Expression = Field("4", description="How many deploy each tick, up to authorised.")
    start: ID = "none"
    strength: int = 0
    expiry: Day | None = None
    sites: dict[ID, SitePart] = Field(default_factory=dict)
    teams: Expression = "3"
    stages: Annotated[tuple[ID, ID, ID], Field(strict=False)] = ("report", "draft", "vote")
    deploy_stage: ID | None = None
    on_established: Sentences = ()
    on_renewed: Sentences = ()
    on_lapse: Sentences = ()
    on_failed: Sentences = ()
    history_report: HistoryPart = HistoryPart()
    history_draft: HistoryPart = HistoryPart()
    history_deploy: HistoryPart = HistoryPart()
    history_votes: dict[ID, HistoryPart] = Field(default_factory=dict)
    record: str = ""
    basis: BasisPart


class CommitmentPart(Part):
    """A promise: who owes what to whom, by when, if what; in which form; and who knows.

    Makes: track ``ID`` (open, given, kept, late, broken, released), timer ``ID_due``; for one that
    can leak, track ``ID_leak`` (secret, leaked).
    """

    title: Title
    by: ID
    to: Ids
    form: Literal["text", "side_letter", "word"] = "word"
    text: Text
    given: Expression | None = Field(None, description="When it counts as given; or by an effect.")
    due: int | None = Field(None, ge=1, le=3650, description="Days after it was given.")
    due_on: Day | None = None
    grace: int = Field(30, ge=0, le=3650, description="Days from late to broken.")
    kept: Expression
    released: Expression | None = None
    known_to: Knowers | None = Field(None, description="Both sides, unless told otherwise.")
    trust: dict[ID, float | int] = Field(
        default_factory=dict, description="Variables of trust: how much a kept promise moves them."
    )
    broken_costs: float | int = Field(2, description="How many times more a broken one costs.")
    leak: Expression | None = Field(None, description="Chance per tick that it leaks.")
    on_kept: Sentences = ()
    on_broken: Sentences = ()
    on_leak: Sentences = ()
