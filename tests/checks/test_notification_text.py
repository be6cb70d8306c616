"""What a real Alertmanager writes to Slack and a pager: text stays text, and an end says that it is over."""

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from plan.specs import rendered, write
from scratch import ROLLOUT_SPEC

from genesis_monitoring.clients.alertmanager import POSTED, Alertmanager, PostedAlert
from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
from genesis_monitoring.plan.alert_cases import alert_cases
from genesis_monitoring.receivers.message import Message

HOSTILE = "<!channel> <@U012AB3CD> <http://evil.example|click> &amp; a\x1b[2J\u202eb\n*x* {{ .Labels }}"
PLAIN = "<!channel> <@U012AB3CD> <http://evil.example|click> &amp; a [2J b *x* {{ .Labels }}"
IN_SLACK = PLAIN.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
COMMAND = re.compile(r"<[^\s]")
OLD_VALUE = "is 12.5 % and has been"


@cache
def sent() -> dict[str, tuple[Message, Message]]:
    """The messages about the begin and the end of two alerts of one group, by kind of integration."""
    plan = load_project(Inputs(ROLLOUT_SPEC, None, None, None)).plan
    case = next(case for case in alert_cases(plan) if case.name == "VectorDBServiceDown")
    own = dict(case.labels)
    texts = {
        **case.annotations,
        "description": f"{OLD_VALUE} at {HOSTILE}",
        "impact": HOSTILE,
        "summary": HOSTILE,
    }
    texts["response"] = "1. Restart <it>.\n2. See & tell."
    alerts = tuple(
        PostedAlert(tuple(sorted({**own, "instance": f"{HOSTILE}{n}"}.items())), tuple(texts.items()))
        for n in range(2)
    )
    with (
        TemporaryDirectory() as folder,
        Alertmanager().deliver(write(rendered(plan), Path(folder)), ALERTMANAGER_CONFIG) as session,
    ):

        def wait(count: int) -> None:
            for _ in range(400):
                if all(len(of(kind)) >= count for kind in ("slack", "pagerduty")):
                    return
                session.pause()

        def of(kind: str) -> list[Message]:
            return [message for message in session.messages if message.path.endswith(f"/{kind}")]

        session.fire(alerts)
        wait(1)
        session.resolve(alerts)
        wait(2)
        return {kind: (of(kind)[0], of(kind)[-1]) for kind in ("slack", "pagerduty")}


def slack(message: Message) -> dict[str, Any]:
    assert isinstance(message.data, dict)
    attachment: dict[str, Any] = message.data["attachments"][0]
    return attachment


@pytest.mark.parametrize("which", [0, 1], ids=["begin", "end"])
def test_nothing_in_a_slack_message_is_a_command(which: int) -> None:
    message = slack(sent()["slack"][which])
    for name in ("title", "fallback", "text"):
        assert not COMMAND.search(message[name]), message[name]
        assert IN_SLACK in message[name]
        assert message[name].replace("\n", "").isprintable()


@pytest.mark.parametrize("which", [0, 1], ids=["begin", "end"])
def test_a_page_is_plain_text(which: int) -> None:
    message = sent()["pagerduty"][which]
    for keys in (("payload", "summary"), ("payload", "custom_details", "alerts")):
        text = message.text_at(*keys)
        assert PLAIN in text
        assert text.replace("\n", "").isprintable()


def test_a_label_cannot_begin_a_line_of_its_own() -> None:
    for line in slack(sent()["slack"][0])["text"].splitlines():
        assert not line.startswith("*x*")


def test_the_steps_keep_their_lines() -> None:
    assert "\n1. Restart &lt;it&gt;.\n2. See &amp; tell.\n" in slack(sent()["slack"][0])["text"]
    text = sent()["pagerduty"][0].text_at("payload", "custom_details", "alerts")
    assert "\n1. Restart <it>.\n2. See & tell.\n" in text


@pytest.mark.parametrize("kind", ["slack", "pagerduty"])
def test_an_end_says_when_and_how_long_and_nothing_that_is_over(kind: str) -> None:
    begun, over = sent()[kind]
    words = "\n".join(over.texts)
    if kind == "slack":
        assert re.match(r"\[P\d firing: [12]\] ", slack(begun)["title"])
        assert re.match(r"\[P\d resolved: [12]\] ", slack(over)["title"])
    assert f"is resolved since {POSTED.end}" in words
    assert f"It fired for 1h2m3s, from {POSTED.start} on" in words
    assert OLD_VALUE in "\n".join(begun.texts)
    for gone in (OLD_VALUE, "What to do", "Restart", "Impact", "is firing"):
        assert gone not in words
    assert "Runbook: https://" in words
