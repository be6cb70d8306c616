"""Rule files: a rule group of the plan in, its document out."""

from genesis_monitoring.conventions import rules_path
from genesis_monitoring.documents.node import Document, Node
from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.rules import AlertingRule, RecordingRule, RuleGroup


def rule_document(group: RuleGroup) -> Document:
    """The rule file of one group: recording rules first, as alerts read them."""
    rules = [*map(_recording, group.recording), *map(_alerting, group.alerting)]
    groups = [Node("", {"name": group.name, "rules": rules})]
    return Document(rules_path(group.name), Node(f"components.{group.name}", {"groups": groups}))


def _recording(rule: RecordingRule) -> Node:
    return Node(rule.origin, {"record": rule.record, "expr": rule.expr})


def _alerting(rule: AlertingRule) -> Node:
    return Node(
        rule.origin,
        {
            "alert": rule.alert,
            "expr": rule.expr,
            "for": _lasting(rule.for_),
            "keep_firing_for": _lasting(rule.keep_firing_for),
            "labels": dict(rule.labels),
            "annotations": {one.name: one.template for one in rule.annotations},
        },
    )


def _lasting(seconds: int) -> str | None:
    return format_duration(seconds) if seconds else None
