"""What nobody exposes yet: a spec in, what is blind until its planned metrics are there out.

Planned is not missing: what was never there has not gone, so it is told apart wherever data is asked for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.spec.jobs import planned_jobs
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.words import count


@dataclass(frozen=True, slots=True)
class Planned:
    """What waits for instrumentation; all names in the order of the spec.

    ``until`` says when it is expected ("Phase 5.5"), empty if the spec does not say. ``metrics`` are those
    that are planned, ``jobs`` those of which every metric is. ``slis`` need one of the metrics, and
    ``alerts``, of ``alerts_of_slis`` on the level of an SLI, stand on one of these SLIs.
    """

    until: str
    metrics: tuple[str, ...]
    jobs: tuple[str, ...]
    slis: tuple[str, ...]
    alerts: tuple[str, ...]
    alerts_of_slis: int

    @property
    def since_when(self) -> str:
        """``until Phase 5.5``, or ``until they are exposed``."""
        return f"until {self.until or 'they are exposed'}"

    @property
    def line(self) -> str:
        """All of it in a line; empty if nothing is planned."""
        if not self.metrics:
            return ""
        metrics = f"{count(len(self.metrics), 'metric')} {'is' if len(self.metrics) == 1 else 'are'} planned"
        if not self.alerts:
            return f"{metrics} {self.since_when}"
        of = count(self.alerts_of_slis, "alert")
        verb = "is" if len(self.alerts) == 1 else "are"
        return f"{len(self.alerts)} of {of} {verb} blind {self.since_when}: {metrics}"


def compile_planned(spec: Spec, slis: Mapping[str, SliPlan]) -> Planned:
    """What of ``spec`` is planned."""
    blind = tuple(name for name, plan in slis.items() if plan.planned)
    return Planned(
        until=spec.metadata.planned_for or "",
        metrics=tuple(name for name, metric in spec.metrics.items() if metric.status == "planned"),
        jobs=planned_jobs(spec),
        slis=blind,
        alerts=tuple(name for name, alert in spec.alerts.items() if alert.sli in blind),
        alerts_of_slis=len(spec.alerts),
    )


def planned_of(slis: Mapping[str, SliPlan], names: Iterable[str]) -> tuple[str, ...]:
    """The planned metrics that the SLIs ``names`` need, each once."""
    return tuple(dict.fromkeys(metric for name in names for metric in slis[name].planned))
