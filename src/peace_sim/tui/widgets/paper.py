"""The adviser's paper on the desk: written beside the screen, laid down when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.widgets import Static

from peace_sim.engine.state import State
from peace_sim.report.forecast import Paper, paper
from peace_sim.report.words import day_text
from peace_sim.tui.place import Place
from peace_sim.tui.text import quiet, said

if TYPE_CHECKING:
    from textual.worker import Worker

    from peace_sim.tui.app import PeaceApp

WRITING = "Your adviser is writing…"
NO_NUMBERS = "Your adviser can write nothing here: it needs numpy, to be installed."


class AdviserPaper(Static):
    """A paper for a window in which its role asked; ``known`` is masked for it."""

    app: PeaceApp

    def __init__(self, place: Place, known: State) -> None:
        super().__init__(quiet(WRITING), markup=False, classes="paragraph")
        self.place = place
        self.known = known

    def on_mount(self) -> None:
        """Have it written."""
        game, role = self.place.game, self.place.role
        self.app.listen(lambda: paper(game, self.known, role), self._written)

    def _written(self, worker: Worker[Paper]) -> None:
        if lacks_numbers(worker.error):
            told = quiet(NO_NUMBERS)
        elif worker.error is not None:
            self.app.fail(worker.error)
            return
        else:
            assert worker.result is not None
            told = paper_text(worker.result)
        if self.is_attached:
            self.update(told)


def lacks_numbers(error: Any) -> bool:
    """Whether work failed for want of the library that counts."""
    return isinstance(error, ModuleNotFoundError) and error.name == "numpy"


def paper_text(written: Paper) -> Content:
    """A paper as text: the range, the fear, what it rests on."""
    return Content("\n").join(
        [
            said(f"Your adviser's paper, of {day_text(written.day)}", "bold"),
            Content.assemble(said("The range. ", "bold"), said(" ".join(written.range))),
            Content.assemble(said("The fear. ", "bold"), said(" ".join(written.fear))),
            quiet(written.basis),
        ]
    )
