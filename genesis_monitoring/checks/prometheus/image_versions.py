"""Whether the images of the spec know all that the files use; promtool and amtool here may be newer.

GM307 (error): a key or function that the spec's image of Prometheus or Alertmanager does not know yet, or no
longer. The container would refuse the file. Take a newer image, or do without. The versions are those of the
projects' change logs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.positions import items, place_of, read_nodes, scalar
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG, PROMETHEUS_CONFIG, RULES_FOLDER
from genesis_monitoring.findings import Finding

if TYPE_CHECKING:
    from yaml import Node

CODES = ("GM307",)

Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Feature:
    """A key below ``parent`` (any, if empty), or a function: known from ``since`` until before ``until``."""

    name: str
    since: Version = (0, 0)
    until: Version = (1000, 0)
    parent: str = ""


_CONFIG_KEYS = (
    _Feature("scrape_config_files", (2, 43)),
    _Feature("native_histogram_bucket_limit", (2, 45)),
    _Feature("scrape_classic_histograms", (2, 45), (3, 0)),
    _Feature("keep_dropped_targets", (2, 47)),
    _Feature("track_timestamps_staleness", (2, 48)),
    _Feature("enable_compression", (2, 49)),
    _Feature("scrape_protocols", (2, 49)),
    _Feature("native_histogram_min_bucket_factor", (2, 50)),
    _Feature("rule_query_offset", (2, 53)),
    _Feature("http_headers", (2, 55)),
    _Feature("metric_name_validation_scheme", (3, 0)),
    _Feature("fallback_scrape_protocol", (3, 0)),
    _Feature("always_scrape_classic_histograms", (3, 5), parent="global"),
    _Feature("always_scrape_classic_histograms", (3, 0), parent="scrape_configs"),
    _Feature("convert_classic_histograms_to_nhcb", (3, 4), parent="global"),
    _Feature("convert_classic_histograms_to_nhcb", (3, 0), parent="scrape_configs"),
    _Feature("metric_name_escaping_scheme", (3, 4)),
)
_RULE_KEYS = (
    _Feature("keep_firing_for", (2, 42)),
    _Feature("query_offset", (2, 53), parent="groups"),
    _Feature("labels", (3, 0), parent="groups"),
)
_ALERTMANAGER_KEYS = (
    _Feature("url_file", (0, 26), parent="webhook_configs"),
    _Feature("bot_token_file", (0, 26)),
    _Feature("msteams_configs", (0, 26)),
    _Feature("timeout", (0, 28), parent="webhook_configs"),
    _Feature("jira_configs", (0, 28)),
    _Feature("rocketchat_configs", (0, 28)),
    _Feature("msteamsv2_configs", (0, 28)),
    _Feature("incidentio_configs", (0, 29)),
    _Feature("mattermost_configs", (0, 30)),
    _Feature("name", (0, 30), parent="inhibit_rules"),
    _Feature("app_token", (0, 30), parent="slack_configs"),
    _Feature("timeout", (0, 30), parent="slack_configs"),
    _Feature("timeout", (0, 30), parent="pagerduty_configs"),
    _Feature("payload", (0, 32), parent="webhook_configs"),
)
_FUNCTIONS = (
    _Feature("holt_winters", (0, 0), (3, 0)),
    _Feature("histogram_stddev", (2, 47)),
    _Feature("histogram_stdvar", (2, 47)),
    _Feature("mad_over_time", (2, 49)),
    _Feature("sort_by_label", (2, 49)),
    _Feature("sort_by_label_desc", (2, 49)),
    _Feature("histogram_avg", (2, 51)),
    _Feature("limitk", (2, 54)),
    _Feature("limit_ratio", (2, 54)),
    _Feature("info", (2, 55)),
    _Feature("double_exponential_smoothing", (3, 0)),
    _Feature("ts_of_min_over_time", (3, 5)),
    _Feature("ts_of_max_over_time", (3, 5)),
    _Feature("ts_of_last_over_time", (3, 5)),
)
_TAG = re.compile(r":v?(?P<major>[0-9]+)\.(?P<minor>[0-9]+)(?:\.[0-9]+)?(?:[-@].*)?\Z")
_CALL = re.compile(r"\b([a-z_]+)\s*(?:\(|by\b|without\b)")
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')


def check_image_versions(context: CheckContext) -> Iterator[Finding]:
    """GM307."""
    config = context.read(PROMETHEUS_CONFIG, "Prometheus configuration")
    rules = context.read(f"{RULES_FOLDER}/*.yml", "rule files")
    alertmanager = context.read(ALERTMANAGER_CONFIG, "Alertmanager configuration")
    yield from (*config.findings, *rules.findings, *alertmanager.findings)
    spec = context.plan.spec
    for service, named in (
        (spec.prometheus.service, [(file, _CONFIG_KEYS) for file in config.files]),
        (spec.prometheus.service, [(file, _RULE_KEYS) for file in rules.files]),
        (spec.prometheus.alertmanager, [(file, _ALERTMANAGER_KEYS) for file in alertmanager.files]),
    ):
        image = spec.stack.services[service].image
        version = _version(image)
        for file, features in named if version else ():
            for name, since, until, place in _used(file, features):
                if version is not None and not since <= version < until:
                    change = (
                        f"came with {_spell(since)}" if version < since else f"ended with {_spell(until)}"
                    )
                    message = f"{name} {change}, and {service} is {image}"
                    related = (context.source.locate_dotted(f"stack.services.{service}.image"),)
                    hint = f"take another image at stack.services.{service}.image, or do without {name}"
                    yield context.finding("GM307", file, place, message, hint=hint, related=related)


def _used(
    file: TreeFile, features: tuple[_Feature, ...]
) -> Iterator[tuple[str, Version, Version, tuple[int, int]]]:
    for key, parents, node, value in _entries(read_nodes(file.text), ()):
        for feature in features:
            if feature.name == key and feature.parent in ("", parents[-1] if parents else ""):
                yield key, feature.since, feature.until, place_of(node)
        if key == "expr" and features is _RULE_KEYS:
            words = set(_CALL.findall(_STRING.sub('""', scalar(value) or "")))
            for feature in _FUNCTIONS:
                if feature.name in words:
                    yield f"{feature.name}()", feature.since, feature.until, place_of(value)


def _entries(
    node: "Node | None", parents: tuple[str, ...]
) -> "Iterator[tuple[str, tuple[str, ...], Node, Node]]":
    """Every key with the keys above it; elements of a list stand below the list's key."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = scalar(key) or ""
            yield name, parents, key, value
            yield from _entries(value, (*parents, name))
    for inner in items(node):
        yield from _entries(inner, parents)


def _version(image: str) -> Version | None:
    match = _TAG.search(image)
    return (int(match["major"]), int(match["minor"])) if match else None


def _spell(version: Version) -> str:
    return f"{version[0]}.{version[1]}"
