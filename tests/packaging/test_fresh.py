"""``make fresh`` sees what goes wrong: its machines are real, so here is only how it judges them."""

from pathlib import Path

import pytest

from fresh import settings
from fresh.promises import MACHINES, RENDER, TEST, Step
from fresh.traces import Traces


@pytest.mark.parametrize(
    ("step", "code", "said", "broken"),
    [
        (Step(RENDER), 0, "", ""),
        (Step(RENDER), 2, "", "ends with 2"),
        (Step(RENDER, refused=True, says="is the .* reachable"), 2, "is the index reachable?", ""),
        (Step(RENDER, refused=True, says="is the .* reachable"), 2, "ResolutionImpossible", "does not say"),
        (Step(RENDER, refused=True), 0, "", "was to be refused"),
    ],
)
def test_how_a_step_ends_is_judged(step: Step, code: int, said: str, broken: str) -> None:
    assert broken in step.broken(code, said)
    assert bool(step.broken(code, said)) is bool(broken)


def test_each_kind_of_user_runs_both_commands_and_one_render_is_offline() -> None:
    promised = [
        (machine.users, step.command, step.network)
        for machine in MACHINES
        for step in machine.steps
        if not step.preparation and not step.refused
    ]
    for users in ("root", "sudo", "plain"):
        assert {(users, RENDER, True), (users, TEST, True)} <= set(promised)
    assert {("root", RENDER, False), ("plain", RENDER, False)} <= set(promised)


@pytest.mark.parametrize(
    ("left", "told"),
    [
        ("tmp/genesis-mon-x", "left behind"),
        ("var/tmp/x", "left behind"),
        ("etc/systemd/system/multi-user.target.wants/prometheus.service", "starts at the next boot"),
        ("etc/rc3.d/S01prometheus-alertmanager", "starts at the next boot"),
        ("usr/sbin/policy-rc.d", "left behind"),
        ("home/x/y", ""),
    ],
)
def test_what_a_command_leaves_is_told(tmp_path: Path, left: str, told: str) -> None:
    before = Traces.of(tmp_path)
    (tmp_path / left).parent.mkdir(parents=True)
    (tmp_path / left).touch()
    wrong = Traces.of(tmp_path).wrong_since(before)
    assert told in wrong
    assert bool(wrong) is bool(told)


def test_a_root_is_given_package_settings_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_INDEX_URL", "https_proxy", "NO_PROXY", "SSL_CERT_FILE", "AWS_SECRET", "PYTHONPATH"):
        monkeypatch.setenv(name, "x")
    given = settings.variables()
    assert {"PIP_INDEX_URL", "https_proxy", "NO_PROXY", "SSL_CERT_FILE"} <= set(given)
    assert not {"AWS_SECRET", "PYTHONPATH", "PATH", "HOME"} & set(given)
