"""Computer players: they see what their role may know, answer what is open, and say why."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peace_sim.engine import Advance, Game, Move, State, World, apply, initial, masked
from peace_sim.engine.game import Character, Decision, Field, Option
from peace_sim.engine.opening import opened
from peace_sim.play.journal import replayed
from peace_sim.play.playout import playout
from peace_sim.play.policies import (
    AT_ONCE,
    POLICIES,
    Choice,
    Draw,
    Policy,
    answers,
    temper,
)
from play_world import (
    ENVOY,
    GOVERNMENT,
    MEMBER,
    REBELS,
    WORLD,
    at_least,
    fixed,
    small_game,
)

GAME = small_game(6)
EVERY = pytest.mark.parametrize("policy", AT_ONCE.values(), ids=list(AT_ONCE))


def at_table(world: World = WORLD) -> State:
    """The first sitting: the government and the rebels are asked."""
    state = apply(GAME, initial(GAME, world), Advance()).state
    return apply(GAME, state, Advance()).state


def with_level(state: State, **levels: float) -> State:
    cells = list(state.cells)
    for id, level in levels.items():
        cells[GAME.variable(id).cell] = level
    return replace(state, cells=tuple(cells))


def drawn(*shares: float) -> Draw:
    """A draw that gives these shares in the order of asking, the last one again and again."""
    left = list(shares)
    return lambda name: left.pop(0) if len(left) > 1 else left[0]


def ask(policy: str, state: State, id: str, draw: Draw | None = None) -> Choice:
    decision = GAME.decision(id)
    known = masked(GAME, state, decision.role)
    return POLICIES[policy].answer(GAME, known, decision, draw or drawn(0.5))


def tally(policy: str, state: State, id: str, n: int = 2_000) -> Counter[str]:
    """How often each option is chosen over evenly spread draws of the first field."""
    found: Counter[str] = Counter()
    for i in range(n):
        for _, option in ask(policy, state, id, drawn((i + 0.5) / n, 0.0)).answer:
            found[option] += 1
    return found


# -------------------------------------------------------------------- laws


@EVERY
@settings(max_examples=40, deadline=None)
@given(seed=st.text(max_size=5), nature=st.sampled_from(["drawn", "recorded"]))
def test_every_answer_can_be_given(policy: Policy, seed: str, nature: str) -> None:
    world = World(seed, nature)  # type: ignore[arg-type]
    played = playout(GAME, world, policies=policy)
    assert played.state.ending in ("peace", "drift")
    assert replayed(GAME, played.journal).state == played.state


@EVERY
@settings(max_examples=60, deadline=None)
@given(
    resolve=st.floats(0, 100), hope=st.floats(0, 100), seeds=st.tuples(st.text(), st.text())
)
def test_equal_masked_states_give_equal_answers(
    policy: Policy, resolve: float, hope: float, seeds: tuple[str, str]
) -> None:
    """Law 11: whatever a role may not know, its answer and its reason are the same."""
    here = with_level(at_table(), resolve=50.0)
    there = with_level(at_table(), resolve=resolve)
    here = replace(here, world=World(seeds[0]))
    there = replace(there, world=World(seeds[1]))
    rival = Move(REBELS, "reply", (("tone", "warm"),))
    there = apply(GAME, there, rival).state
    known = [masked(GAME, state, GOVERNMENT) for state in (here, there)]
    assert known[0] == known[1]
    decision = GAME.decision("offer")
    said = [policy.answer(GAME, state, decision, drawn(0.3, 0.9)) for state in known]
    assert said[0] == said[1]


@settings(max_examples=30, deadline=None)
@given(hope=st.floats(0, 100), pain=st.floats(0, 100))
def test_the_rebels_answer_alike_whatever_the_government_hides(hope: float, pain: float) -> None:
    """The whole way, with draws of the session's own: only the asked role's view counts."""
    reply = GAME.index["decision"]["reply"]
    for policy in POLICIES.values():
        there = with_level(at_table(), hope=hope, pain=pain)
        said = [list(answers(GAME, s, [reply], lambda _, p=policy: p)) for s in (at_table(), there)]
        assert said[0] == said[1]


def test_a_policy_is_given_a_masked_state_and_no_seed() -> None:
    seen: list[tuple[str, State]] = []

    class Spy:
        name = "spy"

        def answer(self, game: Game, known: State, decision: Decision, draw: Draw) -> Choice:
            seen.append((decision.role, known))
            return POLICIES["weights"].answer(game, known, decision, draw)

    playout(GAME, World("secret"), policies=Spy())
    assert {role for role, _ in seen} == {GOVERNMENT, REBELS, ENVOY, MEMBER}
    for role, known in seen:
        assert known == masked(GAME, known, role)
        assert known.world.seed == ""
        assert role == REBELS or known.cells[GAME.variable("resolve").cell] == 0.0


def test_draws_depend_on_seed_day_role_decision_sitting_and_name_alone() -> None:
    asked: list[str] = []

    class Names:
        name = "names"

        def answer(self, game: Game, known: State, decision: Decision, draw: Draw) -> Choice:
            asked.append(f"{draw('x'):.6f}")
            return POLICIES["default"].answer(game, known, decision, draw)

    playout(GAME, WORLD, policies=Names())
    first = asked.copy()
    assert len(set(first)) == len(first)
    asked.clear()
    playout(GAME, WORLD, policies=Names())
    assert asked == first
    from peace_sim.engine import chance

    day = GAME.moments[0].day
    assert first[0] == f"{chance.draw_named('seven', day, 'policy/envoy/acts/0/x'):.6f}"


# -------------------------------------------------------------------- the simple ones


def test_default_says_what_is_declared_or_the_first_that_is_open() -> None:
    assert ask("default", at_table(), "offer").answer == (("word", "listen"), ("device", "none"))


def test_random_takes_each_open_option_alike() -> None:
    found = tally("random", at_table(), "offer", 3_000)
    assert (found["refuse"], found["listen"], found["yield"]) == (1000, 1000, 1000)
    assert found["sign"] == 0  # trust is too low for it


def test_a_random_plan_stays_within_the_budget() -> None:
    state = apply(GAME, initial(GAME, WORLD), Advance()).state
    plans = Counter(
        ask("random", state, "acts", drawn(*[0.1 if bits >> i & 1 else 0.9 for i in range(4)], 0.9))
        .answer
        for bits in range(16)
    )
    assert plans[()] == 1
    cost = {o.id: o.cost for o in GAME.decision("acts").fields[0].options}
    assert all(sum(cost[id] for _, id in plan) <= 4.0 for plan in plans)
    assert (("plan", "visit"), ("plan", "probe"), ("plan", "rest")) in plans


def test_weights_are_read_from_what_the_role_knows() -> None:
    found = tally("weights", with_level(at_table(), resolve=3.0), "reply")
    assert found == {"harsh": 1500, "warm": 500}


def test_a_weight_of_zero_is_never_drawn_unless_all_are_zero() -> None:
    found = tally("weights", with_level(at_table(), resolve=0.0), "reply")
    assert found == {"warm": 2000}
    zero = tuple(replace(o, weight=fixed(0.0)) for o in GAME.decision("reply").fields[0].options)
    decision = GAME.decision("reply")
    decision = replace(decision, fields=(replace(decision.fields[0], options=zero),))
    known = masked(GAME, at_table(), REBELS)
    said = {
        POLICIES["weights"].answer(GAME, known, decision, drawn(share)).answer[0][1]
        for share in (0.0, 0.49, 0.5, 0.999)
    }
    assert said == {"harsh", "warm"}


def test_a_plan_by_weights_draws_without_replacement_while_the_budget_lasts() -> None:
    state = apply(GAME, initial(GAME, WORLD), Advance()).state
    # of weights 3, 1, 1 (and 0): visit (2 of 4 weeks); then probe is all that fits; rest weighs 0
    said = ask("weights", state, "acts", drawn(0.1))
    assert said.answer == (("plan", "visit"), ("plan", "probe"))
    # press first (3 of 4 weeks), told after probe, since an answer stands in declared order
    said = ask("weights", state, "acts", drawn(0.9))
    assert said.answer == (("plan", "probe"), ("plan", "press"))


def test_a_weighty_option_says_its_own_reason() -> None:
    said = ask("weights", at_table(), "reply", drawn(0.999))
    assert said == Choice((("tone", "warm"),), "It wants its people home.")


# -------------------------------------------------------------------- history


def test_historical_answers_as_recorded_for_the_tick() -> None:
    played = playout(GAME, World("", "recorded"), policies=POLICIES["historical"])
    plans = [e.answer for e in played.journal.entries if isinstance(e, Move) and e.role == ENVOY]
    assert plans[:3] == [(("plan", "visit"),), (("plan", "probe"),), (("plan", "visit"),)]


def test_historical_falls_back_to_the_default_and_says_so() -> None:
    said = ask("historical", at_table(), "offer")
    assert said.answer == (("word", "listen"), ("device", "none"))
    assert said.reason == "What is recorded was not open here: Sign."
    open_now = ask("historical", with_level(at_table(), trust=70.0), "offer")
    assert open_now == Choice((("word", "sign"), ("device", "none")))
    unrecorded = ask("historical", at_table(), "reply")
    assert unrecorded == Choice((("tone", "harsh"),), "Nothing is recorded for this window.")


# -------------------------------------------------------------------- character


def stand(hope: float, pain: float, way: float, face: float, trust: float) -> Character:
    return Character(fixed(hope), fixed(pain), fixed(way), fixed(face), {REBELS: fixed(trust)})


def choose(
    character: Character, options: tuple[Option, ...], n: int = 1_000
) -> tuple[Counter[str], dict[str, str]]:
    """How often each option is chosen, and the reasons, by a government with this character."""
    roles = tuple(
        replace(role, character=character) if role.id == GOVERNMENT else role
        for role in GAME.roles
    )
    game = replace(GAME, roles=roles)
    decision = replace(
        GAME.decision("offer"), fields=(Field("word", "Word", 0, options, False, None),)
    )
    known = masked(game, at_table(), GOVERNMENT)
    found: Counter[str] = Counter()
    why: dict[str, str] = {}
    for i in range(n):
        share = drawn((i + 0.5) / n)
        said = POLICIES["character"].answer(game, known, decision, share)
        found[said.answer[0][1]] += 1
        why[said.answer[0][1]] = said.reason
    return found, why


def option(id: str, concedes: float = 0.0, **more: object) -> Option:
    blank = GAME.decision("offer").fields[0].options[1]
    return replace(blank, id=id, title=id.title(), concedes=concedes, **more)  # type: ignore[arg-type]


FIRM, EVEN, GIVE = option("firm", -1.0), option("even"), option("give", 1.0)


def test_character_gives_way_only_when_hope_is_low_pain_high_and_a_way_out_open() -> None:
    offer = (FIRM, EVEN, GIVE)
    ripe, _ = choose(stand(10, 90, 90, 60, 50), offer)
    assert ripe["give"] > 700 > 100 > ripe["firm"]
    for unripe in (
        stand(95, 90, 90, 60, 50), stand(10, 5, 90, 60, 50), stand(10, 90, 5, 60, 50)
    ):
        found, _ = choose(unripe, offer)
        assert found["give"] < 100 and found["firm"] > 600


def test_a_weak_standing_at_home_holds_it_back() -> None:
    strong, _ = choose(stand(40, 60, 60, 80, 50), (FIRM, EVEN, GIVE))
    weak, _ = choose(stand(40, 60, 60, 5, 50), (FIRM, EVEN, GIVE))
    assert weak["give"] < strong["give"] / 1.5


def test_the_more_an_option_gives_the_more_readiness_counts() -> None:
    most = option("most", 3.0)
    ripe, _ = choose(stand(5, 95, 95, 60, 50), (GIVE, most))
    unripe, _ = choose(stand(95, 10, 10, 60, 50), (GIVE, most))
    assert ripe["most"] > 700 and unripe["most"] < 250


def test_where_trust_is_low_it_asks_for_the_device_that_covers_its_fear() -> None:
    guard = option("guards", eases="guard")
    midpoint = option("midpoint")
    low, why = choose(stand(50, 50, 50, 60, 5), (midpoint, guard))
    high, _ = choose(stand(50, 50, 50, 60, 95), (midpoint, guard))
    assert low["guards"] > 800 and abs(high["guards"] - 500) < 60
    assert why["guards"].startswith("It will not go unguarded")
    face = option("parade", eases="face")
    ashamed, why = choose(stand(50, 50, 50, 10, 50), (midpoint, face))
    assert ashamed["parade"] > 700
    assert why["parade"] == "It needs something to show at home, and asks for that."


def test_it_favours_those_it_trusts() -> None:
    theirs = option("theirs", toward=REBELS)
    trusted, why = choose(stand(50, 50, 50, 60, 95), (EVEN, theirs))
    assert trusted["theirs"] > 600 and why["theirs"] == "It has come to trust the rebels."
    spurned, _ = choose(stand(50, 50, 50, 60, 5), (EVEN, theirs))
    assert spurned["theirs"] < 300


@pytest.mark.parametrize(
    ("character", "chosen", "says"),
    [
        (stand(95, 60, 60, 60, 50), "firm", "It still hopes to win in the field"),
        (stand(30, 5, 60, 60, 50), "firm", "It can bear things as they are"),
        (stand(30, 60, 5, 60, 50), "firm", "It sees no way out that it could defend"),
        (stand(30, 55, 55, 5, 50), "firm", "It cannot be seen to give way at home"),
        (stand(30, 95, 80, 60, 50), "give", "The war costs it more than it can bear"),
        (stand(30, 60, 95, 60, 50), "give", "It sees a way out that it can defend"),
        (stand(2, 60, 80, 60, 50), "give", "It no longer hopes to win in the field"),
        (stand(60, 40, 60, 60, 50), "give", "It gives a little, against its own doubts."),
        (stand(2, 90, 90, 60, 50), "firm", "It could give way, and chooses to try"),
    ],
)
def test_it_says_what_weighed_most(character: Character, chosen: str, says: str) -> None:
    _, why = choose(character, (FIRM, EVEN, GIVE))
    assert why[chosen].startswith(says)


def test_an_author_s_own_reason_comes_first() -> None:
    _, why = choose(stand(50, 50, 50, 50, 50), (replace(GIVE, because="Winter is near."), FIRM))
    assert why["give"] == "Winter is near."


def test_zero_weight_is_a_red_line_for_character_too() -> None:
    never = replace(GIVE, weight=fixed(0.0))
    found, _ = choose(stand(0, 100, 100, 100, 50), (never, FIRM))
    assert found == {"firm": 1000}


def test_readings_beyond_the_scale_count_as_its_ends() -> None:
    stands = temper(stand(-40, 900, 120, 100, 50), (), 0)
    assert (stands.hope, stands.pain, stands.way_out) == (0.0, 1.0, 1.0)
    assert stands.lean == 1.0
    assert temper(stand(50, 50, 50, 50, 50), (), 0).lean == 0.0


def test_character_varies_with_the_seed() -> None:
    said = {
        tuple(e.answer for e in playout(GAME, World(str(n))).journal.entries if isinstance(e, Move))
        for n in range(12)
    }
    assert len(said) > 8


# -------------------------------------------------------------------- playouts


def test_a_given_move_is_made_at_the_first_window_where_it_is_open() -> None:
    sign = Move(GOVERNMENT, "offer", (("word", "sign"), ("device", "none")))
    played = playout(GAME, WORLD, policies=POLICIES["random"], moves=[sign])
    trusting = playout(
        GAME, WORLD, None, {REBELS: POLICIES["random"], GOVERNMENT: POLICIES["default"]}, [sign]
    )
    for run in (played, trusting):
        made = [e for e in run.journal.entries if e == sign]
        assert len(made) <= 1
    yields = Move(GOVERNMENT, "offer", (("word", "yield"), ("device", "dates")))
    first = playout(GAME, WORLD, moves=[yields, yields]).journal.entries
    offers = [e for e in first if isinstance(e, Move) and e.decision == "offer"]
    assert offers[:2] == [yields, yields] and offers[2] != yields


def test_overrides_stand_for_the_policy_each_time_or_the_nth_time() -> None:
    refuse = (("word", "refuse"), ("device", "none"))
    give = (("word", "yield"), ("device", "none"))
    played = playout(GAME, WORLD, overrides={"offer": refuse, ("offer", 2): give})
    offers = [
        e.answer for e in played.journal.entries if isinstance(e, Move) and e.decision == "offer"
    ]
    assert offers[:4] == [refuse, refuse, give, refuse]
    shut = playout(GAME, WORLD, overrides={"offer": (("word", "sign"), ("device", "none"))})
    assert shut.state.ending


def test_a_later_chapter_opens_on_history_s_line() -> None:
    played = playout(GAME, WORLD, "later")
    assert played.journal.header.chapter == "later"
    assert replayed(GAME, played.journal).state == played.state
    first = next(fact for _, fact in played.facts)
    assert first.day >= GAME.chapter("later").start


@EVERY
def test_an_answer_to_a_small_decision_takes_well_under_a_tenth_of_a_millisecond(
    policy: Policy,
) -> None:
    decision = GAME.decision("offer")
    known = masked(GAME, at_table(), GOVERNMENT)
    best = min(_timed(policy, known, decision) for _ in range(5))
    assert best < 0.1e-3


def _timed(policy: Policy, known: State, decision: Decision) -> float:
    draw: Callable[[str], float] = drawn(0.4)
    start = time.perf_counter()
    for _ in range(200):
        policy.answer(GAME, known, decision, draw)
    return (time.perf_counter() - start) / 200


def test_open_windows_and_policies_meet_on_the_same_guard() -> None:
    state = with_level(at_table(), trust=70.0)
    assert at_least(GAME.variable("trust"), 55.0).holds(state.cells, 0)
    index = GAME.index["decision"]["offer"]
    assert index in opened(GAME, state)
    assert tally("random", state, "offer", 2_000)["sign"] == 500
