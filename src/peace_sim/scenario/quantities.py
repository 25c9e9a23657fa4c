"""Variables, measures and estimates: numbers, named expressions, and what roles believe."""

from __future__ import annotations

from dataclasses import replace

from peace_sim.diagnostics import nearest
from peace_sim.engine.chance import word as word_of
from peace_sim.engine.game import Estimate, Variable
from peace_sim.expressions import parse
from peace_sim.scenario.assumptions import basis_of
from peace_sim.scenario.expressing import Path
from peace_sim.scenario.ground import Ground
from peace_sim.scenario.model import MeasurePart, VariablePart


class Quantities:
    """The numbers of a scenario."""

    def __init__(self, on: Ground) -> None:
        self.on = on

    def variables(self) -> tuple[Variable, ...]:
        """The variables, those of the settings last."""
        made = []
        parts: dict[str, object] = dict(self.on.section("variables"))
        for id, setting in self.on.scenario.settings.items():
            levels = [float(level) for level in setting.levels.values()]
            if id in parts:
                self.on.say("S305", f"“{id}” is a variable already", ("settings", id))
            elif levels:
                start = float(setting.levels.get(setting.default, levels[0]))
                parts[id] = VariablePart(
                    title=setting.title,
                    start=start,
                    range=(min(levels), max(levels)),
                    basis=setting.basis,
                )
        for number, (id, part) in enumerate(parts.items()):
            assert isinstance(part, VariablePart)
            made.append(self._variable(id, part, number))
        return tuple(made)

    def _variable(self, id: str, part: VariablePart, number: int) -> Variable:
        path: Path = ("variables", id)
        words = tuple(part.choices or ())
        low, high = (0.0, float(len(words) - 1)) if words else (0.0, 100.0)
        initial = 0.0
        if part.choices is not None:
            if part.start not in words:
                self.on.say("C407", f"“{part.start}” is not one of its choices", (*path, "start"))
            else:
                initial = float(words.index(str(part.start)))
        elif part.range is None:
            self.on.say("C407", f"{id} has neither a range nor choices", path, "range: [0, 100]")
        else:
            low, high = float(part.range[0]), float(part.range[1])
            if isinstance(part.start, str):
                self.on.say("C407", "a number in a range starts at a number", (*path, "start"))
            elif not low <= part.start <= high:
                message = f"{part.start} lies outside {part.range[0]} to {part.range[1]}"
                self.on.say("C407", message, (*path, "start"))
            else:
                initial = float(part.start)
        if low > high:
            self.on.say("C407", "the range runs backwards", (*path, "range"))
        knowers = self.on.knowers((*path, "known_to"), part.known_to)
        cell = self.on.names.cell(id, knowers, initial)
        if words:
            self.on.names.worded[id] = (cell, words)
            self.on.write.targets.choices[id] = words
        else:
            self.on.names.numbers[id] = cell
        self.on.write.targets.variables[id] = number
        return Variable(
            id,
            part.title,
            cell,
            low,
            high,
            initial,
            words,
            tuple((part.choices or {}).values()),
            part.unit,
            knowers,
            self._drawn(path, part, words, low, high),
            basis_of(part.basis),
            self._gauge(path, part),
            frozenset(self.on.knowers((*path, "desk"), part.desk)),
            word_of(f"variable/{id}"),
            self.on.write.span(path),
        )

    def _drawn(
        self, path: Path, part: VariablePart, words: tuple[str, ...], low: float, high: float
    ) -> tuple[float, ...]:
        drawn, path = part.drawn, (*path, "drawn")
        if drawn is None:
            return ()
        if isinstance(drawn, dict):
            for word in drawn:
                if word not in words:
                    self.on.say("C407", f"“{word}” is not one of its choices", path)
            weights = tuple(float(drawn.get(word, 0)) for word in words)
            if any(weight < 0 for weight in weights) or not any(weights):
                self.on.say("C407", "weights are not negative, and not all 0", path)
            return weights
        least, most = float(drawn[0]), float(drawn[1])
        if words or not low <= least <= most <= high:
            self.on.say("C407", "what is drawn lies outside the range", path)
        return least, most

    def _gauge(self, path: Path, part: VariablePart) -> tuple[tuple[float, str], ...]:
        gauge = []
        for level, said in (part.gauge or {}).items():
            try:
                gauge.append((float(level), said))
            except ValueError:
                self.on.say("C407", f"“{level}” is not a level", (*path, "gauge"))
        return tuple(sorted(gauge, key=lambda pair: pair[0]))

    def measures(self) -> None:
        """Name the measures, before anything that could use them is checked."""
        for id, part in self.on.section("measures").items():
            assert isinstance(part, MeasurePart)
            path: Path = ("measures", id, "value")
            expr, findings = parse(part.value, self.on.write.span(path))
            self.on.write.add(path, findings)
            if expr is not None:
                self.on.names.measures[id] = expr

    def check_measures(self) -> None:
        """Find what is wrong within the measures themselves."""
        for id in self.on.names.measures:
            part = self.on.section("measures")[id]
            assert isinstance(part, MeasurePart)
            self.on.write.number(("measures", id, "value"), part.value)

    def estimates(self) -> tuple[Estimate, ...]:
        """The estimates with their cells; what their errors are is written later."""
        made = []
        index = {id: number for number, id in enumerate(self.on.write.targets.variables)}
        for id, part in self.on.scenario.estimates.items():
            path: Path = ("estimates", id)
            role = self.on.role((*path, "role"), part.role)
            if part.variable not in index:
                close = nearest(part.variable, index)
                hint = f"did you mean “{close}”?" if close else None
                self.on.say(
                    "C402", f"there is no variable “{part.variable}”", (*path, "variable"), hint
                )
                continue
            of = self.on.names.numbers.get(part.variable)
            if of is None:
                self.on.say("C402", f"“{part.variable}” has words; numbers are estimated", path)
                continue
            start = self.on.names.start[of]
            cell = self.on.names.cell(
                f"{role}'s estimate of {part.variable}", frozenset({role}), start
            )
            self.on.names.estimates[role, part.variable] = cell
            exact = self.on.write.number(path, "0")
            assert exact is not None
            made.append(
                Estimate(
                    id,
                    role,
                    index[part.variable],
                    cell,
                    exact,
                    part.every,
                    word_of(f"estimate/{id}"),
                )
            )
        return tuple(made)

    def with_error(self, estimate: Estimate) -> Estimate:
        """An estimate with its largest error."""
        text = self.on.scenario.estimates[estimate.id].error
        found = self.on.write.number(("estimates", estimate.id, "error"), text)
        return replace(estimate, error=found) if found is not None else estimate
