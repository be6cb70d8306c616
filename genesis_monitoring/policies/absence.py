"""The alert on missing data: what an SLI stands on is absent or no number."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from genesis_monitoring.conventions import JOB_LABEL, MISSING_PART
from genesis_monitoring.durations import spell_duration
from genesis_monitoring.plan.absence import absence, tells_apart
from genesis_monitoring.plan.annotations import WHERE, Told, compile_annotations, words_of
from genesis_monitoring.plan.missing_tests import missing_data_tests
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.plan.timelines import RuleTest
from genesis_monitoring.policies.base import Ground, Policy, Slis, alert_labels
from genesis_monitoring.spec.model import Spec


class AbsencePolicy(Policy):
    """``meta_alerts.missing_data``, for every SLI whose metrics are exported."""

    part: ClassVar[str] = MISSING_PART

    def rules(self, ground: Ground) -> Iterator[AlertingRule]:
        """One for each SLI."""
        for plan in ground.slis.values():
            if plan.exported:
                yield self._rule(ground, plan)

    def _rule(self, ground: Ground, plan: SliPlan) -> AlertingRule:
        spec = ground.spec
        alert = spec.meta_alerts.missing_data
        apart = plan.sli.by if tells_apart(spec, plan) else ()
        known = {JOB_LABEL: plan.job} if JOB_LABEL not in apart else {}
        link, told = ground.panels.link(plan.name, alert.panel), _describe(spec, plan, alert.for_)
        words = words_of(alert)
        labels = alert_labels(spec, alert.severity, plan.sli.component, plan.name)
        return AlertingRule(
            alert=alert.name,
            expr=absence(spec, plan),
            for_=alert.for_,
            labels=(*labels, *known.items()),
            series_labels=apart,
            annotations=compile_annotations(
                ground, alert.name, words, link, told, plan.sli.component, plan.name
            ),
            component=plan.sli.component,
            severity=alert.severity,
            origin="meta_alerts.missing_data",
            words=words,
            policy=self,
            sli=plan.name,
        )

    def tests(self, spec: Spec, slis: Slis, rules: Sequence[AlertingRule]) -> Iterator[RuleTest]:
        """All SLIs of the component without data, and one label set of each."""
        return missing_data_tests(slis, spec, list(rules))

    def meaning(self, slis: Slis, rules: Sequence[AlertingRule]) -> tuple[str, ...]:
        """What may be absent, and when it is not told any more."""
        held = f" for {spell_duration(rules[0].for_)}" if rules[0].for_ else ""
        names = ", ".join(slis[rule.sli or ""].sli.title for rule in rules)
        return (
            f"What an SLI needs has been absent or no finite number{held}: all of it, or one of the label "
            f"sets that it is grouped by. One alert for each of: {names}.",
            "A label set counts as taken away on purpose an hour later, and at once if its target is gone. "
            "While a target is down, an alert on the target tells it.",
        )

    def cause(self, rule: AlertingRule) -> str:
        """Of any SLI."""
        del rule
        return "its metrics are absent"

    def queries(self, slis: Slis, rule: AlertingRule) -> Iterator[tuple[str, str]]:
        """What is absent."""
        yield f"{slis[rule.sli or ''].sli.title}: is a metric absent?", rule.expr


def _describe(spec: Spec, plan: SliPlan, for_: int) -> Told:
    metrics = ", ".join(dict.fromkeys(selector.metric for selector in plan.metrics))
    hours = plan.compared_with
    first = f", or its baseline, {hours.words}, is not there" if hours else ""
    where = "".join(WHERE.format(label) for label in plan.sli.by) if tells_apart(spec, plan) else ""
    subject = f"{plan.sli.title}{where}"
    return Told(
        f"{subject} has had no data for {spell_duration(for_)}: "
        f"what it needs of {metrics} is absent{plan.sli.unusable}{first}.",
        where=subject,
    )
