"""``genesis-mon rollout``: the schedule, the verdict, and what people attest."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from genesis_monitoring.cli import rollout_after, rollout_backtest
from genesis_monitoring.cli.options import (
    SETTINGS,
    AlertmanagerOption,
    AtOption,
    CaFileOption,
    EnvironmentOption,
    FormatOption,
    LedgerDigestOption,
    LedgerOption,
    PostAgainOption,
    PostDryOption,
    PostOption,
    PrometheusOption,
    ReplayOption,
    SpecOption,
    StartOption,
    TimeoutOption,
    TokenFileOption,
    number,
    one_format,
)
from genesis_monitoring.conventions import FASTEST
from genesis_monitoring.errors import ExitCode


class _NoFindings(TyperGroup):
    """Of an invalid spec nothing can be told about a rollout: 1 would read as NO-GO."""

    def invoke(self, ctx: Any) -> Any:
        """As the group does. Raises SpecError with 3."""
        from genesis_monitoring.spec.source import SpecError

        try:
            return super().invoke(ctx)
        except SpecError as error:
            if error.exit_code is ExitCode.FINDINGS:
                raise SpecError(error.findings, error.source, ExitCode.UNKNOWN) from None
            raise


app = typer.Typer(
    name="rollout",
    cls=_NoFindings,
    help="""Watch a rollout and judge it: GO, NO-GO or HOLD.

The `rollout` section of the spec says when it begins, which checkpoints it has and what decides. `plan`
shows that, `checkpoint` takes one, `watch` takes them all when they are due, `verdict` judges it from what
Prometheus recorded, `attest` records what only a person can tell, `report` writes it all down. `backtest`
says what each alert would have done, by this spec and by a changed one. When it is over, `archive` keeps
all of it and `steady-state` proposes thresholds.

Exit codes of `verdict` and `watch`: 0 GO; 1 NO-GO; 4 HOLD, each with the verdict printed; 2 wrong usage; 3
could not tell (a server does not answer, a ledger was changed, the spec is invalid). docs/rollout.md has the
codes of each command.
""",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=SETTINGS,
)


@app.command()
def plan(
    spec: SpecOption = Path("slo.yaml"),
    env: EnvironmentOption = None,
    start: StartOption = None,
    format_: Annotated[str, one_format("text", "json", "ical")] = "text",
) -> None:
    """Print the schedule: every checkpoint with its true time, who reviews which, and what decides.

    Checkpoint i of n is due at start + round(i * duration / n) seconds. `--format ical` gives a calendar
    to import: `genesis-mon rollout plan --format ical > rollout.ics`.
    """
    from genesis_monitoring.commands.rollout_inputs import SpecFile
    from genesis_monitoring.commands.rollout_plan import run_plan
    from genesis_monitoring.report.console import Console

    raise typer.Exit(run_plan(SpecFile(spec, env), start, format_, Console()))


@app.command()
def verdict(
    spec: SpecOption = Path("slo.yaml"),
    env: EnvironmentOption = None,
    at: AtOption = None,
    start: StartOption = None,
    format_: FormatOption = "text",
    everything: Annotated[
        bool, typer.Option("--all", help="Show what passes, too. JSON has it in any case.")
    ] = False,
    record: Annotated[
        Path | None,
        typer.Option(help="Keep every answer in this file (compressed if it ends in .gz).", metavar="FILE"),
    ] = None,
    replay: ReplayOption = None,
    prometheus: PrometheusOption = None,
    timeout: TimeoutOption = 30.0,
    ca_file: CaFileOption = None,
    token_file: TokenFileOption = None,
    ledger: LedgerOption = None,
    ledger_digest: LedgerDigestOption = None,
    post: PostOption = False,
    post_again: PostAgainOption = False,
    dry_run: PostDryOption = False,
) -> None:
    """Judge the rollout from what Prometheus recorded: GO, NO-GO or HOLD, and why.

    Any NO-GO criterion met is NO-GO. GO needs every GO criterion and every line of the checklist. All else
    is HOLD; missing data is never a pass. Before the end of the window it says whether NO-GO is certain
    already or GO is still reachable, and with --all how much violation each criterion has left.

    Log in with --token-file or GENESIS_MON_BEARER_TOKEN, or with GENESIS_MON_BASIC_USER and
    GENESIS_MON_BASIC_PASSWORD. Proxies are those of the environment.

    --post tells the channel that the spec names for it (rollout.posts.verdict), once for each verdict.

    Exit codes: 0 GO; 1 NO-GO; 4 HOLD; 2 wrong usage; 3 could not tell. A post that fails changes none.
    """
    from genesis_monitoring.commands.rollout_inputs import ServerOptions, SpecFile
    from genesis_monitoring.commands.rollout_post import Posting
    from genesis_monitoring.commands.rollout_verdict import Evidences, run_verdict
    from genesis_monitoring.report.console import Console

    server = ServerOptions(prometheus, timeout, ca_file, token_file)
    wanted = Evidences(start, at, replay, ledger, ledger_digest)
    code = run_verdict(
        SpecFile(spec, env),
        server,
        wanted,
        Console(),
        format_=format_,
        record_to=record,
        posting=Posting.of(post, post_again, dry_run, timeout),
        everything=everything,
    )
    raise typer.Exit(code)


@app.command()
def report(
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help="Where to; - is standard output. [default: report.html]", metavar="FILE"
        ),
    ] = None,
    format_: Annotated[
        str | None, one_format("html", "markdown", "pdf", default=" [default: by the ending of the file]")
    ] = None,
    spec: SpecOption = Path("slo.yaml"),
    env: EnvironmentOption = None,
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
    """Write the report: verdict, evidence, charts, alerts, cost, checkpoints, advice on thresholds.

    It is one HTML file that needs no network, for screens (light and dark) and for paper, or Markdown
    without the charts, or a PDF that an installed Chromium prints of it. It asks for the same evidence as
    `verdict`, or takes it from a record; checkpoints and notes are those of the ledger. The charts need
    matplotlib: pip install 'genesis-mon[report]'.

    Exit codes: 0 written, whatever the verdict; 2 wrong usage; 3 could not tell.
    """
    from genesis_monitoring.commands.rollout_inputs import ServerOptions, SpecFile
    from genesis_monitoring.commands.rollout_report import run_report
    from genesis_monitoring.commands.rollout_verdict import Evidences
    from genesis_monitoring.report.console import Console

    server = ServerOptions(prometheus, timeout, ca_file, token_file)
    wanted = Evidences(start, at, replay, ledger, ledger_digest)
    raise typer.Exit(
        run_report(SpecFile(spec, env), server, wanted, Console(), format_=format_, output=output)
    )


@app.command()
def checkpoint(
    index: Annotated[
        int | None, typer.Argument(help="Its number. [default: the latest that is due]", metavar="N")
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="The latest that was due at this time.", metavar="TIME")
    ] = None,
    note: Annotated[str | None, typer.Option(help="What you saw.", metavar="TEXT")] = None,
    sign_off: Annotated[
        str | None, typer.Option("--sign-off", help="Put this name on a critical one.", metavar="NAME")
    ] = None,
    format_: FormatOption = "text",
    spec: SpecOption = Path("slo.yaml"),
    env: EnvironmentOption = None,
    start: StartOption = None,
    prometheus: PrometheusOption = None,
    alertmanager: AlertmanagerOption = None,
    timeout: TimeoutOption = 30.0,
    ca_file: CaFileOption = None,
    token_file: TokenFileOption = None,
    ledger: LedgerOption = None,
    post: PostOption = False,
    post_again: PostAgainOption = False,
    dry_run: PostDryOption = False,
) -> None:
    """Do the actions of a checkpoint and write what was found into the ledger, once.

    Reads every SLI as it was when the checkpoint was due, firing and pending alerts, silences, the cost
    against its target, and the ends of the log files. Run again, it shows what is recorded; a note or a
    sign-off is added to it.

    --post tells the channel that the spec names for it (rollout.posts.checkpoints), once a checkpoint.
    With --dry-run the checkpoint is recorded all the same.

    Exit codes: 0 nothing deviates; 1 an SLI is beyond a level or an alert fires; 4 something has no data or
    waits for a sign-off; 2 wrong usage; 3 could not tell. A post that fails changes none.
    """
    from genesis_monitoring.commands.rollout_checkpoint import CheckpointOptions, Servers, run_checkpoint
    from genesis_monitoring.commands.rollout_inputs import ServerOptions, SpecFile
    from genesis_monitoring.commands.rollout_post import Posting
    from genesis_monitoring.report.console import Console

    servers = Servers(
        ServerOptions(prometheus, timeout, ca_file, token_file),
        ServerOptions(alertmanager, timeout, ca_file, token_file),
    )
    posting = Posting.of(post, post_again, dry_run, timeout)
    options = CheckpointOptions(index, at, start, note, sign_off, ledger, format_, posting)
    raise typer.Exit(run_checkpoint(SpecFile(spec, env), servers, options, Console()))


@app.command()
def watch(
    speed: Annotated[
        float,
        typer.Option(
            help="Squeeze the schedule by this factor: a rehearsal, no proof.",
            metavar="FACTOR",
            parser=number(1, FASTEST),
        ),
    ] = 1.0,
    spec: SpecOption = Path("slo.yaml"),
    env: EnvironmentOption = None,
    start: StartOption = None,
    prometheus: PrometheusOption = None,
    alertmanager: AlertmanagerOption = None,
    timeout: TimeoutOption = 10.0,
    ca_file: CaFileOption = None,
    token_file: TokenFileOption = None,
    ledger: LedgerOption = None,
    ledger_digest: LedgerDigestOption = None,
) -> None:
    """Run the whole schedule: take each checkpoint when it is due, show how things stand, judge at the end.

    On a terminal the next checkpoint, SLIs, alerts and the violation that each criterion has left are drawn
    in place; elsewhere each event is a line. ^C stops it, and the same command resumes it from the ledger:
    what is recorded is not taken again, what was missed is taken late and flagged. While Prometheus does
    not answer, it is asked again and nothing is recorded.

    `--speed 1440` rehearses 48 hours in two minutes: checkpoint i is due at start + offset / speed, and
    what is measured is that moment in true time. Its entries say so, no verdict counts them, and it
    cannot end with GO. It begins now, or at --start; one that was stopped is resumed.

    Exit codes: those of `verdict`; 130 for ^C.
    """
    from genesis_monitoring.commands.rollout_checkpoint import Servers
    from genesis_monitoring.commands.rollout_inputs import ServerOptions, SpecFile
    from genesis_monitoring.commands.rollout_watch import WatchOptions, run_watch
    from genesis_monitoring.report.console import Console

    servers = Servers(
        ServerOptions(prometheus, timeout, ca_file, token_file),
        ServerOptions(alertmanager, timeout, ca_file, token_file),
    )
    raise typer.Exit(
        run_watch(SpecFile(spec, env), servers, WatchOptions(start, speed, ledger, ledger_digest), Console())
    )


app.add_typer(rollout_backtest.app)
app.add_typer(rollout_after.app)
