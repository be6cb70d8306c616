"""The Watchdog: an alert that fires always, so that its silence tells of alerts that do not arrive."""

from collections.abc import Iterator, Sequence

from genesis_monitoring.plan.annotations import Told, compile_annotations, words_of
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.plan.scenarios import always_lane
from genesis_monitoring.plan.timelines import Lane
from genesis_monitoring.policies.base import Ground, Policy, Slis, alert_labels
from genesis_monitoring.spec.model import Spec

_SAYS = "It fires always."


class WatchdogPolicy(Policy):
    """``meta_alerts.watchdog``."""

    def rules(self, ground: Ground) -> Iterator[AlertingRule]:
        """The one."""
        spec = ground.spec
        watchdog, component = spec.meta_alerts.watchdog, spec.meta_alerts.component
        words = words_of(watchdog)
        link = ground.panels.link(None, None)
        yield AlertingRule(
            alert=watchdog.name,
            expr="vector(1)",
            for_=0,
            labels=alert_labels(spec, watchdog.severity, component, None),
            series_labels=(),
            annotations=compile_annotations(ground, watchdog.name, words, link, Told(_SAYS), component),
            component=component,
            severity=watchdog.severity,
            origin="meta_alerts.watchdog",
            words=words,
            policy=self,
        )

    def lanes(self, spec: Spec, slis: Slis, rule: AlertingRule) -> Iterator[Lane]:
        """Without any series."""
        yield always_lane(rule)

    def meaning(self, slis: Slis, rules: Sequence[AlertingRule]) -> tuple[str, ...]:
        """Nothing else."""
        return (_SAYS,)
