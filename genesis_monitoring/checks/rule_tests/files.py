"""The rule tests on disk, typed: groups, input series and expectations with their places.

A file that is no YAML has no tests here; GM501 and GM502 say so. Times are in seconds, and None where a
text is no duration.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.positions import child, items, place_of, read_nodes, scalar
from genesis_monitoring.checks.promql.rule_files import Place, Value, Values, values_of
from genesis_monitoring.checks.promql.syntax import Node, tree_or_none
from genesis_monitoring.durations import parse_duration
from genesis_monitoring.findings import Finding

if TYPE_CHECKING:
    from yaml import Node as YamlNode

TESTS = "prometheus/tests/*.yml"


@dataclass(frozen=True, slots=True)
class GivenSeries:
    """An input series and its values in promtool's notation."""

    place: Place
    series: Value
    tree: Node | None
    values: Value


@dataclass(frozen=True, slots=True)
class FiringAlert:
    """One alert that is expected to fire."""

    place: Place
    labels: Values
    annotations: Values

    @property
    def label_pairs(self) -> frozenset[tuple[str, str]]:
        """Its labels."""
        return frozenset((name, value.text) for name, value in self.labels)


@dataclass(frozen=True, slots=True)
class AlertCase:
    """Which alerts of a name fire at ``time``; quiet if none is expected, ``stated`` if that is written."""

    place: Place
    alert: str
    time: int | None
    time_place: Place
    stated: bool
    expected: tuple[FiringAlert, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """An expected sample: its series as PromQL, and its value (None if it is no number)."""

    place: Place
    series: Node | None
    value: float | None


@dataclass(frozen=True, slots=True)
class ExprCase:
    """What an expression comes to at ``time``; no samples for nothing, ``stated`` if that is written."""

    place: Place
    expr: Value
    tree: Node | None
    time: int | None
    time_place: Place
    stated: bool
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class CaseGroup:
    """One test: series in, expectations out. ``settings`` are its scalars, as ``interval``."""

    place: Place
    settings: tuple[tuple[str, Value], ...]
    interval: int | None
    series: tuple[GivenSeries, ...]
    alerts: tuple[AlertCase, ...]
    exprs: tuple[ExprCase, ...]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of tests. ``rule_files`` are its entries as written, relative to the file's folder."""

    file: TreeFile
    rule_files: tuple[Value, ...]
    settings: tuple[tuple[str, Value], ...]
    groups: tuple[CaseGroup, ...]


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """All test files that could be read, and a finding for each that could not."""

    files: tuple[CaseFile, ...]
    findings: tuple[Finding, ...]


def read_test_files(context: CheckContext) -> CaseFiles:
    """Every test file of the tree."""
    wanted = context.read(TESTS, "rule tests")
    return CaseFiles(tuple(map(parse_test_file, wanted.files)), wanted.findings)


@lru_cache(maxsize=1024)
def parse_test_file(file: TreeFile) -> CaseFile:
    """One file."""
    document = read_nodes(file.text)
    settings = values_of(document)
    default = seconds_of(dict(settings).get("evaluation_interval"))
    return CaseFile(
        file=file,
        rule_files=tuple(
            Value(text, place_of(node))
            for node in items(child(document, "rule_files"))
            if (text := scalar(node)) is not None
        ),
        settings=settings,
        groups=tuple(_group(node, default) for node in items(child(document, "tests"))),
    )


def seconds_of(value: Value | None) -> int | None:
    """A duration in seconds; None if there is none."""
    try:
        return parse_duration(value.text) if value is not None else None
    except ValueError:
        return None


def _group(node: "YamlNode", default: int | None) -> CaseGroup:
    settings = values_of(node)
    interval = dict(settings).get("interval")
    return CaseGroup(
        place=place_of(node),
        settings=settings,
        interval=seconds_of(interval) if interval is not None else default,
        series=tuple(map(_series, items(child(node, "input_series")))),
        alerts=tuple(map(_alert_case, items(child(node, "alert_rule_test")))),
        exprs=tuple(map(_expr_case, items(child(node, "promql_expr_test")))),
    )


def _series(node: "YamlNode") -> GivenSeries:
    series = _value(node, "series")
    return GivenSeries(place_of(node), series, tree_or_none(series.text), _value(node, "values"))


def _alert_case(node: "YamlNode") -> AlertCase:
    time, place = _time(node)
    return AlertCase(
        place=place_of(node),
        alert=scalar(child(node, "alertname")) or "",
        time=time,
        time_place=place,
        stated=child(node, "exp_alerts") is not None,
        expected=tuple(map(_firing_alert, items(child(node, "exp_alerts")))),
    )


def _firing_alert(node: "YamlNode") -> FiringAlert:
    labels, annotations = (values_of(child(node, key)) for key in ("exp_labels", "exp_annotations"))
    return FiringAlert(place_of(node), labels, annotations)


def _expr_case(node: "YamlNode") -> ExprCase:
    time, place = _time(node)
    expr = _value(node, "expr")
    return ExprCase(
        place=place_of(node),
        expr=expr,
        tree=tree_or_none(expr.text),
        time=time,
        time_place=place,
        stated=child(node, "exp_samples") is not None,
        samples=tuple(map(_sample, items(child(node, "exp_samples")))),
    )


def _sample(node: "YamlNode") -> Sample:
    text = scalar(child(node, "value"))
    try:
        value = float(text) if text is not None else None
    except ValueError:
        value = None
    return Sample(place_of(node), tree_or_none(scalar(child(node, "labels")) or ""), value)


def _time(node: "YamlNode") -> tuple[int | None, Place]:
    time = child(node, "eval_time")
    if time is None:
        return 0, place_of(node)
    return seconds_of(Value(scalar(time) or "", place_of(time))), place_of(time)


def _value(node: "YamlNode", key: str) -> Value:
    """A scalar; empty, and in the place of the whole, if it is not there."""
    found = child(node, key)
    return Value(scalar(found) or "", place_of(found if found is not None else node))
