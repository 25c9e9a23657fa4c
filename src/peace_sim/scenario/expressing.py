"""Expressions and effect sentences of a scenario made into guards, numbers and effects.

Every text is checked at its place; what an instrument made is reported at the instrument. A role's
own texts may read only what that role may know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from peace_sim.diagnostics import Diagnostic, Span, error, nearest
from peace_sim.engine.game import Effect, Guard, Number, may_know
from peace_sim.expressions import (
    Expr,
    compile_boolean,
    compile_number,
    explain,
    kind_of,
    parse,
    reads,
)
from peace_sim.expressions import check as check_expression
from peace_sim.expressions.check import Kind
from peace_sim.expressions.compile import Cells, Unmet
from peace_sim.expressions.syntax import place
from peace_sim.scenario.document import MapNode
from peace_sim.scenario.effects import FORMS, Sentence, read_sentence
from peace_sim.scenario.expand import Origin
from peace_sim.scenario.names import Names, Sight
from peace_sim.scenario.read import key_span, scalar_at, span_at

Path = tuple[str | int, ...]


@dataclass
class Targets:
    """What effect sentences can name: the index of each part, and its words."""

    variables: dict[str, int] = field(default_factory=dict)
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tracks: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    timers: dict[str, int] = field(default_factory=dict)
    cases: dict[str, tuple[int, tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    """Index, statuses and kinds."""
    cables: dict[str, int] = field(default_factory=dict)


class Expressing:
    """Texts in, guards, numbers and effects out; the findings are collected."""

    def __init__(self, root: MapNode, names: Names, origin: Mapping[tuple[str, str], Origin]):
        self.root = root
        self.names = names
        self.origin = origin
        self.targets = Targets()
        self.found: list[Diagnostic] = []
        self.silent: set[Origin] = set()
        """Instruments whose own texts are wrong: what was made of them says nothing more."""
        self._guards: dict[tuple[str, str], Guard] = {}
        self._numbers: dict[tuple[str, str], Number] = {}

    # ── places and findings ──

    def span(self, path: Path) -> Span:
        """The place of what stands at a path, or of the instrument that made it."""
        by = self.made_by(path)
        if by is not None:
            return key_span(self.root, by) or span_at(self.root, by)
        scalar = scalar_at(self.root, path)
        return scalar.content if scalar is not None else span_at(self.root, path)

    def made_by(self, path: Path) -> Origin | None:
        """The instrument that made the part at a path."""
        return self.origin.get((str(path[0]), str(path[1]))) if len(path) > 1 else None

    def say(self, code: str, message: str, path: Path, hint: str | None = None) -> None:
        """One finding at a path."""
        self.add(path, [error(code, message, self.span(path), hint)])

    def add(self, path: Path, findings: Iterable[Diagnostic]) -> None:
        """Findings about what stands at a path."""
        if self.made_by(path) not in self.silent or self.made_by(path) is None:
            self.found += findings

    # ── expressions ──

    def guard(
        self, path: Path, text: str | None, role: str = "", knows: bool = False
    ) -> Guard | None:
        """The guard that a text says; with ``knows``, one that ``role`` reads itself."""
        if text is None:
            return None
        made = self._guard(path, text, lambda: self.span(path), role)
        if made is not None and knows:
            self.known(path, made.reads, role)
        return made

    def number(
        self, path: Path, text: str | None, role: str = "", knows: bool = False
    ) -> Number | None:
        """The number that a text says; with ``knows``, one that ``role`` reads itself."""
        if text is None:
            return None
        made = self._number(path, text, lambda: self.span(path), role)
        if made is not None and knows:
            self.known(path, made.reads, role)
        return made

    def expression(self, path: Path, text: str) -> None:
        """Check a text that may be a number or a condition, without keeping it."""
        sight = Sight(self.names)
        expr, findings = parse(text, self.span(path))
        if expr is not None:
            findings = check_expression(expr, sight, kind_of(expr, sight) or "number")
        self.add(path, findings)

    def known(self, path: Path, cells: frozenset[int], role: str) -> None:
        """A finding when a role's own text reads what the role may not know."""
        hidden = sorted(c for c in cells if not may_know(self.names.knowers[c], role))
        if hidden:
            named = ", ".join(f"“{self.names.cells[cell]}”" for cell in hidden[:3])
            hint = "let the role know it, or give the role an estimate and read that"
            self.say("C401", f"{role} may not know {named}", path, hint)

    def _guard(self, path: Path, text: str, where: Callable[[], Span], role: str) -> Guard | None:
        sight = Sight(self.names, role if "estimate" in text else "")
        key = (text, sight.role)
        if key not in self._guards:
            expr = self._checked(path, text, where(), sight, "boolean")
            if expr is None:
                return None

            def unmet(cells: Cells, day: int) -> tuple[Unmet, ...]:
                return explain(expr, sight, cells, day)

            holds = compile_boolean(expr, sight)
            self._guards[key] = Guard(expr, reads(expr, sight), holds, unmet, sight)
        return self._guards[key]

    def _number(self, path: Path, text: str, where: Callable[[], Span], role: str) -> Number | None:
        sight = Sight(self.names, role if "estimate" in text else "")
        key = (text, sight.role)
        if key not in self._numbers:
            expr = self._checked(path, text, where(), sight, "number")
            if expr is None:
                return None
            of = compile_number(expr, sight)
            self._numbers[key] = Number(expr, reads(expr, sight), of, sight)
        return self._numbers[key]

    def _checked(self, path: Path, text: str, span: Span, sight: Sight, want: Kind) -> Expr | None:
        expr, findings = parse(text, span)
        if expr is not None:
            findings = check_expression(expr, sight, want)
        self.add(path, findings)
        return None if findings else expr

    # ── effects ──

    def effects(self, path: Path, sentences: tuple[str, ...], role: str = "") -> tuple[Effect, ...]:
        """The effects that sentences say, in order."""
        made = []
        single = scalar_at(self.root, path) is not None
        for number, text in enumerate(sentences):
            effect = self._effect(path if single else (*path, number), text, role)
            if effect is not None:
                made.append(effect)
        return tuple(made)

    def _effect(self, path: Path, text: str, role: str) -> Effect | None:
        said = read_sentence(text)
        if said is None:
            self.say("C403", "this is no effect", path, f"effects are: {FORMS}")
            return None
        span = self.span(path)
        when = amount = None
        if said.when:
            start, end = said.when_at, said.when_at + len(said.when)
            when = self._guard(path, said.when, lambda: place(text, span, start, end), role)
            if when is None:
                return None
        if said.amount:
            first, last = said.amount_at, said.amount_at + len(said.amount)
            amount = self._number(path, said.amount, lambda: place(text, span, first, last), role)
            if amount is None:
                return None
        aim = self._aim(path, said)
        if aim is None:
            return None
        kind = "advance" if said.kind == "close" else said.kind
        return Effect(kind, *aim, amount, when, text, span)

    def _aim(self, path: Path, said: Sentence) -> tuple[int, int, int] | None:
        """Target, word and second word of a sentence, as indices."""
        targets, id = self.targets, said.target
        if said.kind in ("add", "set"):
            if id in targets.choices:
                self.say(
                    "C403",
                    f"“{id}” has words, not a number",
                    path,
                    f"write: choose {id} is {targets.choices[id][0]}",
                )
                return None
            return self._one("variable", id, targets.variables, path)
        if said.kind == "choose":
            if id in targets.variables and id not in targets.choices:
                self.say(
                    "C403", f"“{id}” is a number and has no words", path, f"write: set {id} to …"
                )
                return None
            found = self._one("choice variable", id, targets.variables, path)
            return found and self._worded(found[0], said.word, targets.choices[id], id, path)
        if said.kind == "enter":
            found = self._one("track", id, {t: i for t, (i, _) in targets.tracks.items()}, path)
            return found and self._worded(found[0], said.word, targets.tracks[id][1], id, path)
        if said.kind in ("open", "advance", "close"):
            found = self._one(
                "list of cases", id, {c: v[0] for c, v in targets.cases.items()}, path
            )
            return found and self._case(found[0], said, path)
        if said.kind == "send":
            return self._one("cable", id, targets.cables, path)
        return self._one("timer", id, targets.timers, path)

    def _case(self, index: int, said: Sentence, path: Path) -> tuple[int, int, int] | None:
        _, statuses, kinds = self.targets.cases[said.target]
        if said.kind == "open":
            return self._worded(index, said.word, kinds, said.target, path)
        found = self._worded(index, said.word, statuses, said.target, path)
        if found is None or said.kind == "close":
            return found and (index, found[1], -1)
        to = self._worded(index, said.to_word, statuses, said.target, path)
        return to and (index, found[1], to[1])

    def _one(
        self, what: str, id: str, known: Mapping[str, int], path: Path
    ) -> tuple[int, int, int] | None:
        if id in known:
            return known[id], 0, 0
        close = nearest(id, known)
        hint = f"did you mean “{close}”?" if close else None
        self.say("C402", f"there is no {what} “{id}”", path, hint)
        return None

    def _worded(
        self, index: int, word: str, known: tuple[str, ...], id: str, path: Path
    ) -> tuple[int, int, int] | None:
        if word in known:
            return index, known.index(word), 0
        close = nearest(word, known)
        hint = f"did you mean “{close}”?" if close else f"its words are {', '.join(known)}"
        self.say("C402", f"“{word}” is not a word of {id}", path, hint)
        return None
