"""What an archive is of: its ``archive.json``, as ``docs/archive.schema.json`` describes it, and back."""

from dataclasses import dataclass
from typing import Annotated, Literal

from genesis_monitoring.report.document import Digest, TimeText, Written
from genesis_monitoring.rollout.results import Outcome


@dataclass(frozen=True, slots=True)
class ArchivedDashboard:
    """A dashboard of the archive."""

    file: str
    uid: Annotated[str, Written(pattern="^[a-z0-9-]{1,40}$")]
    live_uid: str
    """Of the dashboard that it stays of."""


@dataclass(frozen=True, slots=True)
class ArchiveFacts:
    """The `archive.json` that `genesis-mon rollout archive` writes, version 1."""

    kind: Literal["genesis-mon/archive"]
    version: Literal[1]
    name: str
    title: str
    start: TimeText
    end: TimeText
    at: TimeText
    """What was judged up to: the end, or before it for a NO-GO."""
    verdict: Outcome
    reason: str
    profile: str
    """The profile that the tree is rendered in."""
    spec: Digest
    """Of slo.yaml; in an environment of it, a zero byte and the environment's name."""
    ledger: Digest | None
    """Of the ledger's last line, to which all before it leads. Null where there is no ledger."""
    prometheus: str
    """Where the evidence is from, without credentials."""
    tool: str
    """The version of genesis-mon that made the archive."""
    dashboards: tuple[ArchivedDashboard, ...]
    environment: str | None = None
    """The environment of the spec that was judged. Null for the spec as it is written."""


def read_archive_json(data: bytes) -> ArchiveFacts:
    """Raises ValueError, which says why, for what is no such document."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(ArchiveFacts).validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc'])) or 'it'}: {first['msg']}") from None
