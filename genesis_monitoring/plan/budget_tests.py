"""Rule tests of alerts on error budgets: budgets and their alerts in, a promtool test group out.

The recorded series are fed, so that a factor is met to the last digit; what they are made of is tested by
``budget_counts`` and ``budget_chain``. Alerts of all budgets have the same names, so all of a component are
tested at one time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.budgets import (
    LEFT,
    WINDOW,
    BudgetPlan,
    errors_name,
    lasts_query,
    left_query,
    number,
    ratio_name,
)
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.plan.series import test_labels
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.plan.timelines import AlertCheck, ExpectedAlert, GivenSeries, RuleTest
from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.burn import COUNTED, EXHAUSTED, Burn

_STEP = 60
_CLOSE = Decimal("0.000001")
"""So far from the factor, as a part of it, is just below and just above."""
_FEW = 10
"""So many missing samples in a row are written out."""
_KNOWN = 0.5
"""What is left of the budget where the text of an alert says it."""
_RATIO = ratio_name(COUNTED).removesuffix(format_duration(COUNTED))

Values = Mapping[str, float]
"""What is fed at a moment, by the record's name."""
Scenario = tuple[str, str, dict[str, float]]
"""The alert, what is tested, and what is fed."""
Scenarios = tuple[Scenario, ...]


@dataclass(frozen=True, slots=True)
class BudgetUnderTest:
    """A budget with its alerts by name, and the values of the labels that it is grouped by."""

    plan: BudgetPlan
    rules: Mapping[str, AlertingRule]
    by: Mapping[str, str]

    def series(self, record: str) -> str:
        labels = {**dict(self.plan.labels), **self.by}
        window = record.removeprefix(_RATIO) if record.startswith(_RATIO) else ""
        return promql.selector(record, {**labels, WINDOW: window} if window else labels)

    def fires(self, alert: str, given: Values) -> ExpectedAlert | None:
        """The alert as it fires where that is given."""
        plan, rule = self.plan, self.rules.get(alert)
        if rule is None:
            return None
        if alert == EXHAUSTED:
            value, answers = given.get(LEFT, 1.0), {}
            holds, window = value <= 0, plan.period
        else:
            tier = next(tier for tier in plan.tiers if tier.alert == alert)
            limit = float(plan.threshold(tier))
            long, short = (given.get(ratio_name(one), 0.0) for one in (tier.long, tier.short))
            value, window = long / float(number(plan.allowed)), tier.long
            answers = _answers(plan, tier, given)
            holds = long > limit and short > limit
        if not holds or given.get(errors_name(window), 0.0) < plan.minimum_errors:
            return None
        labels = {**self.by, **dict(rule.labels)}
        texts = tuple((one.name, one.expand(value, self.by, answers)) for one in rule.annotations)
        return ExpectedAlert(tuple(labels.items()), texts)


@dataclass(slots=True)
class _Moment:
    """What is fed to each budget at one sample, and the scenarios that are looked at there."""

    given: dict[int, dict[str, float]] = field(default_factory=dict)
    cases: dict[str, dict[str, None]] = field(default_factory=dict)


def edge_test(subjects: Sequence[BudgetUnderTest]) -> RuleTest | None:
    """Each tier just below, at and above its factor, and what else keeps it quiet."""
    moments: list[_Moment] = []
    kept = max((rule.keep_firing_for for one in subjects for rule in one.rules.values()), default=0)
    # What has fired is looked at again once it is not kept any more.
    apart = 1 if not kept else kept // _STEP + 2
    for number_, subject in enumerate(subjects):
        for place, (alert, title, given) in _scenarios(subject.plan):
            at = place * apart
            while len(moments) <= at:
                moments.append(_Moment())
            moments[at].given.setdefault(number_, {}).update(given)
            moments[at].cases.setdefault(alert, {})[title] = None
    if not moments:
        return None
    return RuleTest(
        "tiers of error budgets, at their edges",
        _STEP,
        tuple(_fed(subjects, moments)),
        tuple(_looked_at(subjects, moments)),
    )


def subjects_of(
    budgets: Sequence[BudgetPlan], slis: Mapping[str, SliPlan], rules: Sequence[AlertingRule]
) -> tuple[BudgetUnderTest, ...]:
    """The budgets with their alerts among ``rules``."""
    found: dict[str, dict[str, AlertingRule]] = {}
    for rule in rules:
        found.setdefault(rule.sli or "", {})[rule.alert] = rule
    return tuple(BudgetUnderTest(one, found.get(one.sli, {}), test_labels(slis[one.sli])) for one in budgets)


def _scenarios(plan: BudgetPlan) -> Iterator[tuple[int, Scenario]]:
    at = 0
    for together in _rounds(plan):
        yield from ((at + index, one) for found in together for index, one in enumerate(found))
        at += max(map(len, together))


def _of_tier(plan: BudgetPlan, tier: Burn) -> Iterator[Scenario]:
    limit = Decimal(plan.threshold(tier))
    above = min(limit * (1 + _CLOSE), (limit + 1) / 2)
    least = plan.minimum_errors

    def given(long: Decimal, short: Decimal, errors: int) -> dict[str, float]:
        windows = {ratio_name(tier.long): float(long), ratio_name(tier.short): float(short)}
        return {**windows, errors_name(tier.long): errors}

    def told(title: str, *values: Decimal | int) -> Scenario:
        long, short, errors = values
        return tier.alert, title, given(Decimal(long), Decimal(short), int(errors))

    yield told("just below the factor is quiet", limit * (1 - _CLOSE), above, least)
    yield told("exactly at the factor is quiet", limit, above, least)
    alert, title, values = told("just above the factor, with just enough errors, fires", above, above, least)
    yield alert, title, {**values, LEFT: _KNOWN}
    yield told("a short window that has healed is quiet", above, limit, least)
    if least:
        yield told("one error fewer is chance, and quiet", above, above, least - 1)


def _of_the_period(plan: BudgetPlan) -> Iterator[Scenario]:
    least, record = plan.minimum_errors, errors_name(plan.period)
    little = float(_CLOSE)
    yield EXHAUSTED, "a little that is left is quiet", {LEFT: little, record: least}
    yield EXHAUSTED, "nothing left fires", {LEFT: 0.0, record: least}
    yield EXHAUSTED, "more than all spent fires", {LEFT: -little, record: least}
    if least:
        yield EXHAUSTED, "all spent by one error fewer is chance, and quiet", {LEFT: -1.0, record: least - 1}


def _rounds(plan: BudgetPlan) -> list[list[Scenarios]]:
    """What is tested side by side: tiers that share no window; then the period.

    What a tier of five minutes counts is also what longer windows are made of: it comes last, by itself.
    """
    rounds: list[list[Burn]] = []
    for tier in (one for one in plan.tiers if one.long != COUNTED):
        own = {tier.long, tier.short}
        for together in rounds:
            if not own & {window for one in together for window in (one.long, one.short)}:
                together.append(tier)
                break
        else:
            rounds.append([tier])
    found = [[tuple(_of_tier(plan, tier)) for tier in together] for together in rounds]
    if plan.budget.exhausted is not None:
        found.append([tuple(_of_the_period(plan))])
    return [*found, *([tuple(_of_tier(plan, tier))] for tier in plan.tiers if tier.long == COUNTED)]


def _fed(subjects: Sequence[BudgetUnderTest], moments: Sequence[_Moment]) -> Iterator[GivenSeries]:
    for index, subject in enumerate(subjects):
        given = [moment.given.get(index, {}) for moment in moments]
        for record in dict.fromkeys(record for one in given for record in one):
            values = " ".join(_spelled([one.get(record) for one in given]))
            yield GivenSeries(subject.series(record), values, subject.plan.origin)


def _spelled(values: Sequence[float | None]) -> Iterator[str]:
    before: float | None = None
    for value, alike in groupby((*values, None)):
        if value is not None:
            yield from (repr(one) for one in alike)
        else:
            absent = sum(1 for _ in alike) - (before is not None)
            yield from ["stale"] if before is not None else ()
            yield from [f"_x{absent}" if absent > _FEW else " ".join("_" * absent)] if absent else ()
        before = value


def _looked_at(subjects: Sequence[BudgetUnderTest], moments: Sequence[_Moment]) -> Iterator[AlertCheck]:
    for at, moment in enumerate(moments):
        for alert, titles in moment.cases.items():
            found = (one.fires(alert, moment.given.get(index, {})) for index, one in enumerate(subjects))
            origin = next(one.rules[alert].origin for one in subjects if alert in one.rules)
            expected = tuple(one for one in found if one is not None)
            yield AlertCheck(at * _STEP, alert, expected, f"{alert}: {'; '.join(titles)}", origin)


def _answers(plan: BudgetPlan, tier: Burn, given: Values) -> dict[str, str]:
    """What Prometheus answers to the questions in an alert's text."""
    left, ratio = given.get(LEFT), given.get(ratio_name(tier.long))
    if left is None or ratio is None:
        return {}
    spends = float(number(plan.period * plan.allowed))
    return {
        left_query(plan): f"{left * 100:.4g}%",
        lasts_query(plan, tier.long): _humanized(max(left, 0.0) * spends / ratio),
    }


def _humanized(seconds: float) -> str:
    """As Prometheus' humanizeDuration."""
    whole = int(seconds)
    parts = ((whole // 86400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "m"), (whole % 60, "s"))
    first = next((index for index, (amount, _) in enumerate(parts) if amount), 3)
    if first == 3:
        return f"{seconds:.4g}s"
    return " ".join(f"{amount}{unit}" for amount, unit in parts[first:])
