"""The Council's chamber: its members in a horseshoe, each with a mark for the vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.widgets import Static

from peace_sim.tui.text import cell, quiet, said

MARKS = {"yes": "+", "no": "−", "abstain": "o"}
STYLES = {"yes": "bold $success", "no": "bold $error", "abstain": "$warning"}
LEGEND = "+ in favour   − against   o abstaining   ◆ permanent member"
ARM = 5
"""Members on each arm of the horseshoe, and at its bend, where there are fifteen."""


@dataclass(frozen=True, slots=True)
class Member:
    """A seat in the chamber."""

    role: str
    title: str
    permanent: bool


class Chamber(Static):
    """Told who sits there, how they voted, and what lies in the middle; shows it at any width."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.members: tuple[Member, ...] = ()
        self.votes: Mapping[str, str] = {}
        self.middle: tuple[Content, ...] = ()

    def show(
        self,
        members: Sequence[Member],
        votes: Mapping[str, str],
        middle: Sequence[Content] = (),
    ) -> None:
        """Show the members, with their votes as far as they are known."""
        self.members, self.votes, self.middle = tuple(members), dict(votes), tuple(middle)
        self._draw()

    def on_resize(self) -> None:
        """Another width, another arrangement."""
        self._draw()

    def _draw(self) -> None:
        width = self.content_size.width or 76
        lines = self._horseshoe(width) if len(self.members) == 3 * ARM and width >= 68 else None
        self.update(Content("\n").join(lines or self._columns(width)))

    def _horseshoe(self, width: int) -> list[Content]:
        """Down the left arm, along the bend, and up the right arm, as the table is sat at."""
        left, bend, right = (self.members[at : at + ARM] for at in (0, ARM, 2 * ARM))
        arm = min(24, width // 4 + 4)
        room = width - 2 * arm - 4
        middle = [*self.middle, *([Content("")] * ARM)][:ARM]
        lines = []
        for at in range(ARM):
            inner = middle[at]
            if inner.cell_length > room:
                inner = inner.truncate(room, ellipsis=True)
            gap = room - inner.cell_length
            inside = Content.assemble(" " * (gap // 2), inner, " " * (gap - gap // 2))
            lines.append(
                Content.assemble(self._member(left[at], arm), quiet("│ "), inside,
                                 quiet(" │"), self._member(right[ARM - 1 - at], arm))
            )  # fmt: skip
        edge = " " * arm
        lines.append(quiet(f"{edge}╰{'─' * (room + 2)}╯"))
        each = width // ARM
        lines.append(Content("").join([self._member(member, each) for member in bend]))
        return lines

    def _columns(self, width: int) -> list[Content]:
        """Three members to a line, or as many as there is room for."""
        across = max(1, min(3, width // 20))
        each = width // across
        lines = [
            Content("").join([self._member(m, each) for m in self.members[at : at + across]])
            for at in range(0, len(self.members), across)
        ]
        return [*lines, *(line for line in self.middle if line.plain)]

    def _member(self, member: Member, width: int) -> Content:
        vote = self.votes.get(member.role, "")
        mark, style = MARKS.get(vote, "·"), STYLES.get(vote, "$foreground-muted")
        diamond = "◆" if member.permanent else " "
        name = cell(member.title, max(4, width - 4))
        head = said(f"{mark} ", style) + said(diamond, "$primary")
        return head + said(f"{name} ")
