"""A generated file in memory: what render makes, tree writes and checks read.

All of them are held at once, since one mistake must leave nothing written. So a text is held packed, a tenth
of its size, and what it means is made anew for who asks.
"""

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from genesis_monitoring.documents.node import Document

_QUICK = 1


@dataclass(frozen=True, slots=True, init=False)
class Artifact:
    """``path`` is relative to the output folder, with ``/``; ``text`` ends in a newline.

    ``document`` is what the text means, where it is data.
    """

    path: str
    _packed: bytes = field(repr=False)
    _document: Callable[[], Document] | None = field(compare=False, repr=False)

    def __init__(self, path: str, text: str, document: Callable[[], Document] | None = None) -> None:
        object.__setattr__(self, "path", path)
        object.__setattr__(self, "_packed", zlib.compress(text.encode("utf-8", "surrogatepass"), _QUICK))
        object.__setattr__(self, "_document", document)

    @property
    def text(self) -> str:
        """The whole file."""
        return zlib.decompress(self._packed).decode("utf-8", "surrogatepass")

    @property
    def document(self) -> Document | None:
        """Made by each call; the same for the same plan."""
        return self._document() if self._document is not None else None

    @property
    def data(self) -> bytes:
        """The exact bytes of the file. Raises UnicodeEncodeError for what UTF-8 cannot hold."""
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
