"""A series selector as people write it: ``http_requests_total{code=~"5..", job="shop"}``."""

import re
from collections.abc import Sequence
from itertools import pairwise

from genesis_monitoring.promql.matchers import Matcher
from genesis_monitoring.promql.syntax import Selector, selectors, tree_or_none

_LONGEST = 200
"""A longer selector is not written out in a message."""
_LABELS = ("labels", "matchers")
"""The keys of a selector that is written out under which its labels stand."""


def read_selector(text: str) -> tuple[str, tuple[Matcher, ...]]:
    """The metric and the matchers. Raises ValueError, in the words of a finding."""
    found = tree_or_none(text)
    if found is not None:
        inside = [one for one in selectors(found) if one.metric]
        if len(inside) == 1 and inside[0] is not found:
            raise ValueError(
                "a series and no expression: rates, sums and comparisons are what the kind of the SLI adds"
                + _write(_alone(text, inside[0]))
            )
    if not isinstance(found, Selector) or not found.metric or found.offset or found.at:
        raise ValueError(
            'a series is a metric, alone or with matchers: http_requests_total{code=~"5.."}'
            + _write(_completed(text))
        )
    return found.metric, found.matchers


def _write(selector: str) -> str:
    """The end of a message; a selector stands in single quotes, as its braces mean something to YAML."""
    fits = selector.isprintable() and len(selector) <= _LONGEST
    return f"; write '{selector}'" if selector and fits and "'" not in selector else ""


def _alone(text: str, selector: Selector) -> str:
    """The selector within an expression, as it is written there; empty if it cannot be told."""
    found = re.findall(rf"(?<![\w:]){re.escape(selector.metric)}(?![\w:])\s*(?:{{[^{{}}]*}})?", text)
    return found[0].strip() if len(found) == 1 and tree_or_none(found[0]) == selector else ""


def _completed(text: str) -> str:
    """A selector that lacks its closing brace, or quotes around values; empty if it is something else."""
    closed = text.strip() if text.rstrip().endswith("}") else text.strip() + "}"
    quoted = re.sub(r'(=~|!~|!=|=)\s*([^\s"=~{},]+)(?=\s*[,}])', r'\1"\2"', closed)
    likely = (one for one in (closed, quoted) if isinstance(tree_or_none(one), Selector))
    return next(likely, "")


def offset_of(text: str, steps: Sequence[str | int], *, at_label: bool = False) -> int:
    """Where in a selector's text that stands which ``steps`` lead to, such as ``("matchers", "code")``.

    A label is told by its value, or with ``at_label`` by its name; all else is told by the metric: 0.
    """
    named = [str(step) for before, step in pairwise(steps) if before in _LABELS]
    found = re.search(rf"[{{,]\s*(?P<label>{re.escape(named[0])})\s*[=!]~?\s*", text) if named else None
    if found is None:
        return 0
    return found.start("label") if at_label else found.end()
