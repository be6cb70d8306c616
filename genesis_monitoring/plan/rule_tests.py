"""Rule tests: promtool unit tests for every alert and every SLI, derived from their types.

One file for each component and sampling, since promtool evaluates a file's rules at one interval.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.conventions import RULE_TESTS_FOLDER, rules_path
from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.rules import RuleGroup
from genesis_monitoring.plan.scenarios import value_lane
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.plan.timelines import Lane, RuleTest, lay_out
from genesis_monitoring.spec.model import Spec


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

    def __init__(self, spec: Spec, slis: Mapping[str, SliPlan], groups: tuple[RuleGroup, ...]) -> None:
        self._spec = spec
        self._slis = slis
        self._groups = groups
        self._own: dict[str, list[SliPlan]] = {}
        for plan in slis.values():
            self._own.setdefault(plan.sli.component, []).append(plan)

    def __iter__(self) -> Iterator[RuleTestFile]:
        for group in self._groups:
            yield from self.of(group)

    def of(self, group: RuleGroup) -> Iterator[RuleTestFile]:
        """The files of one component."""
        lanes = _lanes(self._spec, self._slis, group, self._own.get(group.name, []))
        tests = {step: list(lay_out(alike)) for step, alike in sorted(_by_step(lanes).items())}
        for policy in dict.fromkeys(rule.policy for rule in group.alerting):
            rules = [rule for rule in group.alerting if rule.policy is policy]
            for test in policy.tests(self._spec, self._slis, rules):
                tests.setdefault(test.interval, []).append(test)
        return (_file(group.name, step, tuple(alike)) for step, alike in tests.items())


def _lanes(spec: Spec, slis: Mapping[str, SliPlan], group: RuleGroup, own: list[SliPlan]) -> list[Lane]:
    lanes = [lane for rule in group.alerting for lane in rule.policy.lanes(spec, slis, rule)]
    alerted = {rule.sli for rule in group.alerting if rule.condition is not None}
    lanes.extend(value_lane(spec, slis, plan) for plan in own if plan.name not in alerted)
    return lanes


def _by_step(lanes: list[Lane]) -> dict[int, list[Lane]]:
    alike: dict[int, list[Lane]] = {}
    for lane in lanes:
        alike.setdefault(lane.step, []).append(lane)
    return alike


def _file(component: str, step: int, tests: tuple[RuleTest, ...]) -> RuleTestFile:
    return RuleTestFile(
        path=f"{RULE_TESTS_FOLDER}/{component}-{format_duration(step)}.yml",
        rule_files=(f"../{rules_path(component).split('/', 1)[1]}",),
        evaluation_interval=step,
        tests=tests,
        origin=f"components.{component}",
    )
