"""A scenario played the whole way, as text and JSON."""

from genesis_monitoring.stack.end_to_end import AlertPlayed, EndToEndReport

_AMBIENT = " (about this machine, not of the scenario)"


def played_text(report: EndToEndReport) -> str:
    """A line an alert, then one that says it all."""
    lines = [f"scenario {report.scenario}: {report.title} (profile {report.profile}, {report.seconds:g} s)"]
    for alert in report.alerts:
        mark = "FAIL" if alert.problems else "ok"
        lines.append(f"{mark} {alert.name}: {_story(alert)}{_AMBIENT if alert.ambient else ''}")
        lines += [f"    problem: {problem}" for problem in alert.problems]
    if not report.alerts:
        lines.append("no alert fired, and no message came")
    end = "exactly the alerts of the scenario" if report.ok else "not the alerts of the scenario"
    return "\n".join((*lines, end, ""))


def _story(alert: AlertPlayed) -> str:
    fired = "did not fire" if alert.fired_after is None else f"fired after {alert.fired_after:g} s"
    if alert.inhibited and not alert.messages:
        return f"{fired}; inhibited, nobody was told"
    if alert.notified_after is None:
        return f"{fired}; no message"
    return f"{fired}, arrived after {alert.notified_after:g} s at {', '.join(alert.messages)}"
