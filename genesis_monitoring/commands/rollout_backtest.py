"""``genesis-mon rollout backtest``: what each alert would have done, by this spec and by a changed one."""

import time
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.clients.http import HttpTransport
from genesis_monitoring.clients.prometheus_api import HttpPrometheus
from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.rollout_inputs import ServerOptions, SpecFile, read_time_option
from genesis_monitoring.durations import parse_duration
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.plan.compile import Plan, compile_plan
from genesis_monitoring.report.backtest_json import BacktestDocument
from genesis_monitoring.report.backtest_text import format_backtest
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.document import document_json
from genesis_monitoring.rollout.collect import Moment
from genesis_monitoring.rollout.past import Change, Span, backtest
from genesis_monitoring.spec.edit import Steps
from genesis_monitoring.spec.environment_source import EnvironmentSource
from genesis_monitoring.spec.load import LoadedSpec, judged, load_spec
from genesis_monitoring.spec.setting import with_setting
from genesis_monitoring.spec.source import SpecError


@dataclass(frozen=True, slots=True)
class BacktestOptions:
    """Times, span and settings as the user wrote them; None stands for the default."""

    start: str | None
    at: str | None
    last: str | None
    format: str
    settings: tuple[str, ...]
    against: Path | None


def run_backtest(
    spec: SpecFile, server: ServerOptions, options: BacktestOptions, console: Console
) -> ExitCode:
    """Print it. Raises SpecError, UsageError, and CouldNotTellError where there is no answer."""
    span = _span(options)
    asked = None if options.at is None else read_time_option(options.at, "--at")
    loaded = load_spec(spec.path, environment=spec.environment)
    plan = _plan(loaded)
    change = _change(loaded, options, spec.environment)
    settings = server.settings(plan.spec.metadata.links.prometheus, "--prometheus")
    transport = HttpTransport(settings)
    with console.progress(f"backtest: asking {transport.url}"), tidied_up():
        try:
            outcome = backtest(HttpPrometheus(transport), plan, change, span, Moment(asked, time.time()))
        finally:
            transport.close()
    if options.format == "json":
        console.data(document_json(BacktestDocument, outcome))
    else:
        console.write(format_backtest(outcome, colour=console.colour))
    return ExitCode.OK if outcome.told else ExitCode.UNKNOWN


def _span(options: BacktestOptions) -> Span:
    start = None if options.start is None else read_time_option(options.start, "--start")
    if options.last is None:
        return Span(start, None)
    if start is not None:
        raise UsageError("--last and --start both say where the window begins", "leave one of them out")
    try:
        seconds = parse_duration(options.last)
    except ValueError as error:
        raise UsageError(f"--last is no duration: {options.last!r}", str(error)) from None
    if not seconds:
        raise UsageError("--last is 0s long", "give a longer one, as in --last 7d")
    return Span(None, seconds)


def _change(loaded: LoadedSpec, options: BacktestOptions, environment: str | None) -> Change | None:
    if options.against is not None:
        if options.settings:
            raise UsageError("--set changes this spec, and --against names another", "leave one of them out")
        against = load_spec(options.against, environment=environment)
        return Change(_plan(against), (str(options.against),))
    if not options.settings:
        return None
    source = loaded.source.base if isinstance(loaded.source, EnvironmentSource) else loaded.source
    for setting in options.settings:
        source = with_setting(source, loaded.spec, setting, _overridden(loaded))
    try:
        return Change(_plan(judged(source, environment=environment)), options.settings)
    except SpecError as error:
        # The file is right: what --set makes of it is not.
        raise SpecError(error.findings, error.source, ExitCode.USAGE) from None


def _overridden(loaded: LoadedSpec) -> dict[Steps, Steps]:
    source = loaded.source
    changes = source.changes if isinstance(source, EnvironmentSource) else ()
    return {one.path: one.at for one in changes if not one.leaves_out}


def _plan(loaded: LoadedSpec) -> Plan:
    return compile_plan(loaded.spec, loaded.spec.profile_in_force)
