"""The list of checks, and their run: a context in, all findings out, in a fixed order.

A check that could not run is a finding:

- GM001 (warning; error with ``--strict``): a tool is missing. Install it, or name it by its flag or variable.
- GM002 (error): a tool crashed or could not be started. Run it by hand on the same file.
- GM003 (error): a tool gave no answer in time and was stopped. Run again, or allow it more time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from genesis_monitoring.checks import alertmanager, compose, dashboards, prometheus, promql, rule_tests
from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.clients.parallel import run_side_by_side
from genesis_monitoring.clients.process import ToolMissing, ToolTimedOut
from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.findings import Finding, Severity, sort_findings

NO_ANSWER_CODES = ("GM001", "GM002", "GM003")
"""The codes that mean "could not tell"."""

COMMON_CODES = (*NO_ANSWER_CODES, "GM004")
"""What any check may report besides its own codes."""


@dataclass(frozen=True, slots=True)
class Check:
    """``name`` is what ``--only`` takes; ``codes`` are all that ``run`` yields besides the common ones.

    A ``live`` check starts a server on loopback; ``--no-live`` leaves it out.
    """

    name: str
    layer: str
    codes: tuple[str, ...]
    run: Callable[[CheckContext], Iterable[Finding]]
    live: bool = False


CHECKS: tuple[Check, ...] = (
    Check("prometheus-config", "prometheus", ("GM301",), prometheus.check_prometheus_config),
    Check("prometheus-rules", "prometheus", ("GM302",), prometheus.check_rules),
    Check("promql", "promql", ("GM401",), promql.check_promql),
    Check("rule-tests", "rule tests", ("GM501", "GM502"), rule_tests.check_rule_tests),
    Check("alertmanager-config", "alertmanager", ("GM601",), alertmanager.check_alertmanager_config),
    Check("dashboards", "dashboards", dashboards.CODES, dashboards.check_dashboards),
    Check("compose-config", "compose", ("GM801",), compose.check_compose),
)


def run_checks(context: CheckContext, checks: Sequence[Check] = CHECKS) -> tuple[Finding, ...]:
    """Run the checks side by side. The findings are sorted, and each stands once.

    Raises only what is a defect of a check, or an interrupt; then no tool is left running.
    """
    return sort_findings(finding for found in run_each(context, checks) for finding in found)


def run_each(context: CheckContext, checks: Sequence[Check]) -> tuple[tuple[Finding, ...], ...]:
    """As ``run_checks``, but what each check found on its own, in their order."""
    jobs = [partial(_run, context, check) for check in checks]
    return run_side_by_side(jobs, len(jobs))


def _run(context: CheckContext, check: Check) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    try:
        findings.extend(check.run(context))
    except CouldNotTellError as failure:
        findings.append(_no_answer(context, check, failure))
    return tuple(findings)


def _no_answer(context: CheckContext, check: Check, failure: CouldNotTellError) -> Finding:
    code, severity = "GM002", Severity.ERROR
    if isinstance(failure, ToolMissing):
        code, severity = "GM001", Severity.ERROR if context.strict else Severity.WARNING
    elif isinstance(failure, ToolTimedOut):
        code = "GM003"
    message = f"the check {check.name} did not run: {failure.message}"
    return Finding(code, severity, context.locate(""), message, failure.hint)
