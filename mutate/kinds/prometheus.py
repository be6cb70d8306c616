"""Faults in Prometheus' own configuration."""

import re
from collections.abc import Iterator

from mutate.edits import (
    added_under,
    block_end,
    chosen,
    doubled,
    dropped,
    lines_where,
    number,
    replace_lines,
    rotated,
    spots_where,
    together,
)
from mutate.mutant import Expect, Files, Kind, Site, Sites, Target

TESTS = "prometheus/tests/*.yml"
CONFIG = "prometheus/prometheus.yml"
_CASE = r"^      - eval_time: "
_GROUPS = ("cost", "hybrid-rag", "system", "test-suite", "monitoring")


def _expectation_emptied(tree: Files) -> Iterator[Site]:
    """A case that expects something, expecting nothing."""
    for path, lines in chosen(tree, TESTS):
        for index, line in enumerate(lines):
            if re.match(r"^        exp_(alerts|samples):$", line):
                yield replace_lines(path, lines, index, block_end(lines, index), [line + " []"])


def _all_groups_but_one(tree: Files) -> Iterator[Site]:
    """All groups but the first left out: what they prove is proven no more."""
    for path, lines in chosen(tree, TESTS):
        groups = [index for index, line in enumerate(lines) if line.startswith("  - interval:")]
        if len(groups) > 1:
            yield replace_lines(path, lines, groups[1] - 1, len(lines), [])


def _tests_emptied(tree: Files) -> Iterator[Site]:
    """A file without any test, and one where a group has no case left."""
    for path, lines in chosen(tree, TESTS):
        first = lines.index("tests:")
        yield replace_lines(path, lines, first, len(lines), ["tests: []"])
        for index, line in enumerate(lines):
            if line in ("    alert_rule_test:", "    promql_expr_test:"):
                yield replace_lines(path, lines, index, block_end(lines, index), [line + " []"])


def _other_time(match: re.Match[str]) -> Iterator[str]:
    """Earlier and later by so much that another state is met."""
    minutes = int(match[2]) * (60 if match[3] == "h" else 1)
    yield f"{match[1]}{minutes * 3}m"
    yield f"{match[1]}0m"


def _levels_changed(tree: Files) -> Iterator[Site]:
    """Each level in the values of a recorded series, changed; a raw counter may start anywhere."""
    for path, lines in chosen(tree, TESTS):
        for index, line in enumerate(lines[1:], 1):
            if "series: 'sli:" not in lines[index - 1]:
                continue
            for match in re.finditer(r"[0-9.]+(?=x)", line):
                other = number(float(match[0]) * 3 + 7)
                changed = line[: match.start()] + other + line[match.end() :]
                yield replace_lines(path, lines, index, index + 1, [changed])


def _test(name: str, sites: Sites, most: int = 8) -> Kind:
    return Kind(f"rule tests: {name}", Target.GENERATED, Expect.CHECK, sites, most)


def _config(name: str, sites: Sites, most: int = 6) -> Kind:
    return Kind(f"prometheus: {name}", Target.GENERATED, Expect.CHECK, sites, most)


_SERIES = r"^      - series: (?!.*_bucket)"
KINDS = (
    _config("job dropped", dropped(CONFIG, r"^  - job_name: ")),
    _config("job doubled", doubled(CONFIG, r"^  - job_name: "), 3),
    _config("job renamed", spots_where(CONFIG, r"^  - job_name: ", r"[\w-]+$", lambda m: [m[0] + "-2"])),
    _config(
        "job added",
        added_under(
            CONFIG,
            r"^scrape_configs:",
            "  - job_name: stray\n    static_configs:\n      - targets: ['stray:9999']",
        ),
        1,
    ),
    _config(
        "interval changed",
        spots_where(
            CONFIG, r"^ +(?:scrape|evaluation)_(?:interval|timeout): ", r"\d+(?=s$)", lambda _: ["4", "60"]
        ),
        10,
    ),
    _config("interval dropped", dropped(CONFIG, r"^  (?:scrape|evaluation)_\w+: |^    scrape_interval: ")),
    _config("external label dropped", dropped(CONFIG, r"^    (environment|rollout): "), 2),
    _config(
        "external label changed",
        spots_where(CONFIG, r"^    (?:environment|rollout): ", r"\w+$", lambda m: [m[0] + "2"]),
        2,
    ),
    _config(
        "external label added",
        added_under(CONFIG, r"^  external_labels:", "    severity: P0", "    region: here"),
        2,
    ),
    _config(
        "rule files changed",
        spots_where(
            CONFIG,
            r"^  - '",
            r"rules/\*\.yml",
            lambda _: ["rule/*.yml", "rules/*.yaml", "rules/cost.yml"],
        ),
        3,
    ),
    _config(
        "rule files dropped", together(dropped(CONFIG, r"^rule_files:"), dropped(CONFIG, r"^  - 'rules/")), 2
    ),
    _config(
        "alertmanager dropped",
        together(dropped(CONFIG, r"^alerting:"), dropped(CONFIG, r"^    - static_configs")),
        2,
    ),
    _config(
        "alertmanager changed",
        spots_where(
            CONFIG,
            r"^        - targets: ",
            r"alertmanager:9093",
            lambda _: ["alertmanager:9094", "alertmanger:9093", "alertmanager"],
        ),
        3,
    ),
    _config(
        "target changed",
        spots_where(CONFIG, r"^      - targets: \['", r"[\w-]+(?=:)|\d+(?='\])", lambda m: [m[0] + "1"]),
        8,
    ),
    _config(
        "port dropped from a target", spots_where(CONFIG, r"^      - targets: ", r":\d+", lambda _: [""])
    ),
    _config(
        "target doubled",
        spots_where(CONFIG, r"^      - targets: ", r"\['.*'\]", lambda m: [f"{m[0][:-1]}, {m[0][1:]}"]),
        3,
    ),
    _config("targets dropped", dropped(CONFIG, r"^    static_configs:"), 5),
    _config(
        "metrics path changed",
        spots_where(CONFIG, r"^    metrics_path: ", r"/metrics", lambda _: ["/metric"]),
        5,
    ),
    _config(
        "setting added",
        added_under(
            CONFIG,
            r"^  - job_name: ",
            "    honor_labels: true",
            "    sample_limit: 10",
            "    scheme: https",
            "    metric_relabel_configs: [{action: labeldrop, regex: suite}]",
        ),
        8,
    ),
)
