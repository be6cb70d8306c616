"""What a notification says of an alert: the words of each dialect, and what must be in a message.

Labels and annotations may hold anything that a metric brings along, so they reach a message as text: Slack
would take ``<!channel>`` and ``<http://evil|text>`` for commands. Source: Slack, "Formatting text for app
surfaces": ``&``, ``<`` and ``>`` are the characters to escape.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from genesis_monitoring.spec.model import Spec

_UNSEEN = (
    r"[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\x{200b}-\\x{200f}\\x{2028}-\\x{202e}\\x{2060}-\\x{206f}\\x{feff}]"
)
"""As a Go string: what steers a reader's screen, or turns text around; a line break is left to the caller."""
_UNSEEN_HERE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_TIME = "%Y-%m-%d %H:%M:%S UTC"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How text is written for one kind of reader: the ``name`` of its templates, and what is replaced."""

    name: str
    replaced: tuple[tuple[str, str], ...]

    def line(self, text: str) -> str:
        """``text`` on one line, as the templates write it."""
        return self.lines(text.replace("\n", " "))

    def lines(self, text: str) -> str:
        """As ``line``, with the line breaks left."""
        text = _UNSEEN_HERE.sub(" ", text)
        for old, new in self.replaced[1:]:
            text = text.replace(old, new)
        return text


SLACK = Dialect("genesis", ((_UNSEEN, " "), ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")))
PLAIN = Dialect("genesis.plain", ((_UNSEEN, " "),))


@dataclass(frozen=True, slots=True)
class NotificationPlan:
    """What the notification templates need to know: dialects, and the weight of each severity."""

    dialects: tuple[Dialect, ...]
    pager_severities: tuple[tuple[str, str], ...]
    colors: tuple[tuple[str, str], ...]


def compile_notifications(spec: Spec) -> NotificationPlan:
    """PagerDuty knows critical, error, warning and info; severities take them in their order."""
    weights = ("critical", "error", "warning", "info")
    colors = ("#b71c1c", "#e53935", "#fb8c00", "#1e88e5")
    names = tuple(spec.severities)
    last = len(weights) - 1
    return NotificationPlan(
        dialects=(SLACK, PLAIN),
        pager_severities=tuple((name, weights[min(rank, last)]) for rank, name in enumerate(names)),
        colors=tuple((name, colors[min(rank, last)]) for rank, name in enumerate(names)),
    )


def dialect_of(kind: str) -> Dialect:
    """In which a kind of integration is written."""
    return SLACK if kind == "slack" else PLAIN


def end_faults(
    dialect: Dialect, annotations: Mapping[str, str], title: str, text: str, span: "Span"
) -> Iterator[str]:
    """What the message about the end of one alert lacks, or says although it is no longer so."""
    if dialect.line(annotations["summary"]) not in title:
        yield "the title lacks the alert's summary"
    if "resolved: 1]" not in title:
        yield "the title does not say how many are resolved"
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
        return datetime.fromtimestamp(self.began, UTC).strftime(_TIME)

    @property
    def end(self) -> str:
        """When it ended."""
        return datetime.fromtimestamp(self.ended, UTC).strftime(_TIME)

    @property
    def length(self) -> str:
        """How long it fired: ``1h2m3s``, ``5m``."""
        minutes, seconds = divmod(self.ended - self.began, 60)
        hours, minutes = divmod(minutes, 60)
        parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
        return "".join(f"{number}{letter}" for number, letter in parts if number)
