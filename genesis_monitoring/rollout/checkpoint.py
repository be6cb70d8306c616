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
from genesis_monitoring.conventions import COMPONENT_LABEL, SEVERITY_LABEL
from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.promql import building as promql
from genesis_monitoring.rollout.episodes import FIRING, STATE, alerts_of, watchdog_of
from genesis_monitoring.rollout.ledger import Entry
from genesis_monitoring.rollout.logs import LogSample
from genesis_monitoring.rollout.rules import ANOTHER_START, record_states
from genesis_monitoring.rollout.runs import BRIDGED_INTERVALS
from genesis_monitoring.rollout.server_told import alerts_of_teams, out_of_shadow
from genesis_monitoring.rollout.window import format_span
from genesis_monitoring.slis.standing import LEVELS, NO_DATA, NO_LEVEL, NOT_DUE, PLANNED, standing
from genesis_monitoring.units import format_change

KIND, NOTE, SIGN_OFF = "checkpoint", "note", "sign-off"


@dataclass(frozen=True, slots=True)
class Reading:
    """One SLI: ``level`` is the worst level it is beyond, or good, no data, planned, not due, no level.

    ``planned`` has no data as long as nobody exposes one of its metrics; ledgers of before call it no data.
    Not due is what is compared with the first hours of the rollout while these are not over.
    """

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
        """The SLIs that have an objective and no value, and should have one."""
        return tuple(reading for reading in self.readings if reading.level == NO_DATA)

    @property
    def planned(self) -> tuple[Reading, ...]:
        """The SLIs that have an objective, and no value before their metrics are exposed."""
        return tuple(reading for reading in self.readings if reading.level == PLANNED)

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
        return bool(
            self.without_data or self.planned or self.unknown or self.log_errors or self.unchecked_logs
        )

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


def observe(
    prometheus: PrometheusReader, plan: Plan, at: float, known: frozenset[str] = frozenset()
) -> Observation:
    """Every SLI and alert as at ``at``. Raises ServerError if Prometheus does not answer.

    ``known`` are SLIs that have been there: what has gone is not planned, whatever the spec says.
    """
    records = "|".join(sorted(sli.record for sli in plan.slis.values()))
    values = prometheus.instant(f'{{__name__=~"{records}"}}', at)
    alerts = out_of_shadow(prometheus.instant(alerts_of_teams(plan), at))
    watchdog = plan.spec.meta_alerts.watchdog.name
    ours = tuple(alerts_of(watchdog_of(plan), alerts.series, plan.spec.prometheus.external_labels))
    told = [one for one in alerts.series if one.label("alertname") != watchdog]
    unknown = [f"Prometheus warns: {text}" for text in (*values.warnings, *alerts.warnings)]
    if any(one.compared_with for one in plan.slis.values()):
        unknown += _other_baselines(prometheus, plan)
    if not ours:
        unknown.append(f"{watchdog} does not fire, so alerts are not evaluated")
    else:
        unknown += _stale(prometheus, plan, at)
    return Observation(
        readings=tuple(_readings(plan, values.series, known, at)),
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
    seen = observe(prometheus, plan, due.due, known_from(before.readings if before else ()))
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


def _unless_early(plan: Plan, sli: SliPlan, at: float) -> str:
    """Nothing is missing while the hours that an SLI is compared with are not over."""
    hours = sli.compared_with
    early = hours is not None and at <= hours.until + plan.spec.prometheus.evaluation_interval
    return NOT_DUE if early else NO_DATA


def _other_baselines(prometheus: PrometheusReader, plan: Plan) -> Iterator[str]:
    """What is compared with other hours than those in which this rollout began."""
    interval = plan.spec.prometheus.evaluation_interval
    problems = (one.problem for one in record_states(plan.slis, prometheus.rules(), interval).values())
    yield from dict.fromkeys(problem for problem in problems if ANOTHER_START in problem)


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


def known_from(readings: tuple[Reading, ...]) -> frozenset[str]:
    """The SLIs that have been there by then, or should have been."""
    return frozenset(one.sli for one in readings if one.level not in (PLANNED, NO_LEVEL, NOT_DUE))


def _readings(plan: Plan, series: tuple[Series, ...], before: frozenset[str], at: float) -> Iterator[Reading]:
    for name, sli_plan in plan.slis.items():
        sli = sli_plan.sli
        found = tuple(one.values[-1] for one in series if one.label("__name__") == sli_plan.record)
        absent = NO_DATA
        if not found and name not in before:
            absent = PLANNED if sli_plan.planned else _unless_early(plan, sli_plan, at)
        value, level = standing(sli, found, absent)
        yield Reading(name, value, "" if value is None else sli.show(value), level)


def _cost(plan: Plan, readings: tuple[Reading, ...], before: Checkpoint | None) -> Iterator[str]:
    """Each reduction against its target, and where it has gone since the checkpoint before."""
    past = {one.sli: one.value for one in before.readings} if before else {}
    for reading in readings:
        sli = plan.spec.slis[reading.sli]
        good = sli.good
        if not sli.reduction_of or good is None:
            continue
        if reading.value is None:
            yield f"{reading.sli}: {reading.level}"
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
