"""The words of the harness: a target, a kind of fault, the sites where it can be made, and one mutant."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

Files = Mapping[str, str]
"""Texts by path: the generated tree, the templates, or the spec alone."""

SPEC = "slo.yaml"


class Target(Enum):
    """Where a fault is made."""

    GENERATED = "generated"
    TEMPLATE = "template"
    SPEC = "spec"


class Expect(Enum):
    """Who must notice: a check of the tree, the spec's own checks, or the comparison with the tree.

    The values are what the codes of a catch must match.
    """

    CHECK = r"GM(?!00[123]|2)\d+"
    CONTRADICTION = r"GM1\d\d"
    DRIFT = r"GM2\d\d"


@dataclass(frozen=True, slots=True)
class Site:
    """A place where a fault can be made. ``change`` tells it from the kind's other sites.

    ``build`` gives the file's new text, or None where the file is gone.
    """

    path: str
    change: str
    build: Callable[[], str | None]


Sites = Callable[[Files], Iterator[Site]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault. ``most`` is how many mutants of it are made when there are more sites.

    ``whole`` says that the fault is in the file, and not in an object that the file describes.
    """

    name: str
    target: Target
    expect: Expect
    sites: Sites
    most: int = 8
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault in one file. ``text`` is the file's new text; None: the file is gone."""

    kind: str
    target: Target
    expect: Expect
    path: str
    change: str
    text: str | None
    whole: bool = False

    @property
    def name(self) -> str:
        """Tells it from all others, in every run on the same files."""
        return f"{self.kind} | {self.path} | {self.change}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one mutant.

    ``codes`` are those of the errors that count as a catch, ``warned`` those of mere warnings. ``equal``:
    the mutated template renders the same tree, so there is no fault. ``note`` is for a person, and ``said``
    is what a person would read.
    """

    mutant: Mutant
    codes: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    located: bool = False
    equal: bool = False
    note: str = ""
    said: tuple[str, ...] = ()

    @property
    def caught(self) -> bool:
        """Whether anybody noticed."""
        return bool(self.codes)
