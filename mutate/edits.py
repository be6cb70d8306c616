"""Single edits of a text by its lines: patterns in, sites out.

The generated YAML is regular: a block is a line and all lines below it that are indented deeper. So no
edit needs a parser, and comments stay where they are.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from mutate.mutant import SPEC, Files, Site, Sites

Rewrite = Callable[[re.Match[str]], Iterable[str]]
_SHOWN = 100


def block_end(lines: Sequence[str], first: int) -> int:
    """The index after the block that begins at ``first``."""
    depth = indent(lines[first])
    after = first + 1
    while after < len(lines) and lines[after].strip() and indent(lines[after]) > depth:
        after += 1
    return after


def indent(line: str) -> int:
    """How far a line is indented, in spaces."""
    return len(line) - len(line.lstrip(" "))


def replace_lines(path: str, lines: Sequence[str], first: int, after: int, new: Sequence[str]) -> Site:
    """The site where the lines from ``first`` up to ``after`` become ``new``."""
    before = lines[first].strip() if first < len(lines) else "the end"
    becomes = new[0].strip() if new else "nothing"
    if after - first == 1 and len(new) == 2 and new[0] == lines[first]:
        becomes = f"and {new[1].strip()}"
    elif after - first > 1 or len(new) > 1:
        becomes = f"{len(new)} lines for {after - first}"
    if new and len(new) == after - first == 1:
        before, becomes = _shorten_alike(before, becomes)
    change = f"line {first + 1}: {before[:_SHOWN]} → {becomes[:_SHOWN]}"
    return Site(path, change, lambda: "\n".join((*lines[:first], *new, *lines[after:])) + "\n")


def lines_where(files: str, pattern: str, rewrite: Rewrite) -> Sites:
    """Each line that ``pattern`` matches (from its start), replaced by each line that ``rewrite`` gives."""
    found = re.compile(pattern)

    def sites(tree: Files) -> Iterator[Site]:
        for path, lines in chosen(tree, files):
            for index, line in enumerate(lines):
                match = found.match(line)
                for new in rewrite(match) if match else ():
                    if new != line:
                        yield replace_lines(path, lines, index, index + 1, new.split("\n"))

    return sites


def spots_where(files: str, line: str, spot: str, rewrite: Rewrite) -> Sites:
    """On lines that match ``line``, each occurrence of ``spot``, replaced by each text of ``rewrite``."""
    on, found = re.compile(line), re.compile(spot)

    def sites(tree: Files) -> Iterator[Site]:
        for path, lines in chosen(tree, files):
            for index, text in enumerate(lines):
                start = on.match(text)
                for match in found.finditer(text, start.end()) if start else ():
                    for new in rewrite(match):
                        changed = text[: match.start()] + new + text[match.end() :]
                        if changed != text:
                            yield replace_lines(path, lines, index, index + 1, [changed])

    return sites


def dropped(files: str, pattern: str) -> Sites:
    """Each block whose first line matches ``pattern``, left out."""
    return _blocks(files, pattern, lambda _: [])


def doubled(files: str, pattern: str) -> Sites:
    """Each block whose first line matches ``pattern``, twice."""
    return _blocks(files, pattern, lambda block: [*block, *block])


def added_under(files: str, pattern: str, *new: str) -> Sites:
    """Each of ``new`` as further lines below every line that matches; ``new`` carries its own indent."""
    return lines_where(files, pattern, lambda match: [f"{match.string}\n{line}" for line in new])


def put_elsewhere(files: str, pattern: str, before: str) -> Sites:
    """Each block that matches ``pattern``, moved in front of the first block after it matching ``before``."""
    found, goal = re.compile(pattern), re.compile(before)

    def sites(tree: Files) -> Iterator[Site]:
        for path, lines in chosen(tree, files):
            for first, line in enumerate(lines):
                if not found.match(line):
                    continue
                after = block_end(lines, first)
                places = [i for i in range(after, len(lines)) if goal.match(lines[i])]
                if places:
                    end = block_end(lines, places[0])
                    start = _with_comments(lines, first)
                    new = [*lines[after:end], *lines[start:after]]
                    site = replace_lines(path, lines, start, end, new)
                    change = f"line {first + 1}: {line.strip()} → behind line {end}"
                    yield Site(path, change, site.build)

    return sites


def together(*parts: Sites) -> Sites:
    """The sites of all parts."""

    def sites(tree: Files) -> Iterator[Site]:
        for part in parts:
            yield from part(tree)

    return sites


def in_section(section: str, sites: Sites) -> Sites:
    """The sites of ``slo.yaml`` whose line lies in one top-level section."""

    def inside(tree: Files) -> Iterator[Site]:
        lines = tree[SPEC].split("\n")
        first = lines.index(f"{section}:") + 1
        after = next((i for i in range(first, len(lines)) if re.match(r"\w", lines[i])), len(lines))
        for site in sites(tree):
            if first < int(site.change.removeprefix("line ").partition(":")[0]) <= after:
                yield site

    return inside


def chosen(tree: Files, files: str) -> Iterator[tuple[str, list[str]]]:
    """The lines of the files whose path matches, in the order of their paths."""
    for path in sorted(tree):
        if fnmatchcase(path, files):
            yield path, tree[path].removesuffix("\n").split("\n")


def rotated(values: Sequence[str], value: str, step: int = 1) -> str:
    """Another of ``values``: the next but ``step - 1`` after ``value``, round and round."""
    return values[(values.index(value) + step) % len(values)] if value in values else values[0]


def number(value: float) -> str:
    """A number as the files write it."""
    return f"{value:.10g}"


def _blocks(files: str, pattern: str, change: Callable[[list[str]], list[str]]) -> Sites:
    found = re.compile(pattern)

    def sites(tree: Files) -> Iterator[Site]:
        for path, lines in chosen(tree, files):
            for first, line in enumerate(lines):
                if found.match(line):
                    after = block_end(lines, first)
                    yield replace_lines(path, lines, first, after, change(lines[first:after]))

    return sites


def _with_comments(lines: Sequence[str], first: int) -> int:
    """Where the comments begin that stand right above the line."""
    while first > 0 and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return first


def _shorten_alike(before: str, becomes: str) -> tuple[str, str]:
    """Both without most of what they begin with alike, so that the change is seen."""
    alike = 0
    while alike < min(len(before), len(becomes)) and before[alike] == becomes[alike]:
        alike += 1
    cut = max(0, alike - 30)
    return ("…" + before[cut:], "…" + becomes[cut:]) if cut else (before, becomes)
