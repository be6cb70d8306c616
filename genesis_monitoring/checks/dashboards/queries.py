"""The queries of dashboards, with Grafana's variables in them: what is defined, what is read, what is meant.

GM709 (error): a variable that neither the dashboard nor Grafana defines. Grafana leaves it as it is, so the
query fails or the text reads ``$nmae``.

GM710 (error): a panel draws a metric that no SLI records and no catalogue knows. It stays empty for ever,
which looks like health.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.checks.dashboards.files import DashboardFile, mapping, objects
from genesis_monitoring.checks.differences import Wanted, show
from genesis_monitoring.checks.positions import Path
from genesis_monitoring.checks.promql.expressions import dashboard_expressions
from genesis_monitoring.checks.promql.syntax import Node, TooDeepError, read_expression, selectors
from genesis_monitoring.checks.promql.types import Catalogue

CODES: tuple[str, ...] = ("GM709", "GM710")

_VARIABLE = re.compile(
    r"\$(?P<plain>[A-Za-z_]\w*)"
    r"|\$\{(?P<braced>\w+)(?:\.[^:}]+)?(?::[^}]+)?\}"
    r"|\[\[(?P<old>\w+)(?::\w+)?\]\]",
    re.ASCII,
)
_BEFORE_DURATION = re.compile(r"(?:\[|:|\boffset\s+-?)\s*$")
_OUTSIDE_STRINGS = re.compile(r'"(?:\\.|[^"\\])*"|\$\w+', re.DOTALL)
_DURATIONS = {
    name: f"{4001 + 2 * number}s"
    for number, name in enumerate(("__interval", "__rate_interval", "__range", "__auto_interval"))
}
"""Durations that nobody writes, so that a variable equals nothing but itself."""
_FILLED_IN = frozenset({"panels", "templating", "annotations", "links"})
"""Where Grafana fills in variables; a dashboard's own title is text."""
_NUMBERS = {"__interval_ms", "__rate_interval_ms", "__range_ms", "__range_s", "__from", "__to"}
_BUILT_IN = frozenset(
    (
        *_DURATIONS,
        *_NUMBERS,
        *("__dashboard", "__user", "__org", "__name", "__timezone", "__timeFilter", "timeFilter"),
        *(
            "__url_time_range",
            "__all_variables",
            "__field",
            "__series",
            "__data",
            "__value",
            "__searchFilter",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class QueryFault:
    """What is wrong at ``path``."""

    code: str
    path: Path
    message: str


@dataclass(frozen=True, slots=True)
class Query(Wanted):
    """A query as the spec means it: any way to write the same expression does."""

    expr: str

    def accepts(self, seen: object) -> bool:
        """Whether ``seen`` is the same expression, with the same variables."""
        if not isinstance(seen, str):
            return False
        try:
            wanted = read_expression(_OUTSIDE_STRINGS.sub(_fill_outside, self.expr))
            found = read_query(seen)
        except TooDeepError:
            return seen.split() == self.expr.split()
        return wanted is not None and wanted == found

    def __str__(self) -> str:
        return show(self.expr)


def variable_faults(dashboard: DashboardFile) -> Iterator[QueryFault]:
    """GM709, wherever Grafana fills in variables but in datasources, which are GM704's."""
    listed = objects(mapping(dashboard.data, "templating"), "list")
    own = {str(variable.get("name")) for variable in listed}
    for path, text in _texts(dashboard.data, ()):
        if path[0] not in _FILLED_IN or "datasource" in path:
            continue
        for match in _VARIABLE.finditer(text):
            name = match["plain"] or match["braced"] or match["old"]
            if name not in own and name not in _BUILT_IN:
                from genesis_monitoring.spec.problems import suggest

                known = (*own, *_DURATIONS)
                message = f"the variable {match[0]} is not defined{suggest(name, known)}"
                yield QueryFault("GM709", path, message)


def metric_faults(dashboard: DashboardFile, catalogue: Catalogue) -> Iterator[QueryFault]:
    """GM710, in every query that can be parsed."""
    from genesis_monitoring.spec.problems import suggest

    for expression in dashboard_expressions(dashboard):
        try:
            tree = read_query(expression.text)
        except TooDeepError:
            continue
        names = dict.fromkeys(selector.metric for selector in selectors(tree)) if tree is not None else ()
        for name in names:
            if catalogue.find(name) is not None:
                continue
            if not name:
                message = "a selector names no metric"
            elif catalogue.histogram(name):
                message = f"{name} is a histogram, and its series are {name}_bucket, _count and _sum"
            else:
                message = (
                    f"{name} is neither recorded by an SLI nor in the metric catalogue"
                    f"{suggest(name, catalogue.names())}"
                )
            yield QueryFault("GM710", expression.path, f"{expression.owner}: {message}")


def read_query(text: str) -> Node | None:
    """The tree of a query with variables filled in; None if it cannot be parsed. Raises TooDeepError."""

    def fill(match: re.Match[str]) -> str:
        name = match["plain"] or match["braced"] or match["old"]
        duration = _BEFORE_DURATION.search(text[: match.start()])
        return _DURATIONS.get(name, "4999s") if duration else _value(name)

    return read_expression(_VARIABLE.sub(fill, text))


def _fill_outside(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith('"') else _DURATIONS.get(match[0][1:], match[0])


def _value(name: str) -> str:
    return "4999" if name in _NUMBERS else "word"


def _texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index))
