"""A series selector as people write it: ``http_requests_total{code=~"5..", job="shop"}``."""

from genesis_monitoring.promql.matchers import Matcher
from genesis_monitoring.promql.syntax import Selector, selectors, tree_or_none


def read_selector(text: str) -> tuple[str, tuple[Matcher, ...]]:
    """The metric and the matchers. Raises ValueError, in the words of a finding."""
    found = tree_or_none(text)
    if found is not None:
        inside = [one for one in selectors(found) if one.metric]
        if len(inside) == 1 and inside[0] is not found:
            raise ValueError(
                "a series and no expression: rates and sums are what the kind of the SLI adds; "
                f"write the selector alone, from {inside[0].metric} to its closing brace"
            )
    if not isinstance(found, Selector) or not found.metric or found.offset or found.at:
        raise ValueError('a series is a metric, alone or with matchers: http_requests_total{code=~"5.."}')
    return found.metric, found.matchers
