"""``genesis-mon budget status``: what is left of error budgets, and how fast they burn."""

import time
from dataclasses import dataclass

from genesis_monitoring.clients.http import HttpTransport
from genesis_monitoring.clients.prometheus_api import HttpPrometheus
from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.rollout_inputs import ServerOptions, SpecFile, read_time_option
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.plan.budgets import BudgetPlan
from genesis_monitoring.plan.compile import Plan, compile_plan
from genesis_monitoring.report.budget_status import BudgetStatus, BudgetStatusDocument, format_budgets
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.document import document_json
from genesis_monitoring.rollout.budgets import State, budget_standings
from genesis_monitoring.rollout.collect import Moment, settled_end
from genesis_monitoring.spec.load import load_spec
from genesis_monitoring.words import suggest

_CODES: dict[State, ExitCode] = {
    "kept": ExitCode.OK,
    "burning": ExitCode.FINDINGS,
    "exhausted": ExitCode.FINDINGS,
    "unknown": ExitCode.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class BudgetOptions:
    """As the user wrote them: SLIs (all if none), a time (now if None), percent of a period."""

    names: tuple[str, ...]
    at: str | None
    coverage: float
    format: str


def run_budget_status(
    spec: SpecFile, server: ServerOptions, options: BudgetOptions, console: Console
) -> ExitCode:
    """Print it. Raises SpecError, UsageError, and ServerError where there is no answer."""
    at = None if options.at is None else read_time_option(options.at, "--at")
    loaded = load_spec(spec.path, environment=spec.environment).spec
    plan = compile_plan(loaded, loaded.profile_in_force)
    budgets = _chosen(plan, options.names)
    transport = HttpTransport(server.settings(loaded.metadata.links.prometheus, "--prometheus"))
    with console.progress(f"budget: asking {transport.url}"), tidied_up():
        try:
            reader = HttpPrometheus(transport)
            interval = plan.spec.prometheus.evaluation_interval
            moment = settled_end(Moment(at, time.time()), reader.info(), interval)
            standings = budget_standings(reader, plan, budgets, moment, options.coverage / 100)
        finally:
            transport.close()
    status = BudgetStatus(moment, transport.url, standings)
    if options.format == "json":
        console.data(document_json(BudgetStatusDocument, status))
    else:
        console.write(format_budgets(status, colour=console.colour, width=console.width))
    return _CODES[status.state]


def _chosen(plan: Plan, names: tuple[str, ...]) -> tuple[BudgetPlan, ...]:
    if not plan.budgets:
        raise UsageError("no SLI of the spec has an error budget", "add budget: to an SLI (docs/budgets.md)")
    known = {one.sli: one for one in plan.budgets}
    for name in names:
        if name not in known:
            raise UsageError(
                f"there is no SLI {name!r} with an error budget{suggest(name, known)}",
                f"use one of: {', '.join(sorted(known))}",
            )
    return tuple(known[name] for name in dict.fromkeys(names)) or plan.budgets
