"""The newcomer's game: history's own line, what each chair can change, and whole plays as read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner

from golden_text import kept
from peace_sim.cli.app import cli
from peace_sim.engine.facts import CableSent, DecisionMade
from peace_sim.engine.game import Answer, Game
from peace_sim.engine.state import Advance, Move, World
from peace_sim.engine.step import apply, initial
from peace_sim.engine.view import Asked, view
from peace_sim.history.compare import Comparison, compare
from peace_sim.play import POLICIES, LocalSeat, Session
from peace_sim.play.playout import Overrides, Played, playout
from peace_sim.scenario.edition import Edition
from peace_sim.scenario.library import open_edition

ID = "last-night-in-tehran"
CHAIRS = ("envoy", "government", "opposition", "iran")
RECORDED = World("1", "recorded")
HISTORICAL = POLICIES["historical"]
PLAYS = Path(__file__).parent / "golden" / "plays"


@cache
def edition() -> Edition:
    opened, findings = open_edition(ID)
    assert opened is not None, findings
    return opened


def game() -> Game:
    return edition().game


def as_history(overrides: Overrides | None = None) -> Comparison:
    """History's own line, but for what is overridden, beside the record."""
    played = playout(game(), RECORDED, None, HISTORICAL, overrides=overrides)
    return compare(edition(), played.journal)


@cache
def record() -> Comparison:
    return as_history()


@cache
def drawn() -> tuple[Played, ...]:
    return tuple(playout(game(), World(str(seed))) for seed in range(500))


def days(play: Comparison) -> dict[str, date]:
    """Each milestone that was passed, and its day."""
    return {passed.id: date.fromordinal(passed.day) for passed in play.milestones}


def answer(decision: str, *options: str) -> Answer:
    """Options of a decision's one question."""
    (field,) = game().decision(decision).fields
    return tuple((field.id, option) for option in options)


# ── history's own line ───────────────────────────────────────────────────────────────────────


def test_history_passes_every_milestone_in_order_and_on_its_day() -> None:
    assert record().missed == ()
    assert [passed.id for passed in record().milestones] == [
        "tavildara", "signed", "welcomed", "tehran_speaks", "proposed", "survey",
        "four_ministers", "prisoners_late", "deployed", "in_force",
    ]  # fmt: skip
    for passed in record().milestones:
        assert passed.months_off == 0.0, passed.id
        if passed.precision == "day":
            assert passed.day == passed.record_date.toordinal(), passed.id
    dates = [passed.record_date for passed in record().milestones]
    assert dates == sorted(dates)


def test_history_ends_with_a_truce_in_force_when_fifteen_observers_are_there() -> None:
    end = record().line.state
    assert end.ending == "watched"
    assert days(record())["signed"] == date(1994, 9, 17)
    assert date.fromordinal(game().moments[end.moment].day) == date(1994, 10, 20)
    assert end.cells[game().variable("observers").cell] == 15


def test_most_milestones_rest_on_the_state_and_not_on_the_calendar() -> None:
    passed = record().milestones
    assert len(passed) >= 5
    assert sum(not one.forced for one in passed) >= 0.6 * len(passed)


@pytest.mark.parametrize(
    ("undone", "instead", "milestone"),
    [
        (("envoy_week", 0), answer("envoy_week", "go_to_the_field"), "proposed"),
        (("government_week", 1), answer("government_week", "campaign"), "survey"),
        (("opposition_week", 1), answer("opposition_week", "read_names"), "in_force"),
        (("talks_answer_government", 0), answer("talks_answer_government", "bracket"), "signed"),
        (
            ("talks_sign_agreement_opposition", 0),
            answer("talks_sign_agreement_opposition", "hold"),
            "signed",
        ),
        (("opposition_prisoners", 0), answer("opposition_prisoners", "stand_ready"), None),
        (
            ("government_prisoners", 0),
            answer("government_prisoners", "open_the_cells"),
            "prisoners_late",
        ),
    ],
)
def test_an_undone_choice_moves_or_removes_a_milestone(
    undone: tuple[str, int], instead: Answer, milestone: str | None
) -> None:
    there = days(as_history({undone: instead}))
    if milestone is None:
        assert there == days(record()), "on a bridge alone, nothing changes hands"
    else:
        assert there.get(milestone, date.max) > days(record())[milestone]


# ── what can come of it ──────────────────────────────────────────────────────────────────────


def test_five_endings_of_different_kinds_each_come_in_three_plays_of_a_hundred() -> None:
    ends = Counter(played.state.ending for played in drawn())
    assert set(ends) == {"watched", "no_signature", "dead_letter", "unwatched", "torn"}
    assert min(ends.values()) >= 0.03 * len(drawn()), ends


def test_a_light_promise_helps_tonight_and_is_brought_back_on_its_day() -> None:
    light = {"envoy_word": answer("envoy_word", "fortnight")}
    honest = {"envoy_word": answer("envoy_word", "ask")}
    ends = {
        word: Counter(
            playout(game(), World(str(seed)), overrides=given).state.ending for seed in range(100)
        )
        for word, given in (("light", light), ("honest", honest))
    }
    assert ends["light"]["no_signature"] < ends["honest"]["no_signature"]
    assert ends["light"]["torn"] > ends["honest"]["torn"]

    play = playout(game(), RECORDED, None, HISTORICAL, overrides=light)
    asked_again = [
        f for _, f in play.facts if isinstance(f, CableSent) and f.cable == "a_fortnight_is_up"
    ]
    assert [date.fromordinal(fact.day) for fact in asked_again] == [date(1994, 10, 4)]


def test_news_held_back_at_breakfast_is_found_out_within_the_week() -> None:
    silent = {"envoy_morning": answer("envoy_morning", "say_nothing")}
    here = as_history(silent).line
    sent = [f for f in here.facts if isinstance(f, CableSent) and f.cable == "they_had_known"]
    assert [date.fromordinal(fact.day) for fact in sent] == [date(1994, 9, 23)]
    trust = game().variable("opposition_trust").cell
    assert here.state.cells[trust] < record().line.state.cells[trust] - 10


def test_two_who_stand_ready_on_the_bridge_exchange_their_prisoners() -> None:
    both = {
        f"{side}_prisoners": answer(f"{side}_prisoners", "stand_ready")
        for side in ("government", "opposition")
    }
    cells = as_history(both).line.state.cells
    for side in ("government", "opposition"):
        assert cells[game().variable(f"freed_by_{side}").cell] == 1
        assert cells[game().track(f"prisoners_{side}").cell] == game().track(
            f"prisoners_{side}"
        ).phases.index("kept")


BETTER: Mapping[str, Mapping[str | tuple[str, int], Sequence[str]]] = {
    # one who looks at the state: what is still missing comes first
    "envoy": {
        "envoy_evening": ["cable_new_york", "draft_a_month", "see_government"],
        ("talks_table", 0): ["prisoners__a_month", "proximity", "straight"],
        ("talks_table", 1): ["beginning__observers", "walk", "straight"],
        ("talks_table", 2): ["beginning__observers", "walk", "deadline"],
        "envoy_morning": ["ask_for_a_halt"],
        ("envoy_week", 0): ["press_new_york", "visit_dushanbe"],
        ("envoy_week", 1): ["press_new_york", "visit_commanders"],
        ("envoy_week", 3): ["visit_dushanbe", "visit_commanders"],
        "envoy_week": ["press_new_york", "visit_dushanbe"],
    },
    "government": {
        "government_evening": ["call_dushanbe", "see_the_envoy", "coffee_with_them"],
        "talks_answer_government": ["accept"],
        ("government_week", 0): ["campaign", "sign_papers"],
        "government_week": ["campaign"],
        "government_prisoners": ["stand_ready"],
    },
    "opposition": {
        "opposition_evening": ["radio_commanders", "see_the_envoy", "coffee_with_them"],
        "talks_answer_opposition": ["accept"],
        ("opposition_week", 0): ["swear_passage", "thank_tehran"],
        "opposition_week": ["hold_back", "thank_tehran"],
        "opposition_prisoners": ["stand_ready"],
    },
    "iran": {
        "iran_evening": ["dinner", "print_the_communique"],
        "iran_corridor": ["press_opposition"],
        "iran_week": ["speak_for_observers", "carry_a_letter"],
        "iran_question": ["vouch"],
    },
}


@pytest.mark.parametrize("chair", CHAIRS)
def test_who_copies_history_reaches_fewer_of_a_chairs_aims_than_who_looks(chair: str) -> None:
    aims = [goal for goal in game().goals if goal.role == chair]

    def reached(played: Played) -> int:
        day = game().moments[played.state.moment].day
        return sum(aim.when.holds(played.state.cells, day) for aim in aims)

    looks: dict[str | tuple[str, int], Answer] = {}
    for key, options in BETTER[chair].items():
        decision = game().decision(key if isinstance(key, str) else key[0])
        fields = (
            [decision.fields[0]] * len(options) if len(decision.fields) == 1 else decision.fields
        )
        looks[key] = tuple((f.id, option) for f, option in zip(fields, options, strict=True))
    worlds = [World(str(seed)) for seed in range(60)]
    copied = sum(reached(playout(game(), w, None, {chair: HISTORICAL})) for w in worlds)
    looked = sum(reached(playout(game(), w, overrides=looks)) for w in worlds)
    assert looked > copied


# ── for a newcomer ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("chair", CHAIRS)
def test_the_first_window_asks_every_chair_one_thing_and_says_that_answers_are_sealed(
    chair: str,
) -> None:
    first = apply(game(), initial(game(), World("1")), Advance()).state
    (asked,) = view(game(), first, chair).asked
    (field,) = asked.fields
    assert all(option.open for option in field.options)
    assert "sealed" in asked.text and "by their numbers" in asked.text


@pytest.mark.parametrize("chair", CHAIRS)
def test_a_brief_says_in_three_sentences_what_to_do(chair: str) -> None:
    brief = game().chapter(None).briefs[chair]
    assert len(re.findall(r"[.!?](?:\s|$)", brief)) == 3


@pytest.mark.parametrize("chair", CHAIRS)
def test_no_chair_goes_a_week_without_a_choice(chair: str) -> None:
    first = game().moments[0].day
    for played in (*drawn()[:50], None):
        facts = [f for _, f in played.facts] if played else record().line.facts
        state = played.state if played else record().line.state
        weeks = {
            (fact.day - first) // 7
            for fact in facts
            if isinstance(fact, DecisionMade) and fact.role == chair
        }
        assert weeks == set(range(game().moments[state.moment].tick + 1))


@pytest.mark.parametrize("chair", CHAIRS)
def test_a_game_that_comes_to_its_end_takes_eight_to_fourteen_windows(chair: str) -> None:
    windows: Counter[int] = Counter()
    for number, played in enumerate(drawn()[:100]):
        if played.state.ending != "no_signature":
            made = {
                at
                for at, fact in played.facts
                if isinstance(fact, DecisionMade) and fact.role == chair
            }
            windows[number] = len(made)
    assert 8 <= sum(windows.values()) / len(windows) <= 11
    assert max(windows.values()) <= 14


# ── whole plays, as they are read ────────────────────────────────────────────────────────────

Said = str | Sequence[str]
SITTING = ("proximity", "straight")

PLAYED: Mapping[str, tuple[str, str, str, Mapping[str, Sequence[Said]]]] = {
    # name: chair, seed, ending, and what it answers, window by window, the last one from then on
    "envoy": (
        "envoy", "3", "watched",
        {
            "envoy_evening": [["see_government", "draft_a_month", "cable_new_york"]],
            "envoy_word": ["october"],
            "talks_table": [("beginning__observers", *SITTING), ("prisoners__a_month", *SITTING)],
            "envoy_morning": ["ask_for_a_halt"],
            "envoy_week": [
                ["press_new_york", "visit_dushanbe"], ["press_new_york", "visit_commanders"],
                ["go_to_the_field"], ["press_new_york", "visit_dushanbe"],
            ],
            "envoy_answer": ["the_truth"],
        },
    ),
    "envoy-light-promise": (
        "envoy", "1", "torn",
        {
            "envoy_evening": [["cable_new_york", "one_room"]],
            "envoy_word": ["fortnight"],
            "talks_table": [("beginning__observers", *SITTING), ("prisoners__by_list", *SITTING)],
            "envoy_morning": ["say_nothing"],
            "envoy_week": [["visit_dushanbe", "visit_commanders"]],
            "envoy_answer": ["blame_new_york"],
        },
    ),
    "government": (
        "government", "50", "unwatched",
        {
            "government_evening": [["call_dushanbe", "brief_the_press", "call_tavildara"]],
            "talks_answer_government": ["accept"],
            "government_morning": ["keep_the_ring"],
            "talks_sign_agreement_government": ["sign"],
            "government_week": [
                ["campaign", "tighten"], ["campaign", "sign_papers"], ["finish"],
                ["campaign", "keep_them_in_barracks"],
            ],
            "government_prisoners": ["when_they_have"],
        },
    ),
    "opposition": (
        "opposition", "0", "dead_letter",
        {
            "opposition_evening": [["radio_commanders", "see_the_envoy", "read_the_list"]],
            "talks_answer_opposition": ["accept"],
            "opposition_morning": ["ask_for_the_wounded"],
            "talks_sign_agreement_opposition": ["sign"],
            "opposition_week": [
                ["relieve_the_ring", "read_names"], ["bring_men_over", "read_names"],
                ["hold_back", "read_names"],
            ],
            "opposition_prisoners": ["stand_ready"],
        },
    ),
    "iran": (
        "iran", "1", "no_signature",
        {
            "iran_evening": [["dinner", "word_with_opposition"]],
            "iran_corridor": ["soothe_government"],
            "iran_morning": ["keep_the_hall"],
        },
    ),
    "iran-in-force": (
        "iran", "0", "watched",
        {
            "iran_evening": [["dinner", "word_with_opposition"]],
            "iran_corridor": ["press_opposition", "soothe_government"],
            "iran_morning": ["noon_is_noon"],
            "iran_week": [["speak_for_observers", "carry_a_letter"]],
            "iran_question": ["vouch"],
        },
    ),
}  # fmt: skip


def lines_of(chair: str, seed: str, answers: Mapping[str, Sequence[Said]]) -> list[str]:
    """What somebody in this chair types; the first open option where nothing else can be said."""
    seats = {role: None if role == chair else POLICIES["character"] for role in CHAIRS}
    session = Session.new(game(), World(seed), None, seats)
    seat, lines = LocalSeat(session, [chair]), []
    times: Counter[str] = Counter()
    while not session.ended:
        for asked in seat.view().asked:
            said = answers.get(asked.id, [])
            chosen = said[min(times[asked.id], len(said) - 1)] if said else ()
            times[asked.id] += 1
            taken = _taken(asked, (chosen,) if isinstance(chosen, str) else chosen)
            pairs = tuple((field, one) for field, options in taken for one in options)
            seat.submit(Move(chair, asked.id, pairs))
            lines += [" ".join(options) or "0" for _, options in taken]
        seat.advance()
    return lines


def _taken(asked: Asked, chosen: Sequence[str]) -> list[tuple[str, list[str]]]:
    taken = []
    for field in asked.fields:
        open_now = [option.id for option in field.options if option.open]
        options = [option for option in chosen if option in open_now]
        taken.append((field.id, options if options or field.many else open_now[:1]))
    return taken


@cache
def transcript(name: str) -> str:
    """A whole play in the plain face, its answers piped in."""
    chair, seed, _, answers = PLAYED[name]
    lines = lines_of(chair, seed, answers)
    wanted = ["play", ID, "--plain", "--chair", chair, "--seed", seed]
    with TemporaryDirectory() as home:
        result = CliRunner().invoke(
            cli, wanted, input="".join(f"{line}\n" for line in lines),
            env={"PEACE_SIM_HOME": home},
        )  # fmt: skip
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("name", PLAYED)
def test_a_piped_play_comes_to_its_end_and_reads_as_it_did(name: str) -> None:
    told = transcript(name)
    _, _, ending, _ = PLAYED[name]
    assert next(e.title for e in game().endings if e.id == ending) in told
    assert "there are no more lines" not in told.lower()
    assert told == kept(PLAYS / f"last-night-{name}.txt", told)


def test_every_chair_and_every_ending_has_a_play() -> None:
    assert {chair for chair, *_ in PLAYED.values()} == set(CHAIRS)
    assert {ending for _, _, ending, _ in PLAYED.values()} == {e.id for e in game().endings}


@pytest.mark.parametrize("name", PLAYED)
def test_a_player_reads_no_ids_and_no_slips_of_the_pen(name: str) -> None:
    read = [line for line in transcript(name).splitlines() if not line.startswith("> ")]
    for line in read:
        assert not re.search(r"\b[a-z]+_[a-z_]+\b", line), line
        slip = r"\.\.|[.!?]”\.|“[^”]*“|\b[Tt]he the\b|[a-z,] The [GSoI]|  \S.*  |: [a-z ]+: due"
        assert not re.search(slip, line), line
