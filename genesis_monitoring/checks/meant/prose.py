"""GM135 (warning): a placeholder that nothing fills in.

Texts of alerts are prose: what is in them is shown as it is written, ``{{ $value }}`` too. The value, its
limit and the labels stand beside them in every message. A legend takes ``{{label}}``, of a label that the
series has; of another one Grafana shows nothing. Leave it out, or name a label that is there.
"""

import re
from collections.abc import Iterator

from genesis_monitoring.checks.promql.catalogue import Catalogue
from genesis_monitoring.conventions import BUDGET_LABELS
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.promql.labels import ANY, LabelFlow
from genesis_monitoring.promql.syntax import tree_or_none
from genesis_monitoring.spec.alerts import Alert, MissingData, Watchdog
from genesis_monitoring.spec.dashboards import Query
from genesis_monitoring.spec.jobs import scrape_labels
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path
from genesis_monitoring.spec.source import Source
from genesis_monitoring.spec.text_places import place_in_text
from genesis_monitoring.spec.written import as_asked, panels_of
from genesis_monitoring.words import suggest

CODES = ("GM135",)

_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\$(?:value|labels)\b|\$\{\w+\}")
_GROUP = {False: "group the SLI by that label", True: "keep that label in the query"}
_LEGEND = re.compile(r"\{\{\s*(?P<label>[^{}]*?)\s*\}\}")


def check_prose(plan: Plan, source: Source) -> tuple[Finding, ...]:
    """GM135, at the character where the placeholder begins."""
    return (*_texts(plan.spec, source), *_legends(plan, source))


def _texts(spec: Spec, source: Source) -> Iterator[Finding]:
    for path, text in _prose(spec):
        found = _PLACEHOLDER.search(text)
        if found is not None:
            message = f"{found[0]} in a text of an alert is shown as it is written: nothing fills it in"
            hint = "leave it out: each message tells the value, its limit and the labels beside this text"
            place = place_in_text(source, path, found.start())
            yield Finding("GM135", Severity.WARNING, place, message, hint)


def _prose(spec: Spec) -> Iterator[tuple[Path, str]]:
    meta = spec.meta_alerts
    of_all: tuple[tuple[Path, Alert | Watchdog | MissingData], ...] = (
        *((("alerts", name), alert) for name, alert in spec.alerts.items()),
        (("meta_alerts", "watchdog"), meta.watchdog),
        (("meta_alerts", "missing_data"), meta.missing_data),
    )
    for path, one in of_all:
        yield (*path, "summary"), one.summary
        yield (*path, "impact"), one.impact
        for index, text in enumerate(one.response):
            yield (*path, "response", index), text
        for index, text in enumerate(one.mitigation if isinstance(one, Alert) else ()):
            yield (*path, "mitigation", index), text


def _legends(plan: Plan, source: Source) -> Iterator[Finding]:
    for path, panel in panels_of(plan.spec):
        for number, query in enumerate(panel.queries):
            known = _labels(plan, query) if _LEGEND.search(query.legend) else None
            if known is not None:
                yield from _legend(source, (*path, "queries", number, "legend"), query, known)


def _legend(source: Source, path: Path, query: Query, known: tuple[str, ...]) -> Iterator[Finding]:
    for found in _LEGEND.finditer(query.legend):
        label = found["label"]
        if label in known:
            continue
        has = f"has {', '.join(known)}" if known else "has no labels"
        message = f"the legend names the label {label or '(none)'}, and what is drawn {has}"
        near = suggest(label, known).removeprefix("; ") if known else ""
        hint = near or (
            f"use one of: {', '.join(sorted(known))}"
            if known
            else f"write a text, or {_GROUP[query.expr is not None]}"
        )
        place = place_in_text(source, path, found.start())
        yield Finding("GM135", Severity.WARNING, place, message, hint)


def _labels(plan: Plan, query: Query) -> tuple[str, ...] | None:
    """The labels of what is drawn; None if nobody knows them."""
    spec = plan.spec
    if query.sli is not None:
        return spec.slis[query.sli].by
    if query.budget is not None:
        return (*spec.slis[query.budget].by, *BUDGET_LABELS)
    if query.expr is not None:
        tree = tree_or_none(as_asked(spec, query.expr))
        labels = LabelFlow(Catalogue(plan), tree).result if tree is not None else ANY
        return None if labels.open else tuple(sorted(labels.may))
    if query.metric is not None and query.each:
        name = query.metric.metric
        return (*spec.metrics[name].labels, *scrape_labels(spec, name))
    if query.metric is not None and spec.metrics[query.metric.metric].type == "histogram":
        return ("le",)
    return ()
