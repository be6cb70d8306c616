"""GM138 (warning): a page that cannot come while the exporter that it reads is gone.

An exporter says of a product whether it is up, and says nothing once it cannot be scraped itself: then the
alert has no data, and whatever tells of that pages nobody. Page on ``up`` of its job as well.
"""

from collections.abc import Iterator

from genesis_monitoring.conventions import JOB_LABEL, UP_METRIC
from genesis_monitoring.defaults.metrics import offered_by
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.source import Source


def check_unseen(plan: Plan, source: Source) -> tuple[Finding, ...]:
    """GM138, at the name of the alert."""
    return tuple(_unseen(plan, source))


def _unseen(plan: Plan, source: Source) -> Iterator[Finding]:
    spec = plan.spec
    for name, alert in spec.alerts.items():
        sli = plan.slis[alert.sli]
        if sli.sli.kind != "up" or not spec.severities[alert.severity].page or not sli.exported:
            continue
        metric = sli.metrics[0].metric
        if metric not in _by_its_exporter(spec, sli.job) or _paged_without_data(spec):
            continue
        told = [other for other in spec.alerts if _watches(plan, other, sli.job)]
        if any(spec.severities[spec.alerts[other].severity].page for other in told):
            continue
        missing = spec.meta_alerts.missing_data
        tells = ", ".join(f"{other} ({spec.alerts[other].severity})" for other in told)
        yield Finding(
            "GM138",
            Severity.WARNING,
            source.locate_key(("alerts", name)),
            f"{name} ({alert.severity}) cannot fire while {sli.job} cannot be scraped, as {metric} is gone "
            f"then; what tells it is {tells or f'{missing.name} ({missing.severity})'}, which pages nobody",
            f"add an SLI {{kind: up, metric: '{UP_METRIC}{{{JOB_LABEL}=\"{sli.job}\"}}'}}, and an alert of "
            f"severity {alert.severity} on it",
        )


def _by_its_exporter(spec: Spec, job: str) -> frozenset[str]:
    """What a product's exporter is known to expose, if the job is one and tells of something else."""
    service, target = spec.stack.services.get(job), spec.prometheus.targets.get(job)
    probes = target is not None and target.probe is not None
    kind = service.kind if service is not None else target.kind if target is not None else None
    return frozenset(offered_by(kind or "", probes=probes)) - {UP_METRIC}


def _watches(plan: Plan, alert: str, job: str) -> bool:
    """Whether an alert fires by ``up`` of the job."""
    return any(
        one.metric == UP_METRIC
        and all(wanted.matches(job) for wanted in one.conditions if wanted.label == JOB_LABEL)
        for one in plan.slis[plan.spec.alerts[alert].sli].metrics
    )


def _paged_without_data(spec: Spec) -> bool:
    """Whether somebody is paged of missing data, and no alert keeps that silent."""
    missing = spec.meta_alerts.missing_data
    silenced = any(missing.name in (rule.target.alerts or ()) for rule in spec.routing.inhibit.values())
    return spec.severities[missing.severity].page and not silenced
