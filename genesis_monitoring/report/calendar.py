"""A schedule in, an iCalendar file (RFC 5545) out: an event a checkpoint, an alarm for the critical ones."""

from datetime import UTC, datetime, timedelta

from genesis_monitoring.extras import need
from genesis_monitoring.report.schedule import Schedule, Slot, format_offset

_LENGTH = timedelta(minutes=15)
_AHEAD = timedelta(minutes=10)


def format_calendar(schedule: Schedule) -> str:
    """The file, with CRLF line ends. Times are in UTC; the same schedule gives the same bytes.

    Raises UsageError where icalendar is not installed.
    """
    need("a calendar", "icalendar")
    from icalendar import Alarm, Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//genesis-mon//rollout//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for slot in schedule.slots:
        event = Event()
        begin = datetime.fromtimestamp(slot.due, UTC)
        event.add("uid", f"{schedule.name}-{int(schedule.window.start)}-{slot.index}@genesis-mon")
        # When the event was written: the start of the rollout, so that no clock gets into the file.
        event.add("dtstamp", datetime.fromtimestamp(schedule.window.start, UTC))
        event.add("dtstart", begin)
        event.add("dtend", begin + _LENGTH)
        event.add("summary", _summary(slot, len(schedule.slots)))
        event.add("description", _description(schedule, slot))
        event.add("categories", ["critical" if slot.title else "checkpoint"])
        event.add("priority", 1 if slot.title else 5)
        if slot.title:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", _summary(slot, len(schedule.slots)))
            alarm.add("trigger", -_AHEAD)
            event.add_component(alarm)
        calendar.add_component(event)
    text: str = calendar.to_ical().decode("utf-8")
    return text


def _summary(slot: Slot, total: int) -> str:
    name = f"Checkpoint {slot.index} of {total}"
    return f"CRITICAL {name}: {slot.title}" if slot.title else name


def _description(schedule: Schedule, slot: Slot) -> str:
    lines = [schedule.title, format_offset(slot.offset), *schedule.actions]
    if slot.title:
        lines.append(f"Review: {slot.reviewer}{', with a sign-off' if slot.sign_off else ''}")
    return "\n".join(lines)
