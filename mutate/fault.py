"""The words of the harness: a fault, what came of it, and a sort of file in which faults are made."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mutate.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Fault:
    """One file with one thing wrong in it.

    ``files`` names the kind of file, ``kind`` what was done to it; ``text`` is the new text of ``path``. A
    finding is at the fault on the lines ``first`` to ``last`` (from 1) of it, and names a place in one of
    ``origins``, dotted paths of the spec; or it names one of ``words``.
    """

    files: str
    kind: str
    path: str
    at: str
    text: str
    first: int
    last: int
    origins: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Tells it from all others."""
        return f"{self.path}:{self.first}: {self.kind}: {self.at}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``equal``: nothing that anybody reads has changed, so there is no fault. ``said`` is for people.

    ``crashed``: whoever should have noticed broke down, which is never a catch.
    """

    fault: Fault
    caught: bool = False
    located: bool = False
    equal: bool = False
    crashed: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of files. ``make`` takes a seed, and how many faults of each kind of file; ``judge`` takes one.

    ``bound``: all of its faults have to be caught; if not, they are only counted.
    """

    name: str
    make: "Callable[[Workshop, str, int], list[Fault]]"
    judge: "Callable[[Workshop, Fault], Verdict]"
    bound: bool = True


def lot(seed: str, name: str) -> Random:
    """The same numbers in each run, and others for each name."""
    return Random(f"{seed} {name}")  # noqa: S311
