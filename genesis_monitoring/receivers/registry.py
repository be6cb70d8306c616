"""The kinds of integration that there are. To add one: a module beside this one, and a line here."""

from typing import Any

from genesis_monitoring.receivers.base import Kind
from genesis_monitoring.receivers.email import EmailKind
from genesis_monitoring.receivers.pagerduty import PagerDutyKind
from genesis_monitoring.receivers.slack import SlackKind
from genesis_monitoring.receivers.webhook import WebhookKind

RECEIVERS: tuple[Kind[Any], ...] = (SlackKind(), PagerDutyKind(), WebhookKind(), EmailKind())
"""In the order in which a generated receiver has them."""


def kind_of(key: str) -> Kind[Any] | None:
    """The kind that has this key, if it is one of ours."""
    return next((kind for kind in RECEIVERS if kind.key == key), None)
