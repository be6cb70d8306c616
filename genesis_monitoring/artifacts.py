"""A generated file in memory: what render makes, tree writes and checks read."""

import hashlib
from dataclasses import dataclass, field

from genesis_monitoring.documents.node import Document


@dataclass(frozen=True, slots=True)
class Artifact:
    """``path`` is relative to the output folder, with ``/``; ``text`` ends in a newline.

    ``document`` is what the text means, where it is data.
    """

    path: str
    text: str
    document: Document | None = field(default=None, compare=False, repr=False)

    @property
    def data(self) -> bytes:
        """The exact bytes of the file."""
        return self.text.encode("utf-8")

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


ORIGIN_MARK = "# from: "
"""Generated YAML says before each object which spec value it came from; findings follow that back."""


def origin_of(text: str, line: int) -> str | None:
    """The dotted spec path that the nearest origin mark at or above ``line`` (from 1) names."""
    for candidate in reversed(text.splitlines()[:line]):
        head, mark, path = candidate.partition(ORIGIN_MARK)
        if mark and not head.strip():
            return path.strip()
    return None
