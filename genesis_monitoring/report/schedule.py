"""The schedule of a rollout: a plan and a window in; a table out, or JSON of version 1.

``docs/rollout-plan.schema.json`` describes the JSON.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Annotated, Literal

from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.report.document import Count, MaybeText, Of, Positive, Time, Written
from genesis_monitoring.report.paint import BOLD, YELLOW, fold, fold_all, paint
from genesis_monitoring.rollout.window import Window, format_span, format_time
from genesis_monitoring.spec.teams import Contacts

_REVIEW_AT = 42
"""The column of who reviews a checkpoint."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A checkpoint. ``offset`` is in seconds from the start, ``due`` in seconds since 1970.

    A critical one has a ``title`` and somebody who reviews it.
    """

    index: int
    offset: int
    due: float
    title: str
    sign_off: bool
    reviewer: str

    @property
    def critical(self) -> bool:
        """Whether somebody reviews it."""
        return bool(self.title)


@dataclass(frozen=True, slots=True)
class Judged:
    """A criterion, and in words how it is judged."""

    section: str
    name: str
    text: str
    judged: str
    planned: tuple[str, ...]
    """Metrics that it needs and that nobody exposes yet: until then it cannot be judged."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """All checkpoints of a rollout, what is done at each, and the criteria, section by section."""

    name: str
    title: str
    window: Window
    slots: tuple[Slot, ...]
    actions: tuple[str, ...]
    criteria: tuple[Judged, ...]
    planned: str
    """What is planned, in a line; empty if nothing is."""

    @staticmethod
    def of(plan: Plan, window: Window) -> "Schedule":
        """The plan's schedule, moved to where ``window`` begins."""
        rollout = plan.rollout
        spec = plan.spec
        if rollout is None or spec.rollout is None:
            raise ValueError("there is no rollout to schedule")
        return Schedule(
            name=spec.metadata.name,
            title=spec.metadata.title,
            window=window,
            slots=tuple(
                Slot(
                    one.index,
                    one.offset,
                    window.start + one.offset,
                    one.title,
                    one.sign_off,
                    _reviewer(spec.metadata.contacts, one.sign_off) if one.title else "",
                )
                for one in rollout.checkpoints
            ),
            actions=spec.rollout.checkpoints.actions,
            criteria=tuple(
                Judged(section.title, one.name, one.text, one.judged, one.planned)
                for section in rollout.sections
                for one in section.criteria
            ),
            planned=plan.planned.line,
        )


@dataclass(frozen=True, slots=True)
class PlannedCheckpoint:
    """A checkpoint."""

    index: Positive
    due: Time
    offset_seconds: Annotated[Count, Of("offset")]
    """From the start."""
    critical: bool
    title: MaybeText
    """Null for one that is not critical."""
    sign_off: bool
    """Whether somebody puts their name on it."""
    reviewer: MaybeText


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """What `genesis-mon rollout plan --format json` prints, version 1."""

    version: Literal[1]
    name: str
    title: str
    start: Annotated[Time, Of("window.start")]
    end: Annotated[Time, Of("window.end")]
    actions: tuple[str, ...]
    """What is done at each checkpoint, in this order."""
    checkpoints: Annotated[tuple[PlannedCheckpoint, ...], Of("slots"), Written(minItems=1)]
    criteria: tuple[Judged, ...]


def format_schedule(schedule: Schedule, *, colour: bool = False, width: int = 0) -> str:
    """A table for people, ending in a newline. Critical checkpoints are marked. ``width`` 0 is no limit."""
    return "".join(f"{line}\n" for line in fold_all(_lines(schedule, colour, width), width))


def format_offset(seconds: int) -> str:
    """``T+12:13:05``."""
    return f"T+{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _lines(schedule: Schedule, colour: bool, width: int) -> Iterator[str]:
    window = schedule.window
    yield paint(schedule.title, BOLD, colour)
    if schedule.planned:
        yield from fold(paint(schedule.planned, YELLOW, colour), width)
    yield (
        f"{format_time(window.start)} to {format_time(window.end)} UTC, {format_span(window.seconds)}, "
        f"{len(schedule.slots)} checkpoints"
    )
    yield ""
    yield paint(f"  {'#':>4}  {'due (UTC)':<19}  {'offset':<11}  review", BOLD, colour)
    for slot in schedule.slots:
        review = ""
        if slot.title:
            review = f"{slot.title}: {slot.reviewer}{', signs off' if slot.sign_off else ''}"
        mark = "!" if slot.title else " "
        line = f"{mark} {slot.index:>4}  {format_time(slot.due)}  {format_offset(slot.offset):<11}  {review}"
        yield from fold(paint(line.rstrip(), BOLD, colour and bool(slot.title)), width, _REVIEW_AT)
    yield ""
    yield paint("At each checkpoint", BOLD, colour)
    for number, action in enumerate(schedule.actions, 1):
        yield from fold(f"  {number}. {action}", width, 5)
    for title, criteria in groupby(schedule.criteria, key=attrgetter("section")):
        yield ""
        yield paint(title, BOLD, colour)
        for one in criteria:
            yield from fold(f"  {one.text} ({one.name})", width)
            yield from fold(f"    {one.judged.replace('`', '')}", width)
            if one.planned:
                waits = f"○ cannot be judged while planned: {', '.join(one.planned)}"
                yield from fold(f"    {paint(waits, YELLOW, colour)}", width)


def _reviewer(contacts: Contacts, sign_off: bool) -> str:
    """Who is on call reviews; what needs a name on it, the first of the escalation chain signs."""
    who = contacts.escalation[0] if sign_off and contacts.escalation else contacts.on_call
    return f"{who.name} ({who.role})"
