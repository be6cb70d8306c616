"""Findings that are hard to write down: the same ones for every format."""

from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.report.checked import Checked

NASTY = "a\x1b[2J\nb\r\x00\x0b\x9b\ufffe\u2028\udc80é… <&>\"']]> 100%, {0} [x](1) ::error::"

RULE = Finding(
    "GM401",
    Severity.ERROR,
    Location("generated/prometheus/rules/api.yml", 3, 5),
    "unclosed parenthesis, in line 3",
    "correct the spec",
    (Location("slo.yaml", 12, 3), Location("slo.yaml", 40)),
)
SAME = Finding(
    "GM401",
    Severity.ERROR,
    Location("generated/prometheus/rules/api.yml", 9),
    "unclosed parenthesis, in line 9",
)
TOOL = Finding(
    "GM001", Severity.WARNING, Location("generated"), "the check rule-tests did not run: no promtool"
)
NOTE = Finding("GM130", Severity.INFO, Location("slo.yaml", 7, 1), "cannot be judged yet")
ODD = Finding(
    "GM299", Severity.WARNING, Location("a b/é:,%.yml", 2), NASTY, NASTY, (Location("/elsewhere/x y.yml", 1),)
)

FOUND = (TOOL, NOTE, ODD, SAME, RULE)
CHECKED = (
    Checked("spec", "spec"),
    Checked("promql", "promql", (RULE, SAME)),
    Checked("rule-tests", "rule tests", (TOOL,)),
    Checked("criteria", "spec", (NOTE,)),
)
