"""How error budgets stand, as people read it: at 80 columns, with whatever labels and titles say."""

from dataclasses import replace

import pytest

from genesis_monitoring.report.border import shown
from genesis_monitoring.report.budget_status import BudgetStatus, format_budgets
from genesis_monitoring.report.paint import seen
from genesis_monitoring.rollout.budgets import BudgetStanding, GroupStanding, State, TierBurn

from .nasty import NASTY

QUICK = TierBurn("page-quick", "P1", 3600, 300, 14.4, 20.5, 31.0, 720.0, True, 46_080.0)
NOTHING = TierBurn("ticket-slow", "P2", 259_200, 21_600, 1.0, None, None, None, False, None)
GROUP = GroupStanding(
    (("route", "/checkout"),), "burning", 0.64, 720.0, 2_000_000.0, 0.953, None, (QUICK, NOTHING), ""
)
BUDGET = BudgetStanding(
    "shop-errors", "errors", "Failed checkouts", 99.9, 30 * 86400, "events", False, (GROUP,)
)


def text(*groups: GroupStanding, colour: bool = False, width: int = 80, title: str = "Failed") -> str:
    budget = replace(BUDGET, title=title, groups=groups)
    status = BudgetStatus(1_700_000_000.0, "http://x", (budget,))
    return shown(format_budgets(status, colour=colour, width=width), colour=colour, in_github=False)


def group(state: State, route: str, problem: str = "") -> GroupStanding:
    return replace(GROUP, state=state, labels=(("route", route),), problem=problem, tiers=())


def test_it_fits_eighty_columns_and_says_all() -> None:
    told = text(GROUP)
    assert told.splitlines()[0] == "1 budget burns too fast, of 1, at 2023-11-14 22:13:20 UTC."
    for words in ("64.0 % of it is left", "720 of 2,000,000 events were bad", "no value in 3d", "12h48m"):
        assert words in " ".join(told.split())
    assert max(map(seen, told.splitlines())) <= 80


@pytest.mark.parametrize("value", [NASTY, "x" * 400, "[red]bold[/red] **md** <b>", "漢字" * 90, ""])
def test_what_labels_and_titles_say_steers_nothing_and_breaks_no_line(value: str) -> None:
    told = text(group("burning", value, problem=f"the server says {value[:30]}"), title=value[:30] or "x")
    assert "\x1b" not in told
    assert told.isascii() or told.replace("\n", "").isprintable()
    assert max(map(seen, told.splitlines())) <= 80
    if "[red]" in value:
        assert "[red]bold[/red]" in told


def test_colours_are_only_where_they_are_wanted() -> None:
    assert "\x1b[31m" in text(GROUP, colour=True)
    assert "\x1b" not in text(GROUP, colour=False)


def test_the_worst_label_sets_are_shown_and_it_says_how_many_are_left_out() -> None:
    many = (
        *(group("kept", f"/good/{number}") for number in range(500)),
        *(group("exhausted", f"/bad/{number}") for number in range(12)),
        *(group("unknown", f"/mute/{number}", "nothing was counted") for number in range(10)),
    )
    told = text(*many)
    assert sum("route /" in line for line in told.splitlines()) == 20
    assert told.count("/bad/") == 12
    assert "12 budgets are used up" not in told.splitlines()[1]
    left = "and 502 more, which --format json lists: 2 not told, 500 kept"
    assert left in " ".join(told.split())
