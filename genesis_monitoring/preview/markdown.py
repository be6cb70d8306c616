"""Markdown as text panels and descriptions have it, as HTML: paragraphs, headings, lists, tables, emphasis,
code and links to the web. All else, HTML too, is text.
"""

import re
from collections.abc import Callable, Iterator

from genesis_monitoring.preview.markup import element, is_web_address, joined, text
from genesis_monitoring.render.quoting import Quoted

_HEADING = re.compile(r"(#{1,6})\s+(.*)\Z")
_ITEM = re.compile(r"\s*(?:([-*+])|([0-9]{1,9})[.)])\s+(.*)\Z")
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*\Z")
_CELLS_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*\Z")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_SPAN = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|\*\*(?P<strong>\S(?:.*?\S)?)\*\*"
    r"|(?<![\w*])\*(?P<em>[^\s*](?:[^*]*[^\s*])?)\*(?!\w)"
    r"|\[(?P<label>(?:[^\[\]\\]|\\.)*)\]\((?P<url>[^\s()<>]*)\)",
    re.DOTALL,
)
_DEEPEST = 6


def to_html(markdown: str, *, heading: int = 4) -> Quoted:
    """The blocks. A heading of level 1 becomes one of level ``heading``, so that the page stays in order."""
    return joined(*_blocks(markdown.replace("\r\n", "\n").split("\n"), heading))


def inline(line: str) -> Quoted:
    """What may stand in a line: emphasis, code, links."""
    return joined(*_spans(line))


def _blocks(lines: list[str], heading: int) -> Iterator[Quoted]:
    place = 0
    while place < len(lines):
        line = lines[place]
        title, item, fence = _HEADING.match(line), _ITEM.match(line), _FENCE.match(line)
        if not line.strip():
            place += 1
        elif fence:
            end = next(
                (n for n in range(place + 1, len(lines)) if lines[n].strip().startswith(fence[1])), None
            )
            end = len(lines) if end is None else end
            yield element("pre", element("code", "\n".join(lines[place + 1 : end])))
            place = end + 1
        elif title:
            yield element(f"h{min(6, heading + len(title[1]) - 1)}", inline(_opened(title[2])))
            place += 1
        elif _RULE.match(line):
            yield element("hr")
            place += 1
        elif item:
            end = _end(lines, place, lambda one: _ITEM.match(one) is not None or one.startswith("  "))
            yield _list(lines[place:end], ordered=bool(item[2]))
            place = end
        elif "|" in line and place + 1 < len(lines) and _CELLS_RULE.match(lines[place + 1]):
            end = _end(lines, place, lambda one: "|" in one)
            yield _table(lines[place:end])
            place = end
        else:
            end = _end(lines, place, lambda one: not (_HEADING.match(one) or _ITEM.match(one)))
            yield element("p", inline(" ".join(part.strip() for part in lines[place:end])))
            place = end


def _opened(heading: str) -> str:
    """Without the marks that may close it."""
    told = heading.strip()
    bare = told.rstrip("#")
    return told if bare and not bare[-1].isspace() else bare.rstrip()


def _end(lines: list[str], start: int, goes_on: Callable[[str], bool]) -> int:
    place = start + 1
    while place < len(lines) and lines[place].strip() and goes_on(lines[place]):
        place += 1
    return place


def _list(lines: list[str], *, ordered: bool) -> Quoted:
    items: list[str] = []
    for line in lines:
        item = _ITEM.match(line)
        if item:
            items.append(item[3])
        else:
            items[-1] += f" {line.strip()}"
    return element("ol" if ordered else "ul", *(element("li", inline(one)) for one in items))


def _table(lines: list[str]) -> Quoted:
    head, *rows = (_cells(line) for number, line in enumerate(lines) if number != 1)
    body = (element("tr", *(element("td", inline(cell)) for cell in row[: len(head)])) for row in rows)
    heads = element("tr", *(element("th", inline(cell), scope="col") for cell in head))
    return element("table", element("thead", heads), element("tbody", *body))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def _spans(line: str, depth: int = 0) -> Iterator[Quoted]:
    place = 0
    for match in _SPAN.finditer(line) if depth < _DEEPEST else ():
        yield text(line[place : match.start()])
        place = match.end()
        if match["escaped"] is not None:
            yield text(match["escaped"])
        elif match["code"] is not None:
            yield element("code", match["code"].strip())
        elif match["strong"] is not None:
            yield element("strong", *_spans(match["strong"], depth + 1))
        elif match["em"] is not None:
            yield element("em", *_spans(match["em"], depth + 1))
        else:
            label = joined(*_spans(match["label"], depth + 1))
            yield link(label, match["url"])
    yield text(line[place:])


def link(label: Quoted, url: str) -> Quoted:
    """A link to the web; what leads elsewhere is text."""
    return element("a", label, href=url, rel="noreferrer") if is_web_address(url) else label
