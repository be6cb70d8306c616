"""PagerDuty, by its Events API v2: a routing key, which is a secret, says whose pager it is.

Source: Alertmanager, "pagerduty_config".
"""

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from genesis_monitoring.conventions import SECRETS_MOUNT
from genesis_monitoring.receivers.base import (
    Field,
    Fields,
    Kind,
    PlannedIntegration,
    Secrets,
    Settings,
    Stand,
    Weight,
    template,
)
from genesis_monitoring.receivers.message import Keys, Message
from genesis_monitoring.spec.base import Model, Name

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec

_HOST = "events.pagerduty.com"
"""Where Alertmanager sends pages unless told otherwise."""


class PagerDuty(Model):
    """A PagerDuty integration; the routing key is read from a secret file."""

    routing_key_secret: Name


class PagerDutyKind(Kind[PagerDuty]):
    """Events know critical, error, warning and info; severities take them in their order."""

    key, title, model = "pagerduty", "PagerDuty", PagerDuty
    addressed = ("routing_key", "routing_key_file", "service_key", "service_key_file", "url")
    pages = True
    fields = Fields(
        titles=(Field(("description",), ("payload", "summary")),),
        text=Field(("details", "alerts"), ("payload", "custom_details", "alerts")),
        link=Field(("client_url",), ("client_url",)),
        weight=Weight(
            Field(("severity",), ("payload", "severity")),
            "severity",
            "pager_severity",
            ranks=("critical", "error", "warning", "info"),
            otherwise="error",
        ),
        added=tuple(("payload", "custom_details", key) for key in ("firing", "resolved")),
    )

    def secrets(self, at: Keys, settings: PagerDuty) -> Secrets:
        return {(*at, "routing_key_secret"): settings.routing_key_secret}

    def plan(self, receiver: str, settings: PagerDuty, spec: "Spec") -> PlannedIntegration:
        file = f"{SECRETS_MOUNT}/{settings.routing_key_secret}"
        node: Settings = {
            "routing_key_file": file,
            "send_resolved": True,
            "severity": template("pager_severity"),
            "description": template("plain.title"),
            "client": "genesis-mon",
            "client_url": template("link"),
            "details": {"alerts": template("plain.text"), "firing": "", "resolved": ""},
        }
        key = hashlib.sha256(file.encode()).hexdigest()[:32]
        return PlannedIntegration(self, self.title, node, key, Stand(_HOST, 443, True, {file: key}))

    def redirected(self, settings: dict[str, Any], url: str, secret: Callable[[str], str]) -> dict[str, Any]:
        return {**settings, "routing_key_file": secret("0" * 32), "url": url}

    def address(self, message: Message) -> str:
        return message.text_at("routing_key")

    def addressee(self, message: Message) -> str:
        return _HOST

    def is_end(self, message: Message) -> bool:
        return message.text_at("event_action") == "resolve"
