"""The codes of what can be wrong with a scenario beyond its YAML and its expressions."""

from peace_sim.diagnostics import register

register(
    "S301", "Unknown key",
    "A part holds a key that is not one of its own. Keys are never ignored, so that a slip of the "
    "pen cannot silently switch a rule off.",
    "roles:\n  envoy: {titel: Special Envoy}", "roles:\n  envoy: {title: Special Envoy}",
)
register(
    "S302", "Missing key",
    "A part lacks a key that it cannot do without.",
    "roles:\n  envoy: {}", "roles:\n  envoy: {title: Special Envoy}",
)
register(
    "S303", "Wrong kind of value",
    "A value is not of the type, form or length that its key asks for.",
    "chapters:\n  one: {minutes: ten}", "chapters:\n  one: {minutes: 10}",
)
register(
    "S304", "Key in the wrong file",
    "Only a scenario's first file says what it is called, when it plays and which files it has.",
    "# in acts.yaml\ntitle: Acts", "# in scenario.yaml\ntitle: The road to Tehran",
)
register(
    "S305", "Declared twice",
    "Two parts of one kind, or two things that expressions can name, have one id.",
    "variables:\n  truce: {…}\ntracks:\n  truce: {…}",
    "variables:\n  truce_quality: {…}\ntracks:\n  truce: {…}",
)
register(
    "S306", "File not to be had",
    "A scenario names its files relative to its own folder and cannot reach outside it.",
    "files: [../other/acts.yaml]", "files: [acts.yaml]",
)
register(
    "S307", "Wrong record, codex or map",
    "The record, the codex, a series or the map holds what cannot be: an entry without a source, a "
    "day that no calendar has, points out of order.",
    "- {id: agreement, date: 1994-02-30, …}", "- {id: agreement, date: 1994-09-17, …}",
)
register(
    "S308", "Made for another version",
    "The format number says for which form of scenarios a file was written. This program reads "
    "format 1; a newer one has parts that it does not know.",
    "format: 2", "format: 1",
)
register(
    "C401", "Reads what the role may not know",
    "A role's guards, options, weights and character may read only what that role may know; "
    "otherwise a greyed-out option would tell a secret. Use an estimate.",
    "when: opposition_hope < 40   # in a decision of the government",
    "when: estimate(opposition_hope) < 40",
)
register(
    "C402", "Unknown part",
    "A part is named that is not declared in this scenario.",
    "role: envoi", "role: envoy",
)
register(
    "C403", "Unreadable effect",
    "An effect is one sentence: add, set, choose, enter, start, extend, clear, open, advance, "
    "close or send, each with its words.",
    "effects: [trust + 5]", "effects: [add 5 to trust]",
)
register(
    "C404", "Wrong answer",
    "A default or a historical answer does not answer its decision: an option or field that does "
    "not exist, or a choice of several where one is meant.",
    "history: {usually: sing}", "history: {usually: sign}",
)
register(
    "C405", "A chapter that cannot end",
    "Every chapter needs an ending `at_close` without a guard, so that the calendar never runs "
    "out on a game without an ending.",
    "endings:\n  peace: {when: truce is in_force}",
    "endings:\n  peace: {when: truce is in_force}\n  close: {at_close: true}",
)
register(
    "C406", "Days in the wrong order",
    "A start lies after its end, or a day outside the calendar.",
    "calendar: {start: 1995-01-01, end: 1994-01-01}",
    "calendar: {start: 1994-01-01, end: 1995-01-01}",
)
register(
    "C407", "A level outside its range",
    "A variable's start, or its draw, lies outside its range; or it has neither range nor choices.",
    "trust: {start: 120, range: [0, 100]}", "trust: {start: 20, range: [0, 100]}",
)
register(
    "C408", "Set twice in one window",
    "Two roles' options `set` or `choose` one variable in one window: which of them counts would "
    "rest on the order of the file. Add instead, or use two stages.",
    "effects: [set heat to 10]   # by two roles in one stage", "effects: [add -10 to heat]",
)
register(
    "C409", "A decision that nobody can answer",
    "A decision needs options, or fields with options; a plan needs a budget.",
    "decisions:\n  ask: {role: envoy, title: Ask}",
    "decisions:\n  ask: {role: envoy, title: Ask, options: {go: {title: Go}, wait: {title: Wait}}}",
)
register(
    "C410", "A number without a basis",
    "Numbers carry their basis: a source, a calibration, or a judgement with its reason.",
    "basis: {}", "basis: {judgement: Two sides who had just fought would begin low.}",
)
register(
    "C411", "A milestone that binds nothing",
    "A milestone names a record entry and one occurrence in the kernel, both of which must exist.",
    "is: {enters: truce}", "is: {enters: truce.in_force}",
)
register(
    "C412",
    "Made by an instrument",
    "An instrument makes kernel parts of its own, named after itself. A part of the same name, or "
    "a text that is too long once it stands in them, has to give way.",
    "variables:\n  truce_violations: {…}\nceasefires:\n  truce: {…}",
    "variables:\n  truce_violations_told: {…}\nceasefires:\n  truce: {…}",
)
register(
    "C413",
    "A majority that nobody can reach",
    "A body's majority or quorum is larger than the number of its members.",
    "bodies:\n  council: {majority: 9, members: {one: {title: One}}}",
    "bodies:\n  council: {majority: 1, members: {one: {title: One}}}",
)
register(
    "C414",
    "An event that nothing makes strike",
    "An inside event strikes by a chance each tick, or on its dates in the recorded world; an "
    "outside one in its window, or on its dates.",
    "events:\n  ambush: {title: An ambush}",
    "events:\n  ambush: {title: An ambush, chance: 0.1}",
)
register(
    "C415",
    "Phases that never come to rest",
    "Transitions that are always open and take no time lead in a ring, so that a single day would "
    "never end.",
    "transitions: [{from: a, to: b}, {from: b, to: a}]",
    "transitions: [{from: a, to: b, after: 30}, {from: b, to: a, after: 30}]",
)
