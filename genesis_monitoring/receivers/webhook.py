"""A webhook: Alertmanager posts its own JSON, so there is nothing to be made by a template.

Source: Alertmanager, "webhook_config".
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from genesis_monitoring.receivers.base import Kind, PlannedIntegration, Settings, Stand
from genesis_monitoring.receivers.message import Message
from genesis_monitoring.spec.base import Model, Url

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec

_PORTS = {"http": 80, "https": 443}


class Webhook(Model):
    """A webhook. Its address is not secret: it stands in the generated file."""

    url: Url


class WebhookKind(Kind[Webhook]):
    """Its message names the receiver."""

    key, title, model = "webhook", "webhook", Webhook
    addressed = ("url", "url_file")

    def plan(self, receiver: str, settings: Webhook, spec: "Spec") -> PlannedIntegration:
        parts = urlsplit(settings.url)
        stand = Stand(parts.hostname or "", parts.port or _PORTS[parts.scheme], parts.scheme == "https", {})
        node: Settings = {"url": settings.url, "send_resolved": True}
        return PlannedIntegration(self, f"webhook {settings.url}", node, receiver, stand)

    def redirected(self, settings: dict[str, Any], url: str, secret: Callable[[str], str]) -> dict[str, Any]:
        return {**settings, "url": url}

    def address(self, message: Message) -> str:
        return message.text_at("receiver")

    def addressee(self, message: Message) -> str:
        return message.path

    def subject(self, message: Message) -> str:
        return message.text_at("status")

    def link(self, message: Message) -> str:
        return message.text_at("externalURL")

    def is_end(self, message: Message) -> bool:
        return message.text_at("status") == "resolved"
