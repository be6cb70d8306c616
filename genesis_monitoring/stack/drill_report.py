"""What a drill of alert delivery comes to: one entry an alert, one an inhibit rule."""

from dataclasses import dataclass
from typing import Final, Literal

VERSION: Final = 1
Way = Literal["sealed", "copy"]
Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RouteTaken:
    """A route that took the alert: where it comes from in the spec, and the group that it put it into."""

    receiver: str
    origin: str
    group_by: tuple[str, ...]
    group: Labels


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it was received. ``to`` is the channel or the service, ``weight`` colour or severity.

    ``resolved_title`` and ``resolved_text`` are of the one about the end; empty if it did not come.
    """

    receiver: str
    kind: str
    to: str
    title: str
    text: str
    link: str
    weight: str
    resolved_title: str
    resolved_text: str


@dataclass(frozen=True, slots=True)
class AlertDrill:
    """One alert. ``silent``: its receiver has no integration, on purpose, so no message is to come.

    ``inhibited_by`` are the alerts that silenced it when all fired at once.
    """

    name: str
    severity: str
    labels: Labels
    receivers: tuple[str, ...]
    silent: bool
    routes: tuple[RouteTaken, ...]
    arrivals: tuple[Arrival, ...]
    inhibited_by: tuple[str, ...]
    problems: tuple[str, ...]
    muted: tuple[str, ...] = ()
    """Receivers that are told at other times, and got nothing."""


@dataclass(frozen=True, slots=True)
class InhibitionDrill:
    """One inhibit rule: with ``source`` firing, no message came of ``silenced``."""

    rule: str
    reason: str
    source: str
    silenced: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrillReport:
    """The whole. ``way`` is sealed if the generated file itself sent the messages, byte for byte.

    Otherwise a copy did that differs in addresses and secrets, and ``why`` says why.
    """

    version: Literal[1]
    way: Way
    why: str
    config: str
    sha256: str
    alertmanager: str
    ok: bool
    alerts: tuple[AlertDrill, ...]
    inhibitions: tuple[InhibitionDrill, ...]
    at: str | None = None
    """The time that its clock told, in UTC, as `2026-12-24T22:00:00Z`; null where no time matters."""
