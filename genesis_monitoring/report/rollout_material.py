"""What a report on a rollout is made of, and what several of its parts derive from that."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from genesis_monitoring.conventions import SEVERITY_LABEL
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.report.page import Cell, Chart, Lane, Level, Line, Mark, Spark, Stretches
from genesis_monitoring.report.schedule import Schedule, Slot
from genesis_monitoring.rollout.checkpoint import KIND, Checkpoint, read_checkpoint
from genesis_monitoring.rollout.episodes import Episode, alert_history, beats_of, blackouts_of, own_intervals
from genesis_monitoring.rollout.evidence import Evidence
from genesis_monitoring.rollout.ledger import Entry, Ledger
from genesis_monitoring.rollout.observed import Observation, holes_of
from genesis_monitoring.rollout.results import Verdict
from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.sustained import Question, violations
from genesis_monitoring.rollout.window import format_iso, format_span, format_time

KINDS_OF_LEVEL = ("target", "alert", "no_go")
"""From what is wished for to what ends a rollout."""


@dataclass(frozen=True)
class Material:
    """``digest`` is the spec's, ``environment`` the one it is read in, ``observations`` are by SLI.

    What several parts derive is derived once.
    """

    plan: Plan
    digest: str
    evidence: Evidence
    verdict: Verdict
    schedule: Schedule
    ledger: Ledger
    observations: Mapping[str, tuple[Observation, ...]]
    environment: str | None = None

    @property
    def rollout(self) -> str:
        """What the ledger calls the rollout: its start."""
        return format_iso(self.evidence.window.start)

    def entries(self, kind: str) -> tuple[Entry, ...]:
        """What the ledger holds of this rollout, by kind, as far as it has been judged."""
        until = format_iso(self.evidence.at)
        entries = self.ledger.of(self.rollout, kind)
        return entries if self.evidence.over else tuple(entry for entry in entries if entry.time <= until)

    @cached_property
    def checkpoints(self) -> tuple[tuple[Slot, Entry | None, Checkpoint | None], ...]:
        """Each checkpoint that was due by then, with its entry in the ledger. Raises LedgerError."""
        taken = {entry.data.get("index"): entry for entry in self.entries(KIND)}
        rows: list[tuple[Slot, Entry | None, Checkpoint | None]] = []
        for slot in self.schedule.slots:
            entry = taken.get(slot.index)
            if entry is not None:
                rows.append((slot, entry, read_checkpoint(entry.data)))
            elif slot.due <= self.evidence.at:
                rows.append((slot, None, None))
        return tuple(rows)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The same, for a chart."""
        return tuple(
            Mark(slot.due, bool(slot.title), entry is not None) for slot, entry, _ in self.checkpoints
        )

    @cached_property
    def dark(self) -> tuple[Run, ...]:
        """When the Watchdog did not fire, so that no alert could have been seen."""
        return holes_of(self._beats(), self.evidence.elapsed, self.evidence.interval)

    def seen(self, name: str) -> bool:
        """Whether there is any sample of an SLI."""
        return any(one.times for one in self.observations.get(name, ()))

    @property
    def unseen(self) -> bool:
        """Whether something that criteria judge is planned and was not there."""
        measured = self.evidence.measurements
        return any(measured[name].planned and not self.seen(name) for name in measured)

    @cached_property
    def blind(self) -> tuple[str, ...]:
        """The alerts that could not fire, as what they judge is planned and was not there either.

        What no criterion judges was not asked for: it is blind if anything is that was.
        """
        alerts, planned = self.plan.spec.alerts, self.plan.planned.alerts
        return tuple(name for name in planned if self.unseen and not self.seen(alerts[name].sli))

    @cached_property
    def episodes(self) -> Mapping[str, tuple[Episode, ...]]:
        """Every alert that fired but the Watchdog, by severity; the spec's severities are all there."""
        evidence = self.evidence
        watchdog = self.plan.spec.meta_alerts.watchdog.name
        series = tuple(one for one in evidence.alerts.series if one.label("alertname") != watchdog)
        known = dict.fromkeys(self.plan.spec.severities)
        found = dict.fromkeys(sorted(one.label(SEVERITY_LABEL) for one in series))
        dark = blackouts_of(self._beats(), evidence.interval)
        window, interval, own = evidence.elapsed, evidence.interval, own_intervals(self.plan)
        return {
            severity: alert_history(series, window, interval, frozenset({severity}), None, dark, own).episodes
            for severity in {**known, **found}
        }

    @cached_property
    def violations(self) -> Mapping[str, Mapping[Predicate, tuple[Run, ...]]]:
        """Every stretch in which an SLI was certainly beyond a level of its own, by SLI and level.

        The worst level is first, and a level without such a stretch is not there.
        """
        return {name: self._violations(name) for name in self.evidence.measurements}

    def _violations(self, name: str) -> Mapping[Predicate, tuple[Run, ...]]:
        sli, evidence = self.plan.spec.slis[name], self.evidence
        found: dict[Predicate, tuple[Run, ...]] = {}
        for kind in reversed(KINDS_OF_LEVEL):
            condition = sli.beyond(kind)
            if condition is None or condition in found:
                continue
            question = Question(condition, 0.0, evidence.window, sli.unit, bool(sli.by))
            runs = [run for _, run in violations(evidence, evidence.measurements[name], question)]
            if runs:
                found[condition] = tuple(sorted(runs, key=lambda run: (run.start, run.end)))
        return found

    def chart(self, name: str, path: tuple[tuple[float, float], ...] = ()) -> Chart:
        """An SLI over the window, with its levels and the checkpoints."""
        observations = self.observations[name]
        sli = self.plan.spec.slis[name]
        return Chart(
            window=self.evidence.window,
            until=self.evidence.at,
            unit=sli.unit,
            lines=tuple(Line(one.labels, _stretches(one)) for one in observations),
            levels=tuple(self.levels(name)),
            holes=tuple(dict.fromkeys(hole for one in observations for hole in one.holes)),
            marks=self.marks,
            path=path,
        )

    def levels(self, name: str) -> list[Level]:
        """The levels of an SLI; two at the same value are one."""
        sli = self.plan.spec.slis[name]
        found: dict[float, Level] = {}
        good = sli.good
        for kind in KINDS_OF_LEVEL:
            condition: Predicate | None = good if kind == "target" else sli.beyond(kind)
            if condition is None or (kind == "alert" and sli.objective and sli.objective.alert is None):
                continue
            value = condition.threshold
            names = kind.replace("no_go", "NO-GO")
            if value in found:
                names = f"{found[value].text.partition(' ')[0]}, {names}"
            found[value] = Level(kind, value, f"{names} {condition.level}")
        return list(found.values())

    def spark(self, observation: Observation) -> Spark:
        """A series of an SLI as one small line."""
        sli = self.plan.spec.slis[observation.sli]
        finite = [value for value in observation.values if math.isfinite(value)]
        text = "no samples"
        if finite:
            text = f"between {self.value(observation.sli, min(finite))} and "
            text += self.value(observation.sli, max(finite))
        if sli.good:
            text += f"; target {sli.good}"
        level = sli.good.threshold if sli.good else None
        return Spark(self.evidence.window, _stretches(observation), level, text)

    def value(self, name: str, value: float) -> str:
        """A value of an SLI, for people."""
        return "no data" if math.isnan(value) else self.plan.spec.slis[name].show(value)

    def _beats(self) -> tuple[float, ...]:
        evidence = self.evidence
        return beats_of(evidence.alerts.series, self.plan, evidence.elapsed)


def cell(*lines: str, mark: str = "") -> Cell:
    """A cell of lines, empty ones left out."""
    return Cell(tuple(line for line in lines if line), mark)


def drawn(drawing: Spark | Lane) -> Cell:
    """A cell with a drawing alone."""
    return Cell((), drawing=drawing)


def told(run: Run) -> str:
    """``8 minutes from 2025-10-24 02:00:00 UTC``."""
    return f"{format_span(run.seconds)} from {format_time(run.start)} UTC"


def told_all(runs: Sequence[Run]) -> str:
    """The same of one or of several, which are in order and at least one."""
    longest = max(runs, key=lambda run: run.seconds)
    if len(runs) == 1:
        return told(longest)
    together = format_span(sum(run.seconds for run in runs))
    return f"{len(runs)} times, {together} together; the longest {told(longest)}"


def name_of(observation: Observation) -> str:
    """The SLI, and which of its series."""
    return f"{observation.sli}, {observation.labels}" if observation.labels else observation.sli


def _stretches(observation: Observation) -> Stretches:
    ends = {hole.start for hole in observation.holes}
    stretches: list[list[tuple[float, float]]] = [[]]
    for time, value in zip(observation.times, observation.values, strict=True):
        stretches[-1].append((time, value))
        if time in ends:
            stretches.append([])
    return tuple(tuple(stretch) for stretch in stretches if stretch)
