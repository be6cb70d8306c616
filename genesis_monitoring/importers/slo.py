"""An SLO as it is understood, whatever it was written in: what importers give, and what parts are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from genesis_monitoring.findings import Location
from genesis_monitoring.promql.syntax import Selector
from genesis_monitoring.spec.metrics import Metric

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Counted:
    """Counters of which a budget is made: ``part`` of ``whole``.

    ``rest``: what is not in the part is bad; else the part is. ``by`` are labels with a budget each.
    """

    part: tuple[Selector, ...]
    whole: tuple[Selector, ...]
    rest: bool
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenTier:
    """A tier of its own: times in seconds; ``share`` in percent of the budget, or a ``factor``."""

    name: str
    long: int
    short: int
    severity: str
    share: float | None = None
    factor: float | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Slo:
    """``objective`` in percent, ``period`` in seconds. ``page`` and ``ticket`` are severities of the
    workbook's tiers, empty where they are off; ``tiers`` take their place."""

    service: str
    name: str
    title: str
    description: str
    objective: float
    period: int
    counted: Counted
    at: Location
    labels: Mapping[str, str] = field(default_factory=dict)
    page: str = ""
    ticket: str = ""
    tiers: tuple[WrittenTier, ...] = ()
    service_title: str = ""

    @property
    def id(self) -> str:
        """Sloth's id."""
        return f"{self.service}-{self.name}"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person says that documents do not.

    ``job``: of metrics whose selectors name none. ``period``: seconds, for documents that have none.
    ``page``, ``ticket``: severities of the tiers; ``severities``: of other words. ``buckets``: finite upper
    edges by histogram. ``known``: the catalogue of the spec that the part is for.
    """

    job: str = ""
    period: int | None = None
    page: str = "P1"
    ticket: str = "P2"
    severities: Mapping[str, str] = field(default_factory=dict)
    buckets: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    known: Mapping[str, Metric] = field(default_factory=dict)
