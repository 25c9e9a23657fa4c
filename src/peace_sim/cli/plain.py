"""The game as plain lines: for screen readers, pipes and dumb terminals.

One question at a time, numbered answers, no escapes and no tricks with the cursor. Everything said
comes from what the chair may know; a whole game can be piped in.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from io import StringIO
from typing import TextIO

from peace_sim.cli.out import say
from peace_sim.cli.tell import record_lines
from peace_sim.diagnostics import fold, nearest
from peace_sim.engine.facts import Ended, Fact
from peace_sim.engine.opening import NotOpen, UnreadableMove
from peace_sim.engine.state import Move
from peace_sim.engine.view import Asked, FieldSeen, OptionSeen, View
from peace_sim.history import open_record
from peace_sim.play import LocalSeat, Session
from peace_sim.play.journal import clean
from peace_sim.play.policies import Search
from peace_sim.play.session import NothingToUndo
from peace_sim.report.clauses import clause_line, party_title, table_text
from peace_sim.report.debrief import debrief, debrief_lines
from peace_sim.report.forecast import paper, paper_lines
from peace_sim.report.prose import (
    cable,
    countdown_text,
    gauge_text,
    news,
    option_refusal,
    promise_text,
    promises,
    reading_text,
    refusal,
    why,
    why_not,
)
from peace_sim.report.spending import amount_text
from peace_sim.report.words import (
    begun,
    closed,
    day_text,
    number_text,
    role_title,
    stranger_text,
)
from peace_sim.scenario.edition import Edition

MAX_LINE = 4000
GAUGES = 5
CABLES = 3

HELP = """\
Answer with the number of an option; a plan with several, as in 1 3 4, or 0 for none of them.
why NAME      how a figure or a track came to stand as it does
why not N     what option N waits for
record        what really happened, as far as it may be told
codex WORD    what a word, a party or a place is
promises      who owes what to whom
adviser       your adviser's last paper
text          the text on the table, with its brackets
numbers       every figure that you may know
map           the places, as a table
incidents     what has been reported
undo          take back your last answer
save          where this game is kept
quit          leave; everything is kept"""


class Left(Exception):
    """The player has left the game."""

    def __init__(self, ran_out: bool = False) -> None:
        super().__init__("left")
        self.ran_out = ran_out
        """The lines ran out; nobody said quit."""


class _Undone(Exception):
    """The last answer was taken back; the window is to be shown again."""


class Talk:
    """Lines in and lines out."""

    def __init__(self, lines: TextIO | None = None) -> None:
        self.lines = lines or sys.stdin or StringIO()  # there is no stdin where it was closed
        self.echo = not _is_terminal(self.lines)

    def say(self, text: str | Sequence[str] = "") -> None:
        """Say one line or several."""
        say(text if isinstance(text, str) else list(text))

    def ask(self) -> str:
        """The next line that is not blank. Raises Left where there are no more."""
        while True:
            if not self.echo:
                sys.stdout.write("> ")
                sys.stdout.flush()
            line = self.lines.readline(MAX_LINE)
            if not line:
                raise Left(ran_out=True)
            text = clean(line).strip()
            if text:
                if self.echo:
                    self.say(f"> {text}")
                return text

    def pick(self, question: str, titles: Sequence[str]) -> int:
        """The index of the option chosen from a numbered list."""
        self.say(question)
        self.say([f"{number}. {title}" for number, title in enumerate(titles, start=1)])
        while True:
            text = self.ask()
            if text in ("quit", "q", "exit"):
                raise Left
            if text.isdigit() and 1 <= int(text[:6]) <= len(titles):
                return int(text[:6]) - 1
            self.say(f"Type a number from 1 to {len(titles)}, or quit.")


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        return False


class PlainGame:
    """One chair's game, told and asked line by line."""

    def __init__(
        self, edition: Edition, session: Session, chair: str, talk: Talk, *, study: bool = False
    ) -> None:
        self.edition = edition
        self.seat = LocalSeat(session, [chair])
        self.chair = chair
        self.talk = talk
        self.study = study
        self.told = 0
        """How many facts the player has been told."""
        self.papers = 0
        """How many of the adviser's papers lie behind."""
        self.desk: tuple[int, list[str]] = (0, [])
        """The day of the desk that was told last, and what stood on it."""
        self.commands: dict[str, Callable[[str], None]] = {
            "why": self.say_why,
            "record": self.say_record,
            "codex": self.say_codex,
            "promises": self.say_promises,
            "adviser": self.say_paper,
            "text": self.say_text,
            "numbers": self.say_numbers,
            "map": self.say_map,
            "incidents": self.say_incidents,
            "undo": self.undo,
            "save": self.say_saved,
            "quit": self.leave,
        }

    # ------------------------------------------------------------ the course of a game

    def play(self) -> None:
        """Play to the end of the chapter. Raises Left when the player leaves."""
        self.greet()
        while not self.seat.session.ended:
            try:
                self.window()
            except _Undone:
                self.told = len(self.seat.facts())
                self.papers = len(self.seat.consulted())
        self.tell_news()
        told = debrief(self.edition, self.seat.session.journal, self.chair)
        self.talk.say(["", *debrief_lines(told)])

    def greet(self) -> None:
        """What the chapter is about, and who one is."""
        game, journal = self.edition.game, self.seat.session.journal
        chapter = game.chapter(journal.header.chapter)
        role = game.role(self.chair)
        world = journal.header
        # whoever has the seed can work out what is hidden: the debrief tells it
        nature = "as recorded" if world.nature == "recorded" else "drawn by chance"
        lines = [
            f"{self.edition.title}. {chapter.title}.",
            f"{day_text(chapter.start)} to {day_text(chapter.end)}. The world is {nature}.",
            *(closed(f"Take note: {note}") for note in self.edition.content_notes),
            "",
            *([chapter.text, ""] if chapter.text else []),
            f"You are {role_title(game, self.chair)}. {role.text}",
        ]
        if chapter.briefs.get(self.chair):
            lines.append(chapter.briefs[self.chair])
        for goal in game.goals:
            if goal.role == self.chair:
                lines.append(f"{'In secret, you' if goal.secret else 'You'} want: {goal.title}.")
        strangers = self.seat.session.strangers
        lines += [stranger_text(game, role, policy) for role, policy in strangers.items()]
        lines.append("Type ? for help.")
        self.talk.say(lines)

    def window(self) -> None:
        """One window: what is new, the desk, the questions; then it closes."""
        self.tell_news()
        self.tell_desk()
        while True:
            waiting = [asked for asked in self.seat.view().asked if asked.sealed is None]
            if not waiting:
                break
            self.answer(waiting[0])
        if any(isinstance(policy, Search) for policy in self.seat.session.seats.values()):
            self.talk.say(["The others are thinking."])
        self.seat.advance()

    def tell_news(self) -> None:
        """What others did and what came, since it was last told; and the cables."""
        facts = self.seat.facts(self.told)
        self.told += len(facts)
        heard = [fact for fact in facts if not isinstance(fact, Ended)]  # the debrief tells it
        days = list(dict.fromkeys(fact.day for fact in heard))
        for day in days:
            told = news(self.edition, (fact for fact in heard if fact.day == day), self.chair)
            if told:
                when = f" on {day_text(day)}" if len(days) > 1 else ""
                self.talk.say(["", f"What happened{when}:", *(f"- {line}" for line in told)])
        cables = [sent for fact in facts if (sent := cable(self.edition, fact))]
        for sent in cables[:CABLES]:
            doubt = " (doubtful)" if sent.doubtful else ""
            self.talk.say(
                ["", f"CABLE{doubt} from {sent.sender}: {closed(sent.title)}", sent.text]
            )
        for sent in cables[CABLES:]:
            self.talk.say(f"Also a cable from {sent.sender}: {closed(sent.title)}")
        asked = len(self.seat.consulted())
        if asked > self.papers and not self.seat.session.ended:
            self.talk.say()
            self.say_paper("")
        self.papers = asked

    def tell_desk(self) -> None:
        """The date, the countdowns, and at most five gauges in words; on a day that was told
        before, what of it has changed."""
        seen = self.seat.view()
        stage = f" {seen.stage_title}." if seen.stage_title else ""
        sitting = f" Sitting {seen.lap + 1}." if seen.lap else ""
        standing = [
            closed(f"- {countdown_text(countdown.title, countdown.due, countdown.days_left)}")
            for countdown in seen.countdowns
        ]
        gauges = [reading for reading in seen.readings if reading.gauge]
        standing += [closed(f"- {gauge_text(reading)}") for reading in gauges[:GAUGES]]
        day, before = self.desk
        new = [line for line in standing if line not in before or day != seen.day]
        self.desk = (seen.day, standing)
        self.talk.say(["", f"{day_text(seen.day)}.{stage}{sitting}", *new])

    # ------------------------------------------------------------ a question

    def answer(self, asked: Asked) -> None:
        """Ask one decision, field by field, until its answer is sealed."""
        if asked.kind == "table":
            self.talk.say()
            self.say_text("")
        self.talk.say(["", asked.title, *([asked.text] if asked.text else [])])
        chosen: list[tuple[str, list[str]]] = []
        while len(chosen) < len(asked.fields):
            field = asked.fields[len(chosen)]
            several = len(asked.fields) > 1 or field.title != asked.title
            options = self.ask_field(asked, field, several, bool(chosen))
            if options is None:
                chosen.pop()
            else:
                chosen.append((field.id, options))
        pairs = tuple((field, option) for field, options in chosen for option in options)
        try:
            self.seat.submit(Move(self.chair, asked.id, pairs))
        except (NotOpen, UnreadableMove) as refused:
            self.talk.say(refusal(self.edition, refused, self.seat.view()))

    def ask_field(
        self, asked: Asked, field: FieldSeen, titled: bool, back: bool
    ) -> list[str] | None:
        """The options chosen for one question; None to go back to the question before."""
        self.say_field(asked.kind, field, titled)
        while True:
            text = self.talk.ask()
            if text.lower() == "undo" and back:
                return None
            if text in ("?", "help", "h"):
                self.talk.say(HELP)
                self.say_field(asked.kind, field, titled)
                continue
            if self.commanded(text, field):
                continue
            options = self.read(field, text)
            if options is not None:
                return options

    def say_field(self, kind: str, field: FieldSeen, titled: bool) -> None:
        """A question and its numbered options."""
        game, lines = self.edition.game, [field.title] if titled else []
        if field.many:
            has = field.budget
            budget = f"; you have {amount_text(game, has, kind)}" if has is not None else ""
            lines.append(f"Choose any, or 0 for none{budget}.")
        for number, option in enumerate(field.options, start=1):
            cost = f" (takes {amount_text(game, option.cost, kind)})" if option.cost else ""
            shut = "" if option.open else " [not open]"
            text = f": {option.text}" if option.text and option.text != option.title else ""
            lines.append(f"{number}. {option.title}{cost}{shut}{text}")
        self.talk.say(lines)

    def read(self, field: FieldSeen, text: str) -> list[str] | None:
        """The options that a line names by number or id; None, and a word why, if it cannot be."""
        words = text.lower().replace(",", " ").split()
        if field.many and words in (["0"], ["none"]):
            return []
        chosen: list[OptionSeen] = []
        for word in words:
            option = _named(field, word)
            if option is None:
                self.talk.say(self.not_understood(field, text))
                return None
            if not option.open:
                self.talk.say(option_refusal(self.edition, option, self.seat.view()))
                return None
            if option not in chosen:
                chosen.append(option)
        if len(chosen) > 1 and not field.many:
            self.talk.say("One answer alone.")
            return None
        spent = sum(option.cost for option in chosen)
        if field.budget is not None and chosen and spent > field.budget:
            takes, has = number_text(spent), number_text(field.budget)
            self.talk.say(f"That is more than there is time for: it takes {takes}, of {has}.")
            return None
        return [option.id for option in chosen]

    def not_understood(self, field: FieldSeen, text: str) -> str:
        """What to type instead."""
        known = [*self.commands, *(option.id for option in field.options)]
        close = nearest(text.split()[0], known)
        hint = f" Did you mean “{close}”?" if close else ""
        return f"Type a number from 1 to {len(field.options)}, or ? for help.{hint}"

    # ------------------------------------------------------------ commands

    def commanded(self, text: str, field: FieldSeen) -> bool:
        """Whether the line was a command; it has been obeyed then."""
        name, _, rest = text.partition(" ")
        name = name.lower()
        if name in ("q", "exit", "bye"):
            name = "quit"
        if name not in self.commands:
            return False
        found = re.fullmatch(r"not\s+(\S+)", rest.strip())
        if name == "why" and found:
            self.say_why_not(field, found[1])
        else:
            self.commands[name](rest.strip())
        return True

    def say_why_not(self, field: FieldSeen, word: str) -> None:
        """What an option waits for."""
        option = _named(field, word.lower())
        if option is None:
            last = len(field.options)
            self.talk.say(f"Which option? Type why not and a number from 1 to {last}.")
            return
        if option.open:
            self.talk.say(f"“{option.title}” is open.")
            return
        seen = self.seat.view()
        lines = [option_refusal(self.edition, option, seen)]
        lines += [f"- {line}" for line in why_not(self.edition, option, seen)]
        self.talk.say(lines)

    def say_why(self, named: str) -> None:
        """How something came to stand as it does."""
        seen = self.seat.view()
        known = _things(seen)
        if not named:
            self.talk.say("Why what? Type why and a name: " + ", ".join(t for _, t, _ in known))
            return
        found = _thing(known, named)
        if found is None:
            self.talk.say(f"Nothing that you may know is called “{named}”.")
            return
        id, title, now = found
        lines = why(self.edition, self.seat.facts(), id, self.chair)
        self.talk.say([f"{title}: {now}.", *(f"- {line}" for line in lines)])
        if not lines:
            self.talk.say("It has not changed since the chapter opened, as far as you know.")

    def say_record(self, _: str) -> None:
        """The record, as far as it may be told now."""
        facts: tuple[Fact, ...] = self.seat.facts()
        entries = open_record(self.edition, self.seat.view(), facts, study=self.study)
        lines = [line for entry in entries for line in ("", *record_lines(entry))]
        self.talk.say(lines or "Nothing of the record may be told yet.")
        if not self.study:
            self.talk.say("What lies ahead, and what history chose, is told at the chapter's end.")

    def say_codex(self, word: str) -> None:
        """An entry of the codex."""
        titles = {fold(entry.title): entry for entry in self.edition.codex}
        titles |= {fold(entry.id): entry for entry in self.edition.codex}
        if not word:
            names = sorted(entry.title for entry in self.edition.codex)
            self.talk.say("Codex: " + ", ".join(names) if names else "The codex is empty.")
            return
        entry = titles.get(fold(word))
        if entry is None:
            close = nearest(word, [entry.title for entry in self.edition.codex])
            hint = f" Did you mean “{close}”?" if close else ""
            self.talk.say(f"The codex has nothing on “{word}”.{hint}")
            return
        lines = [f"{entry.title} ({entry.kind})", entry.text]
        lines += [f"- See: {', '.join(entry.see)}"] if entry.see else []
        lines += [f"- Source: {source.title} {source.url}".rstrip() for source in entry.sources]
        self.talk.say(lines)

    def say_promises(self, _: str) -> None:
        """Who owes what to whom."""
        rows = promises(self.edition, self.seat.view())
        self.talk.say([f"- {promise_text(row)}" for row in rows] or "No promise that you know of.")

    def say_paper(self, _: str) -> None:
        """What the adviser wrote when last asked."""
        asked = self.seat.consulted()
        if not asked:
            self.talk.say("Your adviser has written nothing: it takes one of your acts to ask.")
            return
        try:
            written = paper(self.edition.game, asked[-1], self.chair)
        except ModuleNotFoundError as missing:
            if missing.name != "numpy":
                raise
            self.talk.say("Your adviser can write nothing here: it needs numpy, to be installed.")
            return
        self.talk.say(paper_lines(written))

    def say_text(self, _: str) -> None:
        """The negotiating text with its brackets."""
        if not self.edition.talks:
            self.talk.say("There is no text on a table here.")
        seen = self.seat.view()
        for talks in self.edition.talks:
            left = seen.reading(talks.sittings)
            sittings = f"; {left.title.lower()}: {number_text(left.level)}" if left else ""
            self.talk.say(f"{talks.title}{sittings}")
            for clause in table_text(self.edition, seen, talks):
                line = clause_line(self.edition, talks, clause)
                self.talk.say(f"- {clause.title} ({clause.status_title}): {line}")
                for party, because in clause.reasons:
                    who = begun(party_title(self.edition, talks, party))
                    self.talk.say(f"  {who}: “{closed(because)}”")

    def say_numbers(self, _: str) -> None:
        """Every figure, track and countdown that this chair may know."""
        self.talk.say([f"- {title}: {now}" for _, title, now in _things(self.seat.view())])

    def say_map(self, _: str) -> None:
        """The places as a table."""
        chart = self.edition.map
        if chart is None or not chart.places:
            self.talk.say("There is no map here.")
            return
        teams = {
            site.id: site.teams for board in self.edition.mandates for site in board.sites
        }
        seen = self.seat.view()
        lines = ["Place; kind; north; east; note"]
        for place in sorted(chart.places, key=lambda p: p.title):
            reading = seen.reading(teams.get(place.id, ""))
            team = "a team is here" if reading is not None and reading.level else ""
            note = "; ".join(text for text in (place.note, team) if text)
            where = f"{place.lat:.1f}; {place.lon:.1f}"
            lines.append(f"{place.title}; {place.kind}; {where}; {note}".rstrip("; "))
        self.talk.say([*lines, chart.attribution])

    def say_incidents(self, _: str) -> None:
        """What has been reported, and how far each has come."""
        lines = []
        for cases in self.seat.view().caselists:
            lines.append(f"{cases.title}: {len(cases.cases) or 'none'} on the list.")
            for case in cases.cases:
                kind = f"{case.kind_title}, " if case.kind_title else ""
                since = day_text(case.since)
                lines.append(f"- no. {case.slot + 1}: {kind}{case.status_title} since {since}")
            if cases.overflow:
                lines.append(f"- {cases.overflow} more that nobody could follow")
        self.talk.say(lines or "Nobody keeps a list of incidents here.")

    def say_saved(self, _: str) -> None:
        """Where the game is kept."""
        session = self.seat.session
        if session.store is None:
            self.talk.say("This game is not kept: there is no place for it.")
        else:
            self.talk.say(f"Everything is kept as it happens, as {session.id}. {self.resume}")

    @property
    def resume(self) -> str:
        """How to go on another time."""
        return f"To go on: peace-sim play --plain --resume {self.seat.session.id}"

    def undo(self, _: str) -> None:
        """Take back the last answer; after the window has closed, in a branch."""
        before = self.seat.session
        try:
            self.seat.undo()
        except NothingToUndo:
            self.talk.say("There is nothing to take back yet.")
            return
        if self.seat.session is before:
            self.talk.say("Your last answer is taken back.")
        else:
            self.talk.say("You are back at your last window, in a branch; what was, is kept.")
        raise _Undone

    def leave(self, _: str) -> None:
        """Leave the game."""
        raise Left


def _named(field: FieldSeen, word: str) -> OptionSeen | None:
    if word.isascii() and word.isdigit():
        number = int(word[:6])
        return field.options[number - 1] if 1 <= number <= len(field.options) else None
    return next((option for option in field.options if option.id == word), None)


def _things(seen: View) -> list[tuple[str, str, str]]:
    """Everything that stands somewhere: id, title, and where."""
    things = [(r.id, r.title, _standing(r.word, reading_text(r))) for r in seen.readings]
    things += [
        (t.id, t.title, f"{t.phase_title}{f' since {day_text(t.since)}' if t.since else ''}")
        for t in seen.tracks
    ]
    things += [(c.id, c.title, day_text(c.due)) for c in seen.countdowns]
    return things + [(c.id, c.title, f"{len(c.cases)} on the list") for c in seen.caselists]


def _standing(word: str, number: str) -> str:
    return number if not word or word == number else f"{word}, {number}"


def _thing(known: list[tuple[str, str, str]], named: str) -> tuple[str, str, str] | None:
    """The thing of this name: its id, its title, a part of its title, or the nearest."""
    wanted = fold(named)
    exact = [thing for thing in known if wanted in (thing[0], fold(thing[1]))]
    within = [thing for thing in known if wanted in fold(thing[1]) or wanted in thing[0]]
    if exact or within:
        return (exact or within)[0]
    close = nearest(named, [title for _, title, _ in known] + [id for id, _, _ in known])
    return next((thing for thing in known if close in thing[:2]), None)

