"""Edits of ``slo.yaml`` that are merely different: of SLIs, alerts and severities."""

from mutate.edits import in_section, number, rotated, spots_where
from mutate.mutant import SPEC, Expect, Kind, Sites, Target


def _kind(name: str, sites: Sites, most: int = 6) -> Kind:
    return Kind(f"spec, edit: {name}", Target.SPEC, Expect.DRIFT, sites, most)


def _in_number(line: str, spot: str, scale: float) -> Sites:
    return spots_where(SPEC, line, spot, lambda m: [number(float(m[0]) * scale)])


KINDS = (
    _kind(
        "target changed",
        _in_number(r'^    objective: \{good: "<=?", target: ', r"(?:60|99|1|2|0\.1)(?=[,}])", 0.9),
        8,
    ),
    _kind(
        "lower target changed",
        _in_number(r'^    objective: \{good: ">=?", target: ', r"(?:95|80|90|70)(?=[,}])", 1.02),
        5,
    ),
    _kind("alert level changed", _in_number(r"^    objective: .*alert: ", r"(?:85|150)(?=[,}])", 1.02), 3),
    _kind("NO-GO level changed", _in_number(r"^    objective: .*no_go: ", r"(?:90|200)(?=\})", 1.05), 3),
    _kind(
        "comparison made strict or not",
        spots_where(
            SPEC,
            r'^    objective: \{good: "(?!<=", target: 20\})',
            r'[<>]=?(?=")',
            lambda m: [m[0].rstrip("=") if m[0].endswith("=") else m[0] + "="],
        ),
        8,
    ),
    _kind(
        "for changed",
        in_section(
            "alerts", spots_where(SPEC, r"^    for: ", r"\d+(?=[mh]$)", lambda m: [str(int(m[0]) + 1)])
        ),
        10,
    ),
    _kind(
        "severity changed",
        in_section(
            "alerts",
            spots_where(SPEC, r"^    severity: ", r"P\d", lambda m: [rotated(("P1", "P2", "P3"), m[0])]),
        ),
        10,
    ),
    _kind(
        "prose changed",
        spots_where(SPEC, r"^    (?:summary|impact|title): ", r"(?<=[a-z])\.?$", lambda m: [" now" + m[0]]),
        10,
    ),
    _kind(
        "step changed",
        in_section("alerts", spots_where(SPEC, r"^      - ", r"(?<=[a-z])\.$", lambda _: [" twice."])),
        8,
    ),
    _kind(
        "window changed",
        in_section(
            "slis", spots_where(SPEC, r"^    window: ", r"\d+(?=[mh]$)", lambda m: [str(int(m[0]) * 2)])
        ),
        8,
    ),
    _kind(
        "quantile changed",
        in_section("slis", spots_where(SPEC, r"^    q: ", r"0\.\d+$", lambda _: ["0.9"])),
        6,
    ),
    _kind(
        "aggregation changed",
        in_section("slis", spots_where(SPEC, r"^    aggregation: ", r"\w+$", lambda _: ["max"])),
        5,
    ),
    _kind(
        "traffic guard changed",
        in_section(
            "slis",
            spots_where(
                SPEC, r"^    (?:minimum_traffic|unless_numerator): ", r"\d+$", lambda m: [str(int(m[0]) * 2)]
            ),
        ),
        5,
    ),
    _kind(
        "baseline changed",
        _in_number(r"^    baseline: \{value: (?=500|98|131|50,|94)", r"[0-9.]+(?=,)", 1.01),
        4,
    ),
    _kind(
        "timing of a severity changed",
        in_section(
            "severities",
            spots_where(
                SPEC,
                r"^    (?:group_wait|group_interval|repeat_interval|acknowledge_within|escalate_after): ",
                r"\d+(?=[smhd]$)",
                lambda m: [str(int(m[0]) + 1)],
            ),
        ),
        8,
    ),
    _kind(
        "grouping of a severity changed",
        in_section(
            "severities",
            spots_where(
                SPEC,
                r"^    group_by: ",
                r"\[.*\]",
                lambda m: ["[alertname]" if "alertname" not in m[0] else "[component]"],
            ),
        ),
        4,
    ),
    _kind(
        "receivers of a severity changed",
        in_section(
            "severities",
            spots_where(
                SPEC,
                r"^    receivers: ",
                r"\[.*\]",
                lambda m: ["[genesis-alerts]" if "," not in m[0] else "[pager]"],
            ),
        ),
        4,
    ),
    _kind(
        "channel changed",
        spots_where(SPEC, r'^    genesis-\w+: \{name: "', r"#[\w-]+", lambda m: [m[0] + "-2"]),
        3,
    ),
)
