"""``--env`` of commands that read a spec: each reads that environment, and keeps apart what is its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from cli.sandbox import run
from rollout.history import load_spec_text
from stack.runs import genesis_mon
from stack.test_docker import Engine

from genesis_monitoring.cli.main import app
from genesis_monitoring.commands.rollout_inputs import SpecFile, ledger_path, load_rollout, spec_digest
from genesis_monitoring.spec.load import judged, load_spec, parse_spec
from genesis_monitoring.spec.setting import with_setting
from genesis_monitoring.spec.source import parse_source

from .test_environments import ENVIRONMENTS, STARTER

OF_ROLLOUT = """
environments:
  staging:
    set:
      rag_latency_p95.target: {value: 150, reason: the machines are half as large}
  other:
    set:
      stack.project: {value: genesis-other, reason: it runs beside the other}
"""
NO_ENVIRONMENT = {
    "diff": "compares specs as they are written",
    "diff-envs": "names two",
    "expand": "prints the spec as it is written",
    "import": "writes a spec",
}


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (tmp_path / "slo.yaml").write_text(STARTER + ENVIRONMENTS)
    return tmp_path


@pytest.fixture(name="phase5")
def _phase5(tmp_path: Path) -> Path:
    (tmp_path / "slo.yaml").write_text(load_spec_text() + OF_ROLLOUT)
    return tmp_path


def commands(group: object, above: str = "") -> Iterator[tuple[str, set[str]]]:
    for name, command in getattr(group, "commands", {}).items():
        named = f"{above} {name}".strip()
        if getattr(command, "commands", None):
            yield from commands(command, named)
        else:
            yield named, {option for one in command.params for option in one.opts}


def test_every_command_that_reads_a_spec_takes_an_environment() -> None:
    known = dict(commands(typer.main.get_command(app)))
    without = {name for name, options in known.items() if "--spec" in options and "--env" not in options}
    assert {name.partition(" ")[0] for name in without} == NO_ENVIRONMENT.keys()


def test_explain_and_preview_show_what_is_so_there(folder: Path) -> None:
    assert "Good is below 300 ms" in run("genesis-mon explain RequestLatencyHigh", folder).stdout
    there = run("genesis-mon explain RequestLatencyHigh --env staging", folder).stdout
    assert "Good is below 500 ms" in there
    assert "generated-staging/prometheus/rules/shop.yml:" in there
    done = run("genesis-mon preview shop --env staging", folder)
    assert done.code == 0, done.stderr
    assert "Targets there" in (folder / "preview-staging/shop.html").read_text()
    assert not (folder / "preview").exists()


@pytest.mark.parametrize(
    "line",
    [
        "stack status",
        "stack down",
        "stack drill",
        "stack up --native",
        "budget status",
        "preview",
        "explain P1",
    ],
)
def test_one_that_there_is_not_is_refused(folder: Path, line: str) -> None:
    done = run(f"genesis-mon {line} --env stagin", folder)
    assert (done.code, done.stdout) == (2, "")
    assert "there is no environment 'stagin' in slo.yaml; did you mean \"staging\"?" in done.stderr


def test_what_mends_a_tree_names_the_environment(folder: Path) -> None:
    done = run("genesis-mon stack drill --env staging", folder)
    assert done.code == 1
    assert "mend: run: genesis-mon render --env staging" in done.stderr
    assert (
        "genesis-mon stack up --env staging" in run("genesis-mon stack status --env staging", folder).stdout
    )


def test_a_rollout_there_has_a_ledger_of_its_own(phase5: Path) -> None:
    said = "genesis-mon rollout attest memory_compression --by Ann --evidence run-12"
    done = run(f"{said} --env staging", phase5)
    assert done.code == 0, done.stderr
    assert (phase5 / "rollout-staging/ledger.jsonl").is_file()
    assert not (phase5 / "rollout").exists()
    next_ = run("genesis-mon rollout rollback --env staging", phase5).stdout
    assert "--env staging" in next_


def test_what_is_judged_is_the_spec_of_the_environment(phase5: Path) -> None:
    path = phase5 / "slo.yaml"
    base, staging = (load_rollout(SpecFile(path, name)) for name in (None, "staging"))
    targets = [one.plan.spec.slis["rag_latency_p95"].objective for one in (base, staging)]
    assert [one.target if one else None for one in targets] == [100, 150]
    # A record of the one is not judged by the other without a word.
    assert base.digest != staging.digest == spec_digest(load_spec(path).source, "staging")
    assert ledger_path(SpecFile(path), None) != ledger_path(SpecFile(path, "staging"), None)


def test_a_setting_changes_the_override_that_is_in_force() -> None:
    text = STARTER + ENVIRONMENTS
    loaded = parse_spec(text, "slo.yaml", environment="staging")
    changes = {one.path: one.at for one in loaded.source.changes}  # type: ignore[attr-defined]
    source = parse_source(text, "slo.yaml")
    changed = with_setting(source, loaded.spec, "ScrapeTargetDown.for=20m", changes)
    waits = [
        judged(changed, environment=name).spec.alerts["ScrapeTargetDown"].for_ for name in (None, "staging")
    ]
    assert waits == [120, 1200]


def test_steady_state_changes_the_spec_and_no_environment(phase5: Path) -> None:
    done = run("genesis-mon rollout steady-state --env staging", phase5)
    assert done.code == 2
    assert "environments.staging.set" in done.stderr
    assert run("genesis-mon rollout archive --check x --env staging", phase5).code == 2


def test_docker_takes_no_stack_for_another(phase5: Path, tmp_path: Path) -> None:
    (tmp_path / "engine").mkdir()
    engine = Engine(tmp_path / "engine")
    for name in ("staging", "other"):
        assert run(f"genesis-mon render --env {name}", phase5).code == 0
    for line in ("up", "status", "down"):
        done = genesis_mon("stack", line, "--env", "staging", cwd=phase5, env=engine.env)
        assert done.code == 2, (line, done.err)
        assert "Docker would take the stack of staging for that of the spec as it stands" in done.err
        assert "stack.project: {value: genesis-monitoring-staging" in done.err
    assert " compose " not in engine.calls.read_text()
    assert genesis_mon("stack", "up", "--env", "other", cwd=phase5, env=engine.env).code == 0
    assert f"{phase5}/generated-other: compose -f docker-compose.yml up" in engine.calls.read_text()
