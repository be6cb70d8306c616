"""The command line: reads arguments, calls one command, turns errors into exit codes."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from genesis_monitoring.cli import (
    budget,
    diff as diff_,
    explain,
    exporter,
    import_,
    init,
    preview,
    rollout,
    route,
    stack,
)
from genesis_monitoring.cli.options import (
    SETTINGS,
    EnvironmentOption,
    OutOption,
    ProfileOption,
    SpecOption,
    TemplatesOption,
    environment_names,
    number,
    one_format,
)
from genesis_monitoring.cli.surroundings import prepare_process
from genesis_monitoring.cli.telling import tell, tell_own_fault, tell_usage
from genesis_monitoring.conventions import LONGEST_TIMEOUT
from genesis_monitoring.errors import ExitCode, GenesisMonError, ReaderGoneError, UsageError

HELP = """Monitoring as code: one slo.yaml becomes Prometheus, Alertmanager, Grafana and Compose files,
proven right by the field's own tools.

Start with `genesis-mon init`, edit the spec, then `genesis-mon render` and `genesis-mon validate`.

Exit codes: 0 done and clean, GO; 1 findings, drift or an invalid spec, NO-GO; 2 wrong usage; 3 could not
tell (a tool is missing or crashed, a server does not answer; for `rollout` also an invalid spec); 4 HOLD.
"""

app = typer.Typer(
    name="genesis-mon",
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=SETTINGS,
)
app.add_typer(exporter.app)
app.add_typer(stack.app)
app.add_typer(rollout.app)
app.add_typer(budget.app)
app.add_typer(import_.app)


_USAGE_ERROR = next(
    base
    for base in typer.BadParameter.__mro__
    if issubclass(base, Exception) and base.__name__ == "ClickException"
)
"""click's own base of what is wrong with a call; typer brings a click of its own."""


def _print_version(wanted: bool) -> None:
    if wanted:
        from genesis_monitoring.commands.version import run_version
        from genesis_monitoring.report.console import Console

        run_version(Console())
        raise typer.Exit


@app.callback()
def _common(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the versions of genesis-mon and of the tools found.",
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    pass


@app.command()
def render(
    spec: SpecOption = Path("slo.yaml"),
    out: OutOption = None,
    templates: TemplatesOption = None,
    profile: ProfileOption = None,
    env: EnvironmentOption = None,
    all_envs: Annotated[
        bool, typer.Option("--all-envs", help="The spec as it stands, and each of its environments.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if anything differs.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change.")] = False,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Replace foreign files that stand where a generated one goes.")
    ] = False,
) -> None:
    """Turn the spec into the generated tree.

    Everything is rendered before the first file is written. Files that are right already are not
    touched, files that the spec no longer makes are removed, and files of others are left alone. A
    render that was interrupted is finished by the next one.

    With --env the spec is as it stands in one of its `environments`, and the tree is generated-NAME beside
    the spec, with a manifest of its own. With --all-envs nothing is written if any of them is invalid.

    Exit codes: 0 written, or nothing to do; with --check: nothing differs; 1 the spec is invalid, the tree
    cannot be written, or something differs; 2 wrong usage, or there is no such spec; 3 could not tell.
    """
    from genesis_monitoring.commands.project import Inputs
    from genesis_monitoring.commands.render import run_render, run_render_all
    from genesis_monitoring.report.console import Console

    if all_envs and (env is not None or out is not None):
        other = "--env" if env is not None else "--out"
        raise UsageError(f"--all-envs writes a tree for each, and {other} names one", "leave one of them out")
    inputs = Inputs(spec, out, templates, profile, env)
    run = run_render_all if all_envs else run_render
    raise typer.Exit(run(inputs, Console(), check=check, diff=diff, adopt=adopt))


@app.command()
def validate(
    spec: SpecOption = Path("slo.yaml"),
    out: OutOption = None,
    templates: TemplatesOption = None,
    profile: ProfileOption = None,
    env: Annotated[
        str | None,
        typer.Option(
            "--env",
            help="This environment alone. [default: the spec and all of them]",
            metavar="NAME",
            autocompletion=environment_names,
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="A missing tool is an error. Always so in CI.")
    ] = False,
    only: Annotated[
        list[str] | None, typer.Option(help="Run only this check; repeat for more.", metavar="CHECK")
    ] = None,
    skip: Annotated[
        list[str] | None, typer.Option(help="Leave this check out; repeat for more.", metavar="CHECK")
    ] = None,
    live: Annotated[
        bool, typer.Option("--live/--no-live", help="Also start Prometheus and Alertmanager on loopback.")
    ] = True,
    format_: Annotated[str, one_format("text", "json", "junit", "sarif", "github")] = "text",
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            help="Also write a report, as in sarif=FILE; repeat for more.",
            metavar="FORMAT=FILE",
        ),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="As text, each of many notes as a line of its own.")
    ] = False,
    timeout: Annotated[
        float,
        typer.Option(
            help="Seconds that one run of a tool may take.",
            metavar="SECONDS",
            parser=number(0.1, LONGEST_TIMEOUT),
        ),
    ] = 300.0,
    promtool: Annotated[str | None, typer.Option(help="Where promtool is.", metavar="PATH")] = None,
    amtool: Annotated[str | None, typer.Option(help="Where amtool is.", metavar="PATH")] = None,
    compose: Annotated[str | None, typer.Option(help="Where docker-compose is.", metavar="PATH")] = None,
    prometheus: Annotated[str | None, typer.Option(help="Where prometheus is.", metavar="PATH")] = None,
    alertmanager: Annotated[str | None, typer.Option(help="Where alertmanager is.", metavar="PATH")] = None,
) -> None:
    """Prove the generated tree right.

    Checks the spec, that the tree is what the spec renders to, every PromQL expression, the dashboards,
    and runs promtool (config, rules, rule tests), amtool and docker compose on the files. Each finding
    names the place in the generated file, the line of the spec behind it, and what mends it.

    Exit codes: 0 no error; 1 at least one, or the spec is invalid; 2 wrong usage, or there is no such
    spec; 3 could not tell: the only errors are tools that are missing or gave no answer.
    """
    from genesis_monitoring.commands.project import Inputs
    from genesis_monitoring.commands.validate import Selection, ToolPaths, run_validate
    from genesis_monitoring.report.console import Console
    from genesis_monitoring.report.outcome import Reports, parse_report_file

    code = run_validate(
        Inputs(spec, out, templates, profile, env),
        Console(),
        ToolPaths(promtool, amtool, compose, prometheus, alertmanager, timeout),
        Selection(tuple(only or ()), tuple(skip or ()), live),
        Reports(
            format_,
            tuple(parse_report_file(text) for text in output or ()),
            annotate=os.environ.get("GITHUB_ACTIONS") == "true",
            verbose=verbose,
        ),
        strict=strict or os.environ.get("CI", "") not in ("", "0", "false"),
    )
    raise typer.Exit(code)


explain.attach(app)
route.attach(app)
init.attach(app)
diff_.attach(app)
preview.attach(app)


def main() -> None:
    """Run the command line; the one place where errors become exit codes."""
    prepare_process()
    try:
        try:
            code = app(standalone_mode=False)
        finally:
            sys.stdout.flush()
        sys.exit(code if isinstance(code, int) else 0)
    except _USAGE_ERROR as error:
        tell_usage(error)
        sys.exit(getattr(error, "exit_code", ExitCode.USAGE))
    except GenesisMonError as error:
        tell(error)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    except (ReaderGoneError, BrokenPipeError):
        _forget_output()
        sys.exit(141)
    except OSError as error:
        tell(GenesisMonError(str(error)))
        _forget_output()
        sys.exit(ExitCode.UNKNOWN)
    except Exception as error:
        # The interpreter would end with 1, which a gate reads as NO-GO.
        tell_own_fault(error)
        sys.exit(ExitCode.UNKNOWN)


def _forget_output() -> None:
    """What is still to be written has nowhere to go; the interpreter would try, and complain, on exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
