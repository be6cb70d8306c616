"""A scenario played the whole way, as text and JSON."""

from functools import cache
from typing import TYPE_CHECKING

from genesis_monitoring.stack.end_to_end import AlertPlayed, EndToEndReport

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_AMBIENT = " (about this machine, not of the scenario)"


def played_json(report: EndToEndReport) -> str:
    """As ``docs/stack-scenario.schema.json`` has it."""
    return _adapter().dump_json(report, indent=2).decode() + "\n"


def played_schema() -> str:
    """The schema of ``played_json``."""
    import json

    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_adapter().json_schema()}
    return json.dumps(schema, indent=2) + "\n"


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


@cache
def _adapter() -> "TypeAdapter[EndToEndReport]":
    from pydantic import TypeAdapter

    return TypeAdapter(EndToEndReport)
