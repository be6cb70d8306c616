"""Files of rule tests: one of the plan in, its document out. The note of a check names its scenario."""

from genesis_monitoring.documents.node import Document, Node, Value
from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.rule_tests import RuleTestFile
from genesis_monitoring.plan.timelines import AlertCheck, ExpectedAlert, ExprCheck, GivenSeries, RuleTest


def rule_tests_document(file: RuleTestFile) -> Document:
    """The file at its path, beside the rules that it loads."""
    data: dict[str, Value] = {
        "rule_files": file.rule_files,
        "evaluation_interval": format_duration(file.evaluation_interval),
        "tests": [_group(file, test) for test in file.tests],
    }
    return Document(file.path, Node(file.origin, data))


def _group(file: RuleTestFile, test: RuleTest) -> Node:
    return Node(
        file.origin,
        {
            "name": test.name,
            "interval": format_duration(test.interval),
            "input_series": [*map(_series, test.series)] or None,
            "alert_rule_test": [*map(_alert_check, test.alerts)] or None,
            "promql_expr_test": [*map(_expr_check, test.exprs)] or None,
        },
    )


def _series(given: GivenSeries) -> Node:
    return Node(given.origin, {"series": given.series, "values": given.values})


def _alert_check(check: AlertCheck) -> Node:
    entries: dict[str, Value] = {
        "eval_time": format_duration(check.eval_time),
        "alertname": check.alert,
        "exp_alerts": [*map(_expected, check.expected)],
    }
    return Node(check.origin, entries, check.case)


def _expected(alert: ExpectedAlert) -> Node:
    return Node("", {"exp_labels": dict(alert.labels), "exp_annotations": dict(alert.annotations)})


def _expr_check(check: ExprCheck) -> Node:
    entries: dict[str, Value] = {
        "eval_time": format_duration(check.eval_time),
        "expr": check.expr,
        "exp_samples": [_sample(check.sample, check.value)] if check.sample else [],
    }
    return Node(check.origin, entries, check.case)


def _sample(labels: str, value: float | None) -> Node:
    return Node("", {"labels": labels, "value": value})
