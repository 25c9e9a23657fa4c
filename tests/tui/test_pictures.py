"""The pictures in the documentation: each is there, is small, and asks nobody for anything."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

SCREENS = Path(__file__).parents[2] / "docs" / "screens"


@pytest.fixture(scope="module")
def take() -> ModuleType:
    spec = importlib.util.spec_from_file_location("take", SCREENS / "take.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["take"] = module
    spec.loader.exec_module(module)
    return module


def test_every_picture_is_there_small_and_whole_in_itself(take: ModuleType) -> None:
    named = {picture.name for picture in take.PICTURES}
    assert named == {path.stem for path in SCREENS.glob("*.svg")}
    page = (SCREENS / "README.md").read_text("utf-8")
    for name in named:
        path = SCREENS / f"{name}.svg"
        svg = path.read_text("utf-8")
        ElementTree.fromstring(svg)
        assert path.stat().st_size < 200_000, name
        assert not re.search(r"@font-face|@import|href|url\((?!#)", svg), name
        assert f"({name}.svg)" in page


async def test_a_picture_can_be_taken_again(
    take: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEACE_SIM_HOME", "unset")  # put back when the test is over
    (start,) = (picture for picture in take.PICTURES if picture.name == "start")
    words = " ".join(ElementTree.fromstring(await take.take(start)).itertext())
    assert "PEACE" in words.replace("\xa0", " ") and "Tajikistan" in words
