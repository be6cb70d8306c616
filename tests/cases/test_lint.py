"""What is said of a spec that is valid: what its case marks, beside what is said of the base."""

from pathlib import Path

import pytest

from genesis_monitoring.checks.registry import SPEC_CHECKS
from genesis_monitoring.findings import Finding
from genesis_monitoring.plan.compile import compile_plan
from genesis_monitoring.spec.load import parse_spec

from .reading import BASE, Case, load_cases


def findings_of(text: str, out: Path) -> tuple[Finding, ...]:
    loaded = parse_spec(text, "slo.yaml")
    plan = compile_plan(loaded.spec, "rollout")
    return tuple(finding for check in SPEC_CHECKS for finding in check.run(plan, loaded.source, out))


@pytest.mark.parametrize("case", load_cases("lint.cases"), ids=lambda case: case.name)
def test_lint_says_what_is_marked(case: Case, tmp_path: Path) -> None:
    always = {(one.code, one.message) for one in findings_of(BASE, tmp_path)}
    findings = [one for one in findings_of(case.text, tmp_path) if (one.code, one.message) not in always]
    assert sorted((f.code, f.location.line, f.location.column) for f in findings) == list(case.found), (
        findings
    )
    said = "\n".join(f"{f.message}\n{f.hint}" for f in findings)
    assert all(words in said for words in case.says), said
    if case.related:
        assert {(at.line, at.column) for f in findings for at in f.related} == case.related, findings
