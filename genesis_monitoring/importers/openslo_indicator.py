"""OpenSLO ``v1``: an indicator, written in place or by its name, in; what it counts out."""

import re
from typing import TYPE_CHECKING

from genesis_monitoring.importers.alike import read_query
from genesis_monitoring.importers.fields import Fields
from genesis_monitoring.importers.queries import Query, of_errors, of_good, of_ratio

if TYPE_CHECKING:
    from genesis_monitoring.importers.openslo import Named

_PROMETHEUS = re.compile(r"prometheus|promql", re.IGNORECASE)
_QUERY = ("query", "promql")
_THRESHOLD = (
    "a threshold counts no events; write a ratioMetric, or in the spec an SLI of kind gauge, quantile or expr"
    " with an objective, whose budget is of minutes"
)


def read_indicator(holder: Fields, objective: Fields, named: "Named") -> Query | None:
    """None, and told, where it is no ratio of events."""
    if holder.has("indicator") and holder.has("indicatorRef"):
        holder.error("indicatorRef", "stands beside indicator", "keep one of the two")
        return None
    if holder.has("indicatorRef"):
        top = named.of(holder, "indicatorRef", "SLI")
        if top is None:
            return None
    elif holder.has("indicator"):
        top = holder.below("indicator")
    else:
        holder.error("indicator", "is missing", "write indicator, or indicatorRef with the name of an SLI")
        return None
    top.unknown("apiVersion", "kind", "metadata", "spec")
    spec = top.below("spec")
    spec.unknown("description", "ratioMetric", "thresholdMetric")
    if spec.has("thresholdMetric") or not spec.has("ratioMetric"):
        key = "thresholdMetric" if spec.has("thresholdMetric") else "ratioMetric"
        message = "is not read" if key == "thresholdMetric" else "is missing"
        spec.error(key, message, _THRESHOLD)
        return None
    for key in ("op", "value"):
        if objective.has(key):
            objective.error(key, "is for a thresholdMetric, and this is a ratio", "take it out")
    return _ratio(spec.below("ratioMetric"), named)


def _ratio(ratio: Fields, named: "Named") -> Query | None:
    ratio.unknown("counter", "good", "bad", "total", "raw", "rawType")
    if ratio.has("raw"):
        return _raw(ratio, named)
    given = [key for key in ("good", "bad") if ratio.has(key)]
    if len(given) != 1 or not ratio.has("total"):
        ratio.report.error(
            ratio.at(), f"{ratio.name()}: needs total, and one of good and bad", "write these two, or raw"
        )
        return None
    key = given[0]
    part, whole = _text(ratio.below(key), named), _text(ratio.below("total"), named)
    if part is None or whole is None:
        return None
    read = of_good if key == "good" else of_errors
    raw = ratio.flag("counter") and "[" not in part[1] + whole[1]
    return read_query(part[0], part[2], lambda: read(part[1], whole[1], any_window=True, raw=raw))


def _raw(ratio: Fields, named: "Named") -> Query | None:
    kind = ratio.text("rawType", needed=True)
    if kind not in ("success", "failure"):
        if kind:
            ratio.error("rawType", f"is neither success nor failure: {kind}", "correct it")
        return None
    found = _text(ratio.below("raw"), named)
    if found is None:
        return None
    fields, text, key = found
    return read_query(fields, key, lambda: of_ratio(text, any_window=True, good=kind == "success"))


def _text(part: Fields, named: "Named") -> tuple[Fields, str, str] | None:
    """The mapping of the query, the query, and its key."""
    part.unknown("metricSource")
    source = part.below("metricSource")
    source.unknown("metricSourceRef", "type", "spec")
    kind = source.text("type")
    if source.has("metricSourceRef"):
        known = named.found.get(("DataSource", source.text("metricSourceRef")))
        kind = kind or (known.below("spec").text("type") if known else "")
        where = source.at("metricSourceRef")
        source.report.note(
            where, f"{source.name('metricSourceRef')}: not kept; the spec's own Prometheus is asked"
        )
    if kind and not _PROMETHEUS.search(kind):
        source.error(
            "type" if source.has("type") else "metricSourceRef",
            f"is {kind}, and only Prometheus is read",
            "write the query in PromQL, and type: Prometheus",
        )
        return None
    spec = source.below("spec")
    spec.unknown(*_QUERY)
    key = next((one for one in _QUERY if spec.has(one)), "query")
    text = spec.text(key, needed=True)
    return (spec, text, key) if text else None
