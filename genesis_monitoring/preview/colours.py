"""Grafana's colours by their names, light and dark, and what can be read in them.

A page names colours as variables of its style: ``--c-NAME`` for shapes, ``--t-NAME`` for text, ``--o-NAME``
for text that stands on the colour. ``declarations`` says what each of those that a page uses is.
Source: ``@grafana/data`` 12.2 (Apache-2.0), ``createVisualizationColors``.
"""

import re
from collections.abc import Iterator

_SHADES = ("super-light-", "light-", "", "semi-dark-", "dark-")
_DARK = {
    "red": ("FFA6B0", "FF7383", "F2495C", "E02F44", "C4162A"),
    "orange": ("FFCB7D", "FFB357", "FF9830", "FF780A", "FA6400"),
    "yellow": ("FFF899", "FFEE52", "FADE2A", "F2CC0C", "E0B400"),
    "green": ("C8F2C2", "96D98D", "73BF69", "56A64B", "37872D"),
    "blue": ("C0D8FF", "8AB8FF", "5794F2", "3274D9", "1F60C4"),
    "purple": ("DEB6F2", "CA95E5", "B877D9", "A352CC", "8F3BB8"),
}
_LIGHT = {
    "red": ("FF7383", "F2495C", "E02F44", "C4162A", "AD0317"),
    "orange": ("FFB357", "FF9830", "FF780A", "FA6400", "E55400"),
    "yellow": ("FFEE52", "FADE2A", "F2CC0C", "E0B400", "CC9D00"),
    "green": ("96D98D", "73BF69", "56A64B", "37872D", "19730E"),
    "blue": ("8AB8FF", "5794F2", "3274D9", "1F60C4", "1250B0"),
    "purple": ("CA95E5", "B877D9", "A352CC", "8F3BB8", "7C2EA3"),
}
_CLASSIC = (
    *("green", "yellow", "blue", "orange", "red", "purple"),
    *("dark-green", "dark-yellow", "dark-blue", "dark-orange", "dark-red", "dark-purple"),
)
_PAPER = {"light": "#ffffff", "dark": "#181b1f"}
_INK = {"light": "#24292e", "dark": "#ccccdc"}
_GRAY = {"light": "#808080", "dark": "#808080"}
_FALLBACK = "gray"
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\b")
_NAMES = {
    f"{shade}{hue}": {"light": f"#{_LIGHT[hue][index]}", "dark": f"#{_DARK[hue][index]}"}
    for hue in _DARK
    for index, shade in enumerate(_SHADES)
} | {"gray": _GRAY, "grey": _GRAY, "text": _INK, "white": dict.fromkeys(_PAPER, "#ffffff"),
     "black": dict.fromkeys(_PAPER, "#000000")}  # fmt: skip
_USED = re.compile(r"--([cto])-([a-z0-9-]+)")
_OTHER = re.compile(r"x[0-9a-f]{6}\Z")
_READABLE, _VISIBLE = 4.6, 3.05
"""Contrast of text, and of shapes that mean something: a little more than WCAG 2.2 asks for at AA."""


def series_color(index: int) -> str:
    """The colour of a series by its place, as the classic palette has it."""
    return _CLASSIC[index % len(_CLASSIC)]


def known(color: str) -> str:
    """The name of a colour as a variable has it; grey stands for what is no colour that is known here."""
    if color in _NAMES:
        return color
    if _HEX.match(color):
        digits = color[1:].lower()
        return f"x{digits if len(digits) == 6 else ''.join(2 * digit for digit in digits)}"
    rgb = _RGB.match(color)
    if rgb and all(int(part) < 256 for part in rgb.groups()):
        return "x" + "".join(f"{int(part):02x}" for part in rgb.groups())
    return _FALLBACK


def shape(color: str) -> str:
    """A CSS value for lines and areas."""
    return f"var(--c-{known(color)})"


def writing(color: str) -> str:
    """A CSS value for text in this colour on a panel."""
    return f"var(--t-{known(color)})"


def on(color: str) -> str:
    """A CSS value for text on an area of this colour."""
    return f"var(--o-{known(color)})"


def declarations(page: str, theme: str) -> str:
    """The variables that ``page`` uses, for the theme ``light`` or ``dark``."""
    return "".join(_declared(page, theme))


def _declared(page: str, theme: str) -> Iterator[str]:
    for kind, name in sorted(set(_USED.findall(page))):
        told = _told(name, theme)
        if told is None:
            # A word of a text, which looks like a variable.
            continue
        if kind == "c":
            value = _away(told, _PAPER[theme], _VISIBLE)
        elif kind == "t":
            value = _away(told, _PAPER[theme], _READABLE)
        else:
            told = _away(told, _PAPER[theme], _VISIBLE)
            value = max(("#000000", "#ffffff"), key=lambda ink, on=told: contrast(ink, on))  # type: ignore[misc]
        yield f"--{kind}-{name}:{value};"


def _told(name: str, theme: str) -> str | None:
    if name in _NAMES:
        return _NAMES[name][theme]
    return f"#{name[1:]}" if _OTHER.match(name) else None


def _away(color: str, paper: str, least: float) -> str:
    """``color``, darker on light paper and lighter on dark, until it has that contrast."""
    goal = "#000000" if contrast(paper, "#000000") > contrast(paper, "#ffffff") else "#ffffff"
    for hundredth in range(101):
        mixed = _mixed(color, goal, hundredth / 100)
        if contrast(mixed, paper) >= least:
            return mixed
    return goal


def contrast(one: str, other: str) -> float:
    """Of two colours as ``#rrggbb``, from 1 to 21. Source: WCAG 2.2, "contrast ratio"."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    parts = [part / 255 for part in _parts(color)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(color: str, goal: str, share: float) -> str:
    pairs = zip(_parts(color), _parts(goal), strict=True)
    return "#" + "".join(f"{round(one + (other - one) * share):02x}" for one, other in pairs)


def _parts(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
