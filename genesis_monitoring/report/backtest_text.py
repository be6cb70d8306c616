"""A backtest in, text for a person out: episodes by severity, then each alert with what it comes from."""

from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.durations import spell_duration
from genesis_monitoring.report.paint import BOLD, GREEN, RED, YELLOW, paint
from genesis_monitoring.report.text import escape
from genesis_monitoring.report.verdict_text import source_lines
from genesis_monitoring.rollout.backtest_results import AlertPast, Backtest, Known, Origin, Total
from genesis_monitoring.rollout.window import format_span, format_time
from genesis_monitoring.units import format_share
from genesis_monitoring.words import count

_NAME_WIDTH = 28
_SHOWN_LABEL_SETS = 2
_SAME = "Nothing changes: each severity fires as before"
_COLUMNS = (8, 8, 8, 6, 8)


@dataclass(frozen=True, slots=True)
class _Pair:
    """An alert by the present spec and by the changed one; None where it is not in that one."""

    now: AlertPast | None
    then: AlertPast | None

    @property
    def first(self) -> AlertPast:
        """Any of the two, the present one if there is one."""
        one = self.now or self.then
        if one is None:
            raise AssertionError("a pair has at least one alert")
        return one


def format_backtest(outcome: Backtest, *, colour: bool = False) -> str:
    """All of it, ending in a newline."""
    lines = [*_heading(outcome, colour), "", *_table(outcome), ""]
    pairs = _pairs(outcome)
    for severity in sorted({pair.first.severity for pair in pairs}):
        lines.append(paint(severity, BOLD, colour))
        for pair in pairs:
            if pair.first.severity == severity:
                lines.extend(_alert(outcome, pair, colour))
        lines.append("")
    lines.extend(source_lines(outcome, colour))
    return "".join(f"{line}\n" for line in lines)


def _heading(outcome: Backtest, colour: bool) -> Iterator[str]:
    parts = []
    for now, then in _total_pairs(outcome):
        lack = _lack(max(now.untold, then.untold), max(now.partly, then.partly))
        same = (now.episodes, now.firing_seconds) == (then.episodes, then.firing_seconds)
        if outcome.changed is None or not same:
            parts.append(f"{now.severity} episodes {_arrow([_count(now), _count(then)])}{lack}")
    yield paint("; ".join(parts) or (_SAME if outcome.changed else "The spec has no alerts"), BOLD, colour)
    span = f"{format_time(outcome.window.start)} to {format_time(outcome.window.end)} UTC"
    yield f"Backtest over {span}, an evaluation each {format_span(outcome.interval)}"
    by = f"{outcome.watchdog} fired" if outcome.watchdog else "targets were scraped"
    shown = f"{by} at {format_share(outcome.evaluated)} of them" if outcome.evaluated else "nothing shows any"
    yield f"Evaluations: {shown}"
    if outcome.change:
        yield f"Compared with: {escape(', '.join(outcome.change))}"


def _lack(untold: int, partly: int) -> str:
    words = (f"{number} {what}" for number, what in ((untold, "not told"), (partly, "partly")) if number)
    text = ", ".join(words)
    return f" ({text})" if text else ""


def _table(outcome: Backtest) -> Iterator[str]:
    yield _row("Severity", "Alerts", "Not told", "Partly", "Episodes", "Firing, all together")
    for pair in _total_pairs(outcome):
        yield _row(
            pair[0].severity,
            _arrow([str(total.alerts) for total in pair]),
            _arrow([str(total.untold) for total in pair]),
            _arrow([str(total.partly) for total in pair]),
            _arrow([_count(total) for total in pair]),
            _arrow(["?" if _count(total) == "?" else _firing(total.firing_seconds) for total in pair]),
        )


def _row(*cells: str) -> str:
    *narrow, last = cells
    return "  ".join((*(cell.ljust(wide) for cell, wide in zip(narrow, _COLUMNS, strict=True)), last))


def _alert(outcome: Backtest, pair: _Pair, colour: bool) -> Iterator[str]:
    sides = [pair.now, pair.then] if outcome.changed else [pair.now]
    told = [one for one in sides if one is not None]
    unknown = any(one.known is not Known.TOLD for one in told)
    fired = any(one.episodes for one in told)
    partly = any(one.partly for one in told)
    mark, style = ("✓", GREEN) if not partly else ("~", YELLOW)
    if fired or unknown:
        mark, style = ("?", YELLOW) if unknown else ("✗", RED)
    head = _arrow([_episodes(one) for one in sides])
    if fired:
        head += f"; firing {_arrow([_firing(one.firing_seconds) if one else 'never' for one in sides])}"
    yield f"  {paint(mark, style, colour)} {pair.first.alert:<{_NAME_WIDTH}} {head}"
    details = [_details(outcome, one) for one in told]
    if len(details) == 2 and details[0] == details[1]:
        details = details[:1]
    names = ("present: ", "changed: ") if len(details) == 2 else ("",)
    for name, detail in zip(names, details, strict=True):
        yield f"      {name}{escape(detail)}"


def _details(outcome: Backtest, one: AlertPast) -> str:
    held = f" for {spell_duration(one.for_)}" if one.for_ else ""
    shadow = ", in shadow" if one.shadow else ""
    parts = [f"{one.component}, {one.condition}{held}{shadow}"]
    if one.known is not Known.TOLD:
        parts.append(one.reason)
    if one.known is Known.NO_DATA:
        return "; ".join(parts)
    if one.episodes:
        parts.append(f"longest {format_span(one.longest_seconds)}")
        first, last = one.episodes[0], one.episodes[-1]
        goes_on = last.end > outcome.window.end
        until = "it fires at the end" if goes_on else f"last until {format_time(last.end)}"
        parts.append(f"first {format_time(first.start)}, {until}")
    if one.pending:
        parts.append("pending at the end")
    if one.worst_text:
        parts.append(f"worst {one.worst_text}")
    if one.coverage < 1:
        parts.append(f"{format_share(one.coverage)} of the window measured")
    if one.label_sets >= _SHOWN_LABEL_SETS and one.least < one.coverage:
        parts.append(f"of {one.label_sets} label sets one only {format_share(one.least)}")
    if one.largest_gap.seconds:
        gap = one.largest_gap
        parts.append(f"largest hole {format_span(gap.seconds)} from {format_time(gap.start)}")
    if one.origin is Origin.METRICS:
        parts.append("evaluated from the metrics")
    if one.recorded:
        parts.append(f"recorded: {count(one.recorded, 'episode')}")
    return "; ".join(parts)


def _episodes(one: AlertPast | None) -> str:
    if one is None:
        return "not in this spec"
    if one.known is Known.NO_DATA:
        return "no data"
    if one.episodes:
        return count(len(one.episodes), "episode")
    return "did not fire where it was measured" if one.partly else "did not fire"


def _count(total: Total) -> str:
    """Of nothing that is known, 0 would be a claim."""
    return "?" if not total.episodes and total.untold == total.alerts else str(total.episodes)


def _firing(seconds: float) -> str:
    return format_span(seconds) if seconds else "never"


def _arrow(texts: list[str]) -> str:
    """One where both are the same."""
    return texts[0] if len(set(texts)) == 1 else " → ".join(texts)


def _pairs(outcome: Backtest) -> tuple[_Pair, ...]:
    now = {one.key: one for one in outcome.current.alerts}
    then = {one.key: one for one in outcome.changed.alerts} if outcome.changed else {}
    return tuple(_Pair(now.get(key), then.get(key)) for key in dict.fromkeys((*now, *then)))


def _total_pairs(outcome: Backtest) -> Iterator[tuple[Total, Total]]:
    """By the present spec and by the changed one, or twice by the present one."""
    now = {total.severity: total for total in outcome.current.totals}
    then = {total.severity: total for total in outcome.changed.totals} if outcome.changed else now
    for severity in sorted({*now, *then}):
        none = Total(severity, 0, 0, 0, 0, 0.0)
        yield now.get(severity, none), then.get(severity, none)
