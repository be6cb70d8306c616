"""Error budgets against Sloth's: the same SLOs, the same histories, every five minutes.

What is different is of a listed kind, and then ours is right by arithmetic: docs/sloth.md has the table.
"""

import shutil
from collections import Counter
from pathlib import Path

import pytest
from backfill import exposition, store

from bench.synthetic import Slo
from genesis_monitoring.plan.budgets import LEFT

from .compared import NONE, kind_of, table
from .evaluated import Rule, fired, reader_of, record
from .requests import MINUTES, ORIGIN, histories
from .twins import own_rules, random_slos, sloth_rules, tiers

pytestmark = [pytest.mark.peers, pytest.mark.timeout(3600)]
AFTER_A_SCRAPE = 17
SPAN = (float(ORIGIN + 300 + AFTER_A_SCRAPE), float(ORIGIN + 60 * MINUTES - 300 + AFTER_A_SCRAPE))
COMPARED = (float(ORIGIN + 6 * 3600 + AFTER_A_SCRAPE), SPAN[1])
"""From when on there is a past to look back at."""
SHARED = [Slo("availability", 99.9, by="history"), Slo("answers", 99.5, 28, by="history")]
PARTS = 5


def _roots(rules: tuple[Rule, ...]) -> set[str]:
    """What alerts are made of; their words apart."""
    return {name for rule in rules if not rule.record for name in rule.reads} - {LEFT}


@pytest.mark.parametrize("part", range(PARTS + 1))
def test_the_same_tiers_fire_at_the_same_time(part: int, tmp_path: Path) -> None:
    slos = random_slos(50, seed=1)[part::PARTS] if part < PARTS else SHARED
    theirs, ours = sloth_rules(slos, tmp_path), own_rules(slos, tmp_path)
    past = {slo.sloth_name: histories(f"{part} {slo.name}", (100 - slo.objective) / 100) for slo in slos}
    raw = [
        (
            f'{slo.metric}{{job="prometheus",instance="a",code="{code}",history="{name}"}}',
            list(history.samples(code)),
        )
        for slo in slos
        for name, history in past[slo.sloth_name].items()
        for code in ("200", "500")
    ]
    store(tmp_path / "ours", exposition(raw), tmp_path)
    shutil.copytree(tmp_path / "ours", tmp_path / "theirs")
    for rules, name in ((ours, "ours"), (theirs, "theirs")):
        record(rules, _roots(rules), tmp_path / name, tmp_path, SPAN)
    alerts = {(one.labels["sloth_slo"], one.labels["tier"]): one.expr for one in ours if not one.record}
    by_name = {slo.sloth_name: slo for slo in slos}
    found: Counter[tuple[str, str, bool]] = Counter()
    unlisted, same = [], 0
    with reader_of(tmp_path / "ours", tmp_path) as own, reader_of(tmp_path / "theirs", tmp_path) as other:
        for tier in tiers(theirs):
            expr = alerts.pop((tier.slo, tier.name))
            we, they = (
                fired(reader, text, COMPARED, "history") for reader, text in ((own, expr), (other, tier.expr))
            )
            for name, history in past[tier.slo].items():
                mine, its = we.get(name, set()), they.get(name, set())
                same += len(mine & its)
                for at in sorted(mine ^ its):
                    kind = kind_of(by_name[tier.slo], tier, history, at, at in mine)
                    found[name, kind, at in mine] += 1
                    if kind == NONE:
                        minute = round(at - ORIGIN) // 60
                        told = [history.counted(at, window) for window in (tier.long, tier.short)]
                        unlisted.append((tier.slo, tier.name, name, minute, at in mine, told, tier.limit))
    print(f"{same} steps at which both fire\n{table(found)}")
    assert not alerts, "tiers that Sloth has not"
    assert not unlisted, unlisted[:20]
    assert same > 1000
