"""Scenarios as files: what is found, what is refused, and what is kept. Cases Y3, Y9, Y13, Y14."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golden_text import kept
from peace_sim.diagnostics import Findings, failed, render
from peace_sim.scenario import library
from peace_sim.scenario.binding import digest_of
from peace_sim.scenario.compile import stages_of
from peace_sim.scenario.document import parse, plain
from peace_sim.scenario.expand import expand_all
from peace_sim.scenario.expanded import written
from peace_sim.scenario.whole import PART_TYPES

TESTS = Path(__file__).parent
SAYABLE = sorted((TESTS / "sayable").glob("*.yaml"))

HEADER = """\
scenario: small
title: A small world
version: "1"
calendar: {start: 1994-09-01, end: 1994-12-31, tick: month}
chapters:
  whole: {title: The whole, from: 1994-09-01, to: 1994-12-31, minutes: 5, text: Four months.}
roles:
  envoy: {title: Special Envoy}
endings:
  close: {title: The calendar ran out, text: So it stands., at_close: true}
"""
ACTS = """\
variables:
  trust: {title: Trust, start: 40, range: [0, 100]}
"""
RECORD = """\
- id: agreement
  date: 1994-09-17
  precision: day
  title: An agreement
  track: talks
  sources: [{title: A report, url: https://example.org/report, year: 1994}]
  confidence: high
"""
CODEX = "- {id: truce, title: Truce, kind: word, text: A pause.}\n"
MAP = "{attribution: Made up, places: [{id: garm, title: Garm, lon: 70.4, lat: 39}]}\n"
SERIES = """\
- id: trust
  title: Trust, as polled
  variable: trust
  points: [{date: 1994-10-31, value: 41}]
  sources: [{title: A poll, url: https://example.org/poll, year: 1994}]
"""
NAMED = """\
files: [parts/acts.yaml]
record: record.yaml
series: series.yaml
codex: codex.yaml
map: map.yaml
"""
WHOLE = {
    "scenario.yaml": HEADER + NAMED, "parts/acts.yaml": ACTS, "record.yaml": RECORD,
    "series.yaml": SERIES, "codex.yaml": CODEX, "map.yaml": MAP,
}  # fmt: skip


def folder_of(path: Path, texts: dict[str, str] | None = None) -> Path:
    """A scenario's folder with these files."""
    for name, text in (texts or WHOLE).items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return path


def said(findings: Findings) -> list[str]:
    return [f"{f.code} {f.message}" for f in findings]


# ── what is found ────────────────────────────────────────────────────────────────────────────


def test_a_folder_becomes_an_edition_with_all_that_it_names(tmp_path: Path) -> None:
    edition, findings = library.open_edition(folder_of(tmp_path))
    assert said(findings) == []
    assert edition is not None
    assert (edition.id, edition.title, edition.version) == ("small", "A small world", "1")
    assert [entry.id for entry in edition.record] == ["agreement"]
    assert edition.entry("agreement") is edition.record[0]
    assert [series.variable for series in edition.series] == ["trust"]
    assert [entry.id for entry in edition.codex] == ["truce"]
    assert edition.map is not None and edition.map.places[0].id == "garm"
    assert edition.texts == WHOLE
    assert edition.game.digest == edition.digest == digest_of(WHOLE)


def test_a_single_file_is_a_scenario_whatever_it_is_called(tmp_path: Path) -> None:
    folder_of(tmp_path, {"truce.yaml": HEADER, "again/scenario.yaml": HEADER})
    one, _ = library.open_edition(tmp_path / "truce.yaml")
    other, _ = library.open_edition(tmp_path / "again")
    assert one is not None and other is not None
    assert one.digest == other.digest
    assert list(one.texts) == ["scenario.yaml"]


def test_shipped_scenarios_come_the_newcomers_first_then_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("zambezi", "last-night-in-tehran", "angola"):
        folder_of(tmp_path / name, {"scenario.yaml": HEADER})
    (tmp_path / "notes").mkdir()
    (tmp_path / "README.md").write_text("words")
    monkeypatch.setattr(library, "_shipped_folder", lambda: tmp_path)
    assert library.shipped() == ("last-night-in-tehran", "angola", "zambezi")
    edition, _ = library.open_edition("angola")
    assert edition is not None
    monkeypatch.setattr(library, "_shipped_folder", lambda: tmp_path / "nowhere")
    assert library.shipped() == ()


def test_what_ships_is_shipped_under_its_own_id() -> None:
    assert library.shipped()[:1] == ("last-night-in-tehran",)
    for id in library.shipped():
        bound = library._bound(library._main_file(id))
        assert bound.scenario is None or bound.scenario.scenario == id


def test_the_order_of_findings_is_that_of_files_and_lines(tmp_path: Path) -> None:
    texts = WHOLE | {
        "scenario.yaml": HEADER.replace("minutes: 5", "minutes: five") + NAMED,
        "record.yaml": RECORD.replace("1994-09-17", "1994-09-31"),
        "codex.yaml": CODEX.replace("text: A pause.", "text: A pause., see: [peace]"),
    }
    findings = library.check_paths([folder_of(tmp_path, texts)])
    files = [Path(f.span.file).name for f in findings if f.span]
    assert files == ["codex.yaml", "record.yaml", "scenario.yaml"] == sorted(files)
    assert library.check_paths([tmp_path, tmp_path]) == findings


def test_a_folder_of_scenarios_is_checked_scenario_by_scenario(tmp_path: Path) -> None:
    folder_of(tmp_path / "good")
    folder_of(tmp_path / "bad", {"scenario.yaml": HEADER.replace("envoy: {", "Envoy: {")})
    (found,) = library.check_paths([tmp_path])
    assert found.code == "S303"
    (nothing,) = library.check_paths([tmp_path / "good" / "parts"])
    assert nothing.code == "S306"
    assert "there is no file" in nothing.message


def test_findings_are_shown_with_the_lines_they_are_about(tmp_path: Path) -> None:
    texts = WHOLE | {"parts/acts.yaml": ACTS.replace("start: 40", "start: 400")}
    findings = library.check_paths([folder_of(tmp_path, texts)])
    told = render(findings, library.sources(findings))
    assert "    2 |   trust: {title: Trust, start: 400, range: [0, 100]}\n" in told
    again = library.check_paths([tmp_path])
    assert render(again, library.sources(again)) == told


# ── one mistake hides no other ───────────────────────────────────────────────────────────────


def test_a_file_that_cannot_be_read_hides_nothing_else_and_makes_nothing_up(
    tmp_path: Path,
) -> None:
    texts = {
        "scenario.yaml": HEADER.replace("roles:\n  envoy: {title: Special Envoy}\n", "")
        .replace("minutes: 5", "minutes: five") + NAMED,
        "parts/acts.yaml": "roles: {envoy: {title: [}\n",
        "record.yaml": RECORD.replace("1994-09-17", "soon"),
    }  # fmt: skip
    findings = library.check_paths([folder_of(tmp_path, texts)])
    assert [f.code for f in findings] == ["Y105", "S303", "S303", "S306", "S306", "S306"]
    assert not any("roles" in f.message for f in findings)


def test_a_further_file_alone_is_told_once_that_it_is_one(tmp_path: Path) -> None:
    (found,) = library.check_paths([folder_of(tmp_path) / "parts" / "acts.yaml"])
    assert said((found,)) == [
        "S302 this is no scenario's first file: it lacks scenario, calendar and chapters"
    ]
    assert "its folder" in str(found.hint)


def test_y13_a_newer_format_is_said_alone(tmp_path: Path) -> None:
    text = HEADER + "format: 2\nseasons: {winter: long}\n"
    (found,) = library.check_paths([folder_of(tmp_path, {"scenario.yaml": text})])
    assert said((found,)) == [
        "S308 made for format 2 of scenarios; this program reads format 1"
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["0", "one", '"2"x', "[1]", "1.5", "99999999999999999999"])
def test_y13_what_is_no_format_is_a_finding(tmp_path: Path, form: str) -> None:
    folder_of(tmp_path, {"scenario.yaml": HEADER + f"format: {form}\n"})
    assert library.check_paths([tmp_path])


# ── Y9: files named in a file ────────────────────────────────────────────────────────────────

OUTSIDE = [
    "../secrets.yaml", "parts/../../secrets.yaml", "..", "./../secrets.yaml", "/etc/passwd",
    "/secrets.yaml", "C:\\\\secrets.yaml", "C:/secrets.yaml", "C:secrets.yaml",
    "\\\\\\\\server\\\\share\\\\secrets.yaml", "//server/share/secrets.yaml",
    "..\\\\secrets.yaml", "CON", "con.yaml", "parts/NUL.yaml", "aux.yaml", "COM1.yaml",
    "lpt9.yaml", "~/secrets.yaml", "http://example.org/secrets.yaml",
    "https://example.org/secrets.yaml", "file:///etc/passwd", "secrets.yaml ", "secrets.yaml.",
    "secrets", "secrets.txt", ".secrets.yaml", "parts//secrets.yaml", "parts/",
    "$HOME/secrets.yaml", "*.yaml", "scenario.yaml", "sécrets.yaml",
]  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_y9_a_name_that_leads_elsewhere_is_refused_where_it_stands(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secrets.yaml").write_text("variables: {}\n")
    texts = {"scenario.yaml": HEADER + f'files: ["{name}"]\n', "secrets.txt": "", "secrets": ""}
    folder = folder_of(tmp_path / "scenario", texts)
    opened: list[Path] = []
    read = library._read_regular
    monkeypatch.setattr(library, "_read_regular", lambda p: (opened.append(p), read(p))[1])
    findings = library.check_paths([folder])
    assert [f.code for f in findings] == ["S306"]
    assert findings[0].span is not None and findings[0].span.line == 11
    assert opened == [folder / "scenario.yaml"]


@pytest.mark.parametrize("key", ["files", "record", "series", "codex", "map"])
def test_y9_every_key_that_names_a_file_is_held_to_the_folder(tmp_path: Path, key: str) -> None:
    (tmp_path / "secrets.yaml").write_text("[]\n")
    folder_of(tmp_path / "scenario", {"scenario.yaml": HEADER + f"{key}: ../secrets.yaml\n"})
    assert [f.code for f in library.check_paths([tmp_path / "scenario"])] == ["S306"]


def test_y9_a_link_out_of_the_folder_is_refused_and_one_within_is_followed(tmp_path: Path) -> None:
    (tmp_path / "secrets.yaml").write_text(ACTS)
    folder = folder_of(tmp_path / "scenario", {"scenario.yaml": HEADER + "files: [acts.yaml]\n"})
    (folder / "acts.yaml").symlink_to(tmp_path / "secrets.yaml")
    assert said(library.check_paths([folder])) == [
        "S306 “acts.yaml” is a link that leads out of the scenario's folder"
    ]
    (folder / "acts.yaml").unlink()
    (folder / "real.yaml").write_text(ACTS)
    (folder / "acts.yaml").symlink_to("real.yaml")
    assert library.check_paths([folder]) == ()
    (folder / "acts.yaml").unlink()
    (folder / "acts.yaml").symlink_to("acts.yaml")
    assert [f.code for f in library.check_paths([folder])] == ["S306"]


def test_y9_a_folder_that_is_itself_a_link_stays_one_folder(tmp_path: Path) -> None:
    folder_of(tmp_path / "scenario")
    (tmp_path / "link").symlink_to(tmp_path / "scenario")
    assert library.check_paths([tmp_path / "link"]) == ()


def test_a_file_named_twice_names_both_places(tmp_path: Path) -> None:
    texts = WHOLE | {"scenario.yaml": HEADER + NAMED.replace("codex.yaml", "record.yaml")}
    (found,) = [f for f in library.check_paths([folder_of(tmp_path, texts)]) if f.code == "S306"]
    assert found.message == "“record.yaml” is named twice"
    assert found.related[0][1].line == 12


def test_a_scenario_of_endless_files_is_refused(tmp_path: Path) -> None:
    names = ", ".join(f"f{number}.yaml" for number in range(150))
    folder_of(tmp_path, {"scenario.yaml": HEADER + f"files: [{names}]\n"})
    findings = library.check_paths([tmp_path])
    assert sum(f.code == "Y104" for f in findings) == 1
    assert len(findings) == 101


# ── Y3: what is not read at all ──────────────────────────────────────────────────────────────


def check_in_a_small_process(
    path: str, cwd: Path, *more: str
) -> subprocess.CompletedProcess[str]:
    """The real command, with two gigabytes to live on and ten seconds to finish."""
    program = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000,) * 2)\n"
        "from peace_sim.cli import main\n"
        "sys.exit(main())\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program, "check", path, *more],
        cwd=cwd, env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def oddities(tmp_path: Path) -> Path:
    """Things that look like files and are none, or are too large."""
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    (tmp_path / "large.yaml").write_bytes(b"# a line of no use\n" * 160_000)
    with (tmp_path / "vast.yaml").open("wb") as file:
        file.truncate(10**12)  # a terabyte of nothing
    (tmp_path / "secret.yaml").write_text("x: 1\n")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("pipe.yaml", "S306", "is not a regular file"),
        ("folder.yaml", "S306", "there is no file"),
        ("zero.yaml", "S306", "is not a regular file"),
        ("/dev/zero", "S306", "is not a regular file"),
        ("/dev/tty", "S306", "dev/tty"),
        ("large.yaml", "Y104", "3040000 bytes; at most 2000000 are read"),
        ("vast.yaml", "Y104", "1000000000000 bytes"),
    ],
)
def test_y3_what_is_no_file_or_too_large_is_refused_unread(
    oddities: Path, name: str, code: str, words: str
) -> None:
    done = check_in_a_small_process(name, oddities, "--format", "json")
    (found,) = json.loads(done.stdout)
    assert found["code"] == code
    assert words in found["message"]
    assert found["file"]
    assert done.returncode == 1
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["pipe.yaml", "folder.yaml", "large.yaml", "vast.yaml"])
def test_y3_nor_is_a_further_file_read(oddities: Path, name: str) -> None:
    folder_of(oddities, {"scenario.yaml": HEADER + f"files: [{name}]\n"})
    (found,) = library.check_paths([oddities])
    assert found.code in ("S306", "Y104")
    assert found.span is not None


def test_a_file_that_may_not_be_read_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    folder_of(tmp_path, {"scenario.yaml": HEADER})
    monkeypatch.setattr(library, "_read_regular", refuse)
    (found,) = library.check_paths([tmp_path])
    assert found.message.endswith("scenario.yaml cannot be read: permission denied")


def test_y1_a_bomb_is_refused_by_the_real_command_at_once() -> None:
    done = check_in_a_small_process("merge-bomb.yaml", TESTS / "hostile")
    assert done.returncode == 1
    assert "merge-bomb.yaml:1:5: error Y108: anchors and aliases are not supported" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_y2_nesting_is_refused_by_the_real_command(tmp_path: Path) -> None:
    (tmp_path / "deep.yaml").write_text("[" * 100_000)
    done = check_in_a_small_process("deep.yaml", tmp_path)
    assert done.returncode == 1
    assert "nested deeper than 40" in done.stdout


@pytest.mark.parametrize("path", sorted((TESTS / "hostile").glob("*.yaml")), ids=lambda p: p.name)
def test_y4_to_y8_no_hostile_file_becomes_an_edition_or_a_traceback(path: Path) -> None:
    edition, findings = library.open_edition(path)
    assert edition is None
    assert findings
    assert "\x1b" not in render(findings, library.sources(findings))


# ── Y14: files that change or vanish ─────────────────────────────────────────────────────────


def test_what_has_not_changed_is_not_read_again(tmp_path: Path) -> None:
    folder_of(tmp_path)
    first, _ = library.open_edition(tmp_path)
    assert library.open_edition(tmp_path)[0] is first


@pytest.mark.parametrize("name", list(WHOLE))
def test_y14_any_changed_file_makes_another_edition(tmp_path: Path, name: str) -> None:
    folder_of(tmp_path)
    before, _ = library.open_edition(tmp_path)
    with (tmp_path / name).open("a") as file:
        file.write("# a second thought\n")
    after, findings = library.open_edition(tmp_path)
    assert findings == ()
    assert before is not None and after is not None
    assert before.digest != after.digest


def test_y14_a_file_that_vanished_is_told_and_is_back_when_it_is_back(tmp_path: Path) -> None:
    folder_of(tmp_path)
    before, _ = library.open_edition(tmp_path)
    (tmp_path / "codex.yaml").unlink()
    gone, findings = library.open_edition(tmp_path)
    assert gone is None
    assert [f.code for f in findings] == ["S306"]
    folder_of(tmp_path)
    back, _ = library.open_edition(tmp_path)
    assert before is not None and back is not None
    assert back.digest == before.digest


def test_y14_a_game_keeps_its_own_copy_whatever_becomes_of_the_files(tmp_path: Path) -> None:
    folder_of(tmp_path)
    edition, _ = library.open_edition(tmp_path)
    assert edition is not None
    kept_texts = json.loads(json.dumps(dict(edition.texts)))
    for name in WHOLE:
        (tmp_path / name).unlink()
    again, findings = library.edition_of_texts(kept_texts)
    assert findings == ()
    assert again is not None
    assert again.digest == edition.digest
    assert again.game.names == edition.game.names
    assert again.record == edition.record


def test_a_copy_that_lacks_a_file_says_which() -> None:
    texts = {name: text for name, text in WHOLE.items() if name != "parts/acts.yaml"}
    edition, findings = library.edition_of_texts(texts)
    assert edition is None
    assert "S306 the game's copy of the scenario has no “parts/acts.yaml”" in said(findings)
    assert library.edition_of_texts({})[0] is None


def test_y14_while_an_editor_saves_a_reader_gets_the_old_the_new_or_findings(
    tmp_path: Path,
) -> None:
    folder_of(tmp_path)
    done = threading.Event()

    def save() -> None:
        for round in range(60):
            text = ACTS if round % 2 else ACTS.replace("40", "45")
            with (tmp_path / "parts/acts.yaml").open("w") as file:
                for start in range(0, len(text), 7):  # half-written now and then
                    file.write(text[start : start + 7])
                    file.flush()
        done.set()

    writer = threading.Thread(target=save)
    writer.start()
    while not done.is_set():
        edition, findings = library.open_edition(tmp_path)
        assert (edition is None) == failed(findings)
    writer.join()
    edition, findings = library.open_edition(tmp_path)
    assert findings == ()
    assert edition is not None and edition.digest == digest_of(WHOLE)


# ── the digest ───────────────────────────────────────────────────────────────────────────────


def test_line_ends_and_a_byte_order_mark_change_no_digest(tmp_path: Path) -> None:
    plain_, _ = library.open_edition(folder_of(tmp_path / "one"))
    for name, text in WHOLE.items():
        file = tmp_path / "two" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    other, findings = library.open_edition(tmp_path / "two")
    assert findings == ()
    assert plain_ is not None and other is not None
    assert plain_.digest == other.digest


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=4))
def test_a_digest_belongs_to_exactly_these_texts_in_any_order(texts: dict[str, str]) -> None:
    surrogates = any(0xD800 <= ord(c) < 0xE000 for pair in texts.items() for c in "".join(pair))
    if surrogates:
        return
    backwards = dict(reversed(texts.items()))
    assert digest_of(texts) == digest_of(backwards)
    assert digest_of(texts) != digest_of(texts | {"another": ""})
    joined = {"".join(name + text for name, text in sorted(texts.items())): ""}
    assert digest_of(joined) != digest_of(texts) or joined == texts


# ── expand ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", SAYABLE, ids=lambda path: path.stem)
def test_what_instruments_become_is_shown_word_for_word(path: Path) -> None:
    told, findings = library.expand(path)
    assert findings == ()
    assert told is not None
    assert told == kept(TESTS / "golden" / "expand" / path.name, told)


@pytest.mark.parametrize("path", SAYABLE, ids=lambda path: path.stem)
def test_what_is_shown_is_what_the_author_could_have_written(path: Path) -> None:
    """Each printed part, read back, is the part that is played; none is left out."""
    told, _ = library.expand(path)
    assert told is not None
    document, findings = parse(told, "expanded.yaml")
    assert findings == ()
    assert document is not None
    sections = plain(document.root)
    assert isinstance(sections, dict)
    bound = library._bound(library._main_file(path))
    assert bound.scenario is not None and bound.root is not None and bound.edition is not None
    stages, _ = stages_of(bound.scenario, bound.root)
    expanded = expand_all(bound.scenario, frozenset(stage.id for stage in stages))
    made = {
        (section, id): PART_TYPES[section].model_validate(part)
        for section, parts in sections.items()
        if section != "drifts"
        for id, part in parts.items()
    }
    assert made == {key: expanded.sections[key[0]][key[1]] for key in expanded.origin}
    assert len(sections.get("drifts", [])) == sum(by is not None for _, by in expanded.drifts)


@pytest.mark.parametrize("path", SAYABLE, ids=lambda path: path.stem)
def test_each_part_names_its_instrument_and_the_authors_line(path: Path) -> None:
    told, _ = library.expand(path)
    assert told is not None
    lines = path.read_text("utf-8").splitlines()
    places = [line.strip() for line in told.splitlines() if line.startswith("  # from ")]
    assert places
    for place in places:
        origin, _, line = place.removeprefix("# from ").rpartition(":")
        instrument, _, file = origin.partition(", ")
        assert file == path.name
        assert lines[int(line) - 1].strip() == f"{instrument.split('.')[1]}:"


def test_a_scenario_without_instruments_says_so_and_a_broken_one_its_findings(
    tmp_path: Path,
) -> None:
    told, findings = library.expand(folder_of(tmp_path))
    assert findings == ()
    assert told == "# “A small world” has no instruments: it stands in kernel parts alone.\n"
    folder_of(tmp_path, WHOLE | {"parts/acts.yaml": "variables: []\n"})
    told, findings = library.expand(tmp_path)
    assert told is None
    assert findings


WORDS = st.text(
    st.sampled_from("ab Zé日0159._-:#,[]{}&*!|>'\"%@`?=~/\\()\n"), max_size=12
) | st.sampled_from(["null", "true", "no", "~", "0123", "1994-09-17", "12:30", ".nan", "1e3"])
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | WORDS
    | st.floats(-1e9, 1e9).map(lambda x: round(x, 6)),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(WORDS, below, max_size=4),
    max_leaves=15,
)  # fmt: skip


@given(TREES)
def test_reading_what_was_written_gives_it_back(tree: object) -> None:
    document, findings = parse(written(tree), "file.yaml")
    assert [f for f in findings if f.code != "Y111"] == []
    assert document is not None
    assert plain(document.root) == tree


# ── Y11, Y12: through the whole of check ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("guard", "code"),
    [
        ("9**9**9 > 1", "E202"),
        ("trust.__class__.__mro__ == 1", "E201"),
        ("__import__('os')", "E201"),
        ("lambda: 1", "E201"),
        ("[x for x in trust]", "E201"),
        ("trust[0] > 1", "E201"),
        ("eval(trust) > 1", "E212"),
        ("{0.__class__}", "E201"),
        ("trust > 99999999999999999999", "E205"),
        ("trust; trust", "E201"),
        ("(" * 400 + "trust", "E204"),
        ("trust + " * 60 + "trust > 1", None),
        ("not " * 120 + "trust > 1", "E204"),
        ("trust > 1 if trust else 0", "E202"),
    ],
)
def test_y11_a_hostile_guard_is_a_finding_with_its_column(
    tmp_path: Path, guard: str, code: str | None
) -> None:
    event = "events:\n  thaw:\n    title: A thaw\n    chance: '0.1'\n"
    event += f"    when: {json.dumps(guard)}\n"
    folder_of(tmp_path, {"scenario.yaml": HEADER + ACTS + event})
    findings = library.check_paths([tmp_path])
    assert [f.code for f in findings] == ([code] if code else [])
    for found in findings:
        assert found.span is not None
        assert found.span.line == 17
        assert 11 <= found.span.column <= 12 + len(guard)


def test_y11_five_thousand_terms_are_too_many(tmp_path: Path) -> None:
    measure = "measures:\n  all: {value: " + "trust + " * 5000 + "trust}\n"
    folder_of(tmp_path, {"scenario.yaml": HEADER + ACTS + measure})
    (found,) = library.check_paths([tmp_path])
    assert found.code in ("S303", "E204")
    assert "500 characters" in found.message


TWO = "  {0}: {{title: {0}, phases: {{one: one, two: two}}, transitions: [{1}]}}\n"


@pytest.mark.parametrize(
    ("ways", "codes"),
    [
        ("{from: one, to: two}, {from: two, to: one}", ["C415"]),
        ("{from: one, to: two, when: 'true'}, {from: two, to: one}", ["C415"]),
        (
            "{from: one, to: two, when: trust > 1}, {from: one, to: two}, {from: two, to: one}",
            ["C415"],
        ),
        ("{from: one, to: two, after: 1}, {from: two, to: one}", []),
        ("{from: one, to: two, when: trust > 50}, {from: two, to: one}", []),
        ("{from: one, to: one}", []),
        ("{from: [one, two], to: two}", []),
    ],
)  # fmt: skip
def test_y12_a_ring_without_a_clock_is_found_before_play(
    tmp_path: Path, ways: str, codes: list[str]
) -> None:
    text = HEADER + ACTS + "tracks:\n" + TWO.format("mood", ways)
    folder_of(tmp_path, {"scenario.yaml": text})
    assert [f.code for f in library.check_paths([tmp_path])] == codes


def test_y12_a_ring_through_conditions_stops_the_run_with_words_not_with_a_crash(
    tmp_path: Path,
) -> None:
    first = "{from: one, to: two, when: b is one}, {from: two, to: one, when: b is two}"
    second = "{from: one, to: two, when: a is two}, {from: two, to: one, when: a is one}"
    text = HEADER + "tracks:\n" + TWO.format("a", first) + TWO.format("b", second)
    folder_of(tmp_path, {"scenario.yaml": text})
    program = "import sys; from peace_sim.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, "run", str(tmp_path), "--json"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "tracks that set each other off" in done.stderr
    assert "Its author can mend this" in done.stderr
    assert "report" not in done.stderr


# ── whatever people write ────────────────────────────────────────────────────────────────────

SLIPS = st.tuples(
    st.sampled_from(["drop", "double", "cut", "blank", "swap"]),
    st.integers(0, 200),
    st.integers(0, 200),
    st.sampled_from(["null", "[]", "{}", "-1", "1994-02-30", "trust", "[a, b]", "{a: b}", '""']),
)


def mangled(text: str, slips: list[tuple[str, int, int, str]]) -> str:
    """A scenario after an author's bad day."""
    lines = text.splitlines()
    for kind, first, second, word in slips:
        here, there = first % len(lines), second % len(lines)
        head, colon, rest = lines[here].partition(": ")
        match kind:
            case "drop" if len(lines) > 1:
                del lines[here]
            case "double":
                lines.insert(here, lines[there])
            case "cut":
                lines[here] = lines[here][: second % (len(lines[here]) + 1)]
            case "blank" if colon:
                lines[here] = f"{head}: {word}"
            case "swap" if colon:
                lines[here] = f"{head}: {lines[there].partition(': ')[2] or rest}"
    return "\n".join(lines)


@given(st.sampled_from(SAYABLE), st.lists(SLIPS, min_size=1, max_size=4))
def test_however_a_scenario_is_mangled_there_are_findings_or_an_edition(
    path: Path, slips: list[tuple[str, int, int, str]]
) -> None:
    text = mangled(path.read_text("utf-8"), slips)
    edition, findings = library.edition_of_texts({"scenario.yaml": text})
    assert (edition is None) == failed(findings)
    told = render(findings, library.sources(findings))
    assert told.count(": error ") + told.count(": warning ") >= len(findings)
    lines = text.count("\n") + 1
    assert all(f.span is not None and 1 <= f.span.line <= lines + 1 for f in findings)
