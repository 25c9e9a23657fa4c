"""All that the chair has heard so far, day by day, the last on top."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content

from peace_sim.report.forecast import Paper, paper
from peace_sim.report.prose import cable, news
from peace_sim.report.words import closed, day_text
from peace_sim.tui.place import Place
from peace_sim.tui.reader import Reader
from peace_sim.tui.screens.game import GameScreen
from peace_sim.tui.text import said
from peace_sim.tui.widgets.paper import lacks_numbers, paper_text

if TYPE_CHECKING:
    from textual.worker import Worker

    from peace_sim.tui.app import PeaceApp


class HeardScreen(GameScreen):
    """Cables and news of every day since the chapter opened."""

    ABOUT = """\
Everything that reached you since the chapter opened: cables, what happened, what the others did.
The last day stands on top, and with it what your adviser wrote for you.
"""

    app: PeaceApp

    def body(self) -> ComposeResult:
        """One long text."""
        yield Reader(id="heard")

    def on_mount(self) -> None:
        """Show it."""
        self.tell()

    def tell(self) -> None:
        """Show it anew; the adviser's papers as soon as they are at hand."""
        self.head("All that you have heard")
        reader = self.query_one(Reader)
        reader.show(heard_text(self.place))
        reader.focus()
        game, role, consulted = self.place.game, self.place.role, self.place.consulted()
        if consulted:
            self.app.listen(lambda: [paper(game, known, role) for known in consulted], self._papers)

    def _papers(self, worker: Worker[list[Paper]]) -> None:
        if worker.error is not None and not lacks_numbers(worker.error):
            self.app.fail(worker.error)
        elif worker.result is not None and self.is_mounted:
            self.query_one(Reader).show(heard_text(self.place, worker.result), keep=True)


def heard_text(place: Place, papers: Iterable[Paper] = ()) -> Content:
    """What was heard, the last day on top, each paper under the day on which it was written."""
    written: dict[int, list[Content]] = {}
    for one in papers:
        written.setdefault(one.day, []).append(paper_text(one))
    days: list[Content] = []
    for day, facts in groupby(place.facts(), key=lambda fact: fact.day):
        on_day = list(facts)
        lines = [said(day_text(day), "bold $primary")]
        for fact in on_day:
            sent = cable(place.edition, fact)
            if sent is not None:
                doubt = " (doubtful)" if sent.doubtful else ""
                lines.append(said(f"Cable{doubt} from {sent.sender}: {closed(sent.title)}", "bold"))
                lines.append(said(sent.text))
        lines += [said(f"· {line}") for line in news(place.edition, on_day, place.role)]
        lines += written.get(day, [])
        if len(lines) > 1:
            days.append(Content("\n").join(lines))
    return Content("\n\n").join(reversed(days)) if days else said("Nothing yet.")
