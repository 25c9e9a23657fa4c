"""The drawing of a map: outlines, places with their signs and names, the one pointed at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from peace_sim.engine.game import Game
from peace_sim.engine.view import View, level_of
from peace_sim.report.words import begun
from peace_sim.scenario.boards import MandateBoard, SiteBoard
from peace_sim.scenario.edition import MapData, Outline, Place
from peace_sim.tui.canvas import Drawing, Point, Sheet
from peace_sim.tui.text import shown

Box = tuple[float, float, float, float]
"""West, south, east, north."""

Stretch = tuple[int, int, int]
"""A row, a column in it, and how many from there on."""

_Land = tuple[Sheet, Sequence[tuple[str, Sequence[Stretch]]]]
"""The outlines drawn, and where each neighbour's name might stand."""

MARKS = {"team": ("▲", "A"), "site": ("△", "^"), "capital": ("◆", "*"), "": ("•", "o")}
"""The sign of a place, and the one in ASCII: with a team, without one, the capital, another."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place as the chair knows it now."""

    spot: Place
    sign: str
    """A key of MARKS."""
    teams: tuple[tuple[MandateBoard, SiteBoard, bool], ...]
    """Each mandate that may have a team here, and whether it has one."""
    risk: tuple[float, bool] | None
    """How dangerous it is here, as far as the chair knows; and whether that is a guess."""

    @property
    def name(self) -> str:
        """The name on the map, without what stands behind it in brackets."""
        return self.spot.title.partition(" (")[0]

    @property
    def kind(self) -> str:
        """What sort of place it is."""
        return begun(self.spot.kind.replace("_", " "))

    @property
    def team_text(self) -> str:
        """Whose team is here."""
        here = [mandate.title for mandate, _, placed in self.teams if placed]
        if len(self.teams) > 1:
            return ", ".join(here) or "none"
        return "here" if here else "none" if self.teams else ""


def sites_of(
    chart: MapData, mandates: Sequence[MandateBoard], game: Game, seen: View
) -> list[Site]:
    """All places by name, with the teams and risks that the chair may know of."""
    found = []
    for spot in sorted(chart.places, key=lambda place: place.title.casefold()):
        teams = []
        risk: tuple[float, bool] | None = None
        for mandate in mandates:
            for site in mandate.sites:
                reading = seen.reading(site.teams) if site.id == spot.id else None
                if reading is not None:
                    teams.append((mandate, site, reading.level > 0))
                    if risk is None and site.risk is not None:
                        risk = level_of(game, seen, site.risk)
        sign = "capital" if "capital" in spot.kind else ""
        if teams:
            sign = "team" if any(placed for _, _, placed in teams) else sign or "site"
        found.append(Site(spot, sign, tuple(teams), risk))
    return found


class Chart(Drawing, can_focus=True):
    """Line art of a map. It posts Touched, and is told what to show."""

    INKS: ClassVar[tuple[str, ...]] = (
        "land", "border", "coast", "country", "place", "team", "chosen", "words",
    )  # fmt: skip
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"drawing--{ink}" for ink in INKS}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "go(0, -1)", "North", show=False, id="map.north"),
        Binding("down", "go(0, 1)", "South", show=False, id="map.south"),
        Binding("left", "go(-1, 0)", "West", show=False, id="map.west"),
        Binding("right", "go(1, 0)", "East", show=False, id="map.east"),
    ]
    DEFAULT_CSS = """
    Chart {
        height: 1fr; min-height: 5;
        &> .drawing--land { background: $foreground 7%; }
        &> .drawing--border { color: $text-muted 60%; }
        &> .drawing--coast { color: $foreground; }
        &> .drawing--country { color: $text-muted; text-style: italic; }
        &> .drawing--place { color: $foreground; }
        &> .drawing--team { color: $text-success; text-style: bold; }
        &> .drawing--words { color: $text-muted; }
        &> .drawing--chosen {
            color: $block-cursor-foreground; background: $block-cursor-background;
            text-style: bold;
        }
    }
    """

    @dataclass
    class Touched(Message):
        """A place was gone to, on the map itself."""

        id: str
        chosen: bool

    def __init__(self, chart: MapData, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.chart = chart
        self.home = _home(chart)
        self.box = _box(chart)
        self.sites: Sequence[Site] = ()
        self.at = ""
        self.zoom = 1
        self._cells: dict[str, Point] = {}
        self._drawn_land: tuple[object, _Land] | None = None

    # ------------------------------------------------------------ what it is told

    def show(self, sites: Sequence[Site], at: str) -> None:
        """Show these places, one of them pointed at."""
        self.sites, self.at = sites, at
        self.redraw()

    def point(self, id: str) -> None:
        """Point at another place."""
        if id != self.at:
            self.at = id
            self.redraw()

    def magnify(self) -> None:
        """Nearer to the place pointed at, in two steps; then the whole again."""
        self.zoom = self.zoom % 3 + 1
        self.redraw()

    # ------------------------------------------------------------ what it hears

    def action_go(self, east: int, south: int) -> None:
        """To the next place in a direction."""
        here = self._place_of(self.at)
        if here is None:
            return
        best, least = "", 1e9
        for site in self.sites:
            there = self._place_of(site.spot.id)
            if there is None or site.spot.id == self.at:
                continue
            across, down = there[0] - here[0], there[1] - here[1]
            ahead = across * east + down * south
            aside = abs(across * south) + abs(down * east)
            if ahead > 0 and aside <= 2 * ahead and ahead + 2 * aside < least:
                best, least = site.spot.id, ahead + 2 * aside
        if best:
            self.post_message(self.Touched(best, chosen=False))

    def on_click(self, event: events.Click) -> None:
        """Point at the nearest place."""
        near = sorted(
            (hypot(column - event.x, 2 * (row - event.y)), id)
            for id, (column, row) in self._cells.items()
        )
        if near and near[0][0] < 6:
            self.post_message(self.Touched(near[0][1], chosen=near[0][1] == self.at))

    def _place_of(self, id: str) -> Point | None:
        """Where a place lies, in degrees that are of one length both ways."""
        spot = next((site.spot for site in self.sites if site.spot.id == id), None)
        return (spot.lon * _shrink(self.box), -spot.lat) if spot else None

    # ------------------------------------------------------------ drawing

    def draw(self, sheet: Sheet) -> None:
        """The land, the places, the one pointed at on top, and names where room is left."""
        self._cells = {}
        if not sheet.width or not sheet.height:
            return
        project = self._projection(sheet)
        land, stretches = self._land(sheet, project)
        sheet.take(land)
        self._places(sheet, project)
        for title, found in stretches:
            _name(sheet, title, found)

    def _land(self, blank: Sheet, project: _Projection) -> _Land:
        """Neighbours and the country: drawn once for a window on the map, for it is most of it."""
        key = (blank.width, blank.height, blank.ascii, project.west, project.north, project.scale)
        if self._drawn_land is None or self._drawn_land[0] != key:
            sheet = Sheet(blank.width, blank.height, ascii=blank.ascii)
            around = [outline for outline in self.chart.outlines if outline is not self.home]
            for outline in around:
                _trace(sheet, outline, self.box, project, "border")
            if self.home is not None:
                rings = [[project(*point) for point in ring] for ring in self.home.rings]
                sheet.fill(rings, "land")
                coast = Sheet(sheet.width, sheet.height)
                _trace(coast, self.home, self.box, project, "coast")
                sheet.rub_out(coast)
                _trace(sheet, self.home, self.box, project, "coast")
            names = [(outline.title, _stretches(sheet, outline, project)) for outline in around]
            self._drawn_land = (key, (sheet, names))
        return self._drawn_land[1]

    def _projection(self, sheet: Sheet) -> _Projection:
        box = self.box
        spot = next((site.spot for site in self.sites if site.spot.id == self.at), None)
        middle = (spot.lon, spot.lat) if spot else ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        return _Projection(box, _shrink(box), sheet.dots, self.zoom, middle)

    def _places(self, sheet: Sheet, project: _Projection) -> None:
        ordered = sorted(self.sites, key=lambda s: (s.spot.id != self.at, s.sign == "", s.name))
        visible = []
        for site in ordered:
            x, y = project(site.spot.lon, site.spot.lat)
            column, row = int(x) // 2, int(y) // 4
            if 0 <= column < sheet.width and 0 <= row < sheet.height:
                self._cells[site.spot.id] = (column, row)
                visible.append((site, column, row))
                mark = MARKS[site.sign][1 if sheet.ascii else 0]
                ink = "team" if site.sign == "team" else "place"
                sheet.write(column, row, mark, "chosen" if site.spot.id == self.at else ink)
        for site, column, row in visible:
            self._label(sheet, site, column, row)

    def _label(self, sheet: Sheet, site: Site, column: int, row: int) -> None:
        """The name beside its sign, where it covers no other; the chosen one always."""
        chosen = site.spot.id == self.at
        name = f" {shown(site.name)} " if chosen else shown(site.name)
        wide = cell_len(name)
        ink = "chosen" if chosen else "team" if site.sign == "team" else "words"
        right, left = column + (1 if chosen else 2), column - wide - (0 if chosen else 1)
        for start, room in ((right, wide + 1), (left, wide), (right, wide)):
            if sheet.is_free(start, row, room):
                sheet.write(start, row, name, ink)
                return
        if chosen:
            sheet.write(max(0, min(right, sheet.width - wide)), row, name, ink)


class _Projection:
    """Degrees to dots: as much of the map as fits, nothing stretched."""

    def __init__(
        self,
        box: Box,
        shrink: float,
        dots: tuple[int, int],
        zoom: int,
        middle: Point,
    ) -> None:
        west, south, east, north = box
        wide, tall = (east - west) * shrink or 1.0, (north - south) or 1.0
        self.scale = min((dots[0] - 1) / wide, (dots[1] - 1) / tall) * zoom
        self.shrink = shrink
        seen_wide, seen_tall = dots[0] / self.scale / shrink, dots[1] / self.scale
        self.west = _slide(middle[0], seen_wide, west, east) if zoom > 1 else (
            (west + east - seen_wide) / 2
        )
        self.north = -_slide(-middle[1], seen_tall, -north, -south) if zoom > 1 else (
            (north + south + seen_tall) / 2
        )

    def __call__(self, lon: float, lat: float) -> Point:
        return (lon - self.west) * self.shrink * self.scale, (self.north - lat) * self.scale


def _slide(middle: float, seen: float, first: float, last: float) -> float:
    """Where to begin so that the middle is in the middle, and nothing beyond the map is seen."""
    return max(first, min(middle - seen / 2, last - seen)) if seen < last - first else (
        (first + last - seen) / 2
    )


def _box(chart: MapData) -> Box:
    """The map's edges."""
    points = [point for outline in chart.outlines for ring in outline.rings for point in ring]
    points = points or [(place.lon, place.lat) for place in chart.places] or [(0.0, 0.0)]
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    return min(lons), min(lats), max(lons), max(lats)


def _shrink(box: Box) -> float:
    """How much shorter a degree of longitude is than one of latitude here."""
    return max(0.1, cos(radians((box[1] + box[3]) / 2)))


def _home(chart: MapData) -> Outline | None:
    """The country that the scenario is about: the one in which most places lie."""
    def held(outline: Outline) -> int:
        return sum(_within(outline, place.lon, place.lat) for place in chart.places)

    best = max(chart.outlines, key=held, default=None)
    return best if best is not None and held(best) else None


def _within(outline: Outline, lon: float, lat: float) -> bool:
    inside = False
    for ring in outline.rings:
        for (x, y), (to_x, to_y) in zip(ring, (*ring[1:], ring[0]), strict=True):
            if (y <= lat) != (to_y <= lat) and lon < x + (lat - y) * (to_x - x) / (to_y - y):
                inside = not inside
    return inside


def _trace(
    sheet: Sheet, outline: Outline, box: Box, project: _Projection, ink: str
) -> None:
    """An outline's rings, but for where they only follow the edge at which the map was cut."""
    for ring in outline.rings:
        for start, end in zip(ring, (*ring[1:], ring[0]), strict=True):
            if not (_cut_sides(start, box) & _cut_sides(end, box)):
                sheet.line(project(*start), project(*end), ink)


def _cut_sides(point: Point, box: Box) -> frozenset[int]:
    """The sides of the map on which a point lies, give or take what simplifying moved it."""
    west, south, east, north = box
    slack = (east - west) / 200
    off = (point[0] - west, point[1] - south, east - point[0], north - point[1])
    return frozenset(side for side, far in enumerate(off) if abs(far) < slack)


def _stretches(sheet: Sheet, outline: Outline, project: _Projection) -> list[Stretch]:
    """Where a country lies in sight, row by row."""
    probe = Sheet(sheet.width, sheet.height)
    probe.fill([[project(*point) for point in ring] for ring in outline.rings], "in")
    return [
        (row, left, length)
        for row in range(sheet.height)
        for left, length in probe.stretches(row, "in")
    ]


def _name(sheet: Sheet, title: str, stretches: Sequence[Stretch]) -> None:
    """A country's name, in the middle of the widest stretch of it that is free."""
    name = shown(title).upper()
    wide = cell_len(name)
    best: tuple[int, int, int] | None = None
    for row, left, length in stretches:
        start = left + (length - wide) // 2
        centred = length - abs(row - sheet.height // 2)
        if (
            length >= wide + 2
            and (best is None or centred > best[0])
            and sheet.is_free(start - 1, row, wide + 2)
        ):
            best = (centred, start, row)
    if best is not None:
        sheet.write(best[1], best[2], name, "country")
