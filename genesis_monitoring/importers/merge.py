"""A part and the text of a spec in; the text with the part in it out, and where each new line comes from.

No line of the spec is changed: entries go to the end of their section, a new section to the end.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from genesis_monitoring.findings import Finding, Location
from genesis_monitoring.importers.part import Item, Part, item_text
from genesis_monitoring.importers.report import Report
from genesis_monitoring.spec.builder import MappingNode, Node, offset_of
from genesis_monitoring.spec.scalars import Value
from genesis_monitoring.spec.source import Source, SpecError, parse_source

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class _Line:
    """``own``: its number in the spec, 0 for a new one, which comes from ``at``."""

    text: str
    own: int = 0
    at: Location | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """The text of a spec with a part in it."""

    text: str
    file: str
    origins: tuple[tuple[int, Location | None], ...]

    def told(self, finding: Finding) -> Finding:
        """A finding of this text, at the lines that a person has before them."""
        place = self._moved(finding.location)
        message = finding.message
        if place.file != self.file:
            message = f"in the spec with the part in it: {message}"
        related = tuple(map(self._moved, finding.related))
        return replace(finding, location=place, message=message, related=related)

    def _moved(self, place: Location) -> Location:
        if place.file != self.file or not 0 < place.line <= len(self.origins):
            return place
        own, at = self.origins[place.line - 1]
        return at if at is not None else replace(place, line=own)


def merge(text: str, display: str, part: Part, report: Report, whole: Source | None = None) -> Merged | None:
    """None, and told, where a name is taken or the text cannot hold it. Raises SpecError.

    ``whole`` is the spec with what it includes, where a name may be taken too.
    """
    source = parse_source(text, display)
    whole = source if whole is None else whole
    value = source.value if isinstance(source.value, dict) else {}
    before = report.errors
    wanted: dict[str, Value] = dict(value)
    lines = [_Line(line, number) for number, line in enumerate(_LINES.findall(text), 1)]
    breaks = "\r\n" if "\r\n" in text else "\n"
    if lines and not lines[-1].text.endswith(("\n", "\r")):
        lines[-1] = replace(lines[-1], text=lines[-1].text + breaks)
    places: list[tuple[int, list[_Line]]] = []
    for section, items in part.sections.items():
        there = value.get(section)
        known = there if isinstance(there, dict) else {}
        new = _new(section, items, whole, report)
        if not new:
            continue
        wanted[section] = {**known, **{item.name: item.value for item in new}}
        node = _section(source, section)
        if section in value and (node is None or not _in_block(source, node)):
            report.error(
                source.locate((section,)),
                f"{section} is not written with an entry a line, so nothing can be added",
                "write its entries on lines of their own",
            )
            continue
        if node is None:
            places.append((len(lines), [_Line(f"{section}:{breaks}"), *_written(new, "  ", breaks)]))
        else:
            places.append((_end(source, node), _written(new, _indent(source, node), breaks)))
    if report.errors > before:
        return None
    for at, added in sorted(places, key=lambda place: place[0], reverse=True):
        lines[at:at] = added
    merged = Merged("".join(line.text for line in lines), display, tuple((one.own, one.at) for one in lines))
    if not _says(merged, wanted):
        report.error(
            Location(display),
            "the part cannot be added to this text",
            "print it without --spec, and paste it",
        )
        return None
    return merged


def _says(merged: Merged, wanted: dict[str, Value]) -> bool:
    try:
        return parse_source(merged.text, merged.file).value == wanted
    except SpecError:
        return False


def _new(section: str, items: Sequence[Item], whole: Source, report: Report) -> list[Item]:
    there = whole.value.get(section) if isinstance(whole.value, dict) else None
    known = there if isinstance(there, dict) else {}
    found = []
    for item in items:
        if item.name not in known:
            found.append(item)
        elif section == "components":
            report.note(item.at, f"the component {item.name} is in the spec already, and stays as it is")
        elif known[item.name] == item.value:
            report.note(item.at, f"{section}.{item.name} is in the spec already, and says the same")
        else:
            report.error(
                item.at,
                f"{section}.{item.name} is in the spec already, and says something else",
                f"rename or remove the one at {whole.locate_key((section, item.name))}",
            )
    return found


def _written(items: Sequence[Item], indent: str, breaks: str) -> list[_Line]:
    return [
        _Line(line + breaks, at=item.at) for item in items for line in item_text(item, indent).splitlines()
    ]


def _section(source: Source, name: str) -> MappingNode | None:
    place = source.place((name,))
    return place[1] if place and isinstance(place[1], MappingNode) and place[1].entries else None


def _in_block(source: Source, node: MappingNode) -> bool:
    return source.lines.text[offset_of(node)] != "{"


def _indent(source: Source, node: MappingNode) -> str:
    offset = min(offset for offset, _ in node.entries.values())
    return " " * ((source.lines.at(offset).column or 1) - 1)


def _end(source: Source, node: MappingNode) -> int:
    """The number of lines of the text up to the end of the section."""
    root: Node = source.root
    starts = [offset for offset, _ in root.entries.values()] if isinstance(root, MappingNode) else []
    after = min((one for one in starts if one > offset_of(node)), default=None)
    end = len(_LINES.findall(source.lines.text)) if after is None else source.lines.at(after).line - 1
    while end and (not (line := source.line_text(end)).strip() or line[0] == "#"):
        end -= 1
    return end
