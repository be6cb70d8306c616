"""What a report on a rollout is made of, and what several of its parts derive from that."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from genesis_monitoring.conventions import SEVERITY_LABEL
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.report.page import Cell, Chart, Lane, Level, Line, Mark
from genesis_monitoring.report.schedule import Schedule, Slot
from genesis_monitoring.rollout.checkpoint import KIND, Checkpoint, read_checkpoint
from genesis_monitoring.rollout.episodes import alert_history, beats_of, blackouts_of
from genesis_monitoring.rollout.evidence import Evidence
from genesis_monitoring.rollout.ledger import Entry, Ledger
from genesis_monitoring.rollout.observed import Observation, holes_of
from genesis_monitoring.rollout.results import Verdict
from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.window import format_iso, format_span, format_time


@dataclass(frozen=True, slots=True)
class Material:
    """``digest`` is the spec's, ``observations`` are by SLI."""

    plan: Plan
    digest: str
    evidence: Evidence
    verdict: Verdict
    schedule: Schedule
    ledger: Ledger
    observations: Mapping[str, tuple[Observation, ...]]

    @property
    def rollout(self) -> str:
        """What the ledger calls the rollout: its start."""
        return format_iso(self.evidence.window.start)

    def entries(self, kind: str) -> tuple[Entry, ...]:
        """What the ledger holds of this rollout, by kind, as far as it has been judged."""
        until = format_iso(self.evidence.at)
        entries = self.ledger.of(self.rollout, kind)
        return entries if self.evidence.over else tuple(entry for entry in entries if entry.time <= until)

    @property
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

    @property
    def dark(self) -> tuple[Run, ...]:
        """When the Watchdog did not fire, so that no alert could have been seen."""
        return holes_of(self._beats(), self.evidence.elapsed, self.evidence.interval)

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """Every alert that fired, by severity; a severity of which none fired has a lane without a label."""
        evidence = self.evidence
        watchdog = self.plan.spec.meta_alerts.watchdog.name
        series = tuple(one for one in evidence.alerts.series if one.label("alertname") != watchdog)
        known = dict.fromkeys(self.plan.spec.severities)
        found = dict.fromkeys(sorted(one.label(SEVERITY_LABEL) for one in series))
        dark = blackouts_of(self._beats(), evidence.interval)
        lanes: list[Lane] = []
        for severity in {**known, **found}:
            history = alert_history(
                series, evidence.elapsed, evidence.interval, frozenset({severity}), None, dark
            )
            runs: dict[str, list[Run]] = {}
            for episode in history.episodes:
                # An evaluation stands for the interval after it.
                run = Run(episode.run.start, min(episode.run.end + evidence.interval, evidence.at))
                runs.setdefault(f"{episode.alert} ({episode.component})", []).append(run)
            lanes.extend(Lane(severity, label, tuple(one)) for label, one in runs.items())
            if not runs:
                lanes.append(Lane(severity, "", ()))
        return tuple(lanes)

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
        for kind in ("target", "alert", "no_go"):
            condition: Predicate | None = good if kind == "target" else sli.beyond(kind)
            if condition is None or (kind == "alert" and sli.objective and sli.objective.alert is None):
                continue
            value = condition.threshold
            names = kind.replace("no_go", "NO-GO")
            if value in found:
                names = f"{found[value].text.partition(' ')[0]}, {names}"
            found[value] = Level(kind, value, f"{names} {condition.level}")
        return list(found.values())

    def value(self, name: str, value: float) -> str:
        """A value of an SLI, for people."""
        return "no data" if math.isnan(value) else self.plan.spec.slis[name].show(value)

    def _beats(self) -> tuple[float, ...]:
        evidence = self.evidence
        return beats_of(evidence.alerts.series, self.plan, evidence.elapsed)


def cell(*lines: str, mark: str = "") -> Cell:
    """A cell of lines, empty ones left out."""
    return Cell(tuple(line for line in lines if line), mark)


def told(run: Run) -> str:
    """``8 minutes from 2025-10-24 02:00:00 UTC``."""
    return f"{format_span(run.seconds)} from {format_time(run.start)} UTC"


def _stretches(observation: Observation) -> tuple[tuple[tuple[float, float], ...], ...]:
    ends = {hole.start for hole in observation.holes}
    stretches: list[list[tuple[float, float]]] = [[]]
    for time, value in zip(observation.times, observation.values, strict=True):
        stretches[-1].append((time, value))
        if time in ends:
            stretches.append([])
    return tuple(tuple(stretch) for stretch in stretches if stretch)
