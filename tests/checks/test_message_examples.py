"""``docs/examples/messages.md``: what a real Alertmanager sends for alerts of the rollout."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from plan.specs import Data, as_text, rendered, write
from scratch import REPOSITORY, ROLLOUT_SPEC

from genesis_monitoring.clients.alertmanager import Alertmanager
from genesis_monitoring.clients.alertmanager_sessions import DeliverySession, PostedAlert
from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
from genesis_monitoring.plan.alert_cases import AlertCase, alert_cases
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.receivers.message import Message

PAGE = REPOSITORY / "docs" / "examples" / "messages.md"
HEAD = """\
# Messages

What Alertmanager sends for alerts of the rollout, as it is received: the title, which is all that a lock
screen shows, where it leads, and the text below it. Slack reads `&amp;` as `&`. Times and values are made up;
`genesis-mon stack drill` shows the messages of every alert.
"""


@dataclass(frozen=True, slots=True)
class Example:
    """Alerts by name, and how many of each; the receiver and kind whose message is shown; their ends."""

    title: str
    alerts: Mapping[str, int]
    path: str
    over: bool = False


EXAMPLES = (
    Example("A blocker, in Slack", {"CostReductionTargetMissed": 1}, "/genesis-alerts/slack"),
    Example("The same, as a page (PagerDuty)", {"CostReductionTargetMissed": 1}, "/pager/pagerduty"),
    Example("The same, at its end", {"CostReductionTargetMissed": 1}, "/genesis-alerts/slack", over=True),
    Example(
        "Three warnings of one component, in Slack",
        {"MemoryUsageHigh": 2, "CPUUsageHigh": 1},
        "/genesis-monitoring/slack",
    ),
    Example("A service that is down, by mail", {"VectorDBServiceDown": 1}, "/genesis-alerts/email"),
)


def mailed_plan(folder: Path) -> Plan:
    """The rollout, whose critical channel gets mail as well."""
    data: Data = yaml.safe_load(ROLLOUT_SPEC.read_text("utf-8"))
    data["receivers"]["genesis-alerts"]["email"] = {
        "to": ["on-call@example.com"],
        "from": "alerts@example.com",
        "smarthost": "smtp.example.com:587",
    }
    spec = folder / "slo.yaml"
    spec.write_text(as_text(data), "utf-8")
    return load_project(Inputs(spec, None, None, None)).plan


def test_the_examples_are_current(tmp_path: Path) -> None:
    plan = mailed_plan(tmp_path)
    cases = alert_cases(plan, variants=2)
    tree = write(rendered(plan), tmp_path)
    text = "".join((HEAD, *(_shown(tree, cases, one) for one in EXAMPLES)))
    if os.environ.get("GENESIS_MON_REWRITE"):
        assert not os.environ.get("CI"), "the examples are not rewritten in CI"
        PAGE.write_text(text, "utf-8")
    assert PAGE.read_text("utf-8") == text, "make examples"


def _shown(tree: Path, cases: tuple[AlertCase, ...], example: Example) -> str:
    alerts = [
        PostedAlert(case.labels, tuple(case.annotations.items()))
        for name, number in example.alerts.items()
        for case in [case for case in cases if case.name == name][:number]
    ]
    several = f", {len(alerts)} firing]" if len(alerts) > 1 else "]"
    with Alertmanager().deliver(tree, ALERTMANAGER_CONFIG) as session:
        session.fire(alerts)
        message = _awaited(session, example.path, several)
        if example.over:
            session.resolve(alerts)
            message = _awaited(session, example.path, "resolved after ")
    return "\n".join(("", f"## {example.title}", "", "```text", *_lines(message), "```", ""))


def _awaited(session: DeliverySession, path: str, word: str) -> Message:
    for _ in range(400):
        for message in session.messages:
            if message.path == path and word in next(_lines(message)):
                return message
        session.pause()
    raise AssertionError(f"no message to {path} has {word}: {session.messages}")


def _lines(message: Message) -> Iterator[str]:
    data = message.data
    assert isinstance(data, dict)
    if "attachments" in data:
        (attachment,) = data["attachments"]
        said = (attachment["title"], attachment["title_link"], attachment["text"])
    elif "payload" in data:
        said = (data["payload"]["summary"], data["client_url"], data["payload"]["custom_details"]["alerts"])
    else:
        said = (data["subject"], "", data["text"])
    title, link, text = said
    yield title
    if link:
        yield f"→ {link}"
    yield ""
    yield from text.rstrip("\n").splitlines()


@pytest.mark.parametrize("kind", ["Slack", "PagerDuty", "mail"])
def test_each_kind_for_people_has_an_example(kind: str) -> None:
    assert any(kind in one.title for one in EXAMPLES)
