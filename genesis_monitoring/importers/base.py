"""What is asked of an importer: which documents it reads, and the SLOs in them."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from genesis_monitoring.importers.documents import Document
from genesis_monitoring.importers.report import Report
from genesis_monitoring.importers.slo import Choices, Slo


class Importer(Protocol):
    """A format. Each is a module beside this one, and stands in ``registry``."""

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands under which it is read: ``sloth``, ``openslo``."""

    @property
    def formats(self) -> tuple[str, ...]:
        """What its documents say of themselves, for messages."""

    def recognises(self, document: Document) -> bool:
        """Whether it is one of its own."""

    def read(self, documents: Sequence[Document], choices: Choices, report: Report) -> Iterator[Slo]:
        """The SLOs of all its documents, which may name each other. What cannot be read is in ``report``."""
