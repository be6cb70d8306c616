"""The whole stack with a synthetic application: green, complete, visible, and sturdy when things break."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from scratch import ROLLOUT_SPEC
from stack.runs import genesis_mon, pid_of, running_in, wait_until

from genesis_monitoring.clients.loopback_prometheus import loopback_prometheus
from genesis_monitoring.clients.samples import Series
from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.stack.caught import read_caught
from genesis_monitoring.stack.folder import StateFolder
from genesis_monitoring.stack.scenario import shipped_scenarios

pytestmark = pytest.mark.live
UP = ("stack", "up", "--free-ports", "--state")
PLAN = load_project(Inputs(ROLLOUT_SPEC, None, None, None)).plan


@contextmanager
def running(state: Path, scenario: str = "healthy", *more: str | Path) -> Iterator[StateFolder]:
    begun = genesis_mon(*UP, state, "--simulate", scenario, *more)
    try:
        assert begun.code == 0, begun.err
        yield StateFolder(state)
    finally:
        ended = genesis_mon("stack", "down", "--state", state)
        assert ended.code == 0, ended.err
        assert running_in(state) == []


def status(folder: StateFolder) -> Any:
    return genesis_mon("stack", "status", "--state", folder.path, "--format", "json").json


def is_green(folder: StateFolder) -> bool:
    return genesis_mon("stack", "status", "--state", folder.path).code == 0


def port_of(folder: StateFolder) -> int:
    launch = folder.read_launch()
    unit = launch.unit("prometheus") if launch else None
    assert unit is not None
    return unit.port


def query(folder: StateFolder, expression: str) -> tuple[Series, ...]:
    return loopback_prometheus(port_of(folder)).instant(expression, time.time()).series


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateFolder]:
    with running(tmp_path_factory.mktemp("stack") / "state") as folder:
        wait_until(lambda: is_green(folder), 30)
        yield folder


def test_all_is_green_within_half_a_minute(healthy: StateFolder) -> None:
    until, told = time.monotonic() + 30, status(healthy)
    # It is green before the first scrape of what the spec still calls planned.
    while {target["health"] for target in told["targets"]} != {"up"}:
        assert time.monotonic() < until, told["targets"]
        time.sleep(1)
        told = status(healthy)
    jobs = {job.job for job in PLAN.prometheus.scrape_configs} - {"grafana"}
    assert {target["job"] for target in told["targets"]} == jobs
    planned = sum(len(group.recording) + len(group.alerting) for group in PLAN.rule_groups)
    assert sum(group["healthy"] for group in told["groups"]) == planned


def test_every_metric_of_the_catalogue_is_exported(healthy: StateFolder) -> None:
    def missing() -> list[str]:
        suffix = {name: "_bucket" if m.type == "histogram" else "" for name, m in PLAN.spec.metrics.items()}
        return [name for name, end in suffix.items() if not query(healthy, f"{name}{end}")]

    until = time.monotonic() + 30
    while found := missing():
        assert time.monotonic() < until, found
        time.sleep(1)


def test_no_alert_and_no_panel_is_without_data(healthy: StateFolder) -> None:
    panels = {
        query.expr.replace("$__rate_interval", "1m").replace("$sloth_id", ".+"): panel.title
        for dashboard in PLAN.dashboards
        for panel in dashboard.panels
        for query in panel.queries
        if "ALERTS{" not in query.expr
    }
    assert len(panels) > 15
    watched = {sli.record: f"SLI {sli.name}" for sli in PLAN.slis.values()}
    until = time.monotonic() + 120
    while empty := {title for expr, title in {**panels, **watched}.items() if not query(healthy, expr)}:
        assert time.monotonic() < until, empty
        time.sleep(2)


def chromium(url: str, folder: Path) -> str:
    """The page's text; a screenshot of it is left in ``folder``."""
    program = shutil.which("chromium")
    assert program, "chromium is missing"
    common = (program, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/chromium")
    patient = "--virtual-time-budget=8000"
    picture = ("--window-size=1200,1600", f"--screenshot={folder}/page.png")
    subprocess.run((*common, patient, *picture, url), check=True, capture_output=True, timeout=120)
    dumped = subprocess.run(
        (*common, patient, "--dump-dom", url), check=True, capture_output=True, timeout=120
    )
    assert (folder / "page.png").stat().st_size > 20_000
    return " ".join(re.sub(r"<[^>]+>", " ", dumped.stdout.decode("utf-8", "replace")).split())


def page(folder: StateFolder, name: str) -> str:
    """Debian packages the classic pages alone, others the new ones alone."""
    from genesis_monitoring.clients.loopback import ask

    port = port_of(folder)
    path = next(path for path in (f"/classic/{name}", f"/{name}") if ask(port, "GET", path)[0] == 200)
    return f"http://127.0.0.1:{port}{path}"


def test_the_alerts_page_shows_every_alert(healthy: StateFolder, tmp_path: Path) -> None:
    text = chromium(page(healthy, "alerts"), tmp_path)
    alerts = [rule.alert for group in PLAN.rule_groups for rule in group.alerting]
    for alert in set(alerts):
        assert text.count(f"{alert} (") >= alerts.count(alert), alert
    assert "Firing (1)" in text
    assert "Watchdog (1 active)" in text


def test_the_rules_page_shows_every_rule_and_no_error(healthy: StateFolder, tmp_path: Path) -> None:
    text = chromium(page(healthy, "rules"), tmp_path)
    for group in PLAN.rule_groups:
        for record in group.recording:
            assert record.record in text
        for rule in group.alerting:
            assert rule.alert in text
    planned = sum(len(group.recording) + len(group.alerting) for group in PLAN.rule_groups)
    assert len(re.findall(r"\bok\b", text, re.IGNORECASE)) == planned


@pytest.mark.parametrize("unit", ["genesis-metrics", "simulator", "prometheus", "alertmanager"])
def test_what_is_killed_comes_back_and_all_is_green_again(healthy: StateFolder, unit: str) -> None:
    before = pid_of(healthy, unit)
    begun = min((s.values[0] for s in query(healthy, "min_over_time(timestamp(up)[1h:15s])")), default=0)
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: pid_of(healthy, unit) not in (0, before), 30)
    wait_until(lambda: is_green(healthy), 90)
    if unit == "prometheus":
        samples = query(healthy, "count_over_time(sli:monthly_cost:usd_per_month[10m])")
        assert begun
        assert samples[0].values[0] > 1, "what was stored before is still there"


def test_torn_results_are_told_and_the_last_good_ones_stay(healthy: StateFolder) -> None:
    folder = healthy.run / "spec" / "results"
    until = time.monotonic() + 60
    while not any(one.values[0] == 0 for one in query(healthy, "genesis_suite_parse_success")):
        # The simulator writes whole files again; ours is torn until then.
        (folder / "regression.xml").write_text("<testsuite><testcase name='a'", "utf-8")
        assert time.monotonic() < until
        time.sleep(1)
    torn = {dict(one.labels)["suite"] for one in query(healthy, "genesis_suite_parse_success == 0")}
    assert torn == {"regression"}
    assert query(healthy, "genesis_regression_pass_rate")[0].values[0] >= 98
    assert [alert["name"] for alert in status(healthy)["alerts"] if alert["state"] == "firing"] == []


def test_alerts_arrive_after_alertmanager_was_away(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    drill = ("--profile", "drill", "--out", tree)
    assert genesis_mon("render", *drill).code == 0
    with running(tmp_path / "state", "service-outage", *drill) as folder:
        stopped = pid_of(folder, "alertmanager")
        os.kill(stopped, signal.SIGSTOP)
        fires = "ALERTS{alertname='VectorDBServiceDown', alertstate='firing'}"
        wait_until(lambda: query(folder, fires), 120)
        assert "alertmanager is unhealthy" in genesis_mon("stack", "status", "--state", folder.path).out
        assert read_caught(folder.logs / "caught.jsonl") == ()
        os.kill(stopped, signal.SIGKILL)
        # Prometheus sends each alert again a minute after it was last sent, so others may come first.
        wait_until(lambda: "VectorDBServiceDown" in str(read_caught(folder.logs / "caught.jsonl")), 150)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    yield disk
    subprocess.run(["umount", disk], check=True)


def fill(disk: Path) -> None:
    with (disk / "ballast").open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    assert shutil.disk_usage(disk).free < 4096


def test_a_disk_that_is_full_from_the_start(small_disk: Path) -> None:
    fill(small_disk)
    begun = genesis_mon(*UP, small_disk / "state", "--catch")
    assert begun.code == 3, begun.err
    assert "No space left on device" in begun.err
    assert "Traceback" not in begun.err
    assert running_in(small_disk) == []


def test_a_disk_that_becomes_full(small_disk: Path) -> None:
    state = small_disk / "state"
    assert genesis_mon(*UP, state, "--catch").code == 0
    folder = StateFolder(state)
    supervisor = folder.supervisor()
    fill(small_disk)
    exporter = pid_of(folder, "genesis-metrics")
    os.kill(exporter, signal.SIGKILL)
    time.sleep(3)
    assert folder.supervisor() == supervisor
    told = genesis_mon("stack", "status", "--state", state)
    assert "Traceback" not in told.err
    (small_disk / "ballast").unlink()
    wait_until(lambda: pid_of(folder, "genesis-metrics") not in (0, exporter), 30)
    wait_until(lambda: all(one["health"] == "healthy" for one in status(folder)["services"]), 60)
    fill(small_disk)
    assert genesis_mon("stack", "down", "--state", state).code == 0
    assert running_in(small_disk) == []


@pytest.mark.parametrize("scenario", shipped_scenarios())
def test_a_scenario_makes_exactly_its_alerts(scenario: str, tmp_path: Path) -> None:
    played = genesis_mon(
        "stack", "drill", "--end-to-end", scenario, "--format", "json", env={"TMPDIR": str(tmp_path)}
    )
    assert played.code == 0, played.out + played.err
    assert played.json["ok"] is True
    assert list(tmp_path.iterdir()) == []
