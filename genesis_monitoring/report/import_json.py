"""What an import found, as JSON: version 1."""

from dataclasses import dataclass
from typing import Annotated, Literal

from genesis_monitoring.report.document import Full, MaybeText, Written
from genesis_monitoring.report.json import Found, Place


@dataclass(frozen=True, slots=True)
class ImportedSloDocument:
    """What became of an SLO."""

    sli: Annotated[str, Written(pattern="^[a-z][a-z0-9_]*$")]
    """Its name in the spec."""
    sloth_id: Full
    """As in the original: the service, a hyphen, the SLO."""
    kind: Literal["ratio", "latency"]
    """Of the SLI."""
    location: Place
    """Where the original stands."""


@dataclass(frozen=True, slots=True)
class ImportDocument:
    """What `genesis-mon import … --format json` prints, version 1."""

    version: Literal[1]
    imported: bool
    """False where something would change its meaning, or the result would be no valid spec."""
    slos: tuple[ImportedSloDocument, ...]
    """Empty where nothing was imported."""
    text: MaybeText
    """The part, or with `--spec` the spec with the part in it, as YAML; null where nothing was imported."""
    findings: tuple[Found, ...]
    """Sorted by file, line, column and code; each stands once."""
