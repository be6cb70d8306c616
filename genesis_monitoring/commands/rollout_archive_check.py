"""``genesis-mon rollout archive --check``: is an archive whole, and does it still come to its verdict?"""

import hashlib
from importlib.metadata import version
from pathlib import Path

from genesis_monitoring.clients.recorded import Replay
from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.rollout_archive import EVIDENCE, FACTS, LEDGER, REPORTS, SPEC, VERDICT
from genesis_monitoring.commands.rollout_inputs import SpecFile, load_rollout, spec_digest
from genesis_monitoring.commands.rollout_verdict import judge_record
from genesis_monitoring.errors import CouldNotTellError, ExitCode, GenesisMonError
from genesis_monitoring.report.archive_json import ArchiveFacts, read_archive_json
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.document import document_json
from genesis_monitoring.report.text import escape
from genesis_monitoring.report.verdict_json import VerdictDocument
from genesis_monitoring.rollout.ledger import LedgerError, parse_ledger
from genesis_monitoring.rollout.record import read_record
from genesis_monitoring.spec.includes import load_with_included
from genesis_monitoring.spec.source import SpecError
from genesis_monitoring.tree.bundle import SUMS, check_bundle
from genesis_monitoring.words import count

_NEEDED = (FACTS, SPEC, EVIDENCE, VERDICT, *(name for name, _ in REPORTS))


def run_archive_check(folder: Path, console: Console) -> ExitCode:
    """0 if it is whole and says the same, 1 with a line for each fault.

    Raises CouldNotTellError for what is no archive, or is judged otherwise by another version.
    """
    with console.progress(f"archive --check {folder}"), tidied_up():
        faults = check_bundle(folder)
        if not faults:
            faults = tuple(f"{name}: is missing" for name in _NEEDED if not (folder / name).is_file())
        if not faults:
            facts = _facts(folder)
            faults = (*_spec_faults(folder, facts), *_ledger_faults(folder, facts))
            # By another spec the evidence would be judged, but not as it was.
            faults = faults or _verdict_faults(folder, facts)
    for fault in faults:
        console.err(f"{folder}/{escape(fault)}")
    if faults:
        console.err(f"archive --check: {count(len(faults), 'fault')}; take a copy that is whole")
        return ExitCode.FINDINGS
    console.out(f"archive --check: {folder} is whole, and judged again it is {facts.verdict}, {facts.reason}")
    digest = hashlib.sha256((folder / SUMS).read_bytes()).hexdigest()
    console.out(f"sha256 of its {SUMS}: {digest}")
    return ExitCode.OK


def _facts(folder: Path) -> ArchiveFacts:
    try:
        return read_archive_json((folder / FACTS).read_bytes())
    except ValueError as error:
        raise CouldNotTellError(
            f"{folder / FACTS} is none that this genesis-mon reads: {error}", "check it with a later version"
        ) from None


def _spec_faults(folder: Path, facts: ArchiveFacts) -> tuple[str, ...]:
    try:
        digest = spec_digest(load_with_included(folder / SPEC), facts.environment)
    except SpecError as error:
        return (f"{SPEC}: cannot be read: {error.findings[0].message}",)
    return () if facts.spec == digest else (f"{SPEC}: is not the spec of which {FACTS} speaks",)


def _ledger_faults(folder: Path, facts: ArchiveFacts) -> tuple[str, ...]:
    path = folder / LEDGER
    if facts.ledger is None:
        return ()
    try:
        chain = parse_ledger(path.read_bytes(), LEDGER)
    except FileNotFoundError:
        return (f"{LEDGER}: is missing",)
    except LedgerError as error:
        return (error.message,)
    return () if chain.digest == facts.ledger else (f"{LEDGER}: does not end as {FACTS} says",)


def _verdict_faults(folder: Path, facts: ArchiveFacts) -> tuple[str, ...]:
    """What is wrong with the verdict, judged again by what is in the archive and nothing else."""
    here = version("genesis-mon")
    other = f"it was made by genesis-mon {facts.tool}, and this is {here}"
    try:
        project = load_rollout(SpecFile(folder / SPEC, facts.environment))
        record = read_record(folder / EVIDENCE)
        verdict = judge_record(Replay(record.url, record.exchanges), project, record)
    except GenesisMonError as error:
        message = error.findings[0].message if isinstance(error, SpecError) else error.message
        raise CouldNotTellError(f"{folder} cannot be judged again: {message}", other) from None
    faults = []
    if document_json(VerdictDocument, verdict).encode() != (folder / VERDICT).read_bytes():
        faults.append(f"{VERDICT}: judged again it is {verdict.outcome}, with other words")
    if str(verdict.outcome) != facts.verdict:
        faults.append(f"{FACTS}: says {facts.verdict}, and judged again it is {verdict.outcome}")
    if faults and here != facts.tool:
        raise CouldNotTellError(f"{folder} is judged otherwise: {faults[0]}", f"{other}; check it with that")
    return tuple(faults)
