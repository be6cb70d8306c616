"""Documents of Prometheus' HTTP API in, typed values out.

The readers raise KeyError, TypeError, ValueError, AttributeError or IndexError for what has another form.
Source: the Prometheus documentation, "HTTP API".
"""

import math
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
    """The series of an answer whose result is one of ``types``. Values are text, ``NaN`` too.

    A label set that stands in it twice, as where two servers are joined, is one series, with a warning.
    """
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
    series, doubled = _joined(series)
    return SeriesAnswer(
        query,
        series,
        (*read_warnings(document), *doubled),
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
            keep_firing=float(rule.get("keepFiringFor") or 0),
            limit=int(group.get("limit") or 0),
            offset=float(group.get("queryOffset") or 0),
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


def _joined(series: tuple[Series, ...]) -> tuple[tuple[Series, ...], tuple[str, ...]]:
    """One series for each label set, and what is wrong with one that stood there more than once: where its
    values differ, none of them is known to be true."""
    found: dict[Labels, list[Series]] = {}
    for one in series:
        found.setdefault(one.labels, []).append(one)
    if len(found) == len(series):
        return series, ()
    warnings = []
    joined = []
    for labels, several in found.items():
        values: dict[float, float] = {}
        for one in several:
            for time, value in zip(one.times, one.values, strict=True):
                values[time] = value if values.get(time, value) == value else math.nan
        times = sorted(values)
        joined.append(Series(labels, tuple(times), tuple(values[time] for time in times)))
        if len(several) > 1:
            told = ", ".join(f'{name}="{value}"' for name, value in labels)
            warnings.append(f"the series {{{told}}} stands {len(several)} times in the answer")
    return tuple(joined), tuple(warnings)


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
