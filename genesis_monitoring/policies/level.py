"""An alert on a level: an SLI is beyond it for longer than ``for``."""

from collections.abc import Iterator, Sequence

from genesis_monitoring.durations import spell_duration
from genesis_monitoring.plan.annotations import LABEL, VALUE, Told, compile_annotations, words_of
from genesis_monitoring.plan.rules import AlertingRule, Input
from genesis_monitoring.plan.scenarios import alert_lanes
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.plan.timelines import Lane
from genesis_monitoring.policies.base import Ground, Policy, Slis, alert_labels, kept_firing
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.spec.alerts import Alert
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.units import format_level


class LevelPolicy(Policy):
    """``alerts`` of the spec."""

    def rules(self, ground: Ground) -> Iterator[AlertingRule]:
        """One for each, in the order of the spec."""
        for name, alert in ground.spec.alerts.items():
            yield self._rule(ground, name, alert)

    def _rule(self, ground: Ground, name: str, alert: Alert) -> AlertingRule:
        spec, plan = ground.spec, ground.slis[alert.sli]
        condition = plan.sli.beyond(alert.level)
        if condition is None:
            raise AssertionError(f"the reference checks let {name} pass without a level")
        link = ground.panels.link(alert.sli, alert.panel)
        words = words_of(alert)
        told = _describe(plan, condition, alert.for_)
        return AlertingRule(
            alert=name,
            expr=condition.expr(plan.record),
            for_=alert.for_,
            labels=alert_labels(spec, alert.severity, plan.sli.component, alert.sli, name),
            series_labels=plan.sli.by,
            annotations=compile_annotations(ground, name, words, link, told, plan.sli.component, alert.sli),
            component=plan.sli.component,
            severity=alert.severity,
            origin=f"alerts.{name}",
            words=words,
            policy=self,
            sli=alert.sli,
            inputs=(Input(plan.record),),
            condition=condition,
            keep_firing_for=kept_firing(spec, alert.severity, alert.keep_firing_for),
        )

    def lanes(self, spec: Spec, slis: Slis, rule: AlertingRule) -> Iterator[Lane]:
        """Its timing, and what the whole chain makes of metrics."""
        return alert_lanes(spec, slis, rule, rule.sli or "")

    def meaning(self, slis: Slis, rules: Sequence[AlertingRule]) -> tuple[str, ...]:
        """The condition, what would be good, and what there was before."""
        rule = rules[0]
        held = f" for {spell_duration(rule.for_)}" if rule.for_ else ""
        sli = slis[rule.sli or ""].sli
        lines = [
            f"{sli.title} has been {rule.condition}{held}.",
            f"Good is {sli.good}.",
        ]
        no_go = sli.beyond("no_go")
        if no_go is not None:
            lines.append(f"{str(no_go).capitalize()} counts towards NO-GO.")
        if sli.baseline is not None:
            value = sli.baseline.value
            known = f"{format_level(value, sli.unit)}: " if value is not None else ""
            lines.append(f"Baseline: {known}{sli.baseline.note}.")
        hours = slis[rule.sli or ""].compared_with
        if hours is not None:
            base = slis[hours.of].sli.title
            lines.append(
                f"It is compared with {base} as the rollout began: {hours.words}, and no value before."
            )
        if sli.fewest_events:
            lines.append(f"With fewer than {sli.fewest_events:g} events in the window there is no value.")
        return tuple(lines)

    def queries(self, slis: Slis, rule: AlertingRule) -> Iterator[tuple[str, str]]:
        """The chain from the alert to the metrics."""
        plan = slis[rule.sli or ""]
        yield "What fires", rule.expr
        yield "The value as recorded", plan.record
        yield "How it is made", plan.expr
        if plan.compared_with is not None:
            yield "What it is compared with", plan.compared_with.record
        for base in (slis[other] for other in plan.depends_on):
            yield f"Made from: {base.sli.title}", base.expr


def _describe(plan: SliPlan, condition: Predicate, for_: int) -> Told:
    """The value, where, since when, and what would be good."""
    sli = plan.sli
    labels = [f"{label} {LABEL.format(label)}" for label in sli.by]
    subject = sli.title + "".join(f" ({label})" for label in labels)
    held = f" for {spell_duration(for_)}" if for_ else ""
    if condition.up:
        been = f" and has been so{held}" if held else ""
        return Told(f"{subject} is {condition}{been}.", where=", ".join(labels), condition=condition)
    return Told(
        f"{subject} is {VALUE} and has been {condition}{held}. Good is {sli.good}.",
        measured=f"{VALUE}, limit {condition.level}",
        where=", ".join(labels),
        condition=condition,
    )
