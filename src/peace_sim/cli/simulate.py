"""``simulate``: a chapter played many times by policies, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from peace_sim.cli import COULD_NOT, INTERRUPTED
from peace_sim.cli.lookup import Refused, chapter_of, edition_of, seed_given, settings_of
from peace_sim.cli.out import put, put_json, say, tell
from peace_sim.cli.progress import Progress
from peace_sim.cli.run import policies_of

if TYPE_CHECKING:
    from peace_sim.history.portions import Simulation
    from peace_sim.history.simulate import Job
    from peace_sim.scenario.edition import Edition

MOST = 10_000_000


@click.command("simulate")
@click.argument("scenario")
@click.option(
    "-n", "plays", type=click.IntRange(1, MOST), default=1000, show_default=True,
    help="How many playouts.",
)  # fmt: skip
@click.option("--chapter", help="The chapter; the first when not given.")
@click.option(
    "--policy", "policies", multiple=True, metavar="NAME|ROLE=NAME",
    help="Who plays: for all, or for one role. Default: character.",
)  # fmt: skip
@click.option(
    "--world", type=click.Choice(["drawn", "recorded"]), default="drawn", show_default=True,
    help="Whether chance is the seed's or the record's.",
)  # fmt: skip
@click.option(
    "--seed", callback=seed_given, metavar="N", default="1", show_default=True,
    help="The first playout's seed; the others follow it.",
)  # fmt: skip
@click.option("--setting", multiple=True, metavar="K=V", help="A setting's level.")
@click.option(
    "--jobs", type=click.IntRange(1, 512), metavar="J",
    help="How many processes; as many as there are cores when not given.",
)  # fmt: skip
@click.option(
    "--cluster", metavar="ADDRESS",
    help="Play on the workers of the Dask scheduler there: tcp://HOST:PORT.",
)  # fmt: skip
@click.option(
    "--strategies", is_flag=True,
    help="How ways to play each chair fare in these worlds, and what that flags.",
)  # fmt: skip
@click.option(
    "--search", metavar="NAME", help="With --strategies: the search that plays too.",
)  # fmt: skip
@click.option(
    "--search-plays", type=click.IntRange(0, 10_000), metavar="N",
    help="With --strategies: in how many of the worlds; it is slow. Default: 20.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
@click.option("--csv", "as_csv", is_flag=True, help="One CSV table on stdout.")
def simulate_command(
    scenario: str,
    plays: int,
    chapter: str | None,
    policies: tuple[str, ...],
    world: str,
    seed: str,
    setting: tuple[str, ...],
    jobs: int | None,
    cluster: str | None,
    strategies: bool,
    search: str | None,
    search_plays: int | None,
    as_json: bool,
    as_csv: bool,
) -> int:
    """Play a chapter many times without a person, and count what comes of it."""
    if as_json and as_csv:
        raise click.UsageError("Choose --json or --csv, not both.")
    if cluster is not None and jobs is not None:
        raise click.UsageError("Choose --cluster or --jobs: a cluster has as many as it has.")
    edition = edition_of(scenario)
    game = edition.game
    opens = chapter_of(game, chapter)
    chosen = policies_of(game, policies)
    settings = settings_of(game, setting)
    if strategies:
        from peace_sim.cli.strategies import alone, report_strategies

        alone(policies=policies, recorded=world == "recorded", cluster=cluster)
        return report_strategies(
            edition, opens.id, settings, int(seed), plays, search, search_plays, jobs,
            as_json=as_json, as_csv=as_csv,
        )  # fmt: skip
    if search is not None or search_plays is not None:
        raise click.UsageError("--search and --search-plays belong to --strategies.")
    try:
        from peace_sim.history.portions import simulate
        from peace_sim.history.simulate import Job
        from peace_sim.report.simulated import (
            breach_lines,
            simulation_data,
            simulation_lines,
            simulation_table,
        )
    except ModuleNotFoundError as missing:
        if missing.name != "numpy":
            raise
        raise Refused("Many plays at once need numpy, which is not installed here.") from None
    job = Job(
        opens.id, "drawn" if world == "drawn" else "recorded", int(seed), settings,
        tuple((role, policy.name) for role, policy in chosen.items()),
    )  # fmt: skip
    progress = Progress(plays)
    if cluster is None:
        simulated = simulate(game, edition.texts, job, plays, jobs, progress)
    else:
        simulated = _elsewhere(cluster, edition, job, plays, progress)
    progress.end()
    if simulated.lost:
        tell("peace-sim: a process died; what it had not played was played by another.")
    done = simulated.told.plays
    if simulated.stopped and not done:
        raise Refused(simulated.stopped)
    if not simulated.whole:
        why = f"{simulated.stopped} What" if simulated.stopped else "interrupted; what"
        tell(f"peace-sim: {why} follows counts the first {done:,} of {plays:,}.")
        if not done:
            return INTERRUPTED
    if as_json:
        put_json(simulation_data(edition, simulated))
    elif as_csv:
        put(simulation_table(edition, simulated))
    else:
        say(simulation_lines(edition, simulated))
    broken = list(breach_lines(simulated))
    for line in broken:
        tell(f"peace-sim: an invariant does not hold: {line}")
    if not simulated.whole:
        return COULD_NOT if simulated.stopped else INTERRUPTED
    return 1 if broken else 0


def _elsewhere(
    address: str, edition: Edition, job: Job, plays: int, progress: Progress
) -> Simulation:
    from peace_sim.history.portions import Stopped

    try:
        from peace_sim.history.cluster import simulate_on
    except ModuleNotFoundError as missing:
        if missing.name not in ("dask", "distributed"):
            raise
        raise Refused(
            "A cluster needs Dask, which is not installed here: pip install 'peace-sim[cluster]'"
        ) from None
    try:
        return simulate_on(
            address, edition.game, edition.texts, job, plays, progress, progress.note
        )
    except Stopped as found:
        raise Refused(str(found)) from None
