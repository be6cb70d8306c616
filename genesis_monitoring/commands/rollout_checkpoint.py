"""``genesis-mon rollout checkpoint``: do the actions of a checkpoint, and write down what was found, once."""

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from genesis_monitoring.clients.alertmanager_api import HttpAlertmanager
from genesis_monitoring.clients.http import HttpTransport
from genesis_monitoring.clients.prometheus_api import HttpPrometheus
from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.rollout_inputs import (
    RolloutProject,
    ServerOptions,
    SpecFile,
    begin_now,
    ledger_path,
    load_rollout,
    log_reader,
    nobody_watched,
    read_time_option,
)
from genesis_monitoring.commands.rollout_post import Posting, Subject, place_for, post
from genesis_monitoring.errors import CouldNotTellError, ExitCode, UsageError
from genesis_monitoring.report.checkpoint_json import CheckpointDocument
from genesis_monitoring.report.checkpoint_text import Review, format_checkpoint
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.document import document_json
from genesis_monitoring.report.post import checkpoint_post
from genesis_monitoring.report.schedule import Schedule, Slot
from genesis_monitoring.rollout.checkpoint import (
    KIND,
    NOTE,
    SIGN_OFF,
    Due,
    missed_before,
    read_checkpoint,
)
from genesis_monitoring.rollout.ledger import Entry, Ledger, append_entry, read_ledger
from genesis_monitoring.rollout.taking import Book, Sources, take_once
from genesis_monitoring.rollout.window import format_iso, format_time
from genesis_monitoring.slis.standing import LEVELS

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class CheckpointOptions:
    """``index`` or ``at`` name the checkpoint; without either it is the latest that is due."""

    index: int | None
    at: str | None
    start: str | None
    note: str | None
    sign_off: str | None
    ledger: Path | None
    format: str
    posting: Posting


@dataclass(frozen=True, slots=True)
class Servers:
    """Where Prometheus and Alertmanager are."""

    prometheus: ServerOptions
    alertmanager: ServerOptions


def run_checkpoint(
    spec: SpecFile, servers: Servers, options: CheckpointOptions, console: Console
) -> ExitCode:
    """0 if nothing deviates, 1 if an SLI does or an alert fires, 4 if something waits for a person.

    A person has to look at what has no data, at errors in the logs, at logs that could not be looked at, and
    to sign off.
    """
    project = load_rollout(spec)
    posting = options.posting
    place = None if posting.mode == "no" else place_for(project, spec, "checkpoints")
    window = project.window(options.start)
    schedule = Schedule.of(project.plan, window)
    now = time.time()
    path = ledger_path(spec, options.ledger)
    pace = project.pace(options.start)
    if (options.index, options.at, options.start) == (None, None, None):
        nobody = nobody_watched(pace, path, now)
        if nobody:
            last = f"the last of it is taken with: genesis-mon rollout checkpoint {pace.count}"
            raise UsageError(nobody, f"{begin_now('watch', spec, now)}; {last}")
    slot = _slot(schedule, options, now)
    _check_texts(slot, options)
    rollout = pace.rollout
    due = Due(slot.index, slot.due, now, pace.spacing)
    with console.progress(f"checkpoint {slot.index}"), tidied_up():
        entry, fresh = _take(
            project.begun(window.start), spec, servers, Book(path, rollout), due, window.start
        )
        _say_more(path, rollout, slot, options, now)
    ledger = read_ledger(path)
    checkpoint = read_checkpoint(entry.data)
    review = Review(
        checkpoint=checkpoint,
        schedule=schedule,
        slot=slot,
        dashboard=project.plan.spec.metadata.links.grafana,
        missed=missed_before(ledger.of(rollout, KIND), slot.index),
        line=entry.line,
        fresh=fresh,
        digest=ledger.digest,
        notes=_said(ledger, rollout, NOTE, slot.index),
        signed=_said(ledger, rollout, SIGN_OFF, slot.index),
        planned=project.plan.planned.line,
        titles={name: sli.title for name, sli in project.plan.spec.slis.items()},
        limits={
            (name, level): str(condition)
            for name, sli in project.plan.spec.slis.items()
            for level in LEVELS
            if (condition := sli.beyond(level)) is not None
        },
    )
    if options.format == "json" and posting.mode != "dry":
        console.data(document_json(CheckpointDocument, review))
    elif posting.mode != "dry":
        console.write(format_checkpoint(review, colour=console.colour, width=console.width))
    if place is not None:
        key = {"what": "checkpoint", "index": slot.index}
        subject = Subject(f"checkpoint {slot.index}", key, path, rollout)
        post(posting, place, subject, partial(checkpoint_post, review), console)
    if checkpoint.deviating or checkpoint.firing:
        return ExitCode.FINDINGS
    return ExitCode.HOLD if checkpoint.needs_a_look or review.unsigned else ExitCode.OK


def _slot(schedule: Schedule, options: CheckpointOptions, now: float) -> Slot:
    slots = schedule.slots
    if options.index is not None and options.at is not None:
        raise UsageError("a checkpoint is named by its number or by --at, not by both", "leave one out")
    if options.index is not None:
        if not 1 <= options.index <= len(slots):
            raise UsageError(f"there is no checkpoint {options.index}", f"use 1 to {len(slots)}")
        slot = slots[options.index - 1]
        if slot.due > now:
            raise UsageError(
                f"checkpoint {slot.index} is due at {format_time(slot.due)} UTC, which is still to come",
                "wait until then; `genesis-mon rollout plan` shows them all",
            )
        return slot
    until = now if options.at is None else min(now, read_time_option(options.at, "--at"))
    due = [slot for slot in slots if slot.due <= until]
    if not due:
        raise CouldNotTellError(
            f"no checkpoint is due yet: the first is at {format_time(slots[0].due)} UTC",
            "wait until then, or give the true start with --start",
        )
    return due[-1]


def _check_texts(slot: Slot, options: CheckpointOptions) -> None:
    for option, text in (("--note", options.note), ("--sign-off", options.sign_off)):
        if text is not None and (not text.strip() or not text.isprintable() or len(text) > _LONGEST):
            raise UsageError(f"{option} is not one line of text", f"say it in 1 to {_LONGEST} characters")
    if options.sign_off is not None and not slot.title:
        raise UsageError(
            f"checkpoint {slot.index} is not critical, so nobody signs it off", "leave --sign-off out"
        )


def _take(
    project: RolloutProject, spec: SpecFile, servers: Servers, book: Book, due: Due, begin: float
) -> tuple[Entry, bool]:
    links = project.plan.spec.metadata.links
    prometheus = HttpTransport(servers.prometheus.settings(links.prometheus, "--prometheus"))
    alertmanager = HttpTransport(servers.alertmanager.settings(links.alertmanager, "--alertmanager"))
    try:
        sources = Sources(
            HttpPrometheus(prometheus),
            HttpAlertmanager(alertmanager),
            log_reader(project, spec, book, begin),
        )
        return take_once(book, project.plan, sources, due)
    finally:
        prometheus.close()
        alertmanager.close()


def _say_more(path: Path, rollout: str, slot: Slot, options: CheckpointOptions, now: float) -> None:
    """A note or a sign-off that is there already is not written again."""
    for kind, text in ((NOTE, options.note), (SIGN_OFF, options.sign_off)):
        if text is not None:
            data = {"index": slot.index, "text": text}

            def there(ledger: Ledger, kind: str = kind, data: dict[str, object] = data) -> Entry | None:
                return next((one for one in ledger.of(rollout, kind) if one.data == data), None)

            append_entry(path, kind, rollout, format_iso(now), data, unless=there)


def _said(ledger: Ledger, rollout: str, kind: str, index: int) -> tuple[str, ...]:
    return tuple(str(e.data["text"]) for e in ledger.of(rollout, kind) if e.data.get("index") == index)
