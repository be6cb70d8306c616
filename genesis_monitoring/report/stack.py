"""A stack's status as text and JSON: typed status in, what a person or a script reads out."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from genesis_monitoring.report.border import escape
from genesis_monitoring.report.paint import (
    CYAN,
    GREEN,
    RED,
    YELLOW,
    columns,
    cut,
    fold,
    fold_all,
    paint,
    seen,
)
from genesis_monitoring.slis.standing import GOOD, LEVELS, NO_DATA, PLANNED
from genesis_monitoring.stack.status import WELL, AlertStatus, Health, StackStatus, spell_age
from genesis_monitoring.words import count

_LEVEL_COLOURS = {GOOD: GREEN, NO_DATA: YELLOW}
_TITLE_WIDTH, _WIDE = 30, 100
"""How long a title may be, in a terminal that is no wider."""
_COLOURS: dict[Health, str] = {
    "healthy": GREEN,
    "running": GREEN,
    "starting": YELLOW,
    "unhealthy": RED,
    "unknown": YELLOW,
}


def status_text(status: StackStatus, *, colour: bool, width: int = 0, environment: str | None = None) -> str:
    """Whether all is green, what is wrong first, all values, and again whether all is green.

    ``width`` is that of a terminal, 0 for no limit.
    """
    if not status.services and not status.unknown:
        return _nothing(status, environment)
    told = paint(escape(verdict(status)), GREEN if status.green else RED, colour)
    parts = sorted(_parts(status, colour, width), key=lambda part: not part.wrong)
    lines = [*fold(told, width), *fold_all(_heading(status, colour), width)]
    for part in parts:
        lines += ["", *part.lines]
    return "\n".join((*lines, "", *fold(told, width), ""))


def services_table(status: StackStatus, *, colour: bool, width: int = 0) -> Iterator[str]:
    """NAME, STATUS, HEALTH, PORTS and the link; a service is a line, or more where there is no room."""
    ordered = sorted(status.services, key=lambda one: one.health in WELL)
    rows = [("NAME", "STATUS", "HEALTH", "PORTS", "LINK")]
    rows += [
        (service.name, service.status, str(service.health), ", ".join(service.ports), service.link)
        for service in ordered
    ]
    rows += [(one.name, "Left out", "-", "-", one.why) for one in status.absent]
    healths = {service.name: service.health for service in ordered}
    for text, row in zip(columns(rows, width), rows, strict=True):
        health = healths.get(row[0])
        for line in text.split("\n"):
            yield paint(line, _COLOURS[health], colour) if health else line


def verdict(status: StackStatus) -> str:
    """One line that says what the exit code says."""
    if status.unknown:
        return f"cannot tell: {'; '.join(status.unknown)}"
    if status.green:
        return "all green"
    wrong = [f"{one.name} is {one.health}" for one in status.services if one.health not in WELL]
    wrong += [f"target {one.job} ({one.address}) is {one.health}" for one in status.targets if not one.well]
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


@dataclass(frozen=True, slots=True)
class _Part:
    """A table, and whether there is something wrong in it."""

    wrong: bool
    lines: tuple[str, ...]


def _heading(status: StackStatus, colour: bool) -> Iterator[str]:
    unseen = any(one.planned for one in status.targets) or any(one.level == PLANNED for one in status.values)
    if status.planned and unseen:
        yield paint(escape(status.planned), YELLOW, colour)
    yield f"mode: {status.mode}{f', scenario {status.synthetic} (synthetic)' if status.synthetic else ''}"
    yield from (f"note: {escape(note)}" for note in status.notes)


def _parts(status: StackStatus, colour: bool, width: int) -> Iterator[_Part]:
    """In the order of how often they are asked for."""
    if status.alerts:
        yield _alerts(status, colour, width)
    if status.values:
        yield _values(status, colour, width)
    if status.services:
        wrong = any(one.health not in WELL for one in status.services)
        yield _Part(wrong, tuple(services_table(status, colour=colour, width=width)))
    if status.targets:
        yield _targets(status, colour, width)
    if status.groups:
        yield _groups(status, width)


def _alerts(status: StackStatus, colour: bool, width: int) -> _Part:
    now = time.time()
    ordered = sorted(status.alerts, key=lambda one: (one.state != "firing", one.severity, one.name))
    groups = [
        list(found) for _, found in groupby(ordered, key=lambda one: (one.name, one.severity, one.state))
    ]
    rows = [("ALERT", "SEVERITY", "STATE", "SINCE", "VALUE")]
    rows += [
        (
            alerts[0].name,
            alerts[0].severity,
            alerts[0].state,
            spell_age(now - min(one.since for one in alerts)),
            _told(alerts),
        )
        for alerts in groups
    ]
    styles = ["", *(RED if alerts[0].state == "firing" else YELLOW for alerts in groups)]
    firing = any(one.state == "firing" for one in ordered)
    return _Part(firing, _table(rows, styles, colour, width))


def _told(alerts: Sequence[AlertStatus]) -> str:
    """What alerts of one name are about, and how far it is."""
    told = [
        ", ".join(filter(None, (f"{one.value} (fires if {one.limit})" if one.value else "", one.about)))
        for one in alerts
    ]
    return "; ".join(filter(None, told)) if len(told) == 1 else f"{len(told)} of them: {'; '.join(told)}"


def _values(status: StackStatus, colour: bool, width: int) -> _Part:
    order = (*LEVELS, NO_DATA, GOOD)
    told = [one for one in status.values if one.level in order]
    told.sort(key=lambda one: order.index(one.level))
    room = _TITLE_WIDTH if width and width < _WIDE else max((seen(one.title) for one in told), default=0)
    rows = [("STATE", "SLI", "VALUE", "WANTED")]
    rows += [
        (
            one.level,
            cut(one.title, room),
            one.value or "-",
            one.asked,
        )
        for one in told
    ]
    styles = ["", *(_LEVEL_COLOURS.get(one.level, RED) for one in told)]
    lines = _table(rows, styles, colour, width)
    planned = [one.title for one in status.values if one.level == PLANNED]
    if planned:
        lines = (*lines, *fold(f"planned: {escape(', '.join(planned))}", width))
    return _Part(any(one.level in LEVELS for one in told), lines)


def _targets(status: StackStatus, colour: bool, width: int) -> _Part:
    ordered = sorted(status.targets, key=lambda one: (one.well, one.planned))
    rows = [("JOB", "TARGET", "STATE", "LAST ERROR")]
    rows += [
        (one.job, one.address, PLANNED if one.planned else one.health, one.error or "-") for one in ordered
    ]
    styles = ["", *("" if one.health == "up" else CYAN if one.planned else RED for one in ordered)]
    return _Part(not all(one.well for one in ordered), _table(rows, styles, colour, width))


def _groups(status: StackStatus, width: int) -> _Part:
    odd = [group for group in status.groups if group.failing or group.waiting]
    rules = sum(group.healthy + group.failing + group.waiting for group in status.groups)
    if not odd:
        return _Part(False, (f"rules: {rules} in {count(len(status.groups), 'group')}, all healthy",))
    rows = [("RULE GROUP", "RULES", "HEALTHY", "FAILING", "WAITING")]
    rows += [
        (
            group.name,
            str(group.healthy + group.failing + group.waiting),
            str(group.healthy),
            str(group.failing),
            str(group.waiting),
        )
        for group in sorted(status.groups, key=lambda one: (not one.failing, not one.waiting))
    ]
    errors = (f"  {escape(error)}" for group in status.groups for error in group.errors)
    return _Part(True, (*_table(rows, [""] * len(rows), False, width), *fold_all(errors, width)))


def _table(rows: Sequence[Sequence[str]], styles: Sequence[str], colour: bool, width: int) -> tuple[str, ...]:
    return tuple(
        paint(line, style, colour) if style else line
        for text, style in zip(columns(rows, width), styles, strict=True)
        for line in text.split("\n")
    )


def _nothing(status: StackStatus, environment: str | None) -> str:
    more = "" if environment is None else f" --env {environment}"
    notes = "".join(f"note: {note}\n" for note in status.notes)
    return f"{notes}the stack does not run; start it with: genesis-mon stack up{more}\n"
