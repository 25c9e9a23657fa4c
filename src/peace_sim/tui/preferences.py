"""How a person likes the screen: kept in a small file; a damaged one is as good as none."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "screen.json"


@dataclass(slots=True)
class Preferences:
    """The look, and whether things move."""

    theme: str = "night"
    still: bool = False
    """Nothing moves by itself."""
    forecasts: bool = False
    """Forecasts may be read in full while a game is on."""


def preferences_file() -> Path:
    """Where they are: ``PEACE_SIM_HOME``, or the platform's folder for such things."""
    home = os.environ.get("PEACE_SIM_HOME")
    if home:
        return Path(home) / FILE
    from platformdirs import user_config_path

    return user_config_path("peace-sim", appauthor=False) / FILE


def read_preferences() -> Preferences:
    """What was kept, as far as it can be read."""
    found = Preferences()
    with suppress(OSError, ValueError, AttributeError):
        kept = json.loads(preferences_file().read_text("utf-8"))
        if isinstance(kept.get("theme"), str):
            found.theme = kept["theme"]
        found.still = kept.get("still") is True
        found.forecasts = kept.get("forecasts") is True
    return found


def keep_preferences(wanted: Preferences) -> None:
    """Keep them, if the disk lets us; a look is not worth a word of trouble."""
    with suppress(OSError):
        file = preferences_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(wanted)), "utf-8")
