"""What a spec's ``suppress`` takes out of the findings, and what it may not."""

import pytest
from pydantic import ValidationError

from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.spec.source import parse_source
from genesis_monitoring.spec.suppressions import Applied, Suppression, apply_suppressions

TEXT = """\
alerts:
  Slow:
    sli: latency
    for: 5m
  SlowToo:
    sli: latency
slis:
  latency: {kind: gauge, levels: [1, 2]}
  a.b:
    kind: gauge
  a: {b: {kind: gauge}}
suppress:
  - {code: GM414, reason: the first of the reasons}
  - {code: GM130, object: alerts.Slow, reason: the second of them}
  - {code: GM130, reason: the third of them}
"""
SOURCE = parse_source(TEXT, "slo.yaml")
KNOWN = ("GM001", "GM005", "GM122", "GM130", "GM201", "GM414", "GM416")
REASON = "looked at and accepted"
RULES = "generated/prometheus/rules/api.yml"


def found(code: str = "GM414", file: str = RULES, line: int = 3, *related: int, severity: int = 1) -> Finding:
    places = tuple(Location("slo.yaml", number, 5) for number in related)
    return Finding(code, Severity(severity), Location(file, line), "m", "", places)


def apply(
    findings: list[Finding],
    *suppressions: tuple[str, str | None],
    judged: tuple[str, ...] = KNOWN,
    strict: bool = False,
) -> Applied:
    wanted = [Suppression(code=code, object=where, reason=REASON) for code, where in suppressions]
    return apply_suppressions(findings, wanted, SOURCE, known=KNOWN, judged=judged, strict=strict)


def codes(applied: Applied) -> list[str]:
    return [finding.code for finding in applied.kept]


def test_nothing_suppressed_is_nothing_changed() -> None:
    findings = [found("GM416", line=9), found(line=3)]
    assert apply(findings) == Applied((findings[1], findings[0]), ())


def test_a_code_everywhere() -> None:
    applied = apply([found(line=3), found(line=9, severity=2), found("GM416")], ("GM414", None))
    assert codes(applied) == ["GM416"]
    assert [(one.finding.location.line, one.reason) for one in applied.suppressed] == [
        (3, REASON),
        (9, REASON),
    ]


@pytest.mark.parametrize(
    ("line", "path", "inside"),
    [
        (2, "alerts", True),
        (6, "alerts", True),
        (7, "alerts", False),
        (2, "alerts.Slow", True),
        (4, "alerts.Slow", True),
        (5, "alerts.Slow", False),
        (4, "alerts.Slow.for", True),
        (3, "alerts.Slow.for", False),
        (6, "alerts.SlowToo", True),
        (10, "slis.a.b", True),
        (8, "slis.a.b", False),
        (11, "slis.a.b", False),
        (11, "slis.a", True),
        (13, "suppress.0", True),
        (14, "suppress.0", False),
        (15, "suppress", True),
    ],
)
def test_a_part_of_the_spec(line: int, path: str, inside: bool) -> None:
    place = Location("slo.yaml", line, 5)
    in_spec = Finding("GM414", Severity.ERROR, place, "m")
    from_spec = Finding("GM414", Severity.ERROR, Location(RULES, 99), "m", "", (Location("x", 1), place))
    for finding in (in_spec, from_spec):
        applied = apply([finding], ("GM414", path))
        assert bool(applied.suppressed) is inside
        assert sorted(codes(applied)) == ([] if inside else ["GM005", "GM414"])


def test_a_part_on_the_line_of_another() -> None:
    first = Finding("GM414", Severity.ERROR, Location("slo.yaml", 8, 35), "m")
    second = Finding("GM414", Severity.ERROR, Location("slo.yaml", 8, 38), "m")
    assert TEXT.splitlines()[7][34:] == "1, 2]}"
    assert [one.finding for one in apply([first, second], ("GM414", "slis.latency.levels.1")).suppressed] == [
        second
    ]
    assert len(apply([first, second], ("GM414", "slis.latency.levels")).suppressed) == 2


def test_a_line_of_another_file_is_no_line_of_the_spec() -> None:
    assert apply([found(line=3)], ("GM414", "alerts.Slow")).suppressed == ()


@pytest.mark.parametrize(
    ("pattern", "inside"),
    [
        ("prometheus/rules/api.yml", True),
        ("generated/prometheus/rules/api.yml", True),
        ("prometheus/rules/*.yml", True),
        ("prometheus/*/api.yml", True),
        ("rometheus/rules/api.yml", False),
        ("prometheus/rules/a", False),
        ("prometheus/*.yml", False),
        ("prometheus/rules", False),
        ("alertmanager/*.yml", False),
    ],
)
def test_a_generated_file(pattern: str, inside: bool) -> None:
    assert bool(apply([found()], ("GM414", pattern)).suppressed) is inside


def test_a_generated_file_related_to_a_finding() -> None:
    finding = Finding("GM414", Severity.ERROR, Location("slo.yaml", 3), "m", "", (Location(RULES, 3),))
    assert apply([finding], ("GM414", "prometheus/rules/api.yml")).suppressed


def test_a_stale_suppression() -> None:
    (finding,) = apply([], ("GM414", None)).kept
    assert (finding.code, finding.severity) == ("GM005", Severity.WARNING)
    assert finding.location == SOURCE.locate(("suppress", 0, "code"))
    (strict,) = apply([], ("GM414", None), strict=True).kept
    assert strict.severity is Severity.ERROR


def test_a_stale_object_is_shown() -> None:
    findings = apply(
        [found("GM130", line=1)], ("GM414", None), ("GM130", "alerts.Slow"), judged=("GM130",)
    ).kept
    (stale,) = (finding for finding in findings if finding.code == "GM005")
    assert stale.location == SOURCE.locate(("suppress", 1, "object"))
    assert "GM130 in alerts.Slow" in stale.message
    assert "taken for a file" not in stale.hint
    (typo,) = apply([], ("GM414", "alerts.Slwo")).kept
    assert "alerts.Slwo is no part of the spec" in typo.hint


def test_what_was_not_looked_for_is_not_stale() -> None:
    assert apply([], ("GM414", None), judged=("GM416",)).kept == ()


def test_two_suppressions_of_one_finding_are_both_used() -> None:
    applied = apply([found("GM414", RULES, 3, 2)], ("GM414", "alerts.Slow"), ("GM414", None))
    assert applied.kept == ()
    assert len(applied.suppressed) == 1


def test_an_unknown_code() -> None:
    (finding,) = apply([], ("GM415", None)).kept
    assert (finding.code, finding.severity) == ("GM006", Severity.ERROR)
    assert finding.location == SOURCE.locate(("suppress", 0, "code"))
    assert 'did you mean "GM41' in finding.message


@pytest.mark.parametrize("severity", list(Severity))
def test_what_could_not_be_checked_is_never_suppressed(severity: Severity) -> None:
    blind = found("GM001", severity=severity)
    applied = apply([blind], ("GM001", None))
    assert blind in applied.kept
    assert sorted(codes(applied)) == ["GM001", "GM006"]
    assert codes(apply([], ("GM001", None))) == ["GM006"]


@pytest.mark.parametrize("code", ["GM122", "GM201"])
def test_errors_of_the_spec_and_the_tree_are_never_suppressed(code: str) -> None:
    error = found(code, severity=2)
    applied = apply([error], (code, None))
    assert applied.suppressed == ()
    (refusal,) = (finding for finding in applied.kept if finding.code == "GM006")
    assert refusal.severity is Severity.ERROR
    assert refusal.related == (error.location,)
    assert error in applied.kept


def test_notes_on_the_spec_are_suppressed() -> None:
    note = found("GM130", "slo.yaml", 3, severity=0)
    assert apply([note], ("GM130", "alerts.Slow")) == Applied((), apply([note], ("GM130", None)).suppressed)


def test_a_suppression_is_not_suppressed() -> None:
    assert "GM005" not in codes(apply([], ("GM005", None)))
    assert codes(apply([], ("GM414", None), ("GM005", None))) == ["GM005", "GM006"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "GM41", "reason": REASON},
        {"code": "gm414", "reason": REASON},
        {"code": "GM414"},
        {"code": "GM414", "reason": "too short"},
        {"code": "GM414", "reason": "          x"},
        {"code": "GM414", "reason": REASON, "object": ""},
        {"code": "GM414", "reason": REASON, "path": "x"},
    ],
)
def test_a_suppression_that_is_not_well_formed(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Suppression.model_validate(wrong)


def test_the_shortest_reason() -> None:
    assert Suppression.model_validate({"code": "GM414", "reason": "ten chars!"}).object is None
