"""Whether the rule tests on disk are those of the spec: meaning against meaning, not byte against byte.

GM511 (error): a test is missing, is one too many, or has other series, times or expectations than the spec
makes; so is one that loads other rules, names another alert or expects nothing. It may still pass, and prove
less than it did. Change the spec, and render again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from genesis_monitoring.checks.context import RENDER_HINT, CheckContext
from genesis_monitoring.checks.positions import locate_path
from genesis_monitoring.checks.promql.rule_files import Place, Value, Values, no_plan
from genesis_monitoring.checks.promql.syntax import tree_or_none
from genesis_monitoring.checks.rule_tests.files import (
    AlertCase,
    CaseFile,
    CaseGroup,
    ExprCase,
    FiringAlert,
    read_test_files,
    seconds_of,
)
from genesis_monitoring.conventions import SLI_LABEL
from genesis_monitoring.durations import format_duration
from genesis_monitoring.findings import Finding
from genesis_monitoring.plan.rule_tests import RuleTestFile
from genesis_monitoring.plan.timelines import AlertCheck, ExpectedAlert, ExprCheck, Labels, RuleTest

CODES: tuple[str, ...] = ("GM511",)

Fault = tuple[Place, str]
_Wanted = TypeVar("_Wanted")
_Seen = TypeVar("_Seen")


def check_test_conformance(context: CheckContext) -> Iterator[Finding]:
    """GM511, for every test of the spec and on disk."""
    files = read_test_files(context)
    yield from files.findings
    if context.plan is None:
        yield no_plan(context)
        return
    wanted = {file.path: file for file in context.plan.rule_tests}
    for file in files.files:
        test_file = wanted.get(file.file.path)
        if test_file is None:
            continue
        for place, message in _file(file, test_file):
            yield context.finding("GM511", file.file, place, message, hint=RENDER_HINT)


def _file(file: CaseFile, wanted: RuleTestFile) -> Iterator[Fault]:
    top = locate_path(file.file.text, ("tests",))
    written = {one.text: one.place for one in file.rule_files}
    if set(written) != set(wanted.rule_files):
        place = next(iter(written.values()), top)
        yield place, f"rule_files is {_list(written)}, and the spec says {_list(wanted.rule_files)}"
    settings = dict(file.settings)
    yield from _interval(settings.pop("evaluation_interval", None), wanted.evaluation_interval, top)
    yield from _unasked(settings)
    for test, group in _paired(wanted.tests, file.groups, lambda one, other: not list(_group(other, one))):
        if group is None:
            yield _gap(file, wanted.tests, test), f'the test "{test.name if test else ""}" is missing'
        elif test is None:
            yield group.place, "the spec has no such test"
        else:
            yield from _group(group, test)


def _gap(file: CaseFile, tests: Sequence[RuleTest], missing: RuleTest | None) -> Place:
    """Where a missing test should stand: at the test that is there instead."""
    if not file.groups or missing is None:
        return locate_path(file.file.text, ("tests",))
    return file.groups[min(tests.index(missing), len(file.groups) - 1)].place


def _group(group: CaseGroup, wanted: RuleTest) -> Iterator[Fault]:
    settings = dict(group.settings)
    yield from _interval(settings.pop("interval", None), wanted.interval, group.place)
    settings.pop("name", None)
    yield from _unasked(settings)
    yield from _series(group, wanted)
    for check, case in _paired(wanted.alerts, group.alerts, lambda one, other: not list(_alert(other, one))):
        if case is None:
            yield group.place, f"what {_alert_name(check)} does is not tested{_in(check)}"
        elif check is None:
            yield case.place, f"the spec does not test {case.alert} here"
        else:
            yield from ((place, message + _in(check)) for place, message in _alert(case, check))
    for expr, seen in _paired(wanted.exprs, group.exprs, lambda one, other: not list(_expr(other, one))):
        if seen is None:
            yield group.place, f"the value of {_expr_name(expr)} is not tested{_in(expr)}"
        elif expr is None:
            yield seen.place, f"the spec does not test {seen.expr.text} here"
        else:
            yield from ((place, message + _in(expr)) for place, message in _expr(seen, expr))


def _series(group: CaseGroup, wanted: RuleTest) -> Iterator[Fault]:
    asked = {tree_or_none(one.series): one for one in wanted.series}
    for one in group.series:
        planned = asked.pop(one.tree, None)
        if planned is None:
            yield one.place, f"the spec gives no series {one.series.text}"
        elif one.values.text.split() != planned.values.split():
            yield (
                one.values.place,
                f"{one.series.text} is {one.values.text}, and the spec says {planned.values}",
            )
    for planned in asked.values():
        yield group.place, f"the series {planned.series} is missing"


def _alert(case: AlertCase, wanted: AlertCheck) -> Iterator[Fault]:
    if case.alert != wanted.alert:
        yield case.place, f"alertname is {case.alert}, and the spec says {wanted.alert}"
    yield from _time(case.time, case.time_place, wanted.eval_time)
    for alert, firing in _paired(wanted.expected, case.expected, _same_alert):
        if firing is None:
            yield case.place, f"{wanted.alert} is to fire{_told(alert)}, and is not expected to"
        elif alert is None:
            yield firing.place, f"{wanted.alert} is expected to fire, and the spec says that it is quiet"
        else:
            yield from _pairs("label", firing, firing.labels, alert.labels)
            yield from _pairs("annotation", firing, firing.annotations, alert.annotations)


def _pairs(kind: str, alert: FiringAlert, seen: Values, wanted: Labels) -> Iterator[Fault]:
    asked = dict(wanted)
    for name, value in seen:
        if asked.pop(name, None) != value.text:
            yield value.place, f"the {kind} {name} is not expected to be what the spec says"
    for name in asked:
        yield alert.place, f"the {kind} {name} of the spec is not expected"


def _expr(case: ExprCase, wanted: ExprCheck) -> Iterator[Fault]:
    unread = case.tree is None and case.expr.text.split() != wanted.expr.split()
    if unread or case.tree != tree_or_none(wanted.expr):
        yield case.expr.place, f"the expression is {case.expr.text}, and the spec says {wanted.expr}"
    yield from _time(case.time, case.time_place, wanted.eval_time)
    samples = [(sample.series, sample.value) for sample in case.samples]
    asked = [] if wanted.sample is None else [(tree_or_none(wanted.sample), wanted.value)]
    if samples != asked:
        said = (
            f"{wanted.sample} {wanted.value:g}" if wanted.sample and wanted.value is not None else "nothing"
        )
        place = case.samples[0].place if case.samples else case.place
        yield place, f"other samples are expected of {wanted.expr} than in the spec, which says {said}"


def _time(time: int | None, place: Place, wanted: int) -> Iterator[Fault]:
    if time != wanted:
        seen = format_duration(time) if time is not None else "no duration"
        yield place, f"eval_time is {seen}, and the spec says {format_duration(wanted)}"


def _interval(value: Value | None, wanted: int, place: Place) -> Iterator[Fault]:
    if seconds_of(value) != wanted:
        seen, at = (value.text, value.place) if value is not None else ("left out", place)
        yield at, f"the interval is {seen}, and the spec says {format_duration(wanted)}"


def _unasked(settings: dict[str, Value]) -> Iterator[Fault]:
    for name, value in settings.items():
        yield value.place, f"{name} is set to {value.text}, and the spec leaves it out"


def _same_alert(wanted: ExpectedAlert, seen: FiringAlert) -> bool:
    annotations = {(name, value.text) for name, value in seen.annotations}
    return {*wanted.labels} == seen.label_pairs and {*wanted.annotations} == annotations


def _paired(
    wanted: Sequence[_Wanted], seen: Sequence[_Seen], same: Callable[[_Wanted, _Seen], bool]
) -> Iterator[tuple[_Wanted | None, _Seen | None]]:
    """What belongs together: equal ones first, the rest in order; None where one side has no more."""
    left = list(seen)
    rest: list[_Wanted] = []
    for one in wanted:
        found = next((index for index, other in enumerate(left) if same(one, other)), None)
        if found is None:
            rest.append(one)
        else:
            yield one, left.pop(found)
    for number in range(max(len(rest), len(left))):
        yield rest[number] if number < len(rest) else None, left[number] if number < len(left) else None


def _alert_name(check: AlertCheck | None) -> str:
    return f"{check.alert} at {format_duration(check.eval_time)}" if check is not None else "an alert"


def _expr_name(check: ExprCheck | None) -> str:
    return f"{check.expr} at {format_duration(check.eval_time)}" if check is not None else "an expression"


def _in(check: AlertCheck | ExprCheck | None) -> str:
    return f', in "{check.case}"' if check is not None else ""


def _told(alert: ExpectedAlert | None) -> str:
    sli = dict(alert.labels).get(SLI_LABEL) if alert is not None else None
    return f" for {sli}" if sli else ""


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "empty"
