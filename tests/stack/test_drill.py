"""``stack drill`` on the committed tree, and on trees with a fault that it must see."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from published import check
from scratch import ROLLOUT_SPEC

from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.plan.alert_cases import alert_cases
from genesis_monitoring.stack.drill_cases import silencers, subjects, waves
from stack.runs import ROOT, genesis_mon, running_in

PLAN = load_project(Inputs(ROLLOUT_SPEC, None, None, None)).plan
NO_ROOM = {"GENESIS_MON_OPENSSL": "/nowhere/at/all"}
CONFIG = "alertmanager/alertmanager.yml"


def drill(*arguments: str | Path, env: dict[str, str] | None = None) -> tuple[int, Any]:
    done = genesis_mon("stack", "drill", "--format", "json", *arguments, env=env)
    assert "Traceback" not in done.err
    return done.code, done.json


def namespaces_can_be_had() -> bool:
    """Whether the system lets this user have them, with names of their own; many containers do not."""
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    tried = ["unshare", *user, "--mount", "--net", "mount", "-t", "tmpfs", "none", "/run"]
    return Path("/etc/hosts").exists() and subprocess.run(tried, capture_output=True).returncode == 0


@pytest.mark.parametrize("env", [{}, pytest.param(NO_ROOM, marks=pytest.mark.live)], ids=["sealed", "copy"])
def test_every_alert_arrives(env: dict[str, str]) -> None:
    way = "sealed" if not env and namespaces_can_be_had() else "copy"
    code, report = drill(env=env)
    problems = [one for one in (*report["alerts"], *report["inhibitions"]) if one["problems"]]
    assert problems == []
    assert (code, report["ok"], report["way"]) == (0, True, way)
    assert bool(report["why"]) is (way == "copy")
    check("stack-drill", report, "way")
    rules = {rule.alert for group in PLAN.rule_groups for rule in group.alerting if not rule.shadow}
    assert {alert["name"].partition(" ")[0] for alert in report["alerts"]} == rules
    for alert in report["alerts"]:
        assert alert["silent"] is (alert["name"] == "Watchdog")
        kinds = {(one["receiver"], one["kind"]) for one in alert["arrivals"]}
        if alert["severity"] in ("P0", "P1"):
            assert kinds == {("pager", "pagerduty"), ("genesis-alerts", "slack")}
        for one in alert["arrivals"]:
            assert one["title"]
            assert "resolved" in one["resolved_title"]
            assert "(drill" not in one["title"] + one["text"] + one["resolved_title"]
    assert [one["rule"] for one in report["inhibitions"]] == list(PLAN.spec.routing.inhibit)


@pytest.mark.live
@pytest.mark.parametrize(
    ("edit", "said"),
    [
        pytest.param(
            ("send_resolved: true", "send_resolved: false"),
            "no slack message came when it was over",
            id="end",
        ),
        pytest.param(
            ("title: '{{ template \"genesis.title\" . }}'", "title: 'Help'"), "lacks the alert's", id="title"
        ),
        pytest.param(("#genesis-alerts", "#nobody"), "no slack message came", id="channel"),
        pytest.param(
            ("'severity=\"P1\"'", "'severity=\"P7\"'"), "the spec says pager, genesis-alerts", id="route"
        ),
        pytest.param(
            ("group_by: [component]", "group_by: [alertname]"), "not grouped by component", id="group"
        ),
        pytest.param(
            ("equal: [team, component]", "equal: [alertname]"), "is not inhibited by", id="inhibition"
        ),
    ],
)
def test_a_fault_is_seen(tmp_path: Path, edit: tuple[str, str], said: str) -> None:
    text = (ROOT / "generated" / CONFIG).read_text("utf-8")
    assert edit[0] in text
    report = judged(tmp_path, text.replace(*edit))
    problems = [problem for one in (*report["alerts"], *report["inhibitions"]) for problem in one["problems"]]
    assert report["ok"] is False
    assert any(said in problem for problem in problems), problems


def judged(folder: Path, config: str) -> Any:
    """A drill of a tree that is not as rendered, past the command's own check for that."""
    import shutil
    import sys

    shutil.copytree(ROOT / "generated/alertmanager", folder / "alertmanager")
    (folder / CONFIG).write_text(config)
    script = (
        "import pathlib, sys\n"
        "from genesis_monitoring.commands.project import Inputs, load_project\n"
        "from genesis_monitoring.report.document import document_json\n"
        "from genesis_monitoring.stack import drill\n"
        "drill._PATIENCE_SECONDS = 3.0\n"
        f"plan = load_project(Inputs(pathlib.Path({str(ROLLOUT_SPEC)!r}), None, None, None)).plan\n"
        f"report = drill.run_drill(plan, pathlib.Path({str(folder)!r}), '', lambda _: None)\n"
        "print(document_json(type(report), report))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_one_alert_alone() -> None:
    code, report = drill("--alert", "VectorDBServiceDown")
    assert code == 0
    assert [alert["name"] for alert in report["alerts"]] == ["VectorDBServiceDown"]
    assert [one["rule"] for one in report["inhibitions"]] == ["vector-db-down"]


def test_an_alert_that_does_not_exist() -> None:
    done = genesis_mon("stack", "drill", "--alert", "VectorDBServiceDwn")
    assert done.code == 2
    assert 'did you mean "VectorDBServiceDown"' in done.err


def test_no_alertmanager() -> None:
    done = genesis_mon("stack", "drill", env={"GENESIS_MON_ALERTMANAGER": "/nowhere/at/all"})
    assert done.code == 3
    assert "alertmanager is missing" in done.err


def test_a_drill_leaves_nothing(tmp_path: Path) -> None:
    done = genesis_mon("stack", "drill", "--brief", "--alert", "Watchdog", env={"TMPDIR": str(tmp_path)})
    assert done.code == 0
    assert "nobody, on purpose" in done.out
    assert list(tmp_path.iterdir()) == []
    assert running_in(tmp_path) == []
    assert not Path("/run/secrets/slack_api_url").exists()


def test_a_wave_has_one_alert_a_group_and_no_silencer() -> None:
    every = subjects(PLAN, alert_cases(PLAN))
    planned = waves(PLAN, every)
    assert sorted(one.mark for wave in planned for one in wave) == sorted(one.mark for one in every)
    for wave in planned:
        groups = [(route.receiver, route.origin, route.group) for one in wave for route in one.routes]
        assert len(groups) == len(set(groups))
        assert not silencers(PLAN, wave)
