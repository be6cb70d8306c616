"""What a target is: the files that are written for one place to run in, beside those that all share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from genesis_monitoring.documents.node import Document
from genesis_monitoring.plan.compile import Plan


@dataclass(frozen=True, slots=True)
class Target:
    """``documents`` gives what makes its files, nothing where the spec does not ask for it.

    ``template`` lays each of them out.
    """

    name: str
    template: str
    documents: Callable[[Plan], Iterable[Callable[[], Document]]]
