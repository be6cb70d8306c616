"""What a GO waits for beside its criteria: names on checkpoints, and a ledger that ends as it should.

A ledger in, its state as evidence out; that and a plan in, what is waited for and what is remarked out.
"""

from collections.abc import Iterator

from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.rollout import Checkpoint as Slot
from genesis_monitoring.rollout.checkpoint import KIND, NOTE, SIGN_OFF
from genesis_monitoring.rollout.evidence import Attestation, Evidence, LedgerState, SignOff
from genesis_monitoring.rollout.ledger import Entry, Ledger, LedgerError
from genesis_monitoring.rollout.results import Wait
from genesis_monitoring.rollout.window import format_iso


def ledger_state(ledger: Ledger, rollout: str, *, proven: bool) -> LedgerState:
    """What it shows of one rollout. Raises LedgerError for an entry that is not whole."""
    taken: dict[int, int] = {}
    for entry in ledger.of(rollout, KIND):
        taken.setdefault(_index(entry), entry.line)

    def said(kind: str) -> tuple[SignOff, ...]:
        found = ((_index(entry), entry) for entry in ledger.of(rollout, kind))
        return tuple(
            SignOff(index, _text(entry))
            for index, entry in found
            if index in taken and entry.line > taken[index]
        )

    signed = said(SIGN_OFF)
    return LedgerState(
        digest=ledger.digest,
        proven=proven,
        lines=ledger.lines,
        torn=ledger.torn,
        taken=tuple(sorted(taken)),
        signed=signed,
        reviewed=tuple(sorted({one.index for one in (*signed, *said(NOTE))})),
    )


def waits_of(evidence: Evidence, plan: Plan) -> Iterator[Wait]:
    """Each checkpoint that was due and has no name on it, and a torn end of the ledger."""
    state = evidence.ledger
    signed = {one.index for one in state.signed}
    for slot in _due(evidence, plan):
        if not slot.sign_off or slot.index in signed:
            continue
        how = "to be signed off" if slot.index in state.taken else "to be taken and signed off"
        command = f"genesis-mon rollout checkpoint {slot.index} --sign-off NAME{_start(evidence, plan)}"
        yield Wait(f"checkpoint {slot.index} ({slot.title}) {how}", f"Sign off what it shows: {command}")
    if ends_torn(state):
        yield Wait(
            f"line {state.lines} of the ledger, its last, which is torn and may have been a withdrawal",
            "Find out who wrote it and let them write it again; attest again what was attested before it",
        )


def ends_torn(state: LedgerState) -> bool:
    """Whether nobody knows what the last writer wanted to say."""
    return state.lines in state.torn


def doubted(said: Attestation, state: LedgerState) -> int | None:
    """The torn line that may have withdrawn an attestation; None where there is none."""
    return next((line for line in state.torn if line > said.line), None)


def ledger_remarks(evidence: Evidence, plan: Plan) -> Iterator[str]:
    """Torn lines, reviews that nobody wrote down, and names that the spec does not know."""
    state = evidence.ledger
    if state.torn:
        lines = ", ".join(map(str, state.torn))
        yield f"the ledger has a torn line, {lines}: its writer was killed, so see who attests again"
    alone = [
        str(slot.index)
        for slot in _due(evidence, plan)
        if slot.title and not slot.sign_off and slot.index not in state.reviewed
    ]
    if alone:
        yield (
            f"checkpoints that a person reviews have neither a note nor a name on them: {', '.join(alone)}"
        )
    people = plan.spec.metadata.contacts.chain
    known = {text.casefold() for one in people for text in (one.name, f"{one.name} ({one.role})")}
    for one in state.signed:
        if one.by.strip().casefold() not in known:
            yield f"checkpoint {one.index} is signed off by {one.by!r}, who is not among the spec's contacts"


def _due(evidence: Evidence, plan: Plan) -> tuple[Slot, ...]:
    slots = plan.rollout.checkpoints if plan.rollout else ()
    return tuple(slot for slot in slots if evidence.window.start + slot.offset <= evidence.at)


def _start(evidence: Evidence, plan: Plan) -> str:
    rollout = plan.spec.rollout
    if rollout is None or rollout.start.timestamp() == evidence.window.start:
        return ""
    return f" --start {format_iso(evidence.window.start)}"


def _index(entry: Entry) -> int:
    index = entry.data.get("index")
    if type(index) is not int:
        raise _not_whole(entry)
    return index


def _text(entry: Entry) -> str:
    text = entry.data.get("text")
    if not isinstance(text, str):
        raise _not_whole(entry)
    return text


def _not_whole(entry: Entry) -> LedgerError:
    return LedgerError(f"line {entry.line} of the ledger, a {entry.kind}, is not whole", "restore the file")
