"""Tables and data for other programs: CSV that no spreadsheet executes, JSON without NaN."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence

Cell = str | int | float | bool | None

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: Cell) -> str | int | float:
    """A cell's value; text that a spreadsheet would take for a formula gets a quote before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if isinstance(value, str):
        text = value.replace("\x00", "")
        return f"'{text}" if text.startswith(_RISKY) or text.lstrip().startswith(_RISKY) else text
    return value


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table by RFC 4180."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(title) for title in header])
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
    return out.getvalue()


def json_text(value: object, *, indent: int | None = 2) -> str:
    """One JSON value and a line's end. Numbers that JSON does not have become null."""
    return json.dumps(_finite(value), ensure_ascii=False, allow_nan=False, indent=indent) + "\n"


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
