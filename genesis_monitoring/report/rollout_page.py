"""The report on a rollout: material in, a page out. What is asked first comes first, proof is behind it."""

from collections.abc import Iterator

from genesis_monitoring.report.page import Block, Items, Page, Section, Table, Text
from genesis_monitoring.report.rollout_history import (
    attestations_section,
    checkpoints_section,
    cost_section,
    ledger_section,
    lessons_section,
)
from genesis_monitoring.report.rollout_material import Material, cell
from genesis_monitoring.report.rollout_numbers import (
    charts_section,
    coverage_section,
    measured_section,
    numbers_section,
    observations_of,
)
from genesis_monitoring.report.rollout_reasons import WORDS, criteria_section, next_section, why_section
from genesis_monitoring.report.rollout_timeline import episodes_table, timeline_section
from genesis_monitoring.report.verdict_text import moment_of, outlook_of, reason_in_titles
from genesis_monitoring.rollout.recommend import Recommendation, recommend
from genesis_monitoring.rollout.results import Status
from genesis_monitoring.rollout.window import format_span, format_time
from genesis_monitoring.words import count


def make_page(material: Material) -> Page:
    """Raises LedgerError for a ledger with a checkpoint that is not whole."""
    verdict, spec = material.verdict, material.plan.spec
    return Page(
        title=f"{spec.metadata.title}: rollout report",
        outcome=str(verdict.outcome),
        reason=reason_in_titles(verdict),
        alarm=_alarm(material),
        facts=tuple(_facts(material)),
        sections=(
            numbers_section(material),
            why_section(material),
            next_section(material),
            timeline_section(material),
            cost_section(material),
            measured_section(material),
            Section("recommendations", "Recommendations", tuple(_recommendations(material))),
            lessons_section(material),
        ),
        appendix=tuple(_appendix(material)),
        sources=tuple(_sources(material)),
    )


def _alarm(material: Material) -> str:
    """What is blind because it is planned; empty where that is measured all the same."""
    unseen = any(
        one.planned and not material.seen(name) for name, one in material.evidence.measurements.items()
    )
    return material.plan.planned.line if unseen else ""


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
    yield "Criteria", ", ".join(f"{number[status]} {WORDS[status]}" for status in Status if number[status])
    if verdict.waits:
        yield "GO waits for", "; ".join(wait.what for wait in verdict.waits)


def _sources(material: Material) -> Iterator[tuple[str, str]]:
    verdict = material.verdict
    version = f"Prometheus {verdict.version}".strip()
    yield "Source", f"{version} at {verdict.url}, {verdict.cost.queries} queries"
    where = "" if material.environment is None else f" in environment {material.environment}"
    yield "Spec", f"{material.plan.spec.metadata.name}{where}, {material.digest}"
    if material.ledger.digest:
        lines = count(len(material.ledger.entries), "line")
        yield "Ledger", f"{lines}, an unbroken chain that ends in {material.ledger.digest}"


def _recommendations(material: Material) -> Iterator[Block]:
    found = recommend(material.plan, tuple(observations_of(material)))
    planned = material.plan.planned
    if _alarm(material):
        yield Items((f"Expose the planned metrics: {', '.join(planned.metrics)}",))
    if not found:
        yield Text("No threshold is far from what was observed, and none is missed in ordinary operation.")
        return
    by_sli: dict[str, list[Recommendation]] = {}
    for one in found:
        by_sli.setdefault(one.sli, []).append(one)
    rows = tuple(
        (cell(sli), cell(*(one.why for one in ones)), cell(*(one.what for one in ones)))
        for sli, ones in by_sli.items()
    )
    caption = "Thresholds to look at; nothing here changes the verdict"
    yield Table(caption, ("SLI", "Observed", "Advice"), rows)


def _appendix(material: Material) -> Iterator[Section]:
    yield criteria_section(material)
    episodes = episodes_table(material)
    if episodes is not None:
        number = count(len(episodes.rows), "episode")
        yield Section("episodes", "Every violation and every alert", (episodes,), number)
    charts = charts_section(material)
    if charts is not None:
        yield charts
    yield coverage_section(material)
    yield checkpoints_section(material)
    yield attestations_section(material)
    yield ledger_section(material)
