"""Nights and weekends: who is told when, by our own evaluation and by a real Alertmanager."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from checks.rule_tree import RuleTree, tree_of
from plan.specs import Data, as_text, every_kind
from stack.runs import genesis_mon

from genesis_monitoring.checks.alertmanager.config import check_alertmanager_config
from genesis_monitoring.checks.alertmanager.live import check_alertmanager_live
from genesis_monitoring.checks.alertmanager.nights import check_nights_live
from genesis_monitoring.checks.alertmanager.notification_delivery import check_notification_delivery
from genesis_monitoring.checks.alertmanager.routes import check_alertmanager_routes
from genesis_monitoring.clients.alertmanager import Alertmanager
from genesis_monitoring.clients.alertmanager_sessions import PostedAlert
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
from genesis_monitoring.plan.alert_cases import alert_cases
from genesis_monitoring.plan.alertmanager import zones_of
from genesis_monitoring.spec.nights import TimeInterval

from .owned import owned

NOON = "2026-12-02T12:00:00+01:00"
NIGHT = "2026-12-02T03:00:00+01:00"
WEEKEND = "2026-12-05T12:00:00+01:00"
TIMES = {"noon": NOON, "night": NIGHT, "weekend": WEEKEND}


def nightly(data: Data) -> None:
    """Warnings wait for the day, the chat has office hours, and money's pager has a day and a night."""
    owned(data)
    berlin = {"location": "Europe/Berlin"}
    data["time_intervals"] = {
        "nights": [
            {**berlin, "times": [{"start_time": "22:00", "end_time": "24:00"}]},
            {**berlin, "times": [{"start_time": "00:00", "end_time": "06:00"}]},
        ],
        "weekends": [{**berlin, "weekdays": ["saturday", "sunday"]}],
        "office": [
            {
                "location": "America/New_York",
                "weekdays": ["monday:friday"],
                "times": [{"start_time": "05:00", "end_time": "17:00"}],
            }
        ],
    }
    data["severities"]["P2"]["mute"] = ["nights", "weekends"]
    data["teams"]["stock"]["mute"] = {"P2": ["weekends"]}
    data["receivers"]["money-mail"]["active"] = ["office"]
    data["receivers"]["money-night"] = {
        "description": "Money on call at night",
        "pagerduty": {"routing_key_secret": "pager_key"},
        "active": ["nights"],
    }
    data["receivers"]["money-pager"]["mute"] = ["nights"]
    data["teams"]["money"]["receivers"]["P0"] = ["money-pager", "money-night", "money-mail"]


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return tree_of(tmp_path / "spec", nightly)


def interval(**given: Any) -> TimeInterval:
    return TimeInterval.model_validate(
        {
            "location": "Europe/Berlin",
            **{key: tuple(value) if isinstance(value, list) else value for key, value in given.items()},
        }
    )


MOMENTS: list[tuple[dict[str, Any], str, bool]] = [
    ({"weekdays": ["sunday:tuesday"]}, "2026-11-29T12:00:00+00:00", True),
    ({"days_of_month": ["27:-1"]}, "2027-02-28T12:00:00+00:00", True),
    ({"days_of_month": ["-3:-2"]}, "2027-02-28T12:00:00+00:00", False),
    ({"weekdays": ["saturday", "sunday"]}, "2026-12-04T23:00:00+00:00", True),
    ({"weekdays": ["saturday", "sunday"]}, "2026-12-04T22:59:00+00:00", False),
    ({"weekdays": ["Monday"]}, "2026-11-30T12:00:00+00:00", True),
    ({"times": ({"start_time": "06:00", "end_time": "22:00"},)}, "2026-03-28T05:00:00+00:00", True),
    # Summer time begins on 29 March: six o'clock is an hour sooner.
    ({"times": ({"start_time": "06:00", "end_time": "22:00"},)}, "2026-03-29T04:00:00+00:00", True),
    ({"times": ({"start_time": "06:00", "end_time": "22:00"},)}, "2026-03-28T04:00:00+00:00", False),
    ({"times": ({"start_time": "02:00", "end_time": "03:00"},)}, "2026-03-29T01:00:00+00:00", False),
    # Two o'clock comes twice on 25 October.
    ({"times": ({"start_time": "02:00", "end_time": "03:00"},)}, "2026-10-25T00:30:00+00:00", True),
    ({"times": ({"start_time": "02:00", "end_time": "03:00"},)}, "2026-10-25T01:30:00+00:00", True),
    ({"times": ({"start_time": "00:00", "end_time": "24:00"},)}, "2026-10-25T22:59:00+00:00", True),
    ({"days_of_month": ["-1"]}, "2028-02-29T12:00:00+00:00", True),
    ({"days_of_month": ["1:-2"]}, "2028-02-29T12:00:00+00:00", False),
    ({"days_of_month": ["31"]}, "2026-11-30T12:00:00+00:00", False),
    ({"months": ["november:december"], "years": ["2026"]}, "2026-11-30T12:00:00+00:00", True),
    ({"months": ["12"], "years": ["2020:2026"]}, "2026-11-30T12:00:00+00:00", False),
]


@pytest.mark.parametrize(("given", "moment", "within"), MOMENTS)
def test_a_moment_is_within(given: dict[str, Any], moment: str, within: bool) -> None:
    assert interval(**given).contains(datetime.fromisoformat(moment)) is within


GIVEN = tuple({json.dumps(given): given for given, _, _ in MOMENTS}.values())


@pytest.fixture(scope="module")
def every_interval(tmp_path_factory: pytest.TempPathFactory) -> RuleTree:
    """A receiver for each interval of ``MOMENTS``, told of within it."""

    def change(data: Data) -> None:
        named = {f"some-{number}": given for number, given in enumerate(GIVEN)}
        data["time_intervals"] = {
            name: [{"location": "Europe/Berlin", **given}] for name, given in named.items()
        }
        for name in named:
            data["receivers"][name] = {
                "description": "x",
                "webhook": {"url": "https://example.com/x"},
                "active": [name],
            }
        data["severities"]["P0"]["receivers"] = ["pager", *named, "chat"]

    return tree_of(tmp_path_factory.mktemp("intervals") / "spec", change)


@pytest.mark.live
@pytest.mark.parametrize("moment", dict.fromkeys(moment for _, moment, _ in MOMENTS))
def test_alertmanagers_own_code_says_the_same(moment: str, every_interval: RuleTree) -> None:
    at = datetime.fromisoformat(moment)
    within = {f"some-{number}" for number, given in enumerate(GIVEN) if interval(**given).contains(at)}
    told = told_by_alertmanager(every_interval, at)["RequestsFail"] - {"pager", "chat"}
    assert told - counted_a_day_short(at) == within - counted_a_day_short(at)


def counted_a_day_short(at: datetime) -> set[str]:
    """Intervals that count from the end of a month, where summer time begins in it.

    Such a month lacks an hour, and its last day with it for an Alertmanager without
    https://github.com/prometheus/alertmanager/pull/5447.
    """
    first = at.astimezone(ZoneInfo("Europe/Berlin")).replace(day=1, hour=0)
    after = (first + timedelta(days=31)).replace(day=1)
    if (after.utcoffset() or timedelta()) <= (first.utcoffset() or timedelta()):
        return set()
    return {f"some-{number}" for number, given in enumerate(GIVEN) if "-" in str(given.get("days_of_month"))}


def told_by_alertmanager(tree: RuleTree, at: datetime) -> dict[str, set[str]]:
    """The receivers that a real Alertmanager sends each alert to at a moment."""
    plan = tree.project.plan
    cases = alert_cases(plan)
    zones = zones_of(plan.alertmanager)
    with Alertmanager().deliver(tree.out, ALERTMANAGER_CONFIG, at=at, zones=zones) as session:
        session.fire(
            [
                PostedAlert(case.labels, (("summary", f"(one {number})"), ("description", "x")))
                for number, case in enumerate(cases)
            ]
        )
        session.settle(lambda: False)
    found: dict[str, set[str]] = {case.name: set() for case in cases}
    for message in session.messages:
        for number, case in enumerate(cases):
            if any(f"(one {number})" in text for text in message.texts):
                found[case.name].add(message.path.split("/")[1])
    return found


@pytest.mark.parametrize(
    ("when", "alert", "receivers"),
    [
        ("noon", "RequestsFail", {"pager", "chat"}),
        ("night", "RequestsFail", {"pager", "chat"}),
        ("weekend", "RequestsFail", {"pager", "chat"}),
        ("noon", "RequestsSlow", {"chat"}),
        ("night", "RequestsSlow", set()),
        ("weekend", "RequestsSlow", set()),
        ("noon", "CacheCold", {"stock-mail"}),
        ("night", "CacheCold", {"stock-mail"}),
        ("weekend", "CacheCold", set()),
        ("noon", "SavingMissed", {"money-pager", "money-mail"}),
        ("night", "SavingMissed", {"money-night"}),
        ("weekend", "SavingMissed", {"money-pager"}),
        ("noon", "CostHigh", {"money-mail"}),
        ("night", "CostHigh", set()),
    ],
)
def test_by_the_spec(when: str, alert: str, receivers: set[str], tree: RuleTree) -> None:
    plan = tree.project.plan
    moment = datetime.fromisoformat(TIMES[when])
    holds = {
        name for name, own in plan.spec.time_intervals.items() if any(one.contains(moment) for one in own)
    }
    case = next(one for one in alert_cases(plan) if one.name == alert)
    assert {told.receiver for told in case.told if told.hears(holds)} == receivers


def test_a_real_alertmanager_tells_the_same_at_noon_at_night_and_at_the_weekend(tree: RuleTree) -> None:
    plan = tree.project.plan
    for moment in map(datetime.fromisoformat, TIMES.values()):
        holds = {
            name for name, own in plan.spec.time_intervals.items() if any(one.contains(moment) for one in own)
        }
        wanted: dict[str, set[str]] = {}
        for case in alert_cases(plan):
            told = {one.receiver for one in case.told if one.hears(holds)} - {"watchdog"}
            wanted.setdefault(case.name, set()).update(told)
        assert told_by_alertmanager(tree, moment) == wanted


@pytest.mark.parametrize(
    ("alert", "said"),
    [
        (
            "RequestsSlow",
            [
                "- chat is not told within nights (22:00–06:00 Europe/Berlin) or "
                "weekends (Saturday and Sunday, Europe/Berlin)."
            ],
        ),
        ("CacheCold", ["- stock-mail is not told within weekends (Saturday and Sunday, Europe/Berlin)."]),
        (
            "SavingMissed",
            [
                "- money-pager is not told within nights (22:00–06:00 Europe/Berlin).",
                "- money-night is told only within nights (22:00–06:00 Europe/Berlin).",
                "- money-mail is told only within office (Monday to Friday, 05:00–17:00 America/New_York).",
            ],
        ),
        ("RequestsFail", []),
    ],
)
def test_the_runbook_says_who_is_not_told_at_any_time(alert: str, said: list[str], tree: RuleTree) -> None:
    page = re.sub(r"\\(?=[^A-Za-z0-9\s])", "", tree.text(f"docs/runbooks/{alert}.md"))
    assert [line for line in page.splitlines() if " told " in line and line.startswith("- ")] == said
    assert ("Alertmanager waits with it" in page) is bool(said)


def test_the_list_of_alerts_says_when(tree: RuleTree) -> None:
    page = re.sub(r"\\(?=[^A-Za-z0-9\s])", "", tree.text("docs/alerts.md"))
    assert "| chat except nights + weekends |" in page
    assert "| money-pager except nights, money-night in nights, money-mail in office |" in page
    assert "| nights | 22:00–06:00 Europe/Berlin |" in page


def test_all_checks_pass_at_any_time(tree: RuleTree) -> None:
    for check in (check_alertmanager_config, check_alertmanager_routes, check_alertmanager_live):
        assert tree.run(check) == []
    assert tree.run(check_notification_delivery) == []
    assert tree.run(check_nights_live) == []


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("sunday", "chat is told all the same"),
        pytest.param("saturday, sunday, monday", "chat is not told", marks=pytest.mark.live),
    ],
)
def test_a_file_with_other_times_is_told(days: str, said: str, tree: RuleTree) -> None:
    tree.spoil(ALERTMANAGER_CONFIG, "weekdays: [saturday, sunday]", f"weekdays: [{days}]")
    findings = tree.run(check_nights_live)
    assert {one.code for one in findings} == {"GM614"}
    assert any(said in one.message for one in findings), findings


@pytest.mark.live
def test_the_drill_goes_to_a_time_when_most_is_told(tmp_path: Path) -> None:
    data = every_kind()
    nightly(data)
    (tmp_path / "slo.yaml").write_text(as_text(data), "utf-8")
    assert genesis_mon("render", cwd=tmp_path).code == 0
    done = genesis_mon("stack", "drill", "--format", "json", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "its clock says that it is" in done.err
    assert datetime.now(UTC).year < 2028
