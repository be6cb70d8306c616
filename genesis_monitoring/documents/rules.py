"""Rule files: a rule group of the plan in, its document out."""

from collections.abc import Sequence

from genesis_monitoring.documents.node import Document, Node
from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.rules import AlertingRule, RecordingRule, RuleGroup


def rule_document(path: str, groups: Sequence[RuleGroup]) -> Document:
    """A rule file of one component: in each group recording rules first, as alerts read them."""
    entries = {"groups": [_group(one) for one in groups]}
    return Document(path, Node(f"components.{groups[0].component}", entries))


def _group(group: RuleGroup) -> Node:
    rules = [*map(_recording, group.recording), *map(_alerting, group.alerting)]
    interval = None if group.interval is None else format_duration(group.interval)
    entries = {"name": group.name, "interval": interval, "limit": group.limit or None, "rules": rules}
    return Node("", entries)


def _recording(rule: RecordingRule) -> Node:
    return Node(rule.origin, {"record": rule.record, "expr": rule.expr, "labels": dict(rule.labels) or None})


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
