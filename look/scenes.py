"""The pasts that pictures are drawn from: a scene in, all raw series of a rollout up to one fixed moment out.

Nothing of it depends on the clock, so pictures of two states of the dashboards differ by these alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.stack.history import history_needed, write_history
from genesis_monitoring.stack.scenario import Changes, Expect, Scenario
from look.workshop import NOW

FAILING_SECONDS = 45 * 60
"""For how long it has been failing."""

RECORDED = "sli:"
_COUNTS = ("counter", "histogram")

_FAULTS = Changes(
    latency_factor=3,
    accuracy=85,
    request_error_ratio=0.02,
    rag_error_ratio=0.03,
    cache_hit_ratio=0.5,
    llm_cost_factor=4,
    token_factor=3,
    down=("vector_db",),
)
_LEVELS = {
    "genesis_regression_pass_rate": 80.8,
    "genesis_regression_tests_failed": 200,
    "genesis_system_health": 92.3,
    "node_memory_MemAvailable_bytes": 2e9,
}


@dataclass(frozen=True, slots=True)
class Scene:
    """``faults`` hold for the last FAILING_SECONDS, and so do ``levels``, of gauges that no fault moves here.

    Without ``planned`` there is only what is exposed today.
    """

    name: str
    faults: Changes = field(default_factory=Changes)
    levels: Mapping[str, float] = field(default_factory=dict)
    planned: bool = True


SCENES = (Scene("healthy"), Scene("planned", planned=False), Scene("failing", _FAULTS, _LEVELS))


def write_scene(plan: Plan, scene: Scene, span: int, file: Path) -> None:
    """Write the raw series of the last ``span`` seconds, and what rules look back at, as OpenMetrics.

    Raises OSError.
    """
    spec = plan.spec
    instances = {job.job: f"{job.job}:9100" for job in plan.prometheus.scrape_configs}
    if not scene.planned:
        instances = {job: at for job, at in instances.items() if job not in plan.planned.jobs}
    parts = []
    for name, base in (("before", Changes()), ("after", scene.faults)):
        part = file.with_suffix(f".{name}")
        scenario = Scenario(title=name, description=name, base=base, expect=Expect(alerts=()))
        start = NOW - span - history_needed(plan)
        write_history(plan, scenario, part, start=start, end=NOW, instances=instances)
        parts.append(part)
    hidden = frozenset(() if scene.planned else plan.planned.metrics)
    kinds = {name: metric.type for name, metric in spec.metrics.items()}
    with file.open("w", encoding="utf-8") as out, parts[0].open() as before, parts[1].open() as after:
        for line in _spliced(before, after, kinds, hidden, scene.levels, NOW - span if scene.planned else 0):
            out.write(line)
    for part in parts:
        part.unlink()


def _spliced(
    before: Iterator[str],
    after: Iterator[str],
    kinds: Mapping[str, str],
    hidden: frozenset[str],
    levels: Mapping[str, float],
    recorded_until: float,
) -> Iterator[str]:
    """The series of ``before``, and from the moment of the faults on those of ``after``; counters go on.

    What is recorded is there until ``recorded_until`` only: after that it is made of the rest.
    """
    series, gap = "", 0.0
    for one, other in zip(before, after, strict=True):
        if one.startswith("#"):
            yield one
            continue
        head, value, stamp = one.rsplit(" ", 2)
        metric = _metric(head, kinds)
        if metric in hidden or (metric.startswith(RECORDED) and int(stamp) >= recorded_until):
            continue
        if head != series:
            series, gap = head, 0.0
        if int(stamp) < NOW - FAILING_SECONDS:
            gap = float(value) - float(other.rsplit(" ", 2)[1])
            yield one
            continue
        counts = kinds.get(metric) in _COUNTS
        now = levels.get(metric, float(other.rsplit(" ", 2)[1]))
        yield f"{head} {now + (gap if counts else 0.0)!r} {stamp}"


def _metric(head: str, kinds: Mapping[str, str]) -> str:
    """The metric of the catalogue that the series ``head`` is of."""
    name = head.partition("{")[0]
    for suffix in ("", "_bucket", "_count", "_sum"):
        if name.removesuffix(suffix) in kinds:
            return name.removesuffix(suffix)
    return name
