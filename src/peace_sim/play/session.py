"""A play under way: the one mutable object. Everything it holds follows from its journal.

An entry counts once it is kept: with a store, it is on the disk before a call returns, and when the
store cannot keep it, the session stands as it stood.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from peace_sim import __version__
from peace_sim.engine.facts import DecisionOpened, Fact
from peace_sim.engine.game import Answer, Decision, Game
from peace_sim.engine.opening import NotOpen, UnreadableMove, default_answer, opened
from peace_sim.engine.state import (
    Advance,
    Entry,
    Injection,
    Message,
    Move,
    Note,
    Seating,
    State,
    Withdrawal,
    World,
)
from peace_sim.engine.step import Step, apply, initial
from peace_sim.play.journal import (
    Header,
    Journal,
    ReplayTrouble,
    clean,
    cleaned,
    entry_lines,
    replay,
    reseed,
    state_hash,
    tip_of,
)
from peace_sim.play.policies import POLICIES, Policy, answers
from peace_sim.play.store import Store, StoreTrouble


class Stale(Exception):
    """An answer to a window that has closed since."""

    def __init__(self, window: int, now: int) -> None:
        super().__init__(f"window {window} has closed; window {now} is open")
        self.window = window
        self.now = now


class NothingToUndo(Exception):
    """Nobody has chosen anything yet."""


class Closed(Exception):
    """The play was closed while chairs of it were still thinking; what they thought is dropped."""


class Session:
    """Journal, state and seats. ``new`` begins a play, ``resume`` opens a kept one."""

    def __init__(
        self,
        game: Game,
        header: Header,
        *,
        seats: Mapping[str, Policy | None] | None = None,
        store: Store | None = None,
        id: str = "",
        texts: Mapping[str, str] | None = None,
    ) -> None:
        self.game = game
        self.header = header
        self.store = store
        self.id = id
        self.seats: dict[str, Policy | None] = dict(seats or {})
        """Who answers for a role: a policy, or None for a person."""
        self.holders: dict[str, str] = {}
        """The names of the people in their chairs."""
        self.strangers: dict[str, str] = {}
        """Chairs whose policy is not known here, with its name; ``character`` plays on for it."""
        self.texts = dict(texts or {})
        self._state = initial(game, header.world, header.chapter)
        self._entries: list[Entry] = []
        self._witnesses: list[tuple[int, str]] = [(0, state_hash(self._state))]
        self._facts: list[tuple[int, Fact]] = []
        self._windows: list[int] = []
        self._answered: dict[str, Step] = {}
        self._branches = 0
        self._tip = ""
        self._closed = False
        self._consulted: list[tuple[str, State]] = []

    # ------------------------------------------------------------ begin

    @classmethod
    def new(
        cls,
        game: Game,
        world: World,
        chapter: str | None,
        seats: Mapping[str, Policy | None],
        *,
        store: Store | None = None,
        title: str = "",
        created: str = "",
        texts: Mapping[str, str] | None = None,
        holders: Mapping[str, str] | None = None,
        id: str | None = None,
    ) -> Session:
        """A new play at the first window in which a person is asked (or at its first of all).

        Roles not in ``seats`` are played by ``character``.
        Raises KeyError for a chapter or a setting that does not exist.
        """
        opens = game.chapter(chapter)
        world = replace(world, seed=clean(world.seed))
        header = Header(
            game.id, game.version, game.digest, game.rules, __version__, world.seed, world.nature,
            world.settings, opens.id, clean(title or f"{game.title}: {opens.title}"), created,
        )
        session = cls(game, header, texts=texts, id=id or "")
        asked = dict.fromkeys(decision.role for decision in game.decisions)
        for role in dict.fromkeys([*asked, *seats]):
            policy = seats[role] if role in seats else POLICIES["character"]
            session._take(_seating(role, policy, (holders or {}).get(role, "")), policy)
        session._take(Advance())
        while session._is_quiet():
            session.advance()
        session.keep_in(store, id=id)
        return session

    @classmethod
    def resume(
        cls,
        game: Game,
        store: Store,
        id: str,
        *,
        policies: Mapping[str, Policy] = POLICIES,
        good_part: bool = False,
        rebase: bool = False,
        texts: Mapping[str, str] | None = None,
        created: str = "",
    ) -> Session:
        """A kept play where it stood. One that is damaged, or was played under another edition, is
        refused with the reason; with ``good_part`` or ``rebase`` what holds goes on as a branch."""
        found = store.load(id)
        if found.journal is None:
            raise StoreTrouble(f"The game cannot be read: {found.trouble}", "Choose another.")
        header = found.journal.header
        if header.scenario != game.id:
            raise StoreTrouble(
                f"This was played in {header.scenario}, not in {game.id}.", "Open that scenario."
            )
        try:
            session = cls(game, header, texts=found.texts, id=id)
            trouble = session._refill(found.journal, policies, rebase) or found.trouble
        except KeyError as missing:
            trouble = f"This edition of the scenario has no {clean(str(missing))}."
            raise StoreTrouble(trouble, "Open it with the edition it was played in.") from None
        session._tip = found.tip
        if not (trouble or rebase):
            store.lock(id)
            session.store = store
            return session
        if trouble and not (good_part or rebase):
            raise StoreTrouble(trouble, "What is whole can go on as a branch.")
        session.store = store
        session.texts = dict(texts or found.texts)
        session.header = replace(
            header, digest=game.digest, version=game.version, rules=game.rules
        )
        return session.fork(len(session._entries), created=created)

    def keep_in(self, store: Store | None, *, id: str | None = None) -> None:
        """Keep this play in a store from now on: at its beginning, or elsewhere when one failed."""
        if store is not None:
            self.id = store.create(self.journal, texts=self.texts, id=id)
            self._tip = tip_of(self.journal)
        self.store = store

    def close(self) -> None:
        """Let another process open this play. Whoever is thinking in it need not go on."""
        self._closed = True
        if self.store is not None:
            self.store.release(self.id)

    # ------------------------------------------------------------ what there is

    @property
    def state(self) -> State:
        """The present moment, whole: for the host alone."""
        return self._state

    @property
    def journal(self) -> Journal:
        """What was played so far."""
        return Journal(self.header, tuple(self._entries), tuple(self._witnesses))

    @property
    def facts(self) -> tuple[tuple[int, Fact], ...]:
        """All facts, each with the index of the entry that caused it."""
        return tuple(self._facts)

    @property
    def window(self) -> int:
        """The number of the present window; it rises with every Advance."""
        return len(self._windows)

    @property
    def ended(self) -> bool:
        """Whether the chapter is over."""
        return self._state.ending is not None

    def facts_since(self, n: int) -> tuple[tuple[int, Fact], ...]:
        """The facts from the ``n``-th on, with their entries."""
        return tuple(self._facts[n:])

    def open(self) -> tuple[str, ...]:
        """The ids of the decisions open in this window."""
        return tuple(self.game.decisions[i].id for i in opened(self.game, self._state))

    def consulted(self, role: str) -> tuple[State, ...]:
        """The windows in which a role asked its adviser, whole, with what it had sealed."""
        return tuple(state for who, state in self._consulted if who == role)

    def waiting(self) -> tuple[str, ...]:
        """The roles held by people who have not answered all that they are asked."""
        sealed = {move.decision for move in self._state.sealed}
        return tuple(
            dict.fromkeys(
                decision.role
                for decision in map(self.game.decision, self.open())
                if self._is_person(decision.role) and decision.id not in sealed
            )
        )

    def ready(self) -> bool:
        """Whether everybody has answered, so that the window may close."""
        return not self.waiting()

    def _is_person(self, role: str) -> bool:
        return role in self.seats and self.seats[role] is None

    # ------------------------------------------------------------ play

    def submit(self, move: Move, *, window: int | None = None, key: str = "") -> Step:
        """Seal an answer. Raises NotOpen, UnreadableMove or Stale, and changes nothing then.

        An answer that is sealed already is not sealed again; nor is one whose ``key`` was used.
        """
        if key and key in self._answered:
            return self._answered[key]
        if window is not None and window != self.window:
            raise Stale(window, self.window)
        entry = cleaned(move)
        step = apply(self.game, self._state, entry)
        if step.state.sealed and step.state.sealed[-1] in self._state.sealed:
            step = Step(self._state, ())
        else:
            self._commit([(entry, step)])
        if key:
            self._answered[key] = step
        return step

    def withdraw(self, decision: str) -> Step:
        """Take back a sealed answer while its window is open. Raises NotOpen."""
        for move in self._state.sealed:
            if move.decision == decision:
                return self._take(Withdrawal(move.role, decision))
        raise NotOpen("withdrawn", decision)

    def advance(self) -> Step:
        """Close the window: policies answer for their chairs, defaults for people who said nothing.

        The moves and the Advance are kept together or not at all; the step tells all their facts.
        Raises Closed if the play is closed meanwhile.
        """
        steps = self._filled()
        state = steps[-1][1].state if steps else self._state
        steps.append((Advance(), apply(self.game, state, Advance())))
        self._commit(steps)
        return Step(self._state, tuple(fact for _, step in steps for fact in step.facts))

    def proceed(self) -> Step:
        """Advance, and go on over windows in which no person is asked, to the next or the end."""
        facts = list(self.advance().facts)
        while self._is_quiet():
            facts += self.advance().facts
        return Step(self._state, tuple(facts))

    def inject(self, event: str) -> Step:
        """The facilitator makes an event strike now."""
        return self._take(Injection(event))

    def record(self, entry: Message | Note) -> Step:
        """Put words into the journal; they change nothing in the game."""
        return self._take(entry)

    def seat(self, role: str, policy: Policy | None, holder: str = "") -> Step:
        """Give a chair to a policy or a person from now on. Raises KeyError for no such role."""
        self.game.role(role)
        return self._take(_seating(role, policy, holder), policy)

    def _is_quiet(self) -> bool:
        """Whether there are people, and none is asked in this window."""
        asked = (self.game.decision(id).role for id in self.open())
        return not self.ended and self._people() and not any(map(self._is_person, asked))

    def _people(self) -> bool:
        return any(policy is None for policy in self.seats.values())

    def _filled(self) -> list[tuple[Entry, Step]]:
        sealed = {move.decision for move in self._state.sealed}
        empty = [
            index
            for index in opened(self.game, self._state)
            if self.game.decisions[index].id not in sealed
            and self.seats.get(self.game.decisions[index].role) is not None
        ]
        steps: list[tuple[Entry, Step]] = []
        state = self._state
        for move in answers(self.game, state, empty, self._policy):
            if self._closed:
                raise Closed
            entry, step = self._made(state, cleaned(move))
            steps.append((entry, step))
            state = step.state
        return steps

    def _made(self, state: State, move: Entry) -> tuple[Entry, Step]:
        """A policy's move; or, if the policy erred, the default for a silent chair, saying so."""
        try:
            return move, apply(self.game, state, move)
        except (NotOpen, UnreadableMove) as refused:
            assert isinstance(move, Move)
            decision = self.game.decision(move.decision)
            day = self.game.moments[state.moment].day
            silent = replace(
                move,
                answer=default_answer(decision, state, day),
                by="default",
                reason=f"Its answer could not be given: {refused!r}",
            )
            return silent, apply(self.game, state, silent)

    def _policy(self, role: str) -> Policy:
        policy = self.seats[role]
        assert policy is not None
        return policy

    # ------------------------------------------------------------ going back

    def undo(self, roles: Collection[str] | None = None) -> Session:
        """Take back the last answer of these people (of anybody, if not given).

        While the window is open the answer is withdrawn, in this session. Once it has closed, a
        branch at the last window in which they were asked is returned and this one is closed: what
        was played stays kept. Raises NothingToUndo.
        """
        for move in reversed(self._state.sealed):
            if move.by == "person" and (roles is None or move.role in roles):
                self._take(Withdrawal(move.role, move.decision))
                return self
        for window in range(len(self._windows) - 2, -1, -1):
            if self._asked_at(self._windows[window], roles):
                branch = self.fork(self._windows[window])
                self.close()
                return branch
        raise NothingToUndo

    def fork(
        self,
        at: int,
        fresh: bool = False,
        *,
        seed: str | None = None,
        title: str | None = None,
        created: str = "",
    ) -> Session:
        """A branch after ``at`` entries, with this play as its parent, which stays as it is.

        It keeps the same chance, or with ``fresh`` draws what is to come by another seed. Those who
        sit now stay seated.
        """
        if not 0 <= at <= len(self._entries):
            raise IndexError(f"there are {len(self._entries)} entries")
        self._branches += 1
        header = replace(
            self.header,
            title=title if title is not None else self.header.title,
            created=created,
            parent=(self.id, at),
            seen=len(self._entries),
            reseeded=tuple((n, s) for n, s in self.header.reseeded if n <= at),
        )
        if fresh:
            drawn = seed if seed is not None else f"{self._seed_at(at)}~{at}.{self._branches}"
            if at == 0:
                header = replace(header, seed=drawn, reseeded=())
            else:
                kept = tuple((n, s) for n, s in header.reseeded if n < at)
                header = replace(header, reseeded=(*kept, (at, drawn)))
        branch = Session(self.game, header, texts=self.texts)
        shared = Journal(header, tuple(self._entries[:at]))
        branch._refill(shared, {p.name: p for p in self.seats.values() if p})
        for role, policy in self.seats.items():
            if role not in branch.seats or branch.seats[role] is not policy:
                branch._take(_seating(role, policy, self.holders.get(role, "")), policy)
        branch.keep_in(self.store)
        return branch

    def _seed_at(self, at: int) -> str:
        seed = self.header.seed
        for after, fresh in self.header.reseeded:
            if after <= at:
                seed = fresh
        return seed

    def _asked_at(self, entries: int, roles: Collection[str] | None) -> bool:
        asked = {
            fact.role
            for index, fact in self._facts
            if index == entries - 1 and isinstance(fact, DecisionOpened)
        }
        if roles is not None:
            return bool(asked & set(roles))
        return not self._people() or any(map(self._is_person, asked))

    # ------------------------------------------------------------ the one way in

    def _take(self, entry: Entry, policy: Policy | None = None) -> Step:
        entry = cleaned(entry)
        step = apply(self.game, self._state, entry)
        self._commit([(entry, step)], {policy.name: policy} if policy else POLICIES)
        return step

    def _commit(
        self,
        steps: Iterable[tuple[Entry, Step]],
        policies: Mapping[str, Policy] = POLICIES,
    ) -> None:
        steps = list(steps)
        start = len(self._entries)
        witnesses = [
            (number, state_hash(step.state))
            for number, (entry, step) in enumerate(steps, start + 1)
            if isinstance(entry, Advance | Injection)
        ]
        if self.store is not None:
            entries = [entry for entry, _ in steps]
            lines, tip = entry_lines(entries, start, self._tip, dict(witnesses))
            self.store.append(self.id, start, lines)
            self._tip = tip
        self._witnesses += witnesses
        for entry, step in steps:
            self._remember(entry, step, policies)

    def _remember(self, entry: Entry, step: Step, policies: Mapping[str, Policy]) -> None:
        index = len(self._entries)
        self._entries.append(entry)
        if isinstance(entry, Advance):
            self._consulted += [
                (move.role, self._state)
                for move in self._state.sealed
                if asks_adviser(self.game.decision(move.decision), move.answer)
            ]
        self._state = step.state
        self._facts += [(index, fact) for fact in step.facts]
        if isinstance(entry, Advance):
            self._windows.append(index + 1)
        elif isinstance(entry, Seating):
            if entry.by == "person":
                self.seats[entry.role] = None
                self.holders[entry.role] = entry.holder
                self.strangers.pop(entry.role, None)
            else:
                policy = policies.get(entry.holder) or POLICIES.get(entry.holder)
                self.seats[entry.role] = policy or POLICIES["character"]
                self.strangers.pop(entry.role, None)
                if policy is None:
                    self.strangers[entry.role] = entry.holder

    def _refill(
        self, journal: Journal, policies: Mapping[str, Policy], rebase: bool = False
    ) -> str | None:
        """Come to where entries lead, without deciding anything anew; why that ended early."""
        steps = replay(self.game, journal, rebase=rebase, opening=self._state)
        try:
            for entry, step in zip(journal.entries, steps, strict=True):
                self._remember(entry, step, policies)
                if isinstance(entry, Advance | Injection):
                    self._witnesses.append((len(self._entries), state_hash(step.state)))
        except ReplayTrouble as found:
            return found.message
        for after, seed in self.header.reseeded:
            if after == len(self._entries):
                self._state = reseed(self._state, seed)
        return None


def asks_adviser(decision: Decision, answer: Answer) -> bool:
    """Whether an answer holds an act by which its role asks its adviser for a paper."""
    taken = set(answer)
    return any(
        option.asks == "adviser" and (field.id, option.id) in taken
        for field in decision.fields
        for option in field.options
    )


def _seating(role: str, policy: Policy | None, holder: str) -> Seating:
    return Seating(role, holder) if policy is None else Seating(role, policy.name, "policy")


