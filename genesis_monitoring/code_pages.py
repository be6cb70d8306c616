"""The page of each code: a code in, its title and Markdown out. Read from ``codes/`` when asked for."""

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

CODE = re.compile(r"GM[0-9]{3}", re.ASCII)
"""How a code is written."""


@dataclass(frozen=True, slots=True)
class CodePage:
    """``text`` is the page as it stands, ending in a newline; ``title`` is its heading without the code."""

    code: str
    title: str
    text: str

    @property
    def retired(self) -> bool:
        """Whether no check reports the code any more; a code is never used for something else."""
        return self.title.startswith("Retired: ")

    @property
    def summary(self) -> str:
        """The paragraph below the heading, on one line: what the code means."""
        return " ".join(self.text.split("\n\n", 2)[1].split())


@cache
def page(code: str) -> CodePage:
    """The page of ``code``. Raises KeyError for a code that has none."""
    source = _folder().joinpath(f"{code}.md") if CODE.fullmatch(code) else None
    if source is None or not source.is_file():
        raise KeyError(code)
    text = source.read_text("utf-8")
    return CodePage(code, text.partition("\n")[0].removeprefix(f"# {code}").strip(), text)


@cache
def all_codes() -> tuple[str, ...]:
    """Every code that has a page, in order."""
    names = (entry.name.removesuffix(".md") for entry in _folder().iterdir())
    return tuple(sorted(name for name in names if CODE.fullmatch(name)))


def _folder() -> "Traversable":
    from importlib.resources import files

    return files("genesis_monitoring").joinpath("codes")
