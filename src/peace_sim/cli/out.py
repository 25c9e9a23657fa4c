"""What goes to stdout and stderr: plain text that any terminal and any pipe can take."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Iterable

_PLAIN = str.maketrans(
    {
        "–": "-", "—": " - ", "−": "-", "‑": "-", "‐": "-", "“": '"', "”": '"', "„": '"',
        "‘": "'", "’": "'", "…": "...", "→": "->", "←": "<-", "·": "-", "•": "-", "×": "x",
        "≥": ">=", "≤": "<=", "≠": "!=", "\xa0": " ", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l",
        "Ł": "L", "æ": "ae", "Æ": "AE", "ı": "i", "đ": "d", "Đ": "D", "§": "S", "°": " deg",
    }
)  # fmt: skip


def speaks_unicode() -> bool:
    """Whether the locale and stdout take more than ASCII.

    Python turns the C locale into UTF-8 for itself; the person's terminal does not follow.
    """
    named = os.environ.get("LC_ALL") or _ctype() or os.environ.get("LANG", "")
    if named:
        return "UTF8" in named.upper().replace("-", "")
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    return encoding.startswith("utf")


def _ctype() -> str:
    ctype = os.environ.get("LC_CTYPE", "")
    coerced = ctype in ("C.UTF-8", "C.utf8", "UTF-8") and sys.flags.utf8_mode
    return "" if coerced and os.environ.get("LANG") else ctype


def in_ascii(text: str) -> str:
    """The text in ASCII: dashes and quotes plain, accents off, what is left as ``?``."""
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return bare.encode("ascii", "replace").decode("ascii")


def shown(text: str) -> str:
    """The text without anything that a terminal might obey."""
    return "".join(c for c in text if c == "\n" or _harmless(c)).replace("\t", " ")


def _harmless(character: str) -> bool:
    if character.isascii():
        return character.isprintable() or character == "\t"
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def say(lines: str | Iterable[str] = "") -> None:
    """Lines of words or data to stdout, flushed."""
    text = lines if isinstance(lines, str) else "\n".join(lines)
    _write(sys.stdout, f"{shown(text)}\n")


def tell(line: str) -> None:
    """A line of words to stderr."""
    _write(sys.stderr, f"{shown(line)}\n")


def put(text: str) -> None:
    """Text to stdout as it is, but for the terminal's limits."""
    _write(sys.stdout, text)


def put_json(value: object) -> None:
    """One JSON value to stdout."""
    from peace_sim.report.tables import json_text  # not loaded where only words are said

    text = json_text(value)
    if not speaks_unicode():
        text = json.dumps(json.loads(text), ensure_ascii=True, indent=2) + "\n"
    sys.stdout.write(text)
    sys.stdout.flush()


def _write(stream: object, text: str) -> None:
    if not speaks_unicode():
        text = in_ascii(text)
    try:
        stream.write(text)  # type: ignore[attr-defined]
    except UnicodeEncodeError:
        stream.write(in_ascii(text))  # type: ignore[attr-defined]
    stream.flush()  # type: ignore[attr-defined]
