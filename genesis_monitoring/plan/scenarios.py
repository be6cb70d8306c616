"""Scenarios of rule tests: an alert or an SLI in, what is fed and expected out, as a lane of a time line.

For an alert: exactly when it fires and resolves (fed with the recorded series, so that the moment is exact),
and from raw metrics what the whole chain makes of a good, a threshold and a bad value, of a counter restart,
of no traffic and of no series. Nothing here reads a rule's text back.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from genesis_monitoring.conventions import UP_METRIC
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.plan.sampling import clock_for, made_of, timing_step
from genesis_monitoring.plan.series import beside, idle, recorded, test_labels
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.plan.timelines import AlertCheck, ExpectedAlert, ExprCheck, Lane, Phase
from genesis_monitoring.slis.input_series import Clock, Inputs, InputSeries
from genesis_monitoring.spec.metrics import Recording
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.units import format_number

AROUND = 2
"""So many samples lie before a change, and after what it brings about."""
_MINUTE = 60
_ASKS_UP = re.compile(rf"\b{UP_METRIC}\b")


@dataclass(frozen=True, slots=True)
class Stage:
    """What the phases of one lane have in common. ``rule`` is None for an SLI without an alert."""

    plan: SliPlan
    spec: Spec
    clock: Clock
    rule: AlertingRule | None = None

    @property
    def end(self) -> int:
        """The last sample, at which is looked (seconds)."""
        return self.clock.count * self.clock.step

    def constant(self, title: str, value: float) -> Phase:
        """A scenario in which the SLI holds a value."""
        return self.phase(title, self.held_at(value, self.clock), value)

    def held_at(self, value: float, clock: Clock) -> Inputs:
        """Series that hold the SLI at a value."""
        series = self.plan.sli.held_at(self.spec, value, clock, test_labels(self.plan))
        return (*series, *beside(self.spec, self.plan, clock))

    def phase(self, title: str, series: Inputs, value: float | None) -> Phase:
        """A scenario, with the value that it ends with."""
        return Phase(
            self.clock.count + 1, series, self.alerts(title, value, self.end), (self.value(title, value),)
        )

    def alerts(self, title: str, value: float | None, *times: int) -> tuple[AlertCheck, ...]:
        """Whether the alert fires, for that value."""
        rule = self.rule
        if rule is None or rule.condition is None:
            return ()
        fires = value is not None and self.fires(value)
        expected = (expect(rule, value or 0.0, test_labels(self.plan)),) if fires else ()
        origin = self._origin(value)
        return tuple(AlertCheck(time, rule.alert, expected, self._case(title), origin) for time in times)

    def fires(self, value: float) -> bool:
        """Whether the alert fires at the end, by which time it may not have been due for its ``for`` yet."""
        rule = self.rule
        if rule is None or rule.condition is None or not rule.condition.holds(value):
            return False
        return rule.condition.holds(self.plan.sli.held_before(self.spec, value, rule.for_))

    def value(self, title: str, value: float | None, time: int | None = None) -> ExprCheck:
        """The recorded value, at the end if not at ``time``."""
        plan = self.plan
        at = self.end if time is None else time
        case, origin = self._case(title), self._origin(value)
        if value is None:
            return ExprCheck(at, plan.record, (), case, origin)
        labels = ", ".join(f'{k}="{v}"' for k, v in test_labels(plan).items())
        sample = f"{plan.record}{{{labels}}}" if labels else plan.record
        derived = plan.sli.metric_type is None
        return ExprCheck(at, plan.record, ((sample, value if derived else round(value, 6)),), case, origin)

    def nothing(self, title: str) -> Phase:
        """The scenario without any series."""
        for_ = self.rule.for_ if self.rule else 0
        last = -(-for_ // self.clock.step) + 1
        at = last * self.clock.step
        return Phase(last + 1, (), self.alerts(title, None, at), (self.value(title, None, at),))

    def lane(self, slis: Mapping[str, SliPlan], phases: tuple[Phase, ...], nothing: Phase) -> Lane:
        """The lane of these phases."""
        lane = _lane(self.plan, slis, self.clock.step, phases)
        alone = lane.alone or self.plan.sli.past is not None
        return replace(lane, origin=(self.rule or self.plan).origin, nothing=nothing, alone=alone)

    def _origin(self, value: float | None) -> str:
        """Where in the spec it is said: at the series that a person wrote, else at the alert or SLI."""
        written = self.plan.sli.written_at(value) if value is not None else ()
        said = (self.rule or self.plan).origin
        return ".".join((self.plan.origin, *map(str, written))) if written else said

    def _case(self, title: str) -> str:
        return f"{self.rule.alert if self.rule else self.plan.name}: {title}"


def alert_lanes(spec: Spec, slis: Mapping[str, SliPlan], rule: AlertingRule, name: str) -> Iterator[Lane]:
    """The lanes of an alert on a level of the SLI ``name``: its timing, and all else."""
    plan, condition = slis[name], rule.condition
    if condition is None:
        raise AssertionError("only alerts on a level are tested here")
    probes = plan.sli.probes(spec, condition)
    yield _timing(rule, plan, slis, probes.good, probes.bad)

    clock, settled = clock_for(spec, plan, rule.for_, rule.keep_firing_for)
    stage = Stage(plan, spec, clock, rule)
    # First the one that has to be known as soon as it can be, where nothing was before.
    phases = (
        stage.constant("a bad value fires", probes.bad),
        stage.constant("a good value is quiet", probes.good),
        *_moving(stage, probes.good, settled),
    )
    if not plan.sli.query:
        outcome = "fires: it is not good" if stage.fires(condition.threshold) else "is still quiet"
        phases += (stage.constant(f"exactly on the threshold {outcome}", condition.threshold),)
    if plan.sli.needs_traffic:
        phases += (stage.phase("no traffic is no data, and quiet", idle(spec, plan, clock), None),)
    phases += tuple(stage.phase(*one) for one in plan.sli.scarce(spec, clock, test_labels(plan)))
    yield stage.lane(slis, phases, stage.nothing("no series is no data, and quiet"))


def value_lane(spec: Spec, slis: Mapping[str, SliPlan], plan: SliPlan) -> Lane:
    """The lane of an SLI that no alert stands on."""
    clock, _ = clock_for(spec, plan, 0)
    value = plan.sli.sample(spec)
    stage = Stage(plan, spec, clock)
    phases: tuple[Phase, ...] = (stage.constant("is recorded", value),)
    if plan.sli.needs_traffic:
        phases += (stage.phase("no traffic is no data", idle(spec, plan, clock), None),)
    return stage.lane(slis, phases, stage.nothing("no series is no data"))


def recording_lane(name: str, rule: Recording) -> Lane:
    """The lane of a rule of the spec's own: its tests, each alone with its series."""
    origin = f"metrics.{name}.recording"
    phases = []
    for number, test in enumerate(rule.tests):
        at, case = f"{origin}.tests.{number}", f"{name}: test {number + 1} of {len(rule.tests)}"
        last = (test.length - 1) * _MINUTE
        wanted = tuple((f"{name}{labels}", value) for labels, value in test.values.items())
        series = tuple(InputSeries(one, values) for one, values in test.series.items())
        phases.append(Phase(test.length, series, (), (ExprCheck(last, name, wanted, case, at),)))
    return Lane(_MINUTE, origin, tuple(phases), alone=True)


def always_lane(rule: AlertingRule) -> Lane:
    """The lane of an alert that has to fire whatever is there."""
    expected = (expect(rule, 1, {}),)
    checks = tuple(
        AlertCheck(time, rule.alert, expected, f"{rule.alert}: fires always", rule.origin)
        for time in (0, _MINUTE, 5 * _MINUTE)
    )
    return Lane(_MINUTE, rule.origin, (), Phase(6, (), checks))


def expect(rule: AlertingRule, value: float, series_labels: Mapping[str, str]) -> ExpectedAlert:
    """The alert as it fires with ``value``."""
    labels = {**series_labels, **dict(rule.labels)}
    annotations = tuple((a.name, a.expand(value, series_labels)) for a in rule.annotations)
    return ExpectedAlert(tuple(labels.items()), annotations)


def _moving(stage: Stage, good: float, settled: int) -> tuple[Phase, ...]:
    """The restart of counters, looked at before it, in it and after it."""
    if not stage.plan.sli.counts:
        return ()
    title, kept = "a counter restart is quiet", stage.rule.keep_firing_for if stage.rule else 0
    clock = replace(stage.clock, count=stage.clock.count + 1)
    middle = (clock.count // 2 + 1) * clock.step
    last = clock.count * clock.step
    times = sorted({time for time in (settled, middle, last) if settled + kept <= time <= last})
    series = stage.held_at(good, replace(clock, restarts=True))
    return (Phase(clock.count + 1, series, stage.alerts(title, good, *times)),)


def _timing(
    rule: AlertingRule,
    plan: SliPlan,
    slis: Mapping[str, SliPlan],
    good: float,
    bad: float,
) -> Lane:
    step = timing_step(rule.for_, rule.keep_firing_for)
    held, kept = rule.for_ // step + AROUND, rule.keep_firing_for // step
    values = " ".join(
        f"{format_number(value)}x{count - 1}"
        for value, count in ((good, AROUND), (bad, held), (good, AROUND + kept))
    )
    onset, over = AROUND * step, (AROUND + held + kept) * step
    firing = expect(rule, bad, test_labels(plan))
    times = [(onset - step, ()), (onset + rule.for_, (firing,)), (over, ())]
    if rule.for_:
        times.insert(1, (onset + rule.for_ - step, ()))
    if kept:
        times.insert(-1, (over - step, (firing,)))
    case = f"{rule.alert}: fires after its time, not before, and resolves"
    checks = tuple(AlertCheck(time, rule.alert, expected, case, rule.origin) for time, expected in times)
    length = 2 * AROUND + held + kept
    lane = _lane(plan, slis, step, (Phase(length, (recorded(plan, values),), checks),))
    return replace(lane, origin=rule.origin, given=True)


def _lane(plan: SliPlan, slis: Mapping[str, SliPlan], step: int, phases: tuple[Phase, ...]) -> Lane:
    chain = tuple(made_of(plan, slis))
    return Lane(
        step=step,
        origin=plan.origin,
        phases=phases,
        metrics=plan.metrics,
        records=frozenset(one.record for plan in chain for one in plan.recordings),
        hears_up=any(_ASKS_UP.search(one.expr) for one in chain),
        alone=bool(plan.sli.query),
    )
