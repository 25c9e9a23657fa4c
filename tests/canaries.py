"""A word of its own in every text of a game, with who may read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from peace_sim.engine.game import FACILITATOR, PUBLIC, Knowers
from peace_sim.scenario.edition import Edition

SEED = "zqseedqz"
"""Nobody reads the seed while a game is on: with it one could work out what is hidden."""


@dataclass
class Canaries:
    """Words made so far, each with who may read it."""

    readers: dict[str, Knowers] = field(default_factory=dict)

    def word(self, *readers: Iterable[str]) -> str:
        word = f"zq{len(self.readers)}qz"
        self.readers[word] = frozenset().union(*readers)
        return word

    def astray(self, text: str, audience: str) -> set[str]:
        """The words in a text that its audience may not read."""
        if audience == FACILITATOR:
            return set()
        found = {SEED} if SEED in text else set()
        for start in range(text.find("zq"), len(text)):
            if not text.startswith("zq", start):
                continue
            word = text[start : text.find("qz", start) + 2]
            readers = self.readers.get(word)
            if readers is not None and PUBLIC not in readers and audience not in readers:
                found.add(word)
        return found


def marked(edition: Edition) -> tuple[Edition, Canaries]:
    """The edition with a word in every text, for whoever may read it."""
    c, game = Canaries(), edition.game

    def titled(part: Any, *readers: Iterable[str], also: tuple[str, ...] = ()) -> Any:
        changes = {name: f"{getattr(part, name)} {c.word(*readers)}" for name in ("title", *also)}
        return replace(part, **changes)

    guess: dict[int, set[str]] = {}
    for estimate in game.estimates:
        guess.setdefault(estimate.variable, set()).add(estimate.role)
    variables = []
    for number, variable in enumerate(game.variables):
        readers = variable.known_to | guess.get(number, set())
        made = titled(variable, readers, also=("unit",))
        titles = tuple(f"{t} {c.word(readers)}" for t in variable.titles)
        gauge = tuple((level, f"{said} {c.word(readers)}") for level, said in variable.gauge)
        variables.append(replace(made, titles=titles, gauge=gauge))
    tracks = [
        replace(
            titled(track, track.known_to),
            titles=tuple(f"{t} {c.word(track.known_to)}" for t in track.titles),
            transitions=tuple(
                replace(way, text=f"{way.text} {c.word(track.known_to)}")
                for way in track.transitions
            ),
        )
        for track in game.tracks
    ]
    caselists = [
        replace(
            titled(cases, cases.known_to),
            kind_titles=tuple(
                f"{t} {c.word(both(cases.known_to, cases.kinds_known_to))}"
                for t in cases.kind_titles
            ),
        )
        for cases in game.caselists
    ]
    decisions = []
    for decision in game.decisions:
        own = frozenset({decision.role})
        heard_of = own.union(*(o.known_to or () for f in decision.fields for o in f.options))
        fields = []
        for one in decision.fields:
            options = []
            for option in one.options:
                known = option.known_to if option.known_to is not None else decision.known_to
                # the reason is said aloud with the act, to all who hear of it
                made = titled(option, own | known, also=("said", "because"))
                own_words = {
                    name: f"{getattr(option, name)} {c.word(own)}" for name in ("text", "refusal")
                }
                options.append(replace(made, **own_words))
            fields.append(replace(titled(one, own), options=tuple(options)))
        made = titled(decision, own | decision.known_to | heard_of)
        text = f"{decision.text} {c.word(own)}"
        decisions.append(replace(made, fields=tuple(fields), text=text))
    changes: dict[str, Any] = {
        "variables": tuple(variables),
        "tracks": tuple(tracks),
        "caselists": tuple(caselists),
        "decisions": tuple(decisions),
        "timers": tuple(titled(t, t.known_to, also=("text",)) for t in game.timers),
        "events": tuple(titled(e, e.known_to, also=("text",)) for e in game.events),
        "cables": tuple(titled(w, w.known_to, also=("text", "sender")) for w in game.cables),
        "ballots": tuple(
            titled(b, b.known_to | {role for role, _ in b.members}) for b in game.ballots
        ),
        "goals": tuple(titled(g, {g.role}) for g in game.goals),
        # what only comes at the end, and what is sealed until then, is for nobody while it is on
        "endings": tuple(titled(e, (), also=("text",)) for e in game.endings),
        "milestones": tuple(titled(m, ()) for m in game.milestones),
        "ledgers": tuple(titled(led, ()) for led in game.ledgers),
        "chapters": tuple(
            replace(ch, briefs={r.id: c.word({r.id}) for r in game.roles}) for ch in game.chapters
        ),
    }
    promised = tuple(
        titled(board, game.track(board.track).known_to, also=("text",))
        for board in edition.commitments
    )
    return replace(edition, game=replace(game, **changes), commitments=promised), c


def both(one: Knowers, other: Knowers) -> Knowers:
    if PUBLIC in one:
        return other
    return one if PUBLIC in other else one & other
