"""A record of evidence as a source: the samples that a verdict asked for, by the series they are of."""

import re
from pathlib import Path

from genesis_monitoring.clients.prometheus_answers import FAULTS, read_series
from genesis_monitoring.clients.prometheus_api import join_pieces
from genesis_monitoring.clients.samples import Series, SeriesAnswer
from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.preview.sources import Recorded
from genesis_monitoring.rollout.record import Record, read_record
from genesis_monitoring.rollout.window import format_iso

ARCHIVED = "evidence.json.gz"
"""The record in an archive of a rollout."""
_SAMPLES = re.compile(r"(.+)\[[0-9]+ms\]\Z", re.DOTALL)


def recorded_source(path: Path) -> Recorded:
    """Of a file that ``verdict --record`` wrote, or of an archive's folder. Raises CouldNotTellError."""
    record = read_record(path / ARCHIVED if path.is_dir() else path)
    window = record.window
    clock = record.moment.clock if record.moment.asked is None else record.moment.asked
    end = min(max(clock, window.start + 1), window.end)
    name = f"a record of {record.url}, made at {format_iso(record.moment.clock)}"
    try:
        return Recorded(_samples(record), name, window.start, end)
    except FAULTS as error:
        raise CouldNotTellError(
            f"{path}: cannot be shown: {str(error)[:200]}", "name a file that --record wrote"
        ) from None


def _samples(record: Record) -> dict[str, tuple[Series, ...]]:
    pieces: dict[str, list[SeriesAnswer]] = {}
    for exchange in record.exchanges:
        asked = _SAMPLES.match(dict(exchange.parameters).get("query", ""))
        document = exchange.answer.document
        if asked and isinstance(document, dict) and document.get("status") == "success":
            pieces.setdefault(asked[1], []).append(read_series(asked[1], document, ("matrix",)))
    return {
        selector: join_pieces(selector, sorted(found, key=_begin)).series
        for selector, found in pieces.items()
    }


def _begin(answer: SeriesAnswer) -> float:
    return min((series.times[0] for series in answer.series), default=0.0)
