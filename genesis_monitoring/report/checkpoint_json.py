"""A checkpoint in, JSON out: version 1, as ``docs/checkpoint.schema.json`` describes it."""

from genesis_monitoring.report.checkpoint_text import Review
from genesis_monitoring.report.verdict_json import json_number
from genesis_monitoring.rollout.checkpoint import Checkpoint
from genesis_monitoring.rollout.window import format_iso

VERSION = 1


def format_checkpoint_json(checkpoint: Checkpoint, review: Review) -> str:
    """What the ledger says of it and what people said, in ASCII, ending in a newline."""
    import json

    slot = review.slot
    document = {
        "version": VERSION,
        "start": format_iso(review.schedule.window.start),
        "index": checkpoint.index,
        "of": len(review.schedule.slots),
        "title": slot.title or None,
        "reviewer": slot.reviewer or None,
        "due": format_iso(checkpoint.due),
        "taken": format_iso(checkpoint.taken),
        "late_seconds": round(checkpoint.late, 3),
        "missed": checkpoint.missed,
        "ledger_line": review.line,
        "ledger_digest": review.digest,
        "recorded_now": review.fresh,
        "missed_before": list(review.missed),
        "dashboard": review.dashboard,
        "slis": [
            {"sli": one.sli, "value": json_number(one.value), "text": one.text or None, "level": one.level}
            for one in checkpoint.readings
        ],
        "cost": list(checkpoint.cost),
        "firing": list(checkpoint.firing),
        "pending": list(checkpoint.pending),
        "silences": list(checkpoint.silences),
        "unknown": list(checkpoint.unknown),
        "logs": [
            {
                "file": one.file,
                "lines": one.lines,
                "errors": one.errors,
                "last_error": one.last or None,
                "problem": one.problem or None,
            }
            for one in checkpoint.logs
        ],
        "notes": list(review.notes),
        "signed_off_by": list(review.signed),
        "to_be_signed_off": review.unsigned,
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"
