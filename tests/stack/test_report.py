"""What ``stack status`` and ``stack drill`` print: the committed schemas, and when all is green."""

import json
from dataclasses import replace

import pytest
from published import check

from genesis_monitoring.report.document import document_json
from genesis_monitoring.report.stack import status_text, verdict
from genesis_monitoring.stack.end_to_end import AlertPlayed, EndToEndReport
from genesis_monitoring.stack.status import (
    AlertStatus,
    GroupStatus,
    ServiceStatus,
    StackStatus,
    TargetStatus,
    spell_age,
)

SERVICE = ServiceStatus(
    "prometheus", "Up 22 hours", "healthy", ("127.0.0.1:9090",), 0, "http://localhost:9090"
)
TARGET = TargetStatus("app", "127.0.0.1:1", "up", "")
GROUP = GroupStatus("cost", 3, 0, 0, ())
ALERT = AlertStatus("Slow", "P1", "app", "", "firing", 0.0, "It is slow")
GREEN = StackStatus(1, "native", "", (SERVICE,), (), (TARGET,), (GROUP,), (), True, (), ())


def test_json_is_as_the_schemas_say() -> None:
    status = json.loads(document_json(StackStatus, replace(GREEN, alerts=(ALERT,))))
    check("stack-status", status, "mode", "services.0.health")
    played = AlertPlayed("Slow", True, False, False, 1.5, None, ("pager/slack",), ("it came ✗",))
    report = EndToEndReport(1, "outage", "An outage", "drill", 60.0, False, (played,))
    text = document_json(EndToEndReport, report)
    check("stack-scenario", json.loads(text))
    assert text.isascii()


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (replace(GREEN, services=(replace(SERVICE, health="unhealthy"),)), "prometheus is unhealthy"),
        (replace(GREEN, targets=(replace(TARGET, health="down"),)), "target app (127.0.0.1:1) is down"),
        (replace(GREEN, groups=(replace(GROUP, failing=1),)), "1 rules of cost fail"),
        (replace(GREEN, groups=(replace(GROUP, waiting=2),)), "2 rules of cost are not evaluated yet"),
        (replace(GREEN, alerts=(ALERT,)), "firing: Slow"),
        (replace(GREEN, watchdog=False), "the Watchdog does not fire"),
        (replace(GREEN, unknown=("it does not answer",)), "cannot tell: it does not answer"),
    ],
)
def test_what_is_not_green_says_so(status: StackStatus, said: str) -> None:
    assert not status.green
    assert said in verdict(status)
    assert status_text(status, colour=False).rstrip().endswith(verdict(status))


def test_green() -> None:
    assert GREEN.green
    assert replace(GREEN, alerts=(replace(ALERT, state="pending"),)).green
    assert "Up 22 hours" in status_text(GREEN, colour=False)
    assert "\x1b[32m" in status_text(GREEN, colour=True)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "Less than a second"),
        (1, "1 second"),
        (125, "2 minutes"),
        (79300, "22 hours"),
        (172800, "2 days"),
    ],
)
def test_ages_read_as_in_docker(seconds: float, said: str) -> None:
    assert spell_age(seconds) == said
