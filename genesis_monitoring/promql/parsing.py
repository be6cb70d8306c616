"""PromQL text from outside in, the parser's own tree out; what is long or deep is turned away before.

promql-parser works by recursion on the machine's stack: where that ends, the process ends, and no error
can be caught. A chain as ``a + a + a`` is a tree as deep as it is long, so all that can nest is counted.
"""

import re
from typing import Any

LONGEST = 100_000
"""Characters of an expression. The longest that is rendered has some 10,000."""
MOST_NESTED = 1_000
"""Brackets and operators of an expression. The parser's stack ends at some 10,000."""

_NESTING = re.compile(r"[(\[+\-*/%^=<>!@]|\b(?:and|or|unless|atan2|offset)\b", re.IGNORECASE)


class TooNestedError(ValueError):
    """An expression is too long, or has too many brackets and operators, to be parsed."""


def parse_promql(text: str) -> Any:
    """The tree of ``text``. Raises ValueError for what is no PromQL, TooNestedError for what is too much."""
    import promql_parser

    if len(text) > LONGEST:
        raise TooNestedError(f"has {len(text)} characters; {LONGEST} at most are read")
    # Strings count too: what is a string is not known before it is parsed, as a quote may stand in a comment.
    found = sum(1 for _ in _NESTING.finditer(text))
    if found > MOST_NESTED:
        raise TooNestedError(f"has {found} brackets and operators; {MOST_NESTED} at most are read")
    return promql_parser.parse(text)
