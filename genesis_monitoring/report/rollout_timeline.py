"""The time line of a rollout's report: checkpoints, what was violated and what fired, one row each.

A row is drawn and told in words; both have the same stretches.
"""

from collections.abc import Iterator, Sequence

from genesis_monitoring.report.page import Bar, Block, Cell, Lane, Mark, Section, Table, Text
from genesis_monitoring.report.rollout_material import Material, cell, drawn, told_all
from genesis_monitoring.rollout.results import CriterionResult, Status
from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.window import format_span, format_time
from genesis_monitoring.words import count

SHAPES = "◆▲●■▼★"
"""Of the severities, the worst first; those after the last share it."""
_LEVELS = {"no_go": "✖ NO-GO", "alert": "beyond alert", "target": "off target"}
_DRAWN = "Time line"


def shape_of(material: Material, severity: str) -> str:
    """The sign of a severity; one that the spec does not know has the last."""
    known = list(material.plan.spec.severities)
    rank = known.index(severity) if severity in known else len(SHAPES)
    return SHAPES[min(rank, len(SHAPES) - 1)]


def timeline_section(material: Material) -> Section:
    """One time line of everything."""
    rows = (
        *_checkpoints(material),
        *_violated(material),
        *(row for severity in material.episodes for row in _fired(material, severity)),
        *_unknown(material),
    )
    quiet = [name for name in material.evidence.measurements if not material.violations[name]]
    none = [severity for severity, episodes in material.episodes.items() if not episodes]
    said: list[Block] = []
    if none:
        blind = f", and {count(len(material.blind), 'alert')} could not" if material.blind else ""
        said.append(Text(f"No alert fired of {', '.join(none)}{blind}."))
    seen = [name for name in quiet if material.seen(name)]
    if seen:
        said.append(Text(f"Never seen off target: {', '.join(seen)}."))
    table = Table(
        "When it was, from the start of the window to its end",
        ("Kind", "What", _DRAWN, "How long"),
        rows,
        drawn=_DRAWN,
        axis=material.evidence.window,
    )
    return Section("timeline", "What was violated when", (_key(material), table, *said))


def episodes_table(material: Material) -> Table | None:
    """Every stretch of it by its beginning; None where there is none."""
    found: list[tuple[Run, str, str]] = []
    for name in material.evidence.measurements:
        for condition, runs in material.violations[name].items():
            kind = _kind(material, name, condition)
            found.extend((run, _LEVELS[kind], f"{name}: {condition}") for run in runs)
    for severity, episodes in material.episodes.items():
        sign = f"{shape_of(material, severity)} {severity}"
        found.extend((one.run, sign, f"{one.alert} ({one.component})") for one in episodes)
    found.sort(key=lambda one: (one[0].start, one[1], one[2]))
    rows = tuple(
        (
            cell(f"{format_time(run.start)} UTC"),
            cell(format_span(run.seconds)),
            cell(kind),
            cell(what),
        )
        for run, kind, what in found
    )
    return Table("By their beginning", ("From", "For", "Kind", "What"), rows) if rows else None


def _key(material: Material) -> Text:
    signs = ", ".join(
        f"{shape_of(material, severity)} {severity}" for severity in material.plan.spec.severities
    )
    return Text(
        "High bar: NO-GO; middle: beyond the level of its alert; low: off target. "
        f"Alerts: {signs}. Checkpoints: a tick or, if critical, ▲ taken; ✕ missed. "
        "A pale band through all: nothing is known.",
        key=True,
    )


def _checkpoints(material: Material) -> Iterator[tuple[Cell, ...]]:
    marks = material.marks
    taken = sum(mark.taken for mark in marks)
    missed = len(marks) - taken
    text = f"{taken} of {count(len(marks), 'checkpoint')} that were due"
    if missed:
        text += f", {missed} missed"
    yield cell("checkpoints"), cell(text), _lane(material, (), marks, text), cell("")


def _violated(material: Material) -> Iterator[tuple[Cell, ...]]:
    """A row for each SLI that was off its target, the worst and earliest first."""
    ranks = list(_LEVELS)
    rows: list[tuple[tuple[int, float], tuple[Cell, ...]]] = []
    for name, found in material.violations.items():
        if found:
            bars = tuple(_bars(material, name))
            worst = min((bar.style for bar in bars), key=ranks.index)
            first = min(bar.run.start for bar in bars)
            rows.append(((ranks.index(worst), first), _off_target(material, name, worst, bars)))
    rows.sort(key=lambda row: row[0])
    yield from (row for _, row in rows)


def _off_target(material: Material, name: str, worst: str, bars: tuple[Bar, ...]) -> tuple[Cell, ...]:
    by_runs: dict[tuple[Run, ...], list[str]] = {}
    for condition, runs in material.violations[name].items():
        by_runs.setdefault(runs, []).append(str(condition))
    lines = tuple(f"{', '.join(said)}: {told_all(runs)}" for runs, said in by_runs.items())
    failed = _failed(material, name)
    met = dict.fromkeys(result.name for result in failed if result.decides_no_go)
    fails = dict.fromkeys(result.name for result in failed if not result.decides_no_go)
    return (
        cell(_LEVELS[worst], mark=worst),
        cell(name, f"meets {', '.join(met)}" if met else "", f"fails {', '.join(fails)}" if fails else ""),
        _lane(material, bars, (), f"{name}: {'; '.join(lines)}"),
        cell(*lines),
    )


def _bars(material: Material, name: str) -> Iterator[Bar]:
    """By level; what meets a NO-GO criterion is no less, whichever level that is about.

    Low bars come last, so that high ones do not hide them.
    """
    ending = {
        proof.violation
        for result in _failed(material, name)
        if result.decides_no_go
        for proof in result.proofs
        if proof.subject == name
    }
    bars = [
        Bar(run, "no_go" if run in ending else _kind(material, name, condition))
        for condition, runs in material.violations[name].items()
        for run in runs
    ]
    yield from sorted(dict.fromkeys(bars), key=lambda bar: list(_LEVELS).index(bar.style))


def _failed(material: Material, name: str) -> list[CriterionResult]:
    return [
        result
        for result in material.verdict.having(Status.FAIL)
        if any(proof.subject == name and proof.status is Status.FAIL for proof in result.proofs)
    ]


def _kind(material: Material, name: str, condition: object) -> str:
    """The worst level that the condition is beyond."""
    sli = material.plan.spec.slis[name]
    return next(kind for kind in ("no_go", "alert", "target") if sli.beyond(kind) == condition)


def _fired(material: Material, severity: str) -> Iterator[tuple[Cell, ...]]:
    runs: dict[str, list[Run]] = {}
    for one in material.episodes[severity]:
        runs.setdefault(f"{one.alert} ({one.component})", []).append(one.run)
    known = list(material.plan.spec.severities)
    style = f"s{min(known.index(severity) if severity in known else len(known), 3)}"
    shape = shape_of(material, severity)
    for label, ordered in runs.items():
        text = told_all(ordered)
        bars = tuple(Bar(run, style, shape) for run in ordered)
        yield (
            cell(f"{shape} {severity}", mark=style),
            cell(label),
            _lane(material, bars, (), f"{severity}, {label}: {text}"),
            cell(text),
        )


def _unknown(material: Material) -> Iterator[tuple[Cell, ...]]:
    if material.dark:
        text = told_all(material.dark)
        what = "alert evaluation"
        yield cell("unknown"), cell(what), _lane(material, (), (), f"{what}: {text}"), cell(text)


def _lane(material: Material, bars: Sequence[Bar], marks: tuple[Mark, ...], text: str) -> Cell:
    evidence = material.evidence
    return drawn(Lane(evidence.window, evidence.at, tuple(bars), material.dark, marks, text))
