"""Sloth: ``prometheus/v1``, the Kubernetes resource ``PrometheusServiceLevel``, and ``AlertWindows``.

Source: Sloth's API documents, ``pkg/prometheus/api/v1`` and ``pkg/kubernetes/api/sloth/v1``. The resource
says the same in camelCase.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from genesis_monitoring.durations import format_duration
from genesis_monitoring.importers.alike import (
    DAY,
    labels_at,
    name_of,
    objective_of,
    read_query,
    series_labels,
    title_of,
)
from genesis_monitoring.importers.documents import Document
from genesis_monitoring.importers.fields import Fields
from genesis_monitoring.importers.queries import SUPPORTED, Query, of_errors, of_ratio
from genesis_monitoring.importers.report import Report
from genesis_monitoring.importers.slo import Choices, Slo
from genesis_monitoring.importers.sloth_windows import Windows, read_windows

_API = "sloth.slok.dev/v1"
_PERIOD = 30 * DAY
_BUILT_IN = (28 * DAY, 30 * DAY)
"""Periods for which Sloth has windows of its own: those of the workbook, as ours."""
_PLUGINS = "low traffic is what budget.minimum_errors is for; take the plugins out, and see what they did"


def _dialect(document: Document) -> str:
    """``v1``, ``resource`` or ``windows``; empty if it is none of Sloth's."""
    if document.text("version") == "prometheus/v1":
        return "v1"
    kinds = {"PrometheusServiceLevel": "resource", "AlertWindows": "windows"}
    return kinds.get(document.text("kind"), "") if document.text("apiVersion") == _API else ""


@dataclass(frozen=True, slots=True)
class _Spec:
    """The part of a document that holds SLOs. ``camel``: its keys are in camelCase."""

    fields: Fields
    camel: bool
    choices: Choices
    windows: Mapping[int, Windows]

    def key(self, name: str) -> str:
        """A key as this document writes it."""
        return re.sub(r"_(.)", lambda found: found[1].upper(), name) if self.camel else name


class SlothImporter:
    """All that Sloth reads but OpenSLO."""

    commands = ("sloth",)
    formats = ("version: prometheus/v1", f"PrometheusServiceLevel of {_API}", f"AlertWindows of {_API}")

    def recognises(self, document: Document) -> bool:
        """By its version, or its kind."""
        return bool(_dialect(document))

    def read(self, documents: Sequence[Document], choices: Choices, report: Report) -> Iterator[Slo]:
        """Each SLO in turn; windows are those of the same run."""
        windows = read_windows((one for one in documents if _dialect(one) == "windows"), report)
        period = choices.period or _PERIOD
        for unused in windows.keys() - {period}:
            at = windows[unused].document.at(("spec", "sloPeriod"))
            text = format_duration(unused)
            report.warning(
                at,
                f"these windows are not used: the period is {format_duration(period)}",
                f"give --period {text} if the SLOs are meant for it",
            )
        for document in documents:
            dialect = _dialect(document)
            if dialect == "windows":
                continue
            top = Fields.of(document, report)
            if dialect == "resource":
                top.unknown("apiVersion", "kind", "metadata", "spec", "status")
                if top.below("metadata").has("labels"):
                    report.note(
                        document.at(("metadata", "labels")),
                        "metadata.labels are of the resource, and of no series: not kept",
                    )
            fields = top.below("spec") if dialect == "resource" else top
            yield from _slos(_Spec(fields, dialect == "resource", choices, windows), period)


def _slos(spec: _Spec, period: int) -> Iterator[Slo]:
    fields, report = spec.fields, spec.fields.report
    fields.unknown("version", "service", "labels", "slos", spec.key("slo_plugins"))
    _no_plugins(fields, spec.key("slo_plugins"))
    service = name_of(fields, "service")
    slos = tuple(fields.each("slos"))
    if not slos and not fields.values.get("slos"):
        fields.error("slos", "there are none", "write one at least")
    if slos:
        _differences(spec, period)
    for one in slos:
        before = report.errors
        found = _slo(spec, one, service, period)
        if found is not None and report.errors == before and service:
            yield found


def _differences(spec: _Spec, period: int) -> None:
    """What Sloth has no word for in a document, once."""
    fields = spec.fields
    if spec.choices.period is None:
        fields.report.note(
            fields.at("slos"), "no period is said: 30d, Sloth's own", "give --period for another one"
        )
    elif period not in _BUILT_IN and period not in spec.windows:
        fields.report.note(
            fields.at("slos"),
            f"no windows are given for a period of {format_duration(period)}: the workbook's, scaled",
            "give Sloth's catalogue with --windows FILE",
        )
    fields.report.note(
        fields.at("slos"),
        "with fewer than 3 errors in its long window a tier is quiet here, and Sloth alerts",
        "minimum_errors: 0 in the budget is as Sloth",
    )


def _slo(spec: _Spec, one: Fields, service: str, period: int) -> Slo | None:
    one.unknown(
        "name", "description", "objective", "labels", "sli", "alerting", "plugins", spec.key("slo_plugins")
    )
    for plugins in ("plugins", spec.key("slo_plugins")):
        _no_plugins(one, plugins)
    name = name_of(one, "name")
    objective = objective_of(one, "objective", one.number("objective"))
    query = _query(spec, one.below("sli"))
    description = one.text("description")
    labels = series_labels(labels_at((spec.fields, "labels"), (one, "labels")), one.report)
    page, ticket = _alerting(spec, one.below("alerting"), labels)
    if not name or objective is None or query is None:
        return None
    tiers = spec.windows[period].of(spec.choices, page=page, ticket=ticket) if period in spec.windows else ()
    return Slo(
        service,
        name,
        title_of("", f"{service}: {name}"),
        description,
        objective,
        period,
        query.counted,
        one.at("name"),
        labels,
        spec.choices.page if page else "",
        spec.choices.ticket if ticket else "",
        tiers,
    )


def _query(spec: _Spec, sli: Fields) -> Query | None:
    sli.unknown("raw", "events", "plugin")
    given = [kind for kind in ("raw", "events", "plugin") if sli.has(kind)]
    if len(given) != 1:
        said = "it has none of events, raw and plugin" if not given else f"it has {' and '.join(given)}"
        sli.report.error(sli.at(), f"{sli.name()}: {said}", "an SLI is one of them; write events")
        return None
    if given == ["plugin"]:
        sli.error(
            "plugin", "a plugin of Sloth makes the queries, and is not run", f"write events: {SUPPORTED}"
        )
        return None
    below = sli.below(given[0])
    if given == ["raw"]:
        key = spec.key("error_ratio_query")
        below.unknown(key)
        text = below.text(key, needed=True)
        return read_query(below, key, lambda: of_ratio(text)) if text else None
    errors, total = spec.key("error_query"), spec.key("total_query")
    below.unknown(errors, total)
    texts = below.text(errors, needed=True), below.text(total, needed=True)
    return read_query(below, errors, lambda: of_errors(*texts)) if all(texts) else None


def _alerting(spec: _Spec, alerting: Fields, labels: dict[str, str]) -> tuple[bool, bool]:
    """Whether pages and tickets are on. Labels of all alerts are added to ``labels``."""
    pages, tickets = spec.key("page_alert"), spec.key("ticket_alert")
    alerting.unknown("name", "labels", "annotations", pages, tickets)
    if alerting.text("name"):
        alerting.report.note(
            alerting.at("name"), "the alert's name is not kept: alerts on budgets are named by tier"
        )
    _no_annotations(alerting)
    for name, (value, at) in labels_at((alerting, "labels")).items():
        if name == "severity":
            alerting.report.warning(
                at, "the label severity is not kept: alerts go by the severity of their tier"
            )
        elif labels.get(name, value) != value:
            alerting.report.warning(
                at, f"the label {name} of alerts is not kept: series have it, and another value"
            )
        elif name not in labels:
            labels |= series_labels({name: (value, at)}, alerting.report)
    return _on(alerting.below(pages), "--page"), _on(alerting.below(tickets), "--ticket")


def _on(alert: Fields, option: str) -> bool:
    alert.unknown("disable", "labels", "annotations")
    _no_annotations(alert)
    for name, (_, at) in labels_at((alert, "labels")).items():
        alert.report.warning(
            at, f"the label {name} of this alert alone is not kept: alerts go by severity", f"see {option}"
        )
    return not alert.flag("disable")


def _no_annotations(alert: Fields) -> None:
    if alert.texts("annotations"):
        alert.report.note(
            alert.at("annotations"),
            f"{alert.name('annotations')}: not kept; messages are written from the spec",
        )


def _no_plugins(fields: Fields, key: str) -> None:
    if fields.values.get(key):
        fields.error(key, "plugins change what is generated, and are not run", _PLUGINS)
