"""``genesis-mon rollout watch``: keep the whole schedule, show how things stand, say the verdict."""

import math
import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from genesis_monitoring.clients.alertmanager_api import HttpAlertmanager
from genesis_monitoring.clients.http import HttpTransport
from genesis_monitoring.clients.prometheus_api import HttpPrometheus
from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.rollout_checkpoint import Servers
from genesis_monitoring.commands.rollout_inputs import (
    RolloutProject,
    SpecFile,
    begin_now,
    ledger_path,
    load_rollout,
    log_reader,
    nobody_watched,
    read_time_option,
)
from genesis_monitoring.commands.rollout_verdict import CODES, begin_record, judge_record, say_verdict
from genesis_monitoring.conventions import FASTEST
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.plan.rollback import rollback_lines
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.watch_text import Words
from genesis_monitoring.report.watch_view import LineView, TerminalView
from genesis_monitoring.rollout.collect import Moment
from genesis_monitoring.rollout.ledger import read_ledger
from genesis_monitoring.rollout.pace import Pace, rehearse
from genesis_monitoring.rollout.results import Verdict
from genesis_monitoring.rollout.taking import Book, Sources
from genesis_monitoring.rollout.watch import Watcher
from genesis_monitoring.rollout.window import format_iso


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """``start`` is a time as the user wrote it. ``speed`` above 1 makes it a rehearsal."""

    start: str | None
    speed: float
    ledger: Path | None
    ledger_digest: str | None


class WallClock:
    """See Clock."""

    def now(self) -> float:
        """See Clock."""
        return time.time()

    def wait(self, seconds: float) -> None:
        """See Clock."""
        time.sleep(seconds)


def run_watch(spec: SpecFile, servers: Servers, options: WatchOptions, console: Console) -> ExitCode:
    """The verdict's exit code. Raises UsageError, LedgerError, KeyboardInterrupt for ^C, and RefusedError
    where Prometheus refuses from the first."""
    if not 1 <= options.speed <= FASTEST or not math.isfinite(options.speed):
        raise UsageError(f"--speed is no factor: {options.speed:g}", f"use 1 to {FASTEST:g}")
    project = load_rollout(spec)
    clock = WallClock()
    links = project.plan.spec.metadata.links
    # The watcher tries again itself, and shows it.
    asked = replace(servers.prometheus.settings(links.prometheus, "--prometheus"), retries=0)
    silencer = replace(servers.alertmanager.settings(links.alertmanager, "--alertmanager"), retries=0)
    prometheus, alertmanager = HttpTransport(asked), HttpTransport(silencer)
    with tidied_up():
        book, pace = _begin(project, spec, options, clock.now())
        view = (TerminalView if console.redraws else LineView)(
            console,
            Words(
                _signing(spec, options, pace, book.path),
                project.plan.planned.line,
                rollback_lines(project.plan.spec.rollout) if project.plan.spec.rollout else (),
                {name: sli.title for name, sli in project.plan.spec.slis.items()},
            ),
        )
        sources = Sources(
            HttpPrometheus(prometheus),
            HttpAlertmanager(alertmanager),
            log_reader(project, spec, book, pace.window.start),
        )

        def judge_now() -> Verdict:
            # What the user gave has been left behind by what was written since.
            record = begin_record(project, pace, book.read(), Moment(None, clock.now()), proven=False)
            return judge_record(
                prometheus, project, replace(record, remarks=(*_caveat(pace), *record.remarks))
            )

        try:
            plan = project.begun(pace.window.start).plan
            verdict = Watcher(plan, pace, book, sources, judge_now, view, clock).run()
        except KeyboardInterrupt:
            view.close()
            console.err("watch: stopped; what is recorded stays, and the same command resumes it")
            raise
        finally:
            view.close()
            prometheus.close()
            alertmanager.close()
    say_verdict(verdict, project, "text", console)
    return CODES[verdict.outcome]


def _begin(project: RolloutProject, spec: SpecFile, options: WatchOptions, now: float) -> tuple[Book, Pace]:
    path = ledger_path(spec, options.ledger)
    if options.ledger_digest is not None:
        read_ledger(path, options.ledger_digest)
    pace = project.pace(None if options.speed != 1 else options.start, options.speed)
    if pace.rehearsed:
        start = None if options.start is None else read_time_option(options.start, "--start")
        pace = rehearse(path, pace, start, now)
        return Book(path, pace.rollout), pace
    book = Book(path, pace.rollout)
    nobody = nobody_watched(pace, path, now)
    if nobody:
        raise UsageError(
            nobody, f"{begin_now('watch', spec, now)}; `genesis-mon rollout verdict` judges what is over"
        )
    return book, pace


def _caveat(pace: Pace) -> tuple[str, ...]:
    if not pace.rehearsed:
        return ()
    measured = f"{pace.end - pace.window.start:.0f} s of true time"
    return (
        f"this was a rehearsal at speed {pace.speed:g}: {measured} were measured, so it cannot be GO, and it "
        "is no proof of a rollout",
    )


def _signing(spec: SpecFile, options: WatchOptions, pace: Pace, ledger: Path) -> Callable[[int], str]:
    more = [*spec.options]
    if options.start is not None:
        more += ["--start", format_iso(pace.window.start)]
    if options.ledger is not None:
        more += ["--ledger", str(ledger)]
    tail = f" {shlex.join(more)}" if more and not pace.rehearsed else ""
    before = "a person would sign it off by" if pace.rehearsed else "a person has to sign it off:"

    def words(index: int) -> str:
        return f"{before} genesis-mon rollout checkpoint {index} --sign-off NAME{tail}"

    return words
