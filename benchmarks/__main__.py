"""``python -m benchmarks [NAME …]``: every row with its target and ratio."""

from __future__ import annotations

import platform
import sys

from benchmarks import many, measures, pairing

ROWS = {
    "chart": measures.chart,
    "load": measures.load,
    "journal": measures.journal,
    "start": measures.start,
    "screen": measures.screen,
    "batch": many.batch,
    "growth": many.growth,
    "processes": many.processes,
    "forecast": many.forecast,
    "pairing": pairing.pairing,
}


def main(names: list[str]) -> int:
    """Print the machine, then the rows asked for (all, when none is named)."""
    unknown = [name for name in names if name not in ROWS]
    if unknown:
        print(f"no such row: {', '.join(unknown)}; there are {', '.join(ROWS)}", file=sys.stderr)
        return 2
    print(f"{platform.machine()}, {measures.cores()} cores, Python {platform.python_version()}")
    for name in names or ROWS:
        for row in ROWS[name]():
            print(row, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
