"""Takes the pictures of the screens anew: ``python docs/screens/take.py [NAME …]``.

The games are history's own line with one chair given to a person, so that the same command takes
the same pictures on every machine, until the scenario or the screens change.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from textual.pilot import Pilot

from peace_sim.engine.state import World
from peace_sim.play import POLICIES, Session, Store
from peace_sim.scenario import library
from peace_sim.tui.app import PeaceApp, Wish

HERE = Path(__file__).parent
SIZE = (100, 30)
CREATED = "1995-06-16T12:00:00+00:00"


@dataclass(frozen=True)
class Picture:
    """A screen: the scenario, the chair, the first day on which it is asked, and the keys to it."""

    name: str
    keys: Sequence[str] = ()
    scenario: str = "tajikistan"
    chair: str = "envoy"
    day: date | None = None
    """None for the start of the program; a day long past the chapter for its end."""


TABLE = date(1994, 4, 5)
COUNCIL = date(1994, 12, 16)
WINTER = date(1995, 1, 20)
END = date(1999, 1, 1)
LAST_NIGHT = "last-night-in-tehran"

PICTURES = (
    Picture("start"),
    Picture("setup", ("enter",)),
    Picture("desk", scenario=LAST_NIGHT, day=date(1994, 9, 16)),
    Picture("plan", ("enter", "1", "4", "down", "down"), day=date(1994, 3, 1)),
    Picture("dilemma", ("enter", "down"), day=date(1994, 9, 17)),
    Picture("table", ("enter", "down"), day=TABLE),
    Picture("seals", ("enter", "enter", "down", "enter", "enter", "s", "o"), day=TABLE),
    Picture("council", ("enter", "enter", "enter", "s", "o", "escape"), chair="council",
            day=COUNCIL),
    Picture("numbers", ("n",), day=WINTER),
    Picture("map", ("m",), day=WINTER),
    Picture("incidents", ("i",), day=WINTER),
    Picture("promises", ("p",), day=WINTER),
    Picture("record", ("r",), day=WINTER),
    Picture("codex", ("c",), day=WINTER),
    Picture("assumptions", ("a",), day=WINTER),
    Picture("heard", ("h",), day=WINTER),
    Picture("help", ("question_mark",), day=WINTER),
    Picture("debrief", day=END),
    Picture("timeline", ("2",), day=END),
    Picture("decisions", ("3",), day=END),
    Picture("curves", ("5",), day=END),
    Picture("ledgers", ("6",), day=END),
    Picture("what-if", ("w", "home"), scenario=LAST_NIGHT, day=END),
    Picture("branch", ("w", "home", "enter"), scenario=LAST_NIGHT, day=END),
    Picture("kept-games", ("down", "down", "down", "enter"), day=WINTER),
)  # fmt: skip


def kept(folder: Path, picture: Picture) -> Wish:
    """A game that came to its day along history's line, and then found somebody in the chair."""
    assert picture.day is not None
    edition, _ = library.open_edition(picture.scenario)
    assert edition is not None, picture.scenario
    game = edition.game
    store = Store(folder, clock=lambda: CREATED)
    asked = dict.fromkeys(decision.role for decision in game.decisions)
    session = Session.new(
        game, World("7", "recorded"), None, dict.fromkeys(asked, POLICIES["historical"]),
        store=store, texts=edition.texts, created=CREATED, id=f"{edition.id}-1",
    )  # fmt: skip
    while not session.ended and game.moments[session.state.moment].day < picture.day.toordinal():
        session.advance()
    session.seat(picture.chair, None)
    while not session.ended and picture.chair not in session.waiting():
        session.advance()
    store.close()
    return Wish() if picture.name == "kept-games" else Wish(resume=session.id)


async def settle(pilot: Pilot[None]) -> None:
    """Wait until nothing is under way."""
    await pilot.pause()
    if pilot.app.workers:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


async def take(picture: Picture) -> str:
    """The picture as SVG."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["PEACE_SIM_HOME"] = home
        folder = Path(home)
        wish = kept(folder, picture) if picture.day is not None else Wish()
        app = PeaceApp(wish, open_store=lambda: Store(folder, clock=lambda: CREATED))
        app.preferences.still, app.animation_level = True, "none"
        async with app.run_test(size=SIZE, notifications=False) as pilot:
            for _ in range(3):
                await settle(pilot)
            for key in picture.keys:
                await pilot.press(key)
                await asyncio.sleep(0.4)  # the game takes a key at once after another for a bounce
                await settle(pilot)
            return bare(app.export_screenshot(title="peace-sim", simplify=True))


def bare(svg: str) -> str:
    """A picture that asks nobody for a font, and is the same each time it is taken."""
    svg = re.sub(r"\s*@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code", "DejaVu Sans Mono, Menlo, Consolas")
    return re.sub(r"terminal-\d+-", "t-", svg)


def main(names: Sequence[str]) -> None:
    """Take the pictures of these names, or all."""
    unknown = set(names) - {picture.name for picture in PICTURES}
    if unknown:
        raise SystemExit(f"No such picture: {', '.join(sorted(unknown))}")
    for picture in PICTURES:
        if not names or picture.name in names:
            target = HERE / f"{picture.name}.svg"
            target.write_text(asyncio.run(take(picture)), "utf-8")
            print(f"{target.name}: {target.stat().st_size // 1000} KB")


if __name__ == "__main__":
    main(sys.argv[1:])
