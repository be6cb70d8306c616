"""Label flow: which labels the result of an expression can have, and where one is asked for in vain.

An expression and what is known about series go in; out come the labels of the result, and a problem for
each label that a matcher, ``by``, ``on``, ``group_left`` or function names though it cannot be there, and
for each join that can never match.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from genesis_monitoring.promql.syntax import (
    SET_OPERATORS,
    Aggregation,
    Binary,
    Call,
    Matching,
    Negation,
    Node,
    Range,
    Selector,
    Subquery,
    Text,
)
from genesis_monitoring.promql.text import show
from genesis_monitoring.promql.types import KnownSeries, is_scalar, vector_argument
from genesis_monitoring.words import suggest

_KEEPING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
_WITHOUT_LABELS = frozenset({"vector"})
_MADE_LABELS = {"label_replace": 3, "label_join": 3}
"""Where the arguments begin that name a source label."""


@dataclass(frozen=True, slots=True)
class Labels:
    """``may`` can be there, ``must`` always are; where it is ``open``, any other can be there too."""

    may: frozenset[str]
    must: frozenset[str]
    open: bool = False

    def can_have(self, label: str) -> bool:
        """Whether a result can carry ``label``."""
        return self.open or label in self.may

    def __str__(self) -> str:
        return ", ".join(sorted(self.may)) or "no labels"


NONE = Labels(frozenset(), frozenset())
ANY = Labels(frozenset(), frozenset(), open=True)


class LabelFlow:
    """The labels of one expression, from the inside out; ``problems`` gathers what is asked in vain."""

    def __init__(self, known: KnownSeries, expression: Node) -> None:
        self._known = known
        self._problems: dict[str, tuple[Node, str]] = {}
        self.result = self._of(expression)

    @property
    def problems(self) -> tuple[str, ...]:
        """Each once, from the inside to the outside."""
        return tuple(self._problems)

    @property
    def culprits(self) -> Mapping[str, tuple[Node, str]]:
        """For each problem the part of the expression, and the label that it names; "" for none."""
        return self._problems

    def _of(self, node: Node) -> Labels:
        match node:
            case Selector():
                return self._selector(node)
            case Range():
                return self._selector(node.selector)
            case Subquery() | Negation():
                return self._of(node.body)
            case Call():
                return self._call(node)
            case Aggregation():
                return self._aggregation(node)
            case Binary():
                return self._binary(node)
            case _:
                return NONE

    def _selector(self, node: Selector) -> Labels:
        series = self._known.find(node.metric)
        if series is None or series.labels is None:
            return ANY
        for matcher in node.matchers:
            absent = matcher.value == "" and matcher.operator == "="
            if matcher.label not in series.labels and matcher.label != "__name__" and not absent:
                self._problem(
                    f"{node.metric} has no label {matcher.label}, only {', '.join(sorted(series.labels))}"
                    f"{suggest(matcher.label, series.labels)}",
                    node,
                    matcher.label,
                )
        return Labels(series.labels, series.labels)

    def _call(self, node: Call) -> Labels:
        inner = [self._of(argument) for argument in node.arguments]
        vector = vector_argument(node)
        if vector is None or node.function in _WITHOUT_LABELS or is_scalar(node):
            return NONE
        if node.function in ("absent", "absent_over_time"):
            return _absent(vector)
        if node.function == "info":
            return ANY
        labels = inner[node.arguments.index(vector)]
        if node.function in _MADE_LABELS:
            return self._made(node, labels)
        if node.function == "histogram_quantile":
            if not labels.can_have("le"):
                message = f"histogram_quantile needs the label le, and {show(vector)} has {labels}"
                self._problem(message, node)
            return _only(labels, labels.may - {"le"})
        return labels

    def _made(self, node: Call, labels: Labels) -> Labels:
        texts = [argument.value if isinstance(argument, Text) else "" for argument in node.arguments]
        first = _MADE_LABELS[node.function]
        sources = texts[first : first + 1] if node.function == "label_replace" else texts[first:]
        for source in filter(None, sources):
            self._needs(labels, source, node.function, node)
        return Labels(labels.may | {texts[1]}, labels.must, labels.open)

    def _aggregation(self, node: Aggregation) -> Labels:
        labels = self._of(node.body)
        for label in node.labels:
            self._needs(labels, label, f"{node.operator} {'without' if node.without else 'by'}", node)
        if node.operator in _KEEPING:
            return labels
        if node.without:
            kept = Labels(labels.may - {*node.labels}, labels.must - {*node.labels}, labels.open)
        else:
            kept = _only(labels, node.labels)
        if node.operator == "count_values" and isinstance(node.parameter, Text):
            return Labels(kept.may | {node.parameter.value}, kept.must | {node.parameter.value}, kept.open)
        return kept

    def _binary(self, node: Binary) -> Labels:
        left, right = self._of(node.left), self._of(node.right)
        if is_scalar(node.left):
            return right
        if is_scalar(node.right):
            return left
        if node.operator == "or":
            return Labels(left.may | right.may, left.must & right.must, left.open or right.open)
        self._join(node, left, right)
        if node.operator in SET_OPERATORS:
            return left
        matching = node.matching
        if matching is None:
            return left
        if matching.group:
            many, one = (left, right) if matching.group == "left" else (right, left)
            for label in matching.include:
                self._needs(one, label, f"group_{matching.group}", node)
            return Labels(many.may | {*matching.include}, many.must, many.open)
        if matching.on:
            return _only(left, matching.labels)
        return Labels(left.may - {*matching.labels}, left.must - {*matching.labels}, left.open)

    def _join(self, node: Binary, left: Labels, right: Labels) -> None:
        matching = node.matching or Matching(on=False, labels=())
        for label in matching.labels:
            if not left.can_have(label) and not right.can_have(label):
                word = "on" if matching.on else "ignoring"
                message = f"{word} ({label}): neither side has that label, in {show(node)}"
                self._problem(message, node, label)
        compared = {*matching.labels} if matching.on else (left.must | right.must) - {*matching.labels}
        for label in sorted(compared):
            for having, lacking, side in ((left, right, "right"), (right, left, "left")):
                if label in having.must and not lacking.can_have(label):
                    self._problem(
                        f"the sides of {node.operator} can never match: only one has {label}, and the "
                        f"{side} side has {lacking}, in {show(node)}",
                        node,
                    )

    def _needs(self, labels: Labels, label: str, what: str, node: Node) -> None:
        if not labels.can_have(label):
            message = f"{what} ({label}): what it is given has {labels}{suggest(label, labels.may)}"
            self._problem(message, node, label)

    def _problem(self, message: str, node: Node, label: str = "") -> None:
        self._problems.setdefault(message, (node, label))


def _only(labels: Labels, kept: Iterable[str]) -> Labels:
    wanted = frozenset(kept)
    return Labels(wanted if labels.open else wanted & labels.may, wanted & labels.must)


def _absent(node: Node) -> Labels:
    """Of what is absent only that is known which the selector says."""
    selector = node.selector if isinstance(node, Range) else node
    if not isinstance(selector, Selector):
        return NONE
    stated = [matcher.label for matcher in selector.matchers if matcher.operator == "="]
    labels = frozenset(label for label in stated if stated.count(label) == 1)
    return Labels(labels, labels)
