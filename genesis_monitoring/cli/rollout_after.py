"""What people do by themselves (``attest``, ``rollback``), and what is done when a rollout is over."""

from pathlib import Path
from typing import Annotated

import typer

from genesis_monitoring.cli.options import (
    AtOption,
    CaFileOption,
    EnvironmentOption,
    FormatOption,
    LedgerDigestOption,
    LedgerOption,
    ProfileOption,
    PrometheusOption,
    ReplayOption,
    SpecOption,
    StartOption,
    TemplatesOption,
    TimeoutOption,
    TokenFileOption,
)

app = typer.Typer()


@app.command()
def attest(
    criterion: Annotated[str, typer.Argument(help="A manual criterion of the spec.", metavar="CRITERION")],
    by: Annotated[str, typer.Option(help="Who says so.", metavar="NAME")],
    evidence: Annotated[str, typer.Option(help="What it rests on.", metavar="TEXT")],
    failed: Annotated[bool, typer.Option("--failed", help="It does not hold.")] = False,
    spec: SpecOption = Path("slo.yaml"),
    env: EnvironmentOption = None,
    start: StartOption = None,
    ledger: LedgerOption = None,
) -> None:
    """Record what a person found out about a criterion that nothing measures.

    It is one line in the ledger, which is only ever appended to: attest again to correct it, and the last
    attestation counts.
    """
    from genesis_monitoring.commands.rollout_attest import Statement, run_attest
    from genesis_monitoring.commands.rollout_inputs import SpecFile
    from genesis_monitoring.report.console import Console

    statement = Statement(criterion, by, evidence, passed=not failed)
    raise typer.Exit(run_attest(SpecFile(spec, env), statement, start, ledger, Console()))


@app.command()
def rollback(
    step: Annotated[int | None, typer.Argument(help="The step that is done.", metavar="N")] = None,
    by: Annotated[str | None, typer.Option(help="Who says so.", metavar="NAME")] = None,
    evidence: Annotated[str | None, typer.Option(help="What it rests on.", metavar="TEXT")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="It was tried and did not work.")] = False,
    format_: FormatOption = "text",
    spec: SpecOption = Path("slo.yaml"),
    env: EnvironmentOption = None,
    start: StartOption = None,
    ledger: LedgerOption = None,
) -> None:
    """Show the steps of the rollback with their commands: what is done, by whom, and what is next.

    With a number, --by and --evidence it is written into the ledger that this step is done; say it again to
    correct it, and the last word counts. Nothing is run: the commands are for people.

    Exit codes: 0 all steps are done; 1 one did not work; 4 some are left; 2 wrong usage; 3 could not tell.
    """
    from genesis_monitoring.commands.rollout_inputs import SpecFile
    from genesis_monitoring.commands.rollout_rollback import Done, run_rollback
    from genesis_monitoring.report.console import Console

    done = Done(step, by, evidence, failed)
    raise typer.Exit(run_rollback(SpecFile(spec, env), done, start, ledger, Console(), format_=format_))


@app.command()
def archive(
    out: Annotated[
        Path | None,
        typer.Option("--out", help="The folder to write. [default: rollout-archive-DATE]", metavar="DIR"),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option("--check", help="Write nothing; check this archive, without a server.", metavar="DIR"),
    ] = None,
    spec: SpecOption = Path("slo.yaml"),
    env: EnvironmentOption = None,
    generated: Annotated[
        Path | None,
        typer.Option(help="The generated tree. [default: generated, beside the spec]", metavar="DIR"),
    ] = None,
    templates: TemplatesOption = None,
    profile: ProfileOption = None,
    at: AtOption = None,
    start: StartOption = None,
    replay: ReplayOption = None,
    prometheus: PrometheusOption = None,
    timeout: TimeoutOption = 30.0,
    ca_file: CaFileOption = None,
    token_file: TokenFileOption = None,
    ledger: LedgerOption = None,
    ledger_digest: LedgerDigestOption = None,
) -> None:
    """Keep all of a rollout in one folder: dashboards, spec, tree, ledger, evidence, verdict, report.

    The dashboards have the rollout's own time instead of the last hours, and a uid of their own, so that
    Grafana shows them beside the live ones. `--check DIR` looks for what was changed, removed or added,
    follows the ledger's chain and judges the evidence again; `sha256sum -c SHA256SUMS` in the folder checks
    the files with nothing but coreutils. An archive is never overwritten. Any verdict can be archived once
    it is final: when the window is over, or before that for a NO-GO.

    Exit codes: 0 written, whatever the verdict, or whole; 1 the tree is not as the spec says, the folder
    holds something else, or the archive is not whole; 4 the rollout is not over; 2 wrong usage; 3 could not
    tell.
    """
    from genesis_monitoring.commands.project import Inputs
    from genesis_monitoring.commands.rollout_archive import run_archive
    from genesis_monitoring.commands.rollout_archive_check import run_archive_check
    from genesis_monitoring.commands.rollout_inputs import ServerOptions
    from genesis_monitoring.commands.rollout_verdict import Evidences
    from genesis_monitoring.errors import UsageError
    from genesis_monitoring.report.console import Console

    if check is not None:
        others = (out, env, generated, templates, profile, at, start, replay, prometheus, ca_file)
        if any(given is not None for given in (*others, token_file, ledger, ledger_digest)):
            raise UsageError("--check takes an archive as it is", "leave the other options out")
        raise typer.Exit(run_archive_check(check, Console()))
    server = ServerOptions(prometheus, timeout, ca_file, token_file)
    wanted = Evidences(start, at, replay, ledger, ledger_digest)
    tree = Inputs(spec, generated, templates, profile, env)
    raise typer.Exit(run_archive(server, wanted, tree, out, Console()))


@app.command("steady-state")
def steady_state(
    write: Annotated[
        bool, typer.Option("--write", help="Change the spec instead of printing a diff.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Also render the proposed spec into this folder.", metavar="DIR"),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            help="The profile to go over to. [default: steady-state, if there is one]", metavar="NAME"
        ),
    ] = None,
    spec: SpecOption = Path("slo.yaml"),
    env: Annotated[str | None, typer.Option("--env", hidden=True)] = None,
    at: AtOption = None,
    start: StartOption = None,
    format_: FormatOption = "text",
    replay: ReplayOption = None,
    prometheus: PrometheusOption = None,
    timeout: TimeoutOption = 30.0,
    ca_file: CaFileOption = None,
    token_file: TokenFileOption = None,
) -> None:
    """Propose thresholds from what was observed and put the profile for every day in force, as a diff.

    The diff of the spec goes to standard output, and each threshold with what was observed and the reason
    to standard error: `genesis-mon rollout steady-state > t.patch && git apply t.patch`. Only values
    change; comments and layout stay. A level that is far from what was observed is proposed at 1.5 times
    what was wrong in the worst of 99.9 % of the samples. No target and no NO-GO level is ever made looser,
    and nothing is proposed where samples are missing. `genesis-mon render` is the next step.

    Exit codes: 0 told, or written; 2 wrong usage; 3 could not tell.
    """
    from genesis_monitoring.commands.rollout_inputs import ServerOptions
    from genesis_monitoring.commands.rollout_steady_state import SteadyStateOptions, run_steady_state
    from genesis_monitoring.errors import UsageError
    from genesis_monitoring.report.console import Console

    if env is not None:
        raise UsageError(
            "steady-state changes the spec itself, and no environment of it",
            f"leave --env out, and write what is otherwise there into environments.{env}.set",
        )
    server = ServerOptions(prometheus, timeout, ca_file, token_file)
    options = SteadyStateOptions(start, at, format_, replay, profile, out, write)
    raise typer.Exit(run_steady_state(spec, server, options, Console()))
