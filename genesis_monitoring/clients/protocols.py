"""What the rooms above may ask of external tools and servers, so that nothing in them starts a process or
speaks HTTP.

``tree`` is the folder of the generated files, and file names are relative to it, so that no path of this
machine reaches a message. Every call raises ToolMissing, ToolCrashed or ToolTimedOut if there is no answer.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from genesis_monitoring.clients.alertmanager import Alertmanager
from genesis_monitoring.clients.alertmanager_sessions import AlertmanagerSession, DeliverySession
from genesis_monitoring.clients.process import ToolRun
from genesis_monitoring.clients.prometheus import LivePrometheus, Prometheus
from genesis_monitoring.clients.samples import (
    ActiveAlert,
    ActiveTarget,
    Cost,
    LoadedRule,
    ManagedAlert,
    SeriesAnswer,
    ServerInfo,
    Silence,
)


class PromtoolClient(Protocol):
    """Prometheus' own checks. Both streams of promtool come in ``stdout``, in order."""

    def check_config(self, tree: Path, file: str) -> ToolRun:
        """The configuration and the rule files it names."""

    def check_rules(self, tree: Path, files: Sequence[str]) -> tuple[ToolRun, ...]:
        """The rule files, with every lint rule, each of them an error."""

    def test_rules(self, tree: Path, files: Sequence[str]) -> tuple[ToolRun, ...]:
        """The rule tests, in several processes side by side."""


class AmtoolClient(Protocol):
    """Alertmanager's own checks."""

    def check_config(self, tree: Path, file: str) -> ToolRun:
        """The configuration and the templates it names."""

    def test_routes(
        self, tree: Path, file: str, label_sets: Sequence[Mapping[str, str]]
    ) -> tuple[ToolRun, ...]:
        """Who gets an alert with each of these label sets: names with commas between them, in ``stdout``.

        amtool takes one label set a call, so there is a process for each, side by side.
        """


class ComposeClient(Protocol):
    """Compose's own check."""

    def config(self, tree: Path, file: str) -> ToolRun:
        """The file, resolved; ``stdout`` is the resolved file, never empty on success."""


class PrometheusServer(Protocol):
    """A real Prometheus on this machine."""

    @property
    def version(self) -> str:
        """Its version."""

    def evaluate(
        self,
        tree: Path,
        config: str,
        series: str,
        command: Sequence[str] = (),
        asked: Collection[str] = (),
    ) -> LivePrometheus:
        """Load ``config`` with ``series`` (OpenMetrics text) as its past, and evaluate each rule twice.

        ``command`` are the arguments that it runs with in the stack, ``asked`` are paths to ask for.
        """


class AlertmanagerServer(Protocol):
    """A real Alertmanager on this machine."""

    @property
    def version(self) -> str:
        """Its version."""

    def ask(
        self, tree: Path, config: str, command: Sequence[str] = ()
    ) -> AbstractContextManager[AlertmanagerSession]:
        """Run ``config`` as it is, with everything silenced, so that nobody is told of anything.

        ``command`` are the arguments that it runs with in the stack.
        """

    def deliver(
        self,
        tree: Path,
        config: str,
        command: Sequence[str] = (),
        at: datetime | None = None,
        zones: Sequence[str] = (),
    ) -> AbstractContextManager[DeliverySession]:
        """Run a copy of ``config`` that sends to a catcher on this machine, at once.

        Time intervals are left out, or hold as at the moment ``at``, where all are said in ``zones``; each
        alert is then a message of its own.
        """


class PrometheusReader(Protocol):
    """A user's Prometheus, read only. Every call raises ServerError if there is no answer.

    Times are seconds since 1970.
    """

    @property
    def url(self) -> str:
        """Its address, without credentials."""

    @property
    def cost(self) -> Cost:
        """What has been asked so far."""

    @property
    def warned(self) -> Mapping[str, tuple[str, ...]]:
        """The questions whose answers may not be whole, whatever was asked, with what the server says."""

    def instant(self, query: str, at: float) -> SeriesAnswer:
        """The value of ``query`` at a time: series of one sample each."""

    def range(self, query: str, start: float, end: float, step: float) -> SeriesAnswer:
        """The value of ``query`` at ``start``, ``start + step`` and so on, up to ``end``."""

    def samples(self, selector: str, start: float, end: float) -> SeriesAnswer:
        """The samples as they are stored, in ``(start, end]``: after ``start``, up to ``end``."""

    def rules(self) -> tuple[LoadedRule, ...]:
        """The rules that are loaded now."""

    def alerts(self) -> tuple[ActiveAlert, ...]:
        """The alerts that are pending or firing now."""

    def targets(self) -> tuple[ActiveTarget, ...]:
        """The targets that are scraped now."""

    def info(self) -> ServerInfo:
        """Version, clock and retention."""


class AlertmanagerReader(Protocol):
    """A user's Alertmanager, read only. Every call raises ServerError if there is no answer."""

    @property
    def url(self) -> str:
        """Its address, without credentials."""

    @property
    def cost(self) -> Cost:
        """What has been asked so far."""

    def alerts(self) -> tuple[ManagedAlert, ...]:
        """The alerts that it has, silenced ones too."""

    def silences(self) -> tuple[Silence, ...]:
        """The silences that are active."""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The tools that checks use."""

    promtool: PromtoolClient
    amtool: AmtoolClient
    compose: ComposeClient
    prometheus: PrometheusServer = field(default_factory=Prometheus)
    alertmanager: AlertmanagerServer = field(default_factory=Alertmanager)
