"""Rule tests: promtool unit tests for every alert and every SLI, derived from their types.

One file for each component and sampling, since promtool evaluates a file's rules at one interval.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from genesis_monitoring.conventions import METRICS_PART, PERIOD_PART, RULE_TESTS_FOLDER, rules_path
from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.budget_chain import chain_lane
from genesis_monitoring.plan.budget_counts import counted_tests
from genesis_monitoring.plan.budget_tests import edge_test, subjects_of
from genesis_monitoring.plan.budgets import BudgetPlan
from genesis_monitoring.plan.rules import AlertingRule, RuleGroup
from genesis_monitoring.plan.scenarios import recording_lane, value_lane
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.plan.timelines import Lane, RuleTest, lay_out
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.recording_rules import recordings


@dataclass(frozen=True, slots=True)
class RuleTestFile:
    """The rule tests of a component that have one sampling: so often are its rules evaluated (seconds)."""

    path: str
    rule_files: tuple[str, ...]
    evaluation_interval: int
    tests: tuple[RuleTest, ...]
    origin: str


class RuleTests:
    """Tests of every alert, and of every SLI that no alert stands on.

    They are the larger half of a plan, so they are made anew for who asks and held by nobody.
    """

    def __init__(
        self,
        spec: Spec,
        slis: Mapping[str, SliPlan],
        budgets: tuple[BudgetPlan, ...],
        groups: tuple[RuleGroup, ...],
    ) -> None:
        self._spec = spec
        self._slis = slis
        self._rules: dict[str, list[AlertingRule]] = {}
        for group in groups:
            self._rules.setdefault(group.component, []).extend(group.alerting)
        self._budgets: dict[str, list[BudgetPlan]] = {}
        for budget in budgets:
            self._budgets.setdefault(budget.kind.component, []).append(budget)
        self._own: dict[str, list[SliPlan]] = {}
        for plan in slis.values():
            self._own.setdefault(plan.sli.component, []).append(plan)

        self._recorded: dict[str, list[Lane]] = {}
        for name, _, rule in recordings(spec):
            self._recorded.setdefault(rule.component, []).append(recording_lane(name, rule))

    def __iter__(self) -> Iterator[RuleTestFile]:
        for component in self._rules:
            yield from self.of(component)

    def of(self, component: str) -> Iterator[RuleTestFile]:
        """The files of one component."""
        alerts = self._rules[component]
        lanes = _lanes(self._spec, self._slis, alerts, self._own.get(component, []))
        budgets = self._budgets.get(component, [])
        chains = (chain_lane(self._spec, self._slis, budget) for budget in budgets)
        lanes.extend(lane for lane in chains if lane is not None)
        tests = {("", step): list(lay_out(alike)) for step, alike in sorted(_by_step(lanes).items())}
        for policy in dict.fromkeys(rule.policy for rule in alerts):
            rules = [rule for rule in alerts if rule.policy is policy]
            for test in policy.tests(self._spec, self._slis, rules):
                tests.setdefault((policy.part, test.interval), []).append(test)
        for step, own in _by_step(self._recorded.get(component, [])).items():
            tests[METRICS_PART, step] = list(lay_out(own))
        subjects = subjects_of(budgets, self._slis, alerts)
        edges = edge_test(subjects)
        if edges is not None:
            tests.setdefault(("", edges.interval), []).append(edges)
        for (part, step), alike in tests.items():
            name = f"{part and f'.{part}'}-{format_duration(step)}"
            yield _file(component, name, step, tuple(alike), part)
        for period, test in counted_tests(subjects):
            name = f".budget-{format_duration(period)}"
            yield _file(component, name, test.evaluated, (test,), "", PERIOD_PART)


def _lanes(
    spec: Spec, slis: Mapping[str, SliPlan], alerts: list[AlertingRule], own: list[SliPlan]
) -> list[Lane]:
    kept: dict[str | None, list[int]] = {}
    for rule in alerts:
        kept.setdefault(rule.sli, []).append(rule.keep_firing_for)
    # What is bad for one alert on an SLI may be so for another.
    after = {sli: max(those) if len(those) > 1 else 0 for sli, those in kept.items()}
    lanes = [
        replace(lane, after=-(-after[rule.sli] // lane.step))
        for rule in alerts
        for lane in rule.policy.lanes(spec, slis, rule)
    ]
    alerted = {rule.sli for rule in alerts if rule.condition is not None}
    lanes.extend(value_lane(spec, slis, plan) for plan in own if plan.name not in alerted)
    return lanes


def _by_step(lanes: list[Lane]) -> dict[int, list[Lane]]:
    alike: dict[int, list[Lane]] = {}
    for lane in lanes:
        alike.setdefault(lane.step, []).append(lane)
    return alike


def _file(component: str, which: str, step: int, tests: tuple[RuleTest, ...], *parts: str) -> RuleTestFile:
    rules = (rules_path(component, part) for part in parts)
    return RuleTestFile(
        path=f"{RULE_TESTS_FOLDER}/{component}{which}.yml",
        rule_files=tuple(f"../{path.split('/', 1)[1]}" for path in rules),
        evaluation_interval=step,
        tests=tests,
        origin=f"components.{component}",
    )
