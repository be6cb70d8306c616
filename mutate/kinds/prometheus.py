"""Faults in Prometheus' own configuration."""

from mutate.edits import (
    added_under,
    doubled,
    dropped,
    spots_where,
    together,
)
from mutate.mutant import Expect, Kind, Sites, Target

CONFIG = "prometheus/prometheus.yml"


def _config(name: str, sites: Sites, most: int = 6) -> Kind:
    return Kind(f"prometheus: {name}", Target.GENERATED, Expect.CHECK, sites, most)


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
