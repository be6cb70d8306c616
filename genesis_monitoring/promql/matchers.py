"""What a label must be: equal, not equal, one of several values, a pattern, not a pattern.

Patterns are those of Prometheus (RE2, matched against the whole value), as far as Python reads them alike:
label values of generated tests are made up from them. ``read_matcher`` takes one text with its operator
first, as ``"=~5.."``.
"""

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from re import _constants as code, _parser as parser  # type: ignore[attr-defined]  # fmt: skip
from typing import Any

from genesis_monitoring.promql.parsing import parse_promql

OPERATORS = ("=~", "!~", "!=")
PATTERN_CHARACTERS = re.compile(r"^(?:=~|!~|!=)|^\^|\$$|\.[*+?]|\.\.|\||\[[^\]]+\]|\\[.dws]")
"""What is hardly ever part of a label value that is meant literally."""

_PLAIN = ("other", "test", "1", "a", "")
_TRIED = 64
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
_ODD = ("", "a", "Z", "0", "~", " x/-_.:", "\n", "é€", "other" * 50)
"""Texts so unlike each other that a pattern which matches all of them matches everything."""


@dataclass(frozen=True, slots=True, order=True)
class Matcher:
    """``label operator "value"``; the operator is one of ``=``, ``=~``, ``!~``, ``!=``."""

    label: str
    operator: str
    value: str
    examples: tuple[str, ...] = ()

    def matches(self, text: str) -> bool:
        """Whether a label with the value ``text`` is selected."""
        if self.operator in ("=", "!="):
            return (text == self.value) == (self.operator == "=")
        return bool(re.fullmatch(self.value, text, re.DOTALL)) == (self.operator == "=~")

    @property
    def opposite(self) -> "Matcher":
        """The matcher that selects what this one does not."""
        return Matcher(self.label, {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}[self.operator], self.value)

    def example(self) -> str | None:
        """A label value that it selects; None if none can be made up."""
        return next(self.samples(), None)

    def samples(self) -> Iterator[str]:
        """Label values that it selects, as far as they can be made up; some may come twice."""
        made = (self.value,) if self.operator in ("=", "!=") else islice(_examples(self.value), _TRIED)
        return (text for text in (*self.examples, *made, *_PLAIN) if self.matches(text))


def read_matcher(label: str, text: str) -> Matcher:
    """A matcher as it is written in a spec. Raises ValueError, in the words of a finding."""
    operator = next((one for one in OPERATORS if text.startswith(one)), None)
    if operator is None:
        raise ValueError(
            f'a matcher begins with one of {", ".join(OPERATORS)}, as "=~5.."; exact values stand in labels'
        )
    matcher = Matcher(label, operator, text[len(operator) :].strip())
    if operator != "!=":
        _check_pattern(matcher.value)
    if matcher.example() is None:
        raise ValueError(f"no label value can be made up that {text} selects; write a plainer pattern")
    return matcher


def one_of(label: str, values: Sequence[str], *, excluded: bool = False) -> Matcher:
    """A label is one of ``values``, or none of them."""
    if len(values) == 1:
        return Matcher(label, "!=" if excluded else "=", values[0])
    pattern = "|".join(_SPECIAL.sub(r"\\\g<0>", value) for value in values)
    return Matcher(label, "!~" if excluded else "=~", pattern)


def check_matched(matcher: Matcher) -> None:
    """That a pattern is one, and selects something and not all. Raises ValueError, in a finding's words."""
    _check_pattern(matcher.value)
    everything = all(re.fullmatch(matcher.value, text, re.DOTALL) for text in _ODD)
    if everything:
        selected = "every value" if matcher.operator == "=~" else "none"
        raise ValueError(
            f"{matcher.value!r} matches whatever the label is, so {selected} is selected; leave it out"
        )
    for text in matcher.examples:
        if not matcher.matches(text):
            raise ValueError(
                f"the example {text!r} is not selected: a pattern is matched against the whole value, "
                'so write ".*" around a part of it'
            )
    if matcher.example() is None:
        raise ValueError(
            f"no value can be made up that {matcher.value!r} selects, for generated tests; a pattern is "
            "matched against the whole value. Name values of it: examples: [VALUE]"
        )


def _check_pattern(pattern: str) -> None:
    quoted = pattern.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    try:
        parse_promql(f'x{{label=~"{quoted}"}}')
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
    except (ValueError, RecursionError, re.error, FutureWarning, DeprecationWarning):
        raise ValueError(
            f"{pattern!r} is no pattern that Prometheus (RE2) and this tool read alike; look-around, "
            "back-references and named classes are left out: write character classes out, as [a-z]"
        ) from None


def _examples(pattern: str) -> Iterator[str]:
    """Texts that ``pattern`` should match, the shortest way through each alternative first."""
    yield from _of_sequence(parser.parse(pattern))


def _of_sequence(items: Any) -> Iterator[str]:
    found = [""]
    for item in items:
        choices = list(islice(_of_item(*item), 8))
        found = [head + tail for tail in choices for head in found][:_TRIED]
    yield from found


def _of_item(kind: Any, argument: Any) -> Iterator[str]:
    match kind:
        case code.LITERAL:
            yield chr(argument)
        case code.NOT_LITERAL:
            yield from (char for char in "a0-" if ord(char) != argument)
        case code.ANY:
            yield "0"
        case code.IN:
            yield from _of_class(argument)
        case code.BRANCH:
            for branch in argument[1]:
                yield from _of_sequence(branch)
        case code.SUBPATTERN:
            yield from _of_sequence(argument[-1])
        case code.MAX_REPEAT | code.MIN_REPEAT:
            least, _, body = argument
            for one in _of_sequence(body):
                yield one * max(least, 1)
            if not least:
                yield ""
        case _:
            yield ""


def _of_class(members: Any) -> Iterator[str]:
    inside = "".join(
        chr(value if kind is code.LITERAL else value[0])
        for kind, value in members
        if kind in (code.LITERAL, code.RANGE)
    )
    classes = [value for kind, value in members if kind is code.CATEGORY]
    if members[0][0] is code.NEGATE:
        yield from (char for char in "a0-_ " if char not in inside)
    else:
        yield from inside
        yield from ("0a_ -" if classes else "")
