"""Small scenarios of any shape, as an author could write them, through reader and compiler.

Everything a kernel scenario can hold turns up; what is drawn here always compiles, since a role's
own texts read only what it may know, and only one role may ``set`` a variable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from peace_sim.engine import Game
from rule_cases import game_of

ROLES = ("envoy", "government", "opposition")
START = date(1994, 9, 1)
TICKS = {"day": (3, 8), "week": (14, 28), "month": (60, 90)}

Scenario = dict[str, Any]
Draw = Any


def knowers(draw: Draw) -> list[str]:
    return draw(
        st.one_of(
            st.just(["public"]),
            st.lists(st.sampled_from(ROLES), max_size=2, unique=True),
        )
    )


@dataclass
class Names:
    """What expressions may name, each with who may know it."""

    numbers: dict[str, list[str]] = field(default_factory=dict)
    words: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)
    """Choices and tracks: their words, and who may know."""
    flags: dict[str, list[str]] = field(default_factory=dict)
    """Conditions written out, such as ``running(k0)``."""
    estimates: dict[str, list[str]] = field(default_factory=dict)
    """Role → what it has an estimate of."""

    def of(self, known: dict[str, list[str]], role: str) -> list[str]:
        return [n for n, who in known.items() if not role or "public" in who or role in who]

    def number(self, draw: Draw, role: str = "", depth: int = 2) -> str:
        leaves = [st.integers(0, 100).map(str)]
        if known := self.of(self.numbers, role):
            leaves += [st.sampled_from(known)] * 2
        if guesses := self.estimates.get(role, []):
            leaves.append(st.sampled_from(guesses).map(lambda name: f"estimate({name})"))
        leaf = draw(st.one_of(leaves))
        if depth == 0 or draw(st.booleans()):
            return leaf
        other = self.number(draw, role, depth - 1)
        form = draw(st.sampled_from(["{} + {}", "{} - {}", "min({}, {})", "max({}, {})", "half"]))
        return f"({leaf}) / 4" if form == "half" else form.format(leaf, other)

    def guard(self, draw: Draw, role: str = "", depth: int = 1) -> str:
        kinds = ["compare", "day"]
        worded = self.of({name: who for name, (_, who) in self.words.items()}, role)
        flags = self.of(self.flags, role)
        kinds += ["word"] * bool(worded) + ["flag"] * bool(flags) + ["and", "not"] * bool(depth)
        match draw(st.sampled_from(kinds)):
            case "compare":
                op = draw(st.sampled_from([">=", "<", "<="]))
                return f"{self.number(draw, role, 1)} {op} {self.number(draw, role, 0)}"
            case "day":
                return f"today >= {START + timedelta(draw(st.integers(0, 30)))}"
            case "word":
                name = draw(st.sampled_from(worded))
                return f"{name} is {draw(st.sampled_from(self.words[name][0]))}"
            case "flag":
                return draw(st.sampled_from(flags))
            case "not":
                return f"not ({self.guard(draw, role, depth - 1)})"
        one, other = (self.guard(draw, role, depth - 1) for _ in range(2))
        return f"({one}) {draw(st.sampled_from(['and', 'or']))} ({other})"


@dataclass
class Author:
    """Writes one scenario, part by part."""

    draw: Draw
    names: Names = field(default_factory=Names)
    owner: dict[str, str] = field(default_factory=dict)
    """Numbers and choices → the one role that may set them."""
    choices: dict[str, list[str]] = field(default_factory=dict)
    tracks: dict[str, list[str]] = field(default_factory=dict)
    timers: list[str] = field(default_factory=list)
    cables: list[str] = field(default_factory=list)

    def effects(self, role: str = "", most: int = 3, tracks: bool = True) -> list[str]:
        draw, made = self.draw, []
        for _ in range(draw(st.integers(0, most))):
            kinds = ["add", "set", "choose", "timer", "case", "send"] + ["enter"] * tracks
            sentence = self.sentence(draw(st.sampled_from(kinds)), role)
            if sentence and draw(st.integers(0, 3)) == 0:
                sentence += f" when {self.names.guard(draw)}"
            if sentence:
                made.append(sentence)
        return made

    def sentence(self, kind: str, role: str) -> str:
        draw = self.draw
        own = [n for n, who in self.owner.items() if who == role or not role]
        numbers = [n for n in own if n not in self.choices]
        chosen = [n for n in own if n in self.choices]
        if kind == "set" and numbers:
            return f"set {draw(st.sampled_from(numbers))} to {self.names.number(draw, depth=1)}"
        if kind == "choose" and chosen:
            name = draw(st.sampled_from(chosen))
            return f"choose {name} is {draw(st.sampled_from(self.choices[name]))}"
        if kind == "timer" and self.timers:
            name, days = draw(st.sampled_from(self.timers)), draw(st.integers(0, 20))
            forms = ["start {} for {} days", "extend {} by {} days", "clear {}"]
            return draw(st.sampled_from(forms)).format(name, days)
        if kind == "case":
            forms = ["open book theft", "open book fire", "advance book new to seen"]
            return draw(st.sampled_from([*forms, "close book seen"]))
        if kind == "send" and self.cables:
            return f"send {draw(st.sampled_from(self.cables))}"
        if kind == "enter" and self.tracks:
            name = draw(st.sampled_from(sorted(self.tracks)))
            return f"enter {name} {draw(st.sampled_from(self.tracks[name]))}"
        name = draw(st.sampled_from([n for n in self.owner if n not in self.choices]))
        return f"add {draw(st.integers(-30, 30))} to {name}"

    # ── parts ──

    def variables(self) -> Scenario:
        draw, made = self.draw, {}
        for number in range(draw(st.integers(2, 4))):
            name, known = f"v{number}", knowers(draw)
            made[name] = {
                "title": f"Number {number}", "start": draw(st.integers(0, 100)),
                "range": [0, 100], "known_to": known,
            }
            if draw(st.booleans()):
                made[name]["drawn"] = sorted(draw(st.tuples(*[st.integers(0, 100)] * 2)))
            self.names.numbers[name] = known
            self.owner[name] = draw(st.sampled_from(ROLES))
        for number in range(draw(st.integers(0, 2))):
            name, known, words = f"c{number}", knowers(draw), ["red", "green", "blue"]
            made[name] = {
                "title": f"Choice {number}", "start": draw(st.sampled_from(words)),
                "choices": {word: word.title() for word in words}, "known_to": known,
            }
            self.names.words[name] = (words, known)
            self.owner[name], self.choices[name] = draw(st.sampled_from(ROLES)), words
        return made

    def estimates(self) -> Scenario:
        draw, made = self.draw, {}
        for role in ROLES:
            for name, known in self.names.numbers.items():
                if "public" not in known and role not in known and draw(st.booleans()):
                    made[f"guess_{role}_{name}"] = {
                        "role": role, "variable": name, "error": self.names.number(draw, depth=0),
                        "every": draw(st.integers(1, 3)),
                    }
                    self.names.estimates.setdefault(role, []).append(name)
        return made

    def machines(self) -> Scenario:
        draw = self.draw
        titled: dict[str, list[str]] = {}
        for number in range(draw(st.integers(0, 2))):
            phases = ["one", "two", "three"]
            titled[f"t{number}"] = known = knowers(draw)
            self.names.words[f"t{number}"] = (phases, known)
            self.tracks[f"t{number}"] = phases
        timers = {f"k{n}": knowers(draw) for n in range(draw(st.integers(0, 2)))}
        self.timers = list(timers)
        self.names.flags |= {f"running({name})": known for name, known in timers.items()}
        cases = {"title": "Book", "slots": draw(st.integers(1, 3)), "known_to": knowers(draw),
                 "kinds_known_to": knowers(draw), "statuses": {"new": "New", "seen": "Seen"},
                 "kinds": {"theft": "Theft", "fire": "Fire"}}
        self.names.flags["count(book, new) > 0"] = cases["known_to"]
        cables = {f"w{n}": {"from": "A desk", "title": "Word", "text": f"Word {n}.",
                            "to": knowers(draw), "doubtful": draw(st.booleans())}
                  for n in range(draw(st.integers(0, 2)))}
        self.cables = list(cables)
        tracks = {
            # forward only, or after days: whatever the guards, a moment comes to rest
            name: {"title": name, "phases": {p: p.title() for p in self.tracks[name]},
                   "known_to": known, "transitions": self.ways()}
            for name, known in titled.items()
        }
        made_timers = {
            name: {"title": name, "known_to": known, "effects": self.effects(most=2),
                   **({"start": str(START + timedelta(draw(st.integers(0, 3))))}
                      if draw(st.booleans()) else {})}
            for name, known in timers.items()
        }
        return {"tracks": tracks, "timers": made_timers, "cases": {"book": cases},
                "cables": cables}

    def ways(self) -> list[Scenario]:
        draw, made = self.draw, []
        for source, target in (("one", "two"), ("two", "three"), ("one", "three")):
            if draw(st.booleans()):
                made.append({"from": source, "to": target, "when": self.names.guard(draw),
                             "effects": self.effects(most=1, tracks=False), "text": "It moves."})
        if draw(st.booleans()):
            made.append({"from": ["two", "three"], "to": "one", "after": draw(st.integers(1, 5))})
        return made

    def decision(self, stages: list[str]) -> Scenario:
        draw = self.draw
        role = draw(st.sampled_from(ROLES))
        made: Scenario = {"role": role, "title": "Decide", "stage": draw(st.sampled_from(stages)),
                          "known_to": knowers(draw), "opens": self.opens(role)}
        shape = draw(st.sampled_from(["one", "plan", "package"]))
        options = self.options(role)
        if shape == "package":
            made["fields"] = {"first": {"title": "First", "options": options},
                              "second": {"title": "Second", "options": self.options(role)}}
        else:
            made["options"] = options
            if shape == "plan":
                made["budget"] = self.names.number(draw, role, 1)
                made["kind"] = "acts"
        if shape == "one" and draw(st.booleans()):
            made["default"] = draw(st.sampled_from(sorted(options)))
        return made

    def opens(self, role: str) -> Scenario:
        draw = self.draw
        made: Scenario = {"at": draw(st.sampled_from(["first", "last", "each"]))}
        if draw(st.booleans()):
            made["when"] = self.names.guard(draw, role)
        made |= draw(st.sampled_from([{}, {}, {"once": True}, {"rest": 2}, {"every": 2}]))
        return made

    def options(self, role: str) -> Scenario:
        draw, made = self.draw, {}
        for number in range(draw(st.integers(1, 3))):
            option: Scenario = {"title": f"Option {number}", "cost": draw(st.integers(0, 60)),
                                "effects": self.effects(role), "refusal": "No."}
            if number and draw(st.booleans()):
                option["when"] = self.names.guard(draw, role)
            if draw(st.integers(0, 3)) == 0:
                option["known_to"] = knowers(draw)
            if draw(st.integers(0, 3)) == 0:
                option["weight"] = self.names.number(draw, role, 0)
            made[f"o{number}"] = option
        return made

    def events(self, days: int) -> Scenario:
        draw, made = self.draw, {}
        for number in range(draw(st.integers(0, 3))):
            event: Scenario = {"title": f"Event {number}", "effects": self.effects(),
                               "known_to": knowers(draw)}
            on = str(START + timedelta(draw(st.integers(0, days))))
            kind = draw(st.sampled_from(["hazard", "dated", "window"]))
            if kind == "hazard":
                event |= {"chance": draw(st.sampled_from(["0.3", "1"])),
                          "repeat": draw(st.booleans()), "rest": draw(st.integers(0, 2))}
            elif kind == "dated":
                event |= {"dates": on, "kind": draw(st.sampled_from(["inside", "outside"]))}
            else:
                event |= {"window": [str(START), on], "dates": on, "kind": "outside",
                          "likely": draw(st.sampled_from([0.5, 1]))}
            if draw(st.booleans()):
                event["when"] = self.names.guard(draw)
            made[f"e{number}"] = event
        return made


@st.composite
def scenarios(draw: Draw) -> Scenario:
    """A scenario of any shape."""
    author = Author(draw)
    tick = draw(st.sampled_from(sorted(TICKS)))
    days = draw(st.integers(*TICKS[tick]))
    end = START + timedelta(days)
    stages: Scenario = {"early": {"title": "Early"}, "late": {"title": "Late"}}
    if draw(st.booleans()):
        stages["late"] |= {"again_from": "early", "laps": draw(st.integers(2, 3))}
    made: Scenario = {
        "scenario": "small", "title": "Small", "version": "1",
        "calendar": {"start": str(START), "end": str(end), "tick": tick, "stages": stages,
                     "moments": [str(START + timedelta(draw(st.integers(0, days))))]},
        "chapters": {"whole": {"title": "Whole", "from": str(START), "to": str(end), "minutes": 5,
                               "text": "All of it."},
                     "rest": {"title": "Rest", "from": str(START + timedelta(days // 2)),
                              "to": str(end), "minutes": 5, "text": "The rest of it."}},
        "roles": {role: {"title": role.title()} for role in ROLES},
    }
    made["variables"] = author.variables()
    made["estimates"] = author.estimates()
    made |= author.machines()
    made["decisions"] = {
        f"d{n}": author.decision(list(stages)) for n in range(draw(st.integers(1, 4)))
    }
    if draw(st.booleans()):
        made["bodies"] = {"body": {"title": "Body", "majority": 2, "vetoes": ["east"],
                                   "members": {m: {"title": m} for m in ("east", "west", "south")}}}
        made["ballots"] = {"poll": {"title": "Poll", "body": "body", "stage": "late",
                                    "known_to": knowers(draw),
                                    "outcomes": {"adopted": author.effects(), "failed": [],
                                                 "vetoed": author.effects()}}}
    made["events"] = author.events(days)
    made["drifts"] = [
        {"variable": draw(st.sampled_from(sorted(author.names.numbers))), "text": "It wears.",
         "by": author.names.number(draw, depth=1)} for _ in range(draw(st.integers(0, 2)))
    ]
    made["endings"] = {
        "early": {"title": "Early", "text": "Early.", "when": "v0 >= 99 and v1 >= 60"},
        "close": {"title": "Close", "text": "Close.", "at_close": True},
    }
    made["invariants"] = {"in_range": {"holds": "v0 >= 0 and v0 <= 100"}}
    return made


def compiled(scenario: Scenario) -> Game:
    game, findings = game_of(scenario)
    assert game is not None, "\n".join(str(finding) for finding in findings)
    return game


def games() -> st.SearchStrategy[Game]:
    """Games of any shape."""
    return scenarios().map(compiled)
