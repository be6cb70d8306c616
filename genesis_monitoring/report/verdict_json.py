"""A verdict in, JSON out: version 1, as ``docs/verdict.schema.json`` describes it."""

import math
from collections.abc import Mapping

from genesis_monitoring.rollout.results import CriterionResult, Proof, Verdict
from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.window import format_iso

VERSION = 1


def format_verdict_json(verdict: Verdict) -> str:
    """The document, in ASCII, ending in a newline. What is not known is null."""
    import json

    document = {
        "version": VERSION,
        "verdict": str(verdict.outcome),
        "start": format_iso(verdict.window.start),
        "end": format_iso(verdict.window.end),
        "at": format_iso(verdict.at),
        "over": verdict.over,
        "go_reachable": verdict.reachable,
        "criteria": [_criterion(result) for result in verdict.results],
        "waits_for": [{"what": wait.what, "step": wait.step} for wait in verdict.waits],
        "signed_off": [{"checkpoint": one.index, "by": one.by} for one in verdict.ledger.signed],
        "ledger": {
            "lines": verdict.ledger.lines,
            "digest": verdict.ledger.digest or None,
            "proven": verdict.ledger.proven,
            "torn": list(verdict.ledger.torn),
        },
        "remarks": list(verdict.remarks),
        "prometheus": {"url": verdict.url, "version": verdict.version},
        "cost": {"queries": verdict.cost.queries, "seconds": round(verdict.cost.seconds, 3)},
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def _criterion(result: CriterionResult) -> Mapping[str, object]:
    return {
        "name": result.name,
        "section": result.section,
        "text": result.text,
        "kind": result.kind,
        "judged": result.judged,
        "status": str(result.status),
        "hopeless": result.hopeless,
        "origin": result.origin,
        "evidence": [_proof(proof) for proof in result.proofs],
    }


def _proof(proof: Proof) -> Mapping[str, object]:
    return {
        "subject": proof.subject,
        "status": str(proof.status),
        "reason": proof.reason,
        "query": proof.query or None,
        "value": json_number(proof.number),
        "value_text": proof.value or None,
        "longest_violation": _run(proof.violation),
        "samples": proof.samples,
        "coverage": None if proof.coverage is None else round(proof.coverage, 6),
        "largest_gap": _run(proof.largest_gap),
        "rule_health": proof.rule or None,
        "seconds_left": json_number(proof.left),
    }


def json_number(value: float | None) -> float | str | None:
    """``value`` as JSON has it: no infinity and no NaN, so these are text, as in Prometheus' own API."""
    if value is None or math.isfinite(value):
        return value
    return "+Inf" if value > 0 else "-Inf" if value < 0 else "NaN"


def _run(run: Run) -> Mapping[str, object] | None:
    if not run.seconds:
        return None
    return {"from": format_iso(run.start), "to": format_iso(run.end), "seconds": round(run.seconds, 3)}
