"""What a running Prometheus says of itself: a port on this machine in, targets, rules and alerts out.

Source: the Prometheus documentation, "HTTP API". Every call raises ToolCrashed if it does not answer, or
with something else than that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from genesis_monitoring.clients.loopback import ask
from genesis_monitoring.clients.process import ToolCrashed

_TIMEOUT_SECONDS = 5.0
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class TargetHealth:
    """A target: ``health`` is up, down, or unknown before the first scrape; ``error`` of the last one."""

    job: str
    address: str
    health: str
    error: str


@dataclass(frozen=True, slots=True)
class RuleHealth:
    """A rule: ``health`` is ok, err, or unknown before its first evaluation."""

    group: str
    name: str
    health: str
    error: str


@dataclass(frozen=True, slots=True)
class ActiveAlert:
    """An alert that is pending or firing; ``since`` is in seconds since 1970."""

    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]
    state: str
    since: float


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of an instant query."""

    labels: tuple[tuple[str, str], ...]
    value: float


@dataclass(frozen=True, slots=True)
class PrometheusApi:
    """Asks the Prometheus on ``port`` of 127.0.0.1."""

    port: int
    timeout: float = _TIMEOUT_SECONDS

    def targets(self) -> tuple[TargetHealth, ...]:
        """Every target that it scrapes."""
        found = self._get("/api/v1/targets?state=active", lambda data: data["activeTargets"])
        return self._read(found, _target)

    def rules(self) -> tuple[RuleHealth, ...]:
        """Every rule that is loaded."""
        groups = self._get("/api/v1/rules", lambda data: data["groups"])
        return self._read([(group, rule) for group in groups for rule in group["rules"]], _rule)

    def alerts(self) -> tuple[ActiveAlert, ...]:
        """Every alert that is pending or firing."""
        return self._read(self._get("/api/v1/alerts", lambda data: data["alerts"]), _alert)

    def query(self, expression: str) -> tuple[Sample, ...]:
        """An instant vector, now."""
        from urllib.parse import quote

        path = f"/api/v1/query?query={quote(expression, safe='')}"
        return self._read(self._get(path, lambda data: data["result"]), _sample)

    def _get(self, path: str, part: Callable[[Any], Any]) -> Any:
        try:
            status, answer = ask(self.port, "GET", path, timeout=self.timeout)
        except OSError as error:
            raise ToolCrashed(f"prometheus on port {self.port} does not answer: {error}") from error
        try:
            if status != 200:
                raise ToolCrashed(f"prometheus answered {status} to {path}: {str(answer)[:200]}")
            return part(answer["data"])
        except (KeyError, TypeError, IndexError) as error:
            raise ToolCrashed(f"prometheus answered something else to {path}: {str(answer)[:200]}") from error

    def _read(self, found: Any, reader: Callable[[Any], _T]) -> tuple[_T, ...]:
        try:
            return tuple(reader(one) for one in found)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise ToolCrashed(f"prometheus on port {self.port} answered something else: {error!r}") from error


def _target(one: Any) -> TargetHealth:
    address = one["scrapeUrl"].partition("://")[2].partition("/")[0]
    return TargetHealth(one["labels"]["job"], address, one["health"], one.get("lastError", ""))


def _rule(pair: Any) -> RuleHealth:
    group, rule = pair
    return RuleHealth(group["name"], rule["name"], rule["health"], rule.get("lastError", ""))


def _alert(one: Any) -> ActiveAlert:
    since = datetime.fromisoformat(one["activeAt"]).timestamp()
    return ActiveAlert(_pairs(one["labels"]), _pairs(one.get("annotations", {})), one["state"], since)


def _sample(one: Any) -> Sample:
    return Sample(_pairs(one["metric"]), float(one["value"][1]))


def _pairs(labels: Any) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(name), str(value)) for name, value in labels.items()))
