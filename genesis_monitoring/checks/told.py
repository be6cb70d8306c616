"""GM133 (warning): a receiver that nothing sends to.

Why: somebody believes that it is told, and it never is. To mend: name it where it is meant, or remove it.

GM134 (warning): alerts of a team go to receivers that are not its own, since its ``receivers`` leave their
severity out. Why: it has receivers, so people believe that they get all. To mend: add the severity.
"""

from collections.abc import Iterator

from genesis_monitoring.conventions import TEAM_LABEL
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.spec.environment_source import EnvironmentSource
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.source import Source
from genesis_monitoring.spec.told import named_receivers

CODES = ("GM133", "GM134")


def check_told(plan: Plan, source: Source) -> tuple[Finding, ...]:
    """Both, in the order of the spec."""
    return (*_unused(plan.spec, source), *_elsewhere(plan, source))


def _unused(spec: Spec, source: Source) -> Iterator[Finding]:
    used = {spec.routing.default_receiver, spec.meta_alerts.watchdog.receiver}
    used.update(name for one in spec.severities.values() for name in one.receivers)
    used.update(name for team in spec.teams.values() for names in team.receivers.values() for name in names)
    for _ in spec.receivers:
        used |= {fallback for name in used if (fallback := spec.receivers[name].fallback) is not None}
    for name in spec.receivers:
        if name not in used:
            yield Finding(
                "GM133",
                Severity.WARNING,
                source.locate_key(("receivers", name)),
                f"nothing is sent to the receiver {name}",
                "name it in receivers of a severity or a team, or remove it"
                if not isinstance(source, EnvironmentSource)
                else f"name it in receivers of a severity or a team, or leave out receivers.{name} there",
            )


def _elsewhere(plan: Plan, source: Source) -> Iterator[Finding]:
    spec = plan.spec
    rules = [rule for group in plan.rule_groups for rule in group.alerting if not rule.shadow]
    watchdog = spec.meta_alerts.watchdog.name
    for name, team in spec.teams.items():
        own = [rule for rule in rules if dict(rule.labels)[TEAM_LABEL] == name and rule.alert != watchdog]
        for severity in spec.severities:
            alerts = dict.fromkeys(rule.alert for rule in own if rule.severity == severity)
            if team.receivers and alerts and severity not in team.receivers:
                listed = ", ".join(alerts)
                receivers = ", ".join(named_receivers(spec, name, severity))
                yield Finding(
                    "GM134",
                    Severity.WARNING,
                    source.locate_key(("teams", name, "receivers")),
                    f"{severity} alerts of team {name} ({listed}) go to {receivers}, which is not of its own",
                    f"add {severity} to its receivers; if it is meant, name the same receivers there",
                    (source.locate(("severities", severity, "receivers")),),
                )
