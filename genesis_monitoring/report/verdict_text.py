"""A verdict in, text for a person out: the verdict, each criterion with its evidence, what to do next."""

from collections.abc import Iterator

from genesis_monitoring.report.paint import BOLD, CYAN, DIM, GREEN, RED, YELLOW, paint
from genesis_monitoring.report.schedule import format_offset
from genesis_monitoring.report.text import count, escape
from genesis_monitoring.rollout.backtest_results import Backtest
from genesis_monitoring.rollout.evidence import LedgerState
from genesis_monitoring.rollout.results import GO, NO_GO, CriterionResult, Outcome, Proof, Status, Verdict
from genesis_monitoring.rollout.rules import NOT_LOADED
from genesis_monitoring.rollout.window import format_span, format_time
from genesis_monitoring.units import format_share

_MARKS = {
    Status.PASS: "✓",
    Status.FAIL: "✗",
    Status.NO_DATA: "?",
    Status.PLANNED: "○",
    Status.MANUAL: "✎",
    Status.NOT_DUE: "…",
}
_COLOURS = {
    Status.PASS: GREEN,
    Status.FAIL: RED,
    Status.NO_DATA: YELLOW,
    Status.PLANNED: YELLOW,
    Status.MANUAL: CYAN,
    Status.NOT_DUE: DIM,
}
_OUTCOMES = {Outcome.GO: GREEN, Outcome.NO_GO: RED, Outcome.HOLD: YELLOW}
_TITLES = {NO_GO: "NO-GO criteria: one of them met ends the rollout", GO: "GO criteria: all are needed"}
_NAME_WIDTH = 28
_SHOWN = 4


def format_verdict(verdict: Verdict, *, next_steps: tuple[str, ...] = (), colour: bool = False) -> str:
    """All of it, ending in a newline. ``next_steps`` are what the spec says to do after this verdict."""
    lines = [*_heading(verdict, colour), ""]
    for title, results in sections_of(verdict):
        lines.append(paint(title, BOLD, colour))
        lines.extend(line for result in results for line in _criterion(verdict, result, colour))
        lines.append("")
    if verdict.outcome is Outcome.HOLD and verdict.waits:
        lines.append(paint("A GO also waits for", BOLD, colour))
        lines.extend(f"  ✎ {escape(wait.what)}" for wait in verdict.waits)
        lines.append("")
    lines.extend(source_lines(verdict, colour))
    lines.append(ledger_line(verdict.ledger))
    lines.append("")
    lines.append(paint("What to do next", BOLD, colour))
    lines.extend(
        f"  {number}. {escape(step)}" for number, step in enumerate(next_steps_of(verdict, next_steps), 1)
    )
    return "".join(f"{line}\n" for line in lines)


def source_lines(found: Verdict | Backtest, colour: bool) -> Iterator[str]:
    """What else is to be known, and who was asked at what cost."""
    if found.remarks:
        yield paint("Remarks", BOLD, colour)
        yield from (f"  - {escape(remark)}" for remark in found.remarks)
        yield ""
    version = f" {escape(found.version)}" if found.version else ""
    cost = f"{found.cost.queries} queries, {found.cost.seconds:.1f} s"
    yield f"Asked Prometheus{version} at {found.url}: {cost}"


def _heading(verdict: Verdict, colour: bool) -> Iterator[str]:
    span = f"{format_time(verdict.window.start)} to {format_time(verdict.window.end)} UTC"
    yield (
        paint(str(verdict.outcome), f"{BOLD};{_OUTCOMES[verdict.outcome]}", colour)
        + f"  {reason_of(verdict)}"
    )
    place = "its end" if verdict.over else moment_of(verdict)
    yield f"Rollout of {span}, judged at {place}"
    outlook = outlook_of(verdict)
    if outlook:
        yield outlook


def moment_of(verdict: Verdict) -> str:
    """When it was judged, and how far the rollout was by then."""
    return f"{format_time(verdict.at)} UTC, {format_offset(round(verdict.at - verdict.window.start))}"


def outlook_of(verdict: Verdict) -> str:
    """What can still come of a rollout that is not over; empty for one that is."""
    if verdict.over:
        return ""
    if verdict.outcome is Outcome.NO_GO:
        return "NO-GO is already certain: nothing that is still to come can undo it"
    if verdict.reachable:
        left = format_span(verdict.window.end - verdict.at)
        return f"GO is still reachable, {left} to go; each line says how much violation it still has left"
    names = ", ".join(result.name for result in verdict.results if result.hopeless)
    return f"GO is out of reach: {names}"


def reason_of(verdict: Verdict) -> str:
    """Why the verdict is as it is, in a few words."""
    if verdict.outcome is Outcome.GO:
        return f"all {len(verdict.results)} criteria pass"
    if verdict.outcome is Outcome.NO_GO:
        met = [
            result.name for result in verdict.results if result.decides_no_go and result.status is Status.FAIL
        ]
        return f"{', '.join(met)} {'is' if len(met) == 1 else 'are'} met"
    parts = []
    for status, words in (
        (Status.FAIL, "not passed"),
        (Status.NO_DATA, "without data"),
        (Status.PLANNED, "planned and not measured"),
        (Status.MANUAL, "to be attested"),
        (Status.NOT_DUE, "not judged yet"),
    ):
        number = len(verdict.having(status))
        if number:
            parts.append(f"{number} {words}")
    number = len(verdict.results)
    reasons = [f"of {number} criteria {', '.join(parts)}"] if parts else []
    if not parts:
        reasons.append(f"all {number} criteria pass" if verdict.over else "the window is not over")
    if verdict.waits:
        more = f" and {len(verdict.waits) - 1} more" if len(verdict.waits) > 1 else ""
        reasons.append(f"GO waits for {verdict.waits[0].what}{more}")
    return "; ".join(reasons)


def ledger_line(ledger: LedgerState) -> str:
    """What is known of the ledger's end."""
    if not ledger.digest:
        return "Ledger: not kept in this record"
    if not ledger.lines:
        return "Ledger: none, so nobody has attested or signed off anything"
    proof = "as --ledger-digest says" if ledger.proven else "not compared with a --ledger-digest"
    return f"Ledger: {count(ledger.lines, 'line')}, ends with {ledger.digest}, {proof}"


def sections_of(verdict: Verdict) -> Iterator[tuple[str, list[CriterionResult]]]:
    """The criteria by section, each with its title."""
    for section in dict.fromkeys(result.section for result in verdict.results):
        title = _TITLES.get(section, f"Checklist: {section}")
        yield title, [result for result in verdict.results if result.section == section]


def _criterion(verdict: Verdict, result: CriterionResult, colour: bool) -> Iterator[str]:
    mark = f"{_MARKS[result.status]} {result.status:<8}"
    painted = paint(mark, _COLOURS[result.status], colour)
    yield f"  {painted} {result.name:<{_NAME_WIDTH}} {headline(result)}"
    shown = proofs_of(result)
    for proof in shown[:_SHOWN]:
        yield f"    {escape(evidence_line(verdict, proof))}"
    if len(shown) > _SHOWN:
        yield f"    and {len(shown) - _SHOWN} more of this kind; --format json has them all"


def proofs_of(result: CriterionResult) -> list[Proof]:
    """What the status comes from: all that does not pass, or where all does, what the pass is about."""
    if result.status is not Status.PASS:
        return [proof for proof in result.proofs if proof.status is not Status.PASS]
    return [proof for proof in result.proofs if proof.subject in _own(result)]


def _own(result: CriterionResult) -> frozenset[str]:
    """What a pass shows: all its subjects, but for alerts the episodes and the Watchdog only."""
    proofs = result.proofs[:2] if result.kind == "alerts" else result.proofs
    return frozenset(proof.subject for proof in proofs)


def headline(result: CriterionResult) -> str:
    """What the criterion says, and for a NO-GO one whether it is met."""
    if result.decides_no_go:
        words = {Status.PASS: "not met", Status.FAIL: "MET", Status.NOT_DUE: "not judged yet"}.get(
            result.status, "cannot be told"
        )
        return f"{result.text}: {words}"
    return result.text


def evidence_line(verdict: Verdict, proof: Proof) -> str:
    """What one subject shows for a criterion."""
    parts = [f"{proof.subject}: {proof.reason}"]
    if proof.value:
        parts.append(proof.value)
    if proof.coverage is not None:
        parts.append(f"{format_share(proof.coverage)} of samples")
    if proof.largest_gap.seconds and proof.status is Status.PASS:
        parts.append(f"largest hole {format_span(proof.largest_gap.seconds)}")
    if proof.left is not None and not verdict.over:
        parts.append(f"{format_span(proof.left)} left")
    return "; ".join(parts)


def next_steps_of(verdict: Verdict, steps: tuple[str, ...]) -> Iterator[str]:
    """What to do after the verdict: ``steps`` of the spec, or what a HOLD waits for."""
    if verdict.outcome is not Outcome.HOLD:
        yield from steps
        return
    yield from (wait.step for wait in verdict.waits)
    for result in verdict.having(Status.MANUAL):
        yield f"Attest {result.name}: genesis-mon rollout attest {result.name} --by NAME --evidence TEXT"
    unmeasured = sorted(
        {
            proof.subject
            for r in verdict.having(Status.NO_DATA)
            for proof in r.proofs
            if proof.status is Status.NO_DATA
        }
    )
    strange = {proof.query for r in verdict.results for proof in r.proofs if proof.rule == NOT_LOADED}
    if strange:
        yield f"Load the generated rules and reload Prometheus: {count(len(strange), 'rule')} missing"
    if unmeasured:
        more = f" and {len(unmeasured) - 2 * _SHOWN} more" if len(unmeasured) > 2 * _SHOWN else ""
        yield f"See why there is no data to tell: {', '.join(unmeasured[: 2 * _SHOWN])}{more}"
    planned = dict.fromkeys(
        proof.subject
        for result in verdict.having(Status.PLANNED)
        for proof in result.proofs
        if proof.status is Status.PLANNED
    )
    if planned:
        yield f"Expose what is planned, or take its criterion out: {', '.join(planned)}"
    failed = verdict.having(Status.FAIL)
    if failed:
        yield f"Decide what becomes of what did not pass: {', '.join(result.name for result in failed)}"
    if not verdict.over:
        yield f"Judge again at {format_time(verdict.window.end)} UTC, the end of the window"
    else:
        yield "Then judge again, or extend the rollout; a HOLD is no leave to go on"
