"""The spec as a whole: ``slo.yaml`` is one ``Spec``.

A place kept free for what is to come: further targets (Kubernetes, Mimir) stand beside ``stack``.
"""

from typing import Annotated, Literal

from pydantic import Field

from genesis_monitoring.receivers.email import MailServer
from genesis_monitoring.receivers.slack import Slack
from genesis_monitoring.slis.registry import Sli
from genesis_monitoring.spec.alerts import Alert, MetaAlerts, Receiver, Routing, Severity
from genesis_monitoring.spec.base import (
    AlertName,
    Link,
    MetricName,
    Model,
    Name,
    SeverityName,
    Slug,
    Text,
)
from genesis_monitoring.spec.dashboards import Dashboard, DashboardUid, Profile
from genesis_monitoring.spec.environments import Environment, EnvironmentName
from genesis_monitoring.spec.metrics import HealthScore, Metric, Suite
from genesis_monitoring.spec.nights import NamedIntervals
from genesis_monitoring.spec.rollout import Rollout
from genesis_monitoring.spec.services import Prometheus, Stack
from genesis_monitoring.spec.suppressions import Suppression
from genesis_monitoring.spec.teams import Contacts, Team

IncludedName = Annotated[
    str, Field(max_length=300, pattern=r"^(?:preset:)?[A-Za-z0-9._\-][A-Za-z0-9._\-/]*$")
]
"""A path relative to the folder that holds the spec, or the name of a preset."""


class Links(Model):
    """Where people reach the stack; annotations and runbooks link there.

    An address may have a path, behind a proxy: ``https://mon.example.com/prometheus/``. Prometheus and
    Alertmanager then still serve from ``/``, so the proxy takes the path off; Grafana takes both.
    """

    grafana: Link
    prometheus: Link
    alertmanager: Link
    runbooks: Link


class Metadata(Model):
    """What is monitored and who looks after it.

    ``planned_for`` names when metrics that are ``planned`` will be there, as "Phase 5.5"; it is told wherever
    one of them is asked for.
    """

    name: Slug
    title: Text
    description: Text
    team: Slug
    contacts: Contacts
    links: Links
    planned_for: Text | None = None


class Spec(Model):
    """Everything about the monitoring of one system. Every threshold and severity stands here once.

    ``profile`` names the one of ``profiles`` that is in force, the first where it is left out. ``include``
    lists files with more of the spec, in its folder or below, and presets (``preset:node-exporter``): a key
    that stands here too counts as it stands here.
    """

    apiVersion: Literal["genesis-mon/v1"]
    include: tuple[IncludedName, ...] = ()
    metadata: Metadata
    components: dict[Slug, Text] = Field(min_length=1)
    teams: dict[Slug, Team] = Field(default_factory=dict)
    time_intervals: dict[Slug, NamedIntervals] = Field(default_factory=dict)
    severities: dict[SeverityName, Severity] = Field(min_length=1)
    metrics: dict[MetricName, Metric] = Field(min_length=1)
    suites: dict[Name, Suite] = Field(default_factory=dict)
    health_score: HealthScore | None = None
    slis: dict[Name, Sli] = Field(min_length=1)
    alerts: dict[AlertName, Alert] = Field(default_factory=dict)
    meta_alerts: MetaAlerts
    slack: Slack
    email: MailServer | None = None
    receivers: dict[Slug, Receiver] = Field(min_length=1)
    routing: Routing
    dashboards: dict[DashboardUid, Dashboard] = Field(min_length=1)
    profile: Slug | None = None
    profiles: dict[Slug, Profile] = Field(min_length=1)
    prometheus: Prometheus
    stack: Stack
    rollout: Rollout | None = None
    suppress: tuple[Suppression, ...] = ()
    environments: dict[EnvironmentName, Environment] = Field(default_factory=dict)

    @property
    def profile_in_force(self) -> str:
        """The profile that everything is made in unless another is asked for."""
        return next(iter(self.profiles)) if self.profile is None else self.profile
