"""Where the gauges of the synthetic application stand: scenario and SLIs in, a value at a moment out.

What is not known here by name stands where its SLIs say that all is well, or else by its unit.
"""

from collections.abc import Mapping

from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.slis.provable import Stand
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.stack.synthetic_load import noise
from genesis_monitoring.stack.timeline import Timeline

_NOISE_SECONDS = 15
_KNOWN = {
    "mongodb_connections_active": 12,
    "redis_connections_active": 24,
    "vector_db_connections_active": 8,
}


class Levels:
    """All gauges of a catalogue, for a scenario."""

    def __init__(self, spec: Spec, slis: Mapping[str, SliPlan], timeline: Timeline) -> None:
        self._metrics, self._timeline = spec.metrics, timeline
        self._stands: dict[str, list[Stand]] = {}
        for sli in sorted((plan.sli for plan in slis.values()), key=lambda one: one.objective is None):
            for stand in sli.at_ease(spec):
                self._stands.setdefault(stand.of.metric, []).append(stand)

    def at(self, name: str, labels: Mapping[str, str], now: float) -> float:
        """The value of a gauge at ``now`` (seconds since 1970), in its unit."""
        timeline, unit = self._timeline, self._metrics[name].unit
        if name == "hybrid_rag_top3_accuracy_percent":
            moved = noise(f"{timeline.scenario.seed} {name} {int(now // _NOISE_SECONDS)}", 0.05)
            return min(100.0, timeline.conditions(now).accuracy + moved)
        if unit == "state":
            return float(timeline.answers(labels.get("service", ""), now))
        if name in _KNOWN:
            return _KNOWN[name] + round(noise(f"{timeline.scenario.seed} {name} {int(now // 60)}", 2))
        for stand in self._stands.get(name, ()):
            if all(one.matches(labels.get(one.label, "")) for one in stand.of.conditions):
                return now + stand.value if stand.from_now else stand.value
        return {"percent": 100.0, "score": 100.0, "timestamp": now}.get(unit, 1.0)
