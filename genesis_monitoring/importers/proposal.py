"""A catalogue of exposed metrics in, the text of a first spec out: each metric, and proposed SLIs.

Numbers that decide whether somebody is woken are proposals, and marked as such; there are no alerts yet. All
that was read is spelled as YAML by ``part.spell``, so it stays text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from genesis_monitoring.importers.exposition import MOST_VALUES, Catalogue, Exposed
from genesis_monitoring.importers.part import spell
from genesis_monitoring.spec.scalars import Value
from genesis_monitoring.spec.target_rules import CLAIMED, COUNTER_SUFFIX

Entry = dict[str, Value]

_UNITS = (
    ("_timestamp_seconds", "timestamp"),
    ("_milliseconds", "milliseconds"),
    ("_seconds", "seconds"),
    ("_bytes", "bytes"),
    ("_ratio", "ratio"),
    ("_percent", "percent"),
    ("_up", "state"),
    ("_success", "state"),
)
_CODES = ("code", "status", "status_code", "http_status", "response_code", "http_status_code")
_CERTIFICATE = re.compile(
    r"(?:cert|ssl|tls|x509)\w*(?:expir|not_after|not_after_timestamp)\w*", re.IGNORECASE
)
_IN_TIME = 0.5
"""Seconds: of the edges of a histogram the largest one up to here is proposed."""
_DISK = ("node_filesystem_avail_bytes", "node_filesystem_size_bytes")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a first spec says beside metrics: ``targets`` by their jobs, and lines on who is told.

    ``slis`` and ``alerts`` are those that are not proposed of metrics.
    """

    name: str
    targets: Mapping[str, Value]
    receivers: tuple[str, ...]
    slis: Mapping[str, Entry] = field(default_factory=dict)
    alerts: Mapping[str, Entry] = field(default_factory=dict)

    def head(self, whence: str) -> Iterator[str]:
        """All that comes before the metrics."""
        yield "# yaml-language-server: $schema=slo.schema.json"
        yield f"# Made {_comment(whence)}. What is left out has a default: genesis-mon expand"
        yield "apiVersion: genesis-mon/v1"
        yield f"metadata: {{name: {spell(self.name)}}}"
        yield from ("", *self.receivers, "")
        if self.targets:
            yield from ("# What Prometheus scrapes.", "prometheus:", "  targets:")
            yield from (f"    {spell(job)}: {spell(one)}" for job, one in sorted(self.targets.items()))
            yield ""

    def tail(self) -> Iterator[str]:
        """What comes after the SLIs of metrics."""
        yield from (f"  {sli}: {spell(entry)}" for sli, entry in self.slis.items())
        if self.alerts:
            yield from ("", "alerts:")
            yield from (f"  {alert}: {spell(entry)}" for alert, entry in self.alerts.items())


def propose(catalogue: Catalogue, frame: Frame, whence: str) -> str:
    """The spec. ``whence`` says where the metrics are from."""
    metrics, left_out = _unique(catalogue.metrics)
    left_out = (*catalogue.left_out, *left_out)
    names = {one.name for one in metrics}
    slis = dict(_slis(metrics, names))
    lines = [
        *frame.head(f"from {whence}"),
        "# Every metric, as it is exposed. Take out what nobody asks for.",
        "metrics:",
        *(f"  {spell(one.name)}: {spell(_entry(one))}" for one in metrics),
        "",
        "# Proposals: set each target to what you promise, then add alerts.",
        "slis:" if slis or frame.slis else "slis: {}",
    ]
    for sli, entry in slis.items():
        lines.append(f"  {sli}:")
        lines += [f"    {key}: {spell(value)}" for key, value in entry.items()]
    lines += frame.tail()
    if left_out:
        lines += ["", "# Left out:", *(f"#   {_comment(one)}" for one in left_out)]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> str:
    """Text that stays in its comment, and is no command in a log of GitHub."""
    plain = "".join(one if one.isprintable() else "?" for one in text)
    return plain.replace("##[", "# #[")


def _unique(metrics: Sequence[Exposed]) -> tuple[tuple[Exposed, ...], tuple[str, ...]]:
    """Those that can stand in one catalogue, and why the others cannot.

    A name stands there once, and no client library has two metrics of a job that take the same name.
    """
    found: dict[str, Exposed] = {}
    taken: dict[tuple[str, str], str] = {}
    left_out = []
    for one in metrics:
        base = one.name.removesuffix(COUNTER_SUFFIX) if one.type == "counter" else one.name
        claimed = [(one.job, f"{base}{end}") for end in CLAIMED[one.type]]
        other = next((taken[name] for name in claimed if name in taken), "")
        if one.name in found:
            left_out.append(f"{one.name} of {one.job}: {found[one.name].job} has it too")
        elif other:
            left_out.append(f"{one.name}: client libraries refuse it beside {other}")
        else:
            found[one.name] = one
            taken |= dict.fromkeys(claimed, one.name)
    return tuple(found.values()), tuple(left_out)


def unit_of(metric: Exposed) -> str:
    """By the end of its name, as Prometheus' conventions have it; a count if that says nothing."""
    if _CERTIFICATE.search(metric.name) and metric.type == "gauge":
        return "timestamp"
    name = metric.name.removesuffix("_total")
    return next((unit for end, unit in _UNITS if name.endswith(end)), "count")


def _entry(metric: Exposed) -> Entry:
    entry: Entry = {"type": metric.type, "unit": unit_of(metric)}
    if metric.help.strip():
        entry["help"] = metric.help
    entry |= {"job": metric.job, "status": "exported"}
    if metric.labels:
        entry["labels"] = tuple(metric.labels)
    if metric.buckets:
        entry["buckets"] = metric.buckets
    return entry


def _slis(metrics: Sequence[Exposed], names: set[str]) -> Iterator[tuple[str, Entry]]:
    found: dict[str, Entry] = {}
    for metric in metrics:
        for sli, entry in _of(metric, names):
            found.setdefault(sli, entry)
    if not found:
        found = dict([one for metric in metrics if (one := _any(metric)) is not None][:1])
    yield from found.items()


def _of(metric: Exposed, names: set[str]) -> Iterator[tuple[str, Entry]]:
    unit = unit_of(metric)
    base: Entry = {"component": metric.job}
    if metric.type == "counter" and (failed := _failed(metric)):
        yield (
            _sli(metric.name, "errors"),
            {
                "kind": "ratio",
                **base,
                "unit": "percent",
                "numerator": ({"metric": metric.name, "labels": failed},),
                "denominator": (metric.name,),
                "window": "5m",
                "objective": {"good": "<", "target": 1},
            },
        )
    elif metric.type == "histogram" and unit in ("seconds", "milliseconds"):
        within = _within(metric, unit)
        if within:
            yield (
                _sli(metric.name, "in_time"),
                {
                    "kind": "latency",
                    **base,
                    "unit": "percent",
                    "histogram": metric.name,
                    "within": within,
                    "window": "5m",
                    "objective": {"good": ">=", "target": 95},
                },
            )
        yield (
            _sli(metric.name, "p95"),
            {
                "kind": "quantile",
                **base,
                "unit": unit,
                "histogram": metric.name,
                "q": 0.95,
                "window": "5m",
            },
        )
    elif metric.type == "gauge" and unit == "timestamp" and _CERTIFICATE.search(metric.name):
        yield (
            _sli(metric.name, "left"),
            {
                "kind": "time_until",
                **base,
                "unit": "days",
                "by": ("instance",),
                "metric": metric.name,
                "objective": {"good": ">", "target": 21},
            },
        )
    elif metric.type == "gauge" and unit == "state":
        yield (
            _sli(metric.name, ""),
            {
                "kind": "up",
                **base,
                "unit": "state",
                "by": ("instance",),
                "metric": metric.name,
            },
        )
    elif metric.name == _DISK[0] and _DISK[1] in names:
        by = tuple(label for label in ("mountpoint",) if label in metric.labels)
        yield (
            "filesystem_free",
            {
                "kind": "ratio",
                **base,
                "unit": "percent",
                "by": ("instance", *by),
                "numerator": (_DISK[0],),
                "denominator": (_DISK[1],),
                "objective": {"good": ">", "target": 10},
            },
        )


def _failed(metric: Exposed) -> Entry:
    """The label values of what failed, if it counts answers by a code of HTTP."""
    for label in _CODES:
        values = metric.labels.get(label, ())
        if not values or len(values) > MOST_VALUES:
            continue
        if all(re.fullmatch("[1-5][0-9][0-9]", value) for value in values):
            return {label: {"matches": "5.."}}
        if all(re.fullmatch("[1-5]xx", value) for value in values):
            return {label: "5xx"}
    return {}


def _within(metric: Exposed, unit: str) -> str:
    """The edge that answers ought to come within, as a spec writes it; empty if none is near."""
    factor = 1.0 if unit == "seconds" else 0.001
    edges = [edge for edge in metric.buckets if edge * factor <= _IN_TIME]
    edge = edges[-1] if edges else metric.buckets[0]
    text = f"{edge:.6f}".rstrip("0").rstrip(".")
    if float(text) != edge or not float(text):
        return ""
    return f"{text}{'s' if unit == 'seconds' else 'ms'}" if edge * factor <= 86400 else ""


def _any(metric: Exposed) -> tuple[str, Entry] | None:
    """An SLI of whatever there is, where nothing better was found; None for a metric that gives none."""
    base: Entry = {"component": metric.job, "unit": unit_of(metric)}
    if metric.type == "gauge" and base["unit"] != "timestamp":
        return _sli(metric.name, ""), {
            "kind": "gauge",
            **base,
            "metrics": (metric.name,),
            "aggregation": "max",
        }
    if metric.type == "histogram":
        own: Entry = {"histogram": metric.name, "q": 0.95, "window": "5m"}
        return _sli(metric.name, "p95"), {"kind": "quantile", **base, **own}
    if metric.type == "counter" and base["unit"] == "count":
        rate: Entry = {"unit": "per_second", "counters": (metric.name,), "window": "5m"}
        return _sli(metric.name, "rate"), {"kind": "rate", **base, **rate}
    return None


def _sli(metric: str, what: str) -> str:
    """A name in snake_case."""
    words = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", metric).lower()).strip("_")
    words = re.sub(r"_(?:total|seconds|bytes|milliseconds)(?=_|$)", "", words)
    name = "_".join(part for part in (words if words[:1].isalpha() else f"m_{words}", what) if part)
    return re.sub("_+", "_", name)[:80].rstrip("_")
