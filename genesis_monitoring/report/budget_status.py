"""How error budgets stand: standings in; text for a terminal, or JSON of version 1, out.

``docs/budget-status.schema.json`` describes the JSON.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from genesis_monitoring.durations import format_duration, spell_duration
from genesis_monitoring.report.border import escape
from genesis_monitoring.report.document import Of, Severity, Share, Time, Written
from genesis_monitoring.report.paint import BOLD, GREEN, RED, YELLOW, columns, fold, paint, seen
from genesis_monitoring.rollout.budgets import BudgetStanding, GroupStanding, State, TierBurn
from genesis_monitoring.rollout.window import format_time
from genesis_monitoring.words import SHOWN, count, shorten

_COLOURS: dict[State, str] = {"kept": GREEN, "burning": RED, "exhausted": RED, "unknown": YELLOW}
_SAID: dict[State, str] = {
    "kept": "is kept",
    "burning": "burns too fast",
    "exhausted": "is used up",
    "unknown": "could not be told",
}
_ORDER: tuple[State, ...] = ("exhausted", "burning", "unknown", "kept")
_IN_SHORT: dict[State, str] = {
    "kept": "kept",
    "burning": "burning too fast",
    "exhausted": "used up",
    "unknown": "not told",
}
_SHOWN = 20
"""So many label sets of a budget are written out, the worst first."""
_ENDLESS = 3650 * 86400


@dataclass(frozen=True, slots=True)
class BudgetStatus:
    """All that was asked for, at one time (seconds since 1970)."""

    at: float
    url: str
    budgets: tuple[BudgetStanding, ...]

    @property
    def state(self) -> State:
        """The worst one; what is bad for sure goes before what is not known."""
        states = {one.state for one in self.budgets}
        return next((one for one in _ORDER if one in states), "kept")


MaybeNumber = float | None
StateWord = Literal["kept", "burning", "exhausted", "unknown"]


@dataclass(frozen=True, slots=True)
class Tier:
    """How fast it burns by a tier, in multiples of the pace at which the budget lasts its period."""

    tier: str
    severity: Severity
    long: Annotated[str, Written(format_duration)]
    short: Annotated[str, Written(format_duration)]
    factor: float
    """Above this in both windows it fires."""
    burn_long: MaybeNumber
    """Null where the window has no value."""
    burn_short: MaybeNumber
    errors: MaybeNumber
    """In the long window."""
    firing: bool
    lasts_seconds: Annotated[MaybeNumber, Of("lasts")]
    """For so long what is left lasts at the pace of the long window; null where nothing burns."""


@dataclass(frozen=True, slots=True)
class WithMaintenance:
    """The same period with what happened in maintenance."""

    errors: float
    total: float
    left: float


@dataclass(frozen=True, slots=True)
class Group:
    """One budget: of an SLO, or of one of the label sets that it is grouped by."""

    labels: Annotated[tuple[tuple[str, str], ...], Written()]
    """Names with values; empty where it is not grouped."""
    state: StateWord
    left: MaybeNumber
    """1 for all of it, below 0 if it is overspent; null where it is not known."""
    errors: MaybeNumber
    total: MaybeNumber
    covered: Share
    """The share of the period of which events were counted."""
    with_maintenance: WithMaintenance | None
    """Null where nothing is taken out."""
    tiers: tuple[Tier, ...]
    problem: str
    """Why nothing is known; empty if something is."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The budget of one SLO."""

    id: str
    sli: str
    title: str
    state: StateWord
    objective: float
    """Percent that is to be good."""
    period: Annotated[str, Written(format_duration)]
    events: Literal["events", "minutes"]
    """What is counted."""
    shadow: bool
    """Whether its alerts are told to nobody."""
    groups: Annotated[tuple[Group, ...], Written(minItems=1)]


@dataclass(frozen=True, slots=True)
class BudgetStatusDocument:
    """What `genesis-mon budget status --format json` prints, version 1."""

    version: Literal[1]
    at: Time
    state: StateWord
    """The worst of all: exit code 1 for `exhausted` and `burning`, 3 for `unknown`."""
    prometheus: Annotated[str, Of("url")]
    budgets: tuple[Budget, ...]


def format_budgets(status: BudgetStatus, *, colour: bool, width: int = 0) -> str:
    """What is wrong first, then each budget; ``width`` is that of a terminal, 0 for no limit."""
    lines = [*fold(paint(_verdict(status), _COLOURS[status.state], colour), width)]
    for budget in sorted(status.budgets, key=lambda one: _ORDER.index(one.state)):
        lines += ["", *_budget(budget, colour, width)]
    return "\n".join((*lines, ""))


def _verdict(status: BudgetStatus) -> str:
    at = f"at {format_time(status.at)} UTC"
    groups = [group for budget in status.budgets for group in budget.groups]
    bad = [(state, sum(group.state == state for group in groups)) for state in _ORDER[:-1]]
    told = [f"{count(number, 'budget')} {_SAID[state]}" for state, number in bad if number]
    if not told:
        return f"All of {count(len(groups), 'budget')} {'is' if len(groups) == 1 else 'are'} kept, {at}."
    return f"{'; '.join(told)}, of {len(groups)}, {at}."


def _budget(budget: BudgetStanding, colour: bool, width: int) -> Iterator[str]:
    shadow = ", in shadow" if budget.shadow else ""
    head = (
        f"{escape(budget.title)} ({escape(budget.id)}): {budget.objective:g} % of {budget.events} good over "
        f"{spell_duration(budget.period)}{shadow}"
    )
    yield from fold(paint(head, BOLD, colour), width)
    groups = sorted(budget.groups, key=lambda one: _ORDER.index(one.state))
    for group in groups[:_SHOWN]:
        yield from _group(budget, group, colour, width)
    states = [group.state for group in groups[_SHOWN:]]
    if states:
        counts = (f"{states.count(one)} {_IN_SHORT[one]}" for one in _ORDER if one in states)
        yield from fold(f"  and {len(states)} more, which --format json lists: {', '.join(counts)}", width, 4)


def _group(budget: BudgetStanding, group: GroupStanding, colour: bool, width: int) -> Iterator[str]:
    where = ", ".join(f"{name} {_short(value)}" for name, value in group.labels)
    said = f"  {escape(where) + ': ' if where else ''}{_SAID[group.state]}"
    parts = [paint(said, _COLOURS[group.state], colour)]
    if group.left is not None:
        parts.append(f"{group.left:.1%} of it is left".replace("%", " %"))
    if group.errors is not None and group.total is not None:
        parts.append(f"{_number(group.errors)} of {_number(group.total)} {budget.events} were bad")
    if group.covered < 1:
        parts.append(f"{group.covered:.1%} of the period is counted".replace("%", " %"))
    if group.problem:
        parts.append(escape(group.problem))
    yield from fold("; ".join(parts), width, 4)
    full = group.with_maintenance
    if full is not None:
        yield from fold(
            f"    with maintenance: {full.left:.1%} left; {_number(full.errors)} of ".replace("%", " %")
            + f"{_number(full.total)} {budget.events} were bad",
            width,
            6,
        )
    if group.tiers:
        rows = [("TIER", "LIMIT", "BURN RATE", "ERRORS", "LASTS"), *map(_tier, group.tiers)]
        yield from (f"    {line}" for line in columns(rows, max(width - 4, 0)))


def _tier(tier: TierBurn) -> tuple[str, ...]:
    rates = " and ".join(
        f"{'no value' if burn is None else f'{burn:.3g}'} in {format_duration(window)}"
        for burn, window in ((tier.burn_long, tier.long), (tier.burn_short, tier.short))
    )
    return (
        f"{tier.tier} ({tier.severity})",
        f"{tier.factor:g}",
        f"{rates}{', firing' if tier.firing else ''}",
        "-" if tier.errors is None else _number(tier.errors),
        _lasts(tier.lasts),
    )


def _lasts(seconds: float | None) -> str:
    """In two units at most."""
    if seconds is None:
        return "-"
    if seconds > _ENDLESS:
        return "years"
    step = 60 if seconds < 86400 else 3600
    return format_duration(round(seconds) // step * step)


def _short(value: str) -> str:
    """On a line of a terminal, of wide characters too."""
    return shorten(value, SHOWN if seen(value[:SHOWN]) <= SHOWN else SHOWN // 2)


def _number(value: float) -> str:
    """Counts are extrapolated, so a part of an event is none."""
    return f"{value:,.0f}"
