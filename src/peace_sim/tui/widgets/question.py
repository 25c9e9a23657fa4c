"""One question: its text, its options with their costs and who refuses them, and the seal."""

from __future__ import annotations

from time import monotonic
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, OptionList, Static

from peace_sim.engine.state import Move
from peace_sim.engine.view import Asked, FieldSeen, OptionSeen
from peace_sim.report.refusals import option_refusal, why_not
from peace_sim.report.spending import amount_text, blocks
from peace_sim.report.words import answer_text, begun, closed, number_text
from peace_sim.tui.messages import Considered, OpenSeals, Seal, TakeBack
from peace_sim.tui.place import Place
from peace_sim.tui.text import quiet, said
from peace_sim.tui.widgets.rows import Hanging, Rows

FEW = 9
"""So many options are seen at a glance."""
BOUNCE = 0.35
"""Seconds after a question appears or is sealed in which a key is a bounce of the one before."""


class QuestionPane(Vertical):
    """A decision asked part by part. It posts Seal, TakeBack and OpenSeals, and changes nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "seal", "Seal", id="question.seal", tooltip="Seal your answer"),
        Binding("w", "why", "Why?", id="question.why", tooltip="What a shut option waits for"),
        Binding("right", "step(1)", "Next", show=False, tooltip="The next part of the question"),
        Binding("left", "step(-1)", "Back", show=False, tooltip="The part before"),
        *(
            Binding(str(n), f"number({n})", "Choose by number", show=False, group=None)
            for n in range(1, 10)
        ),
    ]

    def __init__(self, place: Place, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.place = place
        self.asked: Asked | None = None
        self.at = 0
        """Which part of the question is in hand."""
        self.chosen: dict[str, list[str]] = {}
        self._warned = False
        self._why = False
        self._asked_at = 0.0
        self._tight: tuple[object, bool] | None = None

    def compose(self) -> ComposeResult:
        """The question above, the options in the middle, the seal below."""
        with VerticalScroll(id="asking", can_focus=False):
            yield Static(id="ask-title", markup=False)
            yield Static(id="ask-text", markup=False)
        yield Static(id="ask-steps", markup=False)
        yield Rows(id="ask-options")
        yield Static(id="ask-word", markup=False)
        with Horizontal(id="ask-bar"):
            yield Static(id="ask-budget", markup=False)
            yield Button("Seal it (s)", id="seal", compact=True, variant="primary")
            yield Button("Open the seals (o)", id="open", compact=True, variant="primary")
            yield Button("Take it back (u)", id="back", compact=True)

    # ------------------------------------------------------------ what it is told

    def ask(self, asked: Asked | None) -> None:
        """Show a question; its answer, if it is sealed already; or that nothing is asked."""
        if asked is None or self.asked is None or asked.id != self.asked.id:
            self.at, self.chosen, self._warned = 0, {}, False
            self._asked_at = monotonic()
        self.asked = asked
        if asked is not None and asked.sealed is not None:
            self.chosen = _by_field(asked.sealed)
        self._show(top=True)

    def take_focus(self) -> None:
        """Let the keys go to the options; or, when it is sealed, to what comes next."""
        if self.asked is not None:
            self.query_one("#open" if self.is_sealed else "#ask-options").focus()

    @property
    def is_sealed(self) -> bool:
        """Whether the answer is sealed."""
        return self.asked is not None and self.asked.sealed is not None

    @property
    def field(self) -> FieldSeen | None:
        """The part of the question in hand."""
        if self.asked is None or not self.asked.fields:
            return None
        return self.asked.fields[min(self.at, len(self.asked.fields) - 1)]

    def _show(self, top: bool = False) -> None:
        asked, field = self.asked, self.field
        self.display = asked is not None
        if asked is None or field is None:
            return
        self.set_class(self.is_sealed, "-sealed")
        self.query_one("#ask-title", Static).update(said(asked.title, "bold $primary"))
        self.query_one("#ask-text", Static).update(said(asked.text))
        self.query_one("#ask-text").display = bool(asked.text)
        steps = self.query_one("#ask-steps", Static)
        several = len(asked.fields) > 1
        titled = field.title != asked.title
        steps.display = not self.is_sealed and (several or titled)
        steps.update(self._steps(asked) if several else said(field.title, "italic"))
        rows = self.query_one("#ask-options", Rows)
        rows.display = not self.is_sealed
        tight = self.is_tight  # asked once: it measures every option
        rows.show(
            [(o.id, self._row(field, n, o, tight)) for n, o in enumerate(_in_order(field), 1)],
            at=next((o.id for o in field.options if o.open), None) if top else None,
        )
        self._tell()
        self._bar(asked, field)

    def _steps(self, asked: Asked) -> Content:
        """The parts of the question, the one in hand marked; in one line where room is scarce."""
        if self.is_tight:
            field = asked.fields[self.at]
            before = [self._picked(f) for f in asked.fields[: self.at]]
            head = said(f"{self.at + 1} of {len(asked.fields)} · {field.title}", "bold")
            return Content.assemble(head, quiet(f"   {'; '.join(before)}"))
        parts: list[Content] = []
        for number, field in enumerate(asked.fields):
            here = number == self.at
            mark = "▸" if here else " "
            style = "bold" if here else "$foreground-muted"
            colon = "" if field.title.endswith(("?", "!")) else ":"
            told = f"{mark}{number + 1}. {field.title}{colon} {self._picked(field)}"
            parts.append(said(told, style))
        return Content("\n").join(parts)

    def _picked(self, field: FieldSeen) -> str:
        """What is chosen for a part, in words."""
        picked = self.chosen.get(field.id)
        if picked is None:
            return "…"
        return "; ".join(o.title for o in field.options if o.id in picked) or "none"

    @property
    def is_bouncing(self) -> bool:
        """Whether the question has only just appeared: a key was meant for what was before."""
        return monotonic() - self._asked_at < BOUNCE

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that answer work while there is something to answer."""
        if action in ("seal", "why", "step", "number"):
            return self.asked is not None and not self.is_sealed
        return True

    @property
    def is_tight(self) -> bool:
        """Whether there is no room for every option's text at once."""
        key = (self.asked, self.field, self.content_size, self.query_one("#asking").display)
        if self._tight is None or self._tight[0] != key:  # measured once, not at each key
            self._tight = (key, self._is_tight())
        return self._tight[1]

    def _is_tight(self) -> bool:
        asked, field = self.asked, self.field
        if asked is None or field is None:
            return False
        room = self.content_size
        width = max(20, room.width - 9)
        wanted = sum(1 + len(said(o.text).wrap(width)) * bool(o.text) for o in field.options)
        if self.query_one("#asking").display:
            above = 2 + len(said(asked.text).wrap(max(20, room.width)))
            wanted += min(above, room.height * 2 // 5)
        several = len(asked.fields) > 1
        return wanted + (len(asked.fields) + 1 if several else 0) + 2 > room.height

    def _row(self, field: FieldSeen, number: int, option: OptionSeen, tight: bool) -> Hanging:
        taken = option.id in self.chosen.get(field.id, ())
        if not option.open:
            mark = "[/] " if field.many else "(/) "
        elif field.many:
            mark = "[x] " if taken else "[ ] "
        else:
            mark = "(•) " if taken else "( ) "
        style = "bold" if taken else "$foreground-muted" if not option.open else ""
        end = Content("")
        if not option.open:
            end = said("shut", "italic $warning")
        elif option.cost:
            kind = self.asked.kind if self.asked else ""
            told = f"{blocks(option.cost)} {amount_text(self.place.game, option.cost, kind)}"
            end = said(told.strip(), "$primary")
        body = option.text if option.text != option.title and not tight else ""
        wide = len(str(len(field.options)))
        head = said(f"{number:>{wide}}  {option.title}", style)
        return Hanging(mark, head, quiet(body), end)

    def _tell(self) -> None:
        """Below the options: who refuses the one in hand, or what is sealed."""
        word = self.query_one("#ask-word", Static)
        asked, field = self.asked, self.field
        if asked is None or field is None:
            return
        if self.is_sealed:
            decision = self.place.game.decision(asked.id)
            answer = begun(answer_text(decision, asked.sealed or ()))
            word.update(Content.assemble(
                said("Sealed: ", "bold"), said(closed(answer)),
                quiet("\nNobody has seen it. You may take it back until the seals are opened."),
            ))  # fmt: skip
            word.display = True
            return
        option = self.in_hand
        own = option.text if option and self.is_tight and option.text != option.title else ""
        word.display = option is not None and (bool(own) or not option.open)
        word.set_class(option is not None and option.open, "-open")
        if option is None:
            return
        if option.open:
            self._say(word, said(own))
            return
        seen = self.place.seat.view(asked.role)
        lines = [quiet(own)] if own else []
        lines.append(said(option_refusal(self.place.edition, option, seen)))
        reasons = why_not(self.place.edition, option, seen)
        if self._why:
            lines += [quiet(f"· {line}") for line in reasons]
            if not reasons:
                lines.append(quiet("· There is no more to it that you may know."))
        elif reasons and option.refusal:
            lines.append(quiet("w: what it waits for"))
        self._say(word, Content("\n").join(lines))

    @staticmethod
    def _say(word: Static, told: Content) -> None:
        """Say it below the options; it is laid out anew only for another number of lines."""
        width, height = word.content_size
        fits = bool(width) and len(told.wrap(width)) == height
        word.update(told, layout=not fits)

    def _bar(self, asked: Asked, field: FieldSeen) -> None:
        budget = self.query_one("#ask-budget", Static)
        if self.is_sealed:
            budget.update("")
        elif field.budget is not None:
            left = field.budget - self._spent(field)
            drawn = blocks(max(0.0, left), field.budget)
            have = amount_text(self.place.game, field.budget, asked.kind)
            told = said(f"{number_text(left)} of {have} left")
            budget.update(Content.assemble(said(f"{drawn} ", "$primary"), told))
        else:
            budget.update(quiet("any, or none" if field.many else ""))
        self.query_one("#seal").display = not self.is_sealed
        self.query_one("#open").display = self.is_sealed
        self.query_one("#back").display = self.is_sealed
        self.query_one("#seal", Button).disabled = self._missing() is not None

    # ------------------------------------------------------------ what it hears

    def on_resize(self) -> None:
        """Other room, other fullness."""
        if self.asked is not None:
            self._show()

    @property
    def in_hand(self) -> OptionSeen | None:
        """The option under the cursor."""
        here, field = self.query_one("#ask-options", Rows).here, self.field
        if field is None:
            return None
        return next((option for option in field.options if option.id == here), None)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._why = False
        self._tell()
        self.post_message(Considered(event.option_id or ""))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose(self.in_hand)

    def action_number(self, number: int) -> None:
        """Choose an option by its number."""
        field = self.field
        if field is not None and number <= len(field.options):
            self.query_one("#ask-options", Rows).highlighted = number - 1
            self._choose(_in_order(field)[number - 1])

    def _choose(self, option: OptionSeen | None) -> None:
        field = self.field
        if option is None or field is None or self.is_sealed or self.is_bouncing:
            return
        if not option.open:
            self._why = True
            self._tell()
            return
        picked = self.chosen.get(field.id, [])
        if not field.many:
            self.chosen[field.id] = [option.id]
            if self.at + 1 < len(self.asked.fields if self.asked else ()):
                self.at += 1
                self._show(top=True)
                return
        elif option.id in picked:
            self.chosen[field.id] = [id for id in picked if id != option.id]
        elif field.budget is not None and self._spent(field) + option.cost > field.budget:
            kind = self.asked.kind if self.asked else ""
            left = amount_text(self.place.game, field.budget - self._spent(field), kind)
            self.notify(f"That takes more than is left: {left}.", markup=False)
            return
        else:
            self.chosen[field.id] = [*picked, option.id]
        self._show()
        if not field.many and self._missing() is None:
            self.query_one("#seal", Button).focus()

    def action_step(self, by: int) -> None:
        """Go to another part of the question."""
        if self.asked is not None and not self.is_sealed:
            to = self.at + by
            if 0 <= to < len(self.asked.fields):
                self.at = to
                self._show(top=True)
                self.query_one("#ask-options", Rows).focus()

    def action_why(self) -> None:
        """What the shut option in hand waits for."""
        option = self.in_hand
        if option is None or self.is_sealed:
            return
        if option.open:
            self.notify(f"“{option.title}” is open.", markup=False)
            return
        self._why = not self._why
        self._tell()

    def action_seal(self) -> None:
        """Seal the answer; or go to the part that has none yet."""
        if self.asked is None or self.is_sealed:
            return
        missing = self._missing()
        if missing is not None:
            self.at = missing
            self._show()
            self.query_one("#ask-options", Rows).focus()
            self.notify("This part has no answer yet.", markup=False)
            return
        field = self.field
        if field is not None and field.many and self.at + 1 < len(self.asked.fields):
            self.chosen.setdefault(field.id, [])
            self.at += 1
            self._show(top=True)
            return
        plans = [f for f in self.asked.fields if f.many and f.budget]
        if plans and not any(self.chosen.get(f.id) for f in plans) and not self._warned:
            self._warned = True
            self.notify("Nothing is chosen yet. Press s again to let it be.", markup=False)
            return
        answer = tuple((f.id, id) for f in self.asked.fields for id in self.chosen.get(f.id, ()))
        self.post_message(Seal(Move(self.asked.role, self.asked.id, answer)))

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "seal":
            self.action_seal()
        elif event.button.id == "open":
            self.post_message(OpenSeals())
        elif self.asked is not None:
            self.post_message(TakeBack(self.asked.id))

    def _missing(self) -> int | None:
        """The first part without an answer that needs one."""
        for at, field in enumerate(self.asked.fields if self.asked else ()):
            if not field.many and not self.chosen.get(field.id):
                return at
        return None

    def _spent(self, field: FieldSeen) -> float:
        spent = 0.0
        for option in field.options:
            if option.id in self.chosen.get(field.id, ()):
                spent += option.cost
        return spent


def _in_order(field: FieldSeen) -> list[OptionSeen]:
    """The options as they are listed: where there are many, the open ones first."""
    if len(field.options) <= FEW:
        return list(field.options)
    return sorted(field.options, key=lambda option: not option.open)


def _by_field(answer: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    chosen: dict[str, list[str]] = {}
    for field, option in answer:
        chosen.setdefault(field, []).append(option)
    return chosen
