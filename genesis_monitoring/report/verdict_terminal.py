"""A verdict in, text for a terminal out: the verdict, what does not pass, what to do next, the verdict."""

from collections import Counter
from collections.abc import Iterator, Sequence

from genesis_monitoring.report.paint import BOLD, CYAN, DIM, GREEN, RED, YELLOW, fold, fold_all, paint
from genesis_monitoring.report.text import escape
from genesis_monitoring.report.verdict_text import (
    evidence_line,
    headline,
    ledger_line,
    moment_of,
    next_steps_of,
    outlook_of,
    proofs_of,
    reason_in_titles,
    sections_of,
    source_lines,
)
from genesis_monitoring.rollout.results import CriterionResult, Outcome, Status, Verdict
from genesis_monitoring.rollout.window import format_time

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
_TELLING = (Status.FAIL, Status.NO_DATA, Status.MANUAL)
"""What somebody can do something about, the worst first."""
_SHOWN = 4
_TITLE_AT = 13
"""The column of a criterion's title, where it goes on if it is too long for the terminal."""


def format_verdict(
    verdict: Verdict,
    *,
    next_steps: tuple[str, ...] = (),
    planned: str = "",
    everything: bool = False,
    colour: bool = False,
    width: int = 0,
) -> str:
    """For a person, ending in a newline; the last line is the first again, as what is between may be long.

    ``next_steps`` are what the spec says to do after this verdict, ``planned`` what is said, at the top, of
    metrics that are still planned. What passes is counted, and shown with ``everything`` alone. ``width`` is
    that of a terminal, 0 for no limit.
    """
    lines = [*_heading(verdict, planned, colour), ""]
    for title, results in sections_of(verdict):
        lines.append(f"{paint(title, BOLD, colour)} ({counts(results)})")
        told = results if everything else [one for status in _TELLING for one in having(results, status)]
        for result in told:
            title = f"{headline(result)} ({result.name})"
            lines.extend(fold(f"{_mark(result.status, colour)}{title}", width, _TITLE_AT))
            lines.extend(_evidence(verdict, result, everything))
        if not everything:
            waiting = _waiting(results, colour)
            lines.extend(line for one in waiting for line in fold(one, width, _TITLE_AT))
        lines.append("")
    if not everything:
        left = "" if verdict.over else " and how much violation each has left"
        lines += [f"--all shows what passes, too, with all that each criterion rests on{left}", ""]
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
    lines += ["", _result(verdict, colour)]
    return "".join(f"{line}\n" for line in fold_all(lines, width))


def status_words(status: Status) -> str:
    """``NO DATA``."""
    return status.replace("_", " ")


def counts(results: Sequence[CriterionResult]) -> str:
    """``4 of 6 pass, 1 planned``; of NO-GO criteria ``all 6 not met``."""
    number = Counter(result.status for result in results)
    no_go = any(result.decides_no_go for result in results)
    passing, failing = ("not met", "met") if no_go else ("pass", "fail")
    good = number[Status.PASS]
    parts = [f"all {good} {passing}" if good == len(results) else f"{good} of {len(results)} {passing}"]
    for status in Status:
        if status is not Status.PASS and number[status]:
            word = failing if status is Status.FAIL else status_words(status).lower()
            parts.append(f"{number[status]} {word}")
    return ", ".join(parts)


def _heading(verdict: Verdict, planned: str, colour: bool) -> Iterator[str]:
    span = f"{format_time(verdict.window.start)} to {format_time(verdict.window.end)} UTC"
    yield _result(verdict, colour)
    if planned and any(
        proof.status is Status.PLANNED for result in verdict.results for proof in result.proofs
    ):
        yield paint(planned, YELLOW, colour)
    place = "its end" if verdict.over else moment_of(verdict)
    yield f"Rollout of {span}, judged at {place}"
    outlook = outlook_of(verdict)
    if outlook:
        yield outlook


def _result(verdict: Verdict, colour: bool) -> str:
    outcome = paint(str(verdict.outcome), f"{BOLD};{_OUTCOMES[verdict.outcome]}", colour)
    return f"{outcome}  {escape(reason_in_titles(verdict))}"


def having(results: Sequence[CriterionResult], status: Status) -> Iterator[CriterionResult]:
    """Those that stand so."""
    return (result for result in results if result.status is status)


def _mark(status: Status, colour: bool) -> str:
    mark = f"{_MARKS[status]} {status_words(status):<7}"
    return f"  {paint(mark, _COLOURS[status], colour)}  "


def _waiting(results: Sequence[CriterionResult], colour: bool) -> Iterator[str]:
    """In a line each what is planned, and what is judged from some time on: there is nothing to do yet."""
    planned = list(having(results, Status.PLANNED))
    if planned:
        yield f"{_mark(Status.PLANNED, colour)}{_titles(planned)}"
    by_reason: dict[str, list[CriterionResult]] = {}
    for result in having(results, Status.NOT_DUE):
        by_reason.setdefault(result.deciding.reason, []).append(result)
    for reason, found in by_reason.items():
        yield f"{_mark(Status.NOT_DUE, colour)}{_titles(found)}: {escape(reason)}"


def _titles(results: Sequence[CriterionResult]) -> str:
    return "; ".join(f"{escape(one.text)} ({one.name})" for one in results)


def _evidence(verdict: Verdict, result: CriterionResult, everything: bool) -> Iterator[str]:
    shown = proofs_of(result)
    if not everything:
        shown = [proof for proof in shown if proof.status is not Status.PLANNED]
    kept = shown if everything else shown[:_SHOWN]
    yield from (f"    {escape(evidence_line(verdict, proof))}" for proof in kept)
    more = [f"{len(shown) - len(kept)} more of this kind"] if len(shown) > len(kept) else []
    planned = sum(proof.status is Status.PLANNED for proof in result.proofs)
    if planned and not everything:
        more.append(f"{planned} that cannot be told while their metrics are planned")
    if more:
        yield f"    and {', and '.join(more)}"
