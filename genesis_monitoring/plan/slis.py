"""SLIs compiled: each one's expression, recorded series, and the metrics it stands on."""

from collections.abc import Mapping
from dataclasses import dataclass

from genesis_monitoring.conventions import record_name
from genesis_monitoring.slis.kinds import Sli
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.spec.model import Spec


@dataclass(frozen=True, slots=True)
class SliPlan:
    """An SLI as it is recorded. ``metrics`` are all that it needs, through other SLIs too.

    ``expr`` is what is recorded, ``measured`` the same without a look at what was recorded before.
    """

    name: str
    sli: Sli
    record: str
    expr: str
    measured: str
    metrics: tuple[Selector, ...]
    depends_on: tuple[str, ...]
    exported: bool
    job: str

    @property
    def origin(self) -> str:
        """Where it stands in the spec."""
        return f"slis.{self.name}"


def compile_slis(spec: Spec) -> Mapping[str, SliPlan]:
    """Every SLI by name, each after those it depends on. The spec's references must have been checked."""
    plans: dict[str, SliPlan] = {}

    def visit(name: str) -> None:
        if name in plans:
            return
        sli = spec.slis[name]
        depends_on = (sli.of,) if sli.of else ()
        for other in depends_on:
            visit(other)
        metrics, record = sli.root(spec).metrics_named, record_name(name, sli.unit)
        catalogue = [spec.metrics[m.metric] for m in metrics]
        plans[name] = SliPlan(
            name=name,
            sli=sli,
            record=record,
            expr=sli.recorded(spec, record),
            measured=sli.measured(spec),
            metrics=tuple({(m.metric, m.conditions): m for m in metrics}.values()),
            depends_on=depends_on,
            exported=all(metric.status == "exported" for metric in catalogue),
            job=catalogue[0].job,
        )

    for name in spec.slis:
        visit(name)
    return plans
