"""The commands by name, each loaded when it is called, so that ``--help`` is quick."""

from __future__ import annotations

from importlib import import_module

import click

from peace_sim import __version__

COMMANDS = {
    "play": ("play", "Play a scenario, on the screen or as plain lines."),
    "run": ("run", "Play a chapter without a person, and compare it with the record."),
    "simulate": ("simulate", "Play a chapter many times without a person, and count."),
    "forecast": ("forecast", "Say how a game may go, as far as somebody in it may know."),
    "scenarios": ("tell", "Say which scenarios, chapters and roles there are."),
    "record": ("tell", "Show what really happened, with its sources."),
    "check": ("author", "Say what is wrong with scenarios, and where."),
    "explain": ("author", "Say what a finding's code means."),
    "expand": ("author", "Show the kernel parts that a scenario becomes."),
    "games": ("games", "List the games that are kept."),
    "export": ("games", "Write a game as a journal file."),
    "import": ("games", "Keep a journal file as a game."),
    "replay": ("games", "Follow a journal again, and tell what came of it."),
    "compare": ("games", "Set a journal beside the record."),
    "whatif": ("whatif", "Say which choices of a play mattered most."),
}


class LazyGroup(click.Group):
    """Commands whose modules are imported only when they run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"peace_sim.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Names and a line each, without loading anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, help) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, or the nearest name in a usage error."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from peace_sim.cli.lookup import unknown

            raise unknown("command", args[0], COMMANDS)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 fine, 1 findings, 2 usage, 3 could not run, 130 interrupted.",
)
@click.version_option(__version__, prog_name="peace-sim")
@click.option("--plain", is_flag=True, help="Plain lines instead of the screen.")
@click.pass_context
def cli(ctx: click.Context, plain: bool) -> int | None:
    """Lead a real peace process. Without a command the game begins."""
    if ctx.invoked_subcommand is not None:
        return None
    from peace_sim.cli import screen

    if not plain and screen.has_screen():
        return screen.begin()
    from peace_sim.cli.play import without_a_command

    return without_a_command()
