"""``genesis-mon rollout verdict``: read what was measured, judge it, say GO, NO-GO or HOLD and why."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

from genesis_monitoring.clients.http import HttpTransport, Transport
from genesis_monitoring.clients.prometheus_api import HttpPrometheus
from genesis_monitoring.clients.recorded import Recorder, Replay
from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.rollout_inputs import (
    RolloutProject,
    ServerOptions,
    SpecFile,
    check_output,
    ledger_path,
    load_rollout,
    read_time_option,
)
from genesis_monitoring.commands.rollout_post import Place, Posting, Subject, place_for, post
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.rollback import rollback_lines
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.document import document_json
from genesis_monitoring.report.post import Payload, verdict_post
from genesis_monitoring.report.verdict_json import VerdictDocument
from genesis_monitoring.report.verdict_terminal import format_verdict
from genesis_monitoring.rollout.collect import Moment, collect
from genesis_monitoring.rollout.evidence import Evidence
from genesis_monitoring.rollout.judge import judge
from genesis_monitoring.rollout.ledger import Ledger, LedgerError, attestations, read_ledger, require_digest
from genesis_monitoring.rollout.pace import Pace
from genesis_monitoring.rollout.record import Record, read_record, write_record
from genesis_monitoring.rollout.results import Outcome, Verdict
from genesis_monitoring.rollout.signing import ledger_state
from genesis_monitoring.rollout.taking import attendance
from genesis_monitoring.rollout.window import format_iso

CODES = {Outcome.GO: ExitCode.OK, Outcome.NO_GO: ExitCode.FINDINGS, Outcome.HOLD: ExitCode.HOLD}


@dataclass(frozen=True, slots=True)
class Evidences:
    """Which evidence is wanted, as the user said it.

    ``start`` and ``at`` are times as written. None stands for the default: the spec's start, now.
    """

    start: str | None
    at: str | None
    replay: Path | None
    ledger: Path | None
    ledger_digest: str | None


def run_verdict(
    spec: SpecFile,
    server: ServerOptions,
    wanted: Evidences,
    console: Console,
    *,
    format_: str,
    record_to: Path | None,
    posting: Posting,
    everything: bool = False,
) -> ExitCode:
    """Print the verdict. Raises CouldNotTellError (ServerError, LedgerError) where there is none."""
    if posting.mode != "no" and wanted.replay is not None:
        raise UsageError("--replay judges without any server, and a post needs one", "leave --post out")
    if record_to is not None:
        check_output(record_to, "--record")
    project = load_rollout(spec)
    place = None if posting.mode == "no" else place_for(project, spec, "verdict")
    record, transport = begin(project, spec, server, wanted)
    recorder = Recorder(transport)
    with console.progress(f"verdict: asking {transport.url}"), tidied_up():
        try:
            verdict = judge_record(recorder, project, record)
        finally:
            transport.close()
        if record_to is not None:
            write_record(record_to, replace(record, url=transport.url, exchanges=recorder.exchanges))
    if posting.mode != "dry":
        say_verdict(verdict, project, format_, console, everything=everything)
    if place is not None:
        _post(posting, place, verdict, project, ledger_path(spec, wanted.ledger), console)
    return CODES[verdict.outcome]


def _post(
    posting: Posting, place: Place, verdict: Verdict, project: RolloutProject, ledger: Path, console: Console
) -> None:
    """A verdict is another one when it changes, or becomes the last one."""
    key = {"what": "verdict", "verdict": str(verdict.outcome), "over": verdict.over}
    subject = Subject(f"the verdict {verdict.outcome}", key, ledger, format_iso(verdict.window.start))
    metadata = project.plan.spec.metadata

    def payload(channel: str) -> Payload:
        steps = next_steps(project.plan, verdict)
        return verdict_post(verdict, metadata.title, metadata.links.grafana, channel, steps)

    post(posting, place, subject, payload, console)


def next_steps(plan: Plan, verdict: Verdict) -> tuple[str, ...]:
    """What is to be done after a GO or a NO-GO, step by step; nothing after a HOLD."""
    rollout = plan.spec.rollout
    if rollout is None or verdict.outcome is Outcome.HOLD:
        return ()
    return rollout.after.steps if verdict.outcome is Outcome.GO else rollback_lines(rollout)


def begin_record(
    project: RolloutProject, pace: Pace, ledger: Ledger, moment: Moment, *, proven: bool
) -> Record:
    """Without the answers. What people attested counts for this rollout alone, and for no rehearsal.

    ``proven``: the ledger ends with the digest that the user gave.
    """
    until = moment.clock if moment.asked is None else moment.asked
    return Record(
        project.digest,
        "",
        pace.window,
        moment,
        attestations(ledger, pace.rollout),
        ledger_state(ledger, pace.rollout, proven=proven),
        (),
        tuple(attendance(ledger, pace, project.plan, until)),
    )


def begin(
    project: RolloutProject, spec: SpecFile, server: ServerOptions, wanted: Evidences
) -> tuple[Record, Transport]:
    """What a verdict needs besides the answers (times, and what people attested), and who answers."""
    if wanted.replay is not None:
        record = _replayed(wanted, wanted.replay)
        return record, Replay(record.url, record.exchanges)
    ledger = read_ledger(ledger_path(spec, wanted.ledger), wanted.ledger_digest)
    return _asking(ledger, project, server, wanted)


def begin_with(
    ledger: Ledger, project: RolloutProject, spec: SpecFile, server: ServerOptions, wanted: Evidences
) -> tuple[Record, Transport]:
    """As ``begin``, with a ledger that has been read. With a record too, what people wrote since counts.

    Raises LedgerError for a ledger that is not the record's, gone on or not.
    """
    if wanted.replay is None:
        return _asking(ledger, project, server, wanted)
    record, transport = begin(project, spec, server, replace(wanted, ledger=None, ledger_digest=None))
    if not ledger.lines:
        return record, transport
    known = record.ledger
    if known.lines and known.digest not in ledger.digests:
        raise LedgerError(
            f"the ledger does not hold line {known.lines} of the one that the record was made with",
            "name that one, or what became of it since, with --ledger",
        )
    rollout = format_iso(record.window.start)
    state = ledger_state(ledger, rollout, proven=wanted.ledger_digest is not None)
    return replace(record, attestations=attestations(ledger, rollout), ledger=state), transport


def _asking(
    ledger: Ledger, project: RolloutProject, server: ServerOptions, wanted: Evidences
) -> tuple[Record, Transport]:
    asked = None if wanted.at is None else read_time_option(wanted.at, "--at")
    record = begin_record(
        project,
        project.pace(wanted.start),
        ledger,
        Moment(asked, time.time()),
        proven=wanted.ledger_digest is not None,
    )
    settings = server.settings(project.plan.spec.metadata.links.prometheus, "--prometheus")
    return record, HttpTransport(settings)


def judge_record(transport: Transport, project: RolloutProject, record: Record) -> Verdict:
    """What ``transport`` answers, judged with what is in ``record``. Raises as ``gather`` does."""
    return judge(gather(transport, project, record), project.plan)


def gather(transport: Transport, project: RolloutProject, record: Record) -> Evidence:
    """Ask for all that is judged. Raises ServerError, CouldNotTellError, UsageError."""
    reader = HttpPrometheus(transport)
    evidence = collect(reader, project.plan, record.window, record.moment, record.attestations)
    remarks = [*evidence.remarks, *record.remarks]
    if record.spec != project.digest:
        remarks.append("the record was made with another slo.yaml; it is judged by the present one")
    return replace(evidence, remarks=tuple(remarks), ledger=record.ledger)


def _replayed(wanted: Evidences, path: Path) -> Record:
    for given, name in ((wanted.start, "--start"), (wanted.at, "--at"), (wanted.ledger, "--ledger")):
        if given is not None:
            raise UsageError(f"--replay has its own {name}", f"leave {name} out")
    record = read_record(path)
    if wanted.ledger_digest is None:
        return record
    require_digest(record.ledger.digest, wanted.ledger_digest, f"the ledger of {path}")
    return replace(record, ledger=replace(record.ledger, proven=True))


def say_verdict(
    verdict: Verdict, project: RolloutProject, format_: str, console: Console, *, everything: bool = False
) -> None:
    """Print it; as text what does not pass, or ``everything``."""
    rollout = project.plan.spec.rollout
    if format_ == "json" or rollout is None:
        console.data(document_json(VerdictDocument, verdict))
        return
    console.write(
        format_verdict(
            verdict,
            next_steps=next_steps(project.plan, verdict),
            planned=project.plan.planned.line,
            everything=everything,
            colour=console.colour,
            width=console.width,
        )
    )
