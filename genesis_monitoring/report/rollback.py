"""The rollback as a checklist: how far it is in; text, or JSON of version 1, out.

``docs/rollback.schema.json`` describes the JSON.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from genesis_monitoring.report.document import Count, Digest, MaybeText, Positive, Time, TimeText, Written
from genesis_monitoring.report.paint import BOLD, GREEN, RED, paint
from genesis_monitoring.report.text import escape
from genesis_monitoring.rollout.rollback import Rollback, Step
from genesis_monitoring.rollout.window import format_time
from genesis_monitoring.words import count


@dataclass(frozen=True, slots=True)
class Said:
    """The last word on a step."""

    by: str
    at: Time
    evidence: str
    done: bool
    """False: it was tried and did not work."""
    line: Positive
    """Of the ledger."""


@dataclass(frozen=True, slots=True)
class RollbackStep:
    """A step."""

    number: Positive
    text: str
    command: MaybeText
    """Null where the spec has none."""
    done: bool
    word: Said | None
    """Null while nobody has said anything."""


@dataclass(frozen=True, slots=True)
class RollbackDocument:
    """What `genesis-mon rollout rollback --format json` prints, version 1."""

    version: Literal[1]
    title: str
    when: str
    rollout: TimeText
    """When the rollout began."""
    next: Positive | None
    """The first step that is not done; null if all are."""
    steps: Annotated[tuple[RollbackStep, ...], Written(minItems=1)]
    outdated: Count
    """Words on steps that the spec has no more."""
    digest: Digest
    """What the ledger ends with."""


def format_rollback(rollback: Rollback, *, same: str = "", colour: bool = False) -> str:
    """A list for people, ending in a newline. ``same`` are options without which it is another rollback."""
    return "".join(f"{line}\n" for line in _lines(rollback, same, colour))


def _lines(rollback: Rollback, same: str, colour: bool) -> Iterator[str]:
    total = len(rollback.steps)
    yield paint(f"{escape(rollback.title)}: {rollback.done} of {total} steps done", BOLD, colour)
    yield f"{escape(rollback.when)}. Rollout from {rollback.rollout}"
    yield ""
    for step in rollback.steps:
        yield from _step(step, step.number == rollback.next, colour)
    yield ""
    if rollback.outdated:
        yield f"The ledger has {count(rollback.outdated, 'word')} on steps that the spec has no more"
    if rollback.next is None:
        yield "All steps are done"
    else:
        yield f"Next: genesis-mon rollout rollback {rollback.next} --by NAME --evidence TEXT{same}"
    yield f"the ledger ends with {rollback.digest}"


def _step(step: Step, is_next: bool, colour: bool) -> Iterator[str]:
    mark = paint("✓", GREEN, colour) if step.done else paint("✗", RED, colour) if step.failed else "☐"
    text = f"{step.number}. {escape(step.text)}"
    yield f"{mark} {paint(text, BOLD, colour) if is_next else text}"
    if step.command and not step.done:
        yield f"     $ {escape(step.command)}"
    if step.word is not None:
        word = "done" if step.done else "did not work"
        at = format_time(step.word.at)
        yield f"     {word}, says {escape(step.word.by)} at {at} UTC: {escape(step.word.evidence)}"
