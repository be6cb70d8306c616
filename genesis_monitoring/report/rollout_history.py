"""The parts of a rollout's report on what came of it: cost, checkpoints, people, the ledger, lessons."""

import math
from collections.abc import Iterator, Mapping

from genesis_monitoring.report.checkpoint_text import logs_summary
from genesis_monitoring.report.page import Block, Cell, Figure, Items, Section, Table, Text
from genesis_monitoring.report.rollout_material import Material, cell, name_of, told, told_all
from genesis_monitoring.report.schedule import Slot
from genesis_monitoring.report.text import ranges
from genesis_monitoring.rollout.checkpoint import NOTE, SIGN_OFF, Checkpoint
from genesis_monitoring.rollout.ledger import ATTESTATION, Entry
from genesis_monitoring.rollout.observed import Observation
from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.window import format_span, format_time
from genesis_monitoring.slis.standing import GOOD, NO_LEVEL, NOT_DUE
from genesis_monitoring.units import format_change, format_level
from genesis_monitoring.words import count

_EDGE_SECONDS = 3600.0
_DAY = 86400.0
_GAPS = 6


def cost_section(material: Material) -> Section:
    """Each reduction and what it is a reduction of: where it began, where it is, where it should be."""
    blocks: list[Block] = []
    for name in material.observations:
        sli = material.plan.spec.slis[name]
        if sli.reduction_of and sli.good and material.seen(name):
            blocks.extend(_reduction(material, name, sli.reduction_of))
        elif sli.reduction_of and sli.good:
            planned = material.evidence.measurements[name].planned
            why = f"nothing exposes {', '.join(planned)} yet" if planned else "nothing was recorded"
            blocks.append(Text(f"{sli.title} ({name}) has no data: {why}."))
    if not blocks:
        blocks.append(Text("The criteria judge no SLI of a reduction."))
    return Section("cost", "Cost path", tuple(blocks))


def _reduction(material: Material, name: str, of: str) -> Iterator[Block]:
    names = [one for one in (name, of) if one in material.observations]
    headings = ("SLI", "Baseline", "Target", "First hour", "Last hour", "Path", "Trend a day", "At the end")
    yield Table(
        "Medians; the path is a straight line from the first hour to the target at the end of the window",
        headings,
        tuple(_projected(material, one) for one in names),
    )
    observation = material.observations[name][0]
    first, _, target = _ends(material, observation)
    path: tuple[tuple[float, float], ...] = ()
    if math.isfinite(first):
        window = material.evidence.window
        path = ((window.start, first), (window.end, target))
        begun, wanted = material.value(name, first), format_level(target, material.plan.spec.slis[name].unit)
        text = f"From {begun} in the first hour to the target, {wanted}."
    else:
        text = "There is no path: the first hour has no data."
    title = f"{material.plan.spec.slis[name].title} against its path to the target"
    yield Figure(f"path-{name}", title, text, material.chart(name, path))


def _projected(material: Material, name: str) -> tuple[Cell, ...]:
    sli = material.plan.spec.slis[name]
    evidence = material.evidence
    good = sli.good
    first, last, target = _ends(material, material.observations[name][0])
    elapsed, whole = evidence.elapsed.seconds, evidence.window.seconds
    between = max(elapsed - _EDGE_SECONDS, _EDGE_SECONDS)
    trend = (last - first) / between
    on_path = first + (target - first) * elapsed / whole
    at_end = last + trend * (whole - elapsed)
    standing = ""
    if good is not None and math.isfinite(on_path) and math.isfinite(last):
        ahead = good.holds(last) or (last >= on_path if good.upward else last <= on_path)
        standing = "on its path" if ahead else "behind its path"
    baseline = sli.baseline.value if sli.baseline else None
    return (
        cell(name),
        cell("not measured" if baseline is None else format_level(baseline, sli.unit)),
        cell(str(good) if good else "none"),
        cell(material.value(name, first)),
        cell(material.value(name, last)),
        cell(material.value(name, on_path), standing),
        cell("no data" if math.isnan(trend) else format_change(trend * _DAY)),
        cell(material.value(name, at_end)),
    )


def _ends(material: Material, observation: Observation) -> tuple[float, float, float]:
    """The medians of the first and the last hour, NaN without a sample, and the target."""
    seen = material.evidence.elapsed
    good = material.plan.spec.slis[observation.sli].good
    pairs = list(zip(observation.times, observation.values, strict=True))
    first = sorted(value for time, value in pairs if time <= seen.start + _EDGE_SECONDS)
    last = sorted(value for time, value in pairs if time > seen.end - _EDGE_SECONDS)
    return _middle(first), _middle(last), good.threshold if good else math.nan


def _middle(ordered: list[float]) -> float:
    return ordered[(len(ordered) - 1) // 2] if ordered else math.nan


def checkpoints_section(material: Material) -> Section:
    """Every checkpoint that was due, taken or missed."""
    notes, signed = _said(material, NOTE), _said(material, SIGN_OFF)
    rows = tuple(
        _checkpoint(slot, entry, checkpoint, notes.get(slot.index, ()), signed.get(slot.index, ()))
        for slot, entry, checkpoint in material.checkpoints
    )
    taken = sum(entry is not None for _, entry, _ in material.checkpoints)
    text = Text(
        f"{taken} of {len(material.schedule.slots)} checkpoints are in the ledger, {len(rows)} were due."
    )
    if not rows:
        return Section("checkpoints", "Checkpoints", (text,), "none was due")
    headings = ("Checkpoint", "Due (UTC)", "Taken", "SLIs", "Alerts", "Notes and sign-off")
    table = Table("Checkpoints by number", headings, rows)
    summary = f"{taken} taken, {len(rows) - taken} missed"
    return Section("checkpoints", "Checkpoints", (text, table), summary)


def _checkpoint(
    slot: Slot,
    entry: Entry | None,
    checkpoint: Checkpoint | None,
    notes: tuple[str, ...],
    signed: tuple[str, ...],
) -> tuple[Cell, ...]:
    title = cell(str(slot.index), slot.title)
    due = cell(format_time(slot.due))
    unsigned = "not signed off" if slot.sign_off and not signed else ""
    people = cell(*notes, *(f"signed off by {name}" for name in signed), unsigned)
    if entry is None or checkpoint is None:
        return title, due, cell("missed", mark="FAIL"), cell("–"), cell("–"), people
    late = f"{format_span(checkpoint.late)} late" if checkpoint.late else "in time"
    judged = [reading for reading in checkpoint.readings if reading.level not in (NO_LEVEL, NOT_DUE)]
    good = sum(reading.level == GOOD for reading in judged)
    bad = (f"{r.sli} {r.text}, beyond {r.level.replace('no_go', 'NO-GO')}" for r in checkpoint.deviating)
    absent = ", ".join(reading.sli for reading in checkpoint.without_data)
    planned = ", ".join(reading.sli for reading in checkpoint.planned)
    firing = checkpoint.firing or ("none firing",)
    return (
        title,
        due,
        cell(late, f"ledger line {entry.line}"),
        cell(
            f"{good} of {len(judged)} good",
            *bad,
            f"no data: {absent}" if absent else "",
            f"planned: {planned}" if planned else "",
        ),
        cell(*firing, *(f"silenced: {one}" for one in checkpoint.silences), *checkpoint.unknown),
        cell(*_logs(checkpoint), *people.lines),
    )


def _logs(checkpoint: Checkpoint) -> Iterator[str]:
    """What the spot check found, and what it could not look at; nothing where all is well."""
    if checkpoint.log_errors or checkpoint.unchecked_logs:
        yield f"logs: {logs_summary(checkpoint)}"
    yield from (f"{one.file}: {one.last}" for one in checkpoint.logs if one.errors)


def attestations_section(material: Material) -> Section:
    """What people attested, as the verdict counted it."""
    said = material.evidence.attestations
    if not said:
        return Section(
            "attestations", "Manual attestations", (Text("Nobody has attested anything."),), "none"
        )
    last = {one.criterion: index for index, one in enumerate(said)}
    rows = tuple(
        (
            cell(one.criterion),
            cell("holds" if one.passed else "does not hold", mark="PASS" if one.passed else "FAIL"),
            cell(one.by),
            cell(f"{format_time(one.time)} UTC"),
            cell(one.text, "" if last[one.criterion] == index else "corrected by a later one"),
        )
        for index, one in enumerate(said)
    )
    headings = ("Criterion", "Says", "Who", "When", "Evidence")
    table = Table("The last one counts", headings, rows)
    return Section("attestations", "Manual attestations", (table,), count(len(rows), "attestation"))


def ledger_section(material: Material) -> Section:
    """What people wrote into the ledger, and the digest that its next line will name."""
    kinds = (NOTE, SIGN_OFF, ATTESTATION)
    entries = sorted((e for kind in kinds for e in material.entries(kind)), key=lambda entry: entry.line)
    number = count(len(material.ledger.entries), "line")
    blocks: list[Block] = [Text(f"{number}, an unbroken chain that ends in {material.ledger.digest}.")]
    rows = tuple((cell(str(e.line)), cell(e.time), cell(e.kind), cell(_entry(e))) for e in entries)
    if rows:
        blocks.append(Table("Notes, sign-offs and attestations", ("Line", "Time", "Kind", "Text"), rows))
    return Section("ledger", "Ledger", tuple(blocks), number)


def lessons_section(material: Material) -> Section:
    """What people wrote down, and what went wrong beside the criteria."""
    blocks: list[Block] = []
    notes = tuple(_lessons(material))
    if notes:
        blocks.append(Items(notes))
    else:
        text = "Nobody wrote a note or attested anything: genesis-mon rollout checkpoint NUMBER --note TEXT"
        blocks.append(Text(text))
    anomalies = tuple(anomalies_of(material))
    if anomalies:
        blocks.append(Text("Anomalies that no criterion counts:"))
        blocks.append(Items(anomalies))
    return Section("lessons", "Lessons and anomalies", tuple(blocks))


def _lessons(material: Material) -> Iterator[str]:
    for index, texts in sorted(_said(material, NOTE).items()):
        yield from (f"Checkpoint {index}: {text}" for text in texts)
    for one in material.evidence.attestations:
        holds = "holds" if one.passed else "does not hold"
        yield f"{one.by} attests that {one.criterion} {holds}: {one.text}"


def anomalies_of(material: Material) -> Iterator[str]:
    """What is no deviation and is to be known: remarks, holes, checkpoints that were missed or late."""
    yield from material.verdict.remarks
    if material.dark:
        yield f"Alert evaluation has {count(len(material.dark), 'hole')}: {told_all(material.dark)}"
    yield from _gaps(material)
    missed = [slot.index for slot, entry, _ in material.checkpoints if entry is None]
    if missed:
        total = len(material.schedule.slots)
        yield f"{count(len(missed), 'checkpoint')} of {total} missed: {ranges(missed)}"
    for slot, _, checkpoint in material.checkpoints:
        if checkpoint is not None and checkpoint.late:
            yield f"Checkpoint {slot.index} was taken {format_span(checkpoint.late)} after it was due"


def _gaps(material: Material) -> Iterator[str]:
    """A hole that several SLIs share, as when Prometheus is away, is told once; what is planned is none."""
    sharing: dict[Run, list[str]] = {}
    for name, observations in material.observations.items():
        planned = material.evidence.measurements[name].planned
        for one in observations:
            for hole in () if planned and not one.times else one.holes:
                sharing.setdefault(hole, []).append(name_of(one))
    longest = sorted(sharing, key=lambda hole: (-hole.seconds, hole.start))
    for hole in longest[:_GAPS]:
        names = sharing[hole]
        shown = ", ".join(names[:_GAPS])
        more = f" and {len(names) - _GAPS} more" if len(names) > _GAPS else ""
        yield f"No samples for {told(hole)}: {shown}{more}"
    if len(longest) > _GAPS:
        yield f"{len(longest) - _GAPS} further holes; the coverage has the largest of each SLI"


def _entry(entry: Entry) -> str:
    data = entry.data
    if entry.kind == ATTESTATION:
        holds = "holds" if data.get("passed") is True else "does not hold"
        return f"{data.get('criterion')} {holds}, says {data.get('by')}: {data.get('evidence')}"
    return f"checkpoint {data.get('index')}: {data.get('text')}"


def _said(material: Material, kind: str) -> Mapping[int, tuple[str, ...]]:
    said: dict[int, tuple[str, ...]] = {}
    for entry in material.entries(kind):
        index = entry.data.get("index")
        if isinstance(index, int):
            said[index] = (*said.get(index, ()), str(entry.data.get("text", "")))
    return said
