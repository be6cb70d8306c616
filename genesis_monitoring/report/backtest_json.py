"""A backtest in, JSON out: version 1, as ``docs/backtest.schema.json`` describes it."""

import math
from collections.abc import Mapping

from genesis_monitoring.rollout.backtest_results import AlertPast, Backtest, Known, Side, Total
from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.window import format_iso

VERSION = 1


def format_backtest_json(outcome: Backtest) -> str:
    """The document, in ASCII, ending in a newline. What is not known is null."""
    import json

    document = {
        "version": VERSION,
        "start": format_iso(outcome.window.start),
        "end": format_iso(outcome.window.end),
        "interval_seconds": outcome.interval,
        "told": outcome.told,
        "change": list(outcome.change),
        "evaluations": {"coverage": round(outcome.evaluated, 6), "watchdog": outcome.watchdog or None},
        "current": _side(outcome.current),
        "changed": None if outcome.changed is None else _side(outcome.changed),
        "remarks": list(outcome.remarks),
        "prometheus": {"url": outcome.url, "version": outcome.version},
        "cost": {"queries": outcome.cost.queries, "seconds": round(outcome.cost.seconds, 3)},
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def _side(side: Side) -> Mapping[str, object]:
    return {
        "totals": [_total(total) for total in side.totals],
        "alerts": [_alert(one) for one in side.alerts],
    }


def _total(total: Total) -> Mapping[str, object]:
    return {
        "severity": total.severity,
        "alerts": total.alerts,
        "untold": total.untold,
        "partly": total.partly,
        "episodes": total.episodes,
        "firing_seconds": round(total.firing_seconds, 3),
    }


def _alert(one: AlertPast) -> Mapping[str, object]:
    without = one.known is Known.NO_DATA
    return {
        "alert": one.alert,
        "component": one.component,
        "severity": one.severity,
        "condition": one.condition,
        "for_seconds": one.for_,
        "known": str(one.known),
        "reason": one.reason,
        "source": str(one.origin),
        "queries": list(one.queries),
        "episodes": None if without else [_span(run) for run in one.episodes],
        "firing_seconds": None if without else round(one.firing_seconds, 3),
        "longest_seconds": None if without else round(one.longest_seconds, 3),
        "pending_at_end": one.pending,
        "label_sets": one.label_sets,
        "coverage": round(one.coverage, 6),
        "least_coverage": round(one.least, 6),
        "largest_gap": _span(one.largest_gap),
        "worst": None if math.isnan(one.worst) else _number(one.worst),
        "recorded_episodes": one.recorded,
    }


def _span(run: Run) -> Mapping[str, object] | None:
    if not run.seconds:
        return None
    return {"from": format_iso(run.start), "to": format_iso(run.end), "seconds": round(run.seconds, 3)}


def _number(value: float) -> float | str:
    """JSON has no infinity, so it is text, as in Prometheus' own API."""
    return value if math.isfinite(value) else "+Inf" if value > 0 else "-Inf"
