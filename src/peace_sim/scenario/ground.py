"""What every part of a compilation stands on: names, places, and what is asked all the time."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from peace_sim.diagnostics import nearest
from peace_sim.engine.game import PUBLIC, Knowers, Stage
from peace_sim.scenario.calendar import day_of
from peace_sim.scenario.document import MapNode
from peace_sim.scenario.expand import Expanded
from peace_sim.scenario.expressing import Expressing, Path
from peace_sim.scenario.names import Names
from peace_sim.scenario.whole import Scenario


class Ground:
    """A scenario being compiled: its parts, the names so far, and the findings."""

    def __init__(
        self,
        scenario: Scenario,
        root: MapNode,
        expanded: Expanded,
        stages: tuple[Stage, ...],
        record: Collection[str] | None,
    ) -> None:
        self.scenario = scenario
        self.expanded = expanded
        self.stages = stages
        self.record = record
        self.names = Names()
        self.write = Expressing(root, self.names, expanded.origin)
        self.say = self.write.say
        self.roles = _role_ids(scenario)
        self.stage_ids = [stage.id for stage in stages]
        self.start = self.day(("calendar", "start"), scenario.calendar.start)
        self.end = self.day(("calendar", "end"), scenario.calendar.end)
        if self.end < self.start:
            self.say("C406", "the calendar ends before it starts", ("calendar", "end"))
            self.end = self.start

    def section(self, name: str) -> Mapping[str, object]:
        """The author's parts of a section, and those that instruments made."""
        return self.expanded.sections[name]

    def day(self, path: Path, text: str | None) -> int:
        """The ordinal of a day as written; 0 for none, and for one that does not exist."""
        if text is None:
            return 0
        found = day_of(text)
        if found is None:
            self.say("C406", f"{text} is not a day between 1900 and 2100", path)
        return found or 0

    def inside(self, path: Path, text: str | None) -> int:
        """A day within the calendar; 0 for none."""
        found = self.day(path, text)
        if found and not self.start <= found <= self.end:
            self.say("C406", f"{text} lies outside the calendar", path)
        return found

    def knowers(self, path: Path, ids: Collection[str]) -> Knowers:
        """Who may know, by id; ``public`` for everybody."""
        for id in ids:
            if id != PUBLIC:
                self.role(path, id)
        return frozenset(ids)

    def role(self, path: Path, id: str) -> str:
        """A role's id, with a finding when there is no such role."""
        if id not in self.roles:
            close = nearest(id, self.roles)
            hint = f"did you mean “{close}”?" if close else f"roles are {', '.join(self.roles)}"
            self.say("C402", f"there is no role “{id}”", path, hint)
        return id

    def entry(self, path: Path, id: str) -> None:
        """A finding when a record entry that is named does not exist."""
        if id and self.record is not None and id not in self.record:
            close = nearest(id, self.record)
            hint = f"did you mean “{close}”?" if close else None
            self.say("C411", f"the record has no entry “{id}”", path, hint)

    def stage(self, path: Path, id: str | None) -> int:
        """The index of a stage; the first when none is named."""
        if id is None:
            return 0
        if id not in self.stage_ids:
            close = nearest(id, self.stage_ids)
            hint = (
                f"did you mean “{close}”?" if close else f"stages are {', '.join(self.stage_ids)}"
            )
            self.say("C402", f"there is no stage “{id}”", (*path, "stage"), hint)
            return 0
        return self.stage_ids.index(id)


def _role_ids(scenario: Scenario) -> list[str]:
    members = [m for body in scenario.bodies.values() for m in body.members]
    return list(dict.fromkeys([*scenario.roles, *members]))
