"""Rule tests of the alerts on missing data: the SLIs of a component in, promtool test groups out."""

from collections.abc import Iterator, Mapping
from math import gcd

from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.plan.sampling import STEPS
from genesis_monitoring.plan.scenarios import AROUND, expect
from genesis_monitoring.plan.series import present, test_labels
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.plan.timelines import AlertCheck, ExpectedAlert, GivenSeries, RuleTest
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.spec.model import Spec

_MINUTE = 60
_FEW = 8
"""So many samples lie in a ``for`` at least, if it is minutes long."""


def missing_data_tests(
    slis: Mapping[str, SliPlan], spec: Spec, rules: list[AlertingRule]
) -> Iterator[RuleTest]:
    """All SLIs without data from the start and later on, and one label set of each without data."""
    for_ = rules[0].for_
    step = next((step for step in reversed(STEPS) if for_ >= _FEW * step and for_ % step == 0), _MINUTE)
    step = gcd(step, for_)
    yield _all(slis, spec, rules, step)
    apart = [
        (rule, slis[rule.sli or ""])
        for rule in rules
        if rule.series_labels and not _is_asked_for(slis[rule.sli or ""], rule.series_labels)
    ]
    if apart:
        yield _one_of_two(slis, spec, apart, rules, step)


def _all(slis: Mapping[str, SliPlan], spec: Spec, rules: list[AlertingRule], step: int) -> RuleTest:
    alert, for_, origin = rules[0].alert, rules[0].for_, rules[0].origin
    wait = for_ // step
    everything = tuple(expect(rule, 1, {}) for rule in rules)
    absent = f"{alert}: fires for every SLI whose series are absent, after its time and not before"
    ended = (
        f"{alert}: is quiet while the series are there, fires when they end, and resolves when they are back"
    )
    values = f"_x{wait + 1} 1x{AROUND - 1} stale _x{wait + 1} 1x{AROUND - 1}"
    series: dict[str, GivenSeries] = {}
    for rule in rules:
        plan = slis[rule.sli or ""]
        for metric in plan.metrics:
            for one in present(spec, plan, metric, values, {}):
                series.setdefault(one.series, GivenSeries(one.series, one.values, f"slis.{rule.sli}"))
    onset = (wait + 1 + AROUND) * step
    back = onset + (wait + 2) * step
    expected: tuple[tuple[int, tuple[ExpectedAlert, ...], str], ...] = (
        (for_ - step, (), absent),
        (for_, everything, absent),
        (onset - step, (), ended),
        (onset + for_ - step, (), ended),
        (onset + for_, everything, ended),
        (back + step, (), ended),
    )
    checks = tuple(AlertCheck(time, alert, firing, case, origin) for time, firing, case in expected)
    return RuleTest("absent, there, gone and back", step, tuple(series.values()), checks)


def _one_of_two(
    slis: Mapping[str, SliPlan],
    spec: Spec,
    apart: list[tuple[AlertingRule, SliPlan]],
    rules: list[AlertingRule],
    step: int,
) -> RuleTest:
    """Of two label sets of each SLI one ends: each alert says which."""
    alert, for_, origin = rules[0].alert, rules[0].for_, rules[0].origin
    there, gone = AROUND, for_ // step + AROUND
    values = {False: f"1x{there + gone}", True: f"1x{there - 1} stale"}
    series: dict[str, GivenSeries] = {}
    expected = []
    for plan in slis.values():
        rule = next((rule for rule, one in apart if one is plan), None)
        labels = test_labels(plan)
        for metric in plan.metrics:
            for ends in (False, True) if rule is not None else (False,):
                stays = {name: f"{text}-2" for name, text in labels.items()}
                by = labels if ends or (rule is None and not _selects(metric, stays)) else stays
                for one in present(spec, plan, metric, values[ends], by):
                    series.setdefault(one.series, GivenSeries(one.series, one.values, plan.origin))
        if rule is not None:
            expected.append(expect(rule, 1, labels))
    known = [rule for rule, _ in apart]
    for rule in rules:
        plan = slis[rule.sli or ""]
        own = [one for metric in plan.metrics for one in present(spec, plan, metric, "", test_labels(plan))]
        ended = all(one.series in series and series[one.series].values == values[True] for one in own)
        if rule.series_labels and rule not in known and own and ended:
            # It stands on what ends for another one.
            expected.append(expect(rule, 1, test_labels(plan)))
    onset, title = there * step, "fires for a label set that ends while another one stays"
    case = f"{alert}: {title}"
    checks = (
        AlertCheck(onset + for_ - step, alert, (), case, origin),
        AlertCheck(onset + for_, alert, tuple(expected), case, origin),
    )
    return RuleTest(title, step, tuple(series.values()), checks)


def _selects(metric: Selector, labels: Mapping[str, str]) -> bool:
    """Whether a metric may have these labels: then an SLI lacks nothing when another label set ends."""
    return all(one.matches(labels[one.label]) for one in metric.conditions if one.label in labels)


def _is_asked_for(plan: SliPlan, labels: tuple[str, ...]) -> bool:
    """Whether a metric is narrowed by one of ``labels``, so that a second label set may not be selected."""
    return any(label in metric.narrowed for metric in plan.metrics for label in labels)
