"""``play``: the screen where there is one, else plain lines."""

from __future__ import annotations

from dataclasses import dataclass, replace

import click

from peace_sim.cli.journals import edition_for, known
from peace_sim.cli.lookup import (
    Refused,
    chapter_of,
    edition_of,
    policy_named,
    role_of,
    seed_given,
    settings_of,
)
from peace_sim.cli.out import say, tell
from peace_sim.cli.plain import Left, PlainGame, Talk
from peace_sim.cli.screen import has_screen
from peace_sim.engine.state import Nature
from peace_sim.play import Session, Store
from peace_sim.play.begin import Wanted, begin, chairs
from peace_sim.play.store import StoreTrouble
from peace_sim.scenario import library
from peace_sim.scenario.edition import Edition


@click.command("play")
@click.argument("scenario", required=False)
@click.option("--plain", is_flag=True, help="Plain lines instead of the screen.")
@click.option("--chapter", help="The chapter.")
@click.option("--chair", help="The role that you take.")
@click.option("--others", metavar="NAME", help="Who plays the other chairs. Default: character.")
@click.option("--world", type=click.Choice(["drawn", "recorded"]), help="Default: drawn.")
@click.option("--seed", callback=seed_given, metavar="N", help="The world's seed; else a new one.")
@click.option("--setting", multiple=True, metavar="K=V", help="A setting's level.")
@click.option("--resume", metavar="ID", help="Go on with a game that is kept.")
@click.option("--study", is_flag=True, help="Let what history chose be opened once it is past.")
def play_command(
    scenario: str | None,
    plain: bool,
    chapter: str | None,
    chair: str | None,
    others: str | None,
    world: str | None,
    seed: str | None,
    setting: tuple[str, ...],
    resume: str | None,
    study: bool,
) -> int:
    """Play a scenario, on the screen or as plain lines."""
    given = {"chapter": chapter, "chair": chair, "others": others, "world": world, "seed": seed,
             "setting": setting or None}  # fmt: skip
    if resume is not None:
        more = [name for name, value in given.items() if value is not None]
        if more:
            raise click.UsageError(f"A kept game has its {more[0]} already; --resume stands alone.")
    edition = _checked(scenario, chapter, chair, others, setting) if scenario else None
    if not plain and has_screen():
        from peace_sim.tui import run

        run(
            scenario=scenario, chapter=chapter, chair=chair, others=others, world=world,
            seed=seed, settings=dict(text.split("=", 1) for text in setting), resume=resume,
            study=study,
        )  # fmt: skip
        return 0
    return _plain(edition, Wish(chapter, chair, others, world, seed, setting), resume, study)


def without_a_command() -> int:
    """The game without a command, as plain lines."""
    return _plain(None, Wish(), None, False)


def _checked(
    scenario: str,
    chapter: str | None,
    chair: str | None,
    others: str | None,
    setting: tuple[str, ...],
) -> Edition:
    """The scenario, when everything that was named exists."""
    edition = edition_of(scenario)
    game = edition.game
    opens = chapter_of(game, chapter)
    if chair is not None:
        role_of(game, chair)
        held = [role.id for role in chairs(game, opens)]
        if chair not in held:
            title = game.role(chair).title
            raise click.UsageError(
                f"“{title}” is no chair for a person here. Chairs: {', '.join(held)}."
            )
    if others is not None:
        policy_named(others)
    settings_of(game, setting)
    return edition


# ── plain lines ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Wish:
    """How a new game is wanted; None where the person is asked, or the ordinary is meant."""

    chapter: str | None = None
    chair: str | None = None
    others: str | None = None
    world: str | None = None
    seed: str | None = None
    setting: tuple[str, ...] = ()


def _plain(edition: Edition | None, wish: Wish, resume: str | None, study: bool) -> int:
    talk = Talk()
    if resume is None:
        try:
            edition, wish = _asked(talk, edition, wish)
        except Left as left:
            if left.ran_out:
                name = "peace-sim play SCENARIO --plain --chapter C --chair R"
                raise click.UsageError(f"There is nobody to ask. Name it: {name}") from None
            return 0
    store = Store()
    try:
        if resume is not None:
            edition, session = _resumed(store, resume, edition)
            people = [role for role, policy in session.seats.items() if policy is None]
            chair = people[0] if people else edition.game.roles[0].id
        else:
            assert edition is not None and wish.chair is not None
            session, chair = _new(store, edition, wish), wish.chair
        return _play(PlainGame(edition, session, chair, talk, study=study))
    finally:
        store.close()


def _play(game: PlainGame) -> int:
    try:
        game.play()
    except Left as left:
        why = "There are no more lines; you have left." if left.ran_out else "You have left."
        say(f"{why} The game is kept. {game.resume}")
    except StoreTrouble as trouble:
        tell(f"peace-sim: {trouble.message} {trouble.what_to_do}")
        tell("What was acknowledged before is kept.")
        return 3
    except KeyboardInterrupt:
        tell(f"\nInterrupted. The game is kept. {game.resume}")
        raise
    return 0


def _asked(talk: Talk, edition: Edition | None, wish: Wish) -> tuple[Edition, Wish]:
    """The scenario, chapter and chair, asked one by one where they were not named."""
    if edition is None:
        ids = library.shipped()
        if not ids:
            raise Refused("No scenario is installed. Name a file: peace-sim play PATH")
        editions = [edition_of(id) for id in ids]
        titles = [f"{one.title}. {one.summary}" for one in editions]
        edition = editions[talk.pick("Which process?", titles)]
    game = edition.game
    if wish.chapter is None:
        titles = [f"{c.title} (about {c.minutes} minutes)" for c in game.chapters]
        at = talk.pick("Which chapter?", titles) if len(titles) > 1 else 0
        wish = replace(wish, chapter=game.chapters[at].id)
    if wish.chair is None:
        held = chairs(game, game.chapter(wish.chapter))
        if not held:
            raise Refused("Nobody is asked anything in this chapter.")
        at = talk.pick("Whose chair?", [role.title for role in held]) if len(held) > 1 else 0
        wish = replace(wish, chair=held[at].id)
    return edition, wish


def _new(store: Store, edition: Edition, wish: Wish) -> Session:
    assert wish.chair is not None
    nature: Nature = "recorded" if wish.world == "recorded" else "drawn"
    settings = settings_of(edition.game, wish.setting)
    wanted = Wanted(
        edition.game.chapter(wish.chapter).id, wish.chair, wish.others or "character", nature,
        wish.seed or "", settings,
    )  # fmt: skip
    return begin(store, edition, wanted)


def _resumed(store: Store, id: str, edition: Edition | None) -> tuple[Edition, Session]:
    known(store, id)
    found = store.load(id)
    if found.journal is None:
        raise Refused(f"The game cannot be read: {found.trouble}")
    if edition is None:
        edition = edition_for(found.journal, dict(found.texts))
    return edition, Session.resume(edition.game, store, id)
