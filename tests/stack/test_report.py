"""What ``stack status`` and ``stack drill`` print: the committed schemas, and when all is green."""

import json
from dataclasses import replace

import pytest
from published import check

from genesis_monitoring.report.document import document_json
from genesis_monitoring.report.drill import drill_text
from genesis_monitoring.report.stack import status_text, verdict
from genesis_monitoring.stack.drill_report import AlertDrill, Arrival, DrillReport, InhibitionDrill
from genesis_monitoring.stack.end_to_end import AlertPlayed, EndToEndReport
from genesis_monitoring.stack.status import (
    AlertStatus,
    GroupStatus,
    ServiceStatus,
    StackStatus,
    TargetStatus,
    spell_age,
)
from genesis_monitoring.stack.values import ValueStatus

SERVICE = ServiceStatus(
    "prometheus", "Up 22 hours", "healthy", ("127.0.0.1:9090",), 0, "http://localhost:9090"
)
TARGET = TargetStatus("app", "127.0.0.1:1", "up", "", planned=False)
GROUP = GroupStatus("cost", 3, 0, 0, ())
ALERT = AlertStatus("Slow", "P1", "app", "", "firing", 0.0, "It is slow", "120 ms", "at least 100 ms")
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
    text = status_text(status, colour=False)
    assert text.rstrip().endswith(verdict(status))
    assert text.startswith(verdict(status))


def test_what_is_wrong_comes_first() -> None:
    down = replace(TARGET, job="db", health="down", error="connection refused")
    waiting = replace(ALERT, state="pending", name="Later")
    status = replace(GREEN, targets=(TARGET, down), alerts=(waiting,))
    text = status_text(status, colour=False)
    assert text.index("db   ") < text.index("app  ") < text.index("Later") < text.index("NAME")
    assert "rules: 3 in 1 group, all healthy" in text
    text = status_text(replace(status, alerts=(waiting, ALERT)), colour=False)
    assert text.index("Slow  ") < text.index("Later") < text.index("db  ")
    assert "120 ms (fires if at least 100 ms)" in text


VALUES = (
    ValueStatus("cpu", "CPU usage", "44 %", "good", "below 80 %"),
    ValueStatus("lag", "Latency", "120 ms", "alert", "below 100 ms"),
    ValueStatus("age", "Age", "", "no data", "at most 60 min"),
    ValueStatus("cost", "Cost of all that is", "", "planned", "at most $99/month"),
    ValueStatus("count", "Tests", "1044", "no level", ""),
)


def test_values_are_told_beside_what_is_wanted() -> None:
    text = status_text(replace(GREEN, values=VALUES, planned="1 metric is planned"), colour=False)
    lines = text.splitlines()
    assert lines[1] == "1 metric is planned"
    told = [line.split()[:2] for line in lines if "  " in line]
    assert told[:4] == [["STATE", "SLI"], ["alert", "Latency"], ["no", "data"], ["good", "CPU"]]
    assert "planned: Cost of all that is\n" in text
    assert "Tests" not in text
    assert "1 metric is planned" not in status_text(
        replace(GREEN, values=VALUES[:2], planned="1 metric is planned"), colour=False
    )


def test_what_is_planned_makes_nothing_red() -> None:
    later = replace(TARGET, job="later", health="down", error="connection refused", planned=True)
    status = replace(GREEN, targets=(TARGET, later), planned="2 metrics are planned")
    assert status.green
    assert verdict(status) == "all green"
    text = status_text(status, colour=False)
    assert text.splitlines()[1] == "2 metrics are planned"
    assert any(line.split()[:3] == ["later", "127.0.0.1:1", "planned"] for line in text.splitlines())
    assert not replace(status, targets=(TARGET, replace(later, planned=False))).green


def test_alerts_of_one_name_are_a_row() -> None:
    several = [replace(ALERT, name="Missing", value="", about=f"sli={n}", state="pending") for n in "abc"]
    text = status_text(replace(GREEN, alerts=tuple(several)), colour=False)
    assert "3 of them: sli=a; sli=b; sli=c" in text
    assert text.count("Missing") == 1


@pytest.mark.parametrize(("weight", "shown"), [("red", "(#alerts), red: title"), ("", "(#alerts): title")])
def test_a_message_without_a_weight_is_told_without_one(weight: str, shown: str) -> None:
    came = Arrival("pager", "slack", "#alerts", "title", "text", "link", weight, "resolved", "")
    alert = AlertDrill("Down", "P1", (), ("pager",), False, (), (came,), (), ())
    report = DrillReport(1, "sealed", "", "alertmanager.yml", "0" * 64, "0.27.0", False, (alert,), ())
    assert f"slack to pager {shown}" in drill_text(report, colour=False, brief=False, width=80)


def test_a_brief_drill_fits_a_screen_and_shows_what_is_wrong() -> None:
    came = Arrival("pager", "slack", "#alerts", "title", "a long text " * 40, "link", "red", "resolved", "")
    names = [f"AlertNumber{number}" for number in range(20)] + [f"Missing (sli={n})" for n in range(14)]
    alerts = [
        AlertDrill(name, f"P{index % 3}", (), ("pager",), False, (), (came,), (), ())
        for index, name in enumerate(names)
    ]
    alerts[3] = replace(alerts[3], problems=("nothing came of it",))
    rules = tuple(InhibitionDrill(f"rule-{n}", "", "AlertNumber1", ("AlertNumber2",), ()) for n in range(5))
    report = DrillReport(1, "sealed", "", "alertmanager.yml", "0" * 64, "0.27.0", False, tuple(alerts), rules)
    text = drill_text(report, colour=False, brief=True, width=80)
    lines = text.splitlines()
    assert len(lines) < 24
    assert max(map(len, lines)) <= 80
    assert lines[0] == "FAIL AlertNumber3: nothing came of it"
    assert lines[1].startswith("ok P0 to slack #alerts: 11 alerts: AlertNumber0, AlertNumber6, ")
    assert "Missing (5 times)" in text
    assert "ok 5 inhibit rules: rule-0, " in text
    assert lines[-1] == "not as the spec says: 1 alert, 0 inhibit rules"
    many = replace(report, alerts=tuple(replace(one, problems=("it never came",)) for one in alerts))
    worst = drill_text(many, colour=False, brief=True, width=80).splitlines()
    assert len(worst) < 24
    assert "and 28 problems more; without --brief they are all shown" in worst
    assert "a long text" in drill_text(report, colour=False, brief=False)


@pytest.mark.parametrize("width", [40, 80, 140])
def test_no_word_is_broken_in_a_narrow_terminal(width: int) -> None:
    long = replace(ALERT, about="instance=127.0.0.1:48395, sli=cpu_usage", summary="")
    status = replace(GREEN, alerts=(long,), values=VALUES)
    whole = status_text(status, colour=False, width=0)
    folded = status_text(status, colour=False, width=width)
    heads = {"LINK", "WANTED", "ERROR", "LAST", "VALUE", "-"}
    assert {word for word in whole.split() if word not in heads} <= set(folded.split())
    assert width == 40 or max(map(len, folded.splitlines())) <= width


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
