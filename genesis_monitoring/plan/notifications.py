"""What a notification says of an alert: what its templates need, and what must be in a message."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

from genesis_monitoring.receivers.dialects import Dialect
from genesis_monitoring.receivers.registry import RECEIVERS
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.times import spell_time

BEFORE, AFTER = 3600, 900
"""Seconds that a linked panel shows before an alert began, and after it ended. While it fires, until now."""
_COMPARED = 200


@dataclass(frozen=True, slots=True)
class WeightPlan:
    """The template ``genesis.<template>``: what stands for each severity, for none, and for the end."""

    template: str
    of: tuple[tuple[str, str], ...]
    otherwise: str
    over: str


@dataclass(frozen=True, slots=True)
class NotificationPlan:
    """What the notification templates need to know: dialects, and how urgent each severity looks."""

    dialects: tuple[Dialect, ...]
    weights: tuple[WeightPlan, ...]
    headings: tuple[tuple[str, str], ...]
    """How a title names each severity: ``P0 BLOCKER``."""
    html: bool = False
    """Whether somebody gets HTML."""
    before: int = BEFORE
    after: int = AFTER

    def heading(self, severity: str) -> str:
        """What a title begins with, after the bracket; empty for a severity that the spec does not have."""
        return dict(self.headings).get(severity, "")

    def weight(self, template: str, severity: str) -> str | None:
        """What stands for a severity; None for one that the spec does not have."""
        return next((dict(one.of).get(severity) for one in self.weights if one.template == template), None)


def compile_notifications(spec: Spec) -> NotificationPlan:
    """For all kinds of integrations, whether the spec has them or not."""
    made = [(kind.dialect, kind.fields.weight) for kind in RECEIVERS if kind.fields is not None]
    return NotificationPlan(
        dialects=tuple(dict.fromkeys(dialect for dialect, _ in made)),
        weights=tuple(
            WeightPlan(
                weight.template,
                tuple(
                    (name, weight.ranks[min(rank, len(weight.ranks) - 1)])
                    for rank, name in enumerate(spec.severities)
                ),
                weight.otherwise,
                weight.over,
            )
            for weight in dict.fromkeys(weight for _, weight in made)
            if weight is not None
        ),
        headings=tuple((name, f"{name} {one.title.upper()}") for name, one in spec.severities.items()),
        html=any(
            kind.fields is not None and kind.fields.html is not None
            for receiver in spec.receivers.values()
            for kind, _ in receiver.integrations
        ),
    )


def begin_faults(dialect: Dialect, annotations: Mapping[str, str], title: str, heading: str) -> Iterator[str]:
    """What the title of a message about one firing alert lacks."""
    if not title.startswith(f"[{dialect.line(heading)}]"):
        yield "the severity"
    for name in ("summary", "measured", "where"):
        if dialect.line(annotations.get(name, ""))[:_COMPARED] not in title:
            yield f"the alert's {name}"


_IN_HTML = ("summary", "description", "impact", "runbook_url")


def html_faults(dialect: Dialect, annotations: Mapping[str, str], html: str) -> Iterator[str]:
    """What a reader does not see in the HTML about one firing alert."""
    shown = _Shown()
    shown.feed(html)
    shown.close()
    text = "".join(shown.texts)
    lacking = [one for one in _IN_HTML if dialect.lines(annotations.get(one, ""))[:_COMPARED] not in text]
    if lacking:
        yield f"the HTML does not show the alert's {', '.join(lacking)}"


class _Shown(HTMLParser):
    """The texts of an HTML document."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def link_at(annotations: Mapping[str, str], span: "Span", *, over: bool) -> str:
    """Where a message links to: the panel, else the dashboard, at the time of the alert."""
    url = annotations.get("panel_url") or annotations.get("dashboard_url", "")
    end = f"{(span.ended + AFTER) * 1000}" if over else "now"
    return f"{url}{'&' if '?' in url else '?'}from={(span.began - BEFORE) * 1000}&to={end}" if url else ""


def end_faults(
    dialect: Dialect, annotations: Mapping[str, str], title: str, text: str, span: "Span"
) -> Iterator[str]:
    """What the message about the end of one alert lacks, or says although it is no longer so."""
    if dialect.line(annotations["summary"]) not in title:
        yield "the title lacks the alert's summary"
    if f" resolved after {span.length}]" not in title:
        yield f"the title does not say that it is resolved, and after how long ({span.length})"
    if span.end not in text or span.start not in text:
        yield f"it does not say when it began and ended ({span.start} to {span.end})"
    if span.length not in text:
        yield f"it does not say for how long it fired ({span.length})"
    if dialect.line(annotations["description"]) in text:
        yield "it still says the value of when it fired"
    if dialect.lines(annotations["response"]) in text:
        yield "it still says what to do"
    if dialect.line(annotations["runbook_url"]) not in text:
        yield "it lacks the link to the runbook"


@dataclass(frozen=True, slots=True)
class Span:
    """When an alert fired, in seconds since 1970."""

    began: int
    ended: int

    @property
    def start(self) -> str:
        """When it began, as a message says it."""
        return spell_time(self.began)

    @property
    def end(self) -> str:
        """When it ended."""
        return spell_time(self.ended)

    @property
    def length(self) -> str:
        """How long it fired: ``1h2m3s``, ``5m``."""
        minutes, seconds = divmod(self.ended - self.began, 60)
        hours, minutes = divmod(minutes, 60)
        parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
        return "".join(f"{number}{letter}" for number, letter in parts if number)
