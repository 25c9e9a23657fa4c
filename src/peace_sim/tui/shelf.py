"""The scenarios that can be played, each opened when it is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peace_sim.play.journal import Journal
    from peace_sim.scenario.edition import Edition


class Unreadable(Exception):
    """A scenario that cannot be opened; says why."""


class Shelf:
    """The shipped scenarios, and any other that a path or a journal names."""

    def __init__(self) -> None:
        self._open: dict[str, Edition] = {}

    def ids(self) -> tuple[str, ...]:
        """What is shipped, the newcomer's first."""
        from peace_sim.scenario import library

        return library.shipped()

    def is_first(self, id: str) -> bool:
        """Whether a newcomer plays this one first."""
        from peace_sim.scenario import library

        return id in library.FIRST

    def edition(self, named: str) -> Edition:
        """The scenario of this id or path. Raises Unreadable."""
        if named not in self._open:
            from peace_sim.diagnostics import failed
            from peace_sim.scenario import library

            edition, findings = library.open_edition(named)
            if edition is None or failed(findings):
                hint = f"see “peace-sim check {named}”"
                raise Unreadable(f"{named} cannot be played as it is; {hint}.")
            self._open[named] = edition
        return self._open[named]

    def of_journal(self, journal: Journal, texts: Mapping[str, str]) -> Edition:
        """The edition a game was played in: the shipped one, or the copy it carries."""
        from peace_sim.scenario import library

        header = journal.header
        edition, findings = library.edition_played(header.scenario, header.digest, texts)
        if edition is not None:
            return edition
        if texts:
            why = findings[0].message if findings else "nothing is in it"
            raise Unreadable(f"The copy of {header.scenario} in this game cannot be read: {why}.")
        raise Unreadable(f"The scenario {header.scenario} is not installed here.")
