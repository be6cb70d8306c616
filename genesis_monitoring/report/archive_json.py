"""What an archive is of: facts in, its ``archive.json`` (``docs/archive.schema.json``) out, and back."""

import json
from dataclasses import dataclass
from typing import Any

KIND, VERSION = "genesis-mon/archive", 1


@dataclass(frozen=True, slots=True)
class ArchivedDashboard:
    """A dashboard of the archive, and the live one that it stays of."""

    file: str
    uid: str
    live_uid: str


@dataclass(frozen=True, slots=True)
class ArchiveFacts:
    """``start``, ``end`` and ``at`` are times in UTC; ``at`` is what was judged up to.

    ``spec`` and ``ledger`` are digests. ``ledger`` is that of its last line, None where there is no ledger.
    ``tool`` is the version of genesis-mon that made the archive.
    """

    name: str
    title: str
    start: str
    end: str
    at: str
    verdict: str
    reason: str
    profile: str
    spec: str
    ledger: str | None
    prometheus: str
    tool: str
    dashboards: tuple[ArchivedDashboard, ...]


def format_archive_json(facts: ArchiveFacts) -> str:
    """The document, in ASCII, ending in a newline."""
    document = {
        "kind": KIND,
        "version": VERSION,
        "name": facts.name,
        "title": facts.title,
        "start": facts.start,
        "end": facts.end,
        "at": facts.at,
        "verdict": facts.verdict,
        "reason": facts.reason,
        "profile": facts.profile,
        "spec": facts.spec,
        "ledger": facts.ledger,
        "prometheus": facts.prometheus,
        "tool": facts.tool,
        "dashboards": [
            {"file": one.file, "uid": one.uid, "live_uid": one.live_uid} for one in facts.dashboards
        ],
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def read_archive_json(data: bytes) -> ArchiveFacts:
    """Raises ValueError, which says why, for what is no such document."""
    try:
        document: Any = json.loads(data)
        if document["kind"] != KIND or document["version"] != VERSION:
            raise ValueError(f"its kind is {document['kind']}, version {document['version']}")
        texts = {
            key: str(document[key])
            for key in ("name", "title", "start", "end", "at", "verdict", "reason", "profile", "spec")
        }
        return ArchiveFacts(
            **texts,
            ledger=None if document["ledger"] is None else str(document["ledger"]),
            prometheus=str(document["prometheus"]),
            tool=str(document["tool"]),
            dashboards=tuple(
                ArchivedDashboard(str(one["file"]), str(one["uid"]), str(one["live_uid"]))
                for one in document["dashboards"]
            ),
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it lacks {error}") from None
