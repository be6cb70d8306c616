"""Documents of Prometheus' HTTP API in, typed values out.

The readers raise KeyError, TypeError, ValueError, AttributeError, IndexError or OverflowError for what has
another form. What they let pass is what its type says: a time is a finite number of an age that computers can
have, a text is a text.
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
from genesis_monitoring.times import LATEST

_NUMBERS = (int, float)
FAULTS = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
"""What reading a document of another form raises."""


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
        series = (_series((), [data["result"]]),)
    elif kind == "vector":
        series = tuple(_series(read_labels(one["metric"]), [one["value"]]) for one in _list(data["result"]))
    else:
        found = (_series(read_labels(one["metric"]), one["values"]) for one in _list(data["result"]))
        series = tuple(one for one in found if one.times)
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
            group=_text(group["name"]),
            name=_text(rule["name"]),
            kind=_text(rule["type"]),
            expr=_text(rule["query"]),
            labels=read_labels(rule.get("labels") or {}),
            health=_text(rule.get("health", "unknown")),
            error=str(rule.get("lastError") or ""),
            interval=_seconds(group.get("interval")),
            duration=_seconds(rule.get("duration")),
            evaluated=read_time(str(rule.get("lastEvaluation", ""))),
            keep_firing=_seconds(rule.get("keepFiringFor")),
            limit=int(group.get("limit") or 0),
            offset=_seconds(group.get("queryOffset")),
        )
        for group in _list(document["data"]["groups"])
        for rule in _list(group["rules"])
    )


def read_alerts(document: Mapping[str, Any]) -> tuple[ActiveAlert, ...]:
    """What is pending or firing now."""
    return tuple(
        ActiveAlert(
            labels=read_labels(alert["labels"]),
            annotations=read_labels(alert.get("annotations") or {}),
            state=_text(alert["state"]),
            since=read_time(str(alert["activeAt"])),
            value=float(str(alert.get("value", "NaN"))),
        )
        for alert in _list(document["data"]["alerts"])
    )


def read_targets(document: Mapping[str, Any]) -> tuple[ActiveTarget, ...]:
    """The targets that are scraped."""
    return tuple(
        ActiveTarget(
            str(target["labels"].get("job", "")),
            _text(target["scrapeUrl"]).partition("://")[2].partition("/")[0],
            _text(target["health"]),
            str(target.get("lastError") or ""),
            str(target["labels"].get("instance", "")),
        )
        for target in _list(document["data"]["activeTargets"])
    )


def read_metadata(document: Mapping[str, Any]) -> Mapping[str, tuple[str, str]]:
    """Type and help of each metric."""
    return {
        _text(name): (_text(said[0]["type"]), _text(said[0]["help"]))
        for name, said in document["data"].items()
        if said
    }


def read_labels(labels: Mapping[str, Any]) -> Labels:
    """As a label set that can be compared."""
    return tuple(sorted((_text(name), _text(value)) for name, value in labels.items()))


def read_time(text: str) -> float:
    """RFC 3339, with up to nanoseconds, in seconds since 1970; 0 for none and for Go's year 1.

    Raises ValueError for a day or an hour that there is not.
    """
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


def _series(labels: Labels, pairs: Any) -> Series:
    if not all(
        type(pair) is list and len(pair) == 2 and type(pair[0]) in _NUMBERS and type(pair[1]) is str
        for pair in _list(pairs)
    ):
        raise ValueError("a sample is not a time and a text")
    times = tuple([float(time) for time, _ in pairs])
    if any("_" in value for _, value in pairs):
        raise ValueError("a value is no number")
    values = tuple([float(value) for _, value in pairs])
    # Not NaN either: it is not at least 0.
    if times and not (all(0 <= time < LATEST for time in times)):
        raise ValueError("the time of a sample is none")
    if any(earlier >= later for earlier, later in pairwise(times)):
        raise ValueError("its samples are not in the order of their times")
    return Series(labels, times, values)


def _list(found: Any) -> list[Any]:
    if type(found) is not list:
        raise TypeError("a list is something else")
    return found


def _text(found: Any) -> str:
    if type(found) is not str:
        raise TypeError("a text is something else")
    return found


def _seconds(found: Any) -> float:
    """A duration; 0 for none."""
    seconds = float(found or 0)
    if not 0 <= seconds < LATEST:
        raise ValueError("a duration is none")
    return seconds
