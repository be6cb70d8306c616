"""Random pairs of rollouts: none that is worse, has something left out or one more restart is better.

``GENESIS_MON_PAIRS=SEED:COUNT`` takes others than these 500; ``make pairs`` takes 5,000.
"""

import os
from collections import Counter

import pytest
from rollout.history import load_plan
from rollout.pairs import improvement, pairs

pytestmark = pytest.mark.live


def test_no_pair_improves() -> None:
    seed, _, count = os.environ.get("GENESIS_MON_PAIRS", "10:500").partition(":")
    plan = load_plan()
    kinds: Counter[str] = Counter()
    improved = []
    for pair in pairs(int(seed), int(count), plan):
        kinds[pair.kind] += 1
        said = improvement(pair, plan)
        improved += [said] if said else []
    print(f"seed {seed}: {dict(kinds)}, {len(improved)} improved")
    assert kinds.total() == int(count)
    assert improved == []
