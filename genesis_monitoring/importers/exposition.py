"""Metrics as they are exposed: a scrape, or what a Prometheus has of it, in; a catalogue of them out.

What a spec cannot name, or has no type for, is left out and told. Nothing of it is believed: help and label
values are text of somebody else's.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from genesis_monitoring.errors import UsageError
from genesis_monitoring.extras import need

MOST_VALUES = 50
"""So many values of a label are remembered: what has more is no status code."""
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*", re.ASCII)
_LABEL = re.compile(r"(?:[a-zA-Z]|_[a-zA-Z0-9])[a-zA-Z0-9_]*", re.ASCII)
_LONGEST_NAME, _LONGEST_HELP = 120, 300
_PARTS = ("_bucket", "_sum", "_count")
_OF_TARGETS = frozenset(("job", "instance", "le", "quantile"))
_META = frozenset(("ALERTS", "ALERTS_FOR_STATE", "up"))
_LARGEST = 1e18

Sample = tuple[str, Mapping[str, str]]
"""A series' name and labels."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """A metric. ``labels`` has the values that were seen of each; ``buckets`` are finite upper edges."""

    name: str
    type: str
    help: str
    job: str
    labels: Mapping[str, tuple[str, ...]]
    buckets: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Metrics by name and job, and in words what was left out."""

    metrics: tuple[Exposed, ...]
    left_out: tuple[str, ...]


def read_exposition(text: str, file: str, job: str) -> Catalogue:
    """The metrics of a scrape in Prometheus' text format, or in OpenMetrics.

    Raises UsageError for a text that is neither, with its line.
    """
    need("reading a scrape", "prometheus_client")
    samples: list[Sample] = []
    types: dict[str, tuple[str, str]] = {}
    try:
        for family in _families(text):
            types[family.name] = (family.type, family.documentation)
            samples += [(sample.name, sample.labels) for sample in family.samples]
    except (ValueError, IndexError, KeyError, TypeError) as error:
        raise UsageError(
            f"{file}{_line_of(text)}: this is no scrape in Prometheus' text format: {str(error)[:80]}",
            f"take one with: curl -s http://HOST:PORT/metrics > {file}",
        ) from None
    if not samples:
        raise UsageError(f"{file}: no metric is in it", "take a scrape of a target that runs")
    return catalogue_of(samples, types, job)


def _families(text: str) -> Iterable[Any]:
    parse: Callable[[str], Iterable[Any]]
    if text.rstrip().endswith("# EOF"):
        from prometheus_client.openmetrics import parser as openmetrics

        parse = openmetrics.text_string_to_metric_families
    else:
        from prometheus_client import parser

        parse = parser.text_string_to_metric_families
    return parse(text)


def _line_of(text: str) -> str:
    """``:12`` of the first line that cannot be read by itself; the parser does not tell."""
    for number, line in enumerate(text.splitlines(), 1):
        try:
            list(_families(f"{line}\n"))
        except (ValueError, IndexError, KeyError, TypeError):
            return f":{number}"
    return ""


def catalogue_of(samples: Iterable[Sample], types: Mapping[str, tuple[str, str]], job: str) -> Catalogue:
    """The metrics that ``samples`` are of; ``types`` has type and help of each family."""
    found: dict[str, _Family] = {}
    left_out: dict[str, str] = {}
    for name, labels in samples:
        base = _family(name, types)
        kind, help_ = types.get(base) or types.get(base.removesuffix("_total")) or ("", "")
        shown = base if kind in ("histogram", "summary") else name
        reason = _fault(shown, kind, name)
        if reason:
            left_out.setdefault(shown, reason)
            continue
        family = found.setdefault(shown, _Family(_type(shown, kind), help_))
        family.take(labels)
    metrics = []
    for name, family in sorted(found.items()):
        edges = tuple(sorted(family.edges))
        if family.type == "histogram" and (len(edges) < 2 or not family.closed):
            lacks = "has no bucket +Inf, so nothing is known of all that it counts"
            few = "its buckets are not those of a classic histogram"
            left_out[name] = few if len(edges) < 2 else lacks
            continue
        seen = {label: tuple(sorted(values)) for label, values in sorted(family.labels.items())}
        metrics.append(Exposed(name, family.type, _plain(family.help), job, seen, edges))
    return Catalogue(
        tuple(metrics), tuple(f"{_plain(name)}: {why}" for name, why in sorted(left_out.items()))
    )


class _Family:
    """What was seen of a metric so far."""

    def __init__(self, kind: str, help_: str) -> None:
        self.type = kind
        self.help = help_
        self.labels: dict[str, set[str]] = {}
        self.edges: set[float] = set()
        self.closed = False

    def take(self, labels: Mapping[str, str]) -> None:
        for label, value in labels.items():
            if label == "le":
                self.edges.update(_edge(value))
                self.closed = self.closed or value.lower() in ("+inf", "inf")
            elif label not in _OF_TARGETS and _LABEL.fullmatch(label) and len(label) <= 80:
                values = self.labels.setdefault(label, set())
                if len(values) <= MOST_VALUES:
                    values.add(value)


def _edge(text: str) -> Iterator[float]:
    try:
        edge = float(text)
    except ValueError:
        return
    if math.isfinite(edge) and 0 < edge <= _LARGEST:
        yield edge


def _family(name: str, types: Mapping[str, tuple[str, str]]) -> str:
    for part in _PARTS:
        base = name.removesuffix(part)
        if base != name and types.get(base, ("", ""))[0] in ("histogram", "summary"):
            return base
    return name


def _type(name: str, kind: str) -> str:
    if kind in ("counter", "gauge", "histogram"):
        return kind
    return "counter" if name.endswith("_total") else "gauge"


def _fault(name: str, kind: str, sample: str) -> str:
    """Why a spec cannot have it; empty if it can."""
    if name in _META or name.startswith(("sli:", "slo:", "scrape_")):
        return "Prometheus makes it itself"
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        return "its name has signs that a catalogue does not take"
    if kind == "summary":
        return "a summary: its quantiles cannot be added up over instances"
    if kind in ("gaugehistogram", "stateset"):
        return f"of the type {kind}"
    if sample.endswith("_created"):
        return "the moment at which a counter began"
    return ""


def _plain(text: str) -> str:
    """On one line, of signs that print."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return line[:_LONGEST_HELP].strip()
