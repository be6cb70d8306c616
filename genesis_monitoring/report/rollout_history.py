"""The parts of a rollout's report that tell what happened: alerts, cost, checkpoints, people, the ledger."""

import math
from collections.abc import Iterator, Mapping

from genesis_monitoring.report.checkpoint_text import logs_summary
from genesis_monitoring.report.page import Block, Cell, Figure, Section, Table, Text, Timeline
from genesis_monitoring.report.rollout_material import Material, cell
from genesis_monitoring.report.schedule import Slot
from genesis_monitoring.report.text import count
from genesis_monitoring.rollout.checkpoint import GOOD, NO_LEVEL, NOTE, SIGN_OFF, Checkpoint
from genesis_monitoring.rollout.ledger import ATTESTATION, Entry
from genesis_monitoring.rollout.observed import Observation
from genesis_monitoring.rollout.window import format_span, format_time
from genesis_monitoring.units import format_change, format_level

_EDGE_SECONDS = 3600.0
_DAY = 86400.0


def alerts_section(material: Material) -> Section:
    """The timeline by severity, and every episode."""
    lanes = material.lanes
    fired = [lane for lane in lanes if lane.runs]
    episodes = sum(len(lane.runs) for lane in fired)
    quiet = [lane.severity for lane in lanes if not lane.runs]
    text = f"{count(episodes, 'episode')} of {count(len(fired), 'alert')}."
    if quiet:
        text += f" None fired of {', '.join(quiet)}."
    if material.dark:
        text += f" Nothing was evaluated in {count(len(material.dark), 'hatched band')}."
    drawing = Timeline(material.evidence.window, material.evidence.at, lanes, material.dark, material.marks)
    blocks: list[Block] = [Figure("alerts-timeline", "Alerts by severity", text, drawing)]
    rows = tuple(
        (
            cell(lane.severity),
            cell(lane.label),
            cell(f"{format_time(run.start)} UTC"),
            cell(format_span(run.seconds)),
        )
        for lane in fired
        for run in lane.runs
    )
    if rows:
        blocks.append(Table("Episodes", ("Severity", "Alert (component)", "From", "For"), rows))
    return Section("alerts", "Alerts", tuple(blocks))


def cost_section(material: Material) -> Section:
    """Each reduction and what it is a reduction of: where it began, where it is, where it should be."""
    blocks: list[Block] = []
    for name in material.observations:
        sli = material.plan.spec.slis[name]
        if sli.reduction_of and sli.good:
            blocks.extend(_reduction(material, name, sli.reduction_of))
    if not blocks:
        blocks.append(Text("The criteria judge no SLI of a reduction."))
    return Section("cost", "Cost projection", tuple(blocks))


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
        return Section("checkpoints", "Checkpoints", (text,))
    headings = ("Checkpoint", "Due (UTC)", "Taken", "SLIs", "Alerts", "Notes and sign-off")
    return Section("checkpoints", "Checkpoints", (text, Table("Checkpoints by number", headings, rows)))


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
    judged = [reading for reading in checkpoint.readings if reading.level != NO_LEVEL]
    good = sum(reading.level == GOOD for reading in judged)
    bad = (f"{r.sli} {r.text}, beyond {r.level.replace('no_go', 'NO-GO')}" for r in checkpoint.deviating)
    absent = ", ".join(reading.sli for reading in checkpoint.without_data)
    firing = checkpoint.firing or ("none firing",)
    return (
        title,
        due,
        cell(late, f"ledger line {entry.line}"),
        cell(f"{good} of {len(judged)} good", *bad, f"no data: {absent}" if absent else ""),
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
        return Section("attestations", "Manual attestations", (Text("Nobody has attested anything."),))
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
    return Section("attestations", "Manual attestations", (Table("The last one counts", headings, rows),))


def ledger_section(material: Material) -> Section:
    """What people wrote into the ledger, and the digest that its next line will name."""
    kinds = (NOTE, SIGN_OFF, ATTESTATION)
    entries = sorted((e for kind in kinds for e in material.entries(kind)), key=lambda entry: entry.line)
    number = count(len(material.ledger.entries), "line")
    blocks: list[Block] = [Text(f"{number}, an unbroken chain that ends in {material.ledger.digest}.")]
    rows = tuple((cell(str(e.line)), cell(e.time), cell(e.kind), cell(_entry(e))) for e in entries)
    if rows:
        blocks.append(Table("Notes, sign-offs and attestations", ("Line", "Time", "Kind", "Text"), rows))
    return Section("ledger", "Ledger", tuple(blocks))


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
