"""What users copy into their CI: files that parse, and commands and targets that exist."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_command

from genesis_monitoring.cli.main import app

REPOSITORY = Path(__file__).resolve().parents[2]
WORKFLOW = REPOSITORY / ".github" / "workflows" / "ci.yml"
GITLAB = REPOSITORY / "docs" / "ci" / "gitlab.yml"
HOOKS = REPOSITORY / ".pre-commit-hooks.yaml"
GUIDE = REPOSITORY / "docs" / "ci.md"
_COMMAND = re.compile(r"(?:^|[\s`$])(genesis-mon (?:render|validate|explain|init|preview|schema)\b[^`\n|]*)")


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def commands() -> Iterator[str]:
    for path in (WORKFLOW, GITLAB, HOOKS):
        yield from (match.strip() for match in _COMMAND.findall(path.read_text("utf-8")))
    for block in re.findall(r"```console\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL):
        yield from (match.strip() for match in _COMMAND.findall(block))


def test_there_are_commands() -> None:
    assert len(list(commands())) >= 6


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_every_command_is_understood(line: str) -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    _, name, *arguments = shlex.split(line)
    command = group.commands[name]
    command.make_context(name, arguments)


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = set(re.findall(r"\bmake ([a-z-]+)", WORKFLOW.read_text("utf-8")))
    assert used == {"render", "test", "live"}
    assert used <= targets


def test_the_workflow_runs_what_ci_runs() -> None:
    jobs = load(WORKFLOW)["jobs"]
    steps = [step.get("run", "") for step in jobs["test"]["steps"]]
    used = [match for step in steps for match in re.findall(r"make [a-z]+", step)]
    ci = re.findall(r"^make [a-z]+", (REPOSITORY / ".ci/run").read_text("utf-8"), re.MULTILINE)
    assert used == ci == ["make render", "make test", "make live"]
    assert all("timeout-minutes" in job for job in jobs.values())


@pytest.mark.parametrize("path", [WORKFLOW, GITLAB])
def test_what_a_job_keeps_is_what_it_writes(path: Path) -> None:
    text = path.read_text("utf-8")
    written = set(re.findall(r"-o [a-z]+=(\S+)", text))
    kept = set(re.findall(r"(?<!=)\bgenesis-mon\.[a-z]+", text))
    assert written == kept


def test_every_hook_is_in_the_guide() -> None:
    hooks = load(HOOKS)
    for hook in hooks:
        assert f"| `{hook['id']}` |" in GUIDE.read_text("utf-8")
        assert hook["language"] == "python"
        assert hook["pass_filenames"] is False


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("slo.yaml", True),
        ("monitoring/slo.yaml", True),
        ("generated/docker-compose.yml", True),
        ("monitoring/generated/prometheus/rules/x.yml", True),
        ("README.md", False),
        ("docs/slo.yaml.md", False),
        ("regenerated/x.yml", False),
    ],
)
def test_when_the_hooks_run(path: str, wanted: bool) -> None:
    for hook in load(HOOKS):
        assert bool(re.search(hook["files"], path)) is wanted
