"""``genesis-mon rollout rollback``: the steps, who did which, and what is next."""

import shlex
import time
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.commands.rollout_inputs import SpecFile, ledger_path, load_rollout
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.document import document_json
from genesis_monitoring.report.rollback import RollbackDocument, format_rollback
from genesis_monitoring.rollout.ledger import append_entry, read_ledger
from genesis_monitoring.rollout.rollback import ROLLBACK, Rollback, read_rollback
from genesis_monitoring.rollout.window import format_iso
from genesis_monitoring.spec.rollout import Rollout

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Done:
    """What the user says of which step; without a step it is only shown how far the rollback is."""

    step: int | None
    by: str | None
    evidence: str | None
    failed: bool


def run_rollback(
    spec: SpecFile, done: Done, start: str | None, ledger: Path | None, console: Console, *, format_: str
) -> ExitCode:
    """OK if all steps are done, FINDINGS if one did not work, HOLD while some are left.

    Raises UsageError for a step that is none, LedgerError.
    """
    project = load_rollout(spec)
    rollout = project.plan.spec.rollout
    if rollout is None:
        raise AssertionError("load_rollout lets no spec without a rollout pass")
    begun = format_iso(project.window(start).start)
    path = ledger_path(spec, ledger)
    read_ledger(path)
    _write_down(rollout, done, path, begun)
    rollback = read_rollback(rollout, read_ledger(path), begun)
    if format_ == "json":
        console.data(document_json(RollbackDocument, rollback))
    else:
        given = {"--start": start, "--ledger": ledger}
        named = (
            part for option, value in given.items() if value is not None for part in (option, str(value))
        )
        same = "".join(f" {shlex.quote(part)}" for part in (*named, *spec.options))
        console.write(format_rollback(rollback, same=same, colour=console.colour))
    return _code(rollback)


def _code(rollback: Rollback) -> ExitCode:
    if any(step.failed for step in rollback.steps):
        return ExitCode.FINDINGS
    return ExitCode.OK if rollback.next is None else ExitCode.HOLD


def _write_down(rollout: Rollout, done: Done, path: Path, begun: str) -> None:
    steps = rollout.rollback.steps
    if done.step is None:
        if done.by is not None or done.evidence is not None or done.failed:
            raise UsageError("it is not said which step is done", f"name it: 1 to {len(steps)}")
        return
    if not 1 <= done.step <= len(steps):
        raise UsageError(f"there is no step {done.step}", f"use 1 to {len(steps)}")
    for option, text in (("--by", done.by), ("--evidence", done.evidence)):
        if text is None:
            raise UsageError(f"{option} is missing", "say who did the step, and on what that rests")
        if not text.strip() or not text.isprintable() or len(text) > _LONGEST:
            raise UsageError(f"{option} is not one line of text", f"say it in 1 to {_LONGEST} characters")
    data = {
        "step": done.step,
        "text": steps[done.step - 1].text,
        "by": done.by,
        "evidence": done.evidence,
        "done": not done.failed,
    }
    append_entry(path, ROLLBACK, begun, format_iso(time.time()), data)
