"""A small game built by hand: a war, a table with two sittings, a plan, a vote and some chance.

The government and the rebels have characters; the envoy is a person's chair; the member votes.
Hope and pain are each side's own secret, and the rebels' resolve is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache

from peace_sim.engine.chance import word
from peace_sim.engine.game import (
    EVERYBODY,
    Ballot,
    Basis,
    Chapter,
    Character,
    Decision,
    Drift,
    Effect,
    Ending,
    Estimate,
    Event,
    Field,
    Game,
    Guard,
    Knowers,
    Moment,
    Number,
    Opening,
    Option,
    Role,
    Setting,
    Stage,
    Track,
    Transition,
    Variable,
)
from peace_sim.engine.state import World
from peace_sim.expressions import Expr

GOVERNMENT, REBELS, ENVOY, MEMBER = "government", "rebels", "envoy", "member"
WORLD = World("seven")


def day(year: int, month: int, on: int = 1) -> int:
    return date(year, month, on).toordinal()


class Builder:
    """Hands out cells, and remembers who may know them."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.knowers: list[Knowers] = []
        self.start: list[float] = []

    def cell(self, name: str, knowers: Knowers, start: float = 0.0) -> int:
        self.names.append(name)
        self.knowers.append(knowers)
        self.start.append(start)
        return len(self.names) - 1


def number(text: str, reads: tuple[int, ...], of: Callable[..., float]) -> Number:
    expr = Expr(text, None)  # type: ignore[arg-type]
    return Number(expr, frozenset(reads), of)


def fixed(level: float) -> Number:
    return number(str(level), (), lambda cells, day: level)


def cell_of(variable: Variable) -> Number:
    at = variable.cell
    return number(variable.id, (at,), lambda cells, day: cells[at])


def at_least(variable: Variable, level: float) -> Guard:
    at = variable.cell
    expr = Expr(f"{variable.id} >= {level}", None)  # type: ignore[arg-type]
    return Guard(
        expr, frozenset({at}), lambda cells, day: bool(cells[at] >= level), lambda cells, day: ()
    )


ALWAYS = Opening(None, frozenset(), 1, 0, "first", False, 0, 0, 0)


def small_game(months: int = 6) -> Game:
    """The game, with so many months."""
    return _small_game(months)


@lru_cache(maxsize=4)
def _small_game(months: int) -> Game:
    b = Builder()
    starts = [day(1995 + m // 12, m % 12 + 1) for m in range(months + 1)]
    moments = []
    for tick in range(months):
        moments.append(Moment(starts[tick], tick, True, False))
        moments.append(Moment(starts[tick + 1] - 1, tick, False, True))

    def variable(
        id: str, initial: float, known_to: Knowers = EVERYBODY, drawn: tuple[float, ...] = ()
    ) -> Variable:
        return Variable(
            id, id.title(), b.cell(id, known_to, initial), 0.0, 100.0, initial, (), (), "",
            known_to, drawn, Basis("judgement", "a test"), (), frozenset(), word(id),
        )

    of_government, of_rebels = frozenset({GOVERNMENT}), frozenset({REBELS})
    trust = variable("trust", 30.0)
    hope = variable("hope", 60.0, of_government)
    pain = variable("pain", 40.0, of_government)
    resolve = variable("resolve", 50.0, of_rebels, (30.0, 70.0))
    patience = variable("patience", 80.0)
    variables = (trust, hope, pain, resolve, patience)

    def add(target: int, amount: float) -> Effect:
        return Effect("add", target, amount=fixed(amount))

    def option(
        id: str,
        *effects: Effect,
        cost: float = 0.0,
        weight: Number | None = None,
        when: Guard | None = None,
        concedes: float = 0.0,
        eases: str = "",
        toward: str = "",
        because: str = "",
    ) -> Option:
        return Option(
            id, id.title(), "", b.cell(f"took {id}", EVERYBODY), when, "No.", cost, effects, weight,
            None, "", concedes, eases, toward, because,
        )

    def decision(
        id: str,
        role: str,
        stage: int,
        fields: tuple[Field, ...],
        default: tuple[tuple[str, str], ...],
        usually: tuple[tuple[str, str], ...] | None = None,
        dated: tuple[tuple[int, tuple[tuple[str, str], ...]], ...] = (),
        ballot: int | None = None,
    ) -> Decision:
        return Decision(
            id, role, id.title(), "", stage, ALWAYS, fields, b.cell(f"made {id}", EVERYBODY),
            b.cell(f"last {id}", EVERYBODY), EVERYBODY, default, usually, dated, "dilemma", ballot,
            word(id),
        )

    def field(id: str, *options: Option, budget: float | None = None) -> Field:
        return Field(
            id, id.title(), b.cell(f"answer {id}", EVERYBODY), options, budget is not None,
            None if budget is None else fixed(budget),
        )

    acts = decision(
        "acts", ENVOY, 0,
        (
            field(
                "plan",
                option("visit", add(0, 4.0), cost=2.0, weight=fixed(3.0)),
                option("probe", add(0, 1.0), cost=1.0),
                option("press", add(4, -6.0), add(0, 3.0), cost=3.0),
                option("rest", add(4, 2.0), cost=1.0, weight=fixed(0.0)),
                budget=4.0,
            ),
        ),
        (), usually=(("plan", "visit"),), dated=((starts[1], (("plan", "probe"),)),),
    )
    offer = decision(
        "offer", GOVERNMENT, 1,
        (
            field(
                "word",
                option("refuse", add(0, -3.0), concedes=-1.0),
                option("listen"),
                option("yield", add(0, 8.0), concedes=2.0),
                option("sign", add(0, 20.0), when=at_least(trust, 55.0), concedes=1.0),
            ),
            field(
                "device",
                option("none"),
                option("guards", eases="guard", toward=REBELS),
                option("dates", eases="date"),
            ),
        ),
        (("word", "listen"), ("device", "none")), usually=(("word", "sign"), ("device", "none")),
    )
    reply = decision(
        "reply", REBELS, 1,
        (
            field(
                "tone",
                option("harsh", add(0, -2.0), weight=cell_of(resolve)),
                option("warm", add(0, 5.0), because="It wants its people home.", concedes=1.0),
            ),
        ),
        (("tone", "harsh"),),
    )
    vote = decision(
        "vote", MEMBER, 2, (field("ballot", option("yes"), option("no"), option("abstain")),),
        (("ballot", "yes"),), ballot=0,
    )
    war = Track(
        "war", "War", b.cell("war", EVERYBODY), b.cell("war since", EVERYBODY),
        ("fighting", "truce"), ("Fighting", "Truce"), 0,
        (
            Transition("lull", frozenset({0}), 1, at_least(trust, 60.0), 0, (), "It is quiet.", ""),
        ),
        EVERYBODY,
    )
    raid = Event(
        "raid", "A raid", "", False, None, fixed(0.3), (0, 0), 0.0, (), True, 0, (add(0, -5.0),),
        EVERYBODY, "", b.cell("raids", EVERYBODY), b.cell("raided", EVERYBODY), word("raid"),
    )
    guess = Estimate(
        "guess", GOVERNMENT, 3, b.cell("guess", of_government), fixed(10.0), 1, word("guess")
    )
    poll = Ballot(
        "poll", "Poll", 2, ((MEMBER, 3),), 1, frozenset(), 1, ("adopted", "failed", "vetoed"),
        ((add(4, 1.0),), (add(4, -9.0),), ()),
        b.cell("outcome", EVERYBODY), b.cell("yes", EVERYBODY), b.cell("no", EVERYBODY),
        b.cell("abstain", EVERYBODY), EVERYBODY,
    )
    character = Character(
        cell_of(hope), cell_of(pain), cell_of(trust), fixed(50.0), {REBELS: cell_of(trust)}
    )
    other = Character(
        cell_of(resolve), fixed(60.0), cell_of(trust), fixed(40.0), {GOVERNMENT: cell_of(trust)}
    )

    def role(id: str, character: Character | None = None) -> Role:
        return Role(id, f"the {id}", id, "", id == ENVOY, False, 0, 0, character)

    roles = (role(GOVERNMENT, character), role(REBELS, other), role(ENVOY), role(MEMBER))
    decisions = (acts, offer, reply, vote)
    chapter = Chapter("all", "All of it", starts[0], starts[-1] - 1, 10, "", {})
    later = Chapter("later", "The rest", starts[min(2, months - 1)], starts[-1] - 1, 10, "", {})
    stages = (Stage("acts", "Acts"), Stage("table", "Table", 1, 2), Stage("vote", "Vote"))
    endings = (
        Ending("peace", "Peace", "", at_least(trust, 90.0), False, frozenset()),
        Ending("drift", "Drift", "", None, True, frozenset()),
    )
    settings = (
        Setting("fog", "Fog", "", (("thin", 80.0), ("thick", 40.0)), "thin", 4),
    )

    def index(parts: tuple[object, ...]) -> Mapping[str, int]:
        return {part.id: at for at, part in enumerate(parts)}  # type: ignore[attr-defined]

    return Game(
        "small", "A small war", "1", "digest-1", 1, "month", tuple(moments), stages,
        (chapter, later), roles, variables, (guess,), (war,), (), decisions, (poll,), (), (raid,),
        (Drift(4, fixed(-1.0), None, "Patience wears."),), (), endings, (), (), (), (), settings,
        tuple(b.start), tuple(b.names), tuple(b.knowers), ((0,), (1, 2), (3,)),
        {
            "role": index(roles), "variable": index(variables), "track": {"war": 0}, "timer": {},
            "decision": index(decisions), "event": {"raid": 0}, "ballot": {"poll": 0}, "cable": {},
            "chapter": index((chapter, later)), "cases": {},
        },
    )


def edited(game: Game) -> Game:
    """The same scenario after its author changed something."""
    return replace(game, digest="digest-2", version="2")
