"""The report on a rollout: material in, a page out. What happened over time is in ``rollout_history``."""

import math
from collections.abc import Iterator

from genesis_monitoring.report.page import Figure, Items, Page, Section, Table, Text
from genesis_monitoring.report.rollout_history import (
    alerts_section,
    attestations_section,
    checkpoints_section,
    cost_section,
    ledger_section,
)
from genesis_monitoring.report.rollout_material import Material, cell, told
from genesis_monitoring.report.text import count, ranges
from genesis_monitoring.report.verdict_text import (
    evidence_line,
    headline,
    moment_of,
    next_steps_of,
    outlook_of,
    proofs_of,
    reason_of,
    sections_of,
)
from genesis_monitoring.rollout.observed import Observation
from genesis_monitoring.rollout.recommend import recommend
from genesis_monitoring.rollout.results import CriterionResult, Outcome, Proof, Status
from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.window import format_span, format_time
from genesis_monitoring.units import format_share

_WORDS = {status: status.replace("_", " ") for status in Status}
_MET = {Status.PASS: "not met", Status.FAIL: "MET"}
_GAPS = 6


def make_page(material: Material) -> Page:
    """Raises LedgerError for a ledger with a checkpoint that is not whole."""
    verdict, spec = material.verdict, material.plan.spec
    return Page(
        title=f"{spec.metadata.title}: rollout report",
        outcome=str(verdict.outcome),
        reason=reason_of(verdict),
        facts=tuple(_facts(material)),
        sections=(
            Section("next", "What to do next", (Items(_steps(material), ordered=True),)),
            Section("findings", "Findings", (Items(tuple(_findings(material)) or ("None.",)),)),
            Section("criteria", "Criteria", tuple(_criteria(material))),
            Section("slis", "Service level indicators", tuple(_figures(material))),
            alerts_section(material),
            cost_section(material),
            Section("coverage", "Coverage", (_coverage(material),)),
            checkpoints_section(material),
            attestations_section(material),
            ledger_section(material),
            Section("recommendations", "Recommendations", tuple(_recommendations(material))),
        ),
    )


def _facts(material: Material) -> Iterator[tuple[str, str]]:
    verdict = material.verdict
    window = verdict.window
    yield (
        "Window",
        f"{format_time(window.start)} to {format_time(window.end)} UTC, {format_span(window.seconds)}",
    )
    yield "Judged", "at its end" if verdict.over else f"at {moment_of(verdict)}"
    if outlook_of(verdict):
        yield "Outlook", outlook_of(verdict)
    number = {status: len(verdict.having(status)) for status in Status}
    yield "Criteria", ", ".join(f"{number[status]} {_WORDS[status]}" for status in Status if number[status])
    if verdict.waits:
        yield "GO waits for", "; ".join(wait.what for wait in verdict.waits)
    version = f"Prometheus {verdict.version}".strip()
    yield "Source", f"{version} at {verdict.url}, {verdict.cost.queries} queries"
    yield "Spec", f"{material.plan.spec.metadata.name}, {material.digest}"


def _steps(material: Material) -> tuple[str, ...]:
    rollout = material.plan.spec.rollout
    if rollout is None:
        raise AssertionError("no report without a rollout")
    steps = {Outcome.GO: rollout.after.steps, Outcome.NO_GO: rollout.rollback.steps}
    return tuple(next_steps_of(material.verdict, steps.get(material.verdict.outcome, ())))


def _findings(material: Material) -> Iterator[str]:
    verdict = material.verdict
    said: set[str] = set()
    for result in verdict.having(Status.FAIL):
        for proof in result.proofs:
            text = f"{proof.subject}: {proof.reason}"
            if proof.status is Status.FAIL and text not in said:
                said.add(text)
                yield f"Deviation: {text}"
    yield from (f"Remark: {remark}" for remark in verdict.remarks)
    if material.dark:
        largest = max(material.dark, key=lambda run: run.seconds)
        yield (f"Gap: alert evaluation has {count(len(material.dark), 'hole')}, the largest {told(largest)}")
    yield from _gaps(material)
    missed = [slot.index for slot, entry, _ in material.checkpoints if entry is None]
    if missed:
        total = len(material.schedule.slots)
        yield f"Missed: {count(len(missed), 'checkpoint')} of {total}: {ranges(missed)}"
    for slot, _, checkpoint in material.checkpoints:
        if checkpoint is not None and checkpoint.late:
            yield f"Late: checkpoint {slot.index} was taken {format_span(checkpoint.late)} after it was due"


def _gaps(material: Material) -> Iterator[str]:
    """A hole that several SLIs share, as when Prometheus is away, is told once."""
    sharing: dict[Run, list[str]] = {}
    for observation in _all(material):
        for hole in observation.holes:
            sharing.setdefault(hole, []).append(_name(observation))
    longest = sorted(sharing, key=lambda hole: (-hole.seconds, hole.start))
    for hole in longest[:_GAPS]:
        names = sharing[hole]
        shown = ", ".join(names[:_GAPS])
        more = f" and {len(names) - _GAPS} more" if len(names) > _GAPS else ""
        yield f"Gap: no samples for {told(hole)}: {shown}{more}"
    if len(longest) > _GAPS:
        yield f"Gap: {len(longest) - _GAPS} further holes; the coverage has the largest of each SLI"


def _criteria(material: Material) -> Iterator[Table]:
    for title, results in sections_of(material.verdict):
        rows = tuple(
            (
                cell(result.name, headline(result)),
                cell(_standing(result), mark=str(result.status)),
                cell(*(evidence_line(material.verdict, proof) for proof in _worst_first(result))),
                cell(result.judged.replace("`", "")),
            )
            for result in results
        )
        yield Table(title, ("Criterion", "Status", "Evidence", "How it is judged"), rows)


def _worst_first(result: CriterionResult) -> list[Proof]:
    return sorted(proofs_of(result), key=lambda proof: proof.status is not Status.FAIL)


def _standing(result: CriterionResult) -> str:
    if result.decides_no_go and result.status in _MET:
        return _MET[result.status]
    return _WORDS[result.status]


def _figures(material: Material) -> Iterator[Figure]:
    for name, observations in material.observations.items():
        sli = material.plan.spec.slis[name]
        text = " ".join(_described(material, one) for one in observations)
        levels = ", ".join(level.text for level in material.levels(name))
        yield Figure(
            f"sli-{name}", f"{sli.title} ({name})", f"{text}{f' Levels: {levels}.' if levels else ''}",
            material.chart(name),
        )  # fmt: skip


def _described(material: Material, observation: Observation) -> str:
    of = f"{observation.labels}: " if observation.labels else ""
    if not observation.times:
        return f"{of}No data."
    median, tail, worst = (
        material.value(observation.sli, value)
        for value in (observation.median, observation.tail, observation.worst)
    )
    values = (
        f"{of}Median {median}, 95 % of samples {tail} or better, worst {worst}; "
        f"{format_share(observation.coverage)} of samples are there"
    )
    infinite = sum(map(math.isinf, observation.values))
    return f"{values}{f', {infinite} of them infinite' if infinite else ''}{_holes(observation)}."


def _holes(observation: Observation) -> str:
    if not observation.holes:
        return ""
    return f", {count(len(observation.holes), 'hole')}, the largest {told(observation.largest)}"


def _coverage(material: Material) -> Table:
    rows = tuple(
        (
            cell(_name(one)),
            cell(format_share(one.coverage)),
            cell(f"{one.expected - one.missing} of {one.expected}"),
            cell(told(one.largest) if one.largest.seconds else "none"),
            cell(_rule(material, one)),
        )
        for one in _all(material)
    )
    headings = ("SLI", "Coverage", "Samples", "Largest hole", "Recording rule")
    return Table("What was measured, of one sample each evaluation interval", headings, rows)


def _rule(material: Material, observation: Observation) -> str:
    rule = material.evidence.measurements[observation.sli].rule
    return rule.problem or rule.health


def _recommendations(material: Material) -> Iterator[Table | Text]:
    found = recommend(material.plan, tuple(_all(material)))
    if not found:
        yield Text(
            "None: no threshold is far from what was observed, and none is missed in ordinary operation."
        )
        return
    yield Text("Thresholds against what was observed. Nothing here changes the verdict.")
    rows = tuple((cell(one.sli), cell(one.why), cell(one.what)) for one in found)
    yield Table("Thresholds to look at", ("SLI", "Observed", "Advice"), rows)


def _all(material: Material) -> Iterator[Observation]:
    for observations in material.observations.values():
        yield from observations


def _name(observation: Observation) -> str:
    return f"{observation.sli}, {observation.labels}" if observation.labels else observation.sli
