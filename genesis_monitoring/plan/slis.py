"""SLIs compiled: each one's expression, recorded series, and the metrics it stands on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.conventions import record_name
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.first_hours import FirstHours, first_hours
from genesis_monitoring.slis.registry import Sli
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.spec.model import Spec


@dataclass(frozen=True, slots=True)
class Recording:
    """A series that is recorded, and the expression that it is."""

    record: str
    expr: str


@dataclass(frozen=True, slots=True)
class SliPlan:
    """An SLI as it is recorded. ``root`` is the one that is measured: the one that it is made of, or itself.

    ``recordings`` are the value itself, then the value over each further window and an observed baseline;
    ``measured`` is the value without a look at what was recorded before. ``compared_with`` are the first
    hours of the rollout, if it is compared with them. ``metrics`` are all that it needs, through other SLIs
    too; ``planned`` names those of them that nobody exposes yet.
    """

    name: str
    sli: Sli
    root: SliKind
    recordings: tuple[Recording, ...]
    measured: str
    metrics: tuple[Selector, ...]
    depends_on: tuple[str, ...]
    planned: tuple[str, ...]
    job: str
    compared_with: FirstHours | None = None

    @property
    def exported(self) -> bool:
        """Whether all that it needs is exposed."""
        return not self.planned

    @property
    def record(self) -> str:
        """The series of the value itself."""
        return self.recordings[0].record

    @property
    def expr(self) -> str:
        """What is recorded as the value itself."""
        return self.recordings[0].expr

    @property
    def origin(self) -> str:
        """Where it stands in the spec."""
        return f"slis.{self.name}"


def compile_slis(spec: Spec, windows: Mapping[str, tuple[int, ...]] | None = None) -> Mapping[str, SliPlan]:
    """Every SLI by name, each after those it depends on. The spec's references must have been checked.

    ``windows`` (seconds, by SLI) are those over which it is recorded beside its own.
    """
    plans: dict[str, SliPlan] = {}

    def visit(name: str) -> None:
        if name in plans:
            return
        sli = spec.slis[name]
        depends_on = (sli.of,) if sli.of else ()
        for other in depends_on:
            visit(other)
        root = sli.root(spec)
        metrics = root.metrics_named
        catalogue = [spec.metrics[m.metric] for m in metrics]
        plans[name] = SliPlan(
            name=name,
            sli=sli,
            root=root,
            recordings=tuple(_recordings(spec, name, (windows or {}).get(name, ()))),
            measured=sli.measured(spec),
            metrics=tuple({(m.metric, m.conditions): m for m in metrics}.values()),
            depends_on=depends_on,
            planned=tuple(
                dict.fromkeys(m.metric for m in metrics if spec.metrics[m.metric].status == "planned")
            ),
            job=catalogue[0].job,
            compared_with=sli.compared_with(spec),
        )

    for name in spec.slis:
        visit(name)
    return plans


def _recordings(spec: Spec, name: str, windows: Iterable[int]) -> Iterator[Recording]:
    sli = spec.slis[name]
    record = record_name(name, sli.unit)
    yield Recording(record, sli.recorded(spec, record))
    for window in windows:
        expr = sli.over(spec, window)
        if expr is None:
            raise ValueError(f"SLI {name} has no value over a window: it is not made of counters")
        yield Recording(record_name(name, sli.unit, window), expr)
    hours = first_hours(spec, name)
    if hours is not None:
        yield Recording(hours.record, hours.expr(spec))
