"""Why the verdict of a rollout is as it is: each cause once, with the criteria that rest on it."""

from collections.abc import Iterator

from genesis_monitoring.plan.rollback import rollback_lines
from genesis_monitoring.report.page import Block, Cell, Items, Section, Table, Text
from genesis_monitoring.report.rollout_material import Material, cell, told
from genesis_monitoring.report.verdict_text import (
    evidence_line,
    headline,
    next_steps_of,
    proofs_of,
    sections_of,
)
from genesis_monitoring.rollout.results import CriterionResult, Outcome, Proof, Status

WORDS = {
    Status.PASS: "✓ pass",
    Status.FAIL: "✖ fail",
    Status.NO_DATA: "? no data",
    Status.PLANNED: "○ planned",
    Status.MANUAL: "✎ to attest",
    Status.NOT_DUE: "… not due",
}
"""A status as a sign and a word."""
_MET = {Status.PASS: "✓ not met", Status.FAIL: "✖ MET"}
_ORDER = (Status.FAIL, Status.NO_DATA, Status.PLANNED, Status.MANUAL, Status.NOT_DUE)
_SHOWN = 6


def why_section(material: Material) -> Section:
    """What keeps a GO back or ends the rollout, and what to do next."""
    verdict = material.verdict
    rows = tuple(_causes(material))
    blocks: list[Block] = []
    if rows:
        headings = ("Status", "Because", "Criteria")
        blocks.append(Table("What did not pass, each cause once", headings, rows))
    passed = [result.text for result in verdict.having(Status.PASS) if not result.decides_no_go]
    clear = [result.text for result in verdict.having(Status.PASS) if result.decides_no_go]
    if passed:
        blocks.append(Text(f"Passed ({len(passed)}): {'; '.join(dict.fromkeys(passed))}."))
    if clear:
        blocks.append(Text(f"NO-GO criteria that are not met ({len(clear)}): {'; '.join(clear)}."))
    return Section("why", "Why this verdict", tuple(blocks))


def next_section(material: Material) -> Section:
    """What to do after the verdict."""
    rollout = material.plan.spec.rollout
    if rollout is None:
        raise AssertionError("no report without a rollout")
    steps = {Outcome.GO: rollout.after.steps, Outcome.NO_GO: rollback_lines(rollout)}
    wanted = steps.get(material.verdict.outcome, ())
    told_steps = tuple(step.replace("`", "") for step in next_steps_of(material.verdict, wanted))
    return Section("next", "What to do next", (Items(told_steps, ordered=True),))


def criteria_section(material: Material) -> Section:
    """Each criterion with all of its evidence."""
    return Section(
        "criteria",
        "Every criterion with its evidence",
        tuple(_criteria(material)),
        f"{len(material.verdict.results)} criteria",
    )


def _causes(material: Material) -> Iterator[tuple[Cell, ...]]:
    for status in _ORDER:
        for because, criteria in _grouped(material, status).items():
            met = any(result.decides_no_go for result in criteria) and status is Status.FAIL
            names = dict.fromkeys(
                f"{result.text}{' (NO-GO)' if result.decides_no_go else ''}" for result in criteria
            )
            word = "✖ NO-GO" if met else WORDS[status]
            yield cell(word, mark=str(status)), cell(*because), cell("; ".join(names))


def _grouped(material: Material, status: Status) -> dict[tuple[str, ...], list[CriterionResult]]:
    """The criteria that stand so, by what they say of why."""
    found: dict[tuple[object, ...], tuple[list[Proof], list[CriterionResult]]] = {}
    for result in material.verdict.having(status):
        for proof in result.proofs:
            if proof.status is status:
                proofs, results = found.setdefault(_key(proof), ([], []))
                proofs.append(proof)
                if result not in results:
                    results.append(result)
    return {_because(material, tuple(proofs)): results for proofs, results in found.values()}


def _key(proof: Proof) -> tuple[object, ...]:
    """What is missing at the same time, or planned alike, is one cause."""
    if proof.status is Status.PLANNED:
        return (proof.status,)
    if proof.status is Status.NO_DATA and proof.largest_gap.seconds:
        return (proof.status, proof.largest_gap)
    return (proof.status, proof.subject, proof.reason)


def _because(material: Material, proofs: tuple[Proof, ...]) -> tuple[str, ...]:
    first = proofs[0]
    subjects = list(dict.fromkeys(proof.subject for proof in proofs))
    if len(subjects) == 1:
        return (evidence_line(material.verdict, first),)
    names = ", ".join(subjects[:_SHOWN])
    if len(subjects) > _SHOWN:
        names += f" and {len(subjects) - _SHOWN} more"
    if first.status is Status.PLANNED:
        return (f"Nothing exposes yet what {len(subjects)} SLIs and alerts are made of", names)
    return (f"No samples for {told(first.largest_gap)}, which could hide a violation", names)


def _criteria(material: Material) -> Iterator[Table]:
    for title, results in sections_of(material.verdict):
        rows = tuple(
            (
                cell(result.name, headline(result)),
                cell(standing(result), mark=str(result.status)),
                cell(*(evidence_line(material.verdict, proof) for proof in _worst_first(result))),
                cell(result.judged.replace("`", "")),
            )
            for result in results
        )
        yield Table(title, ("Criterion", "Status", "Evidence", "How it is judged"), rows)


def _worst_first(result: CriterionResult) -> list[Proof]:
    return sorted(proofs_of(result), key=lambda proof: proof.status is not Status.FAIL)


def standing(result: CriterionResult) -> str:
    """How a criterion stands; a NO-GO one is met or not met."""
    if result.decides_no_go and result.status in _MET:
        return _MET[result.status]
    return WORDS[result.status]
