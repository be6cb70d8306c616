"""Broken specs: each gives exactly the findings that its case marks, at the marked places."""

import pytest

from genesis_monitoring.findings import Finding
from genesis_monitoring.plan.compile import compile_plan
from genesis_monitoring.render.render import render_plan
from genesis_monitoring.render.templates import Templates, default_folder
from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.source import SpecError

from .reading import BASE, Case, case_files, load_cases

OTHERS = ("lint.cases", "panel-ids.cases", "promql.cases")
"""What takes more than the text of the spec to find."""
CASES = [
    pytest.param(case, id=f"{file.removesuffix('.cases')}: {case.name}")
    for file in case_files()
    if file not in OTHERS
    for case in load_cases(file)
]


def test_the_base_is_valid() -> None:
    assert parse_spec(BASE, "slo.yaml").spec.metadata.name == "shop"


def findings_of(text: str) -> tuple[Finding, ...]:
    try:
        parse_spec(text, "slo.yaml")
    except SpecError as error:
        return error.findings
    return ()


@pytest.mark.parametrize("case", load_cases("accepted.cases"), ids=lambda case: case.name)
def test_what_is_accepted_renders(case: Case) -> None:
    assert not case.found
    plan = compile_plan(parse_spec(case.text, "slo.yaml").spec, "rollout")
    assert render_plan(plan, Templates(default_folder()))


@pytest.mark.parametrize("case", CASES)
def test_a_broken_spec_gives_what_is_marked(case: Case) -> None:
    findings = findings_of(case.text)
    listed = "\n".join(f"{f.location}: {f.code} {f.message} [{f.hint}] {f.related}" for f in findings)
    found = sorted((f.code, f.location.line, f.location.column) for f in findings)
    assert found == list(case.found), listed
    said = "\n".join(f"{f.message}\n{f.hint}" for f in findings)
    for words in case.says:
        assert words in said
    if case.related:
        assert {(at.line, at.column) for f in findings for at in f.related} == case.related, listed
