"""A finding in, the text with its mend applied out: each form of words, and the edit that it stands for.

A mend that offers a choice stands for several edits.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from genesis_monitoring.findings import Finding

from .edits import (
    indented,
    line_of,
    nodes,
    offset,
    replaced,
    value_span,
    with_key,
    with_key_around,
    with_line,
    with_value,
    without_entry,
    without_key,
)

Edits = Callable[[str, Finding, re.Match[str]], Iterator[str]]


@dataclass(frozen=True)
class Form:
    """A form of words, and what it says to do."""

    pattern: re.Pattern[str]
    edits: Edits


def applied(text: str, finding: Finding) -> tuple[str, ...]:
    """The text with each edit that the mend of ``finding`` names; empty if it is for a person to choose."""
    for form in FORMS:
        # What a name was likely meant for stands in the message, and the choices behind it in the hint.
        whole = f"{finding.message}; {finding.hint}" if form.edits is _write else finding.hint
        match = form.pattern.search(finding.hint) or (
            form.pattern.search(whole) if form.pattern.pattern.startswith("; did") else None
        )
        if match is not None:
            return tuple(form.edits(text, finding, match))
    return ()


def _choices(listed: str) -> list[str]:
    found = [one.strip(' "') for one in re.split(r", | or ", listed)]
    return [one for one in found if "…" not in one and one][:3]


def _write(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    yield _with_word(text, finding, match["new"])


def _write_each(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    for one in _choices(match["new"]):
        yield _with_word(text, finding, _quoted(one))


_INSIDE = re.compile(r'(?:\{\{\s*)?(?P<word>"[^"]*"|\w+)')


def _starts(text: str, begin: int) -> bool:
    """Whether a value or a key starts there, and not a word within one."""
    return any(node.start_mark.index == begin for node, _ in nodes(text))


def _with_word(text: str, finding: Finding, new: str) -> str:
    """In the place of a value, or of the name within it that the message is about."""
    begin = offset(text, finding.location)
    within = _INSIDE.match(text, begin)
    if within and not _starts(text, begin):
        quoted = within["word"].startswith('"')
        return replaced(text, within.span("word"), f'"{new}"' if quoted else new)
    name = re.search(r"there is no [^']*'(?P<name>[^']+)'", finding.message)
    begin, end = value_span(text, finding.location)
    if name and name["name"] != text[begin:end].strip("'\"") and name["name"] in text[begin:end]:
        return replaced(text, (begin, end), text[begin:end].replace(name["name"], new, 1))
    return with_value(text, finding.location, new)


def _one_of_these(text: str, finding: Finding, _: re.Match[str]) -> Iterator[str]:
    listed = re.search(r"allowed: (?:one of )?(.+)$", finding.message)
    assert listed is not None, finding.message
    yield from (with_value(text, finding.location, _quoted(one)) for one in _choices(listed[1]))


def _line(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    line = line_of(text, finding.location)
    yield with_line(text, finding.location, line[: len(line) - len(line.lstrip())] + match["new"])


def _shape(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    """In the place of a value; a mapping or a list, and nothing, are told at their key."""
    begin = offset(text, finding.location)
    key = any(value is not None for node, value in nodes(text) if node.start_mark.index == begin)
    start, end = value_span(text, finding.location, of_key=key)
    end = start + len(text[start:end].rstrip())
    yield replaced(text, (start, end), match["new"] if start < end else f" {match['new']}")


def _in_brackets(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    begin = offset(text, finding.location)
    if any(node.start_mark.index == begin and value is not None for node, value in nodes(text)):
        yield from _shape(text, finding, match)
        return
    bare = match["new"][1:-1]
    end = begin + len(bare) if text.startswith(bare, begin) else value_span(text, finding.location)[1]
    yield replaced(text, (begin, end), match["new"])


def _value_of_key(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    yield replaced(text, value_span(text, finding.location, of_key=True), match["new"])


def _joined(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    """A decimal comma: the digits before the place belong to the number."""
    begin = offset(text, finding.location) + 1
    digits = re.search(r"[0-9]+,$", text[:begin])
    behind = re.compile("[0-9]+").match(text, begin)
    assert digits is not None
    assert behind is not None
    yield replaced(text, (digits.start(), behind.end()), match["new"])


def _plain_text(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    """Text that is no YAML as it stands: quotes go around the words that are shown."""
    shown = match["new"]
    row = line_of(text, finding.location)
    if row.count(shown[1:-1]) == 1:
        yield with_line(text, finding.location, row.replace(shown[1:-1], shown))
    else:
        yield with_value(text, finding.location, shown)


def _whole_line(text: str, finding: Finding, _: re.Match[str]) -> Iterator[str]:
    line = line_of(text, finding.location)
    key = re.match(r"\s*(?:- )?(?:[\w.-]+: +(?=\S))?", line)
    begin = key.end() if key and key.end() < finding.location.column else finding.location.column - 1
    yield with_line(text, finding.location, f"{line[:begin]}'{line[begin:].replace(chr(39), chr(39) * 2)}'")


def _quote_at_the_end(text: str, finding: Finding, _: re.Match[str]) -> Iterator[str]:
    line = line_of(text, finding.location)
    yield with_line(text, finding.location, line + line[finding.location.column - 1])


def _at_the_end(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    yield with_line(text, finding.location, line_of(text, finding.location) + match["new"])


def _comma(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    line = line_of(text, finding.location)
    yield with_line(text, finding.location, line.replace(match["new"].replace(", ", " "), match["new"], 1))


def _space(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    line = line_of(text, finding.location)
    yield with_line(text, finding.location, line.replace(match["new"].replace(": ", ":"), match["new"], 1))


def _remove(text: str, finding: Finding, _: re.Match[str]) -> Iterator[str]:
    begin = offset(text, finding.location)
    placeholder = re.compile(r" *(?:\{\{.*?\}\}|\$\{\w+\}|\$\w+)").match(text, begin)
    yield replaced(text, placeholder.span(), "") if placeholder else without_entry(text, finding.location)


def _untagged(text: str, finding: Finding, _: re.Match[str]) -> Iterator[str]:
    line, column = line_of(text, finding.location), finding.location.column - 1
    yield with_line(text, finding.location, line[:column] + re.sub(r"^\S+ ", "", line[column:]))


def _add_line(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    if finding.message.endswith(" in the spec"):
        begin = offset(text, finding.location)
        yield replaced(text, (begin, begin), f"{match['new']}\n")
        return
    yield with_key(text, finding.location, match["new"])


def _add_each(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    for one in match["new"].split(", or "):
        yield with_key(text, finding.location, one)


def _indent(text: str, finding: Finding, _: re.Match[str]) -> Iterator[str]:
    """As the line above it that is no comment."""
    rows = text.split("\n")[: finding.location.line - 1]
    above = next(row for row in reversed(rows) if row.strip() and not row.lstrip().startswith("#"))
    yield indented(text, finding.location, len(above) - len(above.lstrip()))


def _indent_as_the_others(text: str, finding: Finding, _: re.Match[str]) -> Iterator[str]:
    yield indented(text, finding.location, finding.related[0].column - 1)


def _entry(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    begin, _ = value_span(text, finding.location)
    _, end = value_span(text, finding.location, of_key=True)
    yield replaced(text, (begin, end), match["new"])


def _below(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    """As the first key of the block that it belongs to."""
    lines = text.split("\n")
    line = lines.pop(finding.location.line - 1)
    row = next(
        row for row in range(finding.location.line - 2, 0, -1) if lines[row].strip() == f"{match['new']}:"
    )
    lines.insert(row + 1, f"  {line}")
    yield "\n".join(lines)


def _indent_into(text: str, finding: Finding, _: re.Match[str]) -> Iterator[str]:
    yield indented(text, finding.location, finding.location.column + 1)


def _spaces(text: str, finding: Finding, _: re.Match[str]) -> Iterator[str]:
    """As many as the line below it has."""
    line, below = line_of(text, finding.location), text.split("\n")[finding.location.line]
    indent = " " * (len(below) - len(below.lstrip()))
    yield with_line(text, finding.location, indent + line.lstrip())


def _swap(text: str, finding: Finding, _: re.Match[str]) -> Iterator[str]:
    first, second = sorted(value_span(text, at) for at in (finding.location, finding.related[0]))
    one, two = text[slice(*first)], text[slice(*second)]
    yield replaced(replaced(text, second, one), first, two)


def _edge(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    """The edge is put among those of the related list, in their order."""
    begin, end = value_span(text, finding.related[0], of_key=True)
    edges = sorted({*map(float, text[begin + 1 : end - 1].split(",")), float(match["new"])})
    yield replaced(text, (begin, end), str(edges))


def _to_list(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    """To the list at a path of the spec."""
    *_, service, key = match["path"].split(".")
    begin = text.index(f"\n    {service}:\n", text.index("\nstack:\n"))
    at = re.compile(rf"\n      {key}: \[").search(text, begin)
    following = re.compile(r"\n    \w").search(text, begin + 5)
    assert following is not None
    if at is None or at.start() > following.start():
        line = f"\n      {key}: [{match['new']}]"
        yield replaced(text, (following.start(), following.start()), line)
    else:
        yield replaced(text, (at.end(), at.end()), f"{match['new']}, ")


def _around(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    yield with_key_around(text, finding.location, match["key"], match["new"])


def _remove_key(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    yield without_key(text, finding.location, match["new"])


def _clock(text: str, finding: Finding, match: re.Match[str]) -> Iterator[str]:
    """Text, or where it is said the same as a duration."""
    yield with_value(text, finding.location, match["new"])
    duration = re.search(r"for a duration (\w+) or (\w+)$", finding.hint)
    for one in duration.groups() if duration else ():
        yield with_value(text, finding.location, one)


def _dashes(text: str, finding: Finding, _: re.Match[str]) -> Iterator[str]:
    rows = text.split("\n")
    indent = " " * (finding.location.column - 1)
    yield "\n".join(re.sub(rf"^{indent}-(?=\S)", f"{indent}- ", row) for row in rows)


def _quoted(word: str) -> str:
    return f'"{word}"' if re.search(r"^[<>=#]|: ", word) else word


_A = r"(?P<new>[^\s,;:\"']+)"
_FORMS: tuple[tuple[str, Edits], ...] = (
    (r'; did you mean "(?P<new>[^"]+)"\?', _write),
    (r"^write the line: (?P<new>[^;]+?)(?:; text that.*)?$", _line),
    (r"^write it as a mapping: (?P<new>\{.*\})$", _shape),
    (r"^write it as a list: (?P<new>\[.*\])$", _in_brackets),
    (r"^give it a value, as (?P<new>.+), or remove the key$", _shape),
    (r"^write (?P<new>\S+ or \S+)$", _write_each),
    (r"^write one of: (?P<new>.+)$", _write_each),
    (r"^write them in \w+: (?P<new>\[.*\])$", _value_of_key),
    (r"^write each as an entry: (?P<new>.+)$", _write),
    (r"^write one of these$", _one_of_these),
    (r"^write a space after each dash$", _dashes),
    (r"^(?:a decimal point is a dot|thousands are not set apart): (?:write )?(?P<new>[0-9.]+)$", _joined),
    (r"^write the number alone: (?P<new>\S+)$", _write),
    (r"^write it without quotes: (?P<new>.+)$", _write),
    (r"^put (?:it|the whole text) in quotes: (?P<new>.+)$", _plain_text),
    (r"^write (?P<key>\w+): (?P<new>[^\s,]+)(?:$|,| or )", _around),
    (r"^(?:for text )?write (?P<new>'[^']+'|\"[^\"]+\")(?:$|: |; |, or )", _clock),
    (rf"^write {_A}(?:$|, or |: (?!\S+ in ))", _write),
    (r"is by default (?P<new>\S+)$", _write),
    (r"^name it as it is exposed: (?P<new>\w+);", _write),
    (r"^a space is missing after the colon: write (?P<new>\S+: \S+)\. ", _space),
    (r"^use one of: (?P<new>.+)$", _write_each),
    (r"^use a unit of \w+: (?P<new>.+)$", _write_each),
    (r"^use (?P<new>\w+(?: or \w+)?)(?:$|, or add that edge)", _write_each),
    (r"^use the unit (?P<new>\w+) for both$", _write),
    (r"^use: (?P<new>.+)$", _write_each),
    (r"^add its unit: (?P<new>.+)$", _write_each),
    (r"^add the line: (?P<new>[^;]+)", _add_line),
    (r"^add (?P<new>errors: \w+, or errors: \w+)$", _add_each),
    (r"^make it (?P<new>by: \[.*\])$", _add_line),
    (r"^make it (?P<new>\S+) or (?:longer|shorter|more|less|more urgent)(?:$|, )", _write),
    (r"^make it a multiple of \w+: (?P<new>.+)$", _write_each),
    (r"^make the component (?P<new>\S+)$", _write),
    (r"^add the bucket edge (?P<new>\S+) ", _edge),
    (r"^add (?P<new>\w+) to (?P<path>stack\.services\.\S+)$", _to_list),
    (r"^indent it like the key above it$", _indent),
    (r"^indent it exactly like the other keys of its mapping$", _indent_as_the_others),
    (r"^indent it like the keys of \S+$", _indent_into),
    (r"^indent with spaces", _spaces),
    (r'^it is a key of "(?P<new>\w+)": write it there', _below),
    (r'^it is a key of "\w+": write (?P<new>\w+: \{\w+: [^.]+\})\. ', _entry),
    (r"^put the whole text in single quotes", _whole_line),
    (r"^add the missing closing quote at the end of the line", _quote_at_the_end),
    (r'^add "(?P<new>[\]}])" at the end of the line$', _at_the_end),
    (r"^add the comma: (?P<new>.+)$", _comma),
    (r"^swap the two", _swap),
    (r"^leave (?P<new>\w+) out(?:$|, or use one that both have)", _remove),
    (r"^use one that both have: (?P<new>.+)$", _write_each),
    (r"^remove the tag;", _untagged),
    (
        r"(?:^|, or )(?:remove|drop) (?P<new>errors|unit|alert|level|fallback|mute|q|total|unless_numerator"
        r"|groups_at_most)\b",
        _remove_key,
    ),
    (r"^(?:remove it\b|leave it out\b|remove this entry|remove one of)", _remove),
    (r'^"\w+" stands here already: remove one of the two', _remove),
    (r"^keep one of the two, or", _remove),
    (r"^remove or rename one of the two$", _remove),
)
FORMS = tuple(Form(re.compile(pattern), edits) for pattern, edits in _FORMS)
