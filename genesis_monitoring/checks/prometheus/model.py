"""``prometheus.yml`` as it works: text in, jobs with their targets and all else that counts out.

What ``global`` does not set has Prometheus' defaults.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from genesis_monitoring.checks.alertmanager.model import UnreadableError, read_duration
from genesis_monitoring.checks.positions import Path, child, items, place_of, read_nodes, scalar

if TYPE_CHECKING:
    from yaml import Node


@dataclass(frozen=True, slots=True)
class Target:
    """One ``host:port`` as it stands at ``path``."""

    address: str
    path: Path


@dataclass(frozen=True, slots=True)
class Job:
    """A scrape job. Durations are in seconds, None where the global one holds; ``others`` are unread keys."""

    name: str
    metrics_path: str
    scheme: str
    interval: float | None
    timeout: float | None
    targets: tuple[Target, ...]
    others: tuple[str, ...]
    path: Path


@dataclass(frozen=True, slots=True)
class PrometheusModel:
    """The whole file; durations are in seconds."""

    scrape_interval: float
    scrape_timeout: float
    evaluation_interval: float
    external_labels: tuple[tuple[str, str], ...]
    rule_files: tuple[Target, ...]
    alertmanagers: tuple[Target, ...]
    jobs: tuple[Job, ...]


_MINUTE = 60.0
_TIMEOUT = 10.0
_READ = (
    "job_name",
    "metrics_path",
    "scheme",
    "scrape_interval",
    "scrape_timeout",
    "static_configs",
)


@lru_cache(maxsize=2)
def read_prometheus(text: str) -> PrometheusModel:
    """Raises UnreadableError for what is no configuration."""
    document = read_nodes(text)
    if document is None:
        raise UnreadableError("it is empty or not YAML", (0, 0))
    settings = child(document, "global")
    interval = _duration(child(settings, "scrape_interval"), _MINUTE)
    timeout = _duration(child(settings, "scrape_timeout"), min(_TIMEOUT, interval))
    managers = child(child(document, "alerting"), "alertmanagers")
    return PrometheusModel(
        scrape_interval=interval,
        scrape_timeout=timeout,
        evaluation_interval=_duration(child(settings, "evaluation_interval"), _MINUTE),
        external_labels=tuple(sorted(_pairs(child(settings, "external_labels")))),
        rule_files=tuple(_entries(child(document, "rule_files"), ("rule_files",))),
        alertmanagers=tuple(
            target
            for index, one in enumerate(items(managers))
            for target in _targets(one, ("alerting", "alertmanagers", index))
        ),
        jobs=tuple(
            _job(one, ("scrape_configs", index))
            for index, one in enumerate(items(child(document, "scrape_configs")))
        ),
    )


def _job(node: "Node", path: Path) -> Job:
    interval, timeout = child(node, "scrape_interval"), child(node, "scrape_timeout")
    return Job(
        name=scalar(child(node, "job_name")) or "",
        metrics_path=scalar(child(node, "metrics_path")) or "/metrics",
        scheme=scalar(child(node, "scheme")) or "http",
        interval=None if interval is None else _duration(interval, _MINUTE),
        timeout=None if timeout is None else _duration(timeout, _TIMEOUT),
        targets=tuple(_targets(node, path)),
        others=tuple(key for key in _keys(node) if key not in _READ),
        path=path,
    )


def _targets(node: "Node", path: Path) -> Iterator[Target]:
    for index, static in enumerate(items(child(node, "static_configs"))):
        yield from _entries(child(static, "targets"), (*path, "static_configs", index, "targets"))


def _entries(node: "Node | None", path: Path) -> Iterator[Target]:
    for index, entry in enumerate(items(node)):
        yield Target(scalar(entry) or "", (*path, index))


def _pairs(node: "Node | None") -> Iterator[tuple[str, str]]:
    import yaml

    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        yield scalar(key) or "", scalar(value) or ""


def _keys(node: "Node") -> Iterator[str]:
    import yaml

    for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
        yield scalar(key) or ""


def _duration(node: "Node | None", default: float) -> float:
    text = scalar(node)
    if text is None:
        return default
    try:
        return read_duration(text)
    except ValueError as error:
        raise UnreadableError(str(error), place_of(node)) from error
