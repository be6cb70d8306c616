"""Slack: an incoming webhook whose address is a secret, shared by all channels. It can be switched off.

Source: Alertmanager, "slack_config".
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field as Constraint

from genesis_monitoring.conventions import SECRETS_MOUNT
from genesis_monitoring.receivers.base import (
    Field,
    Fields,
    Kind,
    PlannedIntegration,
    Reference,
    Secrets,
    Settings,
    Stand,
    Weight,
    template,
)
from genesis_monitoring.receivers.dialects import SLACK
from genesis_monitoring.receivers.message import Keys, Message
from genesis_monitoring.spec import patterns
from genesis_monitoring.spec.base import Model, Name, Slug, Text

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec

_PORT = 18080
_SECRET: Keys = ("slack", "api_url_secret")


class SlackChannel(Model):
    """A Slack channel and what it is for."""

    name: Annotated[str, Constraint(pattern=patterns.CHANNEL)]
    purpose: Text


class Slack(Model):
    """The Slack integration. Switched off, receivers fall back to others and nothing is lost."""

    enabled: bool
    api_url_secret: Name
    channels: dict[Slug, SlackChannel]


class SlackKind(Kind[str]):
    """A receiver names one of the channels."""

    key, title, model = "slack", "Slack", Slug
    addressed = ("api_url", "api_url_file", "app_token", "app_token_file", "app_url")
    dialect = SLACK
    switchable = True
    tells_the_end = False
    fields = Fields(
        titles=(
            Field(("title",), ("attachments", 0, "title")),
            Field(("fallback",), ("attachments", 0, "fallback")),
        ),
        text=Field(("text",), ("attachments", 0, "text")),
        link=Field(("title_link",), ("attachments", 0, "title_link")),
        weight=Weight(
            Field(("color",), ("attachments", 0, "color")),
            "colour",
            "color",
            ranks=("#b71c1c", "#e53935", "#fb8c00", "#1e88e5"),
            otherwise="#757575",
            over="#43a047",
        ),
    )

    def in_force(self, spec: "Spec") -> bool:
        return spec.slack.enabled

    def references(self, at: Keys, settings: str, spec: "Spec") -> tuple[Reference, ...]:
        return (Reference(at, "Slack channel", settings, spec.slack.channels),)

    def shared_secrets(self, spec: "Spec") -> Secrets:
        return {_SECRET: spec.slack.api_url_secret}

    def plan(self, receiver: str, settings: str, spec: "Spec") -> PlannedIntegration:
        channel, file = spec.slack.channels[settings].name, f"{SECRETS_MOUNT}/{spec.slack.api_url_secret}"
        node: Settings = {
            "channel": channel,
            "api_url_file": file,
            "send_resolved": True,
            "color": template("color"),
            "title": template("title"),
            "title_link": template("link"),
            "text": template("text"),
            "fallback": template("title"),
            # A name such as *x* is no bold x: of the fields that may have markup, none is ours.
            "mrkdwn_in": ("pretext",),
        }
        stand = Stand("", _PORT, False, {file: f"http://127.0.0.1:{_PORT}/slack"})
        return PlannedIntegration(self, f"Slack {channel}", node, channel, stand)

    def redirected(self, settings: dict[str, Any], url: str, secret: Callable[[str], str]) -> dict[str, Any]:
        return {**settings, "api_url_file": secret(url)}

    def address(self, message: Message) -> str:
        return message.text_at("channel")
