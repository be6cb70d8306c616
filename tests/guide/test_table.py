"""``docs/guide.md``: what it names exists, what the guide asks for is in it, nothing is half without why."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
import typer.main

from genesis_monitoring.cli.main import app
from genesis_monitoring.plan.compile import compile_plan
from genesis_monitoring.spec.load import parse_spec

from .documents import ROOT, spec
from .panel_rows import PANELS, QUERIES, SERVICES
from .rollout_rows import CHANNELS, CONTACTS, LOG_FILES
from .rows import ALERTS, METRICS

TABLE = (ROOT / "docs" / "guide.md").read_text("utf-8")
SECTIONS = (
    *("Executive summary", "Monitoring infrastructure", "Dashboard access and sections"),
    *("Key metrics reference", "48-hour checkpoint schedule", "Alert rules and response"),
    *("Incident response workflow", "Prometheus query examples", "Rollback criteria", "Log file locations"),
    *("Metrics exporter integration", "Success validation checklist", "Troubleshooting guide"),
    *("Post-rollout actions", "Contacts and escalation", "Appendix: panels"),
)
QUOTED = re.compile(r"`([^`]+)`")
HALF = re.compile(r"\b(partial|partly|todo|later|not yet)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the guide: what it asks, what delivers it, what shows it, and what else is to be known."""

    asks: str
    by: tuple[str, ...]
    shown: tuple[str, ...]
    note: str


def lines() -> Iterator[Line]:
    for line in TABLE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and cells[0] != "the guide asks":
            asks, by, shown, note = (*cells, "")[:4]
            yield Line(asks, tuple(QUOTED.findall(by)), tuple(QUOTED.findall(shown)), note.strip(" |"))


LINES = tuple(lines())


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.asks)
def test_what_delivers_a_line_exists(line: Line) -> None:
    assert line.by
    for named in line.by:
        if named.startswith("genesis-mon "):
            check_command(shlex.split(named)[1:])
        elif named.startswith("slo.yaml: "):
            check_key(named.removeprefix("slo.yaml: "))
        else:
            assert (ROOT / named).exists(), named


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.asks)
def test_what_shows_a_line_exists(line: Line) -> None:
    assert line.shown
    for named in line.shown:
        file, _, name = named.partition("::")
        assert re.search(rf"^def {name}\(", text_of(file), re.MULTILINE), named


def test_every_section_of_the_guide_is_there_in_its_order() -> None:
    assert tuple(re.findall(r"^## (.+)$", TABLE, re.MULTILINE)) == SECTIONS


def test_every_criterion_alert_panel_metric_service_log_and_person_is_there() -> None:
    asked = "\n".join(line.asks for line in LINES)
    named = {name for line in LINES for name in line.by}
    rollout = spec()["rollout"]
    keys = [f"rollout.{group}.{name}" for group in ("go", "no_go") for name in rollout[group]]
    for index, section in enumerate(rollout["checklist"]):
        keys += [f"rollout.checklist.{index}.items.{name}" for name in section["items"]]
    keys += [f"alerts.{row.name}" for row in ALERTS]
    keys += [f"slis.{row.sli}" for row in QUERIES] + [f"stack.services.{row.name}" for row in SERVICES]
    assert {f"slo.yaml: {key}" for key in keys} <= named
    words = [f"Panel {row.id}: {row.title}" for row in PANELS]
    words += [row.name for row in (*METRICS, *CONTACTS, *CHANNELS)]
    assert [word for word in (*words, *LOG_FILES) if word not in asked] == []
    for steps, title in (
        (rollout["rollback"]["steps"], "Rollback"),
        (rollout["checkpoints"]["actions"], "Action"),
    ):
        assert [f"{title} {number}:" in asked for number in range(1, len(steps) + 1)] == [True] * len(steps)


def test_what_is_planned_says_so() -> None:
    """Of metrics, SLIs, alerts and criteria, and of nothing else."""
    text = (ROOT / "slo.yaml").read_text("utf-8")
    loaded = parse_spec(text, "slo.yaml").spec
    plan = compile_plan(loaded, loaded.profile_in_force)
    assert plan.rollout is not None
    planned = {f"metrics.{name}" for name in plan.planned.metrics}
    planned |= {f"slis.{name}" for name in plan.planned.slis}
    planned |= {f"alerts.{name}" for name in plan.planned.alerts}
    planned |= {one.origin for part in plan.rollout.sections for one in part.criteria if one.planned}
    for line in LINES:
        keys = {name.removeprefix("slo.yaml: ") for name in line.by}
        of_some = any(key.partition(".")[0] in ("metrics", "slis", "alerts", "rollout") for key in keys)
        if keys & planned:
            assert "planned" in line.note, line.asks
        elif of_some:
            assert "planned" not in line.note, line.asks


def test_nothing_is_half_done_without_a_reason() -> None:
    assert [line.asks for line in LINES if HALF.search(line.note) and len(line.note) < 40] == []


def check_command(words: list[str]) -> None:
    """Each word is a command of the one before, or an option or value of the last of them."""
    command: Any = typer.main.get_command(app)
    while subcommands := getattr(command, "commands", None):
        assert words[:1] in [[name] for name in subcommands], words
        command, words = subcommands[words[0]], words[1:]
    options = {name for one in command.params for name in one.opts}
    assert all(word in options for word in words if word.startswith("--")), words


def check_key(key: str) -> None:
    """A path of keys and indexes leads somewhere."""
    found: Any = spec()
    for part in key.split("."):
        found = found[int(part)] if isinstance(found, list) else found[part]


@cache
def text_of(file: str) -> str:
    """A file of tests."""
    return (ROOT / file).read_text("utf-8")
