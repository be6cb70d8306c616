"""Who is told of an alert, as text and JSON (version 1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from genesis_monitoring.report.document import Full, Time
from genesis_monitoring.report.paint import fold_all
from genesis_monitoring.report.text import escape
from genesis_monitoring.spec.nights import spell_moment
from genesis_monitoring.spec.told import Told


@dataclass(frozen=True, slots=True)
class ReceiverDocument:
    """A receiver that gets the alert, and when."""

    receiver: Full
    """The one that gets it in the end: a fallback where all that was named is switched off."""
    sends: tuple[str, ...]
    """Its integrations, in words; empty for one that sends nothing, on purpose."""
    mute: tuple[str, ...]
    """Time intervals in which it is not told."""
    active: tuple[str, ...]
    """Time intervals in which alone it is told; empty: at any time."""
    told: bool | None
    """Whether it is told at that moment; null where none was asked for."""
    because: tuple[str, ...]
    """The intervals of `mute` that hold at that moment; if there are none, those of `active` that do not."""
    until: Time | None
    """When that changes; null where it does not within a year."""


@dataclass(frozen=True, slots=True)
class LabelValue:
    """A label of an alert."""

    name: Full
    value: str


@dataclass(frozen=True, slots=True)
class AddressedDocument:
    """Alerts of this name that go to the same receivers, with the labels of one of them."""

    severity: Full
    team: Full
    labels: tuple[LabelValue, ...]
    receivers: tuple[ReceiverDocument, ...]


@dataclass(frozen=True, slots=True)
class RouteDocument:
    """What `genesis-mon route ALERT --format json` prints, version 1.

    Within version 1 keys are added, never renamed or removed.
    """

    version: Literal[1]
    alert: Full
    environment: str | None
    """Of the spec; null for the spec as it is written."""
    shadow: bool
    """It is recorded and told to nobody."""
    at: Time | None
    """The moment that was asked for."""
    holds: tuple[str, ...]
    """The time intervals that hold at that moment."""
    alerts: tuple[AddressedDocument, ...]


@dataclass(frozen=True, slots=True)
class ReceiverTold:
    """A receiver that gets the alert, and when: see ``ReceiverDocument``; ``until`` in seconds since 1970."""

    receiver: str
    sends: tuple[str, ...]
    mute: tuple[str, ...]
    active: tuple[str, ...]
    told: bool | None = None
    because: tuple[str, ...] = ()
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Addressed:
    """Alerts that go to the same receivers, as ``AddressedDocument`` says it."""

    severity: str
    team: str
    labels: tuple[LabelValue, ...]
    receivers: tuple[ReceiverTold, ...]


@dataclass(frozen=True, slots=True)
class RouteReport:
    """``zone`` is where its times are told. ``told`` are the receivers that hear of any of it, in order."""

    alert: str
    environment: str | None
    shadow: bool
    at: float | None
    holds: tuple[str, ...]
    alerts: tuple[Addressed, ...]
    zone: str

    @property
    def told(self) -> tuple[str, ...]:
        """At the moment, or without one, ever."""
        return tuple(
            dict.fromkeys(
                one.receiver for alert in self.alerts for one in alert.receivers if one.told is not False
            )
        )


def route_text(report: RouteReport, *, width: int = 0) -> str:
    """A block for each way that alerts of this name go. ``width`` is that of a terminal, 0 for no limit."""
    return "\n".join((*fold_all(_lines(report), width), ""))


def _lines(report: RouteReport) -> Iterator[str]:
    if report.at is not None:
        hold = f", while {', '.join(report.holds)} hold{'s' if len(report.holds) == 1 else ''}"
        yield f"at {_moment(report, report.at)}{hold if report.holds else ''}"
    if report.shadow:
        yield f"{report.alert} is in shadow: it is recorded, and nobody is told"
    for one in report.alerts:
        which = ", ".join(f"{label.name}={escape(label.value)}" for label in _telling(report, one))
        yield f"{report.alert} [{one.severity}], team {one.team}{f', with {which}' if which else ''}"
        for hearing in one.receivers:
            sends = ", ".join(hearing.sends) or "sends nothing, on purpose"
            yield f"  {hearing.receiver} ({escape(sends)}): {_said(report, hearing)}"


def _telling(report: RouteReport, one: Addressed) -> tuple[LabelValue, ...]:
    """Labels that tell it from the others."""
    if len(report.alerts) == 1:
        return ()
    common = set.intersection(*({*alert.labels} for alert in report.alerts))
    return tuple(label for label in one.labels if label not in common)


def _said(report: RouteReport, one: ReceiverTold) -> str:
    if one.told is None:
        return Told(one.receiver, one.mute, one.active).times or "at any time"
    until = f" until {_moment(report, one.until)}" if one.until is not None else ""
    if one.told:
        return f"told{until}"
    why = "muted by" if any(name in one.mute for name in one.because) else "told only in"
    return f"not told{until}: {why} {', '.join(one.because)}"


def _moment(report: RouteReport, seconds: float) -> str:
    return spell_moment(datetime.fromtimestamp(seconds, UTC), report.zone)
