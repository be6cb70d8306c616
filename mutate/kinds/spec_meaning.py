"""Faults in ``slo.yaml`` that contradict something else there: the spec's own checks must catch each."""

import re
from collections.abc import Iterator

from mutate.edits import (
    added_under,
    chosen,
    doubled,
    in_section,
    lines_where,
    replace_lines,
    spots_where,
    together,
)
from mutate.mutant import SPEC, Expect, Files, Kind, Site, Sites, Target

_NAME = r"[\w-]+$"
_NAMED = "TestPassRateLow CPUUsageHigh MemoryUsageHigh htdag_latency_p95 regression_tests_passed"


def _second_id(tree: Files) -> Iterator[Site]:
    """Each panel with the id of the panel before it."""
    for path, lines in chosen(tree, SPEC):
        last = ""
        for index, line in enumerate(lines):
            if re.match(r"^          - id: ", line):
                if last:
                    yield replace_lines(path, lines, index, index + 1, [last])
                last = line


def _kind(name: str, sites: Sites, most: int = 6) -> Kind:
    return Kind(f"spec, contradiction: {name}", Target.SPEC, Expect.CONTRADICTION, sites, most)


def _misspelt(line: str, spot: str = _NAME) -> Sites:
    return spots_where(SPEC, line, spot, lambda m: [m[0] + "s"])


KINDS = (
    _kind(
        "target and alert in the wrong order",
        spots_where(
            SPEC,
            r"^ +objective: .*alert: ",
            r"[0-9.]+(?=[,}])",
            lambda m: (
                ["1" if float(m[0]) < 80 or float(m[0]) > 100 else "10"] if float(m[0]) != 75 else ["90"]
            ),
        ),
        4,
    ),
    _kind(
        "NO-GO in the wrong order",
        spots_where(SPEC, r'^    objective: \{good: "<", .*no_go: ', r"[0-9.]+(?=\})", lambda _: ["20"]),
        4,
    ),
    _kind(
        "alert that can never fire",
        together(
            spots_where(SPEC, r'^    objective: \{good: ">=", target: ', r"95(?=\})", lambda _: ["0"]),
            spots_where(SPEC, r'^    objective: \{good: "<", .*no_go: ', r"90(?=\})", lambda _: ["100"]),
            spots_where(
                SPEC, r'^    objective: \{good: "<", target: ', r"(?:50|150)(?=\})", lambda _: ["1000"]
            ),
        ),
        5,
    ),
    _kind(
        "unit that does not fit the metric",
        in_section(
            "slis",
            spots_where(
                SPEC,
                r"^    unit: ",
                r"(?:milliseconds|percent|usd_per_month|minutes|tokens_per_second|state)$",
                lambda m: ["usd_per_month" if m[0] != "usd_per_month" else "milliseconds"],
            ),
        ),
        8,
    ),
    _kind("quantile out of range", spots_where(SPEC, r"^    q: ", r"[0-9.]+$", lambda _: ["95", "0"]), 4),
    _kind(
        "histogram without an edge at the threshold",
        spots_where(
            SPEC,
            r'^    objective: \{good: "<", target: (?=(?:100|50|200|150|130)[,}])',
            r"\d+(?=[,}])",
            lambda m: [str(int(m[0]) - 3)],
        ),
        5,
    ),
    _kind(
        "window longer than retention",
        together(
            spots_where(SPEC, r"^  retention: ", r"30d", lambda _: ["5m", "1d"]),
            in_section("slis", spots_where(SPEC, r"^    window: ", r"\w+$", lambda _: ["40d"])),
        ),
        6,
    ),
    _kind(
        "window too short for the scrapes",
        in_section("slis", spots_where(SPEC, r"^    window: ", r"5m$", lambda _: ["15s"])),
        4,
    ),
    _kind(
        "timeout longer than the interval",
        together(
            spots_where(SPEC, r"^  scrape_timeout: ", r"\w+$", lambda _: ["20s", "1m"]),
            spots_where(SPEC, r"^  scrape_interval: ", r"\w+$", lambda _: ["3s", "4s"]),
        ),
        4,
    ),
    _kind("panel id twice", _second_id),
    _kind("panel too wide", spots_where(SPEC, r"^            width: ", r"\d+$", lambda _: ["25", "0"]), 4),
    _kind(
        "panel on an SLI or metric that is not there",
        spots_where(SPEC, r"^ +(?:queries: \[|- )\{(?:sli|metric): ", r"\w+(?=,)", lambda m: [m[0] + "s"]),
        6,
    ),
    _kind(
        "panel with SLIs of different units",
        spots_where(
            SPEC,
            r"^              - \{sli: (?=rag_|redis_cache|llm_|memory_s)",
            r"\w+(?=,)",
            lambda _: ["mongodb_connections"],
        ),
        4,
    ),
    _kind(
        "host port twice",
        spots_where(SPEC, r"^ +(?:ports: \[|- )\{host: (?!9090)", r"\d+(?=,)", lambda _: ["9090"]),
        4,
    ),
    _kind(
        "service, network, volume or secret that is not there",
        together(
            spots_where(
                SPEC, r"^      (?:depends_on|networks|secrets): ", r"[\w-]+(?=\])", lambda m: [m[0] + "s"]
            ),
            in_section("prometheus", _misspelt(r"^  (?:service|alertmanager): ")),
            in_section("metrics", spots_where(SPEC, r".*job: ", r"[\w-]+(?=,|$)", lambda m: [m[0] + "s"])),
            _misspelt(r"^  api_url_secret: "),
        ),
        8,
    ),
    _kind(
        "services that wait for each other",
        added_under(
            SPEC,
            r"^    alertmanager:$",
            "      depends_on: [prometheus]",
            "      depends_on: [grafana]",
            "      depends_on: [alertmanager]",
        ),
        3,
    ),
    _kind(
        "image without a tag",
        together(spots_where(SPEC, r"^      image: ", r":[\w.]+$", lambda _: ["", ":latest"])),
        5,
    ),
    _kind(
        "checkpoint past the end",
        spots_where(SPEC, r"^      - \{index: ", r"\d+(?=,)", lambda _: ["99", "0"]),
        3,
    ),
    _kind(
        "criterion on something that is not there",
        in_section(
            "rollout",
            spots_where(SPEC, r".*(?:slis|suites|severities): \[", r"\w+(?=[\],])", lambda m: [m[0] + "9"]),
        ),
        8,
    ),
    _kind(
        "criterion on a level that is not there",
        in_section(
            "rollout",
            spots_where(
                SPEC,
                r".*slis: \[(?:request_error_rate|rag_accuracy_top3|system_health)\], level: ",
                r"\w+(?=,)",
                lambda _: ["no_go"],
            ),
        ),
        4,
    ),
    _kind(
        "weights that do not add up",
        spots_where(SPEC, r"^    \w+: \{suite: \w+, weight: ", r"0\.\d", lambda m: [m[0] + "5"]),
        4,
    ),
    _kind(
        "syntax broken",
        together(
            spots_where(SPEC, r"^    objective: ", r"\}$", lambda _: [""]),
            lines_where(SPEC, r"^    (unit: \w+)$", lambda m: [f"   {m[1]}", f"\t{m[1]}"]),
        ),
        5,
    ),
    _kind(
        "name twice",
        together(
            doubled(
                SPEC,
                rf"^  (?:{'|'.join(_NAMED.split())}):$",
            ),
            spots_where(SPEC, r"^    name: ", r"SLIDataMissing", lambda _: ["Watchdog", "CPUUsageHigh"]),
        ),
        5,
    ),
)
