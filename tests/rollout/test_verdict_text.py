"""What ``rollout verdict`` and ``watch`` print for a person: the verdict, what does not pass, the verdict."""

import re
from dataclasses import replace

import pytest

from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.report.paint import cut, fold, seen
from genesis_monitoring.report.verdict_terminal import format_verdict
from genesis_monitoring.rollout.results import Status, Verdict

from .history import CASES
from .told import told

_PAINT = re.compile(r"\x1b\[[0-9;]*m")


def judged(name: str, plan: Plan) -> Verdict:
    return told(next(case for case in CASES if case.name == name), plan)


@pytest.mark.parametrize("case", ["healthy", "hole", "six-p1", "nothing-at-all", "underway"])
def test_the_last_line_says_the_verdict_again(case: str, plan: Plan) -> None:
    lines = format_verdict(judged(case, plan)).splitlines()
    assert lines[0] == lines[-1]


@pytest.mark.parametrize(("case", "said"), [("nothing-at-all", True), ("healthy", False)])
def test_what_is_planned_is_told_at_the_top_where_it_is_not_there(case: str, said: bool, plan: Plan) -> None:
    lines = format_verdict(judged(case, plan), planned=plan.planned.line).splitlines()
    assert ("alerts are blind until Phase 5.5: " in lines[1]) is said
    assert ("are blind" in "".join(lines)) is said


def test_what_passes_is_counted_and_shown_with_all_alone(plan: Plan) -> None:
    verdict = judged("underway", plan)
    short, whole = format_verdict(verdict), format_verdict(verdict, everything=True)
    assert "PASS" not in short
    assert "NO-GO criteria: one of them met ends the rollout (all 6 not met)" in short
    assert "GO criteria: all are needed (5 of 6 pass, 1 not due)" in short
    assert "--all shows what passes, too" in short
    assert whole.count("✓ PASS") == len(verdict.having(Status.PASS))
    for result in verdict.results:
        title = f"{result.text} ({result.name})" if not result.decides_no_go else f"({result.name})\n"
        assert title in whole
        assert (title in short) is (result.status is not Status.PASS)


def test_what_is_planned_what_is_missing_and_what_is_not_due_are_three_words(plan: Plan) -> None:
    nothing = format_verdict(judged("nothing-at-all", plan))
    assert (
        "? NO DATA  Test pass rate too low for more than 1 hour: cannot be told (test_pass_rate_low)"
        in nothing
    )
    assert (
        "○ PLANNED  Retrieval latency P95 on target (rag_latency); Top-3 accuracy on target (rag_acc"
        in nothing
    )
    assert "9 that cannot be told while their metrics are planned" in nothing
    begins = "is judged from 2022-12-26 02:00:00 UTC on"
    later = "Total monthly cost within the gate (monthly_cost); Cost reduction validated (cost_reduction)"
    assert f"… NOT DUE  {later}; LLM token usage within its expected range (token_usage): {begins}\n" in (
        format_verdict(judged("underway", plan))
    )
    assert "_DATA" not in nothing


def test_what_is_worst_comes_first_in_its_section(plan: Plan) -> None:
    verdict = judged("underway", plan)
    results = tuple(
        replace(one, status=Status.FAIL) if one.name == "halo" else one for one in verdict.results
    )
    lines = format_verdict(replace(verdict, results=results)).splitlines()
    section = next(i for i, line in enumerate(lines) if line.startswith("Checklist: Regression Prevention"))
    assert lines[section + 1] == "  ✗ FAIL     HALO routing on target (halo)"


@pytest.mark.parametrize("case", ["nothing-at-all", "six-p1"])
@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("width", [20, 40, 80, 140])
def test_no_word_is_broken_and_no_line_too_long(case: str, colour: bool, width: int, plan: Plan) -> None:
    verdict = judged(case, plan)
    whole = format_verdict(verdict, everything=True, colour=colour)
    folded = format_verdict(verdict, everything=True, colour=colour, width=width)
    assert folded.split() == whole.split()
    for line in folded.splitlines():
        bare = _PAINT.sub("", line)
        assert len(bare) <= width or len(bare.split()) <= 3 or "genesis-mon rollout" in bare, line


@pytest.mark.parametrize(
    ("line", "width", "lines"),
    [
        ("one two", 0, ["one two"]),
        ("one two three", 8, ["one two", "  three"]),
        ("  one two three", 10, ["  one two", "    three"]),
        ("waits 12 minutes", 9, ["waits", "  12 minutes"]),
        ("at 2025-10-23 20:56:00 UTC", 20, ["at", "  2025-10-23 20:56:00 UTC"]),
        ("漢字 漢字 漢字", 9, ["漢字 漢字", "  漢字"]),
        ("\x1b[31mone\x1b[0m two", 7, ["\x1b[31mone\x1b[0m two"]),
        ("1. Do: genesis-mon rollout plan", 12, ["1. Do:", "  genesis-mon rollout plan"]),
        ("aaaaaaaaaaaa b", 6, ["aaaaaaaaaaaa", "  b"]),
    ],
)
def test_where_a_line_goes_on(line: str, width: int, lines: list[str]) -> None:
    assert list(fold(line, width)) == lines


def test_a_wide_character_takes_two_columns() -> None:
    assert (seen("漢字"), seen("e\u0301"), cut("漢字漢字", 5)) == (4, 1, "漢字…")
