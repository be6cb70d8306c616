"""PromQL that people write in the spec: refused by render, at its character, with nothing written."""

from pathlib import Path

import pytest
from cli.sandbox import run

from genesis_monitoring.clients.promtool import Promtool
from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.findings import Finding
from genesis_monitoring.spec.source import SpecError

from .reading import BASE, Case, load_cases

QUERY = "min(shop_disk_size_bytes - shop_disk_used_bytes)"
ACCEPTS = 'for one; do case $one in *.yml) printf "Checking %s\\n  SUCCESS: 1 rules\\n\\n" "$one"; esac; done'
NEWER = "min(avg_over_time(shop_disk_size_bytes[5m*2]))"


def findings_of(text: str, folder: Path, promtool: Path | None = None) -> tuple[Finding, ...]:
    spec = folder / "slo.yaml"
    spec.write_text(text, "utf-8")
    try:
        tool = Promtool(str(promtool)) if promtool else None
        return load_project(Inputs(spec, None, None, None), tool).doubts
    except SpecError as error:
        return error.findings


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("case", load_cases("promql.cases"), ids=lambda case: case.name)
def test_it_is_refused_at_its_character(case: Case, tmp_path: Path) -> None:
    findings = findings_of(case.text, tmp_path)
    listed = "\n".join(f"{f.location}: {f.code} {f.message} [{f.hint}] {f.related}" for f in findings)
    assert sorted((f.code, f.location.line, f.location.column) for f in findings) == list(case.found), listed
    assert all(words in "\n".join(f"{f.message}\n{f.hint}" for f in findings) for words in case.says), listed
    if case.related:
        assert {(at.line, at.column) for f in findings for at in f.related} == case.related, listed


def test_render_writes_nothing_then(tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_text(BASE.replace(QUERY, QUERY[:-1]), "utf-8")
    done = run("genesis-mon render", tmp_path)
    assert done.code == 1
    assert "slo.yaml:170:58: error GM401 SLI disk_free" in done.stderr
    assert not (tmp_path / "generated").exists()
    checked = run("genesis-mon validate --no-live", tmp_path)
    assert checked.code == 1
    assert "slo.yaml:170:58: error GM401" in checked.stdout


@pytest.mark.parametrize(
    "query",
    [
        QUERY,
        f"{QUERY} # in words",
        NEWER,
        "min(holt_winters(shop_disk_size_bytes[5m], 0.5, 0.5))",
        "min(double_exponential_smoothing(shop_disk_size_bytes[5m], 0.5, 0.5))",
        "min(shop_disk_size_bytes) + 0 * count(anchored)",
        'min(shop_disk_size_bytes{job!~"(a"})',
        "min(shop_disk_size_bytes) +",
    ],
)
def test_promtool_is_right_where_the_parser_knows_no_better(query: str, tmp_path: Path) -> None:
    import promql_parser

    rules = '{groups: [{name: g, rules: [{record: r, expr: "%s"}]}]}'
    (tmp_path / "rules.yml").write_text(rules % query.replace('"', '\\"'), "utf-8")
    accepted = run("promtool check rules rules.yml", tmp_path).code == 0
    try:
        promql_parser.parse(query)
        accepted = True
    except ValueError:
        pass
    findings = findings_of(BASE.replace(QUERY, f"'{query}'"), tmp_path)
    refused = any(one.code == "GM401" and one.severity.name == "ERROR" for one in findings)
    assert refused != accepted


def test_what_promtool_accepts_is_rendered_and_nobody_claims_to_have_looked(tmp_path: Path) -> None:
    tool = program(tmp_path / "promtool", ACCEPTS)
    (tmp_path / "slo.yaml").write_text(BASE.replace(QUERY, NEWER), "utf-8")
    done = run("genesis-mon render", tmp_path, GENESIS_MON_PROMTOOL=str(tool))
    assert done.code == 0
    assert "slo.yaml:170:11: warning GM401 SLI disk_free" in done.stderr
    assert "nobody looked whether its metrics" in done.stderr
    assert NEWER in (tmp_path / "generated/prometheus/rules/web.yml").read_text("utf-8")
    checked = run(
        "genesis-mon validate --only promql --only conformance",
        tmp_path,
        GENESIS_MON_PROMTOOL=str(tool),
    )
    assert checked.code == 0, checked.stdout
    assert "warning GM401 sli:disk_free:bytes" in checked.stdout


def test_a_changed_rule_is_seen_though_nobody_can_read_it(tmp_path: Path) -> None:
    tool = program(tmp_path / "promtool", ACCEPTS)
    (tmp_path / "slo.yaml").write_text(BASE.replace(QUERY, NEWER), "utf-8")
    run("genesis-mon render", tmp_path, GENESIS_MON_PROMTOOL=str(tool))
    rules = tmp_path / "generated/prometheus/rules/web.yml"
    rules.write_text(rules.read_text("utf-8").replace("[5m*2]", "[5m*3]"), "utf-8")
    checked = run("genesis-mon validate --only conformance", tmp_path, GENESIS_MON_PROMTOOL=str(tool))
    assert checked.code == 1
    assert "GM209" in checked.stdout


def test_without_promtool_a_doubt_is_no_refusal(tmp_path: Path) -> None:
    (finding,) = findings_of(BASE.replace(QUERY, NEWER), tmp_path, tmp_path / "nowhere")
    assert (finding.code, finding.severity.name, finding.location.line) == ("GM001", "WARNING", 170)
    assert "could not be checked" in finding.message
    strict = "genesis-mon render && genesis-mon validate --strict --only promql"
    done = run(strict, tmp_path, GENESIS_MON_PROMTOOL="/nowhere/promtool")
    assert done.code == 3
    assert "GM001" in done.stdout


def test_promtool_is_not_asked_of_what_the_parser_reads(tmp_path: Path) -> None:
    tool = program(tmp_path / "promtool", f"touch {tmp_path}/asked; exit 2")
    assert findings_of(BASE, tmp_path, tool) == ()
    assert not (tmp_path / "asked").exists()


def test_what_is_nested_too_deep_is_said(tmp_path: Path) -> None:
    deep = f"{'abs(' * 700}shop_disk_size_bytes{')' * 700}"
    (finding,) = findings_of(BASE.replace(QUERY, deep), tmp_path)
    assert (finding.code, finding.severity.name) == ("GM401", "WARNING")
    assert "nested too deep" in finding.message


def test_a_suppressed_finding_is_no_refusal(tmp_path: Path) -> None:
    text = BASE.replace(QUERY, "min(avg_over_time(shop_disk_size_bytes[10s]))")
    entry = "suppress: [{code: GM404, object: slis.disk_free, reason: two samples will do here}]"
    assert [one.code for one in findings_of(text, tmp_path)] == ["GM404"]
    assert findings_of(f"{text}\n{entry}\n", tmp_path) == ()
