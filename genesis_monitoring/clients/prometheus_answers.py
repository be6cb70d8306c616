"""Documents of Prometheus' HTTP API in, typed values out.

The readers raise KeyError, TypeError, ValueError, AttributeError or IndexError for what has another form.
Source: the Prometheus documentation, "HTTP API".
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from genesis_monitoring.clients.samples import (
    ActiveAlert,
    ActiveTarget,
    Labels,
    LoadedRule,
    Series,
    SeriesAnswer,
)


def read_series(query: str, document: Mapping[str, Any], types: Sequence[str]) -> SeriesAnswer:
    """The series of an answer whose result is one of ``types``. Values are text, ``NaN`` too."""
    data = document["data"]
    kind = data["resultType"]
    if kind not in types:
        raise ValueError(f"the result is a {kind}, not a {' or '.join(types)}")
    series: tuple[Series, ...]
    if kind == "scalar":
        time, value = data["result"]
        series = (Series((), (float(time),), (float(value),)),)
    else:
        series = tuple(_one(result) for result in data["result"])
    return SeriesAnswer(
        query,
        series,
        read_warnings(document),
        _texts(document.get("infos")),
        bool(document.get("isPartial", False)),
    )


def read_warnings(document: Mapping[str, Any]) -> tuple[str, ...]:
    """What may make the answer less than whole, in the server's words."""
    return _texts(document.get("warnings"))


def read_rules(document: Mapping[str, Any]) -> tuple[LoadedRule, ...]:
    """Every rule of every group."""
    return tuple(
        LoadedRule(
            group=str(group["name"]),
            name=str(rule["name"]),
            kind=str(rule["type"]),
            expr=str(rule["query"]),
            labels=read_labels(rule.get("labels") or {}),
            health=str(rule.get("health", "unknown")),
            error=str(rule.get("lastError") or ""),
            interval=float(group.get("interval") or 0),
            duration=float(rule.get("duration") or 0),
            evaluated=read_time(str(rule.get("lastEvaluation", ""))),
        )
        for group in document["data"]["groups"]
        for rule in group["rules"]
    )


def read_alerts(document: Mapping[str, Any]) -> tuple[ActiveAlert, ...]:
    """What is pending or firing now."""
    return tuple(
        ActiveAlert(
            labels=read_labels(alert["labels"]),
            annotations=read_labels(alert.get("annotations") or {}),
            state=str(alert["state"]),
            since=read_time(str(alert["activeAt"])),
        )
        for alert in document["data"]["alerts"]
    )


def read_targets(document: Mapping[str, Any]) -> tuple[ActiveTarget, ...]:
    """The targets that are scraped."""
    return tuple(
        ActiveTarget(
            str(target["labels"].get("job", "")),
            str(target["scrapeUrl"]).partition("://")[2].partition("/")[0],
            str(target["health"]),
            str(target.get("lastError") or ""),
        )
        for target in document["data"]["activeTargets"]
    )


def read_labels(labels: Mapping[str, Any]) -> Labels:
    """As a label set that can be compared."""
    return tuple(sorted((str(name), str(value)) for name, value in labels.items()))


def read_time(text: str) -> float:
    """RFC 3339, with up to nanoseconds, in seconds since 1970; 0 for none and for Go's year 1."""
    match = re.fullmatch(r"(\d{4})(-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", text)
    if match is None or int(match[1]) < 1970:
        return 0.0
    return datetime.fromisoformat(f"{match[1]}{match[2]}{match[4]}").timestamp() + float(match[3] or 0)


def _texts(found: Any) -> tuple[str, ...]:
    """A list of texts; whatever else stands there is one."""
    if isinstance(found, list):
        return tuple(str(text) for text in found)
    return (str(found),) if found else ()


def _one(result: Mapping[str, Any]) -> Series:
    pairs = result["values"] if "values" in result else [result["value"]]
    times = tuple([float(time) for time, _ in pairs])
    values = tuple([float(value) for _, value in pairs])
    if any(earlier >= later for earlier, later in pairwise(times)):
        raise ValueError("its samples are not in the order of their times")
    return Series(read_labels(result["metric"]), times, values)
