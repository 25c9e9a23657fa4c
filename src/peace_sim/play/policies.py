"""Who plays the empty chairs: from what a role may know to its answer, with the reason in words.

A policy is given a masked state, never the whole one. Its chance comes from ``draw``, keyed by the
seed, the day, the role, the decision and a name: the field's id for a single choice, the field's id
and a count (``issue/0``, ``issue/1``) for each thing a plan takes, the field's and the option's id
where a random plan tosses for each. Additions are in declared order, and there is nothing beyond
+ − × ÷ min max, so that an array engine can do the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from peace_sim.engine.chance import draw as draw_of
from peace_sim.engine.chance import word
from peace_sim.engine.game import (
    Answer,
    Cells,
    Character,
    Decision,
    Field,
    Game,
    Number,
    Option,
    Role,
)
from peace_sim.engine.opening import (
    as_recorded,
    default_answer,
    fits,
    option_open,
)
from peace_sim.engine.state import Move, State
from peace_sim.engine.view import masked

Draw = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a policy answers, and why."""

    answer: Answer
    reason: str = ""


class Policy(Protocol):
    """A mind for a chair: it sees what its role may know, and answers."""

    @property
    def name(self) -> str:
        """What a journal calls it."""
        ...

    def answer(self, game: Game, known: State, decision: Decision, draw: Draw) -> Choice:
        """An answer that can be given now. ``known`` is masked for the decision's role."""
        ...


def answers(
    game: Game,
    state: State,
    decisions: Collection[int],
    policy_of: Callable[[str], Policy],
    seed: int | None = None,
) -> Iterator[Move]:
    """The policies' moves for these open decisions, all from the state as the window opened.

    ``seed`` is the word of the world's seed, if the caller has it at hand.
    """
    if seed is None:
        seed = word(state.world.seed)
    day = game.moments[state.moment].day
    known_to: dict[str, State] = {}
    for index in decisions:
        decision = game.decisions[index]
        known = known_to.get(decision.role)
        if known is None:
            known = known_to[decision.role] = masked(game, state, decision.role)
        draw = _drawer(seed, day, f"policy/{decision.role}/{decision.id}/{state.lap}/")
        choice = policy_of(decision.role).answer(game, known, decision, draw)
        yield Move(decision.role, decision.id, choice.answer, "policy", choice.reason)


def _drawer(seed: int, day: int, stem: str) -> Draw:
    return lambda name: draw_of(seed, day, word(stem + name))


@dataclass(frozen=True, slots=True)
class Default:
    """Says what the scenario declares for a silent chair."""

    name: str = "default"

    def answer(self, game: Game, known: State, decision: Decision, draw: Draw) -> Choice:
        """The declared default, where it is open."""
        return Choice(default_answer(decision, known, _day(game, known)))


@dataclass(frozen=True, slots=True)
class Random:
    """Any open answer, each as likely as the next; any part of a plan that fits the budget."""

    name: str = "random"

    def answer(self, game: Game, known: State, decision: Decision, draw: Draw) -> Choice:
        """One of the open answers."""
        day, taken = _day(game, known), []
        for field in decision.fields:
            offer = _offer(field, known, day)
            if field.many:
                budget = _budget(field, known.cells, day)
                chosen: set[str] = set()
                for option in offer:
                    if draw(f"{field.id}/{option.id}") < 0.5 and fits(
                        field, chosen, option, budget
                    ):
                        chosen.add(option.id)
                        taken.append((field.id, option.id))
            else:
                at = int(draw(field.id) * len(offer)) if len(offer) > 1 else 0
                taken.append((field.id, offer[at].id))
        return Choice(tuple(taken))


@dataclass(frozen=True, slots=True)
class Weights:
    """Draws by the weights that the author gave the options (1 where none is given)."""

    name: str = "weights"

    def answer(self, game: Game, known: State, decision: Decision, draw: Draw) -> Choice:
        """An answer drawn field by field."""
        day = _day(game, known)

        def weigh(option: Option) -> float:
            return _weight(option, known.cells, day)

        taken, first = drawn(decision, known, day, weigh, draw)
        return Choice(taken, first.because if first else "")


@dataclass(frozen=True, slots=True)
class Historical:
    """Does what history did, where history's answer is open; else what is declared as default."""

    name: str = "historical"

    def answer(self, game: Game, known: State, decision: Decision, draw: Draw) -> Choice:
        """History's answer at this window."""
        recorded = as_recorded(game, decision, known)
        if recorded is None:
            fallen = default_answer(decision, known, _day(game, known))
            return Choice(fallen, "Nothing is recorded for this window.")
        answer, shut = recorded
        if not shut:
            return Choice(answer)
        titles = {o.id: o.title for field in decision.fields for o in field.options}
        said = ", ".join(titles.get(id, id) for id in shut)
        return Choice(answer, f"What is recorded was not open here: {said}.")


@dataclass(frozen=True, slots=True)
class Temper:
    """How a role stands, each from 0 to 1, and how far it leans to giving way (-1 to 1)."""

    hope: float
    pain: float
    way_out: float
    face: float
    trust: Mapping[str, float]
    worry: float
    """How little it trusts the others, on the whole."""
    lean: float


# How strongly each thing counts was judged so that each alone can change an even choice into one
# of about four to one, and none can overrule a weight of zero.
GIVING = 0.9
COVERING = 1.5
LEAST = 0.05
EVEN = 4.0
"""Hope, pain and a way out at 50 each make a role undecided: 4 × ½ × ½ × ½ = ½."""


def temper(character: Character, cells: Cells, day: int) -> Temper:
    """How a role stands, from what it knows.

    It leans to giving way only where hope is low *and* pain high *and* a way out open; a weak
    standing at home holds it back.
    """
    hope, pain, way_out, face = (
        _share(number, cells, day)
        for number in (character.hope, character.pain, character.way_out, character.face)
    )
    trust = {role: _share(number, cells, day) for role, number in character.trust.items()}
    total = 0.0
    for level in trust.values():
        total = total + level
    worry = 1.0 - total / len(trust) if trust else 0.5
    ready = min(1.0, EVEN * (1.0 - hope) * pain * way_out)
    lean = max(-1.0, 2.0 * ready - 1.0 - max(0.0, 1.0 - 2.0 * face))
    return Temper(hope, pain, way_out, face, trust, worry, lean)


@dataclass(frozen=True, slots=True)
class CharacterPolicy:
    """Acts on hope, pain, a way out, face and trust: score = weight × readiness, squared to draw.

    It gives way when it leans that way, holds out when not, asks for the device that covers its
    fear where it trusts little, and favours those it trusts.
    """

    name: str = "character"

    def answer(self, game: Game, known: State, decision: Decision, draw: Draw) -> Choice:
        """An answer drawn by the role's own reasons; by weights for a role without character."""
        role = game.role(decision.role)
        if role.character is None:
            return WEIGHTS.answer(game, known, decision, draw)
        day = _day(game, known)
        stands = temper(role.character, known.cells, day)
        score = leaning(game, known, decision, stands)
        taken, first = drawn(decision, known, day, score, draw)
        return Choice(taken, _why(game, stands, role, first))


def leaning(
    game: Game, known: State, decision: Decision, stands: Temper | None = None
) -> Callable[[Option], float]:
    """How strongly each option draws a role: its character's score, or its weight alone."""
    role, day = game.role(decision.role), _day(game, known)
    if role.character is None:
        return lambda option: _weight(option, known.cells, day)
    mood = stands or temper(role.character, known.cells, day)

    def score(option: Option) -> float:
        giving, covering, toward = _counts(mood, role, option)
        value = _weight(option, known.cells, day) * giving * covering * toward
        return value * value

    return score


def _counts(stands: Temper, role: Role, option: Option) -> tuple[float, float, float]:
    """What giving way, its fears and the addressee each multiply an option's weight by."""
    giving = covering = toward = 1.0
    if option.concedes:
        giving = max(LEAST, 1.0 + GIVING * option.concedes * stands.lean)
    if option.eases:
        fear = 1.0 - stands.face if option.eases == "face" else _worry(stands, option)
        covering = 1.0 + COVERING * fear
    if option.toward and option.toward != role.id and option.toward in stands.trust:
        toward = 0.5 + stands.trust[option.toward]
    return giving, covering, toward


def _worry(stands: Temper, option: Option) -> float:
    trust = stands.trust.get(option.toward)
    return stands.worry if trust is None else 1.0 - trust


_COVERED = {
    "guard": "It will not go unguarded among people it does not trust, and asks for guards.",
    "post": "It does not trust the others to keep away, and asks for a post between them.",
    "witness": "It does not take the others' word, and asks for a witness.",
    "date": "It has heard promises without a day before, and asks for a date.",
    "face": "It needs something to show at home, and asks for that.",
}


def _why(game: Game, stands: Temper, role: Role, option: Option | None) -> str:
    """The reason that weighed most, in a sentence."""
    if option is None:
        return "It has nothing to spend its time on now."
    if option.because:
        return option.because
    giving, covering, toward = (abs(count - 1.0) for count in _counts(stands, role, option))
    if covering > max(0.25, giving, toward):
        return _COVERED.get(option.eases, "It asks for what covers its fear.")
    if toward > max(0.15, giving):
        other = game.role(option.toward).title
        if stands.trust[option.toward] > 0.5:
            return f"It has come to trust {other}."
        return f"It does not trust {other} far, but sees nothing better."
    if option.concedes > 0.0:
        return _why_it_gives(stands)
    if stands.lean < 0.0:
        return _why_it_holds(stands)
    if option.concedes < 0.0:
        return "It could give way, and chooses to try the others once more."
    return "Nothing weighs strongly either way, and it does what it is used to."


def _why_it_gives(stands: Temper) -> str:
    if stands.lean <= 0.0:
        return "It gives a little, against its own doubts."
    if stands.pain >= max(1.0 - stands.hope, stands.way_out):
        return "The war costs it more than it can bear, and there is a way out: it gives ground."
    if stands.way_out >= 1.0 - stands.hope:
        return "It sees a way out that it can defend, and gives ground to reach it."
    return "It no longer hopes to win in the field, and gives ground while that is worth something."


def _why_it_holds(stands: Temper) -> str:
    short = min(1.0 - stands.hope, stands.pain, stands.way_out, 2.0 * stands.face)
    if short == 1.0 - stands.hope:
        return "It still hopes to win in the field, and gives nothing away for now."
    if short == stands.pain:
        return "It can bear things as they are, and gives nothing away for now."
    if short == stands.way_out:
        return "It sees no way out that it could defend, and holds to its line."
    return "It cannot be seen to give way at home, and holds to its line."


@dataclass(frozen=True, slots=True)
class Depth:
    """How long a role thinks: in so many rounds, each of about so many playouts."""

    rounds: int
    playouts: int


@dataclass(frozen=True, slots=True)
class Search:
    """Thinks ahead toward its role's goals, in worlds that the role can imagine."""

    name: str
    depth: Depth

    def answer(self, game: Game, known: State, decision: Decision, draw: Draw) -> Choice:
        """The best that it finds. ``draw`` follows the world's seed, so this has its own."""
        from peace_sim.play.search import thought  # it needs arrays, and a game is played without

        return thought(game, known, decision, self.depth)


# ------------------------------------------------------------- drawing answers


def _day(game: Game, known: State) -> int:
    return game.moments[known.moment].day


def _share(number: Number, cells: Cells, day: int) -> float:
    return min(100.0, max(0.0, number.of(cells, day))) / 100.0


def _weight(option: Option, cells: Cells, day: int) -> float:
    return 1.0 if option.weight is None else max(0.0, option.weight.of(cells, day))


def _offer(field: Field, known: State, day: int) -> list[Option]:
    return [option for option in field.options if option_open(option, known.cells, day)]


def _budget(field: Field, cells: Cells, day: int) -> float | None:
    return None if field.budget is None else field.budget.of(cells, day)


def drawn(
    decision: Decision,
    known: State,
    day: int,
    weigh: Callable[[Option], float],
    draw: Draw,
) -> tuple[Answer, Option | None]:
    """An answer drawn field by field, and the option that was drawn first.

    A plan draws without replacement while the budget lasts. A weight of zero is never drawn, but
    where all are zero a single choice falls to any open option alike.
    """
    taken: list[tuple[str, str]] = []
    first: Option | None = None
    for field in decision.fields:
        left = [(option, weigh(option)) for option in _offer(field, known, day)]
        if not field.many:
            option = _one(left, draw, field.id)
            first = first or option
            taken.append((field.id, option.id))
            continue
        budget = _budget(field, known.cells, day)
        chosen: set[str] = set()
        while left := [
            (option, weight)
            for option, weight in left
            if weight > 0.0 and option.id not in chosen and fits(field, chosen, option, budget)
        ]:
            option = _one(left, draw, f"{field.id}/{len(chosen)}")
            first = first or option
            chosen.add(option.id)
        taken += [(field.id, option.id) for option in field.options if option.id in chosen]
    return tuple(taken), first


def _one(weighed: list[tuple[Option, float]], draw: Draw, name: str) -> Option:
    if len(weighed) == 1:
        return weighed[0][0]
    total = 0.0
    for _, weight in weighed:
        total = total + weight
    share = draw(name)
    if not total > 0.0:
        return weighed[int(share * len(weighed))][0]
    reached = 0.0
    last = weighed[0][0]
    for option, weight in weighed:
        if weight > 0.0:
            last = option
        reached = reached + weight
        if share * total < reached:
            return option
    return last


DEFAULT = Default()
RANDOM = Random()
WEIGHTS = Weights()
HISTORICAL = Historical()
CHARACTER = CharacterPolicy()
SEARCHES = (
    Search("search-quick", Depth(2, 96)),
    Search("search", Depth(3, 640)),
    Search("search-deep", Depth(4, 2048)),
)

AT_ONCE: Mapping[str, Policy] = {
    policy.name: policy for policy in (CHARACTER, HISTORICAL, WEIGHTS, RANDOM, DEFAULT)
}
"""Those that answer from the moment alone, in no time."""

POLICIES: Mapping[str, Policy] = {**AT_ONCE, **{policy.name: policy for policy in SEARCHES}}
