"""``genesis-mon rollout attest``: what a person says of a criterion that nothing measures, for good."""

import time
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.commands.rollout_inputs import SpecFile, ledger_path, load_rollout
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.report.console import Console
from genesis_monitoring.rollout.collect import criteria_by_name
from genesis_monitoring.rollout.ledger import ATTESTATION, append_entry
from genesis_monitoring.rollout.window import format_iso
from genesis_monitoring.spec.rollout import ManualCriterion

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Statement:
    """Who says what of which criterion, and on what it rests."""

    criterion: str
    by: str
    evidence: str
    passed: bool


def run_attest(
    spec: SpecFile, statement: Statement, start: str | None, ledger: Path | None, console: Console
) -> ExitCode:
    """Append it. Raises UsageError for a criterion that is none or is measured, LedgerError."""
    from genesis_monitoring.words import suggest

    project = load_rollout(spec)
    known = criteria_by_name(project.plan)
    manual = [name for name, criterion in known.items() if isinstance(criterion, ManualCriterion)]
    name = statement.criterion
    if name not in known:
        raise UsageError(
            f"there is no criterion {name!r}{suggest(name, manual)}",
            f"use one of: {', '.join(manual)}" if manual else "the spec has no criterion that people attest",
        )
    if name not in manual:
        raise UsageError(
            f"{name} is measured, so nobody attests it", "see `genesis-mon rollout verdict` for how it stands"
        )
    for option, text in (("--by", statement.by), ("--evidence", statement.evidence)):
        if not text.strip() or not text.isprintable() or len(text) > _LONGEST:
            raise UsageError(f"{option} is not one line of text", f"say it in 1 to {_LONGEST} characters")
    path = ledger_path(spec, ledger)
    entry = append_entry(
        path,
        ATTESTATION,
        format_iso(project.window(start).start),
        format_iso(time.time()),
        {
            "criterion": name,
            "by": statement.by,
            "evidence": statement.evidence,
            "passed": statement.passed,
        },
    )
    word = "holds" if statement.passed else "does not hold"
    console.out(f"attest: {name} {word}, says {statement.by}; line {entry.line} of {path}")
    console.out(f"the ledger ends with {entry.digest}")
    return ExitCode.OK
