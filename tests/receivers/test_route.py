"""Who is told of an alert at a moment, and until when: by the spec, and the same by a real Alertmanager."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st
from plan.specs import as_text, every_kind
from published import check
from stack.runs import Ended, genesis_mon

from genesis_monitoring.spec.hours import holding, next_change
from genesis_monitoring.spec.nights import ClockTimes, Intervals, TimeInterval

from .test_nights import NIGHT, NOON, nightly

BERLIN = "Europe/Berlin"
NIGHTS: Intervals = {
    "nights": (
        TimeInterval(location=BERLIN, times=(ClockTimes(start_time="22:00", end_time="24:00"),)),
        TimeInterval(location=BERLIN, times=(ClockTimes(start_time="00:00", end_time="06:00"),)),
    ),
    "weekends": (TimeInterval(location=BERLIN, weekdays=("saturday", "sunday")),),
    "skipped": (TimeInterval(location=BERLIN, times=(ClockTimes(start_time="02:15", end_time="02:45"),)),),
    "brief": (
        TimeInterval(
            location="Asia/Kathmandu",
            times=(ClockTimes(start_time="10:03", end_time="10:04"),),
            months=("3",),
        ),
    ),
}


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("route")
    data = every_kind()
    nightly(data)
    (folder / "slo.yaml").write_text(as_text(data))
    return folder


def route(folder: Path, *arguments: str) -> Ended:
    return genesis_mon("route", *arguments, cwd=folder)


def told(folder: Path, *arguments: str) -> Any:
    done = route(folder, *arguments, "--format", "json")
    assert done.code == 0, done.err
    check("route", done.json, "version")
    return done.json


def by_name(alert: Any) -> dict[str, Any]:
    return {one["receiver"]: one for one in alert["receivers"]}


@settings(max_examples=10)
@example(datetime(2026, 10, 25, 0, 50, tzinfo=UTC), ("skipped",))  # comes twice in that night
@example(datetime(2026, 3, 29, 0, 0, tzinfo=UTC), ("skipped",))  # and in this one not at all
@given(
    st.datetimes(datetime(2026, 3, 26), datetime(2026, 3, 31), timezones=st.just(UTC))
    | st.datetimes(datetime(2026, 10, 23), datetime(2026, 10, 27), timezones=st.just(UTC)),
    st.sampled_from([("nights",), ("nights", "weekends"), ("skipped",), ("brief",)]),
)
def test_it_is_the_first_minute_at_which_it_is_otherwise(moment: datetime, names: tuple[str, ...]) -> None:
    """Across both changes of the clock, as a look at each minute finds it."""
    intervals = {name: NIGHTS[name] for name in names}
    now = bool(holding(intervals, moment))
    minute = moment.replace(second=0, microsecond=0)
    found = next_change(intervals, moment, bool)
    for _ in range(36 * 60):
        minute += timedelta(minutes=1)
        if bool(holding(intervals, minute)) is not now:
            assert found == minute
            return
    assert found is None or found > minute


def test_where_no_time_matters_nothing_changes() -> None:
    assert next_change({}, datetime(2026, 12, 24, tzinfo=UTC), bool) is None


def test_muted_by_what_and_until_when(folder: Path) -> None:
    name = "MeanSlow"
    (alert,) = told(folder, name, "--at", NIGHT)["alerts"]
    muted = [one for one in alert["receivers"] if one["mute"]]
    assert muted
    for one in muted:
        assert (one["told"], one["because"], one["until"]) == (False, ["nights"], "2026-12-02T05:00:00Z")
    (alert,) = told(folder, name, "--at", NOON)["alerts"]
    assert {(one["told"], one["until"]) for one in alert["receivers"]} == {(True, "2026-12-02T21:00:00Z")}
    said = route(folder, name, "--at", NIGHT).out
    assert "until Wednesday 2026-12-02 06:00 (Europe/Berlin): muted by nights" in said
    assert "while nights holds" in said
    assert "except nights + weekends" in route(folder, name).out
    assert told(folder, name)["alerts"][0]["receivers"][0]["told"] is None


def test_one_that_is_active_at_times_alone(folder: Path) -> None:
    document = told(folder, "SavingMissed", "--at", NIGHT)
    (alert,) = document["alerts"]
    people = by_name(alert)
    assert (document["holds"], people["money-night"]["told"], people["money-pager"]["told"]) == (
        ["nights"],
        True,
        False,
    )
    assert people["money-mail"]["because"] == ["office"]
    done = route(folder, "SavingMissed", "--at", NIGHT, "--verify-receivers", "money-night")
    assert done.code == 0, done.err
    done = route(folder, "SavingMissed", "--at", NOON, "--verify-receivers", "money-night")
    assert done.code == 1
    assert "told: money-pager, money-mail; --verify-receivers says: money-night" in done.err


def test_a_label_of_the_series_chooses(folder: Path) -> None:
    name = "QueueLong"
    assert len(told(folder, name)["alerts"]) == 2
    (alert,) = told(folder, name, "queue=invoices")["alerts"]
    assert alert["team"] == "money"
    (alert,) = told(folder, name, "queue=others")["alerts"]
    assert alert["team"] != "money"
    assert {"name": "queue", "value": "others"} in alert["labels"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("QueueLonk", "there is no alert 'QueueLonk'; did you mean \"QueueLong\"?"),
        ("QueueLong queu=x", "QueueLong has no label 'queu'; did you mean \"queue\"?"),
        ("QueueLong severity=P9", "QueueLong never has severity=P9"),
        ("QueueLong queue", "'queue' is no label"),
        ("QueueLong --at 2026-12-24T23:00", "--at is no time"),
        ("QueueLong --verify-receivers moneymail", "there is no receiver 'moneymail'"),
    ],
)
def test_what_there_is_not_is_refused(folder: Path, arguments: str, said: str) -> None:
    done = route(folder, *arguments.split())
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_drill_at_a_time_needs_times_that_matter(tmp_path: Path) -> None:
    assert genesis_mon("init", cwd=tmp_path).code == 0
    assert genesis_mon("render", cwd=tmp_path).code == 0
    done = genesis_mon("stack", "drill", "--at", NOON, cwd=tmp_path)
    assert done.code == 2
    assert "the spec has no time_intervals" in done.err
    assert genesis_mon("stack", "drill", "--at", "noon", cwd=tmp_path).code == 2
    done = genesis_mon("stack", "drill", "--at", NOON, "--end-to-end", "healthy", cwd=tmp_path)
    assert "--end-to-end and --at exclude each other" in done.err


@pytest.mark.live
def test_a_real_alertmanager_tells_the_same_just_before_and_from_then_on(folder: Path) -> None:
    name = "MeanSlow"
    assert genesis_mon("render", cwd=folder).code == 0
    (alert,) = told(folder, name, "--at", NIGHT)["alerts"]
    until = datetime.fromisoformat(alert["receivers"][0]["until"])
    for moment in (until - timedelta(minutes=5), until):
        at = moment.isoformat()
        (alert,) = told(folder, name, "--at", at)["alerts"]
        done = genesis_mon("stack", "drill", "--alert", name, "--at", at, "--format", "json", cwd=folder)
        assert done.code == 0, done.out + done.err
        check("stack-drill", done.json, "way")
        (drilled,) = done.json["alerts"]
        assert {one["receiver"] for one in drilled["arrivals"]} == {
            one["receiver"] for one in alert["receivers"] if one["told"]
        }
        assert drilled["muted"] == [one["receiver"] for one in alert["receivers"] if not one["told"]]
        assert done.json["at"] == f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.live
def test_a_message_that_is_not_to_come_is_seen(folder: Path, tmp_path: Path) -> None:
    """Of a tree whose route is not muted: past the command's own check that it is as rendered."""
    assert genesis_mon("render", cwd=folder).code == 0
    shutil.copytree(folder / "generated/alertmanager", tmp_path / "alertmanager")
    config = tmp_path / "alertmanager/alertmanager.yml"
    config.write_text(config.read_text().replace("mute_time_intervals: [nights, weekends]", ""))
    script = f"""
from datetime import datetime
from pathlib import Path
from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.stack.drill import run_drill
plan = load_project(Inputs(Path({str(folder / "slo.yaml")!r}), None, None, None)).plan
at = datetime.fromisoformat({NIGHT!r})
report = run_drill(plan, Path({str(tmp_path)!r}), "MeanSlow", lambda _: None, at)
print(report.ok, report.alerts[0].problems)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("False"), done.stdout
    assert "message came to" in done.stdout
