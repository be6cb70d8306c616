"""OpenSLO ``v1alpha``, as far as Sloth reads it: each objective is an SLO ``name-index``, without alerts."""

from collections.abc import Iterator, Sequence

from genesis_monitoring.durations import format_duration
from genesis_monitoring.importers.alike import DAY, name_of, objective_of, read_query, title_of
from genesis_monitoring.importers.documents import Document
from genesis_monitoring.importers.fields import Fields
from genesis_monitoring.importers.openslo_values import percent
from genesis_monitoring.importers.queries import Query, of_good
from genesis_monitoring.importers.report import Report
from genesis_monitoring.importers.slo import Choices, Slo

_API = "openslo/v1alpha"
_SOURCES = ("prometheus", "sloth")
_LONGEST = 3650


class OpenSloAlphaImporter:
    """What Sloth reads as well."""

    commands = ("sloth", "openslo")
    formats = (f"SLO of {_API}",)

    def recognises(self, document: Document) -> bool:
        """SLOs alone."""
        return document.text("apiVersion") == _API and document.text("kind") == "SLO"

    def read(self, documents: Sequence[Document], choices: Choices, report: Report) -> Iterator[Slo]:
        """Each objective in turn."""
        for document in documents:
            top = Fields.of(document, report)
            top.unknown("apiVersion", "kind", "metadata", "spec")
            yield from _slos(top.below("metadata"), top.below("spec"), choices)


def _slos(metadata: Fields, spec: Fields, choices: Choices) -> Iterator[Slo]:
    spec.unknown("description", "service", "timeWindows", "budgetingMethod", "objectives", "indicator")
    report = spec.report
    service, name = name_of(spec, "service"), name_of(metadata, "name")
    period = _period(spec, choices)
    if spec.text("budgetingMethod") not in ("", "Occurrences"):
        spec.error(
            "budgetingMethod", "only Occurrences, a count of events, is read", "import it as OpenSLO v1"
        )
    if not spec.values.get("objectives"):
        spec.error("objectives", "there are none", "write one at least")
    title = title_of(metadata.text("displayName"), "")
    for index, one in enumerate(spec.each("objectives")):
        before = report.errors
        one.unknown("displayName", "value", "target", "budgetTarget", "op", "ratioMetrics")
        objective = objective_of(one, "budgetTarget", percent(one.number("budgetTarget")))
        query = _query(one)
        slo = f"{name}-{index}"
        if report.errors > before or not (service and name and period) or objective is None or query is None:
            continue
        report.note(
            one.at(), "alerts are off, as Sloth has them for OpenSLO", "add page and ticket to its budget"
        )
        yield Slo(
            service,
            slo,
            title or f"{service}: {slo}",
            spec.text("description"),
            objective,
            period,
            query.counted,
            one.at(),
        )


def _period(spec: Fields, choices: Choices) -> int:
    windows = tuple(spec.each("timeWindows"))
    if not windows:
        if choices.period is None:
            spec.report.note(
                spec.at(), "no time window is said: 30d, Sloth's own", "give --period for another one"
            )
        return choices.period or 30 * DAY
    if len(windows) > 1:
        spec.error("timeWindows", "are several", "keep one")
        return 0
    window = windows[0]
    window.unknown("count", "unit", "isRolling", "calendar")
    count, unit = window.number("count"), window.text("unit")
    if unit.lower() != "day" or count is None or count != int(count) or not 0 < count <= _LONGEST:
        window.error("unit", "only a whole number of days is read", "write unit: Day, and its count")
        return 0
    if window.has("calendar") or window.values.get("isRolling") is False:
        window.error(
            "isRolling", "Prometheus has no calendar, so a window is rolling", "write isRolling: true"
        )
        return 0
    if choices.period not in (None, int(count) * DAY):
        spec.report.note(
            window.at(), f"its own period of {format_duration(int(count) * DAY)} goes before --period"
        )
    return int(count) * DAY


def _query(objective: Fields) -> Query | None:
    metrics = objective.below("ratioMetrics")
    if not metrics.values:
        objective.error("ratioMetrics", "is missing, and Sloth reads nothing else", "write good and total")
        return None
    metrics.unknown("good", "total", "counter", "incremental")
    texts = [_text(metrics.below(key)) for key in ("good", "total")]
    if not all(texts):
        return None
    return read_query(metrics.below("good"), "query", lambda: of_good(texts[0], texts[1]))


def _text(metric: Fields) -> str:
    metric.unknown("source", "queryType", "query")
    for key, known in (("source", _SOURCES), ("queryType", ("promql",))):
        if metric.text(key, needed=True) not in (*known, ""):
            metric.error(key, "is not of Prometheus", f"what is read is {' or '.join(known)}")
    return metric.text("query", needed=True)
