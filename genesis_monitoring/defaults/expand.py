"""The whole of it: a spec's values in, those written out in full and their origins out."""

from collections.abc import Callable, Mapping
from typing import Any

from genesis_monitoring.defaults.alerting import (
    fill_alerts,
    fill_meta_alerts,
    fill_receivers,
    fill_severities,
    fill_target_down,
)
from genesis_monitoring.defaults.drawing import fill_dashboards, fill_panels
from genesis_monitoring.defaults.metrics import fill_metrics
from genesis_monitoring.defaults.people import fill_metadata, fill_teams
from genesis_monitoring.defaults.scraping import fill_prometheus
from genesis_monitoring.defaults.slis import fill_slis
from genesis_monitoring.defaults.stack import fill_secrets, fill_stack
from genesis_monitoring.defaults.tree import Tree

_STEPS: tuple[Callable[[Tree], None], ...] = (
    fill_stack,
    fill_prometheus,
    fill_metadata,
    fill_teams,
    fill_target_down,
    fill_metrics,
    fill_slis,
    fill_alerts,
    fill_meta_alerts,
    fill_receivers,
    fill_severities,
    fill_secrets,
    fill_dashboards,
    fill_panels,
)
"""Each builds on what those before it have filled in."""


def expand(value: Mapping[str, Any]) -> Tree:
    """``value`` with every default, and where each comes from. What is malformed stays so."""
    tree = Tree(value)
    for step in _STEPS:
        step(tree)
    return tree
