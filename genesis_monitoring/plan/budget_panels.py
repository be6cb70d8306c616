"""The panels of one error budget: what is left of it, how fast it burns by window, errors and events."""

from decimal import Decimal

from genesis_monitoring.conventions import BUDGET_BURNS_PANEL, SLO_ID
from genesis_monitoring.durations import format_duration
from genesis_monitoring.panels.panel import (
    NO_LEVEL,
    GridPos,
    NoData,
    PanelPlan,
    PanelQuery,
    PanelType,
    ThresholdStep,
    choice,
)
from genesis_monitoring.panels.registry import PANEL_TYPES
from genesis_monitoring.panels.scale import Limits
from genesis_monitoring.plan.budget_queries import LEFT_STEPS
from genesis_monitoring.plan.budgets import (
    ALLOWED,
    BURN_NOW,
    ERRORS,
    LEFT,
    RATIO,
    TOTAL,
    WINDOW,
    BudgetPlan,
    number,
    ratio_name,
)
from genesis_monitoring.plan.dashboard_panels import grafana_duration
from genesis_monitoring.promql import building as promql

_LEFT_PANEL, _EVENTS_PANEL = 900011, 900013
_MOST_LIMITS = _MOST_WINDOWS = 12
"""Lines on one panel. Where a spec has more limits, those are drawn that most budgets share; of more windows,
all are one query."""
_LEFT_LIMITS: Limits = (-0.5, 1.0)
_SHORT_TO_LONG = ((0x2E, 0x9F, 0xA8), (0x57, 0x94, 0xF2), (0xB8, 0x77, 0xD9))
"""Colours of windows: none is that of a state, and each can be told from both backgrounds."""
_LIMIT = "#A67C52"


def left_panel(
    budgets: tuple[BudgetPlan, ...], by: tuple[str, ...], grid: GridPos, no_data: NoData
) -> PanelPlan:
    """What is left of the period's budget, over the longest period."""
    query = _query("A", LEFT, f"Left{_names(by)}", no_data, steps=LEFT_STEPS)
    about = (
        "What is left of the budget of the period, over the last period: all of it is 100 %. Below 0 % more "
        "was bad than the objective allows."
    )
    return panel(
        PANEL_TYPES["timeseries"],
        _LEFT_PANEL,
        "Left of the period's budget",
        about,
        grid,
        "percentunit",
        (query,),
        no_data,
        budgets[0].origin,
        limits=_LEFT_LIMITS,
        time_from=grafana_duration(max(budget.period for budget in budgets)),
    )


def burn_panel(
    budgets: tuple[BudgetPlan, ...], by: tuple[str, ...], grid: GridPos, no_data: NoData
) -> PanelPlan:
    """The burn rate over each window, the shortest first, and the limit of each tier."""
    chosen = choice(SLO_ID)
    allowed = f"{ALLOWED}{{{chosen}}}"
    windows = sorted({one for budget in budgets for one in (*budget.windows, budget.period)})
    asked = [(f"{ratio_name(window)}{{{chosen}}}", format_duration(window)) for window in windows]
    if len(asked) > _MOST_WINDOWS:
        ratios = promql.quote(f"{RATIO}.+")
        asked = [(f"{{__name__=~{ratios}, {chosen}}}", f"{{{{{WINDOW}}}}}")]
    several = bool(by) or len(asked) == 1
    queries = [
        _query(
            _ref(place),
            f"{ratio} / on ({SLO_ID}) group_left () {allowed}",
            f"{window}{_names(by)}",
            no_data,
            several=several,
            colour=_colour(place, len(asked)),
        )
        for place, (ratio, window) in enumerate(asked)
    ]
    for legend, factor, ids in _limits(budgets):
        only = "" if len(ids) == len(budgets) else f", {SLO_ID}=~{promql.quote('|'.join(ids))}"
        # No limit where there is nothing that it is compared with: then the panel says that there is no data.
        expr = f"0 * {ALLOWED}{{{chosen}{only}}} + {number(factor)} and on ({SLO_ID}) {BURN_NOW}{{{chosen}}}"
        ref = _ref(len(queries))
        queries.append(_query(ref, expr, legend, no_data, several=False, colour=_LIMIT, limit=True))
    about = (
        "How many times as fast as it may the budget burns, by the window that it is measured over; 1 "
        "spends it exactly in its period. A tier alerts while both of its windows, which stand behind its "
        "name, are above its dashed line. The axis is logarithmic above 1."
    )
    return panel(
        PANEL_TYPES["timeseries"],
        BUDGET_BURNS_PANEL,
        "Burn rate by window",
        about,
        grid,
        "none",
        tuple(queries),
        no_data,
        budgets[0].origin,
        limits=(0.0, None),
        logarithmic=True,
    )


def events_panel(
    budgets: tuple[BudgetPlan, ...], by: tuple[str, ...], grid: GridPos, no_data: NoData
) -> PanelPlan:
    """Errors beside all events: both can be read, though one is a thousand times the other."""
    chosen = choice(SLO_ID)
    queries = (
        _query("A", TOTAL, f"All{_names(by)}", no_data),
        _query("B", ERRORS, f"Errors{_names(by)}", no_data),
        _query(
            "C",
            f"{TOTAL}{{{chosen}}} * on ({SLO_ID}) group_left () {ALLOWED}{{{chosen}}}",
            f"Allowed errors{_names(by)}",
            no_data,
            colour=_LIMIT,
            limit=True,
        ),
    )
    about = (
        "Events in five minutes, bad ones and all; of an SLI that counts none, minutes. So many errors as "
        "the dashed line spend the budget exactly in its period. The axis is logarithmic above 1."
    )
    return panel(
        PANEL_TYPES["timeseries"], _EVENTS_PANEL, "Errors and events", about, grid, "short", queries, no_data,
        budgets[0].origin, limits=(0.0, None), logarithmic=True,
    )  # fmt: skip


def _limits(budgets: tuple[BudgetPlan, ...]) -> list[tuple[str, Decimal, tuple[str, ...]]]:
    """Each tier with the budgets that have it, the fastest first."""
    found: dict[tuple[Decimal, str], list[str]] = {}
    for budget in budgets:
        for tier in budget.tiers:
            windows = f"{format_duration(tier.long)}+{format_duration(tier.short)}"
            found.setdefault((tier.factor, f"{tier.name} {windows}"), []).append(budget.id)
    most = sorted(found, key=lambda one: -len(found[one]))[:_MOST_LIMITS]
    return [(legend, factor, tuple(found[factor, legend])) for factor, legend in sorted(most, reverse=True)]


def _colour(place: int, count: int) -> str:
    """Of a window among so many: on the way from short to long."""
    way = place / max(count - 1, 1) * (len(_SHORT_TO_LONG) - 1)
    first = min(int(way), len(_SHORT_TO_LONG) - 2)
    pairs = zip(_SHORT_TO_LONG[first], _SHORT_TO_LONG[first + 1], strict=True)
    return "#" + "".join(f"{round(one + (way - first) * (other - one)):02X}" for one, other in pairs)


def _names(by: tuple[str, ...]) -> str:
    return "".join(f" {{{{{label}}}}}" for label in by)


def _query(
    ref: str,
    expr: str,
    legend: str,
    no_data: NoData,
    steps: tuple[ThresholdStep, ...] = NO_LEVEL,
    *,
    several: bool = True,
    colour: str = "",
    limit: bool = False,
) -> PanelQuery:
    return PanelQuery(
        ref, expr, legend, False, steps, several, no_data.short, (SLO_ID,), colour=colour, limit=limit
    )


def _ref(index: int) -> str:
    return chr(ord("A") + index)


def panel(
    type_: PanelType,
    id_: int,
    title: str,
    about: str,
    grid: GridPos,
    unit: str,
    queries: tuple[PanelQuery, ...],
    no_data: NoData,
    origin: str,
    limits: Limits = (None, None),
    time_from: str | None = None,
    logarithmic: bool = False,
) -> PanelPlan:
    """One panel of the dashboard of error budgets."""
    return PanelPlan(
        id=id_,
        type=type_,
        title=title,
        description=about,
        grid=grid,
        unit=unit,
        decimals=None,
        words=(),
        per="",
        limits=limits,
        no_data=no_data,
        queries=queries,
        links=(),
        stacked=False,
        text="",
        time_from=time_from,
        origin=origin,
        logarithmic=logarithmic,
    )
