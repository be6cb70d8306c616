"""Our tiers and Sloth's over the same histories: each does what arithmetic says, and no more."""

import math
import random
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from .histories import KINDS, MINUTES, Minutes, history
from .sloth import Slo, our_rules, played, sloth_rules, value
from .truth import Said, Tier, counted, judged

pytestmark = pytest.mark.peers

_TIERS = {
    "page": (Tier(60, 5, Fraction(144, 10)), Tier(360, 30, Fraction(6))),
    "ticket": (Tier(1440, 120, Fraction(3)), Tier(4320, 360, Fraction(1))),
}
_SHARES = {"30d": Fraction(1), "28d": Fraction(28, 30)}
_ERRORS = 3
# Long windows were evaluated a minute before, up to the last count of five minutes.
_ASKED = [minute for minute in range(60, MINUTES) if minute % 5 == 2]
_LAG = 2


def drawn(number: int) -> tuple[Slo, str]:
    draw = random.Random(number)
    return Slo(draw.choice((99.9, 99.5, 99.0, 95.0, 99.95)), draw.choice(("30d", "28d"))), draw.choice(KINDS)


# Fifty random SLOs over longer histories are in test_differences.
CASES = [(number, *drawn(number)) for number in range(5)] + [
    (1000 + number, Slo(99.9), kind) for number, kind in enumerate(KINDS)
]


@pytest.mark.parametrize(("seed", "slo", "kind"), CASES, ids=[f"{kind}-{seed}" for seed, _, kind in CASES])
def test_both_do_what_arithmetic_says(seed: int, slo: Slo, kind: str, tmp_path: Path) -> None:
    minutes = history(kind, seed)
    ours = played(our_rules(slo), minutes, tmp_path, _ASKED)
    theirs = played(sloth_rules(slo, tmp_path), minutes, tmp_path, _ASKED)
    allowed = (100 - Fraction(repr(slo.objective))) / 100
    wrong: Counter[str] = Counter()
    for minute in _ASKED:
        for severity, tiers in _TIERS.items():
            scaled = [Tier(one.long, one.short, one.factor * _SHARES[slo.period]) for one in tiers]
            for whose, firing, least, lag in (("ours", ours, _ERRORS, _LAG), ("Sloth's", theirs, 0, 0)):
                # Groups are evaluated in no order that is promised: an alert may see the minute before.
                now, before = (
                    {judged(minutes, tier, allowed, end, least, lag) for tier in scaled}
                    for end in (minute, minute - 1)
                )
                fires = severity in firing[minute]
                sure = Said.EDGE not in now | before and (Said.FIRES in now) == (Said.FIRES in before)
                if sure and fires != (Said.FIRES in now):
                    wrong[f"{whose} {severity} {'fires' if fires else 'is quiet'} at {minute}"] += 1
    assert not wrong, f"{len(wrong)} of {4 * len(_ASKED)}: {list(wrong)[:5]}"


def test_one_error_at_night_pages_there_and_not_here(tmp_path: Path) -> None:
    minutes = history("idle", 1004)
    ours = played(our_rules(Slo(99.9)), minutes, tmp_path, _ASKED)
    theirs = played(sloth_rules(Slo(99.9), tmp_path), minutes, tmp_path, _ASKED)
    few = [one for one in _ASKED if theirs[one] and not ours[one]]
    assert few
    for minute in few:
        assert counted(minutes, minute, 60).errors < _ERRORS


def test_the_period_is_counted_here_and_a_mean_of_ratios_there(tmp_path: Path) -> None:
    """A day with 6,000 requests a minute and one error; a night with 10, of which 5 fail."""
    half = 12 * 60
    minutes = Minutes("", (1,) * half + (5,) * half, (6000,) * half + (10,) * half)
    at = 2 * half - 1
    record = "slo:sli_error:ratio_rate30d"
    exact = counted(minutes, at, MINUTES)
    truth = exact.errors / exact.total
    ours = value(our_rules(Slo(99.9)), minutes, tmp_path, at, record)
    theirs = value(sloth_rules(Slo(99.9), tmp_path), minutes, tmp_path, at, record)
    assert ours is not None
    assert theirs is not None
    # The first and the last minutes lie in no count of five minutes, or in one that is not whole.
    assert ours == pytest.approx(truth, rel=0.02)
    assert theirs > 200 * truth


def test_a_window_without_traffic_leaves_no_number_there_and_nothing_here(tmp_path: Path) -> None:
    busy = (10,) * 30
    minutes = Minutes("", (0,) * 120, busy + (0,) * 30 + busy * 2)
    record = "slo:sli_error:ratio_rate30d"
    assert value(our_rules(Slo(99.9)), minutes, tmp_path, 118, record) == 0
    theirs = value(sloth_rules(Slo(99.9), tmp_path), minutes, tmp_path, 118, record)
    assert theirs is not None
    assert math.isnan(theirs)
