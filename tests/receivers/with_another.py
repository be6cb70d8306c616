"""A kind of integration that the product does not have: once it is in the registry, all of it knows the kind.

Run as a program, because the models of the spec are made of the registry when they are imported. Prints what
comes of it, as JSON.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from genesis_monitoring.conventions import SECRETS_MOUNT
from genesis_monitoring.receivers import registry
from genesis_monitoring.receivers.base import (
    Field,
    Fields,
    Kind,
    PlannedIntegration,
    Secrets,
    Stand,
    template,
)
from genesis_monitoring.receivers.message import Keys, Message
from genesis_monitoring.spec.base import Model, Name, Slug


class OnCall(Model):
    api_key_secret: Name
    routing_key: Slug


class OnCallKind(Kind[OnCall]):
    """Splunk On-Call, once VictorOps."""

    key, title, model = "victorops", "On-Call", OnCall
    addressed = ("api_key", "api_key_file", "api_url", "routing_key")
    pages = True
    fields = Fields(
        titles=(Field(("entity_display_name",), ("entity_display_name",)),),
        text=Field(("state_message",), ("state_message",)),
    )

    def secrets(self, at: Keys, settings: OnCall) -> Secrets:
        return {(*at, "api_key_secret"): settings.api_key_secret}

    def plan(self, receiver: str, settings: OnCall, spec: Any) -> PlannedIntegration:
        file = f"{SECRETS_MOUNT}/{settings.api_key_secret}"
        node = {
            "api_key_file": file,
            "routing_key": settings.routing_key,
            "entity_display_name": template("plain.title"),
            "state_message": template("plain.text"),
        }
        stand = Stand("alert.victorops.com", 443, True, {file: "0" * 32})
        return PlannedIntegration(self, f"On-Call {settings.routing_key}", node, settings.routing_key, stand)

    def redirected(self, settings: dict[str, Any], url: str, secret: Callable[[str], str]) -> dict[str, Any]:
        base, key, route = url.rsplit("/", 2)
        return {**settings, "api_url": f"{base}/", "api_key": key, "routing_key": route}

    def address(self, message: Message) -> str:
        return message.path.rpartition("/")[2] if message.text_at("entity_display_name") else ""


def main(folder: Path) -> None:
    registry.RECEIVERS += (OnCallKind(),)

    from checks.rule_tree import tree_of
    from plan.specs import as_text, every_kind

    from genesis_monitoring.checks.alertmanager.config import check_alertmanager_config
    from genesis_monitoring.checks.alertmanager.notification_delivery import check_notification_delivery
    from genesis_monitoring.commands.explain_spec import explain_name
    from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
    from genesis_monitoring.spec.load import parse_spec
    from genesis_monitoring.spec.schema import json_schema
    from genesis_monitoring.spec.source import SpecError

    def another(data: Any, **changed: str) -> None:
        keys = {"api_key_secret": "on_call_key", "routing_key": "shop", **changed}
        data["receivers"]["pager"] = {"description": "Whoever is on call", "victorops": keys}

    def refused(change: Callable[[Any], None]) -> list[str]:
        data = every_kind()
        change(data)
        try:
            parse_spec(as_text(data), "slo.yaml")
        except SpecError as error:
            return [f"{one.code}: {one.message}" for one in error.findings]
        return []

    def given(data: Any) -> None:
        another(data)
        data["stack"]["secrets"]["on_call_key"] = {"file": "secrets/on_call_key", "purpose": "Key"}
        data["stack"]["services"]["alertmanager"]["secrets"].append("on_call_key")

    def not_given(data: Any) -> None:
        given(data)
        data["stack"]["services"]["alertmanager"]["secrets"].pop()

    tree = tree_of(folder / "right", given)
    config = tree.text(ALERTMANAGER_CONFIG)
    spoilt = tree_of(folder / "spoilt", given)
    spoilt.spoil(ALERTMANAGER_CONFIG, '{{ template "genesis.plain.text" . }}', "Help")
    found = {
        "in the schema": "victorops"
        in json.loads(json_schema())["$defs"]["Receiver"]["anyOf"][0]["properties"],
        "dangling": refused(another),
        "not given": refused(not_given),
        "malformed": refused(lambda data: another(data, routing_key="No Slug")),
        "config": config,
        "findings": [
            finding.message
            for check in (check_alertmanager_config, check_notification_delivery)
            for finding in tree.run(check)
        ],
        "spoilt": [finding.message for finding in spoilt.run(check_notification_delivery)],
        "explained": [str(one.facts) for one in explain_name(tree.project, "P0")],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
