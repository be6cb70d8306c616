"""promtool's words in, problems with places out.

What it prints for ``check`` and ``test`` alike: a heading a file, then ``SUCCESS`` or ``FAILED:`` and lines.
Of tests, promtool 3.5 prints no heading any more: outcomes come in the order of the files it was given,
each after its warnings.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_HEADING = re.compile(r"^(?:Checking|Unit Testing: ) ?(?P<file>\S.*)$")
_PLACE = re.compile(r"^(?P<file>\S.*?): (?:(?P<line>[0-9]+):(?P<column>[0-9]+): )?(?P<message>\S.*)$")
_OUTCOME = re.compile(r"^  (?:SUCCESS$|FAILED:)")
_LINT = "lint error"
_WARNING = "WARNING:"


@dataclass(frozen=True, slots=True)
class Section:
    """What promtool says about one file. ``failure`` is the text behind ``FAILED:``, empty without one."""

    file: str
    succeeded: bool
    failure: str
    warning: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem in a file. ``line`` and ``column`` count from 1; 0 where promtool does not say."""

    message: str
    line: int = 0
    column: int = 0


def parse_sections(output: str) -> tuple[Section, ...]:
    """One section a heading, in the order printed."""
    return tuple(
        Section(file, *_outcome(lines)) for file, lines in _split(output.splitlines()) if file is not None
    )


def parse_test_sections(output: str, files: Sequence[str]) -> tuple[Section, ...]:
    """One section for each of ``files``, tested in this order; none if outcomes and files do not match up."""
    sections = parse_sections(output)
    if sections:
        return sections
    outcomes: list[list[str]] = []
    warnings: list[str] = []
    for line in output.splitlines():
        if line.strip().startswith(_WARNING):
            warnings.append(line)
            continue
        if _OUTCOME.match(line):
            outcomes.append(warnings)
            warnings = []
        if outcomes:
            outcomes[-1].append(line)
    if len(outcomes) != len(files):
        return ()
    return tuple(Section(file, *_outcome(lines)) for file, lines in zip(files, outcomes, strict=True))


def parse_preamble(output: str) -> str:
    """What promtool says before the first heading: a call that it refuses."""
    first = next(iter(_split(output.splitlines())))
    return " ".join(line.strip() for line in first[1] if line.strip())


def parse_problems(section: Section) -> tuple[Problem, ...]:
    """The problems of a failure; the text of one that has several lines is joined."""
    lines = [line for line in section.failure.splitlines() if line.strip()]
    if lines and lines[0].strip().startswith(_LINT):
        return tuple(_lint_problems(lines))
    problems: list[Problem] = []
    for line in (line.strip() for line in lines):
        match = _PLACE.match(line)
        if match and match["file"] == section.file:
            problems.append(Problem(match["message"], int(match["line"] or 0), int(match["column"] or 0)))
        elif problems:
            last = problems[-1]
            problems[-1] = Problem(f"{last.message} {line}", last.line, last.column)
        else:
            problems.append(Problem(line))
    return tuple(dict.fromkeys(problems))


def _split(lines: list[str]) -> Iterator[tuple[str | None, list[str]]]:
    file: str | None = None
    body: list[str] = []
    for line in lines:
        heading = _HEADING.match(line)
        if heading:
            yield file, body
            file, body = heading["file"], []
        else:
            body.append(line)
    yield file, body


def _outcome(lines: list[str]) -> tuple[bool, str, str]:
    succeeded, failure, warnings = False, [], []
    failing = False
    for line in lines:
        words = line.strip()
        if words.startswith("FAILED:"):
            failing = True
            failure.append(words.removeprefix("FAILED:").strip())
        elif words.startswith("SUCCESS"):
            succeeded, failing = True, False
        elif words.startswith(_WARNING):
            warnings.append(words.removeprefix(_WARNING).strip())
        elif failing:
            failure.append(line)
    return succeeded, "\n".join(failure).strip("\n"), " ".join(warnings)


def _lint_problems(lines: list[str]) -> Iterator[Problem]:
    """Lint names no line: ``Metric:`` begins a duplicate, its labels follow."""
    metric: str | None = None
    labels: list[str] = []
    for line in (*(line.strip() for line in lines), "Metric: "):
        name = line.removeprefix("Metric:").strip() if line.startswith("Metric:") else None
        if name is None:
            if metric is not None and not line.startswith(("Label(s):", "Might cause")):
                labels.append(line)
            continue
        if metric is not None:
            with_labels = f" with {', '.join(labels)}" if labels else ""
            yield Problem(f'"{metric}"{with_labels} is recorded more than once with the same labels')
        metric, labels = name, []
    if len(lines) and not any(line.strip().startswith("Metric:") for line in lines):
        yield Problem(" ".join(line.strip() for line in lines))
