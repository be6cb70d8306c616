"""Alerts, their severities, and who is told: receivers, routing, inhibition."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ConfigDict, Field, create_model, model_validator

from genesis_monitoring.receivers.base import Kind
from genesis_monitoring.receivers.registry import RECEIVERS
from genesis_monitoring.spec.base import (
    AlertName,
    LabelName,
    Level,
    Model,
    Name,
    PanelId,
    PositiveSeconds,
    Seconds,
    SeverityName,
    Slug,
    Text,
)

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec


class Severity(Model):
    """How urgent an alert is, who gets it, and how Alertmanager groups and repeats it.

    ``workflow`` is what the person on call does, in order; ``escalate_after`` is when the next in the
    chain is called (by the pager: Alertmanager cannot escalate). ``keep_firing_for`` is for the alerts that
    have none of their own; without either, an alert resolves at the first good value. Nobody is told within a
    time interval of ``mute``; where ``active`` names some, only within one of them.
    """

    title: Text
    acknowledge_within: PositiveSeconds
    escalate_after: PositiveSeconds | None = None
    page: bool
    receivers: tuple[Slug, ...] = Field(min_length=1)
    mute: tuple[Slug, ...] = ()
    active: tuple[Slug, ...] = ()
    group_by: tuple[LabelName, ...] = Field(min_length=1)
    group_wait: Seconds
    group_interval: PositiveSeconds
    repeat_interval: PositiveSeconds
    keep_firing_for: Seconds | None = None
    workflow: tuple[Text, ...] = Field(min_length=1)


class Alert(Model):
    """Fires when an SLI is beyond a level for longer than ``for``.

    At the level ``target`` it fires whenever the value is not good: a ticket there, and a page at ``alert``.
    It goes on for ``keep_firing_for`` after the value is good or gone, so that a short recovery does not
    resolve it; left out, it is that of the severity. ``team`` looks after it; left out, that of the SLI or
    its component does.
    """

    sli: Name
    level: Level = "alert"
    for_: Annotated[Seconds, Field(alias="for")]
    keep_firing_for: Seconds | None = None
    severity: SeverityName
    team: Slug | None = None
    panel: PanelId | None = None
    summary: Text
    impact: Text
    response: tuple[Text, ...] = Field(min_length=1)
    mitigation: tuple[Text, ...] = ()


class Watchdog(Model):
    """An alert that always fires: it proves that alerts are evaluated and delivered."""

    name: AlertName
    severity: SeverityName
    receiver: Slug
    repeat_interval: PositiveSeconds
    summary: Text
    impact: Text
    response: tuple[Text, ...] = Field(min_length=1)


class MissingData(Model):
    """One rule for every SLI whose metrics are exported: fires when any of them is absent."""

    name: AlertName
    for_: Annotated[PositiveSeconds, Field(alias="for")]
    severity: SeverityName
    panel: PanelId | None = None
    summary: Text
    impact: Text
    response: tuple[Text, ...] = Field(min_length=1)


class MetaAlerts(Model):
    """The alerts about the monitoring itself."""

    component: Slug
    watchdog: Watchdog
    missing_data: MissingData


class _Receiver(Model):
    """Somebody to tell, by each integration given; ``fallback`` stands in while all are switched off.

    It is not told within a time interval of ``mute``; where ``active`` names some, only within one of them.
    """

    description: Text
    fallback: Slug | None = None
    mute: tuple[Slug, ...] = ()
    active: tuple[Slug, ...] = ()

    @property
    def integrations(self) -> tuple[tuple[Kind[Any], Any], ...]:
        """What it has, each with what the spec says of it."""
        given = ((kind, getattr(self, kind.key)) for kind in RECEIVERS)
        return tuple((kind, settings) for kind, settings in given if settings is not None)

    def in_force(self, spec: "Spec") -> tuple[tuple[Kind[Any], Any], ...]:
        """Those that are not switched off."""
        return tuple((kind, settings) for kind, settings in self.integrations if kind.in_force(spec))


if TYPE_CHECKING:
    Receiver = _Receiver
else:
    Receiver = create_model(
        "Receiver",
        __base__=_Receiver,
        __doc__=_Receiver.__doc__,
        **{kind.key: (kind.model | None, None) for kind in RECEIVERS},
    )


class MatchedAlerts(Model):
    """Which alerts: those named, or all of a severity and component; given keys must all match."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"severity": "P1"}]})

    alerts: tuple[AlertName, ...] | None = Field(default=None, min_length=1)
    severity: SeverityName | None = None
    component: Slug | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "MatchedAlerts":
        if self.alerts is None and self.severity is None and self.component is None:
            raise ValueError("at least one of alerts, severity and component is given; add severity: P1")
        return self


class InhibitRule(Model):
    """While a ``source`` alert fires, ``target`` alerts with the same ``equal`` labels are silenced."""

    reason: Text
    source: MatchedAlerts
    target: MatchedAlerts
    equal: tuple[LabelName, ...] = Field(min_length=1)


class Routing(Model):
    """The root of the routing tree and what silences what.

    ``default_receiver`` gets what no severity's route takes.
    """

    default_receiver: Slug
    resolve_timeout: PositiveSeconds
    inhibit: dict[Slug, InhibitRule] = Field(default_factory=dict)
