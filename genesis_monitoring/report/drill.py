"""A drill's report as text and JSON: typed report in, what a person or a script reads out."""

from collections.abc import Iterator

from genesis_monitoring.report.border import escape
from genesis_monitoring.report.drill_brief import brief_lines
from genesis_monitoring.report.paint import GREEN, RED, fold_all, paint
from genesis_monitoring.stack.drill_report import AlertDrill, DrillReport
from genesis_monitoring.words import count


def drill_text(report: DrillReport, *, colour: bool, brief: bool, width: int = 0) -> str:
    """A block an alert, then the inhibit rules, then one line that says it all. ``brief`` fits one screen.

    ``width`` is that of a terminal, 0 for no limit.
    """
    summary = tuple(fold_all(_summary(report), width))
    if brief:
        return "\n".join((*brief_lines(report, colour, width), "", *summary, ""))
    lines = [line for alert in report.alerts for line in _alert(alert, colour)]
    for one in report.inhibitions:
        what = f"{one.source} silences {', '.join(one.silenced)}" if one.source else "silences nothing"
        lines.append(f"{_mark(one.problems, colour)} inhibit rule {one.rule}: {what}")
        lines += [f"    problem: {problem}" for problem in one.problems]
    return "\n".join((*fold_all(lines, width), "", *summary, ""))


def _alert(alert: AlertDrill, colour: bool) -> Iterator[str]:
    yield f"{_mark(alert.problems, colour)} {alert.name} [{alert.severity}]"
    yield f"    labels: {', '.join(f'{name}={escape(value)}' for name, value in alert.labels)}"
    for route in alert.routes:
        group = ", ".join(f"{name}={escape(value)}" for name, value in route.group) or "one group"
        by = ", ".join(route.group_by)
        yield f"    route: {route.origin} -> {route.receiver}; grouped by {by}: {group}"
    if alert.silent:
        yield "    message: none, on purpose: its receiver has no integration"
    if alert.muted:
        yield f"    not told at that time: {', '.join(alert.muted)}"
    shown = ""
    for one in alert.arrivals:
        weight = f", {one.weight}" if one.weight else ""
        yield f"    {one.kind} to {one.receiver} ({one.to}){weight}: {one.title}"
        if one.text != shown:
            yield from (f"        | {line}" for line in one.text.strip().splitlines())
            yield f"        | {one.link}"
            yield f"    resolved: {one.resolved_title or 'nothing came'}"
            yield from (f"        | {line}" for line in one.resolved_text.strip().splitlines())
        else:
            yield f"    resolved: {one.resolved_title or 'nothing came'}"
        shown = one.text
    if alert.inhibited_by:
        yield f"    with all firing at once, inhibited by {', '.join(alert.inhibited_by)}"
    yield from (f"    problem: {problem}" for problem in alert.problems)


def _summary(report: DrillReport) -> Iterator[str]:
    file = f"{report.config} (sha256 {report.sha256[:12]})"
    if report.way == "sealed":
        yield f"{file} was run as it is by Alertmanager {report.alertmanager}, and nothing left this machine"
    else:
        yield f"{file} told receivers, groups and inhibition; messages were sent by a copy"
        yield f"that differs in addresses and secrets only, because {report.why}"
    if report.at is not None:
        yield f"its clock told {report.at}"
    arrived = sum(len(alert.arrivals) for alert in report.alerts)
    resolved = sum(bool(one.resolved_title) for alert in report.alerts for one in alert.arrivals)
    yield (
        f"{count(len(report.alerts), 'alert')}, {count(arrived, 'message')} arrived, {resolved} resolved; "
        f"{count(len(report.inhibitions), 'inhibit rule')}"
    )
    if report.ok:
        yield "every alert arrives as the spec says"
        return
    alerts = sum(bool(alert.problems) for alert in report.alerts)
    rules = sum(bool(one.problems) for one in report.inhibitions)
    yield f"not as the spec says: {count(alerts, 'alert')}, {count(rules, 'inhibit rule')}"


def _mark(problems: tuple[str, ...], colour: bool) -> str:
    return paint("FAIL", RED, colour) if problems else paint("ok", GREEN, colour)
