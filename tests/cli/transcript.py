"""Transcripts: a text file of commands and what each says, in and out.

=======  =======================================================
``#``    a remark
``$``    a line of bash, run in one folder that a transcript begins empty
``|``    a line of its standard output
``!``    a line of its standard error
``=``    its exit code, left out for 0
=======  =======================================================

A blank line ends a command. Times are written as ``N.N s``, the folder as ``FOLDER``, and the version
of the product as ``VERSION``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from .sandbox import Answer, run

_TIME = re.compile(r"\b\d+\.\d s\b")


@dataclass(frozen=True, slots=True)
class Step:
    """One command, the remarks before it and the lines that belong to it."""

    remarks: tuple[str, ...]
    command: str
    said: tuple[str, ...]


def parse_transcript(text: str) -> Iterator[Step]:
    """Raises ValueError for a line that is none of the above, or that belongs to no command."""
    remarks: list[str] = []
    command, said = "", list[str]()
    for number, line in enumerate([*text.splitlines(), ""], 1):
        mark = line[:1]
        if mark == "":
            if command:
                yield Step(tuple(remarks), command, tuple(said))
                remarks, command, said = [], "", []
        elif mark == "#" and not command:
            remarks.append(line)
        elif mark == "$" and not command:
            command = line[2:]
        elif mark in "|!=" and command:
            said.append(line)
        else:
            raise ValueError(f"line {number} does not belong here: {line}")


def replay(step: Step, folder: Path) -> Step:
    """The same step with what its command says now."""
    return Step(step.remarks, step.command, tuple(_lines(run(step.command, folder), folder)))


def format_transcript(steps: list[Step]) -> str:
    """The text of a transcript."""
    return "\n".join(
        "".join(f"{line}\n" for line in (*step.remarks, f"$ {step.command}", *step.said)) for step in steps
    )


def _lines(answer: Answer, folder: Path) -> Iterator[str]:
    for mark, text in (("|", answer.stdout), ("!", answer.stderr)):
        for line in _normal(text, folder).split("\n")[:-1]:
            yield f"{mark} {line}".rstrip(" ")
        if text and not text.endswith("\n"):
            yield f"{mark} {_normal(text, folder).split(chr(10))[-1]}\\"
    if answer.code:
        yield f"= {answer.code}"


def _normal(text: str, folder: Path) -> str:
    named = text.replace(str(folder), "FOLDER").replace(version("genesis-mon"), "VERSION")
    return _TIME.sub("N.N s", named)
