"""A drill's report on one screen: what is not as the spec says, and how many of the rest arrived where."""

from collections.abc import Iterator

from genesis_monitoring.report.border import escape
from genesis_monitoring.report.paint import GREEN, RED, fold_all, paint
from genesis_monitoring.stack.drill_report import AlertDrill, DrillReport
from genesis_monitoring.words import count

_SHOWN = 6
"""Problems, in a terminal of 24 lines."""


def brief_lines(report: DrillReport, colour: bool, width: int) -> Iterator[str]:
    """Problems first; then a line for each severity and way, and one for the inhibit rules."""
    problems = [(alert.name, problem) for alert in report.alerts for problem in alert.problems]
    problems += [
        (f"inhibit rule {one.rule}", problem) for one in report.inhibitions for problem in one.problems
    ]
    bad, good = paint("FAIL", RED, colour), paint("ok", GREEN, colour)
    lines = [f"{bad} {escape(name)}: {escape(problem)}" for name, problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        lines.append(
            f"and {count(len(problems) - _SHOWN, 'problem')} more; without --brief they are all shown"
        )
    for (severity, way), alerts in sorted(_by_way(report).items()):
        names = ", ".join(escape(name) for name in _names(alerts))
        lines.append(f"{good} {severity} to {way}: {count(len(alerts), 'alert')}: {names}")
    rules = [one.rule for one in report.inhibitions if not one.problems]
    if rules:
        lines.append(f"{good} {count(len(rules), 'inhibit rule')}: {', '.join(map(escape, rules))}")
    yield from fold_all(lines, width)


def _by_way(report: DrillReport) -> dict[tuple[str, str], list[AlertDrill]]:
    found: dict[tuple[str, str], list[AlertDrill]] = {}
    for alert in report.alerts:
        if not alert.problems:
            ways = dict.fromkeys(f"{one.kind} {escape(one.to)}" for one in alert.arrivals)
            way = " and ".join(ways) or ("nobody at that time" if alert.muted else "nobody, on purpose")
            found.setdefault((alert.severity, way), []).append(alert)
    return found


def _names(alerts: list[AlertDrill]) -> Iterator[str]:
    """Each name once, with how often it is there: one alert of many SLIs says nothing new with each."""
    bare = [alert.name.partition(" (")[0] for alert in alerts]
    for name in dict.fromkeys(bare):
        number = bare.count(name)
        yield f"{name} ({number} times)" if number > 1 else name
