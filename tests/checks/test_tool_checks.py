"""What the real tools refuse becomes a finding at the right line, with the place in the spec."""

from collections.abc import Callable, Iterable

import pytest

from genesis_monitoring.checks.alertmanager.config import check_alertmanager_config
from genesis_monitoring.checks.compose.config import check_compose
from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.checks.prometheus.config import check_prometheus_config, check_rules
from genesis_monitoring.checks.rule_tests.run import check_rule_tests
from genesis_monitoring.findings import Finding, Severity

from .sample import ALERTMANAGER, COMPOSE, CONFIG, RULES, TEMPLATE, TESTS, Sample

TESTS_EXPECTATION = """\
exp_alerts:
          - exp_labels:
              severity: P0
            exp_annotations:
              summary: The API is down
"""

CheckRun = Callable[[CheckContext], Iterable[Finding]]


def run(check: CheckRun, sample: Sample) -> list[Finding]:
    return list(check(sample.context()))


def place(finding: Finding, sample: Sample) -> tuple[str, int]:
    """File (in the tree) and line."""
    return (finding.location.file.removeprefix(f"{sample.out.as_posix()}/"), finding.location.line)


@pytest.mark.parametrize(
    ("check", "code", "path", "old", "new", "message", "line_of", "spec_line"),
    [
        (check_prometheus_config, "GM301", CONFIG, "15s", "15x", "duration", "15x", None),
        (
            check_prometheus_config,
            "GM301",
            CONFIG,
            "job_name: api",
            "job_nam: api",
            "job_nam",
            "job_nam:",
            10,
        ),
        (
            check_prometheus_config,
            "GM301",
            CONFIG,
            "- rules/*.yml",
            "- rules/gone.yml",
            "gone.yml",
            "gone",
            None,
        ),
        (
            check_rules,
            "GM302",
            RULES,
            'min(up{job="api"})',
            'min(up{job="api"}',
            "unclosed left",
            "expr: min",
            20,
        ),
        (check_rules, "GM302", RULES, "    for: 5m", "    for: 5q", "duration", "for: 5q", 30),
        (
            check_rules,
            "GM302",
            RULES,
            "The API is down",
            '"{{ nope }}"',
            'function "nope" not',
            "- alert: ApiDown",
            30,
        ),
        (check_rules, "GM302", RULES, "    for: 5m", "    fro: 5m", "field fro not found", "fro: 5m", 30),
        (check_rules, "GM302", RULES, "groups:", "groups: [", "did not find expected", None, None),
        (check_alertmanager_config, "GM601", ALERTMANAGER, "30s", "30q", "duration", "30q", 40),
        (
            check_alertmanager_config,
            "GM601",
            ALERTMANAGER,
            "  receiver: chat",
            "  receiver: pager",
            'undefined receiver "pager"',
            "receiver: pager",
            40,
        ),
        (
            check_alertmanager_config,
            "GM601",
            TEMPLATE,
            ".Status",
            "nope",
            'function "nope" not defined',
            "nope",
            None,
        ),
        (
            check_compose,
            "GM801",
            COMPOSE,
            "    image: api",
            "    imag: api",
            "services.api.imag",
            "imag: api",
            10,
        ),
        (
            check_compose,
            "GM801",
            COMPOSE,
            "      - api",
            "      - apx",
            'undefined service "apx"',
            "  prometheus:",
            10,
        ),
        (
            check_compose,
            "GM801",
            COMPOSE,
            "    ports:",
            "    image: x\n    ports:",
            "already defined",
            "image: x",
            10,
        ),
        (
            check_compose,
            "GM801",
            COMPOSE,
            "127.0.0.1:8000:8000",
            "a:b",
            "invalid containerPort: b",
            None,
            None,
        ),
    ],
)
def test_a_fault_is_found_at_its_line(
    sample: Sample,
    check: CheckRun,
    code: str,
    path: str,
    old: str,
    new: str,
    message: str,
    line_of: str | None,
    spec_line: int | None,
) -> None:
    assert run(check, sample) == []
    sample.spoil(path, old, new)
    (finding,) = run(check, sample)
    assert (finding.code, finding.severity) == (code, Severity.ERROR)
    assert message in finding.message
    assert str(sample.out) not in finding.message
    assert finding.hint
    if line_of is not None:
        assert place(finding, sample) == (path, sample.line(path, line_of))
    assert [location.line for location in finding.related] == ([] if spec_line is None else [spec_line])


def test_lint_names_the_second_recording(sample: Sample) -> None:
    again = "      - record: service:up\n        expr: max(up)\n"
    sample.spoil(RULES, "      # from: alerts.ApiDown\n", again + "      # from: alerts.ApiDown\n")
    (finding,) = run(check_rules, sample)
    assert finding.message == '"service:up" is recorded more than once with the same labels'
    assert place(finding, sample) == (RULES, sample.line(RULES, "record: service:up", 2))


def test_all_faults_of_a_file_are_told(sample: Sample) -> None:
    sample.spoil(RULES, "min(", "min((")
    sample.spoil(RULES, "== 0", "== (0")
    findings = run(check_rules, sample)
    assert [finding.related[0].line for finding in findings] == [20, 30]


def test_a_fault_in_a_rule_file_is_told_by_the_check_of_rules_alone(sample: Sample) -> None:
    sample.spoil(RULES, "min(", "min((")
    assert run(check_prometheus_config, sample) == []


def test_a_rule_file_that_nobody_rendered_is_judged_too(sample: Sample) -> None:
    (sample.out / "prometheus/rules/stray.yml").write_text(
        "groups: [{name: g, rules: [{alert: A, expr: '('}]}]\n"
    )
    (finding,) = run(check_prometheus_config, sample)
    assert finding.code == "GM301"
    assert place(finding, sample) == ("prometheus/rules/stray.yml", 1)
    assert "not rendered from the spec" in finding.message


def test_an_unset_variable_in_compose_is_a_warning(sample: Sample) -> None:
    sample.spoil(COMPOSE, "api:1.0.0", "api:${TAG_OF_API}")
    (finding,) = run(check_compose, sample)
    assert (finding.code, finding.severity) == ("GM801", Severity.WARNING)
    assert finding.message == 'The "TAG_OF_API" variable is not set. Defaulting to a blank string.'
    assert place(finding, sample) == (COMPOSE, sample.line(COMPOSE, "TAG_OF_API"))


def test_a_failing_rule_test_tells_alert_time_expected_and_got(sample: Sample) -> None:
    sample.spoil(RULES, "for: 5m", "for: 3m")
    (finding,) = run(check_rule_tests, sample)
    assert finding.code == "GM501"
    assert finding.message.startswith(
        'alert ApiDown fails in the test "ApiDown fires" at 4m: '
        'expected [], got [ 0: Labels:{alertname="ApiDown"'
    )
    assert place(finding, sample) == (TESTS, sample.line(TESTS, "alertname: ApiDown", 1))
    assert [location.line for location in finding.related] == [30]


def test_each_failing_test_is_a_finding_of_its_own(sample: Sample) -> None:
    sample.spoil(RULES, "for: 5m", "for: 3m")
    sample.spoil(RULES, "severity: P0", "severity: P1")
    early, wrong = run(check_rule_tests, sample)
    assert place(early, sample) == (TESTS, sample.line(TESTS, "alertname: ApiDown", 1))
    assert place(wrong, sample) == (TESTS, sample.line(TESTS, "alertname: ApiDown", 2))
    assert "at 1h30m" in wrong.message
    assert 'severity="P0"' in wrong.message.partition("got")[0]
    assert 'severity="P1"' in wrong.message.partition("got")[2]


def test_a_failing_expression_test_is_located(sample: Sample) -> None:
    case = "    promql_expr_test:\n      - {expr: \"service:up{a!='b'}\", eval_time: 1m, exp_samples: []}\n"
    with (sample.out / TESTS).open("a") as file:
        file.write(case)
    (finding,) = run(check_rule_tests, sample)
    assert "expression \"service:up{a!='b'}\" fails" in finding.message
    assert place(finding, sample) == (TESTS, sample.line(TESTS, 'expr: "service:up{a'))


def test_of_expressions_alike_the_one_that_fails_is_located_by_what_it_expects(sample: Sample) -> None:
    """promtool does not tell in which test an expression failed."""
    test = (
        "  - {{interval: 1m, name: {0}, input_series: [{{series: 'x', values: '{1}x3'}}], promql_expr_test: "
        "[{{expr: x, eval_time: 1m, exp_samples: [{{labels: x, value: {2}}}]}}]}}\n"
    )
    with (sample.out / TESTS).open("a") as file:
        file.write("".join(test.format(*one) for one in (("good", 0.5, 0.5), ("bad", 9, 8), ("worse", 7, 7))))
    (finding,) = run(check_rule_tests, sample)
    assert 'in the test "bad"' not in finding.message
    assert 'expected {__name__="x"} 8E+00' in finding.message
    assert place(finding, sample) == (TESTS, sample.line(TESTS, "name: bad"))


def test_long_answers_are_shortened(sample: Sample) -> None:
    sample.spoil(RULES, "The API is down", "x" * 5000)
    (finding,) = run(check_rule_tests, sample)
    assert len(finding.message) < 1000
    assert "…" in finding.message


@pytest.mark.parametrize(
    ("old", "new", "message", "line_of"),
    [
        ("    interval: 1m", "    intervall: 1m", "field intervall not found", "intervall"),
        ('up{job="api"}', "up{", "unexpected", None),
    ],
)
def test_tests_that_cannot_run_fail(
    sample: Sample, old: str, new: str, message: str, line_of: str | None
) -> None:
    sample.spoil(TESTS, old, new)
    (finding,) = run(check_rule_tests, sample)
    assert finding.code == "GM501"
    assert "the tests did not run" in finding.message
    assert message in finding.message
    assert finding.location.line == (sample.line(TESTS, line_of) if line_of else 0)


def test_tests_of_rules_that_do_not_load_fail(sample: Sample) -> None:
    sample.spoil(RULES, "min(", "min((")
    (finding,) = run(check_rule_tests, sample)
    assert finding.code == "GM501"
    assert RULES in finding.message


def test_tests_of_no_rules_prove_nothing(sample: Sample) -> None:
    sample.spoil(TESTS, "rules/service.yml", "rules/gone.yml")
    sample.spoil(TESTS, "eval_time: 90m", "eval_time: 2m")
    sample.spoil(TESTS, TESTS_EXPECTATION, "exp_alerts: []\n")
    (finding,) = run(check_rule_tests, sample)
    assert finding.code == "GM502"
    assert "no file match pattern" in finding.message


@pytest.mark.parametrize("text", ["", "rule_files: [../rules/service.yml]\ntests: []\n"])
def test_a_file_without_tests_proves_nothing(sample: Sample, text: str) -> None:
    (sample.out / TESTS).write_text(text)
    (finding,) = run(check_rule_tests, sample)
    assert (finding.code, finding.message) == ("GM502", "the file holds no test")


def test_no_test_files_at_all_prove_nothing(sample: Sample) -> None:
    (finding,) = check_rule_tests(sample.context(without=TESTS))
    assert finding.code == "GM502"
    assert "renders no rule tests" in finding.message


def test_a_missing_test_file_proves_nothing(sample: Sample) -> None:
    (sample.out / TESTS).unlink()
    (finding,) = run(check_rule_tests, sample)
    assert finding.code == "GM502"
    assert place(finding, sample)[0] == TESTS
