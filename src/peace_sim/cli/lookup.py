"""Finding what a person names; what does not exist is a usage error with the nearest name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from peace_sim.diagnostics import Findings, failed, nearest, render
from peace_sim.engine.game import Chapter, Game
from peace_sim.play.policies import POLICIES, Policy, Search
from peace_sim.scenario.edition import Edition


class Refused(click.ClickException):
    """What was asked for could not be done; words for stderr."""


def unknown(what: str, named: str, known: Iterable[str]) -> click.UsageError:
    """The error for a name that does not exist, with the nearest that does."""
    names = list(known)
    close = nearest(named, names)
    if close:
        hint = f" Did you mean “{close}”?"
    elif len(names) <= 12:
        hint = f" Known: {', '.join(names)}." if names else ""
    else:
        hint = ""
    return click.UsageError(_plain(f"There is no {what} “{named[:80]}”.{hint}"))


def _plain(text: str) -> str:
    from peace_sim.cli.out import in_ascii, shown, speaks_unicode

    return shown(text) if speaks_unicode() else in_ascii(shown(text))


def edition_of(named: str) -> Edition:
    """The scenario of this id or path. Exits 2 for no such thing, 1 with its findings."""
    from peace_sim.cli.out import tell
    from peace_sim.scenario import library

    known = library.shipped()
    if named not in known and not Path(named).exists():
        raise unknown("scenario", named, known)
    edition, findings = library.open_edition(named)
    if edition is None or failed(findings):
        tell(findings_text(findings).rstrip("\n"))
        raise click.exceptions.Exit(1)
    return edition


def findings_text(findings: Findings) -> str:
    """Findings with the lines they are about."""
    from peace_sim.scenario import library

    return render(findings, library.sources(findings))


def chapter_of(game: Game, named: str | None) -> Chapter:
    """The chapter of this id; the first when none is named."""
    if named is not None and named not in game.index["chapter"]:
        raise unknown("chapter", named, game.index["chapter"])
    return game.chapter(named)


def role_of(game: Game, named: str) -> str:
    """The role of this id."""
    if named not in game.index["role"]:
        raise unknown("role", named, game.index["role"])
    return named


def settings_of(game: Game, given: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Settings as ``k=v`` texts name them."""
    levels: Mapping[str, list[str]] = {
        setting.id: [level for level, _ in setting.levels] for setting in game.settings
    }
    chosen: dict[str, str] = {}
    for text in given:
        name, equals, level = text.partition("=")
        if not equals:
            raise click.UsageError(_plain(f"A setting is written name=level, not “{text[:80]}”."))
        if name not in levels:
            raise unknown("setting", name, levels)
        if level not in levels[name]:
            raise unknown(f"level of {name}", level, levels[name])
        chosen[name] = level
    return tuple(sorted(chosen.items()))


def seed_given(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A world's seed as text, if it is a whole number."""
    if value is None:
        return None
    text = value.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise click.BadParameter(
            _plain(f"“{text[:40]}” is no seed: a seed is a whole number, like 7."), ctx, param
        )
    return str(int(text))


def policy_named(name: str) -> Policy:
    """A policy by its name. Raises Refused where it needs what is not installed."""
    policy = POLICIES.get(name)
    if policy is None:
        raise unknown("policy", name, POLICIES)
    if isinstance(policy, Search) and not can_think():
        raise Refused(f"To think ahead, “{name}” needs numpy, which is not installed here.")
    return policy


def can_think() -> bool:
    """Whether there are arrays, which whoever thinks ahead needs."""
    try:
        from peace_sim.play import search  # noqa: F401
    except ModuleNotFoundError as missing:
        if missing.name != "numpy":
            raise
        return False
    return True
