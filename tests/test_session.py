"""Sessions and seats: what counts is kept, what is shown may be known, going back branches."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from peace_sim.engine import Game, Move, NotOpen, State, UnreadableMove, World, view
from peace_sim.engine.facts import AnswerSealed, DecisionMade, OptionTaken, VariableMoved
from peace_sim.engine.game import Answer, Decision
from peace_sim.engine.state import Advance, Entry, Injection, Message, Note, Seating, Withdrawal
from peace_sim.play import LocalSeat, Seat, Session, Store
from peace_sim.play.journal import replayed
from peace_sim.play.policies import POLICIES, Choice, Draw, Policy
from peace_sim.play.seat import NotYours
from peace_sim.play.session import NothingToUndo, Stale
from peace_sim.play.store import StoreTrouble
from play_world import ENVOY, GOVERNMENT, MEMBER, REBELS, WORLD, edited, small_game

GAME = small_game(6)
SOLO: dict[str, Policy | None] = {ENVOY: None}
VISIT = Move(ENVOY, "acts", (("plan", "visit"),))
PROBE = Move(ENVOY, "acts", (("plan", "probe"),))
LISTEN = Move(GOVERNMENT, "offer", (("word", "listen"), ("device", "none")))
WARM = Move(REBELS, "reply", (("tone", "warm"),))


def new(seats: dict[str, Policy | None] | None = None, store: Store | None = None) -> Session:
    return Session.new(GAME, WORLD, None, SOLO if seats is None else seats, store=store)


def moves(session: Session, role: str = ENVOY) -> list[tuple[str, Answer]]:
    return [
        (e.by, e.answer) for e in session.journal.entries if isinstance(e, Move) and e.role == role
    ]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    kept = Store(tmp_path / "home")
    yield kept
    kept.close()


# -------------------------------------------------------------------- playing


def test_a_new_session_stands_at_its_first_window_with_everybody_seated() -> None:
    session = new()
    assert session.open() == ("acts",) and session.waiting() == (ENVOY,)
    assert not session.ready() and session.window == 1
    seated = [e for e in session.journal.entries if isinstance(e, Seating)]
    assert {(e.role, e.holder, e.by) for e in seated} == {
        (ENVOY, "", "person"), (GOVERNMENT, "character", "policy"),
        (REBELS, "character", "policy"), (MEMBER, "character", "policy"),
    }


def test_advancing_lets_the_policies_answer_and_says_why() -> None:
    session = new()
    session.submit(VISIT)
    assert session.ready()
    session.advance()
    assert session.open() == ("offer", "reply") and session.ready()
    step = session.advance()
    made = {f.role: f for f in step.facts if isinstance(f, DecisionMade)}
    assert made[GOVERNMENT].by == "policy" and made[GOVERNMENT].reason
    assert step.state is session.state


def test_a_person_who_says_nothing_is_answered_for_by_the_default() -> None:
    session = new({GOVERNMENT: None, ENVOY: None})
    session.advance()
    step = session.advance()
    made = {f.role: f for f in step.facts if isinstance(f, DecisionMade)}
    assert made[GOVERNMENT].by == "default"
    assert made[GOVERNMENT].answer == LISTEN.answer


def test_proceeding_goes_on_to_the_next_window_in_which_a_person_is_asked() -> None:
    session = new()
    while not session.ended:
        assert session.waiting() == (ENVOY,)
        session.submit(PROBE)
        session.proceed()
    assert len(moves(session)) == 6
    with pytest.raises(NotOpen):
        session.advance()


def test_a_play_begins_where_the_first_person_is_asked() -> None:
    session = new({GOVERNMENT: None, ENVOY: POLICIES["default"]})
    assert session.waiting() == (GOVERNMENT,) and session.window == 2


def test_without_people_proceeding_is_one_window() -> None:
    session = new({ENVOY: POLICIES["weights"]})
    session.proceed()
    assert session.window == 2


def test_a_session_s_facts_know_their_entries() -> None:
    session = new()
    session.submit(VISIT)
    before = len(session.facts)
    session.advance()
    later = session.facts_since(before)
    assert {type(session.journal.entries[i]) for i, _ in later} == {Advance}
    again = replayed(GAME, session.journal)
    assert again.state == session.state and again.trouble is None
    flat = tuple((i, fact) for i, facts in enumerate(again.facts) for fact in facts)
    assert flat == session.facts


def test_a_policy_sees_only_a_masked_state() -> None:
    class Spy:
        name = "spy"
        seen: list[State] = []  # noqa: RUF012

        def answer(self, game: Game, known: State, decision: Decision, draw: Draw) -> Choice:
            self.seen.append(known)
            return POLICIES["default"].answer(game, known, decision, draw)

    session = new({GOVERNMENT: Spy(), REBELS: None, ENVOY: None})
    session.advance()
    session.submit(WARM)
    session.advance()
    assert Spy.seen and all(s.world.seed == "" and s.sealed == () for s in Spy.seen)
    assert all(s.cells[GAME.variable("resolve").cell] == 0.0 for s in Spy.seen)


def test_a_policy_that_errs_is_replaced_by_the_default_and_told_of() -> None:
    class Confused:
        name = "confused"

        def answer(self, game: Game, known: State, decision: Decision, draw: Draw) -> Choice:
            return Choice((("word", "sign"), ("device", "none")), "I want to.")

    session = new({GOVERNMENT: Confused(), ENVOY: None})
    session.advance()
    session.advance()
    (found,) = moves(session, GOVERNMENT)
    assert found == ("default", LISTEN.answer)
    entry = next(e for e in session.journal.entries if isinstance(e, Move) and e.role == GOVERNMENT)
    assert "could not be given" in entry.reason


def test_a_chair_can_change_hands_at_any_time() -> None:
    session = new()
    session.seat(ENVOY, POLICIES["default"])
    session.seat(GOVERNMENT, None, "Ann\x1b[2J")
    assert session.ready() and session.holders[GOVERNMENT] == "Ann[2J"
    session.advance()
    assert session.waiting() == (GOVERNMENT,)
    with pytest.raises(KeyError):
        session.seat("nobody", None)


def test_messages_notes_and_injections_stand_in_the_journal() -> None:
    session = new()
    session.record(Message(ENVOY, (GOVERNMENT,), "Good\u202e day"))
    session.record(Note(ENVOY, "hm"))
    step = session.inject("raid")
    assert any(isinstance(f, VariableMoved) and f.variable == "trust" for f in step.facts)
    assert session.journal.entries[-3:] == (
        Message(ENVOY, (GOVERNMENT,), "Good day"), Note(ENVOY, "hm"), Injection("raid"),
    )
    with pytest.raises(UnreadableMove):
        session.inject("flood")


# -------------------------------------------------------------------- refusals


def test_refused_commands_change_nothing() -> None:
    """E5: a decision not asked, an unknown one, another's, an answer that is not open."""
    session = new()
    before = session.journal
    for bad in (
        WARM, replace(VISIT, decision="dance"), replace(VISIT, role=REBELS),
        replace(VISIT, answer=(("plan", "visit"), ("plan", "press"))),
        replace(VISIT, answer=(("plan", "fly"),)), replace(VISIT, answer=(("map", "visit"),)),
    ):
        with pytest.raises((NotOpen, UnreadableMove)):
            session.submit(bad)
    with pytest.raises(NotOpen):
        session.withdraw("acts")
    with pytest.raises(NotOpen):
        session.withdraw("dance")
    assert session.journal == before


def test_the_same_answer_twice_is_kept_once() -> None:
    """E5: a duplicate gets the first answer; another one, while the window is open, replaces it."""
    session = new()
    first = session.submit(VISIT, key="k1")
    length = len(session.journal.entries)
    assert session.submit(VISIT).state == first.state
    assert session.submit(PROBE, key="k1") == first
    assert len(session.journal.entries) == length
    session.submit(PROBE)
    assert session.state.sealed == (PROBE,)


def test_a_duplicate_that_comes_after_its_window_is_still_a_duplicate() -> None:
    """E5: the retry of an answer whose reply was lost."""
    session = new()
    first = session.submit(VISIT, window=1, key="k1")
    session.proceed()
    length = len(session.journal.entries)
    assert session.submit(VISIT, window=1, key="k1") == first
    assert len(session.journal.entries) == length


def test_a_stale_answer_is_refused() -> None:
    """E5: an answer that was meant for a window that has closed."""
    session = new()
    session.proceed()
    with pytest.raises(Stale) as refused:
        session.submit(VISIT, window=1)
    assert (refused.value.window, refused.value.now) == (1, session.window)
    session.submit(VISIT, window=session.window)


def test_the_order_in_which_answers_arrive_does_not_matter() -> None:
    """E7: same-instant answers, in any order, lead to the same state and facts."""
    ends = set()
    for order in permutations([LISTEN, WARM]):
        session = new({GOVERNMENT: None, REBELS: None, ENVOY: None})
        session.advance()
        for move in order:
            session.submit(move)
        step = session.advance()
        ends.add((step.state, step.facts))
    assert len(ends) == 1


# -------------------------------------------------------------------- going back


def test_undo_withdraws_the_last_own_answer_while_the_window_is_open() -> None:
    session = new()
    session.submit(VISIT)
    assert session.undo() is session
    assert session.state.sealed == () and session.journal.entries[-1] == Withdrawal(ENVOY, "acts")
    with pytest.raises(NothingToUndo):
        session.undo()


def test_undo_takes_back_only_these_people_s_answers() -> None:
    session = new({GOVERNMENT: None, REBELS: None, ENVOY: POLICIES["default"]})
    session.submit(LISTEN)
    session.submit(WARM)
    session.undo([GOVERNMENT])
    assert session.state.sealed == (WARM,)
    with pytest.raises(NothingToUndo):
        session.undo([MEMBER])


def test_undo_after_the_window_is_a_branch_and_the_old_one_stays(store: Store) -> None:
    """E8: a new branch is recorded, the old one is kept, and what was seen is marked."""
    session = new(store=store)
    session.submit(VISIT)
    session.proceed()
    old = session.journal
    branch = session.undo()
    assert branch is not session and branch.waiting() == (ENVOY,)
    assert branch.header.parent == (session.id, 5) and branch.header.seen == len(old.entries)
    assert branch.journal.entries == old.entries[:5]
    branch.submit(PROBE)
    branch.proceed()
    assert session.journal == old and store.load(session.id).journal == old
    assert store.load(branch.id).journal == branch.journal
    listed = {saved.id: saved.parent for saved in store.games()}
    assert listed == {session.id: None, branch.id: (session.id, 5)}


def test_a_branch_of_study_keeps_the_same_chance_and_a_fresh_one_does_not() -> None:
    """E8: the past is the same; with ``fresh`` only what is to come is drawn anew."""
    session = new()
    for _ in range(2):
        session.submit(VISIT)
        session.proceed()
    at = len(session.journal.entries)
    state = session.state
    study, fresh, other = session.fork(at), session.fork(at, True), session.fork(at, True)
    for branch in (session, study, fresh, other):
        assert branch.state.cells == state.cells
        while not branch.ended:
            branch.submit(VISIT)
            branch.proceed()
    assert study.state == session.state
    assert len({session.state.cells, fresh.state.cells, other.state.cells}) == 3
    for branch in (study, fresh, other):
        again = replayed(GAME, branch.journal)
        assert again.trouble is None and again.state == branch.state


def test_a_fresh_branch_of_a_fresh_branch_replays() -> None:
    session = new()
    session.submit(VISIT)
    session.proceed()
    one = session.fork(len(session.journal.entries), fresh=True)
    one.submit(VISIT)
    one.proceed()
    two = one.fork(len(one.journal.entries), fresh=True, seed="named")
    assert two.state.world.seed == "named" and len(two.header.reseeded) == 2
    back = two.fork(one.header.reseeded[0][0])
    assert back.state == one.fork(one.header.reseeded[0][0]).state
    assert back.header.reseeded == one.header.reseeded
    start = two.fork(0, fresh=True, seed="anew")
    assert start.header.seed == "anew" and start.header.reseeded == ()
    for branch in (two, back, start):
        branch.advance()
        assert replayed(GAME, branch.journal).state == branch.state


def test_who_sits_now_stays_seated_in_a_branch() -> None:
    session = new()
    at = len(session.journal.entries)
    session.seat(REBELS, None, "Bek")
    branch = session.fork(at)
    assert branch.seats[REBELS] is None and branch.holders[REBELS] == "Bek"
    with pytest.raises(IndexError):
        session.fork(999)


def test_undo_after_the_end_goes_back_to_the_last_choice() -> None:
    session = new()
    while not session.ended:
        session.submit(PROBE)
        session.proceed()
    branch = session.undo()
    assert not branch.ended and branch.waiting() == (ENVOY,)
    assert len(moves(branch)) == 5


# -------------------------------------------------------------------- keeping


def test_what_is_accepted_is_kept_and_resumed(store: Store) -> None:
    session = new(store=store)
    session.submit(VISIT)
    assert store.load(session.id).good == len(session.journal.entries)
    session.advance()
    session.close()
    again = Session.resume(GAME, store, session.id)
    assert again.state == session.state and again.journal == session.journal
    assert again.facts == session.facts and again.seats == session.seats
    assert again.window == session.window
    again.submit(PROBE) if "acts" in again.open() else again.advance()
    assert store.load(session.id).journal == again.journal


def test_a_store_that_cannot_keep_leaves_the_session_as_it_stood(store: Store) -> None:
    """D2, D3: nothing half-saved; play goes on when the store does, or elsewhere."""
    session = new(store=store)
    before, state = session.journal, session.state

    real = store.append

    def fails(id: str, seq: int, lines: object) -> None:
        raise StoreTrouble("The disk is full.", "Make room.")

    store.append = fails  # type: ignore[method-assign,assignment]
    for act in (lambda: session.submit(VISIT, key="k"), session.advance, session.proceed):
        with pytest.raises(StoreTrouble):
            act()
        assert session.journal == before and session.state == state
    store.append = real  # type: ignore[method-assign]
    session.submit(VISIT, key="k")
    session.advance()
    assert store.load(session.id).journal == session.journal


def test_a_session_can_be_kept_elsewhere(store: Store, tmp_path: Path) -> None:
    """D3: save elsewhere."""
    session = new(store=store)
    session.submit(VISIT)
    elsewhere = Store(tmp_path / "elsewhere")
    session.keep_in(elsewhere)
    session.advance()
    assert elsewhere.load(session.id).journal == session.journal
    elsewhere.close()


def test_an_edited_scenario_is_refused_and_goes_on_as_a_branch_when_asked(store: Store) -> None:
    """E4, E11: the reason is told; ``rebase`` is explicit and leaves the old play alone."""
    session = new(store=store)
    session.submit(VISIT)
    session.proceed()
    session.close()
    with pytest.raises(StoreTrouble, match="was edited since"):
        Session.resume(edited(GAME), store, session.id)
    branch = Session.resume(edited(GAME), store, session.id, rebase=True)
    assert branch.header.digest == "digest-2" and branch.header.parent is not None
    assert branch.header.parent[0] == session.id and branch.state.cells == session.state.cells
    with pytest.raises(StoreTrouble, match="not in other"):
        Session.resume(replace(GAME, id="other"), store, session.id)
    assert store.load(session.id).journal == session.journal


def test_a_damaged_play_goes_on_from_its_good_part_as_a_branch(store: Store) -> None:
    """E3, D4: refused with the reason first; the damaged play itself is left as it is."""
    session = new(store=store)
    session.submit(VISIT)
    session.proceed()
    session.close()
    last = len(session.journal.entries) - 1
    store._db.execute(
        "UPDATE entries SET line = replace(line, 'adv', 'avd') WHERE seq = ?", (last,)
    )
    with pytest.raises(StoreTrouble, match="was changed after it was written"):
        Session.resume(GAME, store, session.id)
    branch = Session.resume(GAME, store, session.id, good_part=True)
    assert branch.journal.entries == session.journal.entries[:last]
    branch.advance()
    assert store.load(branch.id).journal == branch.journal


def test_words_from_strangers_are_cleaned_before_they_are_kept(store: Store) -> None:
    session = Session.new(
        GAME, World("s\x1beed"), None, {ENVOY: None}, store=store, title="A\u202eB\nC\ud800",
        holders={ENVOY: "Ann\x07"},
    )
    session.submit(replace(VISIT, reason="be\x1bcause"))
    session.advance()
    found = store.load(session.id)
    assert found.trouble is None and found.journal == session.journal
    assert found.journal is not None and found.journal.header.title == "AB\nC"
    assert Session.resume(GAME, store, session.id).state == session.state


# -------------------------------------------------------------------- seats


def test_a_seat_sees_and_does_what_its_roles_may() -> None:
    session = new({GOVERNMENT: None, REBELS: None, ENVOY: None})
    seat: Seat = LocalSeat(session, [GOVERNMENT])
    assert seat.view() == view(GAME, session.state, GOVERNMENT)
    with pytest.raises(NotYours):
        seat.view(REBELS)
    with pytest.raises(NotYours):
        seat.submit(VISIT)
    with pytest.raises(NotYours):
        seat.withdraw("acts")
    with pytest.raises(NotOpen):
        seat.withdraw("offer")
    with pytest.raises(KeyError):
        LocalSeat(session, ["nobody"])
    with pytest.raises(ValueError):
        LocalSeat(session, [])


def test_a_seat_cannot_act_as_a_policy() -> None:
    session = new()
    LocalSeat(session, [ENVOY]).submit(replace(VISIT, by="policy"))
    assert session.state.sealed[0].by == "person"


def test_a_seat_hears_what_its_roles_may_know_in_its_own_counting() -> None:
    """S3: neither others' answers nor their number shows."""
    heard = []
    for tries in (1, 3):
        session = new({GOVERNMENT: None, REBELS: None, ENVOY: POLICIES["default"]})
        seat = LocalSeat(session, [GOVERNMENT])
        mark = len(seat.facts())
        for _ in range(tries):
            session.submit(WARM)
            session.withdraw("reply")
        session.submit(WARM)
        (sealed,) = seat.submit(LISTEN)
        assert isinstance(sealed, AnswerSealed)
        session.advance()
        heard.append((mark, seat.facts(mark)))
        made = [f for f in seat.facts() if isinstance(f, DecisionMade)]
        assert {f.role for f in made} == {GOVERNMENT}
        taken = {f.role for f in seat.facts() if isinstance(f, OptionTaken)}
        assert taken == {GOVERNMENT, REBELS}
    assert heard[0] == heard[1]


@pytest.mark.parametrize("resolve", [0.0, 33.0, 99.0])
def test_facts_and_views_of_a_seat_do_not_depend_on_what_it_may_not_know(resolve: float) -> None:
    """S3, law 6: change the rebels' secret, and nothing that the envoy hears or sees changes."""
    heard = []
    for level in (50.0, resolve):
        session = new(dict.fromkeys((GOVERNMENT, REBELS, ENVOY, MEMBER)))
        cells = list(session.state.cells)
        cells[GAME.variable("resolve").cell] = level
        session._state = replace(session.state, cells=tuple(cells))
        seat = LocalSeat(session, [ENVOY])
        views = []
        while not session.ended:
            for move in (VISIT, LISTEN, WARM):
                if move.decision in session.open():
                    session.submit(move)
            session.advance()
            views.append(seat.view())
        heard.append((seat.facts(), views))
    assert heard[0] == heard[1]


def test_a_seat_of_two_roles_knows_what_both_know() -> None:
    session = new({GOVERNMENT: None, REBELS: None, ENVOY: POLICIES["default"]})
    seat = LocalSeat(session, [GOVERNMENT, REBELS])
    assert not seat.ready
    seat.submit(LISTEN)
    seat.submit(WARM)
    assert seat.ready
    seat.advance()
    assert {f.role for f in seat.facts() if isinstance(f, DecisionMade)} == {GOVERNMENT, REBELS}
    own, guessed = (seat.view(role).reading("resolve") for role in (REBELS, GOVERNMENT))
    assert own and guessed and not own.estimated and guessed.estimated


def test_a_seat_goes_on_in_the_branch_after_an_undo() -> None:
    session = new()
    seat = LocalSeat(session, [ENVOY])
    seat.submit(VISIT)
    seat.advance()
    longer = len(seat.facts())
    seat.undo()
    assert seat.session is not session and len(seat.facts()) < longer
    seat.submit(PROBE)
    assert [answer for _, answer in moves(seat.session)] == [PROBE.answer]


# -------------------------------------------------------------------- any play at all


class AnyPlay(RuleBasedStateMachine):
    """E2, E5, E8: whatever people do, the journal replays to the session's state."""

    session: Session

    @initialize(seed=st.sampled_from("abc"), people=st.sets(st.sampled_from(list("egr"))))
    def begin(self, seed: str, people: set[str]) -> None:
        names = {"e": ENVOY, "g": GOVERNMENT, "r": REBELS}
        seats: dict[str, Policy | None] = {names[p]: None for p in sorted(people)}
        self.session = Session.new(GAME, World(seed), None, seats)

    @rule(move=st.sampled_from([VISIT, PROBE, LISTEN, WARM]), key=st.sampled_from(["", "a", "b"]))
    def submit(self, move: Move, key: str) -> None:
        before = self.session.journal
        try:
            self.session.submit(move, key=key)
        except NotOpen:
            assert self.session.journal == before

    @rule(decision=st.sampled_from(["acts", "offer", "reply"]))
    def withdraw(self, decision: str) -> None:
        try:
            self.session.withdraw(decision)
        except NotOpen:
            assert all(m.decision != decision for m in self.session.state.sealed)

    @precondition(lambda self: not self.session.ended)
    @rule()
    def advance(self) -> None:
        self.session.advance()

    @rule()
    def undo(self) -> None:
        with suppress(NothingToUndo):
            self.session = self.session.undo()

    @rule(share=st.floats(0, 1), fresh=st.booleans())
    def fork(self, share: float, fresh: bool) -> None:
        at = int(share * len(self.session.journal.entries))
        old = self.session.journal
        branch = self.session.fork(at, fresh)
        assert self.session.journal == old
        self.session = branch

    @rule(role=st.sampled_from([ENVOY, REBELS]), policy=st.sampled_from([None, "random"]))
    def seat(self, role: str, policy: str | None) -> None:
        self.session.seat(role, POLICIES[policy] if policy else None)

    @invariant()
    def replays(self) -> None:
        if not hasattr(self, "session"):
            return
        found = replayed(GAME, self.session.journal)
        assert found.trouble is None and found.state == self.session.state
        flat = tuple((i, fact) for i, facts in enumerate(found.facts) for fact in facts)
        assert flat == self.session.facts


AnyPlay.TestCase.settings = settings(max_examples=30, stateful_step_count=15, deadline=None)
TestAnyPlay = AnyPlay.TestCase


def test_the_journal_holds_only_what_may_stand_in_one() -> None:
    entry: Entry
    for entry in new().journal.entries:
        assert isinstance(entry, Seating | Advance)


def test_an_error_within_the_rules_leaves_the_session_as_it_stood(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E10: not applied, not kept; the same step can be tried again."""
    session = new(store=store)
    before, state = session.journal, session.state

    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("peace_sim.engine.step._Run.effects", breaks)
        session.submit(VISIT)
        with pytest.raises(ZeroDivisionError):
            session.advance()
    assert session.journal.entries == (*before.entries, VISIT)
    assert session.state.cells == state.cells
    session.advance()
    assert store.load(session.id).journal == session.journal


def test_playing_loads_no_screen_no_yaml_and_no_command_line() -> None:
    program = "import sys, peace_sim.play; print(*sys.modules, sep='\\n')"
    loaded = set(subprocess.check_output([sys.executable, "-c", program], text=True).split())
    assert not {"textual", "rich", "yaml", "click", "numpy", "pydantic", "asyncio"} & loaded
