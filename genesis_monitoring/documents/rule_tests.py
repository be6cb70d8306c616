"""Rule tests: a file of the plan in, promtool's document out, each expectation under its scenario's name."""

from genesis_monitoring.documents.node import Document, Node, Value
from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.rule_tests import RuleTestFile
from genesis_monitoring.plan.timelines import AlertCheck, ExprCheck, RuleTest


def rule_test_document(file: RuleTestFile) -> Document:
    """The test groups of one file, which share an evaluation interval."""
    return Document(
        file.path,
        Node(
            file.origin,
            {
                "rule_files": file.rule_files,
                "evaluation_interval": format_duration(file.evaluation_interval),
                "tests": [_group(test, file.origin) for test in file.tests],
            },
        ),
    )


def _group(test: RuleTest, origin: str) -> Node:
    return Node(
        origin,
        {
            "name": test.name,
            "interval": format_duration(test.interval),
            "input_series": [
                Node(one.origin, {"series": one.series, "values": one.values}) for one in test.series
            ]
            or None,
            "alert_rule_test": [_alert(check) for check in test.alerts] or None,
            "promql_expr_test": [_expression(check) for check in test.exprs] or None,
        },
    )


def _alert(check: AlertCheck) -> Node:
    expected: list[Value] = [
        {"exp_labels": dict(alert.labels), "exp_annotations": dict(alert.annotations)}
        for alert in check.expected
    ]
    return Node(
        check.origin,
        {
            "eval_time": format_duration(check.eval_time),
            "alertname": check.alert,
            "exp_alerts": expected,
        },
        note=check.case,
    )


def _expression(check: ExprCheck) -> Node:
    samples: list[Value] = [{"labels": labels, "value": value} for labels, value in check.samples]
    return Node(
        check.origin,
        {"eval_time": format_duration(check.eval_time), "expr": check.expr, "exp_samples": samples},
        note=check.case,
    )
