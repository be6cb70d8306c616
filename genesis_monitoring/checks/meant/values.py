"""GM137 (warning): a value that is allowed, and hardly meant.

A share of at least 0.85 %, which is 85 % as a fraction; more than a year in hours, which are seconds; traffic
that nothing has; a slope of minutes that tells weeks ahead; a ``for`` shorter than an evaluation, which is
one; a ``good`` that is the wrong way round for the alert's name, or for the errors or durations that are
measured; two alerts of an SLI at one level, of which the milder one never comes first; a counter with a label
``le``; a value of a label, in PromQL that a person wrote, that the catalogue does not have. Correct it, or
say why it is meant in ``suppress``.
"""

import re
from collections.abc import Iterator
from itertools import combinations

from genesis_monitoring.durations import format_duration
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.promql.matchers import Matcher
from genesis_monitoring.promql.syntax import selectors, tree_or_none
from genesis_monitoring.slis.registry import Sli
from genesis_monitoring.slis.runs_out import RunsOutSli
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path
from genesis_monitoring.spec.source import Source
from genesis_monitoring.spec.text_places import place_in_text
from genesis_monitoring.spec.value_rules import known_values
from genesis_monitoring.spec.written import metrics_of, written_queries
from genesis_monitoring.units import UNITS, format_number
from genesis_monitoring.words import suggest

CODES = ("GM137",)

_YEAR = 365 * 86400
_LARGE_TIMES = ("minutes", "hours", "days")
_MOST_EVENTS = 1e6
"""A second: more than the busiest services count."""
_FURTHEST = 100
"""Windows: a slope tells no further ahead. Of the usual ``predict_linear(…[6h], 24h)`` it is 4."""
_BAD = re.compile(r"(?:^|_)(?:errors?|fail(?:ed|ures?)?|timeouts?|5xx)(?:_|$)")
_HIGH = re.compile(r"(?:High|Above|TooMany|TooMuch)(?:$|[A-Z])")
_LOW = re.compile(r"(?:Low|Below|TooFew|TooLittle)(?:$|[A-Z])")

Doubt = tuple[Path, str, str, tuple[Path, ...]]
"""Where, what is in doubt, what to do, and what it is in doubt against."""


def check_values(plan: Plan, source: Source) -> tuple[Finding, ...]:
    """GM137, at the value."""
    doubts = (
        *_levels(plan.spec),
        *_slopes(plan.spec),
        *_directions(plan.spec),
        *_alerts(plan.spec),
        *_at_one_level(plan.spec, source),
        *_labels(plan.spec),
    )
    return (*_written(plan.spec, source), *_doubted(source, doubts))


def _doubted(source: Source, doubts: tuple[Doubt, ...]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            "GM137",
            Severity.WARNING,
            source.locate_key(path) if len(path) == 2 else source.locate(path),
            message,
            hint,
            tuple(source.locate_key(one) if len(one) == 2 else source.locate(one) for one in beside),
        )
        for path, message, hint, beside in doubts
    )


def _levels(spec: Spec) -> Iterator[Doubt]:
    for name, sli in spec.slis.items():
        path: Path = ("slis", name)
        objective = sli.objective
        for key, value in objective.levels if objective is not None else ():
            at: Path = (*path, "objective", key)
            if sli.unit == "percent" and sli.more_is_better and 0 < value <= 1 and not sli.of:
                meant = format_number(value * 100)
                message = f"{name} is good from {format_number(value)} % on: is it {meant} %?"
                yield at, message, f"write {meant}: its unit is percent", ()
            seconds = value * UNITS[sli.unit].factor
            if sli.unit in _LARGE_TIMES and seconds > _YEAR:
                meant = format_duration(int(value)) if value == int(value) else f"{format_number(value)} s"
                years = format_number(round(seconds / _YEAR, 1))
                right = format_number(round(value / UNITS[sli.unit].factor, 6))
                message = f"{format_number(value)} {sli.unit} are {years} years: are seconds meant, {meant}?"
                yield at, message, f"write {right}: its unit is {sli.unit}", ()
        few, window = sli.fewest_events, sli.span
        if few is not None and window and few / window > _MOST_EVENTS:
            each = format_number(round(few / window))
            message = f"{each} events a second: no traffic reaches that, so {name} never has a value"
            yield (*path, "minimum_traffic"), message, f"it is a number in {format_duration(window)}", ()


def _slopes(spec: Spec) -> Iterator[Doubt]:
    for name, sli in spec.slis.items():
        if not isinstance(sli, RunsOutSli) or sli.window * _FURTHEST >= sli.horizon:
            continue
        window, horizon = format_duration(sli.window), format_duration(sli.horizon)
        shortest = format_duration(-(-sli.horizon // (_FURTHEST * 60)) * 60)
        message = f"{name} tells {horizon} ahead by the slope of {window}: any short rise or fall decides"
        at: Path = ("slis", name, "window")
        yield at, message, f"make it {shortest} or longer", (("slis", name, "horizon"),)


def _directions(spec: Spec) -> Iterator[Doubt]:
    for name, sli in spec.slis.items():
        why = _against_what_it_measures(sli) if sli.objective is not None else ""
        if sli.objective is not None and why:
            other = "<" if sli.more_is_better else ">"
            message = f"{name} is good where it is {sli.objective.good} its target: {why}"
            levels = ", with levels that get worse that way" if len(sli.objective.levels) > 1 else ""
            yield ("slis", name, "objective", "good"), message, f'write "{other}"{levels}', ()


def _against_what_it_measures(sli: Sli) -> str:
    if sli.metric_type == "histogram" and UNITS[sli.unit].dimension == "time" and sli.more_is_better:
        return "it is a duration, and a long one would be good"
    counted = [one.metric for key, one in sli.selectors if key[0] == "numerator"]
    if counted and all(map(_BAD.search, counted)) and sli.more_is_better != getattr(sli, "complement", False):
        return f"{counted[0]} counts what fails"
    return ""


def _alerts(spec: Spec) -> Iterator[Doubt]:
    evaluation = spec.prometheus.evaluation_interval
    capped = {profile.for_at_most for profile in spec.profiles.values()}
    for name, alert in spec.alerts.items():
        sli = spec.slis[alert.sli]
        if 0 < alert.for_ < evaluation and alert.for_ not in capped:
            message = (
                f"{name} waits {format_duration(alert.for_)}, and rules are evaluated every "
                f"{format_duration(evaluation)}: it waits until the next one"
            )
            hint = f"write {format_duration(evaluation)}, or 0s to fire at once"
            yield ("alerts", name, "for"), message, hint, (("prometheus", "evaluation_interval"),)
        if sli.objective is None or bool(_HIGH.search(name)) == bool(_LOW.search(name)):
            continue
        if bool(_HIGH.search(name)) == sli.more_is_better:
            fires = "low" if sli.more_is_better else "high"
            yield (
                ("slis", alert.sli, "objective", "good"),
                f"{name} fires where {alert.sli} is {fires}, and its name says otherwise",
                "turn good round, or rename the alert",
                (("alerts", name),),
            )


def _at_one_level(spec: Spec, source: Source) -> Iterator[Doubt]:
    """Of two alerts at one level, the more urgent one has to wait longer for the other to say anything."""
    for (one, alert), (another, other) in combinations(spec.alerts.items(), 2):
        condition = spec.slis[alert.sli].beyond(alert.level)
        if (
            alert.sli != other.sli
            or condition is None
            or condition != spec.slis[other.sli].beyond(other.level)
        ):
            continue
        mild, urgent = (one, another) if alert.severity >= other.severity else (another, one)
        left_out = [name for name in (mild, urgent) if source.place(("alerts", name, "level")) is None]
        if spec.alerts[urgent].for_ > spec.alerts[mild].for_ and len(left_out) != 1:
            continue
        objective = spec.slis[alert.sli].objective
        apart = objective is not None and objective.alert is not None and alert.level == "alert"
        yield (
            ("alerts", mild),
            f"{mild} and {urgent} fire at the same value: {alert.sli} {condition}",
            f"write level: target in {mild}" if apart else f"remove {mild}, or let {urgent} wait longer",
            (("alerts", urgent),),
        )


def _written(spec: Spec, source: Source) -> Iterator[Finding]:
    """Matchers in PromQL that people wrote, against the values that the catalogue knows."""
    for query in written_queries(spec):
        tree = tree_or_none(query.text)
        for one in selectors(tree) if tree is not None else ():
            metric = next((known for known in metrics_of(one.metric) if known in spec.metrics), "")
            for matcher in one.matchers if metric else ():
                known = known_values(spec, metric, matcher.label)
                if known is None or _selects(matcher, known):
                    continue
                at = place_in_text(source, query.path, max(0, query.text.find(f'"{matcher.value}"')))
                message = f"{metric} has no such {matcher.label}: it is one of {', '.join(known)}"
                near = suggest(matcher.value, known).removeprefix("; ")
                yield Finding("GM137", Severity.WARNING, at, message, near or "use one of these")


def _selects(matcher: Matcher, known: tuple[str, ...]) -> bool:
    """Whether some value is selected; a pattern that only Prometheus reads is left to it."""
    try:
        return any(map(matcher.matches, known))
    except re.error:
        return True


def _labels(spec: Spec) -> Iterator[Doubt]:
    for name, metric in spec.metrics.items():
        if metric.type == "counter" and "le" in metric.labels and not name.endswith("_bucket"):
            path: Path = ("metrics", name, "labels", metric.labels.index("le"))
            yield (
                path,
                f"{name} is a counter with the label le, which tells buckets apart",
                ("declare the histogram, with its buckets; or leave le out"),
                (),
            )
