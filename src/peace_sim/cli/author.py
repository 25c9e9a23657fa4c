"""``check``, ``explain`` and ``expand``: for whoever writes a scenario."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from peace_sim.cli.lookup import findings_text, unknown
from peace_sim.cli.out import put, put_json, say, tell
from peace_sim.diagnostics import CODES, Severity, as_json, failed


@click.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def check_command(paths: tuple[str, ...], form: str) -> int:
    """Say what is wrong with scenarios, and where. Exit code 1 when there is an error."""
    from peace_sim.scenario import library

    known = library.shipped()
    for path in paths:
        if path not in known and not Path(path).exists():
            raise unknown("scenario or path", path, known)
    findings = library.check_paths(paths)
    if form == "json":
        put_json(as_json(findings))
        return 1 if failed(findings) else 0
    put(findings_text(findings))
    errors = sum(found.severity is Severity.ERROR for found in findings)
    warnings = len(findings) - errors
    if findings:
        tell(f"{_count(errors, 'error')}, {_count(warnings, 'warning')}.")
    else:
        tell("Nothing was found.")
    return 1 if errors else 0


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


@click.command("explain")
@click.argument("code")
def explain_command(code: str) -> int:
    """Say what a finding's code means, with an example each way."""
    import_module("peace_sim.scenario.library")  # so that every code is registered
    info = CODES.get(code.upper())
    if info is None:
        raise unknown("code", code.upper(), CODES)
    lines = [f"{info.code}: {info.title}", "", info.explanation]
    for title, text in (("Wrong", info.wrong), ("Right", info.right)):
        if text:
            lines += ["", f"{title}:", *(f"    {line}" for line in text.splitlines())]
    say(lines)
    return 0


@click.command("expand")
@click.argument("path")
def expand_command(path: str) -> int:
    """Show the kernel parts that a scenario's instruments become."""
    from peace_sim.scenario import library

    known = library.shipped()
    if path not in known and not Path(path).exists():
        raise unknown("scenario or path", path, known)
    text, findings = library.expand(path)
    if text is None or failed(findings):
        tell(findings_text(findings).rstrip("\n"))
        return 1
    put(text if text.endswith("\n") else f"{text}\n")
    return 0
