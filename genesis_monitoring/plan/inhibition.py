"""Which alerts keep which quiet: all inhibit rules, by the alerts on their two sides."""

from dataclasses import dataclass

from genesis_monitoring.spec.alerts import MatchedAlerts
from genesis_monitoring.spec.inhibition import inhibitions
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.routing_rules import labelled_alerts, matching

_NAMED = 8


@dataclass(frozen=True, slots=True)
class Quieted:
    """Alerts on the other side of an inhibit rule, by name, and why the rule is there."""

    alerts: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        rest = len(self.alerts) - _NAMED
        more = f" and {rest} more" if rest > 0 else ""
        return f"{', '.join(self.alerts[:_NAMED])}{more} ({self.reason})"


_Keys = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Inhibitions:
    """All rules. An alert is asked for by name, severity and component, which rules match."""

    rules: tuple[tuple[_Keys, Quieted, _Keys, Quieted], ...]

    def quiets(self, *alert: str) -> tuple[Quieted, ...]:
        """What an alert keeps quiet while it fires."""
        return tuple(targets for source, _, _, targets in self.rules if alert in source)

    def quieted_by(self, *alert: str) -> tuple[Quieted, ...]:
        """What keeps an alert quiet."""
        return tuple(sources for _, sources, target, _ in self.rules if alert in target)


def compile_inhibitions(spec: Spec) -> Inhibitions:
    """The inhibit rules in their order, alerts in that of the spec."""
    rules = tuple(one.rule for one in inhibitions(spec))
    alerts = tuple(labelled_alerts(spec)) if rules else ()

    def side(matched: MatchedAlerts, reason: str) -> tuple[_Keys, Quieted]:
        found = matching(alerts, matched)
        names = dict.fromkeys(one.name for one in alerts if one in found)
        return frozenset((one.name, one.severity, one.component) for one in found), Quieted(
            tuple(names), reason
        )

    return Inhibitions(
        tuple((*side(rule.source, rule.reason), *side(rule.target, rule.reason)) for rule in rules)
    )


def spelled(quieted: tuple[Quieted, ...]) -> str:
    """In one line, each reason once."""
    reasons: dict[str, dict[str, None]] = {}
    for one in quieted:
        reasons.setdefault(one.reason, {}).update(dict.fromkeys(one.alerts))
    return "; ".join(str(Quieted(tuple(alerts), reason)) for reason, alerts in reasons.items())
