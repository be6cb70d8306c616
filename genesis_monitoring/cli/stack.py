"""``genesis-mon stack``: reads arguments and calls one command."""

from pathlib import Path
from typing import Annotated

import typer

from genesis_monitoring.cli.options import (
    SETTINGS,
    EnvironmentOption,
    FormatOption,
    OutOption,
    ProfileOption,
    SpecOption,
    alert_names,
    number,
)
from genesis_monitoring.cli.simulate import attach
from genesis_monitoring.conventions import LONGEST_TIMEOUT

HELP = """Run the generated stack on this machine, see how it is, prove that its alerts arrive, end it.

With Docker it is run by Compose. Without, prometheus, alertmanager, node_exporter and our exporter run as
local processes on loopback, from the generated configuration; see docs/stack.md.

  genesis-mon stack up --simulate healthy   # start it, with a made-up application
  genesis-mon stack status                  # exit 0 if all is green
  genesis-mon stack drill                   # prove that each alert arrives
  genesis-mon stack down                    # stop it; data is kept
"""

app = typer.Typer(
    name="stack", help=HELP, no_args_is_help=True, rich_markup_mode=None, context_settings=SETTINGS
)

attach(app)

StateOption = Annotated[
    Path | None,
    typer.Option(
        "--state",
        help="The state folder. [default: .genesis-mon, beside the spec; .genesis-mon-ENV with --env]",
        metavar="DIR",
    ),
]


@app.command()
def up(
    spec: SpecOption = Path("slo.yaml"),
    out: OutOption = None,
    env: EnvironmentOption = None,
    profile: ProfileOption = None,
    state: StateOption = None,
    native: Annotated[
        bool, typer.Option("--native", help="Local processes, even if Docker is there.")
    ] = False,
    docker: Annotated[bool, typer.Option("--docker", help="Docker Compose, or nothing.")] = False,
    simulate: Annotated[
        str,
        typer.Option(help="Play this scenario, and catch what is sent (native).", metavar="SCENARIO"),
    ] = "",
    catch: Annotated[
        bool, typer.Option("--catch", help="Send notifications to a catcher on this machine (native).")
    ] = False,
    free_ports: Annotated[
        bool, typer.Option("--free-ports", help="Take free ports instead of those of the spec (native).")
    ] = False,
    foreground: Annotated[
        bool, typer.Option("--foreground", help="Stay, and stop everything at ^C (native).")
    ] = False,
    timeout: Annotated[
        float,
        typer.Option(
            help="How long to wait until all are healthy.",
            metavar="SECONDS",
            parser=number(1, LONGEST_TIMEOUT),
        ),
    ] = 60.0,
) -> None:
    """Start the stack and wait until every service is healthy.

    What cannot be started is told, and then nothing runs. A stack that runs already is left alone, but for
    what has changed. Exit codes: 0 all healthy; 1 the tree is not as rendered, secrets are missing or a
    service does not become healthy; 2 the state folder cannot be used; 3 a binary is missing, a port is in
    use, a disk full.
    """
    from genesis_monitoring.commands.project import Inputs
    from genesis_monitoring.commands.stack import Way, run_up
    from genesis_monitoring.errors import UsageError
    from genesis_monitoring.report.console import Console
    from genesis_monitoring.stack.ground import Wanted
    from genesis_monitoring.stack.up import Manner

    ours = (
        ("--simulate", simulate),
        ("--catch", catch),
        ("--free-ports", free_ports),
        ("--foreground", foreground),
    )
    named = [name for name, given in (*ours, ("--native", native)) if given]
    if docker and named:
        raise UsageError(f"--docker and {named[0]} exclude each other", "leave one of them out")
    code = run_up(
        Inputs(spec, out, None, profile, env),
        state,
        Console(),
        Way(native or any(given for _, given in ours), docker),
        Wanted(simulate, catch),
        Manner(free_ports, timeout, foreground),
    )
    raise typer.Exit(code)


@app.command()
def status(
    spec: SpecOption = Path("slo.yaml"),
    out: OutOption = None,
    env: EnvironmentOption = None,
    state: StateOption = None,
    wait: Annotated[
        float,
        typer.Option(
            help="How long what is not green yet may take.",
            metavar="SECONDS",
            parser=number(0, LONGEST_TIMEOUT),
        ),
    ] = 0.0,
    format_: FormatOption = "text",
) -> None:
    """Show services, targets, rules and the alerts that fire.

    Exit codes: 0 all green; 1 something is not, or nothing runs; 2 wrong usage; 3 could not tell.
    """
    from genesis_monitoring.commands.project import Inputs
    from genesis_monitoring.commands.stack import run_status
    from genesis_monitoring.report.console import Console

    as_json = format_ == "json"
    inputs = Inputs(spec, out, None, None, env)
    raise typer.Exit(run_status(inputs, state, Console(), as_json=as_json, patience=wait))


@app.command()
def drill(
    spec: SpecOption = Path("slo.yaml"),
    out: OutOption = None,
    env: EnvironmentOption = None,
    profile: ProfileOption = None,
    alert: Annotated[
        str, typer.Option(help="Drill only this alert.", metavar="NAME", autocompletion=alert_names)
    ] = "",
    at: Annotated[
        str | None,
        typer.Option(
            "--at", help="As if at this time. [default: when most is told, of time_intervals]", metavar="TIME"
        ),
    ] = None,
    end_to_end: Annotated[
        str,
        typer.Option("--end-to-end", help="Play this scenario on a stack of its own.", metavar="SCENARIO"),
    ] = "",
    brief: Annotated[
        bool, typer.Option("--brief", help="On one screen: problems, and what arrived where.")
    ] = False,
    format_: FormatOption = "text",
) -> None:
    """Prove that each alert arrives: route, receiver, group, message, inhibition, resolved notice.

    A real Alertmanager runs the generated file, byte for byte, in a network of its own where Slack and the
    pager are catchers, so nothing leaves this machine. The running stack is not touched. With --end-to-end
    a scenario is played the whole way, from the application to the message, on a stack of its own.

    Where the spec has time_intervals, Alertmanager's clock is moved to when most is told, or to --at, as in
    --at 2026-12-24T23:00+01:00: what is muted then has to stay away.

    Exit codes: 0 all arrive; 1 an alert does not arrive as the spec says, the spec is invalid or the tree is
    not as rendered; 2 wrong usage, or there is no such spec; 3 could not tell.
    """
    from genesis_monitoring.commands.drill import run_alert_drill, run_end_to_end
    from genesis_monitoring.commands.project import Inputs
    from genesis_monitoring.errors import UsageError
    from genesis_monitoring.report.console import Console

    as_json = format_ == "json"
    inputs = Inputs(spec, out, None, profile, env)
    other = "--alert" if alert else "--at" if at is not None else ""
    if end_to_end and other:
        raise UsageError(f"--end-to-end and {other} exclude each other", "leave one of them out")
    if end_to_end:
        raise typer.Exit(run_end_to_end(inputs, Console(), scenario=end_to_end, as_json=as_json))
    raise typer.Exit(run_alert_drill(inputs, Console(), alert=alert, at=at, as_json=as_json, brief=brief))


@app.command()
def down(
    spec: SpecOption = Path("slo.yaml"),
    out: OutOption = None,
    env: EnvironmentOption = None,
    state: StateOption = None,
    volumes: Annotated[
        bool, typer.Option("--volumes", "-v", help="Also delete what the services have stored.")
    ] = False,
    purge: Annotated[
        bool, typer.Option("--purge", help="Also delete logs and everything else in the state folder.")
    ] = False,
) -> None:
    """Stop the stack: gently, in reverse order. What it has stored is kept. Nothing running is no error."""
    from genesis_monitoring.commands.project import Inputs
    from genesis_monitoring.commands.stack import run_down
    from genesis_monitoring.report.console import Console

    inputs = Inputs(spec, out, None, None, env)
    raise typer.Exit(run_down(inputs, state, Console(), volumes=volumes, purge=purge))


@app.command(hidden=True)
def supervise(
    state: Annotated[Path, typer.Option("--state", metavar="DIR")],
    hanging: Annotated[bool, typer.Option("--hanging")] = False,
) -> None:
    """Keep a native stack running; `up` starts this."""
    from genesis_monitoring.commands.stack import run_supervise

    raise typer.Exit(run_supervise(state, hanging=hanging))


@app.command(hidden=True)
def catch(
    listen: Annotated[str, typer.Option(metavar="HOST:PORT")],
    log: Annotated[Path, typer.Option(metavar="FILE")],
    mail: Annotated[str | None, typer.Option(metavar="HOST:PORT")] = None,
) -> None:
    """Take notifications and write them down; `up --catch` starts this."""
    from genesis_monitoring.commands.stack import run_catch

    raise typer.Exit(run_catch(listen, log, mail))
