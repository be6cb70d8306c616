"""Words of messages: a text cut short, numbers of things and in a row, and the name that was likely meant."""

from collections.abc import Iterable

SHOWN = 60
_MANY = 50
_BEGINNING = 3
"""So many letters tell a name by its beginning: ``sat`` is saturday."""


def shorten(text: str, limit: int = SHOWN) -> str:
    """``text`` on one line, at most ``limit`` characters of it, whatever does not print escaped."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return cut if cut.isprintable() else "".join(map(_printable, cut))


def _printable(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode("ascii")


def ranges(numbers: Iterable[int]) -> str:
    """``1, 4 to 9``, of numbers in order."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def count(number: int, noun: str) -> str:
    """``1 panel``, ``2 panels``: for nouns with a regular plural."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def suggest(word: str, choices: Iterable[str]) -> str:
    """``; did you mean "x"?`` for the choice most like ``word``, to end a message; else ""."""
    best = closest(word, choices)
    return f'; did you mean "{shorten(best)}"?' if best else ""


def closest(word: str, choices: Iterable[str]) -> str:
    """The choice that ``word`` is most likely a slip of the pen for; "" if none is near."""
    from difflib import get_close_matches
    from heapq import nlargest

    by_shape: dict[str, str] = {}
    for choice in choices:
        by_shape.setdefault(_bare(choice), choice)
    bare = _bare(word[:100])
    if bare in by_shape or not any(map(str.isalnum, bare)):
        return by_shape.get(bare, "")
    likely = [one for one in by_shape if abs(len(one) - len(bare)) <= 2 + len(bare) // 3]
    if len(likely) > _MANY:
        likely = nlargest(_MANY, likely, key=lambda one: _shared_ends(bare, one))
    near = get_close_matches(bare, likely, n=1, cutoff=0.65)
    if near:
        return by_shape[near[0]]
    longer = [one for one in by_shape if one.startswith(bare)] if len(bare) >= _BEGINNING else []
    return by_shape[longer[0]] if len(longer) == 1 else ""


def _shared_ends(one: str, other: str) -> int:
    """How many characters two names share at their start and end: a quick measure of likeness."""
    return sum(
        next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
        for one, two in ((one, other), (one[::-1], other[::-1]))
    )


def _bare(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")
