"""Time lines of rule tests: scenarios of many SLIs in, few promtool test groups out.

promtool opens a database for each group, and evaluates all rules of a file at each step. So scenarios of one
SLI are phases of a lane, one after the other, and lanes that share no series lie side by side. Before them
nothing is given at all, for the scenarios that need just that. A phase's checks lie later than anything that
a rule remembers of the phase before (``plan/sampling.py``).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from genesis_monitoring.conventions import UP_METRIC
from genesis_monitoring.slis.input_series import InputSeries
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.units import format_number

Labels = tuple[tuple[str, str], ...]

_BETWEEN = 2
"""So many samples lie between lanes that share a series: each ends, and what was made of it too."""


@dataclass(frozen=True, slots=True)
class ExpectedAlert:
    """A firing alert to the letter; ``alertname`` is implied."""

    labels: Labels
    annotations: Labels


@dataclass(frozen=True, slots=True)
class AlertCheck:
    """Which alerts of that name fire at ``eval_time`` (seconds). ``case`` names alert and scenario."""

    eval_time: int
    alert: str
    expected: tuple[ExpectedAlert, ...]
    case: str
    origin: str


@dataclass(frozen=True, slots=True)
class ExprCheck:
    """What ``expr`` comes to at ``eval_time``: its samples with their labels. ``case`` is as of an alert."""

    eval_time: int
    expr: str
    samples: tuple[tuple[str, float], ...]
    case: str
    origin: str


@dataclass(frozen=True, slots=True)
class GivenSeries:
    """A series for a whole time line, in promtool's notation. ``origin`` is the first that asks for it."""

    series: str
    values: str
    origin: str


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One test group: series in, alerts and values out. ``interval`` is the sampling in seconds.

    Rules are ``evaluated`` each so many seconds; 0 is with each sample.
    """

    name: str
    interval: int
    series: tuple[GivenSeries, ...]
    alerts: tuple[AlertCheck, ...] = ()
    exprs: tuple[ExprCheck, ...] = ()
    evaluated: int = 0


@dataclass(frozen=True, slots=True)
class Phase:
    """One scenario: ``length`` samples of its series, and checks at times from its own start (seconds)."""

    length: int
    series: tuple[InputSeries, ...]
    alerts: tuple[AlertCheck, ...] = ()
    exprs: tuple[ExprCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """The scenarios of one SLI, with a sample every ``step`` seconds.

    ``nothing`` is the one without any series. ``metrics`` and ``records`` are all that the SLI stands on;
    with ``given`` its recorded series is fed and no metric. ``hears_up``: it asks which targets are up.
    ``alone``: each phase needs a group of its own, since its series are written by hand and may be anything,
    or since what was before it counts. ``begins``: nothing that another lane feeds may have been before it.
    ``after``: for so many samples alerts on the same SLI may go on.
    """

    step: int
    origin: str
    phases: tuple[Phase, ...]
    nothing: Phase | None = None
    metrics: tuple[Selector, ...] = ()
    records: frozenset[str] = frozenset()
    given: bool = False
    hears_up: bool = False
    alone: bool = False
    begins: bool = False
    after: int = 0

    @property
    def length(self) -> int:
        """All its phases, in samples."""
        return sum(phase.length for phase in self.phases)


def lay_out(lanes: Sequence[Lane]) -> Iterator[RuleTest]:
    """The groups of lanes of the same ``step``: one for all, and one for each phase that stays alone."""
    step = lanes[0].step
    silences = [lane.nothing for lane in lanes if lane.nothing is not None]
    first = max((silence.length for silence in silences), default=0)
    placed = [(0, lane.origin, lane.nothing) for lane in lanes if lane.nothing is not None]
    apart = [lane for lane in lanes if lane.begins and any(map(partial(_meets, lane), lanes))]
    together = [lane for lane in lanes if not lane.alone and lane not in apart]
    for lane, at in zip(together, _side_by_side(together, first), strict=True):
        for phase in lane.phases:
            placed.append((at, lane.origin, phase))
            at += phase.length
    if placed:
        yield _group("one time line", step, placed)
    for lane in apart:
        at = 0
        placed = []
        for phase in lane.phases:
            placed.append((at, lane.origin, phase))
            at += phase.length
        yield _group(_case(lane.phases[0]), step, placed)
    for lane in lanes:
        for phase in lane.phases if lane.alone else ():
            yield _group(_case(phase), step, [(0, lane.origin, phase)])


def _meets(one: Lane, other: Lane) -> bool:
    return one is not other and _in_the_way(one, other)


def _case(phase: Phase) -> str:
    checks: tuple[AlertCheck | ExprCheck, ...] = (*phase.alerts, *phase.exprs)
    return checks[0].case


def _side_by_side(lanes: Sequence[Lane], first: int) -> tuple[int, ...]:
    """The first sample of each lane. Those that are fed recorded series come first.

    So nothing that a rule still makes of metrics meets a series that is given.
    """
    starts = [first] * len(lanes)
    placed: list[int] = []
    for number in sorted(range(len(lanes)), key=lambda number: not _feeds_a_record(lanes[number])):
        before = (other for other in placed if _in_the_way(lanes[number], lanes[other]))
        ends = (starts[other] + lanes[other].length + _BETWEEN + lanes[other].after for other in before)
        starts[number] = max(ends, default=first)
        placed.append(number)
    return tuple(starts)


def _feeds_a_record(lane: Lane) -> bool:
    return any(one.series.partition("{")[0] in lane.records for phase in lane.phases for one in phase.series)


def _in_the_way(one: Lane, other: Lane) -> bool:
    """Whether what is fed to one reaches a rule of the other."""
    if one.records & other.records:
        return True
    if one.given and other.given:
        return False
    for asking, fed in ((one, other), (other, one)):
        if asking.hears_up and not fed.given and any(each.metric == UP_METRIC for each in fed.metrics):
            return True
    return any(_overlap(a, b) for a in one.metrics for b in other.metrics)


def _overlap(one: Selector, other: Selector) -> bool:
    """Whether a series may be selected by both; not if they ask for different values of a label."""
    if one.metric != other.metric:
        return False
    return all(other.labels.get(label, value) == value for label, value in one.labels.items())


def _group(name: str, step: int, placed: Iterable[tuple[int, str, Phase]]) -> RuleTest:
    parts: dict[str, list[tuple[int, InputSeries, int]]] = {}
    origins: dict[str, str] = {}
    alerts: list[AlertCheck] = []
    exprs: list[ExprCheck] = []
    end = 0
    for start, origin, phase in placed:
        begins = start * step
        for one in phase.series:
            origins.setdefault(one.series, origin)
            parts.setdefault(one.series, []).append((start, one, phase.length))
        alerts.extend(replace(check, eval_time=begins + check.eval_time) for check in phase.alerts)
        exprs.extend(replace(check, eval_time=begins + check.eval_time) for check in phase.exprs)
        end = max(end, start + phase.length)
    series = tuple(
        GivenSeries(text, " ".join(_joined(sorted(pieces, key=_start), step, end)), origins[text])
        for text, pieces in parts.items()
    )
    return RuleTest(name, step, series, tuple(alerts), tuple(exprs))


def _joined(pieces: Iterable[tuple[int, InputSeries, int]], step: int, end: int) -> Iterator[str]:
    """Values one after the other, blanks between them. Where they end, a mark says so at once."""
    at = 0
    for start, one, length in pieces:
        if 0 < at < start:
            yield "stale"
            at += 1
        if at < start:
            yield f"_x{start - at}"
        yield one.values if one.epoch is None else f"{format_number(one.epoch + start * step)}{one.values}"
        at = start + length
    if at < end:
        yield "stale"


def _start(piece: tuple[int, InputSeries, int]) -> int:
    return piece[0]
