"""Random pairs of rollouts: none that is worse, has something left out or one more restart is better.

``GENESIS_MON_PAIRS`` says how many times a hundred pairs are drawn: five times, and fifty by ``make pairs``.
"""

import os
from collections import Counter

import pytest
from rollout.history import load_plan
from rollout.pairs import improvement, pairs

pytestmark = pytest.mark.live
FIRST_SEED, PAIRS = 10, 100
TIMES = int(os.environ.get("GENESIS_MON_PAIRS", "5"))


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + TIMES))
def test_no_pair_improves(seed: int) -> None:
    plan = load_plan()
    kinds: Counter[str] = Counter()
    improved = []
    for pair in pairs(seed, PAIRS, plan):
        kinds[pair.kind] += 1
        said = improvement(pair, plan)
        improved += [said] if said else []
    print(f"seed {seed}: {dict(kinds)}, {len(improved)} improved")
    assert kinds.total() == PAIRS
    assert improved == []
