"""What a Prometheus knows, as typed values: series of samples, rules, targets, and what it says of itself."""

from dataclasses import dataclass, field

Labels = tuple[tuple[str, str], ...]
"""A label set, sorted by name."""


@dataclass(frozen=True, slots=True)
class Series:
    """Samples of one series: ``times`` in seconds since 1970, ascending, each with its value.

    Values may be NaN or infinite.
    """

    labels: Labels
    times: tuple[float, ...]
    values: tuple[float, ...]

    def label(self, name: str) -> str:
        """Its value; empty where there is none of that name, as in PromQL."""
        return next((value for key, value in self.labels if key == name), "")


@dataclass(frozen=True, slots=True)
class SeriesAnswer:
    """Series, and what the server had to say with them.

    ``warnings`` and ``partial`` mean that something may be missing; ``infos`` do not.
    """

    query: str
    series: tuple[Series, ...]
    warnings: tuple[str, ...] = ()
    infos: tuple[str, ...] = ()
    partial: bool = False

    @property
    def whole(self) -> bool:
        """Whether the server left nothing out, as far as it says."""
        return not self.warnings and not self.partial


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """A rule as the server has it. ``expr`` is its formatted expression, ``duration`` its ``for`` in seconds.

    ``kind`` is recording or alerting; ``health`` is ok, err or unknown; ``evaluated`` is when, in seconds
    since 1970, and 0 before its first evaluation. ``interval``, ``limit`` (most series it may make, 0 for
    any) and ``offset`` (seconds that it looks back from its evaluation) are those of its group;
    ``keep_firing`` is its ``keep_firing_for`` in seconds. What a server does not tell is 0.
    """

    group: str
    name: str
    kind: str
    expr: str
    labels: Labels
    health: str
    error: str
    interval: float
    duration: float
    evaluated: float
    keep_firing: float = 0.0
    limit: int = 0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class ActiveAlert:
    """An alert as Prometheus has it: ``state`` is pending or firing, ``since`` in seconds since 1970.

    ``value`` is that of its expression; NaN where it is none or not told.
    """

    labels: Labels
    annotations: Labels
    state: str
    since: float
    value: float


@dataclass(frozen=True, slots=True)
class ActiveTarget:
    """A target and how its last scrape went: ``health`` is up, down, or unknown before the first.

    ``address`` is where it is scraped, which relabelling may hide from its ``instance``.
    """

    job: str
    address: str
    health: str
    error: str
    instance: str


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """What a server says of itself. Empty texts and 0 for what it does not tell.

    ``now`` is its clock, ``retention`` what it keeps by time; both in seconds.
    """

    version: str
    now: float
    retention: float
    started: float


@dataclass(frozen=True, slots=True)
class Cost:
    """How often a server was asked, and the seconds it took to answer."""

    queries: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence of Alertmanager. ``ends`` is in seconds since 1970."""

    id: str
    matchers: tuple[str, ...]
    by: str
    comment: str
    ends: float


@dataclass(frozen=True, slots=True)
class ManagedAlert:
    """An alert as Alertmanager has it. ``state`` is active, suppressed or unprocessed."""

    labels: Labels
    state: str
    since: float
    silenced_by: tuple[str, ...] = field(default=())
