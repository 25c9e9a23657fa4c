"""Text that people read, kept in files: compared in the ordinary run, written anew by one switch.

``PEACE_SIM_REGENERATE=1 pytest …`` writes; a person then reads the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

REGENERATE = bool(os.environ.get("PEACE_SIM_REGENERATE"))


def kept(path: Path, text: str) -> str:
    """What the file holds, after it was written anew if that is asked for."""
    if REGENERATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return path.read_text("utf-8") if path.exists() else ""


def kept_section(path: Path, name: str, text: str) -> str:
    """What stands in a page between ``<!-- name -->`` and ``<!-- /name -->``."""
    opening, closing = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    page = path.read_text("utf-8")
    start = page.index(opening) + len(opening)
    end = page.index(closing)
    if REGENERATE:
        path.write_text(page[:start] + text + page[end:], "utf-8")
        return text
    return page[start:end]
