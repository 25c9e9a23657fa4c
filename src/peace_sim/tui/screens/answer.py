"""A question by itself: what is asked, what can be answered, and the seal."""

from __future__ import annotations

from textual.app import ComposeResult

from peace_sim.tui.place import Place
from peace_sim.tui.screens.game import GameScreen, window_title
from peace_sim.tui.widgets.question import QuestionPane


class AnswerScreen(GameScreen):
    """One question of the desk, taken up."""

    ABOUT = (
        "Choose with the arrow keys and Enter, or by number. A plan takes several, within what you "
        "have to spend. What is shut says who refuses; w says what it waits for. Left and right go "
        "between the parts of a question. Seal with s; a sealed answer can be taken back (u) until "
        "the seals are opened (o)."
    )

    def __init__(self, place: Place, decision: str) -> None:
        super().__init__(place)
        self.decision = decision

    def body(self) -> ComposeResult:
        """The question."""
        yield QuestionPane(self.place, id="question")

    def on_mount(self) -> None:
        """Ask."""
        self.tell()

    def tell(self) -> None:
        """Show the question as it stands now."""
        self.head(window_title(self.place.view()) or "A question")
        asked = next((one for one in self.place.asked() if one.id == self.decision), None)
        pane = self.query_one(QuestionPane)
        pane.ask(asked)
        pane.take_focus()
