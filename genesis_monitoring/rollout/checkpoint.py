"""One checkpoint: what the SLIs, alerts, silences and logs were at the moment it was due, as a ledger entry.

SLIs and alerts are read as at the due time, however late it is looked at. Silences and logs are as they are
when it is taken, since nothing keeps their past.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from genesis_monitoring.clients.protocols import AlertmanagerReader, PrometheusReader
from genesis_monitoring.clients.samples import Series
from genesis_monitoring.conventions import COMPONENT_LABEL, SEVERITY_LABEL, TEAM_LABEL
from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.promql import building as promql
from genesis_monitoring.rollout.episodes import FIRING, STATE, alerts_of, watchdog_of
from genesis_monitoring.rollout.ledger import Entry
from genesis_monitoring.rollout.logs import LogSample
from genesis_monitoring.rollout.runs import BRIDGED_INTERVALS, usable
from genesis_monitoring.rollout.window import format_span
from genesis_monitoring.units import format_change

KIND, NOTE, SIGN_OFF = "checkpoint", "note", "sign-off"
LEVELS = ("no_go", "alert", "target")
GOOD, NO_DATA, NO_LEVEL = "good", "no data", "no level"


@dataclass(frozen=True, slots=True)
class Reading:
    """One SLI: ``level`` is the worst level it is beyond, or good, no data, no level."""

    sli: str
    value: float | None
    text: str
    level: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was found at a checkpoint. Times are seconds since 1970.

    ``late`` is how many seconds after ``due`` it was taken, if that is more than is allowed, else 0.
    ``missed``: it was taken only after the next one was due. ``unknown`` is what could not be asked.
    ``speed`` is above 1 for one of a rehearsal.
    """

    index: int
    due: float
    taken: float
    late: float
    readings: tuple[Reading, ...]
    firing: tuple[str, ...]
    pending: tuple[str, ...]
    silences: tuple[str, ...]
    cost: tuple[str, ...]
    logs: tuple[LogSample, ...]
    unknown: tuple[str, ...]
    missed: bool = False
    speed: float = 1.0

    @property
    def deviating(self) -> tuple[Reading, ...]:
        """The SLIs that are beyond a level."""
        return tuple(reading for reading in self.readings if reading.level in LEVELS)

    @property
    def without_data(self) -> tuple[Reading, ...]:
        """The SLIs that have an objective and no value."""
        return tuple(reading for reading in self.readings if reading.level == NO_DATA)

    @property
    def log_errors(self) -> int:
        """How many errors the logs tell of since the checkpoint before."""
        return sum(sample.errors for sample in self.logs)

    @property
    def unchecked_logs(self) -> tuple[LogSample, ...]:
        """The logs that were not looked at, or not all of what is new in them."""
        return tuple(sample for sample in self.logs if sample.problem)

    @property
    def needs_a_look(self) -> bool:
        """Whether a person has to find out what this could not, or what the logs are about."""
        return bool(self.without_data or self.unknown or self.log_errors or self.unchecked_logs)

    def data(self) -> Mapping[str, Any]:
        """For the ledger."""
        return asdict(self)


def read_checkpoint(data: Mapping[str, Any]) -> Checkpoint:
    """From the ledger. Raises LedgerError for what is no such entry."""
    from genesis_monitoring.rollout.ledger import LedgerError

    try:
        return Checkpoint(
            **{
                **data,
                "readings": tuple(Reading(**one) for one in data["readings"]),
                "logs": tuple(LogSample(**one) for one in data["logs"]),
                **{key: tuple(data[key]) for key in ("firing", "pending", "silences", "cost", "unknown")},
            }
        )
    except (KeyError, TypeError) as error:
        raise LedgerError(f"a checkpoint in the ledger is not whole: {error}", "restore the file") from None


@dataclass(frozen=True, slots=True)
class Due:
    """Which checkpoint is taken, and when: the next one is due ``spacing`` seconds after it.

    Late is what is closer to the next one than to its own time.
    """

    index: int
    due: float
    taken: float
    spacing: float
    speed: float = 1.0

    @property
    def late(self) -> float:
        """How many seconds too late it is taken, 0 if it is in time."""
        late = self.taken - self.due
        return late if late > self.spacing / 2 else 0.0


@dataclass(frozen=True, slots=True)
class Observation:
    """What Prometheus says of one moment. ``unknown`` is what it cannot say."""

    readings: tuple[Reading, ...]
    firing: tuple[str, ...]
    pending: tuple[str, ...]
    unknown: tuple[str, ...]


def observe(prometheus: PrometheusReader, plan: Plan, at: float) -> Observation:
    """Every SLI and alert as at ``at``. Raises ServerError if Prometheus does not answer."""
    records = "|".join(sorted(sli.record for sli in plan.slis.values()))
    values = prometheus.instant(f'{{__name__=~"{records}"}}', at)
    alerts = prometheus.instant(f'ALERTS{{{TEAM_LABEL}=~"{plan.spec.metadata.team}|"}}', at)
    watchdog = plan.spec.meta_alerts.watchdog.name
    ours = tuple(alerts_of(watchdog_of(plan), alerts.series, plan.spec.prometheus.external_labels))
    told = [one for one in alerts.series if one.label("alertname") != watchdog]
    unknown = [f"Prometheus warns: {text}" for text in (*values.warnings, *alerts.warnings)]
    if not ours:
        unknown.append(f"{watchdog} does not fire, so alerts are not evaluated")
    else:
        unknown += _stale(prometheus, plan, at)
    return Observation(
        readings=tuple(_readings(plan, values.series)),
        firing=tuple(sorted({_name(one) for one in told if one.label(STATE) == FIRING})),
        pending=tuple(sorted({_name(one) for one in told if one.label(STATE) != FIRING})),
        unknown=tuple(unknown),
    )


def take_checkpoint(
    prometheus: PrometheusReader,
    alertmanager: AlertmanagerReader,
    plan: Plan,
    due: Due,
    logs: tuple[LogSample, ...],
    before: Checkpoint | None,
) -> Checkpoint:
    """Raises ServerError if Prometheus does not answer; an Alertmanager that does not is told."""
    seen = observe(prometheus, plan, due.due)
    unknown = list(seen.unknown)
    silences: tuple[str, ...] = ()
    try:
        silences = tuple(
            f"{', '.join(silence.matchers)} by {silence.by}: {silence.comment}"
            for silence in alertmanager.silences()
        )
    except CouldNotTellError as error:
        unknown.append(f"silences: {error.message}")
    return Checkpoint(
        index=due.index,
        due=due.due,
        taken=due.taken,
        late=due.late,
        readings=seen.readings,
        firing=seen.firing,
        pending=seen.pending,
        silences=silences,
        cost=tuple(_cost(plan, seen.readings, before)),
        logs=logs,
        unknown=tuple(unknown),
        missed=due.late > due.spacing,
        speed=due.speed,
    )


def last_before(entries: tuple[Entry, ...], index: int) -> Checkpoint | None:
    """The latest checkpoint taken before number ``index``."""
    earlier = [read_checkpoint(entry.data) for entry in entries]
    return max((one for one in earlier if one.index < index), key=lambda one: one.index, default=None)


def missed_before(entries: tuple[Entry, ...], index: int) -> tuple[int, ...]:
    """The checkpoints before number ``index`` that nobody took."""
    taken = {entry.data.get("index") for entry in entries}
    return tuple(number for number in range(1, index) if number not in taken)


def _stale(prometheus: PrometheusReader, plan: Plan, at: float) -> Iterator[str]:
    """A Prometheus that was down still tells what it knew up to five minutes before."""
    rule = watchdog_of(plan)
    watchdog = promql.selector("ALERTS", {"alertname": rule.alert, STATE: FIRING, **dict(rule.labels)})
    answer = prometheus.instant(f"timestamp({watchdog})", at)
    evaluated = max((one.values[-1] for one in answer.series), default=-math.inf)
    age = at - evaluated
    yield from (f"Prometheus warns: {text}" for text in answer.warnings)
    if age > BRIDGED_INTERVALS * plan.spec.prometheus.evaluation_interval:
        when = f"last evaluated {format_span(age)} before" if math.isfinite(age) else "not evaluated"
        yield f"rules were {when}, so the values are old"


def _readings(plan: Plan, series: tuple[Series, ...]) -> Iterator[Reading]:
    for name, sli_plan in plan.slis.items():
        sli = sli_plan.sli
        good = sli.good
        found = [one.values[-1] for one in series if one.label("__name__") == sli_plan.record]
        known = [value for value in found if not math.isnan(value)]
        if not known or (good is not None and not all(usable(value, None) for value in known)):
            yield Reading(name, None, "", NO_DATA if good is not None else NO_LEVEL)
            continue
        value = min(known) if sli.more_is_better else max(known)
        conditions = ((level, sli.beyond(level)) for level in LEVELS)
        beyond = next((level for level, one in conditions if one is not None and one.holds(value)), GOOD)
        level = beyond if good is not None else NO_LEVEL
        yield Reading(name, value, sli.show(value), level)


def _cost(plan: Plan, readings: tuple[Reading, ...], before: Checkpoint | None) -> Iterator[str]:
    """Each reduction against its target, and where it has gone since the checkpoint before."""
    past = {one.sli: one.value for one in before.readings} if before else {}
    for reading in readings:
        sli = plan.spec.slis[reading.sli]
        good = sli.good
        if not sli.reduction_of or good is None:
            continue
        if reading.value is None:
            yield f"{reading.sli}: no data"
            continue
        place = "on target" if good.holds(reading.value) else "short of its target"
        text = f"{reading.sli}: {reading.text}, {place} ({good})"
        earlier = past.get(reading.sli)
        if before and earlier is not None:
            moved = format_change(reading.value - earlier)
            text += f", {'unchanged' if moved == '0' else moved} since checkpoint {before.index}"
        yield text


def _name(series: Series) -> str:
    return f"{series.label(SEVERITY_LABEL)} {series.label('alertname')} ({series.label(COMPONENT_LABEL)})"
