"""Mail: what is generated, what a mail server then gets, and that nothing of a label can leave its line."""

import json
import re
import smtplib
import subprocess
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from checks.rule_tree import RuleTree, tree_of
from plan.specs import Data, as_text, every_kind
from stack.runs import command, genesis_mon, wait_until
from stack.test_drill import namespaces_can_be_had

from genesis_monitoring.checks.alertmanager.config import check_alertmanager_config
from genesis_monitoring.checks.alertmanager.notification_delivery import check_notification_delivery
from genesis_monitoring.clients.alertmanager import Alertmanager
from genesis_monitoring.clients.alertmanager_sessions import POSTED, PostedAlert
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
from genesis_monitoring.findings import Severity
from genesis_monitoring.plan.alert_cases import alert_cases
from genesis_monitoring.receivers.message import Message
from genesis_monitoring.stack.caught import read_caught
from genesis_monitoring.stack.ports import Ports

HOSTILE = "one\nBcc: everybody@example.com\r\n\r\nbody <b>{{ .Labels }}</b> \u202eä"
SHOWN = "one Bcc: everybody@example.com    body <b>{{ .Labels }}</b>  ä"


def mailed(data: Data, **changed: Any) -> None:
    """The receiver of all alerts gets mail, and nothing else."""
    data["receivers"]["chat"] = {
        "description": "The team",
        "email": {
            "to": ["team@example.com", "ops@example.com"],
            "from": "alerts@example.com",
            "smarthost": "smtp.example.com:587",
            "auth": {"username": "alerts", "password_secret": "smtp_password"},
            **changed,
        },
    }
    data["stack"]["secrets"]["smtp_password"] = {"file": "secrets/smtp_password", "purpose": "Mail server"}
    data["stack"]["services"]["alertmanager"]["secrets"].append("smtp_password")


def said_once(data: Data, **changed: Any) -> None:
    """The server and who mail is from stand at the top, and receivers say to whom alone."""
    mailed(data)
    common = data["receivers"]["chat"]["email"]
    data["receivers"]["chat"]["email"] = {"to": common.pop("to"), **changed}
    data["email"] = common


def html_of(mail: Message) -> tuple[set[str], str]:
    """The marks of a mail's HTML, and what a reader sees."""

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.marks: set[str] = set()
            self.shown = ""

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.marks.add(tag)

        def handle_data(self, data: str) -> None:
            self.shown += data

    reader = Reader()
    reader.feed(mail.text_at("html"))
    return reader.marks, reader.shown


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return tree_of(tmp_path / "spec", mailed)


def test_what_is_generated(tree: RuleTree) -> None:
    assert """\
    email_configs:
      - to: 'team@example.com, ops@example.com'
        from: 'alerts@example.com'
        smarthost: 'smtp.example.com:587'
        auth_username: alerts
        auth_password_file: /run/secrets/smtp_password
        require_tls: true
        send_resolved: true
        headers:
          Subject: '{{ template "genesis.plain.title" . }}'
        html: '{{ template "genesis.html" . }}'
        text: '{{ template "genesis.plain.text" . }}'
""" in tree.text(ALERTMANAGER_CONFIG)
    assert tree.run(check_alertmanager_config) == []


def test_all_is_tls_on_its_own_port(tmp_path: Path) -> None:
    tree = tree_of(tmp_path / "spec", lambda data: mailed(data, smarthost="smtp.example.com:465"))
    assert "        require_tls: false\n" in tree.text(ALERTMANAGER_CONFIG)


def test_a_server_is_said_once_for_all(tree: RuleTree, tmp_path: Path) -> None:
    once = tree_of(tmp_path / "once", said_once)
    assert once.text(ALERTMANAGER_CONFIG) == tree.text(ALERTMANAGER_CONFIG)


def test_a_password_stays_with_its_server(tmp_path: Path) -> None:
    other = tree_of(tmp_path / "spec", lambda data: said_once(data, smarthost="relay.example.com:25"))
    assert """\
        from: 'alerts@example.com'
        smarthost: 'relay.example.com:25'
        require_tls: true
""" in other.text(ALERTMANAGER_CONFIG)


def test_it_arrives(tree: RuleTree) -> None:
    assert tree.run(check_notification_delivery) == []


def test_a_message_that_is_wrong(tree: RuleTree) -> None:
    tree.spoil(ALERTMANAGER_CONFIG, "Subject: '{{ template \"genesis.plain.title\" . }}'", "Subject: Help")
    findings = tree.run(check_notification_delivery)
    assert {one.code for one in findings} == {"GM608"}
    assert any("subject of the message lacks the alert's summary" in one.message for one in findings)


def test_html_that_is_wrong(tree: RuleTree) -> None:
    tree.spoil(ALERTMANAGER_CONFIG, "html: '{{ template \"genesis.html\" . }}'", "html: <p>Help</p>")
    findings = tree.run(check_notification_delivery)
    assert any("the HTML does not show the alert's summary" in one.message for one in findings)


def test_without_the_package_it_is_said_that_nothing_was_checked(
    tree: RuleTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("genesis_monitoring.extras.find_spec", lambda name: None)
    finding = tree.one(check_notification_delivery, "GM001", severity=Severity.WARNING)
    assert "what is sent by email was not checked: catching email needs aiosmtpd" in finding.message
    assert finding.hint == "pip install 'genesis-mon[email]'"


def test_text_stays_text_and_a_subject_one_line(tree: RuleTree) -> None:
    assert tree.context.plan is not None
    case = next(one for one in alert_cases(tree.context.plan) if "chat" in one.receivers)
    texts = dict.fromkeys(case.annotations, HOSTILE)
    alert = PostedAlert(case.labels, tuple(texts.items()))
    with Alertmanager().deliver(tree.out, ALERTMANAGER_CONFIG) as session:

        def mails(count: int) -> list[Message]:
            for _ in range(400):
                found = [one for one in session.messages if one.path == "/chat/email"]
                if len(found) >= count:
                    return found
                session.pause()
            raise AssertionError(f"{count} mails were waited for: {session.messages} {session.log}")

        session.fire([alert])
        mails(1)
        session.resolve([alert])
        begun, over = mails(2)
    assert begun.text_at("subject") == f"[P2 WARNING] {SHOWN}: {SHOWN} ({SHOWN})"
    assert over.text_at("subject") == f"[P2 resolved after 1h2m3s] {SHOWN} ({SHOWN})"
    for mail in (begun, over):
        assert mail.text_at("to") == "team@example.com, ops@example.com"
        assert mail.text_at("from") == "alerts@example.com"
        assert "<html" not in json.dumps([mail.text_at("subject"), mail.text_at("text")])
        marks, shown = html_of(mail)
        assert marks == {"html", "head", "meta", "title", "body", "h1", "p", "a", "div"}
        assert f" ({SHOWN})" in shown
        assert mail.text_at("text").strip() in shown
    assert f"\nImpact: {SHOWN}\n" in begun.text_at("text")
    assert f"is resolved since {POSTED.end}" in over.text_at("text")


def test_the_catcher_of_the_stack_writes_mail_down(tmp_path: Path) -> None:
    ports = Ports(free=True)
    web, mail = ports.of("catcher", (1, 2))
    ports.check({})
    log = tmp_path / "caught.jsonl"
    listen = ("--listen", f"127.0.0.1:{web}", f"--mail=127.0.0.1:{mail}", "--log", log)
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@example.com", "b@example.com", "Für alle"
    letter.set_content("Zeile 1\nZeile 2\n")

    def sent() -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", mail, "chat/email") as server:
                server.send_message(letter)
        except ConnectionRefusedError:
            return False
        return True

    with subprocess.Popen(command("stack", "catch", *listen)) as catcher:
        try:
            wait_until(sent, 60)
            (caught,) = read_caught(log)
        finally:
            catcher.terminate()
    assert caught.message.path == "/chat/email"
    text = {"subject": "Für alle", "text": "Zeile 1\nZeile 2\n", "html": ""}
    assert caught.message.data == {"from": "a@example.com", "to": "b@example.com", **text}


NO_ROOM = {"GENESIS_MON_OPENSSL": "/nowhere/at/all"}


@pytest.mark.live
@pytest.mark.parametrize(
    ("smarthost", "env", "way"),
    [
        ("smtp.example.com:587", {}, "sealed"),
        ("smtp.example.com:465", {}, "sealed"),
        ("127.0.0.1:587", {}, "sealed"),
        ("[::1]:587", {}, "copy"),
        ("smtp.example.com:465", NO_ROOM, "copy"),
    ],
)
def test_every_alert_arrives(smarthost: str, env: dict[str, str], way: str, tmp_path: Path) -> None:
    data = every_kind()
    mailed(data, smarthost=smarthost)
    (tmp_path / "slo.yaml").write_text(as_text(data), "utf-8")
    assert genesis_mon("render", cwd=tmp_path).code == 0
    done = genesis_mon("stack", "drill", "--format", "json", env=env, cwd=tmp_path)
    assert done.code == 0, done.err
    report = done.json
    assert report["way"] == (way if namespaces_can_be_had() else "copy")
    mails = [one for alert in report["alerts"] for one in alert["arrivals"] if one["kind"] == "email"]
    assert {(one["receiver"], one["to"]) for one in mails} == {("chat", "team@example.com, ops@example.com")}
    for one in mails:
        assert re.match(r"\[P\d [A-Z]+\] ", one["title"])
        assert " resolved after 1h2m3s] " in one["resolved_title"]
