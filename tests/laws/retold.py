"""Everything that people read of some plays, as text: for comparing processes and rules.

Run as a program it prints a digest for each scenario. Nothing here sorts: if an order rests on a
set or a hash, the digests of two processes differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from peace_sim.engine import World, initial, view
from peace_sim.engine.facts import seen_by
from peace_sim.play import POLICIES, playout
from peace_sim.play.journal import state_hash, to_lines
from peace_sim.report.debrief import debrief, debrief_lines
from peace_sim.report.prose import news
from peace_sim.scenario import library
from peace_sim.scenario.edition import Edition

PLAYS = (("historical", "recorded"), ("character", "drawn"), ("random", "drawn"))


def digest(lines: Iterator[str]) -> str:
    made = blake2b(digest_size=16)
    for line in lines:
        made.update(f"{line}\n".encode())
    return made.hexdigest()


def played_lines(edition: Edition) -> Iterator[str]:
    """What the rules alone decide: entries, states and figures of seeded plays, and no prose."""
    game = edition.game
    for chapter in game.chapters:
        for policy, nature in PLAYS:
            for seed in ("1", "2"):
                world = World(seed, nature)  # type: ignore[arg-type]
                played = playout(game, world, chapter.id, POLICIES[policy])
                yield f"{chapter.id} {policy} {seed} {state_hash(played.state)}"
                for entry in played.journal.entries:
                    yield repr((type(entry).__name__, getattr(entry, "answer", "")))


def told_lines(edition: Edition) -> Iterator[str]:
    """What people read: journals, news from every chair, views, the debrief."""
    game = edition.game
    for chapter in game.chapters:
        played = playout(game, World("3"), chapter.id)
        yield to_lines(played.journal)
        for role in game.roles:
            facts = (seen_by(game, fact, role.id) for _, fact in played.facts)
            yield from news(edition, [fact for fact in facts if fact is not None], role.id)
            seen = view(game, initial(game, World("3"), chapter.id), role.id)
            yield repr([(r.id, r.level, r.word) for r in seen.readings])
            yield repr([(t.id, t.phase) for t in seen.tracks])
        chair = next((role.id for role in game.roles if role.chair), None)
        yield from debrief_lines(debrief(edition, played.journal, chair))


def finding_lines() -> Iterator[str]:
    """What check says of a scenario with mistakes in every corner."""
    for text in ("scenario: x", BROKEN):
        for finding in library.edition_of_texts({"scenario.yaml": text})[1]:
            yield str(finding)


BROKEN = """
scenario: broken
title: Broken
version: "1"
calendar: {start: 1994-01-01, end: 1994-03-01, tick: month}
chapters: {one: {title: One, from: 1994-01-01, to: 1994-03-01, minutes: 5, text: One.}}
roles: {envoy: {title: Envoy}, other: {title: Other}}
variables:
  trust: {title: Trust, start: 200, range: [0, 100]}
  secret: {title: Secret, start: 20, range: [0, 100], known_to: other}
decisions:
  act:
    role: envoi
    title: Act
    options: {go: {title: Go, when: secrett >= 5, effects: [ad 5 to trust, add 5 to trusst]}}
  look: {role: envoy, title: Look, options: {go: {title: Go, when: secret >= 5}}}
endings: {close: {title: Close, text: Over., when: trust > 4}}
"""


def main() -> None:
    for scenario in library.shipped():
        edition, _ = library.open_edition(scenario)
        assert edition is not None
        print(scenario, digest(played_lines(edition)), digest(told_lines(edition)))
    print("findings", digest(finding_lines()))


if __name__ == "__main__":
    main()
