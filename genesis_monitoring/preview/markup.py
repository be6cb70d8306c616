"""HTML and SVG as nested calls: what is text is quoted, so that none breaks out of its place."""

import re

from genesis_monitoring.conventions import WORD_JOINER
from genesis_monitoring.render.quoting import Quoted, html

_EMPTY = frozenset({"br", "hr", "line", "path", "rect", "polyline", "polygon", "circle"})
_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)

Child = Quoted | str | None
Attribute = str | int | float | None


def element(name: str, *children: Child, **attributes: Attribute) -> Quoted:
    """An element. An attribute that is None is left out; ``class_``, ``view_box`` are their names."""
    inside = "".join(text(child) for child in children if child is not None)
    given = "".join(
        f' {_name(key)}="{text(str(value))}"' for key, value in attributes.items() if value is not None
    )
    closing = "" if name in _EMPTY else f"{inside}</{name}>"
    return Quoted(f"<{name}{given}>{closing}" if closing else f"<{name}{given}/>")


def text(value: Child) -> Quoted:
    """Quoted, unless it is already. What the renderer put in against Grafana's variables is left out."""
    if isinstance(value, Quoted):
        return value
    return html((value or "").replace(WORD_JOINER, ""))


def joined(*parts: Child) -> Quoted:
    """One behind another."""
    return Quoted("".join(text(part) for part in parts if part is not None))


def is_web_address(url: str) -> bool:
    """Whether a page may link to it: no other scheme is followed from here."""
    return bool(_WEB.match(url))


def number(value: float) -> str:
    """A length or a place in a drawing: a hundredth is more than anybody sees."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def _name(key: str) -> str:
    return {"view_box": "viewBox", "aspect": "preserveAspectRatio"}.get(
        key, key.rstrip("_").replace("_", "-")
    )
