"""Where in its text each part of an expression stands: a tree and its text in, offsets out.

The parser tells no positions. Selectors, ranges, names and operators come in the same order in the tree as in
the text, so they are counted off against each other; where the counts differ, nothing is said.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from genesis_monitoring.promql.syntax import (
    Aggregation,
    Binary,
    Call,
    Node,
    Range,
    Selector,
    Subquery,
    children,
)

_TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)
    |(?P<number>0[xX][0-9a-fA-F]+|[0-9.][0-9a-zA-Z_.]*(?:(?<=[eE])[+-][0-9]+)?)
    |(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
    |(?P<mark>==|!=|<=|>=|=~|!~|.)""",
    re.VERBOSE | re.DOTALL,
)
_LABEL_LISTS = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
_WORD_OPERATORS = frozenset({"and", "or", "unless", "atan2"})
_OPERATORS = frozenset({"+", "-", "*", "/", "%", "^", "==", "!=", "<", "<=", ">", ">="}) | _WORD_OPERATORS
_WORDS = _LABEL_LISTS | _WORD_OPERATORS | {"bool", "offset", "inf", "nan"}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    offset: int


class Places:
    """The places of one expression's parts."""

    def __init__(self, text: str, tree: Node) -> None:
        """``tree`` is what ``text`` was read as."""
        self._tokens = tuple(_tokens(text))
        self._found: dict[int, int] = {}
        written = _written(self._tokens)
        for kind, nodes in _nodes(tree).items():
            offsets = written[kind]
            if len(nodes) == len(offsets):
                self._found.update(zip(map(id, nodes), offsets, strict=True))

    def of(self, node: Node) -> int:
        """Where ``node``'s metric, brackets, name or operator stands; 0 where that is not known."""
        if id(node) in self._found:
            return self._found[id(node)]
        return next((offset for below in children(node) if (offset := self.of(below))), 0)

    def word(self, word: str, node: Node) -> int:
        """Where a label's name stands that ``node`` names; where ``node`` does if it is not found.

        Those of an aggregation or a selector follow its name, those of a join its operator.
        """
        start = self.of(node)
        spelled = {word, f'"{word}"', f"'{word}'", f"`{word}`"}
        return next((one.offset for one in self._tokens if one.offset > start and one.text in spelled), start)


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        if match.lastgroup and match.lastgroup != "skip":
            yield _Token(match.lastgroup, match[0], match.start())


def _written(tokens: Sequence[_Token]) -> Mapping[str, list[int]]:
    """The offsets of selectors, ranges, calls and operators, each in the order of the text."""
    found: dict[str, list[int]] = {"selector": [], "range": [], "call": [], "operator": []}
    at = 0
    while at < len(tokens):
        token = tokens[at]
        word = token.text.lower()
        following = tokens[at + 1].text if at + 1 < len(tokens) else ""
        before = tokens[at - 1].text.lower() if at else ""
        if token.text == "[":
            found["range"].append(token.offset + 1)
            at = _closing(tokens, at, "]")
        elif token.text == "{":
            found["selector"].append(token.offset)
            at = _closing(tokens, at, "}")
        elif word in _LABEL_LISTS and following == "(":
            at = _closing(tokens, at + 1, ")")
        elif word in _OPERATORS:
            if not _is_sign(tokens, at):
                found["operator"].append(token.offset)
        elif token.kind == "name" and before != "@" and word not in _WORDS:
            if following == "(" or following.lower() in ("by", "without"):
                found["call"].append(token.offset)
            else:
                found["selector"].append(token.offset)
                if following == "{":
                    at = _closing(tokens, at + 1, "}")
        at += 1
    return found


def _closing(tokens: Sequence[_Token], at: int, closing: str) -> int:
    """The number of the first token ``closing`` from ``at`` on; of the last one if there is none."""
    return next((n for n in range(at, len(tokens)) if tokens[n].text == closing), len(tokens) - 1)


def _is_sign(tokens: Sequence[_Token], at: int) -> bool:
    """Whether a plus or minus belongs to what follows it."""
    if tokens[at].text not in ("+", "-"):
        return False
    if not at:
        return True
    before = tokens[at - 1].text.lower()
    if before == ")":
        opening = next((n for n in range(at, -1, -1) if tokens[n].text == "("), 0)
        return opening > 0 and tokens[opening - 1].text.lower() in _LABEL_LISTS - {"by", "without"}
    return before in ("(", ",", "bool", "offset", "@") or before in _OPERATORS


def _nodes(tree: Node) -> Mapping[str, list[Node]]:
    """The same parts of the tree, in the order in which a text has them."""
    found: dict[str, list[Node]] = {"selector": [], "range": [], "call": [], "operator": []}

    def visit(node: Node) -> None:
        below = children(node)
        if isinstance(node, Call | Aggregation):
            found["call"].append(node)
        elif isinstance(node, Selector):
            found["selector"].append(node)
        for number, child in enumerate(below):
            visit(child)
            if isinstance(node, Binary) and not number:
                found["operator"].append(node)
        if isinstance(node, Range | Subquery):
            found["range"].append(node)

    visit(tree)
    return found
