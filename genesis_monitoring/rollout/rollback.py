"""How far a rollback is: the steps of the spec and the ledger in, what is done and what is next out."""

from dataclasses import dataclass

from genesis_monitoring.rollout.ledger import Entry, Ledger
from genesis_monitoring.spec.rollout import Rollout
from genesis_monitoring.times import parse_time

ROLLBACK = "rollback"
"""The kind of its entries in the ledger."""


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody said of a step, when (seconds since 1970), and on what it rests."""

    by: str
    at: float
    evidence: str
    done: bool
    line: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step, and the last word on it; none while nobody has said anything."""

    number: int
    text: str
    command: str
    word: Word | None

    @property
    def done(self) -> bool:
        """Whether somebody said that it is done, and did not take it back."""
        return self.word is not None and self.word.done

    @property
    def failed(self) -> bool:
        """Whether the last word is that it did not work."""
        return self.word is not None and not self.word.done


@dataclass(frozen=True, slots=True)
class Rollback:
    """The checklist as it stands. ``rollout`` is the start of the rollout; ``digest`` ends the ledger.

    ``outdated`` are words on steps that the spec has no more, or has in other words.
    """

    title: str
    when: str
    rollout: str
    steps: tuple[Step, ...]
    outdated: int
    digest: str

    @property
    def next(self) -> int | None:
        """The number of the first step that is not done; None if all are."""
        return next((step.number for step in self.steps if not step.done), None)

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.done for step in self.steps)


def read_rollback(rollout: Rollout, ledger: Ledger, start: str) -> Rollback:
    """The last word on each step counts, if it was said of the step as the spec has it."""
    entries = ledger.of(start, ROLLBACK)
    texts = {number: step.text for number, step in enumerate(rollout.rollback.steps, 1)}
    said = {number: _word(entry) for entry in entries if (number := _about(entry, texts))}
    return Rollback(
        title=rollout.rollback.title,
        when=rollout.rollback.when,
        rollout=start,
        steps=tuple(
            Step(number, step.text, step.command or "", said.get(number))
            for number, step in enumerate(rollout.rollback.steps, 1)
        ),
        outdated=sum(not _about(entry, texts) for entry in entries),
        digest=ledger.digest,
    )


def _about(entry: Entry, texts: dict[int, str]) -> int:
    """The number of the step that it is about; 0 if there is none."""
    number = entry.data.get("step")
    known = isinstance(number, int) and texts.get(number) == entry.data.get("text")
    return number if known and isinstance(number, int) else 0


def _word(entry: Entry) -> Word:
    data = entry.data
    return Word(
        by=str(data.get("by", "")),
        at=parse_time(entry.time),
        evidence=str(data.get("evidence", "")),
        done=data.get("done") is True,
        line=entry.line,
    )
