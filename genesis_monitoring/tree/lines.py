"""The difference of two texts: takes their lines, gives the runs in which they differ.

Unique lines that both texts share in the same order anchor the comparison, so that a file of a million
generated lines costs about as much as sorting it; difflib alone is quadratic in repeated lines.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAX_TEXT_BYTES = 256 << 20
"""A file on disk is read up to this size to be shown line by line."""

_CAREFUL_PAIRS = 250_000
"""A stretch without anchors of more pairs of old and new lines is replaced as a whole, not compared."""


@dataclass(frozen=True, slots=True)
class Change:
    """Lines ``old_start`` to ``old_stop`` (from 0, end excluded) become ``new_start`` to ``new_stop``."""

    old_start: int
    old_stop: int
    new_start: int
    new_stop: int


def split_lines(text: str) -> list[str]:
    """Lines with their newline; unlike ``str.splitlines`` no other character ends a line."""
    lines = text.split("\n")
    last = lines.pop()
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def first_difference(old: Sequence[str], new: Sequence[str]) -> int:
    """The index of the first line that differs; the length of the shorter text where one only goes on."""
    shorter = min(len(old), len(new))
    return next((i for i in range(shorter) if old[i] != new[i]), shorter)


def changes(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """The changes that turn ``old`` into ``new``, in order, without overlap."""
    head = first_difference(old, new)
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    stop = (len(old) - tail, len(new) - tail)
    before = (head, head)
    for anchor in (*_anchors(old, new, head, stop), stop):
        yield from _between(old, new, before, anchor)
        before = (anchor[0] + 1, anchor[1] + 1)


def _anchors(
    old: Sequence[str], new: Sequence[str], head: int, stop: tuple[int, int]
) -> list[tuple[int, int]]:
    """The longest ascending chain of lines that occur once in each text (patience sorting)."""
    old_middle, new_middle = old[head : stop[0]], new[head : stop[1]]
    old_counts, new_counts = Counter(old_middle), Counter(new_middle)
    places = {line: i for i, line in enumerate(new_middle, head) if new_counts[line] == 1}
    pairs = [(i, places[x]) for i, x in enumerate(old_middle, head) if old_counts[x] == 1 and x in places]
    tops: list[int] = []
    top_pairs: list[int] = []
    previous: list[int] = []
    for k, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        previous.append(top_pairs[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [place]
        top_pairs[pile : pile + 1] = [k]
    chain: list[tuple[int, int]] = []
    k = top_pairs[-1] if top_pairs else -1
    while k >= 0:
        chain.append(pairs[k])
        k = previous[k]
    return chain[::-1]


def _between(
    old: Sequence[str], new: Sequence[str], start: tuple[int, int], stop: tuple[int, int]
) -> Iterator[Change]:
    height, width = stop[0] - start[0], stop[1] - start[1]
    if not height and not width:
        return
    if not height or not width or height * width > _CAREFUL_PAIRS:
        yield Change(start[0], stop[0], start[1], stop[1])
        return
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, old[start[0] : stop[0]], new[start[1] : stop[1]], autojunk=False)
    for tag, old_start, old_stop, new_start, new_stop in matcher.get_opcodes():
        if tag != "equal":
            yield Change(old_start + start[0], old_stop + start[0], new_start + start[1], new_stop + start[1])
