"""The screens in which one looks things up: what they show, and what keeps hidden."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from peace import ENVOY, LOOKUPS, Bench, edition, place
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, Static

from peace_sim.engine import level_of, view
from peace_sim.engine.facts import VariableMoved
from peace_sim.engine.game import Number
from peace_sim.engine.state import World
from peace_sim.expressions import Expr
from peace_sim.play import Session, Store
from peace_sim.report.words import day_text
from peace_sim.tui.canvas import Sheet
from peace_sim.tui.listing import Listing, Row
from peace_sim.tui.place import Place
from peace_sim.tui.plots import SeriesPlot
from peace_sim.tui.reader import Reader
from peace_sim.tui.screens.assumptions import AssumptionsScreen
from peace_sim.tui.screens.codex import CodexScreen
from peace_sim.tui.screens.incidents import IncidentsScreen
from peace_sim.tui.screens.lookup import Lookup
from peace_sim.tui.screens.map import MapScreen
from peace_sim.tui.screens.numbers import NumbersScreen
from peace_sim.tui.screens.promises import PromisesScreen
from peace_sim.tui.screens.record import RecordScreen
from peace_sim.tui.screens.saved import SavedScreen
from peace_sim.tui.screens.why import WhyScreen
from peace_sim.tui.widgets.chart import Chart

SIZES = ((80, 24), (100, 30), (60, 20))
MONTHS = 5


def grid(app: App[object]) -> str:
    """What stands on the terminal, row by row."""
    strips = app.screen._compositor.render_strips()
    rows = ("".join(segment.text for segment in strip) for strip in strips)
    return "\n".join(row.rstrip() for row in rows)


def listed(app: App[object]) -> list[Row]:
    return [row for row in app.screen.query_one(Listing).rows if not row.heading]


def told(app: App[object]) -> str:
    """The whole text beside the list."""
    return app.screen.query_one(Reader).text.plain


async def point(pilot: Pilot[object], id: str) -> None:
    pilot.app.screen.query_one(Listing).point(id)
    await pilot.pause()


@pytest.fixture(scope="module")
def played() -> Place:
    """The Envoy's chair after some months, for screens that only look."""
    return place(MONTHS)


# ── all of them ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", LOOKUPS, ids=lambda kind: kind.__name__)
async def test_a_screen_names_itself_shows_a_list_and_its_text_and_goes_back(
    kind: type[Lookup], played: Place
) -> None:
    app = Bench(kind(played))
    async with app.run_test(size=(80, 24)) as pilot:
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            seen = grid(app)
            assert f"{day_text(played.view().day)} · {kind.TITLE_WORDS}" in seen.splitlines()[0]
            assert max(listed(app)[0].cells, key=len)[:12] in seen
            assert told(app).splitlines()[0][:20] in seen
            assert "Back" in seen.splitlines()[-1]
        await pilot.press("escape")
        assert not isinstance(app.screen, Lookup)


@pytest.mark.parametrize("kind", LOOKUPS, ids=lambda kind: kind.__name__)
async def test_enter_gives_the_text_the_keys_and_escape_gives_them_back(
    kind: type[Lookup], played: Place
) -> None:
    app = Bench(kind(played))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        assert app.focused is app.screen.query_one(Listing)
        await pilot.press("enter")
        if kind is NumbersScreen:
            assert isinstance(app.screen, WhyScreen)
        else:
            assert app.focused is app.screen.query_one(Reader)
        await pilot.press("escape")
        assert isinstance(app.screen, kind)
        assert app.focused is app.screen.query_one(Listing)


@pytest.mark.parametrize("kind", LOOKUPS, ids=lambda kind: kind.__name__)
async def test_a_storm_of_resizes_leaves_a_screen_whole(kind: type[Lookup], played: Place) -> None:
    app = Bench(kind(played))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = grid(app)
        for size in [(60, 20), (20, 5), (200, 60), (1, 1), (56, 16), (40, 10)]:
            await pilot.resize_terminal(*size)
            await pilot.press("down")
        await pilot.press("home")
        if kind is RecordScreen:
            await pilot.press("end")
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert grid(app) == before


@pytest.mark.parametrize("kind", LOOKUPS, ids=lambda kind: kind.__name__)
async def test_a_chair_for_which_there_is_nothing_gets_a_word_instead(kind: type[Lookup]) -> None:
    here = place(0)
    bare = replace(
        here.edition, map=None, record=(), codex=(), assumptions=(), commitments=(), ceasefires=()
    )
    app = Bench(kind(replace(here, edition=bare)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        if not listed(app):
            assert app.screen.query_one(Listing).empty in grid(app)
        await pilot.press("down", "up", "enter", "escape")


# ── the map ──────────────────────────────────────────────────────────────────────────────────


async def test_the_map_and_its_table_say_the_same_of_teams(played: Place) -> None:
    seen = played.view()
    board = played.edition.mandates[0]
    placed = {s.id for s in board.sites if (r := seen.reading(s.teams)) is not None and r.level}
    assert placed, "the play should have placed a team"
    app = Bench(MapScreen(played))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        by_id = {row.id: row.cells for row in listed(app)}
        for site in board.sites:
            assert by_id[site.id][2] == ("here" if site.id in placed else "none")
        drawn = drawing(app.screen.query_one(Chart))
        assert drawn.count("▲") == len(placed)
        assert drawn.count("△") == len(board.sites) - len(placed)


def drawing(chart: Chart | SeriesPlot) -> str:
    sheet = Sheet(*chart.content_size, ascii=chart.ascii)
    chart.draw(sheet)
    return str(sheet)


async def test_a_place_shows_its_note_and_what_happened_there(played: Place) -> None:
    app = Bench(MapScreen(played))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await point(pilot, "garm")
        assert "The Karategin valley." in told(app)
        assert "The mission sends a team." in told(app)
        assert "The road to Garm is cut" in told(app), "what was told of it in this play"
        await point(pilot, "pyanj")
        assert "13 July 1993: (record) Fighting at a border post." in told(app)
        assert "Garm" not in told(app)


async def test_risk_is_told_to_a_chair_that_knows_what_it_rests_on_and_to_no_other() -> None:
    knows, outsider = place(3), place(3, role="north")
    heat = knows.view().reading("heat")
    assert heat is not None and outsider.view().reading("heat") is None
    app = Bench(MapScreen(knows))
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        await point(pilot, "garm")
        assert f"Risk to those who stand here: {round(heat.level)} of 100." in told(app)
        assert "Risk" in grid(app).splitlines()[1]
    app = Bench(MapScreen(outsider))
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        await point(pilot, "garm")
        assert "Risk" not in told(app)
        await point(pilot, "pyanj")
        assert "Risk to those who stand here: 20 of 100." in told(app)


def test_a_level_that_rests_on_a_guess_says_so() -> None:
    here = place(2)
    resolve = here.view().reading("resolve")
    cell = here.game.variable("resolve").cell
    number = Number(Expr("resolve", None), frozenset({cell}), lambda cells, day: cells[cell])  # type: ignore[arg-type]
    assert resolve is not None
    assert level_of(here.game, here.view(), number) == (resolve.level, True)
    outsider = here.seat.session.state  # type: ignore[attr-defined]
    assert level_of(here.game, view(here.game, outsider, "north"), number) is None


async def test_the_arrows_on_the_map_lead_to_the_next_place_that_way(played: Place) -> None:
    app = Bench(MapScreen(played))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        await point(pilot, "dushanbe")
        app.screen.query_one(Chart).focus()
        way = []
        for key in ("up", "down", "right", "down", "left"):
            await pilot.press(key)
            way.append(app.screen.query_one(Listing).pointed)
        assert way == ["khujand", "garm", "khorog", "khorog", "kulyab"], "south of Khorog lies none"


async def test_the_place_pointed_at_is_named_on_the_map_at_any_nearness(played: Place) -> None:
    app = Bench(MapScreen(played))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        for key in ("down", "z", "down", "z", "z"):
            await pilot.press(key)
            site = app.screen.query_one(Listing).pointed
            name = next(p.title for p in played.edition.map.places if p.id == site)  # type: ignore[union-attr]
            assert name.partition(" (")[0] in drawing(app.screen.query_one(Chart))


async def test_without_braille_the_map_is_drawn_in_ascii(
    played: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEACE_SIM_ASCII", "1")
    app = Bench(MapScreen(played))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        drawn = drawing(app.screen.query_one(Chart))
        assert drawn.isascii()
        assert "Dushanbe" in drawn and "A" in drawn
        assert sum(letter in "./\\-_|'+:" for letter in drawn) > 60


async def test_nothing_of_a_team_is_shown_to_a_chair_that_may_not_know_of_it(played: Place) -> None:
    game = played.game
    site = played.edition.mandates[0].sites[0].teams
    at = game.index["variable"][site]
    hidden = replace(game.variables[at], known_to=frozenset({"government"}))
    variables = (*game.variables[:at], hidden, *game.variables[at + 1 :])
    knowers = list(game.cell_knowers)
    knowers[hidden.cell] = hidden.known_to
    secret = replace(game, variables=variables, cell_knowers=tuple(knowers))
    session = Session.new(secret, World("6", "drawn"), None, {ENVOY: None})
    from peace_sim.play import LocalSeat

    seat = LocalSeat(session, [ENVOY])
    app = Bench(MapScreen(Place(replace(edition(), game=secret), seat, ENVOY)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await point(pilot, played.edition.mandates[0].sites[0].id)
        assert "team" not in told(app)


# ── incidents ────────────────────────────────────────────────────────────────────────────────


async def test_every_case_stands_in_the_ledger_with_its_status_and_what_finds_no_slot(
    played: Place,
) -> None:
    cases = played.view().caselists[0]
    assert cases.overflow and len(cases.cases) == 3, "the play should overflow the list"
    app = Bench(IncidentsScreen(played))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        rows = listed(app)
        assert [row.cells[3] for row in rows[:3]] == [case.status_title for case in cases.cases]
        assert f"{cases.overflow} more that nobody could follow" in rows[3].cells
        for case, row in zip(cases.cases, rows, strict=False):
            await point(pilot, row.id)
            assert f"[{case.status_title}]" in told(app)
            assert "Special Envoy" in told(app), "who looks into it"


async def test_a_case_is_told_from_the_day_it_was_opened_and_no_other(played: Place) -> None:
    app = Bench(IncidentsScreen(played))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        await point(pilot, listed(app)[0].id)
        story = told(app).partition("How it went\n")[2]
        assert story.count("It was reported.") == 1


# ── promises ─────────────────────────────────────────────────────────────────────────────────


async def test_promises_stand_under_whose_they_are_with_their_countdown() -> None:
    here = place(1)
    app = Bench(PromisesScreen(here))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        rows = app.screen.query_one(Listing).rows
        headings = {row.cells[0]: n for n, row in enumerate(rows) if row.heading}
        at = {row.id: n for n, row in enumerate(rows) if not row.heading}
        assert headings["You owe"] < at["observers"]
        countdown = next(c for c in here.view().countdowns if c.id == "observers_due")
        assert f"in {countdown.days_left} days" in rows[at["observers"]].cells
        await point(pilot, "observers")
        assert "Twenty observers in the field before winter." in told(app)
        assert "Known to Special Envoy" in told(app)


async def test_a_broken_promise_is_settled_marked_and_explained(played: Place) -> None:
    app = Bench(PromisesScreen(played))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        row = next(row for row in listed(app) if row.id == "observers")
        assert row.cells[:3] == ("✗", "Twenty observers", "broken")
        await point(pilot, "observers")
        assert "“late” → “broken”" in told(app)


async def test_a_promise_that_a_chair_does_not_know_of_is_not_there() -> None:
    app = Bench(PromisesScreen(place(1, role="north")))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert [row.id for row in listed(app)] == ["corridor"], "the one in the text alone"


# ── the record ───────────────────────────────────────────────────────────────────────────────


async def test_the_record_tells_what_lies_before_and_what_came_to_pass_and_no_more() -> None:
    app = Bench(RecordScreen(place(0)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert [row.id for row in listed(app)] == ["first-visit", "border-war", "hard-winter"]
        assert "What lies ahead" in grid(app)
    app = Bench(RecordScreen(place(MONTHS)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        ids = [row.id for row in listed(app)]
        assert {"truce-signed", "floods"} <= set(ids), "they came to pass in this play"
        assert "what-comes" not in ids


async def test_the_study_mode_opens_what_its_date_has_passed() -> None:
    here = place(0)
    seen = replace(here.view(), day=date(1994, 12, 1).toordinal())
    at = type("Fixed", (), {"roles": (ENVOY,), "view": lambda *_: seen, "facts": lambda *_: ()})
    app = Bench(RecordScreen(Place(here.edition, at(), ENVOY, study=True)))  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert [row.id for row in listed(app)][-2:] == ["truce-signed", "floods"]


async def test_sources_and_disputes_stand_with_what_they_are_about(played: Place) -> None:
    app = Bench(RecordScreen(played))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert any("(disputed)" in row.cells[1] for row in listed(app))
        await point(pilot, "border-war")
        assert "Disputed\n• Sources disagree on how many died" in told(app)
        assert "• A newspaper of July 1993 (1993)\n  https://example.org/july" in told(app)
        assert "Confidence: medium" in told(app)


async def test_the_record_is_searched_by_words_and_filtered_by_track(played: Place) -> None:
    app = Bench(RecordScreen(played))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("slash", *"border 1993")
        assert [row.id for row in listed(app)] == ["border-war"]
        await pilot.press("escape")
        assert isinstance(app.screen, RecordScreen) and len(listed(app)) == 5
        tracks = set()
        for _ in range(4):
            await pilot.press("f")
            tracks.add(frozenset(row.cells[2] for row in listed(app)))
        assert tracks == {frozenset({t}) for t in ("people", "talks", "truce", "war")}
        await pilot.press("f")
        assert len(listed(app)) == 5


# ── the codex ────────────────────────────────────────────────────────────────────────────────


async def test_a_number_leads_along_a_link_of_the_codex_and_b_leads_back(played: Place) -> None:
    app = Bench(CodexScreen(played))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await point(pilot, "ceasefire")
        assert "2  Observer" in told(app)
        await pilot.press("2")
        assert told(app).startswith("Observer\nWord\n\nAn unarmed officer")
        await pilot.press("9", "b")
        assert told(app).startswith("Ceasefire")


async def test_the_codex_is_searched_whatever_the_accents_and_titles_come_first(
    played: Place,
) -> None:
    app = Bench(CodexScreen(played))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("slash", *"qal", "down")
        assert [row.id for row in listed(app)] == ["kalaikhum"]
        await pilot.press("slash", "escape", "slash", *"commission")
        assert [row.id for row in listed(app)] == ["joint-commission"]
        await pilot.press("ctrl+u", *"observer")
        assert listed(app)[0].id == "observer"


async def test_a_link_leads_out_of_a_search(played: Place) -> None:
    app = Bench(CodexScreen(played))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("slash", *"unarmed", "enter", "1")
        assert app.screen.query_one(Listing).pointed == "ceasefire"


# ── assumptions and figures ──────────────────────────────────────────────────────────────────


async def test_every_number_with_a_basis_is_listed_and_filtered_by_kind(played: Place) -> None:
    app = Bench(AssumptionsScreen(played))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert len(listed(app)) == len(played.edition.assumptions)
        kinds = list(dict.fromkeys(one.kind for one in played.edition.assumptions))
        for kind in kinds:
            await pilot.press("f")
            assert {row.cells[2] for row in listed(app)} == {kind}
        await pilot.press("f", "slash", *"refugees report")
        assert [row.cells[0] for row in listed(app)] == ["Refugees still abroad"]
        assert "High Commissioner for Refugees, report of 1994" in told(app)


async def test_all_that_the_chair_may_know_stands_in_the_figures_and_guesses_say_so(
    played: Place,
) -> None:
    seen = played.view()
    app = Bench(NumbersScreen(played))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        rows = {row.id: row.cells for row in listed(app)}
        known = (*seen.readings, *seen.tracks, *seen.countdowns, *seen.caselists)
        assert set(rows) == {thing.id for thing in known}
        assert rows["resolve"][2] == "estimate" and rows["resolve"][1].startswith("About ")
        await point(pilot, "resolve")
        assert "what your people believe" in told(app)
        heat = seen.reading("heat")
        assert heat is not None and heat.word in rows["heat"][1].lower()


async def test_w_tells_the_rule_behind_the_last_change_and_what_it_read(played: Place) -> None:
    app = Bench(NumbersScreen(played))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await point(pilot, "heat")
        await pilot.press("w")
        assert isinstance(app.screen, WhyScreen)
        why = told(app)
        moved = [f for f in played.facts() if isinstance(f, VariableMoved) and f.variable == "heat"]
        last = moved[-1]
        assert f"{last.before:g} → {last.after:g}".replace(".0", "") in why.splitlines()[0]
        assert "Special Envoy chose “Visit the field”: add -3 to “Heat on the front”." in why
        assert "Nothing keeps a front quiet by itself." in why


async def test_what_never_changed_says_so(played: Place) -> None:
    app = Bench(NumbersScreen(played))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await point(pilot, "line")
        await pilot.press("w")
        assert "It has not changed since the chapter opened" in grid(app)


# ── kept games ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    kept = Store(tmp_path / "games")
    for number, title in enumerate(("First evening", "Second evening")):
        world = World(str(number), "drawn")
        session = Session.new(
            edition().game, world, None, {ENVOY: None}, store=kept, title=title
        )
        session.close()
    yield kept
    kept.close()


def titles(app: App[object]) -> set[str]:
    return {row.cells[1] for row in app.screen.query_one(Listing).rows}


def note(app: App[object]) -> str:
    return str(app.screen.query_one("#note", Static).render())


async def test_enter_goes_on_with_the_game_pointed_at(store: Store) -> None:
    app = Bench(SavedScreen(store))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert titles(app) == {"First evening", "Second evening"}
        game = app.screen.query_one(Listing).rows[1].id
        await pilot.press("down", "enter")
        await pilot.pause()
        assert app.answers == [game]


async def test_a_game_is_renamed_and_deleted_only_after_a_question(store: Store) -> None:
    app = Bench(SavedScreen(store))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("r", "ctrl+u", *"Spring", "enter")
        await pilot.pause()
        assert "Spring" in titles(app)
        await pilot.press("d", "enter")
        await pilot.pause()
        assert len(store.games()) == 2, "the first way on is to keep it"
        await pilot.press("d", "escape")
        assert len(store.games()) == 2
        await pilot.press("d", "down", "enter")
        await pilot.pause()
        assert len(store.games()) == 1 and len(titles(app)) == 1


async def test_a_game_goes_out_to_a_file_and_comes_in_again(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    app = Bench(SavedScreen(store))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("e")
        app.screen.query_one(Input).value = str(target)
        await pilot.press("enter")
        await pilot.pause()
        assert target.is_file() and f"It is in {target}." in note(app)
        await pilot.press("e")
        app.screen.query_one(Input).value = str(target)
        before = target.stat().st_mtime_ns
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert target.stat().st_mtime_ns == before, "a file that exists is left, unless asked"
        await pilot.press("i")
        app.screen.query_one(Input).value = str(target)
        await pilot.press("enter")
        await pilot.pause()
        assert len(store.games()) == 3
        await pilot.press("i", *"/no/such/file", "enter")
        await pilot.pause()
        assert "is not a file" in note(app)


async def test_a_damaged_game_and_one_that_is_open_elsewhere_say_so(store: Store) -> None:
    broken, held = (game.id for game in store.games())
    with sqlite3.connect(store.path) as db:
        db.execute("UPDATE entries SET line = '{}' WHERE game = ? AND seq = 3", (broken,))
        db.execute("UPDATE games SET locked_by = '[1, \"elsewhere\", \"0\"]' WHERE id = ?", (held,))
    app = Bench(SavedScreen(store))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        await point(pilot, broken)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "Damaged: Line 5" in told(app) and "can go on in a copy" in told(app)
        await point(pilot, held)
        assert "Open in another peace-sim (process 1 on elsewhere)" in told(app)
        await pilot.press("d", "down", "enter")
        await pilot.pause()
        assert "open in another peace-sim" in note(app) and len(store.games()) == 2


# ── lists and texts of any length ────────────────────────────────────────────────────────────


class One(App[None]):
    """An application with one widget."""

    def __init__(self, widget: Listing | Reader | SeriesPlot) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> Iterator[Listing | Reader | SeriesPlot]:  # type: ignore[override]
        yield self.widget


async def test_a_cursor_move_draws_two_rows_of_a_long_list(monkeypatch: pytest.MonkeyPatch) -> None:
    listing = Listing([])
    app = One(listing)
    async with app.run_test(size=(80, 24)) as pilot:
        from peace_sim.tui.listing import Column

        listing.columns = (Column("Line"),)
        listing.show([Row(str(n), (f"line {n}",)) for n in range(5000)])
        listing.focus()
        await pilot.pause()
        drawn: list[int] = []
        whole = Listing.render_line
        monkeypatch.setattr(
            Listing, "render_line", lambda self, y: (drawn.append(y), whole(self, y))[1]
        )
        await pilot.press("down")
        await pilot.pause()
        assert len(drawn) <= 2
        await pilot.press("end")
        await pilot.pause()
        assert "line 4999" in grid(app)
        await pilot.press("pageup", "home")
        await pilot.pause()
        assert "› line 0" in grid(app)


async def test_a_text_of_200_kb_is_read_page_by_page_to_its_end() -> None:
    from textual.content import Content

    text = "\n".join(f"{n} {'lorem ipsum ' * 20}" for n in range(830))
    reader = Reader(Content(text))
    app = One(reader)
    async with app.run_test(size=(80, 24)) as pilot:
        reader.focus()
        await pilot.pause()
        assert grid(app).splitlines()[0].split()[0] == "0"
        await pilot.press("end")
        await pilot.wait_for_animation()
        assert "829 lorem" in grid(app)


# ── curves ───────────────────────────────────────────────────────────────────────────────────

OURS = ((date(1994, 1, 1), 10.0), (date(1994, 7, 1), 40.0), (date(1995, 1, 1), 20.0))
RECORD = ((date(1994, 2, 1), 12.0), (date(1994, 12, 1), 55.0))


@pytest.mark.parametrize("plain", [False, True], ids=["braille", "ascii"])
async def test_both_curves_can_be_told_apart_without_colour(
    plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEACE_SIM_ASCII", "1" if plain else "0")
    plot = SeriesPlot("Observers", "people", OURS, RECORD)
    app = One(plot)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        drawn = drawing(plot)
        assert drawn.splitlines()[0] == "Observers (people)"
        assert "in this play: 20" in drawn and "in the record: 55 (December 1994)" in drawn
        ring = "o" if plain else "○"
        body = "\n".join(line[6:] for line in drawn.splitlines()[2:-2])
        assert body.count(ring) == len(RECORD), "a ring at each point of the record"
        assert drawn.isascii() == plain
        assert "60" in drawn and "Jan 1995" in drawn


@pytest.mark.parametrize(
    ("ours", "record"),
    [
        ((), ()), (OURS, ()), ((), RECORD), (OURS[:1], RECORD[:1]),
        (((date(1994, 1, 1), 0.0), (date(1994, 2, 1), 0.0)), ()),
        (((date(1994, 1, 1), -5.0), (date(2000, 2, 1), 1e9)), RECORD),
    ],
    ids=["nothing", "ours", "theirs", "points", "flat", "wide"],
)  # fmt: skip
async def test_any_series_can_be_drawn_at_any_size(
    ours: tuple[tuple[date, float], ...], record: tuple[tuple[date, float], ...]
) -> None:
    plot = SeriesPlot("Refugees", "", ours, record)
    for size in [(80, 12), (30, 7), (8, 3), (1, 1), (0, 0)]:
        sheet = Sheet(*size)
        plot.draw(sheet)
        assert len(str(sheet).splitlines()) <= size[1]
    sheet = Sheet(80, 12)
    plot.draw(sheet)
    assert ("Nothing was measured" in str(sheet)) == (not ours and not record)


def test_the_canvas_draws_lines_where_they_belong_and_nothing_outside() -> None:
    sheet = Sheet(4, 2)
    sheet.line((-100, 3.0), (100, 3.0), "ink")
    assert str(sheet).splitlines()[0] == "⣀⣀⣀⣀"
    sheet = Sheet(4, 2)
    sheet.line((0, 0), (7, 7), "ink", dash=(1, 0))
    assert str(sheet) == "⠑⢄\n  ⠑⢄"
    sheet.line((500, 500), (900, 0), "ink")
    assert str(sheet) == "⠑⢄\n  ⠑⢄"

