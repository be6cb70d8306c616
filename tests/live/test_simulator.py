"""History, simulator and a real Prometheus with the rules of a drill: exactly the alerts of a scenario."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from scratch import ROLLOUT_SPEC

from genesis_monitoring.clients.tools import PROMETHEUS, PROMTOOL, find_tool
from genesis_monitoring.commands.drill import just_observed
from genesis_monitoring.commands.project import Inputs, Project, load_project
from genesis_monitoring.stack.history import history_needed, write_history
from genesis_monitoring.stack.scenario import load_scenario
from genesis_monitoring.tree.writer import write_tree

ROOT = Path(__file__).parents[2]
APP, TESTS = "genesis-app", "genesis-metrics"
pytestmark = pytest.mark.live


@dataclass(frozen=True)
class Played:
    """A Prometheus that scrapes a simulator."""

    project: Project
    port: int

    def ask(self, path: str) -> object:
        with urlopen(f"http://127.0.0.1:{self.port}/api/v1/{path}", timeout=10) as answer:
            return json.load(answer)["data"]

    def alerts(self) -> dict[str, str]:
        """State by name, without the Watchdog and what is in shadow; firing counts before pending."""
        data = self.ask("alerts")
        assert isinstance(data, dict)
        found: dict[str, str] = {}
        for alert in sorted(data["alerts"], key=lambda one: one["state"], reverse=True):
            if "shadow_severity" not in alert["labels"]:
                found[alert["labels"]["alertname"]] = alert["state"]
        assert found.pop("Watchdog", "firing") == "firing"
        return found

    def firing(self) -> set[str]:
        return {name for name, state in self.alerts().items() if state == "firing"}

    def has(self, expr: str) -> bool:
        data = self.ask(f"query?query={quote(expr)}")
        assert isinstance(data, dict)
        return bool(data["result"])


@contextmanager
def process(*command: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        started = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=log.parent)
        try:
            yield started
        finally:
            started.send_signal(signal.SIGTERM)
            started.wait(20)


def said(log: Path, pattern: str, seconds: float) -> str:
    """The first group of ``pattern`` once it stands in ``log``."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = re.search(pattern, log.read_text("utf-8", "replace")) if log.exists() else None
        if found:
            return found[1]
        time.sleep(0.2)
    raise AssertionError(log.read_text("utf-8", "replace"))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert isinstance(port, int)
    return port


@contextmanager
def played(name: str, folder: Path) -> Iterator[Played]:
    inputs = Inputs(ROLLOUT_SPEC, folder / "tree", None, "drill")
    project = load_project(inputs, start=just_observed(inputs))
    write_tree(folder / "tree", project.artifacts)
    simulate = (sys.executable, "-m", "genesis_monitoring", "stack", "simulate", name)
    where = ("--spec", str(ROLLOUT_SPEC), "--out", str(folder / "tree"), "--listen", "127.0.0.1:0")
    promtool = find_tool(PROMTOOL).argv
    (folder / "spec").mkdir()
    shutil.copy(ROLLOUT_SPEC, folder / "spec")
    exported = f"127.0.0.1:{free_port()}"
    exporter = (sys.executable, "-m", "genesis_monitoring", "exporter", "serve", "--listen", exported)
    with (
        process(*simulate, *where, "--results", str(folder / "spec/results"), log=folder / "simulator.log"),
        process(*exporter, "--spec", str(folder / "spec/slo.yaml"), log=folder / "exporter.log"),
    ):
        address = said(folder / "simulator.log", r"http://([0-9.:]+)/metrics", 30)
        end = int(time.time())
        instances = {job.job: job.targets[0] for job in project.plan.prometheus.scrape_configs}
        write_history(
            project.plan,
            load_scenario(name),
            folder / "past.om",
            start=end - history_needed(project.plan),
            end=end,
            instances={**instances, APP: address, TESTS: exported},
        )
        blocks = (str(folder / "past.om"), str(folder / "data"))
        making = (*promtool, "tsdb", "create-blocks-from", "openmetrics", *blocks)
        subprocess.run(making, check=True, capture_output=True)
        config = {
            "global": {"scrape_interval": "15s", "evaluation_interval": "15s"},
            "rule_files": [str(folder / "tree/prometheus/rules/*.yml")],
            "scrape_configs": [
                {"job_name": APP, "static_configs": [{"targets": [address]}]},
                {"job_name": TESTS, "static_configs": [{"targets": [exported]}]},
            ],
        }
        (folder / "prometheus.yml").write_text(json.dumps(config), "utf-8")
        prometheus = (
            *find_tool(PROMETHEUS).argv,
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            "--web.listen-address=127.0.0.1:0",
        )
        with process(*prometheus, log=folder / "prometheus.log"):
            port = int(said(folder / "prometheus.log", r"[Ll]isten\w* on\W.*?127\.0\.0\.1:(\d+)", 30))
            said(folder / "prometheus.log", r"(Server is ready)", 30)
            yield Played(project, port)


def test_a_healthy_application_has_all_its_values_and_no_alert(tmp_path: Path) -> None:
    with played("healthy", tmp_path) as stack:
        plan = stack.project.plan
        own = [one for one in plan.slis.values() if one.job in (APP, TESTS)]
        assert len(own) > 20
        until = time.monotonic() + 30
        while missing := [one.name for one in own if not stack.has(one.record)]:
            assert time.monotonic() < until, missing
            time.sleep(1)
        for _ in range(30):
            assert stack.alerts() == {}
            time.sleep(2)


@pytest.mark.parametrize("name", os.environ.get("SCENARIOS", "error-burst").split(","))
def test_exactly_the_alerts_that_the_scenario_says(name: str, tmp_path: Path) -> None:
    wanted = set(load_scenario(name).expect.alerts)
    began = time.monotonic()
    with played(name, tmp_path) as stack:
        fired: dict[str, float] = {}
        while wanted - set(fired):
            for alert in stack.firing() - set(fired):
                fired[alert] = time.monotonic() - began
            assert time.monotonic() < began + 180, (fired, stack.alerts())
            time.sleep(1)
        # A scenario without alerts has to prove that nothing comes, well after its phase began.
        for _ in range(10 if wanted else 30):
            time.sleep(3)
            assert stack.firing() == wanted
    print(name, fired)
