"""Words of a verdict, wherever a person reads one: why it is so, what each criterion rests on, what to do."""

from collections.abc import Iterator

from genesis_monitoring.report.paint import BOLD, paint
from genesis_monitoring.report.schedule import format_offset
from genesis_monitoring.report.text import escape
from genesis_monitoring.rollout.backtest_results import Backtest
from genesis_monitoring.rollout.evidence import LedgerState
from genesis_monitoring.rollout.results import GO, NO_GO, CriterionResult, Outcome, Proof, Status, Verdict
from genesis_monitoring.rollout.rules import NOT_LOADED
from genesis_monitoring.rollout.window import format_span, format_time
from genesis_monitoring.units import format_share
from genesis_monitoring.words import count

_TITLES = {NO_GO: "NO-GO criteria: one of them met ends the rollout", GO: "GO criteria: all are needed"}
_SHOWN = 4


def source_lines(found: Verdict | Backtest, colour: bool) -> Iterator[str]:
    """What else is to be known, and who was asked at what cost."""
    if found.remarks:
        yield paint("Remarks", BOLD, colour)
        yield from (f"  - {escape(remark)}" for remark in found.remarks)
        yield ""
    version = f" {escape(found.version)}" if found.version else ""
    cost = f"{found.cost.queries} queries, {found.cost.seconds:.1f} s"
    yield f"Asked Prometheus{version} at {found.url}: {cost}"


def reason_in_titles(verdict: Verdict) -> str:
    """Why the verdict is as it is, the titles of NO-GO criteria before their names."""
    if verdict.outcome is not Outcome.NO_GO:
        return reason_of(verdict)
    met = [one for one in verdict.having(Status.FAIL) if one.decides_no_go]
    return f"met: {'; '.join(f'{one.text} ({one.name})' for one in met)}"


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
        return f"GO is still reachable, {left} to go"
    return f"GO is out of reach: {lost_of(verdict)}"


def lost_of(verdict: Verdict) -> str:
    """What keeps a GO out of reach: the first few by title, and how many more there are."""
    lost = [result for result in verdict.results if result.hopeless]
    named = [escape(result.text) for result in lost if result.status is not Status.PLANNED]
    parts = named[:_SHOWN]
    if len(named) > _SHOWN:
        parts.append(f"{len(named) - _SHOWN} more")
    if len(named) < len(lost):
        parts.append(f"{len(lost) - len(named)} that are planned")
    return "; ".join(parts)


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
