"""Rule tests: promtool unit tests for every alert and every SLI, derived from their types.

For an alert: exactly when it fires and resolves (fed with the recorded series, so that the moment is
exact), and from raw metrics what the whole chain makes of a bad, a threshold and a good value, of a
counter restart, of no traffic and of no series. Nothing here reads a rule's text back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import gcd

from genesis_monitoring.conventions import RULE_TESTS_FOLDER, rules_path
from genesis_monitoring.plan.probes import clock_for, moves, probes_for, sample_value, whole_window
from genesis_monitoring.plan.rules import AlertingRule, RuleGroup
from genesis_monitoring.plan.series import Clock, InputSeries, SeriesMaker, test_labels
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.slis import ExprSli, QuantileSli, RatioSli, RelativeSli, TrendSli
from genesis_monitoring.units import format_number, unit_factor

Labels = tuple[tuple[str, str], ...]

_PHASE = 5


@dataclass(frozen=True, slots=True)
class ExpectedAlert:
    """A firing alert to the letter; ``alertname`` is implied."""

    labels: Labels
    annotations: Labels


@dataclass(frozen=True, slots=True)
class AlertCheck:
    """Which alerts of that name fire at ``eval_time`` (seconds)."""

    eval_time: int
    alert: str
    expected: tuple[ExpectedAlert, ...]


@dataclass(frozen=True, slots=True)
class ExprCheck:
    """What ``expr`` comes to at ``eval_time``: its one sample, or nothing."""

    eval_time: int
    expr: str
    sample: str | None
    value: float | None


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One test group: series in, alerts and values out. ``interval`` is the sampling in seconds."""

    name: str
    interval: int
    series: tuple[InputSeries, ...]
    alerts: tuple[AlertCheck, ...] = ()
    exprs: tuple[ExprCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTestFile:
    """One file of rule tests, for one alert or one SLI."""

    path: str
    rule_files: tuple[str, ...]
    evaluation_interval: int
    tests: tuple[RuleTest, ...]
    origin: str


def compile_rule_tests(
    spec: Spec, slis: Mapping[str, SliPlan], groups: tuple[RuleGroup, ...]
) -> tuple[RuleTestFile, ...]:
    """A test file for every alert, and for every SLI that no alert stands on."""
    maker = SeriesMaker(spec, slis)
    files: list[RuleTestFile] = []
    alerted: set[str] = set()
    for group in groups:
        missing = [rule for rule in group.alerting if rule.sli is not None and rule.condition is None]
        for rule in group.alerting:
            if rule.sli is None:
                files.append(_file(rule.alert, group.name, _watchdog(rule), rule.origin))
            elif rule.condition is not None:
                alerted.add(rule.sli)
                tests = tuple(_objective(spec, slis, maker, rule, rule.sli))
                files.append(_file(rule.alert, group.name, tests, rule.origin))
        if missing:
            tests = tuple(_missing(slis, maker, missing))
            files.append(_file(f"{missing[0].alert}-{group.name}", group.name, tests, missing[0].origin))
    for name, plan in slis.items():
        if name not in alerted:
            tests = tuple(_value_only(spec, slis, maker, plan))
            files.append(_file(f"sli-{name}", plan.sli.component, tests, plan.origin))
    return tuple(files)


def _objective(
    spec: Spec, slis: Mapping[str, SliPlan], maker: SeriesMaker, rule: AlertingRule, name: str
) -> Iterator[RuleTest]:
    plan, condition = slis[name], rule.condition
    if condition is None:
        raise AssertionError("only alerts on a level are tested here")
    probes = probes_for(spec, plan, condition)
    clock, settled = clock_for(plan, slis, rule.for_)
    done = settled + rule.for_ + clock.step

    def fires(value: float) -> tuple[ExpectedAlert, ...]:
        return (_expected(rule, value, test_labels(plan)),) if condition.holds(value) else ()

    def chain(title: str, value: float) -> RuleTest:
        return RuleTest(
            title,
            clock.step,
            maker.constant(name, value, clock),
            (AlertCheck(done, rule.alert, fires(value)),),
            (_value(plan, done, value),),
        )

    step = gcd(clock.step, rule.for_, rule.keep_firing_for)
    yield _timing(rule, plan, maker, probes.good, probes.bad, step)
    yield chain("a bad value fires", probes.bad)
    if not isinstance(plan.sli, ExprSli):
        outcome = "fires: it is not good" if condition.holds(condition.threshold) else "is still quiet"
        yield chain(f"exactly on the threshold {outcome}", condition.threshold)
    yield chain("a good value is quiet", probes.good)
    if moves(plan):
        restarted = maker.restarted(name, probes.good, clock)
        yield RuleTest(
            "a counter restart is quiet",
            clock.step,
            restarted,
            tuple(AlertCheck(time, rule.alert, ()) for time in _spread(clock, settled)),
        )
    if isinstance(plan.sli, RatioSli | QuantileSli):
        yield RuleTest(
            "no traffic is no data, and quiet",
            clock.step,
            maker.idle(name, clock),
            (AlertCheck(done, rule.alert, ()),),
            (_value(plan, done, None),),
        )
    by_then = rule.for_ + clock.step
    yield RuleTest(
        "no series is no data, and quiet",
        clock.step,
        (),
        (AlertCheck(by_then, rule.alert, ()),),
        (_value(plan, by_then, None),),
    )
    if isinstance(plan.sli, RatioSli) and plan.sli.minimum_traffic:
        clock, settled = whole_window(plan.sli, clock, rule.for_)
        done = settled + rule.for_ + clock.step
        yield from _little_traffic(plan, plan.sli, maker, rule, done, clock)


def _little_traffic(
    plan: SliPlan, sli: RatioSli, maker: SeriesMaker, rule: AlertingRule, done: int, clock: Clock
) -> Iterator[RuleTest]:
    total, enough = (sli.minimum_traffic or 0) / 2, sli.unless_numerator
    stray = total if enough is None else min(enough / 2, total)
    yield RuleTest(
        "too little traffic is no data, and quiet",
        clock.step,
        maker.scarce(plan.name, stray, total, clock),
        (AlertCheck(done, rule.alert, ()),),
        (_value(plan, done, None),),
    )
    if enough is not None and rule.condition is not None and 2 * enough <= total:
        share = 2 * enough / total
        value = (1 - share if sli.complement else share) / unit_factor(sli.unit, "ratio")
        by = test_labels(plan)
        firing = (_expected(rule, round(value, 6), by),) if rule.condition.holds(round(value, 6)) else ()
        yield RuleTest(
            "many in the numerator are seen at little traffic",
            clock.step,
            maker.scarce(plan.name, 2 * enough, total, clock),
            (AlertCheck(done, rule.alert, firing),),
            (_value(plan, done, value),),
        )


def _timing(
    rule: AlertingRule, plan: SliPlan, maker: SeriesMaker, good: float, bad: float, step: int
) -> RuleTest:
    held, kept = rule.for_ // step + _PHASE, rule.keep_firing_for // step
    values = " ".join(
        f"{format_number(value)}x{count - 1}"
        for value, count in ((good, _PHASE), (bad, held), (good, _PHASE + kept))
    )
    onset, over = _PHASE * step, (_PHASE + held + kept) * step
    firing = _expected(rule, bad, test_labels(plan))
    times = [(onset - step, ()), (onset + rule.for_, (firing,)), (over, ())]
    if rule.for_:
        times.insert(1, (onset + rule.for_ - step, ()))
    if kept:
        times.insert(-1, (over - step, (firing,)))
    return RuleTest(
        "fires after its time, not before, and resolves",
        step,
        (maker.recorded(plan.name, values),),
        tuple(AlertCheck(time, rule.alert, expected) for time, expected in times),
    )


def _missing(
    slis: Mapping[str, SliPlan], maker: SeriesMaker, rules: list[AlertingRule]
) -> Iterator[RuleTest]:
    alert, for_ = rules[0].alert, rules[0].for_
    step = gcd(60, for_)
    everything = tuple(_expected(rule, 1, {}) for rule in rules)
    yield RuleTest(
        "fires for every SLI whose series are absent, after its time and not before",
        step,
        (),
        (AlertCheck(for_ - step, alert, ()), AlertCheck(for_, alert, everything)),
    )
    yield from _one_of_two(slis, maker, rules, step)
    there, gone = _PHASE, for_ // step + _PHASE
    series: dict[str, InputSeries] = {}
    for rule in rules:
        for metric in slis[rule.sli or ""].metrics:
            for one in maker.present(metric, f"1x{there - 1} stale _x{gone - 2} 1x{_PHASE - 1}"):
                series[one.series] = one
    onset, back = there * step, (there + gone) * step
    yield RuleTest(
        "is quiet while the series are there, fires when they end, and resolves when they are back",
        step,
        tuple(series.values()),
        (
            AlertCheck(onset - step, alert, ()),
            AlertCheck(onset + for_ - step, alert, ()),
            AlertCheck(onset + for_, alert, everything),
            AlertCheck(back, alert, ()),
        ),
    )


def _one_of_two(
    slis: Mapping[str, SliPlan], maker: SeriesMaker, rules: list[AlertingRule], step: int
) -> Iterator[RuleTest]:
    """Of two label sets of each SLI one ends: each alert says which."""
    alert, for_ = rules[0].alert, rules[0].for_
    apart = [
        (rule, slis[rule.sli or ""])
        for rule in rules
        if rule.series_labels and not _is_asked_for(slis[rule.sli or ""], rule.series_labels)
    ]
    if not apart:
        return
    there, gone = _PHASE, for_ // step + _PHASE
    values = {False: f"1x{there + gone}", True: f"1x{there - 1} stale"}
    series: dict[str, InputSeries] = {}
    expected = []
    for plan in slis.values():
        rule = next((rule for rule, one in apart if one is plan), None)
        labels = test_labels(plan)
        for metric in plan.metrics:
            for ends in (False, True) if rule is not None else (False,):
                by = labels if ends or rule is None else {name: f"{text}-2" for name, text in labels.items()}
                for one in maker.present(metric, values[ends], by):
                    series.setdefault(one.series, one)
        if rule is not None:
            expected.append(_expected(rule, 1, labels))
    onset = there * step
    yield RuleTest(
        "fires for a label set that ends while another one stays",
        step,
        tuple(series.values()),
        (
            AlertCheck(onset + for_ - step, alert, ()),
            AlertCheck(onset + for_, alert, tuple(expected)),
        ),
    )


def _is_asked_for(plan: SliPlan, labels: tuple[str, ...]) -> bool:
    """Whether a metric is narrowed by one of ``labels``, so that a second label set may not be selected."""
    return any(label in metric.narrowed for metric in plan.metrics for label in labels)


def _watchdog(rule: AlertingRule) -> tuple[RuleTest, ...]:
    always = (_expected(rule, 1, {}),)
    checks = tuple(AlertCheck(time, rule.alert, always) for time in (0, 60, 3600))
    return (RuleTest("fires always", 60, (), checks),)


def _value_only(
    spec: Spec, slis: Mapping[str, SliPlan], maker: SeriesMaker, plan: SliPlan
) -> Iterator[RuleTest]:
    clock, settled = clock_for(plan, slis, 0)
    done = settled + clock.step
    value = sample_value(spec, plan)
    series = maker.constant(plan.name, value, clock)
    yield RuleTest("is recorded", clock.step, series, exprs=(_value(plan, done, value),))
    if isinstance(plan.sli, RatioSli | QuantileSli):
        idle = maker.idle(plan.name, clock)
        yield RuleTest("no traffic is no data", clock.step, idle, exprs=(_value(plan, done, None),))
    yield RuleTest("no series is no data", clock.step, (), exprs=(_value(plan, done, None),))


def _value(plan: SliPlan, time: int, value: float | None) -> ExprCheck:
    if value is None:
        return ExprCheck(time, plan.record, None, None)
    labels = ", ".join(f'{k}="{v}"' for k, v in test_labels(plan).items())
    sample = f"{plan.record}{{{labels}}}" if labels else plan.record
    derived = isinstance(plan.sli, RelativeSli | TrendSli | ExprSli)
    return ExprCheck(time, plan.record, sample, value if derived else round(value, 6))


def _expected(rule: AlertingRule, value: float, series_labels: Mapping[str, str]) -> ExpectedAlert:
    labels = {**series_labels, **dict(rule.labels)}
    annotations = tuple((a.name, a.expand(value, series_labels)) for a in rule.annotations)
    return ExpectedAlert(tuple(labels.items()), annotations)


def _spread(clock: Clock, settled: int) -> tuple[int, ...]:
    last = clock.count * clock.step
    middle = (clock.count // 2 + 1) * clock.step
    return tuple(sorted({time for time in (settled, middle, last) if settled <= time <= last}))


def _file(name: str, component: str, tests: tuple[RuleTest, ...], origin: str) -> RuleTestFile:
    return RuleTestFile(
        path=f"{RULE_TESTS_FOLDER}/{name}.yml",
        rule_files=(f"../{rules_path(component).split('/', 1)[1]}",),
        evaluation_interval=tests[0].interval,
        tests=tests,
        origin=origin,
    )
