"""Rule tests: promtool unit tests for every alert and every SLI, derived from their types.

One file for each component and sampling, since promtool evaluates a file's rules at one interval.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from genesis_monitoring.conventions import RULE_TESTS_FOLDER, rules_path
from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.missing_tests import missing_data_tests
from genesis_monitoring.plan.rules import RuleGroup
from genesis_monitoring.plan.scenarios import alert_lanes, always_lane, value_lane
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


def compile_rule_tests(
    spec: Spec, slis: Mapping[str, SliPlan], groups: tuple[RuleGroup, ...]
) -> tuple[RuleTestFile, ...]:
    """Tests of every alert, and of every SLI that no alert stands on."""
    own: dict[str, list[SliPlan]] = {}
    for plan in slis.values():
        own.setdefault(plan.sli.component, []).append(plan)
    files: list[RuleTestFile] = []
    for group in groups:
        lanes = _lanes(spec, slis, group, own.get(group.name, []))
        tests = {step: list(lay_out(alike)) for step, alike in sorted(_by_step(lanes).items())}
        missing = [rule for rule in group.alerting if rule.sli is not None and rule.condition is None]
        for test in missing_data_tests(slis, spec, missing) if missing else ():
            tests.setdefault(test.interval, []).append(test)
        files.extend(_file(group.name, step, tuple(alike)) for step, alike in tests.items())
    return tuple(files)


def _lanes(spec: Spec, slis: Mapping[str, SliPlan], group: RuleGroup, own: list[SliPlan]) -> list[Lane]:
    lanes: list[Lane] = []
    alerted: set[str] = set()
    for rule in group.alerting:
        if rule.sli is None:
            lanes.append(always_lane(rule))
        elif rule.condition is not None:
            alerted.add(rule.sli)
            lanes.extend(alert_lanes(spec, slis, rule, rule.sli))
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
