"""What a real Alertmanager writes to Slack and a pager: text stays text, and an end says that it is over."""

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from plan.specs import rendered, write
from scratch import ROLLOUT_SPEC

from genesis_monitoring.clients.alertmanager import Alertmanager
from genesis_monitoring.clients.alertmanager_sessions import POSTED, PostedAlert
from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
from genesis_monitoring.plan.alert_cases import alert_cases
from genesis_monitoring.receivers.message import Message

HOSTILE = "<!channel> <@U012AB3CD> <http://evil.example|click> &amp; a\x1b[2J\u202eb\n*x* {{ .Labels }}"
PLAIN = "<!channel> <@U012AB3CD> <http://evil.example|click> &amp; a [2J b *x* {{ .Labels }}"
IN_SLACK = PLAIN.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
COMMAND = re.compile(r"<[^\s]")
OLD_VALUE = "is 12.5 % and has been"
KINDS = ("slack", "pagerduty")


@cache
def sent(count: int = 2) -> dict[str, tuple[Message, Message]]:
    """The messages about the begin and the end of ``count`` alerts of one group, by kind of integration."""
    plan = load_project(Inputs(ROLLOUT_SPEC, None, None, None)).plan
    case = next(case for case in alert_cases(plan) if case.name == "VectorDBServiceDown")
    own = dict(case.labels)
    texts = {
        **case.annotations,
        "description": f"{OLD_VALUE} at {HOSTILE}",
        "impact": HOSTILE,
        "summary": HOSTILE,
        "where": HOSTILE,
        "mitigation": "- Throttle <it>.",
    }
    texts["response"] = "1. Restart <it>.\n2. See & tell."
    alerts = tuple(
        PostedAlert(tuple(sorted({**own, "instance": f"{HOSTILE}{n}"}.items())), tuple(texts.items()))
        for n in range(count)
    )
    with (
        TemporaryDirectory() as folder,
        Alertmanager().deliver(write(rendered(plan), Path(folder)), ALERTMANAGER_CONFIG) as session,
    ):

        def wait(word: str) -> None:
            """Until both have told of all: they may begin with one alert, and tell of the rest later."""
            for _ in range(400):
                if all(word in "\n".join(of(kind)[-1].texts) for kind in KINDS if of(kind)) and all(
                    map(of, KINDS)
                ):
                    return
                session.pause()

        def of(kind: str) -> list[Message]:
            return [message for message in session.messages if message.path.endswith(f"/{kind}")]

        several = f", {count} " if count > 1 else " "
        session.fire(alerts)
        wait(f"{several}firing" if count > 1 else "[P1 CRITICAL]")
        begun = {kind: of(kind)[-1] for kind in KINDS}
        session.resolve(alerts)
        wait(f"{several}resolved")
        return {kind: (begun[kind], of(kind)[-1]) for kind in KINDS}


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
    assert "\n1. Restart <it>.\n2. See & tell.\nTo mitigate:\n- Throttle <it>.\n" in text


def test_no_field_of_a_slack_message_has_markup() -> None:
    """Slack formats the fields that are named here; nothing of ours is in one of them."""
    assert slack(sent()["slack"][0])["mrkdwn_in"] == ["pretext"]
    assert "pretext" not in slack(sent()["slack"][0])


@pytest.mark.parametrize("kind", KINDS)
def test_an_end_says_when_and_how_long_and_nothing_that_is_over(kind: str) -> None:
    begun, over = sent(1)[kind]
    words = "\n".join(over.texts)
    if kind == "slack":
        assert slack(begun)["title"] == f"[P1 CRITICAL] {IN_SLACK} ({IN_SLACK})"
        assert slack(over)["title"] == f"[P1 resolved after 1h2m3s] {IN_SLACK} ({IN_SLACK})"
    assert f"is resolved since {POSTED.end}" in words
    assert f"It fired for 1h2m3s, from {POSTED.start} on" in words
    assert OLD_VALUE in "\n".join(begun.texts)
    for gone in (OLD_VALUE, "What to do", "Restart", "Throttle", "Impact", "is firing"):
        assert gone not in words
    assert "Runbook: https://" in words


def test_several_are_listed_and_told_in_full_once() -> None:
    begun, over = (slack(message) for message in sent()["slack"])
    line = f"- VectorDBServiceDown: {IN_SLACK} ({IN_SLACK})"
    assert begun["title"].startswith("[P1 CRITICAL, 2 firing] ")
    assert begun["text"].startswith(f"2 alerts are firing:\n{line}, since {POSTED.start}\n{line}, since")
    assert begun["text"].count("What to do:") == 1
    assert over["title"].startswith("[P1, 2 resolved] ")
    assert over["text"].startswith(f"2 resolved:\n{line}, fired for 1h2m3s until {POSTED.end}\n{line}, fired")


@pytest.mark.parametrize("kind", KINDS)
def test_the_dashboard_is_linked_at_the_time_of_the_alert(kind: str) -> None:
    """From an hour before it began; until now while it fires, else until a quarter of an hour after it."""
    begun, over = sent(1)[kind]
    for message, end in ((begun, "now"), (over, str((POSTED.ended + 900) * 1000))):
        at = f"/d/phase5-rollout?viewPanel=111&from={(POSTED.began - 3600) * 1000}&to={end}"
        link = slack(message)["title_link"] if kind == "slack" else message.text_at("client_url")
        assert link.endswith(at)
        text = (
            slack(message)["text"]
            if kind == "slack"
            else message.text_at("payload", "custom_details", "alerts")
        )
        assert f"{at.replace('&', '&amp;') if kind == 'slack' else at}\n" in text
