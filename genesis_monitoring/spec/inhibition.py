"""Every inhibit rule: those that a spec says, and those of its error budgets, whose tiers are of one fire."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from genesis_monitoring.conventions import SLO_ID
from genesis_monitoring.slis.burn import Burn
from genesis_monitoring.spec.alerts import InhibitRule, MatchedAlerts
from genesis_monitoring.spec.budget_rules import told_tiers
from genesis_monitoring.spec.model import Spec

_REASON = "A faster tier of the same error budget tells it already"


@dataclass(frozen=True, slots=True)
class Inhibition:
    """A rule with its name, and where in the spec it comes from."""

    name: str
    origin: str
    rule: InhibitRule


@dataclass(slots=True)
class _Faster:
    origin: str
    slower: dict[str, None] = field(default_factory=dict)


def inhibitions(spec: Spec) -> Iterator[Inhibition]:
    """Those of the spec in their order, then one for each tier that is faster than another."""
    for name, rule in spec.routing.inhibit.items():
        yield Inhibition(name, f"routing.inhibit.{name}", rule)
    found: dict[str, tuple[Burn, _Faster]] = {}
    grouped: dict[str, None] = {}
    for name, sli, _, tiers in told_tiers(spec):
        grouped.update(dict.fromkeys(sli.by))
        for index, tier in enumerate(tiers[:-1]):
            origin = ".".join(("slis", name, "budget", *tier.origin))
            _, faster = found.setdefault(tier.alert, (tier, _Faster(origin)))
            faster.slower.update(dict.fromkeys(one.alert for one in tiers[index + 1 :]))
    # A label that neither of two alerts has is equal in both.
    equal = (SLO_ID, *sorted(grouped))
    for alert, (tier, faster) in found.items():
        source, target = MatchedAlerts(alerts=(alert,)), MatchedAlerts(alerts=tuple(faster.slower))
        rule = InhibitRule(reason=_REASON, source=source, target=target, equal=equal)
        yield Inhibition(f"tier-{tier.name}", faster.origin, rule)
