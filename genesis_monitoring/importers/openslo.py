"""OpenSLO ``v1``: documents that name each other in, an SLO for each objective out.

Source: the OpenSLO specification, v1. A single objective keeps its SLO's name; several get ``name-index``, as
Sloth names them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from genesis_monitoring.durations import format_duration
from genesis_monitoring.importers.alike import labels_at, name_of, objective_of, series_labels, title_of
from genesis_monitoring.importers.documents import Document
from genesis_monitoring.importers.fields import Fields
from genesis_monitoring.importers.openslo_alerts import read_tiers
from genesis_monitoring.importers.openslo_indicator import read_indicator
from genesis_monitoring.importers.openslo_values import percent, seconds
from genesis_monitoring.importers.report import Report
from genesis_monitoring.importers.slo import Choices, Slo
from genesis_monitoring.words import suggest

_API = "openslo/v1"
_KINDS = (
    "SLO",
    "SLI",
    "Service",
    "DataSource",
    "AlertPolicy",
    "AlertCondition",
    "AlertNotificationTarget",
)


@dataclass(frozen=True, slots=True)
class Named:
    """All documents of a run by kind and name."""

    found: Mapping[tuple[str, str], Fields]

    def of(self, asking: Fields, key: str, kind: str) -> Fields | None:
        """The document of ``kind`` that the text at ``key`` names; None, and told, if there is none."""
        name = asking.text(key)
        if not name:
            return None
        known = self.found.get((kind, name))
        if known is None:
            names = [one for what, one in self.found if what == kind]
            asking.error(
                key,
                f'there is no {kind} "{name}"{suggest(name, names)}',
                "name the file that has it as well, or its folder",
            )
        return known


class OpenSloImporter:
    """Version 1."""

    commands = ("openslo",)
    formats = (f"documents of {_API}",)

    def recognises(self, document: Document) -> bool:
        """Any kind."""
        return document.text("apiVersion") == _API

    def read(self, documents: Sequence[Document], choices: Choices, report: Report) -> Iterator[Slo]:
        """Each objective in turn."""
        slos: list[Fields] = []
        found: dict[tuple[str, str], Fields] = {}
        for document in documents:
            top = Fields.of(document, report)
            top.unknown("apiVersion", "kind", "metadata", "spec")
            kind, name = top.text("kind", needed=True), top.below("metadata").text("name", needed=True)
            if kind not in _KINDS:
                top.error(
                    "kind", f"there is no kind {kind}{suggest(kind, _KINDS)}", f"use {', '.join(_KINDS)}"
                )
            first = found.setdefault((kind, name), top)
            if first is not top:
                report.error(top.at(), f"the {kind} {name} is there already, at {first.at()}", "rename one")
            if kind == "SLO":
                slos.append(top)
        for top in slos:
            yield from _objectives(top, Named(found), choices)


def _objectives(top: Fields, named: Named, choices: Choices) -> Iterator[Slo]:
    metadata, spec, report = top.below("metadata"), top.below("spec"), top.report
    metadata.unknown("name", "displayName", "labels", "annotations")
    spec.unknown(
        "description",
        "service",
        "indicator",
        "indicatorRef",
        "timeWindow",
        "budgetingMethod",
        "objectives",
        "alertPolicies",
    )
    before_all = report.errors
    if metadata.texts("annotations"):
        report.note(metadata.at("annotations"), "annotations are not kept")
    name, service = name_of(metadata, "name"), name_of(spec, "service")
    period = _period(spec)
    _counts_events(spec)
    labels = series_labels(labels_at((metadata, "labels")), report)
    tiers = read_tiers(spec, named, choices)
    objectives = tuple(spec.each("objectives"))
    if not objectives and not spec.values.get("objectives"):
        spec.error("objectives", "there are none", "write one at least")
    titled = named.found.get(("Service", service))
    about = title_of(titled.below("metadata").text("displayName"), "") if titled else ""
    if report.errors > before_all:
        return
    if not tiers and objectives:
        report.note(
            spec.at("objectives"),
            "no alert policy is given, so there are no alerts",
            "add page and ticket to its budget",
        )
    for index, one in enumerate(objectives):
        before = report.errors
        one.unknown(
            "displayName",
            "target",
            "targetPercent",
            "op",
            "value",
            "indicator",
            "indicatorRef",
            "timeSliceTarget",
            "timeSliceWindow",
            "compositeWeight",
        )
        slo = name if len(objectives) == 1 else f"{name}-{index}"
        objective = _objective(one)
        query = read_indicator(one if one.has("indicator") or one.has("indicatorRef") else spec, one, named)
        if objective is None or query is None or report.errors > before:
            continue
        title = title_of(one.text("displayName"), "") or title_of(metadata.text("displayName"), "")
        yield Slo(
            service,
            slo,
            title or f"{service}: {slo}",
            spec.text("description"),
            objective,
            period,
            query.counted,
            one.at() if len(objectives) > 1 else metadata.at("name"),
            labels,
            tiers=tiers,
            service_title=about,
        )


def _objective(one: Fields) -> float | None:
    target, given = one.number("target"), one.number("targetPercent")
    for key in ("timeSliceTarget", "timeSliceWindow", "compositeWeight"):
        if one.has(key):
            one.error(
                key,
                "a budget of events has none",
                "take it out, or count time slices by an SLI with an objective",
            )
    if target is not None and given is not None:
        one.error("targetPercent", "stands beside target", "keep one of the two")
        return None
    key = "target" if given is None else "targetPercent"
    return objective_of(one, key, percent(target) if given is None else given)


def _counts_events(spec: Fields) -> None:
    method = spec.text("budgetingMethod")
    if method not in ("", "Occurrences"):
        spec.error(
            "budgetingMethod",
            f"{method} is not read: a budget on a ratio or latency counts events",
            "write Occurrences; of time slices an SLI with an objective has a budget (gauge, up, expr)",
        )


def _period(spec: Fields) -> int:
    windows = tuple(spec.each("timeWindow"))
    if len(windows) != 1:
        spec.error("timeWindow", f"has {len(windows)} windows, and one is needed", "write one: duration: 28d")
        return 0
    window = windows[0]
    window.unknown("duration", "isRolling", "calendar")
    if window.has("calendar") or window.values.get("isRolling") is not True:
        key = "calendar" if window.has("calendar") else "isRolling"
        window.error(
            key,
            "a calendar window is not read: Prometheus has none, and a budget looks back over its period",
            "write isRolling: true",
        )
        return 0
    text = window.text("duration", needed=True)
    found = seconds(text)
    if text and not found:
        window.error("duration", f"{text} is no fixed time", "write a number with s, m, h, d or w, as 28d")
    elif found > 3650 * 86400:
        window.error("duration", f"is longer than {format_duration(3650 * 86400)}", "shorten it")
        return 0
    return found
