"""A scenario over time: a moment in, the conditions that hold then out; and sums over spans of time."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise

from genesis_monitoring.stack.scenario import Changes, Flapping, Scenario


@dataclass(frozen=True, slots=True)
class Conditions:
    """What ``scenario.Changes`` changes, with nothing left open. The defaults are health."""

    latency_factor: float = 1.0
    accuracy: float = 94.8
    request_error_ratio: float = 0.0002
    rag_error_ratio: float = 0.0002
    llm_cost_factor: float = 1.0
    memory_cost_factor: float = 1.0
    token_factor: float = 1.0
    cache_hit_ratio: float = 0.85
    down: tuple[str, ...] = ()
    flapping: Flapping | None = None
    restart: bool = False
    results_age: int | None = None
    failing_tests: dict[str, int] = field(default_factory=dict)


class Timeline:
    """A scenario that began at ``started`` (Unix time, seconds); before that its base holds."""

    def __init__(self, scenario: Scenario, started: float) -> None:
        self.scenario = scenario
        self.started = started
        self._base = _changed(Conditions(), scenario.base)

    @property
    def base(self) -> Conditions:
        """What holds while no phase does."""
        return self._base

    def conditions(self, now: float) -> Conditions:
        """What holds at ``now``."""
        found = self._base
        for phase in self.scenario.phases:
            begins, ends = self._span(phase.after, phase.lasts)
            if begins <= now < ends:
                found = _changed(found, phase)
        return found

    def since(self, now: float) -> float:
        """When what holds at ``now`` began to hold; the start, before it."""
        spans = (self._span(phase.after, phase.lasts) for phase in self.scenario.phases)
        edges = (edge for span in spans for edge in span if edge <= now)
        return max(edges, default=self.started)

    def restarted(self, now: float) -> float | None:
        """When the application was restarted last, if it was."""
        times = [self.started + phase.after for phase in self.scenario.phases if phase.restart]
        return max((time for time in times if time <= now), default=None)

    def answers(self, service: str, now: float) -> bool:
        """Whether ``service`` is up."""
        conditions = self.conditions(now)
        if service in conditions.down:
            return False
        flapping = conditions.flapping
        if flapping is None or flapping.service != service:
            return True
        return (now - self.started) % flapping.period >= flapping.down

    def spans(self, first: float, last: float) -> Iterator[tuple[float, Conditions]]:
        """The time from ``first`` to ``last`` in spans of steady conditions: seconds, and what holds."""
        edges = {first, last}
        for phase in self.scenario.phases:
            edges.update(edge for edge in self._span(phase.after, phase.lasts) if first < edge < last)
        ordered = sorted(edges)
        for begins, ends in pairwise(ordered):
            yield ends - begins, self.conditions(begins)

    def _span(self, after: int, lasts: int | None) -> tuple[float, float]:
        begins = self.started + after
        return begins, begins + lasts if lasts is not None else float("inf")


def _changed(conditions: Conditions, changes: Changes) -> Conditions:
    given = {one.name: getattr(changes, one.name) for one in fields(Conditions)}
    return replace(conditions, **{name: value for name, value in given.items() if value is not None})
