"""What Prometheus has of the SLIs now: a plan and series in, each value beside what is asked of it out."""

from collections.abc import Iterable
from dataclasses import dataclass

from genesis_monitoring.clients.samples import Series
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.slis.standing import LEVELS, NO_DATA, PLANNED, standing


@dataclass(frozen=True, slots=True)
class ValueStatus:
    """An SLI. ``value`` is the worst of its series in words, empty if there is none.

    ``level`` is the worst level that it is beyond (no_go, alert, target), good, no data, planned or no level;
    ``asked`` is what its target asks for, or that level.
    """

    sli: str
    title: str
    value: str
    level: str
    asked: str


def records_query(plan: Plan) -> str:
    """Asks for every SLI."""
    records = "|".join(sorted(sli.record for sli in plan.slis.values()))
    return f'{{__name__=~"{records}"}}'


def values_of(plan: Plan, series: Iterable[Series]) -> tuple[ValueStatus, ...]:
    """One for each SLI, in the order of the spec."""
    by_record: dict[str, list[float]] = {}
    for one in series:
        by_record.setdefault(one.label("__name__"), []).append(one.values[-1])
    found = []
    for name, sli_plan in plan.slis.items():
        sli = sli_plan.sli
        absent = PLANNED if sli_plan.planned else NO_DATA
        value, level = standing(sli, by_record.get(sli_plan.record, ()), absent)
        beyond = sli.beyond(level) if level in LEVELS else None
        wanted = beyond.negated if beyond else sli.good
        asked = "" if wanted is None else str(wanted)
        found.append(ValueStatus(name, sli.title, "" if value is None else sli.show(value), level, asked))
    return tuple(found)
