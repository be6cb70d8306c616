"""Findings without end: the worst are listed, the rest is counted, and the summary counts them all."""

import json
from pathlib import PurePosixPath

from genesis_monitoring.findings import MOST_FINDINGS, Finding, Location, Severity
from genesis_monitoring.report.checked import Checked
from genesis_monitoring.report.github import format_github
from genesis_monitoring.report.sarif import format_sarif
from genesis_monitoring.report.text import format_text

ROOT = PurePosixPath("/repo")
MANY = [
    Finding("GM401", Severity.ERROR if line % 100 == 0 else Severity.WARNING, Location("a.yml", line), "m")
    for line in range(1, 100_001)
]
"""1,000 errors among 100,000 findings."""
LEFT_OUT = f"{len(MANY) - MOST_FINDINGS} more findings are not listed"


def test_text() -> None:
    said = format_text(MANY, checks=1, seconds=1)
    assert said.count("error GM401") == MOST_FINDINGS
    assert "warning GM401" not in said
    assert LEFT_OUT in said
    assert "1000 errors, 99000 warnings" in said.splitlines()[-1]
    assert "more findings" not in format_text(MANY[: MOST_FINDINGS + 1], checks=1, seconds=1)


def test_github() -> None:
    lines = format_github(MANY, root=ROOT).splitlines()
    assert [line.split(" ")[0] for line in lines] == [*["::error"] * MOST_FINDINGS, "::notice"]
    assert LEFT_OUT in lines[-1]


def test_sarif() -> None:
    (run,) = json.loads(format_sarif(MANY, checked=[Checked("x", "x", tuple(MANY))], root=ROOT))["runs"]
    assert [one["level"] for one in run["results"]] == ["error"] * MOST_FINDINGS
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert LEFT_OUT in note["message"]["text"]
