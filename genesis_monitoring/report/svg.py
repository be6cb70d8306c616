"""What matplotlib drew in, an element of an HTML page out: in its colours, and the same on every machine."""

import re

from genesis_monitoring.render.quoting import INVISIBLE, Quoted
from genesis_monitoring.report.page import Figure

COLOURS = {
    "ink": "#010101",
    "grid": "#020202",
    "missing": "#030303",
    "target": "#040404",
    "alert": "#050505",
    "no_go": "#060606",
    "path": "#070707",
    "paper": "#080808",
    "line-0": "#010102",
    "line-1": "#010103",
    "line-2": "#010104",
    "line-3": "#010105",
}
"""Stand for variables of the page's style until the drawing is done: no chart has such colours."""
_NUMBER = re.compile(r"-?\d+\.\d+")
_SVG = "{http://www.w3.org/2000/svg}"
_PLACES = ("d", "x", "y", "width", "height", "transform")
_PAINTED = ("style", "fill", "stroke")


def clean(text: str) -> str:
    """Without what cannot be seen."""
    return INVISIBLE.sub(" ", text)


def page_svg(svg: bytes, figure: Figure) -> Quoted:
    """The drawing without what a page must not have twice, with a title and a description, in its colours."""
    from lxml import etree

    root = etree.fromstring(
        svg, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    )
    for metadata in root.findall(f"{_SVG}metadata"):
        root.remove(metadata)
    text = etree.tostring(root, encoding="unicode")
    used = set(re.findall(r"url\(#([^)]+)\)", text)) | set(re.findall(r'href="#([^"]+)"', text))
    for element in root.iter():
        name = element.get("id")
        if name is not None and name not in used:
            del element.attrib["id"]
        if element is root:
            continue
        for key, value in element.attrib.items():
            if key in _PLACES:
                element.set(key, _NUMBER.sub(_short, value))
            elif key in _PAINTED:
                element.set(key, _in_colours(value))
    for key in ("width", "height", "version"):
        root.attrib.pop(key, None)
    title, described = etree.Element(f"{_SVG}title"), etree.Element(f"{_SVG}desc")
    title.text, described.text = clean(figure.title), clean(figure.text)
    title.set("id", f"{figure.slug}-title")
    described.set("id", f"{figure.slug}-desc")
    root.insert(0, title)
    root.insert(1, described)
    root.set("role", "img")
    root.set("aria-labelledby", f"{figure.slug}-title {figure.slug}-desc")
    return Quoted(re.sub(r">\s+<", "><", etree.tostring(root, encoding="unicode")))


def _short(number: re.Match[str]) -> str:
    """A hundredth of a pixel is more than anybody sees, and machines agree on it."""
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _in_colours(style: str) -> str:
    for name, colour in COLOURS.items():
        style = style.replace(colour, f"var(--{name.replace('_', '-')})")
    return style
