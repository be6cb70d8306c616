"""Whether the images of the spec know all that they are given; promtool and amtool here may be newer.

GM307 (error): an image of Prometheus or Alertmanager that is older than what the files are written for, or
that does not know a function of a rule or a panel yet, or no longer, or names in quotes. The container would
refuse the file. Take another image, or do without. The versions are those of the projects' change logs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.services.registry import stock_of
from genesis_monitoring.spec.written import written_queries

CODES = ("GM307",)

Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Feature:
    """A function: known from ``since`` until before ``until``."""

    name: str
    since: Version = (0, 0)
    until: Version = (1000, 0)


_FUNCTIONS = (
    _Feature("holt_winters", (0, 0), (3, 0)),
    _Feature("histogram_stddev", (2, 47)),
    _Feature("histogram_stdvar", (2, 47)),
    _Feature("mad_over_time", (2, 49)),
    _Feature("sort_by_label", (2, 49)),
    _Feature("sort_by_label_desc", (2, 49)),
    _Feature("histogram_avg", (2, 51)),
    _Feature("limitk", (2, 54)),
    _Feature("limit_ratio", (2, 54)),
    _Feature("info", (2, 55)),
    _Feature("double_exponential_smoothing", (3, 0)),
    _Feature("ts_of_min_over_time", (3, 5)),
    _Feature("ts_of_max_over_time", (3, 5)),
    _Feature("ts_of_last_over_time", (3, 5)),
)
_TAG = re.compile(r":v?(?P<major>[0-9]+)\.(?P<minor>[0-9]+)(?:\.[0-9]+)?(?:[-@].*)?\Z")
_CALL = re.compile(r"\b([a-z_]+)\s*(?:\(|by\b|without\b)")
_QUOTED = re.compile(
    r'\{(?:[^{}]*,)?\s*""|\b(?:by|without|on|ignoring|group_left|group_right)\s*\((?:[^()]*,)?\s*""'
)
"""A metric or a label in quotes, once strings are empty."""
_QUOTED_SINCE = (3, 0)
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')


def check_image_versions(context: CheckContext) -> Iterator[Finding]:
    """GM307. An image whose tag is no version says nothing."""
    spec = context.plan.spec
    for name, service in spec.stack.services.items():
        stock, version = stock_of(spec, name), _version(service.image)
        if stock is None or stock.oldest is None or version is None:
            continue
        origin = f"stack.services.{name}.image"
        if version < stock.oldest:
            message = (
                f"the files are written for {_spell(stock.oldest)} and later, and {name} is {service.image}"
            )
            place = context.source.locate_dotted(origin)
            yield Finding("GM307", Severity.ERROR, place, message, "take a newer image")
        elif name == spec.prometheus.service:
            yield from _asked(context, version, f"{name} is {service.image}", origin)


def _asked(context: CheckContext, version: Version, shown: str, image: str) -> Iterator[Finding]:
    related = (context.source.locate_dotted(image),)
    for place, expr in _written(context):
        for what, when in _unknown(expr, version):
            hint = f"take another image at {image}, or do without {what}"
            yield Finding("GM307", Severity.ERROR, place, f"{what} {when}, and {shown}", hint, related)


def _unknown(expr: str, version: Version) -> Iterator[tuple[str, str]]:
    """What an expression has that ``version`` does not know, and since or until when it is known."""
    bare = _STRING.sub('""', expr)
    words = set(_CALL.findall(bare))
    if version < _QUOTED_SINCE and _QUOTED.search(bare):
        yield "a name in quotes", f"came with {_spell(_QUOTED_SINCE)}"
    for feature in _FUNCTIONS:
        if feature.name in words and not feature.since <= version < feature.until:
            when = ("came", feature.since) if version < feature.since else ("ended", feature.until)
            yield f"{feature.name}()", f"{when[0]} with {_spell(when[1])}"


def _written(context: CheckContext) -> Iterator[tuple[Location, str]]:
    """Recording rules, in which stands what people write and alerts read; and panels of their own queries."""
    for rule in (one for group in context.plan.rule_groups for one in group.recording):
        yield context.source.locate_dotted(rule.origin), rule.expr
    for query in written_queries(context.plan.spec):
        if query.path[0] == "dashboards":
            yield context.source.locate_dotted(".".join(map(str, query.path))), query.text


def _version(image: str) -> Version | None:
    match = _TAG.search(image)
    return (int(match["major"]), int(match["minor"])) if match else None


def _spell(version: Version) -> str:
    return f"{version[0]}.{version[1]}"
