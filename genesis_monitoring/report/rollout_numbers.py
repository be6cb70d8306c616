"""The numbers that a report on a rollout is asked for first, and every SLI as one line."""

import math
from collections.abc import Iterator

from genesis_monitoring.report.page import Block, Cell, Figure, Section, Table, Text, Tile, Tiles
from genesis_monitoring.report.rollout_material import KINDS_OF_LEVEL, Material, cell, drawn, name_of, told
from genesis_monitoring.report.rollout_timeline import shape_of
from genesis_monitoring.rollout.coverage import expected_evaluations, too_many
from genesis_monitoring.rollout.observed import Observation
from genesis_monitoring.rollout.results import Status
from genesis_monitoring.rollout.window import format_span
from genesis_monitoring.spec.rollout import SliCriterion
from genesis_monitoring.units import format_share
from genesis_monitoring.words import count

_FULL = 4
"""So many charts are in the report itself; the others are in its appendix."""
_BEYOND = {"no_go": "✖ beyond NO-GO", "alert": "✖ beyond alert", "target": "✖ off target"}


def numbers_section(material: Material) -> Section:
    """What decides, and the alerts by severity."""
    return Section(
        "numbers",
        "In numbers",
        (
            Tiles("Median over the window, and the worst", tuple(_tiles(material))),
            Tiles("Alert episodes by severity", tuple(_severities(material))),
        ),
    )


def measured_section(material: Material) -> Section:
    """One line for each SLI, and a chart of what was not as it should be."""
    blocks: list[Block] = [
        Table(
            "The line is what was recorded, the dashes are the target, a gap is a hole",
            ("SLI", "Course", "Median", "95 % as good as", "Worst", "Target", "Samples"),
            tuple(_row(material, one) for one in observations_of(material) if one.times),
            drawn="Course",
        )
    ]
    unseen = [name for name in material.observations if not material.seen(name)]
    for what, wanted in (("Planned, so not measured", True), ("No data, and should be there", False)):
        names = [name for name in unseen if bool(material.evidence.measurements[name].planned) is wanted]
        if names:
            blocks.append(Text(f"{what}: {', '.join(names)}."))
    shown, folded = _charted(material)
    if shown:
        blocks.append(chart_key())
        blocks.extend(figure(material, name) for name in shown)
    if folded:
        blocks.append(Text(f"Charts of {', '.join(folded)}: in the appendix."))
    return Section("measured", "What was measured", tuple(blocks))


def charts_section(material: Material) -> Section | None:
    """The charts that the report itself has no room for; None where there are none."""
    _, folded = _charted(material)
    if not folded:
        return None
    return Section(
        "charts",
        "Further charts",
        (chart_key(), *(figure(material, name) for name in folded)),
        count(len(folded), "chart"),
    )


def chart_key() -> Text:
    """What the signs of a chart stand for."""
    return Text(
        "Solid: what was recorded. Dashed: the levels. Dotted: the path to a target. Hatched: no samples. "
        "▲ a checkpoint that was taken, ✕ one that was missed; large: critical.",
        key=True,
    )


def observations_of(material: Material) -> Iterator[Observation]:
    """Each series of each SLI, in the spec's order."""
    for observations in material.observations.values():
        yield from observations


def figure(material: Material, name: str) -> Figure:
    """The chart of an SLI."""
    sli = material.plan.spec.slis[name]
    violated = "; ".join(
        f"{condition} {count(len(runs), 'time')}" for condition, runs in material.violations[name].items()
    )
    levels = ", ".join(level.text for level in material.levels(name))
    text = f"{violated or 'Never seen off target'}. Levels: {levels or 'none'}."
    return Figure(f"sli-{name}", f"{sli.title} ({name})", text[0].upper() + text[1:], material.chart(name))


def _charted(material: Material) -> tuple[list[str], list[str]]:
    """Those that a line cannot show, the worst first: as many as there is room for, and the others.

    What is up or down is told by the time line, and a reduction by its path.
    """
    slis = material.plan.spec.slis
    failed = {proof.subject for r in material.verdict.having(Status.FAIL) for proof in r.proofs}
    found = [
        name
        for name in material.observations
        if material.violations[name] and not slis[name].up_or_down and not slis[name].reduction_of
    ]
    order = sorted(found, key=lambda name: name not in failed)
    shown = [name for name in order if name in failed][:_FULL]
    return shown, [name for name in order if name not in shown]


def _tiles(material: Material) -> Iterator[Tile]:
    for name in _deciding(material):
        observations = material.observations.get(name)
        if observations and not material.plan.spec.slis[name].up_or_down:
            yield _tile(material, name, observations)


def _deciding(material: Material) -> Iterator[str]:
    """The SLIs that the criteria of GO and NO-GO judge, and what a reduction among them is one of."""
    rollout = material.plan.spec.rollout
    criteria = () if rollout is None else (*rollout.go.values(), *rollout.no_go.values())
    names = [name for one in criteria if isinstance(one, SliCriterion) for name in one.slis]
    of = {name: material.plan.spec.slis[name].reduction_of for name in names}
    yield from dict.fromkeys(one for name in names for one in (name, of[name]) if one)


def _tile(material: Material, name: str, observations: tuple[Observation, ...]) -> Tile:
    sli = material.plan.spec.slis[name]
    bad = sli.beyond("target")
    worst = max(observations, key=lambda one: _badness(one, upward=bad is not None and bad.upward))
    planned = material.evidence.measurements[name].planned and not worst.times
    value = "planned" if planned else material.value(name, worst.median)
    notes = [f"worst {material.value(name, worst.worst)}"] if worst.times else []
    if sli.good:
        notes.append(f"target {sli.good}")
    if len(observations) > 1:
        notes.append(f"of {len(observations)} series the worst")
    standing, mark = _standing(material, name, observations)
    return Tile(sli.title, value, standing, mark, tuple(notes), material.spark(worst))


def _badness(one: Observation, *, upward: bool) -> float:
    if math.isnan(one.worst):
        return -math.inf
    return one.worst if upward else -one.worst


def _standing(material: Material, name: str, observations: tuple[Observation, ...]) -> tuple[str, str]:
    measurement = material.evidence.measurements[name]
    if not any(one.times for one in observations):
        return ("○ not exposed yet", "PLANNED") if measurement.planned else ("? nothing recorded", "NO_DATA")
    found = material.violations[name]
    if found:
        sli = material.plan.spec.slis[name]
        condition, runs = next(iter(found.items()))
        kind = next(kind for kind in reversed(KINDS_OF_LEVEL) if sli.beyond(kind) == condition)
        return f"{_BEYOND[kind]} for {format_span(sum(run.seconds for run in runs))}", kind
    if material.plan.spec.slis[name].good is None:
        return "no target", ""
    if measurement.rule.problem:
        return "? not recorded by the rule of the spec", "NO_DATA"
    if any(too_many(one.missing, one.expected) for one in observations):
        share = format_share(min(one.coverage for one in observations))
        return f"? on target where seen, {share} of samples", "NO_DATA"
    return "✓ on target", "PASS"


def _severities(material: Material) -> Iterator[Tile]:
    severities = list(material.plan.spec.severities)
    elapsed, interval = material.evidence.elapsed, material.evidence.interval
    dark = sum(run.seconds for run in material.dark)
    unseen = too_many(dark / interval, expected_evaluations(elapsed, interval))
    for severity, episodes in material.episodes.items():
        alerts = dict.fromkeys(one.alert for one in episodes)
        seconds = sum(one.run.seconds for one in episodes)
        standing = f"{format_span(seconds)} together" if episodes else "none fired"
        if unseen:
            standing = f"? {standing if episodes else 'none seen'}, not evaluated for {format_span(dark)}"
        style = f"s{min(severities.index(severity) if severity in severities else 3, 3)}" if episodes else ""
        blind = [name for name in material.blind if material.plan.spec.alerts[name].severity == severity]
        notes = [*alerts, *([f"○ {count(len(blind), 'alert')} planned, and blind"] if blind else ())]
        title = f"{shape_of(material, severity)} {severity}"
        style = style or ("NO_DATA" if unseen else "PLANNED" if blind else "")
        yield Tile(title, str(len(episodes)), standing, style, tuple(notes))


def _row(material: Material, one: Observation) -> tuple[Cell, ...]:
    median, tail, worst = (material.value(one.sli, value) for value in (one.median, one.tail, one.worst))
    sli = material.plan.spec.slis[one.sli]
    infinite = sum(map(math.isinf, one.values))
    return (
        cell(name_of(one)),
        drawn(material.spark(one)),
        cell(median),
        cell(tail),
        cell(worst, f"{infinite} infinite" if infinite else ""),
        cell(str(sli.good) if sli.good else "none"),
        cell(format_share(one.coverage)),
    )


def coverage_section(material: Material) -> Section:
    """What was measured at all."""
    rows = tuple(
        (
            cell(name_of(one)),
            cell(format_share(one.coverage)),
            cell(f"{one.expected - one.missing} of {one.expected}"),
            cell(told(one.largest) if one.largest.seconds else "none"),
            cell(_rule(material, one)),
        )
        for one in observations_of(material)
    )
    headings = ("SLI", "Coverage", "Samples", "Largest hole", "Recording rule")
    table = Table("What was measured, of one sample each evaluation interval", headings, rows)
    return Section("coverage", "Coverage", (table,), f"{len(rows)} series")


def _rule(material: Material, observation: Observation) -> str:
    rule = material.evidence.measurements[observation.sli].rule
    return rule.problem or rule.health
