"""Counters of SLOs in; entries of the metric catalogue, and each SLO's selectors as a spec has them, out.

A histogram's bucket over its count is an SLI of kind ``latency`` where the edges of its buckets are known
and it measures time. Else both are counters of their own, and their ratio is the same.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from genesis_monitoring.findings import Location
from genesis_monitoring.importers.report import Report
from genesis_monitoring.importers.slo import Choices, Counted, Slo
from genesis_monitoring.promql.matchers import Matcher, read_matcher
from genesis_monitoring.promql.syntax import Selector
from genesis_monitoring.spec.scalars import Value
from genesis_monitoring.units import conversion, format_number

_BUCKET, _COUNT = "_bucket", "_count"
_TARGET = ("job", "instance")
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)
_TIMES = {"seconds": ("_seconds",), "milliseconds": ("_milliseconds", "_ms")}
"""Units of time by the end of a name. Source: Prometheus' naming conventions."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Requests in a histogram that took no longer than ``edge``, in its unit."""

    histogram: Selector
    edge: Decimal


def as_latency(counted: Counted) -> Latency | None:
    """What it is where it is a bucket over the count of the same histogram, and what is beyond is bad."""
    if not counted.rest or len(counted.part) != 1 or len(counted.whole) != 1:
        return None
    part, whole = counted.part[0], counted.whole[0]
    edges = [one for one in part.matchers if one.label == "le"]
    others = tuple(one for one in part.matchers if one.label != "le")
    name = part.metric.removesuffix(_BUCKET)
    if whole.metric == name + _BUCKET:
        beside = tuple(one for one in whole.matchers if one != Matcher("le", "=", "+Inf"))
        if len(beside) == len(whole.matchers):
            return None
    elif whole.metric == name + _COUNT:
        beside = whole.matchers
    else:
        return None
    edge = _edge(edges[0]) if len(edges) == 1 else None
    if name == part.metric or edge is None or beside != others:
        return None
    return Latency(Selector(name, others), edge)


def _edge(matcher: Matcher) -> Decimal | None:
    """Its number; of a pattern, the one that all alternatives are: ``1|1\\.0``."""
    if matcher.operator not in ("=", "=~"):
        return None
    texts = [matcher.value]
    if matcher.operator == "=~":
        bare = matcher.value.replace("\\.", ".").replace("[.]", ".")
        bare = re.sub(r"^(.+)\((\.0+)\)\?$", r"\1|\1\2", bare)
        texts = bare.removeprefix("(").removesuffix(")").split("|")
    try:
        found = {Decimal(text) for text in texts}
    except InvalidOperation:
        return None
    edge = found.pop()
    return edge if not found and edge.is_finite() and edge > 0 else None


def time_unit(histogram: str) -> str:
    """The unit of time that its name ends with; empty if none."""
    return next((unit for unit, ends in _TIMES.items() if histogram.endswith(ends)), "")


@dataclass(frozen=True, slots=True)
class Entry:
    """A metric for the catalogue; ``buckets`` are those of a histogram."""

    name: str
    type: str
    unit: str
    job: str
    labels: tuple[str, ...]
    buckets: tuple[float, ...]
    slo: str

    @property
    def value(self) -> dict[str, Value]:
        """As a spec has it."""
        found: dict[str, Value] = {
            "type": self.type,
            "unit": self.unit,
            "help": f"Imported with the SLO {self.slo}: say here what it is",
            "job": self.job,
            "status": "exported",
        }
        if self.labels:
            found["labels"] = self.labels
        if self.buckets:
            found["buckets"] = self.buckets
        return found


class Catalogue:
    """Entries for all that SLOs count. ``choices.known`` are metrics that are in the catalogue already."""

    def __init__(self, slos: Iterable[Slo], choices: Choices, report: Report) -> None:
        self._choices = choices
        self._report = report
        self._entries: dict[str, Entry] = {}
        found = [(slo, as_latency(slo.counted)) for slo in slos]
        plain = {one.metric for slo, latency in found if latency is None for one in _all(slo.counted)}
        self._edges: dict[str, tuple[float, ...]] = {}
        named: dict[str, set[float]] = {}
        for _, latency in found:
            if latency is not None:
                named.setdefault(latency.histogram.metric, set()).add(float(latency.edge))
        for name, edges in named.items():
            if not plain & {name + _BUCKET, name + _COUNT} | (choices.known.keys() & {name + _COUNT}):
                self._edges[name] = self._of(name, edges)
        self._named_only = {
            name for name in self._edges if name not in choices.buckets and name not in choices.known
        }

    def _of(self, name: str, edges: set[float]) -> tuple[float, ...]:
        known = self._choices.known.get(name)
        if known is not None:
            return (known.buckets or ()) if conversion("seconds", known.unit) is not None else ()
        if not time_unit(name):
            return ()
        given = self._choices.buckets.get(name, ())
        return given or (tuple(sorted(edges)) if len(edges) > 1 else ())

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is not in the catalogue yet, by name."""
        return tuple(
            entry for name, entry in sorted(self._entries.items()) if name not in self._choices.known
        )

    def latency(self, slo: Slo) -> Latency | None:
        """What it is where it becomes an SLI of kind ``latency``."""
        found = as_latency(slo.counted)
        if found is None:
            return None
        name = found.histogram.metric
        edges = self._edges.get(name, ())
        if not edges:
            self._report.warning(
                slo.at,
                f"{slo.id}: the buckets of {name} are counted as they are: its edges are not known, it "
                "measures no time, or other SLOs count its series by name",
                f"give its edges, as --buckets {name}=0.1,0.3,1, and it becomes an SLI of kind latency",
            )
            return None
        if not any(abs(edge - float(found.edge)) <= 1e-9 * edge for edge in edges):
            self._report.error(
                slo.at,
                f"{slo.id}: {name} has no bucket that ends at {found.edge}",
                f"its edges are {', '.join(map(format_number, edges))}: correct them, or the SLO",
            )
        if name in self._named_only:
            self._named_only.discard(name)
            self._report.warning(
                slo.at,
                f"{name}: the catalogue gets only the edges that the documents name",
                f"give all of them, as --buckets {name}={','.join(map(format_number, edges))}",
            )
        return found

    def unit(self, histogram: str) -> str:
        """Of its values."""
        known = self._choices.known.get(histogram)
        return known.unit if known is not None else time_unit(histogram)

    def selectors(self, slo: Slo, terms: tuple[Selector, ...]) -> tuple[Value, ...]:
        """Counters as a spec names them; each is in the catalogue then."""
        return tuple(self.selector(slo, one, "counter") for one in terms)

    def selector(self, slo: Slo, term: Selector, kind: str) -> Value:
        """As ``selectors``, of one metric of a type."""
        labels: dict[str, Value] = {}
        matchers: dict[str, Value] = {}
        for one in term.matchers:
            integer = one.label == "le" and kind == "counter" and _edge(one)
            if one.operator == "=" and integer and integer == integer.to_integral_value():
                # Prometheus 3 writes the edge 1 as 1.0.
                text = format_number(float(integer))
                matchers["le"] = f"=~{text}|{text}[.]0"
                continue
            if one.label in labels or one.label in matchers:
                self._report.error(
                    slo.at,
                    f"{slo.id}: {term.metric} has two matchers for {one.label}",
                    "write one pattern that says both",
                )
            elif one.operator == "=" and one.value:
                labels[one.label] = one.value
            else:
                matchers[one.label] = self._matcher(slo, term.metric, one)
        self._enter(slo, term, kind)
        found: dict[str, Value] = {"metric": term.metric}
        if labels:
            found["labels"] = labels
        if matchers:
            found["matchers"] = matchers
        return found if len(found) > 1 else term.metric

    def _matcher(self, slo: Slo, metric: str, one: Matcher) -> str:
        """A label that is absent is one that is empty, for which a spec has a pattern alone."""
        text = ("=~" if one.operator == "=" else one.operator) + one.value
        try:
            if read_matcher(one.label, text).value != one.value:
                raise ValueError(f"{one.value!r} has spaces around it")
        except ValueError as error:
            self._report.error(
                slo.at, f"{slo.id}: {metric}: the matcher of {one.label}: {error}", "write another pattern"
            )
        return text

    def _enter(self, slo: Slo, term: Selector, kind: str) -> None:
        labels = {one.label for one in term.matchers}.union(slo.counted.by) - set(_TARGET)
        if kind == "histogram":
            labels.discard("le")
        known = self._choices.known.get(term.metric)
        if known is not None:
            self._agrees(slo, term.metric, known.type, kind)
            lacking = sorted(labels - set(known.labels))
            if lacking:
                self._report.error(
                    slo.at,
                    f"{slo.id}: the catalogue's {term.metric} has no label {lacking[0]}",
                    f"add it in the spec: metrics.{term.metric}.labels",
                )
            return
        before = self._entries.get(term.metric)
        job = self._job(slo.at, term, slo.id, before)
        if before is not None:
            self._agrees(slo, term.metric, before.type, kind)
            labels |= set(before.labels)
        unit = self.unit(term.metric) if kind == "histogram" else "count"
        first = before.slo if before is not None else slo.id
        edges = self._edges.get(term.metric, ()) if kind == "histogram" else ()
        self._entries[term.metric] = Entry(term.metric, kind, unit, job, tuple(sorted(labels)), edges, first)

    def _agrees(self, slo: Slo, metric: str, known: str, kind: str) -> None:
        if known != kind:
            self._report.error(
                slo.at,
                f"{slo.id}: {metric} is a {known} in the catalogue, and a {kind} here",
                "correct the one that is wrong",
            )

    def _job(self, at: Location, term: Selector, slo: str, before: Entry | None) -> str:
        asked = next((one.value for one in term.matchers if one.label == "job" and one.operator == "="), "")
        job = asked or (before.job if before is not None else "") or self._choices.job
        if before is not None and before.job:
            if job != before.job:
                self._report.warning(
                    at,
                    f"{slo}: {term.metric} is of the jobs {before.job} and {job}; the catalogue has one job "
                    f"a metric, so alerts about missing data name {before.job} for both",
                    "the selectors keep their jobs",
                )
            return before.job
        if not job:
            self._report.error(
                at,
                f"{slo}: nothing says which job exposes {term.metric}",
                'give --job NAME, or a matcher job="…" in the query',
            )
        elif not _SLUG.fullmatch(job):
            self._report.error(
                at,
                f"{slo}: the job {job!r} of {term.metric} cannot be a job of a spec: those have lower-case "
                "letters, digits and single hyphens",
                "rename the job in Prometheus, then in the query",
            )
        return job


def _all(counted: Counted) -> tuple[Selector, ...]:
    return (*counted.part, *counted.whole)


def known_jobs(entries: Iterable[Entry]) -> Mapping[str, str]:
    """The jobs that have to be scraped, each with a metric of it."""
    return {entry.job: entry.name for entry in reversed(tuple(entries))}
