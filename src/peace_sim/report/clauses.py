"""The single negotiating text in prose, each side's words in [square brackets] until agreed."""

from __future__ import annotations

from dataclasses import dataclass

from peace_sim.engine.game import Game
from peace_sim.engine.view import View
from peace_sim.report.words import listed, role_title
from peace_sim.scenario.boards import IssueBoard, TalksBoard, WordingBoard
from peace_sim.scenario.edition import Edition

AGREED, AMBIGUOUS, BRACKETED, UNOPENED = "agreed", "ambiguous", "bracketed", "unopened"
TOGETHER = "+"
"""Joins the ids of parties who bracket the same words."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause as it stands: its prose in pieces, each with whose bracket it is (None: plain).

    A bracket's piece carries its own square brackets; its label is a party's role id, or several
    joined by ``+``.
    """

    title: str
    status: str
    """The phase: unopened, bracketed, agreed, ambiguous or parked."""
    segments: tuple[tuple[str, str | None], ...]
    id: str = ""
    status_title: str = ""
    reasons: tuple[tuple[str, str], ...] = ()
    """Party and why it holds to its words, while they are in brackets."""

    @property
    def text(self) -> str:
        """The prose with its brackets, unlabelled."""
        return "".join(words for words, _ in self.segments)


def clause_text(edition: Edition, view: View, talks: TalksBoard, issue: IssueBoard) -> Clause:
    """A clause as this audience may read it now."""
    track = view.track(issue.track)
    phase = track.phase if track else BRACKETED
    before, bracket, after = issue.text.partition("{words}")
    if not bracket:
        before, after = before.rstrip() + " ", ""
    reasons: tuple[tuple[str, str], ...] = ()
    middle: list[tuple[str, str | None]]
    if phase == AGREED:
        agreed = _wording(edition.game, view, issue, issue.words)
        middle = [(agreed.words if agreed else "as agreed", None)]
    elif phase == AMBIGUOUS:
        either = dict.fromkeys(w.words for _, w in _stances(edition.game, view, issue) if w)
        middle = [(listed([f"“{words}”" for words in either], "or"), None)]
    else:
        middle = _brackets(edition.game, view, issue)
        reasons = _reasons(edition.game, view, issue)
    segments = ((before, None), *middle, (after, None))
    return Clause(
        issue.title, phase, tuple(piece for piece in segments if piece[0]), issue.id,
        track.phase_title if track else "in brackets", reasons,
    )  # fmt: skip


def table_text(edition: Edition, view: View, talks: TalksBoard) -> list[Clause]:
    """The text on the table, clause by clause, without what is not on the agenda yet."""
    clauses = (clause_text(edition, view, talks, issue) for issue in talks.issues)
    return [clause for clause in clauses if clause.status != UNOPENED]


def party_title(edition: Edition, talks: TalksBoard, label: str) -> str:
    """Whose bracket it is, in words, for a clause's label."""
    named = dict(talks.parties)
    titles = []
    for party in label.split(TOGETHER):
        title = named.get(party, party)
        titles.append(role_title(edition.game, party) if title == party else title)
    return listed(titles)


def clause_line(edition: Edition, talks: TalksBoard, clause: Clause) -> str:
    """A clause as one line for those who cannot see colours: [The Government: three months]."""
    pieces = []
    for words, label in clause.segments:
        if label is None:
            pieces.append(words)
        else:
            pieces.append(f"[{party_title(edition, talks, label)}: {words.strip()[1:-1]}]")
            pieces.append(" " if words.endswith(" ") else "")
    return "".join(pieces)


def _wording(game: Game, view: View, issue: IssueBoard, variable: str) -> WordingBoard | None:
    reading = view.reading(variable)
    if reading is None:
        return None
    words = game.variable(variable).words
    at = int(reading.level)
    return issue.wording(words[at]) if 0 <= at < len(words) else None


def _stances(
    game: Game, view: View, issue: IssueBoard
) -> list[tuple[str, WordingBoard | None]]:
    return [(party, _wording(game, view, issue, variable)) for party, variable in issue.stances]


def _brackets(game: Game, view: View, issue: IssueBoard) -> list[tuple[str, str | None]]:
    said: dict[str, list[str]] = {}
    for party, wording in _stances(game, view, issue):
        said.setdefault(wording.words if wording else "…", []).append(party)
    pieces: list[tuple[str, str | None]] = []
    for number, (words, parties) in enumerate(said.items(), start=1):
        space = " " if number < len(said) else ""
        pieces.append((f"[{words}]{space}", TOGETHER.join(parties)))
    return pieces


def _reasons(game: Game, view: View, issue: IssueBoard) -> tuple[tuple[str, str], ...]:
    """What each party gives for its words; for words that it accepts “if”, what it wants."""
    found = []
    for party, variable, title, words in issue.trades:
        reading = view.reading(variable)
        if reading is not None and reading.level:
            found.append((party, f"Yes, in exchange: {title}, {words}."))
    for party, wording in _stances(game, view, issue):
        for who, says, because in issue.reasons:
            if wording and (who, says) == (party, wording.id):
                found.append((party, because))
                break
    return tuple(found)
