"""A stack's status as text and JSON: typed status in, what a person or a script reads out."""

import time
from collections.abc import Iterator

from genesis_monitoring.report.border import escape
from genesis_monitoring.report.paint import GREEN, RED, YELLOW, columns, paint
from genesis_monitoring.stack.status import WELL, Health, StackStatus, spell_age

_COLOURS: dict[Health, str] = {
    "healthy": GREEN,
    "running": GREEN,
    "starting": YELLOW,
    "unhealthy": RED,
    "unknown": YELLOW,
}


def status_text(status: StackStatus, *, colour: bool) -> str:
    """The table of services, then targets, rules and alerts, then whether all is green."""
    return "\n".join((*_parts(status, colour), "")) if status.services or status.unknown else _nothing(status)


def services_table(status: StackStatus, *, colour: bool) -> Iterator[str]:
    """NAME, STATUS, HEALTH, PORTS and the link, a line a service."""
    rows = [("NAME", "STATUS", "HEALTH", "PORTS", "LINK")]
    rows += [
        (service.name, service.status, str(service.health), ", ".join(service.ports), service.link)
        for service in status.services
    ]
    rows += [(one.name, "Left out", "-", "-", one.why) for one in status.absent]
    healths = {service.name: service.health for service in status.services}
    for line, row in zip(columns(rows), rows, strict=True):
        health = healths.get(row[0])
        yield paint(line, _COLOURS[health], colour) if health else line


def verdict(status: StackStatus) -> str:
    """One line that says what the exit code says."""
    if status.unknown:
        return f"cannot tell: {'; '.join(status.unknown)}"
    if status.green:
        return "all green"
    wrong = [f"{one.name} is {one.health}" for one in status.services if one.health not in WELL]
    wrong += [
        f"target {one.job} ({one.address}) is {one.health}" for one in status.targets if one.health != "up"
    ]
    for group in status.groups:
        if group.failing:
            wrong.append(f"{group.failing} rules of {group.name} fail")
        if group.waiting:
            wrong.append(f"{group.waiting} rules of {group.name} are not evaluated yet")
    firing = [alert.name for alert in status.alerts if alert.state == "firing"]
    if firing:
        wrong.append(f"firing: {', '.join(dict.fromkeys(firing))}")
    if status.watchdog is False:
        wrong.append("the Watchdog does not fire (yet)")
    return f"not green: {'; '.join(wrong)}"


def _parts(status: StackStatus, colour: bool) -> Iterator[str]:
    yield f"mode: {status.mode}{f', scenario {status.synthetic} (synthetic)' if status.synthetic else ''}"
    yield from (f"note: {escape(note)}" for note in status.notes)
    if status.services:
        yield ""
        yield from services_table(status, colour=colour)
    if status.targets:
        yield ""
        yield from columns(
            [
                ("JOB", "TARGET", "STATE", "LAST ERROR"),
                *((one.job, one.address, one.health, one.error or "-") for one in status.targets),
            ]
        )
    if status.groups:
        yield ""
        yield from columns(
            [
                ("RULE GROUP", "RULES", "HEALTHY", "FAILING", "WAITING"),
                *(
                    (
                        group.name,
                        str(group.healthy + group.failing + group.waiting),
                        str(group.healthy),
                        str(group.failing),
                        str(group.waiting),
                    )
                    for group in status.groups
                ),
            ]
        )
        yield from (f"  {escape(error)}" for group in status.groups for error in group.errors)
    yield ""
    if status.alerts:
        now = time.time()
        yield from columns(
            [
                ("ALERT", "SEVERITY", "STATE", "SINCE", "ABOUT"),
                *(
                    (one.name, one.severity, one.state, spell_age(now - one.since), one.about)
                    for one in status.alerts
                ),
            ]
        )
        yield ""
    yield escape(verdict(status))


def _nothing(status: StackStatus) -> str:
    notes = "".join(f"note: {note}\n" for note in status.notes)
    return f"{notes}the stack does not run; start it with: genesis-mon stack up\n"
