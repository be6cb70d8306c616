"""``stack up``, ``status`` and ``down`` with the real servers, as a user runs them."""

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from scratch import ROLLOUT_SPEC

from genesis_monitoring.clients.pids import identify
from genesis_monitoring.stack.folder import StateFolder
from stack.runs import ROOT, command, genesis_mon, pid_of, running_in, wait_until

UP = ("stack", "up", "--native", "--catch", "--free-ports")
UNITS = {"catcher", "alertmanager", "node-exporter", "genesis-metrics", "prometheus"}


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "state"
    yield path
    genesis_mon("stack", "down", "--state", path)
    assert running_in(tmp_path) == []


def status(state: Path) -> Any:
    return genesis_mon("stack", "status", "--state", state, "--format", "json").json


def up(state: Path, *more: str) -> None:
    done = genesis_mon(*UP, "--state", state, *more)
    assert done.code == 0, done.err


@pytest.mark.live
def test_a_whole_life(state: Path) -> None:
    begun = genesis_mon(*UP, "--simulate", "healthy", "--state", state)
    assert begun.code == 0, begun.err
    assert "prometheus is healthy" in begun.err
    assert begun.out.splitlines()[0].split() == ["NAME", "STATUS", "HEALTH", "PORTS", "LINK"]
    assert "grafana-server is missing" in begun.out
    wait_until(lambda: genesis_mon("stack", "status", "--state", state).code == 0, 60)

    told = status(state)
    assert {service["name"] for service in told["services"]} == UNITS | {"simulator"}
    assert {service["health"] for service in told["services"]} == {"healthy"}
    assert [absent["name"] for absent in told["absent"]] == ["grafana"]
    assert {target["job"] for target in told["targets"]} == UNITS - {"catcher"} | {"genesis-app"}
    assert told["watchdog"] is True
    text = genesis_mon("stack", "status", "--state", state).out
    assert "Up " in text
    assert text.endswith("all green\n")

    ports = next(one["ports"] for one in told["services"] if one["name"] == "genesis-metrics")
    assert len(ports) == 2, "8000 and 8002 of the spec"
    for port in ports:
        assert b"genesis_suite_tests_expected" in urllib.request.urlopen(f"http://{port}/metrics").read()

    folder = StateFolder(state)
    pids = {name: pid_of(folder, name) for name in UNITS}
    again = genesis_mon(*UP, "--simulate", "healthy", "--state", state)
    assert again.code == 0
    assert "running already, and nothing has changed" in again.err
    assert {name: pid_of(folder, name) for name in UNITS} == pids

    exporter = pid_of(folder, "genesis-metrics")
    os.kill(exporter, signal.SIGKILL)
    wait_until(lambda: pid_of(folder, "genesis-metrics") not in (0, exporter))
    wait_until(lambda: all(one["health"] == "healthy" for one in status(state)["services"]))
    restarted = next(one for one in status(state)["services"] if one["name"] == "genesis-metrics")
    assert restarted["restarts"] == 1

    ended = genesis_mon("stack", "down", "--state", state)
    assert (ended.code, ended.out) == (0, "the stack is down\n")
    assert running_in(state) == []
    assert any((state / "data" / "prometheus-data").iterdir()), "data is kept"
    assert genesis_mon("stack", "down", "--state", state).out == "the stack does not run\n"
    nothing = genesis_mon("stack", "status", "--state", state)
    assert nothing.code == 1
    assert "the stack does not run" in nothing.out
    genesis_mon("stack", "down", "--state", state, "--volumes")
    assert not (state / "data").exists()
    genesis_mon("stack", "down", "--state", state, "--purge")
    assert not state.exists()


@pytest.mark.live
def test_what_runs_is_what_was_generated(state: Path) -> None:
    up(state)
    for file in sorted((ROOT / "generated/prometheus").rglob("*.yml")):
        copy = state / "run" / file.relative_to(ROOT / "generated")
        if file.name != "prometheus.yml":
            assert copy.read_bytes() == file.read_bytes()
    mapped = yaml.safe_load((state / "run/prometheus/prometheus.yml").read_text())
    jobs = [job["job_name"] for job in mapped["scrape_configs"]]
    generated = yaml.safe_load((ROOT / "generated/prometheus/prometheus.yml").read_text())
    assert [j["job_name"] for j in generated["scrape_configs"] if j["job_name"] != "grafana"] == jobs


@pytest.mark.live
def test_a_changed_spec_restarts_what_it_changes(state: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    text = (ROLLOUT_SPEC).read_text("utf-8")
    (own / "slo.yaml").write_text(text)
    here = ("--spec", own / "slo.yaml", "--state", state)
    missing = genesis_mon(*UP, *here)
    assert missing.code == 1
    assert "genesis-mon render" in missing.err
    genesis_mon("render", "--spec", own / "slo.yaml")
    assert genesis_mon(*UP, *here).code == 0
    before = {name: pid_of(StateFolder(state), name) for name in UNITS}
    (own / "slo.yaml").write_text(text.replace("target: 100, no_go: 200", "target: 150, no_go: 200"))
    drifted = genesis_mon(*UP, *here)
    assert drifted.code == 1
    assert "is not what the spec renders to" in drifted.err
    genesis_mon("render", "--spec", own / "slo.yaml")
    renewed = genesis_mon(*UP, *here)
    assert renewed.code == 0, renewed.err
    after = {name: pid_of(StateFolder(state), name) for name in UNITS}
    # The exporter and the catcher read the spec, or stand beside it; node exporter does not.
    assert {name for name in UNITS if before[name] == after[name]} == {
        "alertmanager",
        "node-exporter",
        "catcher",
    }


def test_a_killed_supervisor_takes_all_with_it_and_up_starts_afresh(state: Path) -> None:
    up(state)
    folder = StateFolder(state)
    supervisor = folder.supervisor()
    children = [identify(pid_of(folder, name)) for name in UNITS]
    assert supervisor is not None
    os.kill(supervisor, signal.SIGKILL)
    wait_until(lambda: not any(child and child.alive for child in children))
    told = genesis_mon("stack", "status", "--state", state)
    assert told.code == 1
    assert "the supervisor was killed" in told.out
    up(state)
    assert {one["health"] for one in status(state)["services"]} == {"healthy"}


@pytest.mark.live
def test_a_torn_account_is_told(state: Path) -> None:
    up(state)
    (state / "launch.json").write_text('{"version": 1, "units": [')
    told = genesis_mon("stack", "status", "--state", state)
    assert told.code == 3
    assert "cannot tell: the account" in told.out
    assert "stack down, then up" in told.out
    up(state)


@pytest.mark.live
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_what_is_being_started(state: Path, number: signal.Signals) -> None:
    # Prometheus never becomes ready, so that there is time to interrupt.
    stuck = state.parent / "stuck"
    stuck.write_text("#!/bin/sh\nexec sleep 1000\n")
    stuck.chmod(0o755)
    env = {**os.environ, "GENESIS_MON_PROMETHEUS": str(stuck)}
    process = subprocess.Popen(
        command(*UP, "--state", state), cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
    )
    wait_until(lambda: pid_of(StateFolder(state), "alertmanager"))
    time.sleep(0.2)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == (130 if number == signal.SIGINT else 143)
    assert "stopping what was started" in said
    assert "Traceback" not in said
    assert running_in(state) == []


@pytest.mark.live
def test_foreground_stays_and_ends_with_its_terminal(state: Path) -> None:
    for number in (signal.SIGINT, signal.SIGKILL):
        process = subprocess.Popen(
            command(*UP, "--foreground", "--state", state),
            cwd=ROOT,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        assert process.stderr is not None
        while "^C stops everything" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(number)
        process.communicate(timeout=60)
        assert process.returncode == (0 if number == signal.SIGINT else -9)
        wait_until(lambda: running_in(state) == [])


def test_a_service_that_never_becomes_healthy(state: Path) -> None:
    late = genesis_mon(
        *UP, "--state", state, "--timeout", "2", env={"GENESIS_MON_PROMETHEUS": "/usr/bin/yes"}
    )
    assert late.code == 1
    assert "prometheus" in late.err
    assert "/logs/" in late.err
    assert running_in(state) == []


@pytest.mark.live
def test_a_supervisor_that_has_not_begun_when_the_time_is_up_begins_nothing(state: Path) -> None:
    slow = state.parent / "slow"
    slow.mkdir()
    (slow / "sitecustomize.py").write_text(
        "import sys, time\nif 'supervise' in sys.orig_argv:\n    time.sleep(6)\n"
    )
    late = genesis_mon(*UP, "--state", state, "--timeout", "1", env={"PYTHONPATH": str(slow)})
    assert late.code == 1
    assert "not healthy within 1 s" in late.err
    assert running_in(state) == []


@pytest.mark.live
def test_a_service_that_ends_again_and_again(state: Path) -> None:
    failing = genesis_mon(*UP, "--state", state, env={"GENESIS_MON_ALERTMANAGER": "/bin/false"})
    assert failing.code == 1
    assert "alertmanager ends again and again (exit code 1)" in failing.err
    assert running_in(state) == []
