"""What a notification says of an alert: what its templates need, and what must be in a message."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.receivers.dialects import Dialect
from genesis_monitoring.receivers.registry import RECEIVERS
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.times import spell_time


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
    )


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
