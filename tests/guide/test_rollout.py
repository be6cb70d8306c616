"""Checkpoints, criteria, people, channels, logs, procedures: in ``slo.yaml`` and the artifact."""

import dataclasses
import shutil
import subprocess
import warnings
from datetime import datetime, timedelta
from typing import Any

import pytest

from .documents import GENERATED, alerting_rule, generated_yaml, holds, page, page_section, spec
from .rollout_rows import (
    ACKNOWLEDGE_WITHIN,
    AFTER_GO,
    CHANNELS,
    CHECKPOINT_ACTIONS,
    CHECKPOINTS,
    CONTACTS,
    CRITERIA,
    CRITICAL_CHECKPOINTS,
    DURATION,
    END,
    INCIDENT_WORKFLOWS,
    LOG_FILES,
    PLACES,
    ROLLBACK,
    START,
    TROUBLESHOOTING,
    ChannelRow,
    CheckpointRow,
    CriterionRow,
    StepsRow,
)

HEADINGS = {"go": "GO needs", "no_go": "is NO-GO"}
BEYOND = {"<": ">", "<=": ">", ">": "<", ">=": "<"}
WITHIN = {"<": "<=", "<=": "<=", ">": ">=", ">=": ">="}


def line_of(row: CriterionRow) -> str:
    """A test id: where the line stands, the line, and the settlement that changed it."""
    return f"{row.place}: {row.line}" + (f" ({row.settlement})" if row.settlement else "")


def test_the_window_is_48_hours_with_55_checkpoints() -> None:
    rollout = spec()["rollout"]
    assert (rollout["start"], rollout["duration"]) == (START, DURATION)
    assert rollout["checkpoints"]["count"] == CHECKPOINTS
    start, end = (datetime.fromisoformat(text) for text in (START, END))
    assert end - start == timedelta(hours=48)
    assert holds(page("checkpoints.md"), (f"{start:%Y-%m-%d %H:%M:%S}", f"{end:%Y-%m-%d %H:%M:%S}"))


@pytest.mark.parametrize("index", range(1, CHECKPOINTS + 1))
def test_checkpoint_is_on_the_page_at_its_settled_time(index: int) -> None:
    due = datetime.fromisoformat(START) + timedelta(seconds=round(index * 172_800 / CHECKPOINTS))
    assert f"{due:%Y-%m-%d %H:%M:%S} UTC" in checkpoint_line(index)


def test_the_page_has_no_56th_checkpoint() -> None:
    assert not [line for line in page("checkpoints.md").splitlines() if line.startswith("| 56 ")]


@pytest.mark.parametrize("row", CRITICAL_CHECKPOINTS, ids=lambda row: f"{row.index} ({row.settlement})")
def test_critical_checkpoint(row: CheckpointRow) -> None:
    entries = {entry["index"]: entry for entry in spec()["rollout"]["checkpoints"]["critical"]}
    assert set(entries) == {known.index for known in CRITICAL_CHECKPOINTS}
    assert holds(entries[row.index]["title"], (row.title,))
    assert entries[row.index].get("sign_off", False) is row.sign_off
    line = checkpoint_line(row.index)
    assert holds(line, (row.title, f"T+{row.offset} "))
    assert ("sign-off" in line) is row.sign_off


def checkpoint_line(index: int) -> str:
    """The one table line of a checkpoint."""
    found = [line for line in page("checkpoints.md").splitlines() if line.startswith(f"| {index} |")]
    assert len(found) == 1
    return found[0]


def test_checkpoint_actions() -> None:
    check_steps(CHECKPOINT_ACTIONS, spec()["rollout"]["checkpoints"]["actions"], page("checkpoints.md"))


@pytest.mark.parametrize("row", CRITERIA, ids=line_of)
def test_criterion_is_in_the_spec(row: CriterionRow) -> None:
    assert matching(row)


@pytest.mark.parametrize("row", CRITERIA, ids=line_of)
def test_criterion_is_on_the_checkpoint_page(row: CriterionRow) -> None:
    text = page_section("checkpoints.md", HEADINGS.get(row.place, row.place))
    entries = matching(row)
    assert entries
    named = (*row.slis, *row.severities, *filter(None, (row.component, row.suite)))
    lines = [line for line in text.splitlines() if holds(line, named)]
    assert all(any(entry["text"] in line for line in lines) for entry in entries)


@pytest.mark.parametrize("row", [row for row in CRITERIA if row.kind == "sli"], ids=line_of)
def test_a_value_at_checkpoint_55_is_judged_at_the_end_and_what_is_sustained_over_all_of_it(
    row: CriterionRow,
) -> None:
    whole = row.place in HEADINGS or any(word in row.line for word in ("sustained", "downtime"))
    stretch = "over the whole window" if whole else "over the last 1 hour"
    text = page_section("checkpoints.md", HEADINGS.get(row.place, row.place))
    for entry in matching(row):
        assert ("final" in entry) is not whole
        assert [line for line in text.splitlines() if entry["text"] in line and stretch in line]


def test_every_line_of_the_guide_is_one_criterion() -> None:
    for place in PLACES:
        assert len(criteria(place)) == len([row for row in CRITERIA if row.place == place]), place


def criteria(place: str) -> list[Any]:
    """The spec's criteria of GO, NO-GO or one checklist section."""
    rollout = spec()["rollout"]
    if place in HEADINGS:
        return list(rollout[place].values())
    sections = [section for section in rollout["checklist"] if section["title"] == place]
    assert len(sections) == 1, place
    return list(sections[0]["items"].values())


def matching(row: CriterionRow) -> list[Any]:
    """The criteria of the row's place that say what the row says; another limit than the guide's is told."""
    found = [entry for entry in criteria(row.place) if says(entry, row)]
    if not found:
        found = [one for one in criteria(row.place) if says(one, dataclasses.replace(row, limit=""))]
        for sli in row.slis if found else ():
            own = limit(sli, found[0]["level"], row.place)
            warnings.warn(f"{row.place}: the guide says {sli} {row.limit}, the spec {own}", stacklevel=2)
    return found


def says(entry: Any, row: CriterionRow) -> bool:
    """Whether a criterion of the spec is the row's line."""
    if entry["kind"] != row.kind or set(entry.get("slis", ())) != set(row.slis):
        return False
    if row.limit and any(limit(sli, entry["level"], row.place) != row.limit for sli in row.slis):
        return False
    if row.longer_than and entry["hold"] != row.longer_than:
        return False
    if row.tests and spec()["suites"][row.suite]["expected"] != row.tests:
        return False
    return (
        tuple(entry.get("severities", ())),
        entry.get("window"),
        entry.get("at_most"),
        entry.get("component"),
        tuple(entry.get("suites", ())),
        entry.get("margin"),
    ) == (
        row.severities,
        row.window,
        row.at_most,
        row.component,
        (row.suite,) if row.suite else (),
        row.margin,
    )


def limit(sli: str, level: str, place: str) -> str:
    """What a level asks of an SLI; for NO-GO what violates it. A level itself still passes (T6)."""
    objective = spec()["slis"][sli]["objective"]
    good, value = objective["good"], objective[level]
    if place == "no_go":
        return f"{BEYOND[good]} {value:g}"
    return f"{good if level == 'target' else WITHIN[good]} {value:g}"


def test_rollback_steps() -> None:
    steps = spec()["rollout"]["rollback"]["steps"]
    texts = [step if isinstance(step, str) else step["text"] for step in steps]
    check_steps(ROLLBACK, texts, page("rollback.md"))
    assert all(step["command"] in page("rollback.md") for step in steps if not isinstance(step, str))


def test_steps_after_a_go() -> None:
    steps = spec()["rollout"]["after"]["steps"]
    check_steps(AFTER_GO, steps, page_section("checkpoints.md", spec()["rollout"]["after"]["title"]))


@pytest.mark.parametrize(
    ("index", "row"), tuple(enumerate(TROUBLESHOOTING)), ids=lambda value: getattr(value, "name", "")
)
def test_troubleshooting(index: int, row: StepsRow) -> None:
    entry = spec()["rollout"]["troubleshooting"][index]
    text = page_section("troubleshooting.md", entry["title"])
    for words in row.steps:
        assert any(holds(step, words) for step in entry["steps"]), words
        assert any(holds(line, words) for line in text.splitlines()), words


@pytest.mark.parametrize("row", INCIDENT_WORKFLOWS, ids=lambda row: row.name)
def test_incident_workflow(row: StepsRow) -> None:
    alert = next(name for name, alert in spec()["alerts"].items() if alert["severity"] == row.name)
    check_steps(row, spec()["severities"][row.name]["workflow"], page(f"runbooks/{alert}.md"))


@pytest.mark.parametrize(("severity", "within"), ACKNOWLEDGE_WITHIN)
def test_time_to_acknowledge(severity: str, within: str) -> None:
    assert spec()["severities"][severity]["acknowledge_within"] == within
    spelled = {"5m": "5 minutes", "1h": "1 hour"}[within]
    line = next(line for line in page("alerts.md").splitlines() if line.startswith(f"| {severity} |"))
    assert f"| {spelled} |" in line


def check_steps(row: StepsRow, steps: list[str], text: str) -> None:
    """Each step of the row is the step at its place in the spec, and a line of the page."""
    assert len(steps) == len(row.steps)
    for step, words in zip(steps, row.steps, strict=True):
        assert holds(step, words), (step, words)
        assert any(step in line for line in text.splitlines()), step


def test_contacts_are_called_in_the_order_of_the_guide() -> None:
    contacts = spec()["metadata"]["contacts"]
    named = [("on_call", contacts["on_call"]), ("backup", contacts["backup"])]
    named += [("escalation", contact) for contact in contacts["escalation"]]
    assert [(role, c["name"], c["role"]) for role, c in named] == [
        (row.role, row.name, row.title) for row in CONTACTS
    ]
    chain = " → ".join(f"{row.name} ({row.title})" for row in CONTACTS)
    assert chain in alerting_rule("HybridRAGLatencyHigh")["annotations"]["escalation"]
    runbook = page_section("runbooks/HybridRAGLatencyHigh.md", "Escalation")
    places = [runbook.find(f"{row.name} ({row.title})") for row in CONTACTS]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("row", CHANNELS, ids=lambda row: row.name)
def test_slack_channel(row: ChannelRow) -> None:
    channels = {channel["name"]: channel for channel in spec()["slack"]["channels"].values()}
    assert holds(channels[row.name]["purpose"], row.purpose)
    assert any(holds(line, (row.name, *row.purpose)) for line in page("alerts.md").splitlines())


@pytest.mark.parametrize(
    ("severity", "channel"), [(severity, row.name) for row in CHANNELS for severity in row.severities]
)
def test_severity_reaches_its_slack_channel(severity: str, channel: str) -> None:
    tool = shutil.which("amtool")
    assert tool, "amtool is not installed: `apt-get install prometheus-alertmanager`"
    config = GENERATED / "alertmanager" / "alertmanager.yml"
    labels = ("alertname=Example", f"severity={severity}", "component=cost", "team=genesis")
    command = [tool, "config", "routes", "test", f"--config.file={config}", *labels]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    receivers = {r["name"]: r for r in generated_yaml("alertmanager/alertmanager.yml")["receivers"]}
    reached = [
        slack["channel"]
        for name in done.stdout.strip().split(",")
        for slack in receivers[name].get("slack_configs", ())
    ]
    assert reached == [channel]


@pytest.mark.parametrize("name", LOG_FILES)
def test_log_file(name: str) -> None:
    groups = spec()["rollout"]["logs"]["groups"]
    assert name in [file["file"] for group in groups for file in group["files"]]
    assert f"`{name}`" in page("checkpoints.md")
