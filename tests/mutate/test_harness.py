"""What the mutation harness counts: which object a fault is in, and whether a finding points there."""

from pathlib import Path

import pytest

from genesis_monitoring.findings import Finding, Location, Severity
from mutate.edits import block_end, dropped, put_elsewhere, spots_where
from mutate.mutant import Expect, Mutant, Target, Verdict
from mutate.parts import parts_of, touched
from mutate.place import points_at
from mutate.spec_places import object_at
from mutate.table import goals_missed

RULES = "prometheus/rules/web.yml"
OUT = Path("generated")
RULES_TEXT = """\
groups:
  - name: web
    rules:
      # from: slis.errors
      - record: 'sli:errors:percent'
        expr: 'sum(rate(errors_total[5m]))'
      # from: alerts.ErrorsHigh
      - alert: ErrorsHigh
        expr: 'sli:errors:percent > 1'
        for: 5m
      # from: alerts.ErrorsGone
      - alert: ErrorsGone
        expr: 'absent(errors_total)'
"""
SPEC = """\
slis:
  errors:
    kind: ratio
alerts:
  ErrorsHigh:
    sli: errors
  ErrorsGone: {sli: errors}
dashboards:
  main:
    rows:
      - id: 100
        panels:
          - id: 1
            title: One
          - id: 2
            queries:
              - {sli: errors}
stack:
  services:
    web:
      ports: [80]
routing:
  inhibit:
    outage:
      equal: [team]
""".splitlines()


def finding(line: int, message: str = "wrong", *, file: str = RULES, spec_line: int = 0) -> Finding:
    related = (Location("slo.yaml", spec_line),) if spec_line else ()
    return Finding("GM209", Severity.ERROR, Location(f"generated/{file}", line), message, "", related)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (2, "slis.errors"),
        (3, "slis.errors"),
        (6, "alerts.ErrorsHigh"),
        (7, "alerts.ErrorsGone"),
        (13, "dashboards.main.rows.0.panels.0"),
        (17, "dashboards.main.rows.0.panels.1"),
        (11, "dashboards.main.rows.0"),
        (21, "stack.services.web"),
        (25, "routing.inhibit.outage"),
        (99, ""),
    ],
)
def test_each_line_of_a_spec_belongs_to_an_object(line: int, name: str) -> None:
    assert object_at(SPEC, line) == name


def test_each_line_of_a_file_belongs_to_one_part() -> None:
    parts = parts_of(RULES, RULES_TEXT)
    assert [(part.name, part.origin) for part in parts] == [
        ("", ""),
        ("sli:errors:percent", "slis.errors"),
        ("ErrorsHigh", "alerts.ErrorsHigh"),
        ("ErrorsGone", "alerts.ErrorsGone"),
    ]
    covered = [line for part in parts for line in range(part.first, part.last + 1)]
    assert covered == list(range(1, RULES_TEXT.count("\n") + 1))


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (finding(9), True),
        (finding(7), True),
        (finding(6), False),
        (finding(12), False),
        (finding(0), False),
        (finding(12, spec_line=6), True),
        (finding(12, spec_line=7), False),
        (finding(1, "the rule ErrorsHigh is gone"), True),
        (finding(1, "the rule ErrorsHigher is gone"), False),
        (finding(9, file="prometheus/rules/other.yml"), False),
        (finding(3, 'alert "ErrorsHigh" is not tested', file="prometheus/tests/x.yml"), True),
        (finding(3, 'alert "ErrorsHigh" is not shown', file="grafana/dashboards/x.json"), False),
    ],
)
def test_a_finding_points_at_the_object_or_elsewhere(found: Finding, right: bool) -> None:
    change = touched(RULES, RULES_TEXT, RULES_TEXT.replace("> 1", "> 2"))
    assert points_at(found, [change], OUT, SPEC) is right


def test_what_is_gone_may_be_told_by_its_name_or_where_it_was() -> None:
    (site,) = dropped(RULES, r"^      - alert: ErrorsHigh")({RULES: RULES_TEXT})
    change = touched(RULES, RULES_TEXT, site.build())
    assert points_at(finding(1, "ErrorsHigh is missing"), [change], OUT, SPEC)
    assert points_at(finding(1, spec_line=5), [change], OUT, SPEC)
    assert not points_at(finding(1, "a rule is missing"), [change], OUT, SPEC)


def test_a_whole_file_is_told_by_any_finding_in_it() -> None:
    change = touched(RULES, RULES_TEXT, None)
    assert points_at(finding(0), [change], OUT, SPEC)
    assert not points_at(finding(0, file="prometheus/prometheus.yml"), [change], OUT, SPEC)


def test_edits_change_one_place() -> None:
    tree = {RULES: RULES_TEXT}
    lines = RULES_TEXT.splitlines()
    assert block_end(lines, lines.index("      - alert: ErrorsHigh")) == 10
    (flipped,) = spots_where(RULES, r"^ +expr: ", r">", lambda _: ["<"])(tree)
    assert flipped.build() == RULES_TEXT.replace(">", "<")
    (moved,) = put_elsewhere(RULES, r"^      - alert: ErrorsHigh", r"^      - alert: ErrorsGone")(tree)
    built = moved.build() or ""
    assert sorted(built.splitlines()) == sorted(lines)
    assert built.splitlines()[-4:] == lines[6:10]


def verdict(target: Target, *, caught: bool, located: bool = True, equal: bool = False) -> Verdict:
    mutant = Mutant("kind", target, Expect.CHECK, "file", "change", "")
    return Verdict(mutant, ("GM209",) if caught else (), located=caught and located, equal=equal)


def test_goals() -> None:
    good = [verdict(Target.GENERATED, caught=True)] * 99 + [verdict(Target.SPEC, caught=True)]
    assert goals_missed([*good, verdict(Target.TEMPLATE, caught=False)]) == ()
    assert len(goals_missed([*good[1:], *[verdict(Target.TEMPLATE, caught=False)] * 2])) == 1
    assert len(goals_missed([*good, verdict(Target.SPEC, caught=False)])) == 1
    assert goals_missed([*good, verdict(Target.SPEC, caught=False, equal=True)]) == ()
    astray = [verdict(Target.GENERATED, caught=True, located=False)] * 6
    assert goals_missed([*good[6:], *astray]) == ("pointing to the right object: 94.00%, wanted 95%",)
