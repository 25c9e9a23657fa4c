"""What an author writes, as types: the kernel's parts. Every key has a description and an example.

Keys that hold an *expression* are typed ``Expression`` and those that hold an *effect* sentence
``Sentence``; both are checked by the compiler, with their place.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

ID = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,79}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$", max_length=80)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Text = Annotated[str, Field(min_length=1, max_length=8000)]
Title = Annotated[str, Field(min_length=1, max_length=160)]


def _as_text(value: Any) -> Any:
    """An expression may be written as a bare number or truth value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _as_list(value: Any) -> Any:
    """One thing may stand where a list is meant."""
    return value if isinstance(value, list | tuple) or value is None else [value]


EXPRESSION, EFFECT = "expression", "effect"
"""Marks by which texts that mean something are found within an instrument."""

Expression = Annotated[str, EXPRESSION, BeforeValidator(_as_text), Field(max_length=500)]
Sentence = Annotated[str, EFFECT, Field(min_length=3, max_length=700)]
Sentences = Annotated[tuple[Sentence, ...], BeforeValidator(_as_list), Field(strict=False)]
Knowers = Annotated[tuple[ID, ...], BeforeValidator(_as_list), Field(strict=False)]
Ids = Annotated[tuple[ID, ...], BeforeValidator(_as_list), Field(strict=False)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_as_list), Field(strict=False)]
AnswerText = str | list[str] | dict[str, str | list[str]]


class Part(BaseModel):
    """A part of a scenario: strict types, no unknown keys."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class StagePart(Part):
    """A window of each moment, in order."""

    title: Title
    again_from: ID | None = Field(None, description="Go back to this stage for another sitting.")
    laps: int = Field(1, ge=1, le=6, description="How many sittings at most.")


class CalendarPart(Part):
    """When it plays, and how time is cut."""

    start: Day
    end: Day
    tick: Literal["day", "week", "month"]
    moments: Annotated[tuple[Day, ...], Field(strict=False)] = Field(
        (), description="Further days at which things are decided."
    )
    stages: dict[ID, StagePart] = Field(default_factory=dict)


class ChapterPart(Part):
    """A stretch of the calendar that is played by itself."""

    title: Title
    start: Day = Field(alias="from")
    end: Day = Field(alias="to")
    minutes: int = Field(ge=1, le=600)
    text: Text
    briefs: dict[ID, Text] = Field(default_factory=dict, description="A brief for each chair.")


class BasisPart(Part):
    """Where numbers come from: exactly one of the three."""

    source: Text | None = None
    calibrated: Text | None = None
    judgement: Text | None = None


class SettingPart(Part):
    """A difficulty or an assumption, chosen before play; stands in a public variable of its id."""

    title: Title
    text: Text
    levels: dict[ID, float | int]
    default: ID
    basis: BasisPart


class CharacterPart(Part):
    """What moves a role played by ``character``: expressions from 0 to 100 that it can read."""

    hope: Expression
    pain: Expression
    way_out: Expression
    face: Expression = "50"
    trust: dict[ID, Expression] = Field(default_factory=dict)


class RolePart(Part):
    """Who is in the story."""

    title: Title
    short: Title | None = None
    text: Text = "An office in this story."
    chair: bool = Field(True, description="Whether a person may take it.")
    light: bool = Field(False, description="A voice with one kind of act (a member's vote).")
    start: Day | None = Field(None, alias="from")
    end: Day | None = Field(None, alias="until")
    character: CharacterPart | None = None


class BodyMember(Part):
    """A member of a deciding body; a role of that id is made when none is declared."""

    title: Title
    start: Day | None = Field(None, alias="from")
    end: Day | None = Field(None, alias="until")


class BodyPart(Part):
    """A deciding body and its voting rule."""

    title: Title
    majority: int = Field(ge=1, le=100)
    vetoes: Ids = ()
    quorum: int = Field(0, ge=0, le=100)
    members: dict[ID, BodyMember]


class VariablePart(Part):
    """A number in a range, or one of named values (``choices``)."""

    title: Title
    start: float | int | str = Field(description="Where it stands at first; a choice's name.")
    range: Annotated[tuple[float | int, float | int], Field(strict=False)] | None = None
    choices: dict[ID, Title] | None = None
    unit: str = ""
    known_to: Knowers = ("public",)
    drawn: (
        Annotated[tuple[float | int, float | int], Field(strict=False)]
        | dict[ID, float | int]
        | None
    ) = Field(None, description="For a drawn world: a range, or a weight for each choice.")
    gauge: dict[str, Title] | None = Field(None, description="From which level on, which word.")
    desk: Ids = Field((), description="On whose desk the gauge stands.")
    basis: BasisPart | None = None


class EstimatePart(Part):
    """What a role believes of a variable that it may not see."""

    role: ID
    variable: ID
    error: Expression = Field(description="The largest error, in the variable's unit.")
    every: int = Field(1, ge=1, le=100, description="Redrawn every so many ticks.")


class TransitionPart(Part):
    """A way to another phase: ``when`` a guard holds, ``after`` so many days, or both."""

    sources: Ids = Field(alias="from")
    target: ID = Field(alias="to")
    when: Expression | None = None
    after: int = Field(0, ge=0, le=10000)
    effects: Sentences = ()
    text: str = Field("", max_length=600)
    record: str = ""


class TrackPart(Part):
    """A parallel machine of phases."""

    title: Title
    phases: dict[ID, Title]
    start: ID | None = None
    transitions: Annotated[tuple[TransitionPart, ...], Field(strict=False)] = ()
    known_to: Knowers = ("public",)


class TimerPart(Part):
    """A day that effects set, extend or clear; effects apply when it comes."""

    title: Title
    start: Day | None = None
    effects: Sentences = ()
    text: str = ""
    known_to: Knowers = ("public",)


class OptionPart(Part):
    """One thing that can be answered."""

    title: Title
    text: str = Field("", max_length=1200)
    when: Expression | None = None
    refusal: str = Field("", max_length=400, description="Who refuses, in words, when not open.")
    cost: float | int = 0
    effects: Sentences = ()
    weight: Expression | None = None
    known_to: Knowers | None = None
    said: str = Field("", max_length=400, description="The sentence in which others hear of it.")
    concedes: float | int = 0
    eases: Literal["", "guard", "post", "witness", "date", "face"] = ""
    toward: str = ""
    because: str = Field("", max_length=400)
    asks: Literal["", "adviser"] = Field("", description="Whose paper its role is then given.")


class FieldPart(Part):
    """A question within a decision; ``many`` for a plan within a budget."""

    title: Title
    options: dict[ID, OptionPart]
    many: bool = False
    budget: Expression | None = None


class HistoryPart(Part):
    """What history chose: usually, and at dates."""

    usually: AnswerText | None = None
    dated: dict[Day, AnswerText | list[dict[str, str | list[str]]]] = Field(default_factory=dict)


class OpensPart(Part):
    """When a decision's window opens; every tick's first moment unless told otherwise."""

    when: Expression | None = None
    on: Annotated[tuple[Day, ...], BeforeValidator(_as_list), Field(strict=False)] = ()
    every: int = Field(1, ge=1, le=1000)
    offset: int = Field(0, ge=0, le=1000)
    at: Literal["first", "last", "each"] = "first"
    once: bool = False
    rest: int = Field(0, ge=0, le=1000, description="Ticks to pass after it was last made.")
    start: Day | None = Field(None, alias="from")
    end: Day | None = Field(None, alias="until")


class DecisionPart(Part):
    """What a role answers at a window: ``options`` for one question, ``fields`` for several."""

    role: ID
    title: Title
    text: str = Field("", max_length=4000)
    kind: Literal["acts", "dilemma", "table", "promise", "report", "draft", "vote", "deploy"] = (
        "dilemma"
    )
    stage: ID | None = None
    opens: OpensPart = OpensPart()
    options: dict[ID, OptionPart] | None = None
    budget: Expression | None = Field(None, description="Makes the options a plan: any that fit.")
    fields: dict[ID, FieldPart] | None = None
    default: AnswerText | None = None
    history: HistoryPart = HistoryPart()
    known_to: Knowers = ("public",)


class BallotPart(Part):
    """One question put to a body."""

    title: Title
    text: str = ""
    body: ID
    stage: ID | None = None
    opens: OpensPart = OpensPart()
    weights: dict[ID, dict[Literal["yes", "no", "abstain"], Expression]] = Field(
        default_factory=dict, description="Per member (or ``others``): weight of each vote."
    )
    history: dict[ID, HistoryPart] = Field(default_factory=dict)
    outcomes: dict[Literal["adopted", "failed", "vetoed"], Sentences] = Field(default_factory=dict)
    known_to: Knowers = ("public",)


class CasesPart(Part):
    """A fixed number of slots with a status each."""

    title: Title
    slots: int = Field(ge=1, le=64)
    statuses: dict[ID, Title]
    kinds: dict[ID, Title]
    known_to: Knowers = ("public",)
    kinds_known_to: Knowers = ("public",)


class EventPart(Part):
    """What no role decides."""

    title: Title
    text: str = Field("", max_length=1200)
    kind: Literal["outside", "inside"] = "inside"
    when: Expression | None = None
    chance: Expression | None = Field(None, description="Hazard per tick in a drawn world, 0 to 1.")
    window: Annotated[tuple[Day, Day], Field(strict=False)] | None = None
    likely: float | int = Field(1, gt=0, le=1)
    dates: Annotated[tuple[Day, ...], BeforeValidator(_as_list), Field(strict=False)] = ()
    repeat: bool = False
    rest: int = Field(0, ge=0, le=1000)
    effects: Sentences = ()
    known_to: Knowers = ("public",)
    record: str = ""
    basis: BasisPart | None = None


class DriftPart(Part):
    """How a variable moves each tick by itself."""

    variable: ID
    by: Expression
    when: Expression | None = None
    text: Text
    basis: BasisPart | None = None


class CablePart(Part):
    """A message to those who learn of a thing."""

    sender: Title = Field(alias="from")
    title: Title
    text: Text
    known_to: Knowers = Field(("public",), alias="to")
    doubtful: bool = False


class EndingPart(Part):
    """A way for a chapter to end."""

    title: Title
    text: Text
    when: Expression | None = None
    at_close: bool = False
    chapters: Annotated[tuple[Slug, ...], BeforeValidator(_as_list), Field(strict=False)] = ()
    outlook: str = Field(
        "", max_length=160, description="What an adviser says may come: “the war comes back”."
    )
    feared: dict[ID, Annotated[int, Field(ge=1, le=3)]] = Field(
        default_factory=dict, description="How much each role fears it; ``public`` for the others."
    )


class LedgerRow(Part):
    """One figure of a ledger."""

    title: Title
    value: Expression
    unit: str = ""


class LedgerPart(Part):
    """Figures told at the end."""

    title: Title
    rows: Annotated[tuple[LedgerRow, ...], Field(strict=False)]


class GoalPart(Part):
    """An aim of a role."""

    role: ID
    title: Title
    when: Expression
    secret: bool = False


class InvariantPart(Part):
    """What must hold in every state."""

    holds: Expression


class OccurrencePart(Part):
    """One occurrence in the kernel: a phase entered, an event, a vote, an option taken."""

    enters: str | None = Field(None, description="``track.phase``")
    event: ID | None = None
    ballot: str | None = Field(None, description="``ballot.outcome``")
    takes: str | None = Field(None, description="``decision.option``")
    nth: int = Field(1, ge=1, le=100)


class MilestonePart(Part):
    """A record entry bound to one occurrence."""

    title: Title
    record: Slug
    is_: OccurrencePart = Field(alias="is")


class MeasurePart(Part):
    """A named expression, never stored."""

    value: Expression
    title: str = ""
    basis: BasisPart | None = None


class MetaPart(Part):
    """For whom, from whom, and under which terms."""

    aims: Texts = ()
    licence: str = "CC BY 4.0"
    languages: Annotated[tuple[str, ...], Field(strict=False)] = ("en",)
    content_notes: Texts = ()
    sources: Texts = ()
