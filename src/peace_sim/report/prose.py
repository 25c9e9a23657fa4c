"""The one place that turns facts and views into sentences, for every face of the game.

A fact must have been projected for its audience (``engine.facts.seen_by``) before it comes here;
nothing is said that the fact, the view or the scenario's own public words do not hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from peace_sim.engine.facts import (
    AnswerSealed,
    BallotTallied,
    CableSent,
    CaseMoved,
    Cause,
    DeadlinePassed,
    DecisionMade,
    DecisionOpened,
    Ended,
    EstimateRedrawn,
    EventMissed,
    EventStruck,
    Fact,
    OptionTaken,
    PhaseEntered,
    TimerSet,
    VariableMoved,
)
from peace_sim.engine.game import (
    FACILITATOR,
    PUBLIC,
    Ballot,
    Decision,
    Game,
    Option,
    Variable,
)
from peace_sim.engine.state import State
from peace_sim.engine.view import Reading, View, word_for
from peace_sim.report.clauses import (
    Clause,
    clause_line,
    clause_text,
    party_title,
    table_text,
)
from peace_sim.report.refusals import option_refusal, phrase, refusal, unmet_text, why_not
from peace_sim.report.words import (
    answer_text,
    begun,
    cell_text,
    closed,
    count_text,
    day_text,
    days_text,
    figure_text,
    level_text,
    listed,
    number_text,
    role_title,
    rule_text,
    taken,
    ways,
    with_unit,
)
from peace_sim.scenario.boards import CommitmentBoard, IssueBoard, TalksBoard
from peace_sim.scenario.edition import Edition

NOT_KNOWN = "for reasons not known to you"
NOT_ALL_KNOWN = "for reasons not all known to you"


@dataclass(frozen=True, slots=True)
class CableText:
    """A cable as it is read."""

    sender: str
    title: str
    text: str
    doubtful: bool


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise that was given, as far as this audience knows of it."""

    id: str
    title: str
    text: str
    by: str
    to: str
    form: str
    phase: str
    standing: str
    due: int
    """The day it falls due, 0 for none."""
    days_left: int
    leaked: bool


@dataclass(frozen=True, slots=True)
class LedgerText:
    """A ledger: title, and rows of title, figure and unit."""

    id: str
    title: str
    rows: tuple[tuple[str, float, str], ...]


FORMS = {"text": "in the text", "side_letter": "by side letter", "word": "by word of mouth"}


# ── what came to be ──────────────────────────────────────────────────────────────────────────


def sentence(edition: Edition, fact: Fact, audience: str) -> str | None:
    """A fact as one audience hears of it; None for what is quiet or told elsewhere."""
    game = edition.game
    match fact:
        case VariableMoved():
            return _variable(edition, fact, audience)
        case PhaseEntered():
            return _phase(edition, fact)
        case TimerSet():
            return _timer(edition, fact)
        case CaseMoved():
            return _case(edition, fact)
        case DecisionOpened() | CableSent():
            return None  # the question, and the cable, are shown themselves
        case AnswerSealed():
            decision = game.decision(fact.decision)
            return closed(f"Sealed: {decision.title}: {answer_text(decision, fact.answer)}")
        case DecisionMade():
            return _made(game, fact, audience)
        case OptionTaken():
            return _taken(edition, fact, audience)
        case BallotTallied():
            return ballot_text(game, fact)
        case EventStruck():
            event = game.event(fact.event)
            told = " ".join(closed(text) for text in (event.title, event.text) if text)
            by_hand = fact.injected and audience == FACILITATOR
            return f"{told} (by the facilitator's hand)" if by_hand else told
        case EventMissed():
            title = game.event(fact.event).title
            return (
                f"The line breaks here: in the record this is the day of “{title}”, "
                "and in this play its condition does not hold."
            )
        case DeadlinePassed():
            timer = game.timer(fact.timer)
            if _promise(edition, fact.timer):
                return None  # the promise itself says that it is late
            return closed(timer.text or f"The day has come: {timer.title}")
        case EstimateRedrawn():
            return _estimate(game, fact)
        case Ended():
            ending = next(e for e in game.endings if e.id == fact.ending)
            return " ".join(closed(text) for text in (ending.title, ending.text) if text)


def _variable(edition: Edition, fact: VariableMoved, audience: str) -> str | None:
    """Numbers are one key away; only a gauge's new word, or a delegation's new bid, is told."""
    variable = edition.game.variable(fact.variable)
    bid = _bid(edition, fact) or _exchange(edition, fact)
    if bid is not None:
        return bid
    if not _on_desk(edition.game, fact, audience):
        return None
    before, after = word_for(variable, fact.before), word_for(variable, fact.after)
    return None if before == after else f"{variable.title}: {before} before, {after} now."


def _on_desk(game: Game, fact: VariableMoved, audience: str) -> bool:
    """Whether it is a gauge on this audience's desk that moved."""
    return bool(game.variable(fact.variable).gauge_for & {audience, PUBLIC})


def _bid(edition: Edition, fact: VariableMoved) -> str | None:
    """A bracket that changed by a new bid; one that changed by an answer was told as the answer."""
    found = _bracket(edition, fact.variable)
    if found is None or (fact.cause is not None and fact.cause.kind == "option"):
        return None
    talks, issue, party = found
    wording = issue.wording(edition.game.variable(fact.variable).words[int(fact.after)])
    if wording is None:
        return None
    who = begun(party_title(edition, talks, party))
    return f"{who} has new words for “{issue.title}”: [{wording.words}]."


def _exchange(edition: Edition, fact: VariableMoved) -> str | None:
    """What a delegation with several conditions wants for a clause that it accepts “if”."""
    for talks in edition.talks:
        traders = [party for issue in talks.issues for party, *_ in issue.trades]
        for issue in talks.issues:
            for party, variable, title, words in issue.trades:
                if variable == fact.variable and fact.after and traders.count(party) > 1:
                    who = begun(party_title(edition, talks, party))
                    return f"{who} gives way on “{issue.title}” only if “{title}” reads “{words}”."
    return None


def _phase(edition: Edition, fact: PhaseEntered) -> str | None:
    promise = _promise(edition, fact.track)
    if promise is not None:
        return _kept(edition.game, promise, fact)
    if any(board.leak == fact.track for board in edition.commitments):
        return None  # the event of the leak tells it
    if fact.text:
        return closed(fact.text)
    if _said_by_an_option(edition.game, fact.cause):
        return None
    track = edition.game.track(fact.track)
    return f"{track.title}: {track.titles[track.phases.index(fact.after)]}."


def _said_by_an_option(game: Game, cause: Cause | None) -> bool:
    """Whether the answer that caused something has been told in a sentence of its own."""
    if cause is None or cause.kind != "option" or cause.part not in game.index["decision"]:
        return False
    option = _option_of(game.decision(cause.part), cause)
    return option is not None and bool(option.said)


def _option_of(decision: Decision, cause: Cause) -> Option | None:
    """The option that caused something: of its own field, since another may have the same id."""
    field_id, _, option_id = cause.word.rpartition(".")
    for field in decision.fields:
        for option in field.options:
            if option.id == option_id and field_id in ("", field.id):
                return option
    return None


def _kept(game: Game, promise: CommitmentBoard, fact: PhaseEntered) -> str | None:
    giver = role_title(game, promise.by)
    takers = listed([role_title(game, role) for role in promise.to])
    take, let = ("take", "let") if len(promise.to) > 1 else ("takes", "lets")
    match fact.after:
        case "given":
            how = FORMS[promise.form]
            return closed(f"{begun(giver)} promises {takers}, {how}: {promise.text}")
        case "kept" if fact.before == "late":
            return f"Late, but kept: “{promise.title}”. {begun(takers)} will remember both."
        case "kept":
            return f"A promise is kept: “{promise.title}”. {begun(takers)} {take} note."
        case "late":
            return f"A promise is late: “{promise.title}”. {begun(giver)} owes it to {takers}."
        case "broken":
            return f"A promise is broken: “{promise.title}”. {begun(takers)} will not forget it."
        case "released":
            return f"{begun(takers)} {let} go of a promise: “{promise.title}”."
    return None


def _timer(edition: Edition, fact: TimerSet) -> str | None:
    timer = edition.game.timer(fact.timer)
    if not fact.after or _promise(edition, fact.timer):
        return None
    if not fact.before:
        return f"{timer.title}: {day_text(fact.after)}."
    return f"{timer.title}: now {day_text(fact.after)}, not {day_text(fact.before)}."


def _case(edition: Edition, fact: CaseMoved) -> str | None:
    game = edition.game
    cases = game.caselists[game.index["cases"][fact.cases]]
    kind = cases.kind_titles[cases.kinds.index(fact.kind)] if fact.kind else ""
    if fact.slot < 0:
        return f"{cases.title}: there are more than anybody can follow; another goes unrecorded."
    if not fact.before:
        if fact.cause is not None and fact.cause.kind in ("event", "injection"):
            return None  # the event told it
        return f"{cases.title}: {kind or 'a new one'} is on the list, as no. {fact.slot + 1}."
    name = f"{cases.title}, no. {fact.slot + 1}{f' ({kind})' if kind else ''}"
    if not fact.after:
        return f"{name}: closed."
    return f"{name}: {cases.titles[cases.statuses.index(fact.after)]}."


def _made(game: Game, fact: DecisionMade, audience: str) -> str | None:
    decision = game.decision(fact.decision)
    answer = answer_text(decision, fact.answer)
    if fact.role == audience:
        if fact.by == "default":
            return closed(f"You gave no answer, and it was taken as: {decision.title}: {answer}")
        return closed(f"Your answer: {decision.title}: {answer}")
    if fact.reason:
        who = begun(role_title(game, fact.role))
        return closed(f"{who}, on “{decision.title}”: {answer}. Why: {fact.reason}")
    return None


def _taken(edition: Edition, fact: OptionTaken, audience: str) -> str | None:
    game = edition.game
    decision = game.decision(fact.decision)
    if fact.role == audience or decision.ballot is not None:
        return None  # one's own answer is told whole, a vote with its ballot
    _, option = taken(decision, fact.field, fact.option)
    who = begun(role_title(game, fact.role))
    if not option.said:
        return _unsaid(edition, fact, decision, who, option.title)
    if option.said[0].islower():
        told = f"{who} {option.said}"
        return f"{told.rstrip('.')}: {_quoted(option.because)}" if option.because else closed(told)
    because = f" {who}: {_quoted(option.because)}" if option.because else ""
    return closed(option.said) + because


def _unsaid(
    edition: Edition, fact: OptionTaken, decision: Decision, who: str, title: str
) -> str | None:
    """An answer for which the author gave no sentence."""
    if decision.id in {talks.table for talks in edition.talks}:
        if fact.option in ("plenary", "straight"):
            return None  # the ordinary way to sit, and to put words
        return f"{who}: {title}."
    if decision.kind == "acts":
        return closed(f"{who}: {title}")
    return closed(f"{who}, on “{decision.title}”: {title}")


def _quoted(text: str) -> str:
    return f"“{closed(text)}”"


def _estimate(game: Game, fact: EstimateRedrawn) -> str | None:
    """Told only when the picture changes: another word, or a tenth of the range."""
    if any(chapter.start == fact.day for chapter in game.chapters):
        return None  # the first look: nobody had said anything before
    variable = game.variable(fact.variable)
    if word_for(variable, fact.before) == word_for(variable, fact.after):
        if variable.gauge or variable.words:
            return None
        if abs(fact.after - fact.before) < (variable.high - variable.low) / 10:
            return None
    before, after = (_about(variable, level) for level in (fact.before, fact.after))
    return f"Your people now put “{variable.title}” at {after}; they said {before} before."


def _about(variable: Variable, level: float) -> str:
    if variable.words:
        return f"“{word_for(variable, level)}”"
    return f"about {with_unit(number_text(round(level)), variable.unit)}"


def ballot_text(game: Game, fact: BallotTallied) -> str:
    """A vote in the words of the record: “Adopted by 15 votes to none”."""
    ballot = game.ballot(fact.ballot)
    named = _sides(game, fact)
    return f"{ballot.title}: {_tally(game, ballot, fact)}.{named}"


def _tally(game: Game, ballot: Ballot, fact: BallotTallied) -> str:
    against = count_text(fact.no) if not fact.no else str(fact.no)
    if fact.outcome == "adopted":
        votes = "vote" if fact.yes == 1 else "votes"
        held = f", with {_number_of(fact.abstain, 'abstention')}" if fact.abstain else ""
        return f"adopted by {fact.yes} {votes} to {against}{held}"
    counts = f"{fact.yes} in favour, {fact.no} against, {fact.abstain} abstaining"
    if fact.outcome == "vetoed":
        by = [role_title(game, r) for r, vote in fact.votes if vote == "no" and r in ballot.vetoes]
        return f"{counts}: vetoed by {listed(by) or 'a permanent member'}"
    if len(fact.votes) < ballot.quorum:
        needed = begun(count_text(ballot.quorum))
        return f"{counts}: not adopted, too few took part. {needed} must vote"
    if fact.yes >= ballot.majority:
        return f"{counts}: not adopted"
    verb = "is" if ballot.majority == 1 else "are"
    return f"{counts}: not adopted, {count_text(ballot.majority)} {verb} needed"


def _number_of(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _sides(game: Game, fact: BallotTallied) -> str:
    said = ""
    for vote, word in (("no", "Against"), ("abstain", "Abstaining")):
        who = [role_title(game, role) for role, answer in fact.votes if answer == vote]
        if who:
            said += f" {word}: {listed(who)}."
    return said


def cable(edition: Edition, fact: Fact) -> CableText | None:
    """The cable that a fact brought, if it brought one."""
    if not isinstance(fact, CableSent):
        return None
    sent = edition.game.cable(fact.cable)
    return CableText(sent.sender, sent.title, sent.text, sent.doubtful)


def news(edition: Edition, facts: Iterable[Fact], audience: str) -> list[str]:
    """What others did and what came to be, in order; the same sentence at once only once.

    One's own answers and the cables are left out, for they are shown by themselves; of a gauge,
    what all its moves came to is told.
    """
    told: dict[str, int] = {}
    for fact in _gauges_netted(edition.game, facts, audience):
        if isinstance(fact, AnswerSealed | DecisionMade) and fact.role == audience:
            continue
        said = sentence(edition, fact, audience)
        if said:
            told[said] = told.get(said, 0) + 1
    return [f"{said} ({count} times)" if count > 1 else said for said, count in told.items()]


def _gauges_netted(game: Game, facts: Iterable[Fact], audience: str) -> Iterator[Fact]:
    """The facts with all moves of a gauge made one, in place of its last."""
    facts = list(facts)
    first: dict[str, float] = {}
    last: dict[str, Fact] = {}
    for fact in facts:
        if isinstance(fact, VariableMoved) and _on_desk(game, fact, audience):
            first.setdefault(fact.variable, fact.before)
            last[fact.variable] = fact
    for fact in facts:
        if not isinstance(fact, VariableMoved) or fact.variable not in last:
            yield fact
        elif fact is last[fact.variable]:
            yield replace(fact, before=first[fact.variable])


# ── why ──────────────────────────────────────────────────────────────────────────────────────


def why(
    edition: Edition, facts: Iterable[Fact], id: str, audience: str, most: int = 12
) -> list[str]:
    """How a variable, track, timer or list of cases came to stand as it does: its last changes.

    The facts are those that the audience has come to know. Each line has the date, from and to,
    and the rule with what it read, as far as this audience may know it.
    """
    lines = [line for fact in facts if (line := _change(edition, fact, id, audience))]
    return lines[-most:]


def _change(edition: Edition, fact: Fact, id: str, audience: str) -> str | None:
    game = edition.game
    match fact:
        case VariableMoved() if fact.variable == id:
            variable = game.variable(id)
            before, after = level_text(variable, fact.before), level_text(variable, fact.after)
        case PhaseEntered() if fact.track == id:
            titles = dict(zip(game.track(id).phases, game.track(id).titles, strict=True))
            before, after = f"“{titles[fact.before]}”", f"“{titles[fact.after]}”"
        case TimerSet() if fact.timer == id:
            before, after = (day_text(d) if d else "not set" for d in (fact.before, fact.after))
        case EstimateRedrawn() if fact.variable == id and fact.role == audience:
            variable = game.variable(id)
            before, after = _about(variable, fact.before), _about(variable, fact.after)
            return f"{day_text(fact.day)}: {before} → {after}. Your people looked again."
        case CaseMoved() if fact.cases == id:
            said = _case(edition, fact) or "A new case."
            return f"{day_text(fact.day)}: {said} {begun(cause_text(game, fact.cause))}"
        case _:
            return None
    return f"{day_text(fact.day)}: {before} → {after}. {begun(cause_text(game, fact.cause))}"


def cause_text(game: Game, cause: Cause | None) -> str:
    """The rule behind a change and what it read, in words, with a full stop."""
    if cause is None:
        return f"{NOT_KNOWN}."
    source = _source(game, cause)
    if cause.kind == "drift":
        return closed(f"{source}{_inputs(game, cause)}" if cause.rule else f"{NOT_ALL_KNOWN}")
    way = ways(game).get(cause.part) if cause.kind == "transition" else None
    if not cause.rule:
        if way is not None and way[1].when is None:
            after = way[1].after
            return closed(f"{source}: {f'after {days_text(after)}' if after else 'at once'}")
        return closed(f"{source}, {NOT_ALL_KNOWN}{_inputs(game, cause)}")
    return closed(f"{source}: {rule_text(game, cause.rule)}{_inputs(game, cause)}")


def _source(game: Game, cause: Cause) -> str:
    match cause.kind:
        case "option" if cause.part in game.index["decision"]:
            decision = game.decision(cause.part)
            option = _option_of(decision, cause)
            title = option.title if option is not None else cause.word
            return f"{role_title(game, decision.role)} chose “{title}”"
        case "event" if cause.part in game.index["event"]:
            return f"it happened: “{game.event(cause.part).title}”"
        case "injection" if cause.part in game.index["event"]:
            return f"it was made to happen: “{game.event(cause.part).title}”"
        case "transition" if cause.part in ways(game):
            track, way = ways(game)[cause.part]
            return f"“{track.title}” came to “{track.titles[way.target]}”"
        case "timer" if cause.part in game.index["timer"]:
            return f"the day came: “{game.timer(cause.part).title}”"
        case "ballot" if cause.part in game.index["ballot"]:
            return f"“{game.ballot(cause.part).title}” was {cause.word}"
        case "drift":
            return f"by itself: {cause.rule}"
        case _:
            return "by the rules"


def _inputs(game: Game, cause: Cause) -> str:
    said = [cell_text(game, cell, level) for cell, level in cause.inputs]
    return f" (then: {', '.join(said)})" if said else ""


# ── where things stand ───────────────────────────────────────────────────────────────────────


def gauge_text(reading: Reading) -> str:
    """A gauge in a word; without one, its level. What is a guess says so."""
    guess = " (an estimate)" if reading.estimated else ""
    return f"{reading.title}: {reading.word or reading_text(reading)}{guess}"


def reading_text(reading: Reading) -> str:
    """A level in numbers, with its unit; about so much where it is a guess; a flag as yes or no."""
    if reading.choice:
        return reading.word
    is_flag = (reading.low, reading.high, reading.unit) == (0.0, 1.0, "")
    if is_flag and not reading.estimated and reading.level in (0.0, 1.0):
        return "yes" if reading.level else "no"
    level = round(reading.level) if reading.estimated else reading.level
    number = figure_text(level, reading.unit)
    return f"about {number}" if reading.estimated else number


def promises(edition: Edition, view: View) -> list[PromiseRow]:
    """The promises that were given, as far as this audience knows of them."""
    rows = []
    due = {c.id: c for c in view.countdowns}
    for board in edition.commitments:
        track = view.track(board.track)
        if track is None or track.phase == "open":
            continue
        countdown = due.get(board.timer)
        leak = view.track(board.leak) if board.leak else None
        rows.append(
            PromiseRow(
                board.id, board.title, board.text, role_title(edition.game, board.by),
                listed([role_title(edition.game, role) for role in board.to]), board.form,
                track.phase, track.phase_title, countdown.due if countdown else 0,
                countdown.days_left if countdown else 0,
                leak is not None and leak.phase == "leaked",
            )
        )  # fmt: skip
    return rows


def promise_text(row: PromiseRow) -> str:
    """A promise in one line."""
    due = f", due {day_text(row.due)} ({_left(row.days_left)})" if row.due else ""
    leaked = "; it has leaked" if row.leaked else ""
    how = FORMS.get(row.form, row.form)
    return f"{row.title}: {row.by} to {row.to}, {how}. {begun(row.standing)}{due}{leaked}."


def _left(days: int) -> str:
    if days < 0:
        return f"{days_text(-days)} ago"
    return "today" if not days else f"in {days_text(days)}"


def countdown_text(title: str, due: int, days_left: int) -> str:
    """A timer that runs, in one line."""
    return f"{title}: {day_text(due)}, {_left(days_left)}"


def ledger_rows(edition: Edition, state: State) -> list[LedgerText]:
    """The ledgers' figures in a state; never summed."""
    day = edition.game.moments[state.moment].day
    return [
        LedgerText(
            ledger.id, ledger.title,
            tuple((title, row.of(state.cells, day), unit) for title, row, unit in ledger.rows),
        )
        for ledger in edition.game.ledgers
    ]  # fmt: skip


# ── boards by part ───────────────────────────────────────────────────────────────────────────


def _promise(edition: Edition, id: str) -> CommitmentBoard | None:
    return next((b for b in edition.commitments if id and id in (b.track, b.timer)), None)


def _bracket(edition: Edition, variable: str) -> tuple[TalksBoard, IssueBoard, str] | None:
    """Whose bracket a variable is, in which clause."""
    for talks in edition.talks:
        for issue in talks.issues:
            for party, stance in issue.stances:
                if stance == variable:
                    return talks, issue, party
    return None


__all__ = [
    "CableText",
    "Clause",
    "LedgerText",
    "PromiseRow",
    "ballot_text",
    "cable",
    "cause_text",
    "clause_line",
    "clause_text",
    "countdown_text",
    "day_text",
    "gauge_text",
    "ledger_rows",
    "news",
    "option_refusal",
    "party_title",
    "phrase",
    "promise_text",
    "promises",
    "reading_text",
    "refusal",
    "sentence",
    "table_text",
    "unmet_text",
    "why",
    "why_not",
]
