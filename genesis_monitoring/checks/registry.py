"""The lists of checks, and their run: a context in, all findings out, in a fixed order.

A check that could not run is a finding:

- GM001 (warning; error with ``--strict``): a tool is missing. Install it, or name it by its flag or variable.
- GM002 (error): a tool crashed or could not be started. Run it by hand on the same file.
- GM003 (error): a tool gave no answer in time and was stopped. Run again, or allow it more time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from genesis_monitoring.checks import (
    conformance,
    environments,
    left_trees,
    page_links,
    server_addresses,
    spec_secrets,
    told,
    unjudged,
)
from genesis_monitoring.checks.alertmanager import (
    config as alertmanager_config,
    live as alertmanager_live,
    nights,
    notification_delivery,
    notification_templates,
    routes,
)
from genesis_monitoring.checks.compose import (
    config as compose_config,
    mount_sources,
    security as compose_security,
)
from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.checks.dashboards import links, panel_history
from genesis_monitoring.checks.meant import (
    intervals,
    probes,
    prose,
    routes as meant_routes,
    unseen,
    unused,
    values,
)
from genesis_monitoring.checks.prometheus import (
    config as prometheus_config,
    image_versions,
    live as prometheus_live,
    target_files,
)
from genesis_monitoring.checks.promql import (
    expressions,
    literal_patterns,
    rule_labels,
    rule_ranges,
    rule_semantics,
    rule_units,
)
from genesis_monitoring.checks.rule_tests import run
from genesis_monitoring.clients.parallel import run_side_by_side
from genesis_monitoring.clients.process import ToolMissing, ToolTimedOut
from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.findings import Finding, Severity, sort_findings
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.spec.source import Source

NO_ANSWER_CODES = ("GM001", "GM002", "GM003")
"""The codes that mean "could not tell"."""

COMMON_CODES = (*NO_ANSWER_CODES, "GM004")
"""What any check may report besides its own codes."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """``codes`` are all that it yields besides the common ones."""

    name: str
    layer: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check(_Listed):
    """``name`` is what ``--only`` takes.

    A ``live`` check starts a server on loopback; ``--no-live`` leaves it out.
    """

    run: Callable[[CheckContext], Iterable[Finding]]
    live: bool = False


@dataclass(frozen=True, slots=True)
class SpecCheck(_Listed):
    """Lint on the spec and its plan, at lines of the spec. It always runs.

    The path is the output folder: what is committed there may be compared with.
    """

    run: Callable[[Plan, Source, Path], tuple[Finding, ...]]


SPEC_CHECKS: tuple[SpecCheck, ...] = (
    SpecCheck(
        "spec-secrets",
        "spec",
        spec_secrets.CODES,
        lambda _, source, __: spec_secrets.check_spec_secrets(source),
    ),
    SpecCheck(
        "panel-ids",
        "tree",
        panel_history.CODES,
        lambda plan, source, out: panel_history.check_panel_history(out, plan, source),
    ),
    SpecCheck(
        "page-links",
        "spec",
        page_links.CODES,
        lambda plan, source, _: page_links.check_page_links(plan.spec.metadata.links, source),
    ),
    SpecCheck(
        "server-addresses",
        "spec",
        server_addresses.CODES,
        lambda plan, source, _: server_addresses.check_server_addresses(plan.spec, source),
    ),
    SpecCheck("told", "spec", told.CODES, lambda plan, source, _: told.check_told(plan, source)),
    SpecCheck(
        "environments",
        "spec",
        environments.CODES,
        lambda plan, source, _: environments.check_environments(plan.spec, source),
    ),
    SpecCheck(
        "left-trees",
        "tree",
        left_trees.CODES,
        lambda plan, source, out: left_trees.check_left_trees(plan.spec, source, out),
    ),
    SpecCheck(
        "criteria", "spec", unjudged.CODES, lambda plan, source, _: unjudged.check_unjudged(plan, source)
    ),
    SpecCheck("prose", "spec", prose.CODES, lambda plan, source, _: prose.check_prose(plan, source)),
    SpecCheck("unused", "spec", unused.CODES, lambda plan, source, _: unused.check_unused(plan, source)),
    SpecCheck(
        "values",
        "spec",
        values.CODES,
        lambda plan, source, _: (
            *values.check_values(plan, source),
            *intervals.check_intervals(plan.spec, source),
            *probes.check_probes(plan.spec, source),
        ),
    ),
    SpecCheck(
        "who-is-told",
        "spec",
        meant_routes.CODES,
        lambda plan, source, _: (
            *meant_routes.check_routes(plan, source),
            *unseen.check_unseen(plan, source),
        ),
    ),
)

CHECKS: tuple[Check, ...] = (
    Check("conformance", "tree", conformance.CODES, conformance.check_conformance),
    Check("prometheus-config", "prometheus", ("GM301",), prometheus_config.check_prometheus_config),
    Check("prometheus-rules", "prometheus", ("GM302",), prometheus_config.check_rules),
    Check("target-files", "prometheus", target_files.CODES, target_files.check_target_files),
    Check("image-versions", "prometheus", image_versions.CODES, image_versions.check_image_versions),
    Check("promql", "promql", ("GM401",), expressions.check_promql),
    Check("rule-semantics", "promql", rule_semantics.CODES, rule_semantics.check_rule_semantics),
    Check("rule-ranges", "promql", rule_ranges.CODES, rule_ranges.check_rule_ranges),
    Check("rule-labels", "promql", rule_labels.CODES, rule_labels.check_rule_labels),
    Check("rule-units", "promql", rule_units.CODES, rule_units.check_rule_units),
    Check("literal-patterns", "promql", literal_patterns.CODES, literal_patterns.check_literal_patterns),
    Check("rule-tests", "rule tests", ("GM501", "GM502"), run.check_rule_tests),
    Check("alertmanager-config", "alertmanager", ("GM601",), alertmanager_config.check_alertmanager_config),
    Check("alertmanager-routes", "alertmanager", routes.CODES, routes.check_alertmanager_routes),
    Check(
        "notification-templates",
        "alertmanager",
        notification_templates.CODES,
        notification_templates.check_notification_templates,
    ),
    Check("links", "dashboards", links.CODES, links.check_links),
    Check("compose-config", "compose", ("GM801",), compose_config.check_compose),
    Check("mounts", "compose", mount_sources.CODES, mount_sources.check_mounts),
    Check("compose-security", "compose", compose_security.CODES, compose_security.check_compose_security),
    Check("prometheus-live", "live", prometheus_live.CODES, prometheus_live.check_prometheus_live, live=True),
    Check(
        "alertmanager-live",
        "live",
        alertmanager_live.CODES,
        alertmanager_live.check_alertmanager_live,
        live=True,
    ),
    Check("nights", "live", nights.CODES, nights.check_nights_live, live=True),
    Check(
        "notification-delivery",
        "live",
        notification_delivery.CODES,
        notification_delivery.check_notification_delivery,
        live=True,
    ),
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
