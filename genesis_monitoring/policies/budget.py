"""Alerts on error budgets: one a tier, while the budget burns too fast, and one when nothing of it is left.

Both windows have to be beyond the tier's pace: the long one says that it matters, the short one that it goes
on. And so many errors must there be that it is no chance. Source: Google's SRE workbook, "Alerting on SLOs".
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from genesis_monitoring.conventions import SHADOW_LABEL
from genesis_monitoring.durations import spell_duration
from genesis_monitoring.plan.annotations import LABEL, VALUE, Told, Words, asked, compile_annotations
from genesis_monitoring.plan.budgets import (
    ID,
    LEFT,
    BudgetPlan,
    errors_name,
    inputs,
    lasts_query,
    left_query,
    number,
    quick_interval,
)
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.policies.base import Ground, Policy, Slis, alert_labels, kept_firing
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.burn import EXHAUSTED, Burn

_HALF = Decimal("0.5")
"""Counts are extrapolated, so that of three errors 2.9 may be seen."""
_RESPONSE = (
    "See in which window it burns, and since when: the panel of this budget.",
    "Look for what changed at that time: a deployment, a dependency, the traffic.",
    "Undo it, or take what fails out of service, before you look for the cause.",
)
_MEANING = (
    "The errors of an SLO come so fast that its error budget would be used up too early. Measured over a "
    "long window, and over a short one, so that it ends soon after the errors do.",
    "A burn rate of 1 spends the budget exactly in its period; of 10 in a tenth of it.",
)


class BudgetPolicy(Policy):
    """``budget`` of an SLI."""

    def rules(self, ground: Ground) -> Iterator[AlertingRule]:
        """For each budget its tiers, the fastest first, then the one that is used up."""
        for plan in ground.budgets:
            for tier in plan.tiers:
                yield self._tier(ground, plan, tier)
            if plan.budget.exhausted is not None:
                yield self._exhausted(ground, plan, plan.budget.exhausted)

    def _tier(self, ground: Ground, plan: BudgetPlan, tier: Burn) -> AlertingRule:
        limit, allowed = plan.threshold(tier), number(plan.allowed)
        long, short = (f"{plan.ratio(window)} > {limit}" for window in (tier.long, tier.short))
        expr = f"({long}) / {allowed} and ({short}){_enough(plan, tier.long)}"
        condition = Predicate(">", float(tier.factor), "multiple")
        left, pace = _left(plan), _lasts(plan, tier.long)
        told = Told(
            f"{_subject(plan)}: the error budget of {spell_duration(plan.period)} burns {VALUE} as fast as "
            f"it may, measured over {spell_duration(tier.long)} and over {spell_duration(tier.short)}; "
            f"the limit is {condition.level}. Left of it: {left}. At this pace it lasts {pace}.",
            measured=f"burn rate {VALUE}, limit {condition.level}",
            where=_where(plan),
            condition=condition,
        )
        hours = spell_duration(max(round(plan.period / tier.factor), 1))
        words = Words(
            tier.severity,
            f"{plan.kind.title}: the error budget burns {number(tier.factor)} times too fast",
            f"At this pace the budget of {spell_duration(plan.period)} is used up within {hours}.",
            _RESPONSE,
        )
        origin = ".".join((plan.origin, *tier.origin))
        beyond = 2 * condition.threshold
        return self._rule(ground, plan, tier.alert, expr, tier.long, words, told, origin, tier.name, beyond)

    def _exhausted(self, ground: Ground, plan: BudgetPlan, severity: str) -> AlertingRule:
        condition = Predicate("<=", 0.0, "ratio")
        expr = f"{plan.series(LEFT)} <= 0{_enough(plan, plan.period)}"
        period = spell_duration(plan.period)
        told = Told(
            f"{_subject(plan)}: nothing is left of the error budget of {period}. Left of it: {VALUE}.",
            measured=f"{VALUE} of the budget left",
            where=_where(plan),
            condition=condition,
        )
        words = Words(
            severity,
            f"{plan.kind.title}: the error budget is used up",
            f"The objective of {number((1 - plan.allowed) * 100)} % is not met over {period}.",
            (
                "Agree with the owner that no change goes out that is not needed to make it more reliable.",
                "See what spent the budget: the panel of this budget over its period.",
            ),
        )
        origin = f"{plan.origin}.exhausted"
        return self._rule(ground, plan, EXHAUSTED, expr, plan.period, words, told, origin, "exhausted", 0.0)

    def _rule(
        self,
        ground: Ground,
        plan: BudgetPlan,
        name: str,
        expr: str,
        window: int,
        words: Words,
        told: Told,
        origin: str,
        tier: str,
        fires_at: float,
    ) -> AlertingRule:
        spec, component = ground.spec, plan.kind.component
        labels = alert_labels(spec, words.severity, component, plan.sli)
        if plan.budget.shadow:
            labels = ((SHADOW_LABEL, words.severity), *labels[1:])
        pages = "page" if spec.severities[words.severity].page else "ticket"
        link = ground.panels.budget(plan.id)
        return AlertingRule(
            alert=name,
            expr=expr,
            for_=0,
            labels=(*labels, ("sloth_severity", pages), ("tier", tier), *plan.labels),
            series_labels=plan.by,
            annotations=compile_annotations(ground, name, words, link, told, component, plan.sli),
            component=component,
            severity=words.severity,
            origin=origin,
            words=words,
            policy=self,
            sli=plan.sli,
            inputs=inputs(spec, plan, window),
            interval=quick_interval(spec, plan),
            keep_firing_for=kept_firing(spec, words.severity),
            shadow=plan.budget.shadow,
            fires_at=fires_at,
            slo=plan.id,
        )

    def summary(self, rules: Sequence[AlertingRule]) -> str:
        """One page is for all SLOs."""
        if len(rules) == 1:
            return rules[0].words.summary
        used_up = rules[0].alert == EXHAUSTED
        return "An error budget is used up" if used_up else "An error budget burns too fast"

    def impact(self, rules: Sequence[AlertingRule]) -> str:
        """Of one alike for all, or in general."""
        impacts = {rule.words.impact for rule in rules}
        if len(impacts) == 1:
            return rules[0].words.impact
        if rules[0].alert == EXHAUSTED:
            return "The objective of the SLO is not met over its period."
        return "At this pace the budget is used up before its period ends."

    def meaning(self, slis: Slis, rules: Sequence[AlertingRule]) -> tuple[str, ...]:
        """What a burn rate is."""
        del slis
        if rules[0].alert == EXHAUSTED:
            return ("Over the whole period there were more errors than the objective allows.",)
        return _MEANING

    def queries(self, slis: Slis, rule: AlertingRule) -> Iterator[tuple[str, str]]:
        """What fires, and what is left of the budget."""
        title = slis[rule.sli or ""].sli.title
        yield f"{title}: what fires", rule.expr
        known = {ID: dict(rule.labels)[ID]}
        yield f"{title}: what is left of the budget", promql.selector(LEFT, known)


def _enough(plan: BudgetPlan, window: int) -> str:
    """Where so many errors are there that it is no chance."""
    if not plan.minimum_errors:
        return ""
    return f" and {plan.series(errors_name(window))} >= {number(plan.minimum_errors - _HALF)}"


def _subject(plan: BudgetPlan) -> str:
    return plan.kind.title + "".join(f" ({label} {LABEL.format(label)})" for label in plan.by)


def _where(plan: BudgetPlan) -> str:
    return ", ".join(f"{label} {LABEL.format(label)}" for label in plan.by)


def _left(plan: BudgetPlan) -> str:
    return asked(left_query(plan), plan.by, "humanizePercentage")


def _lasts(plan: BudgetPlan, window: int) -> str:
    """How long what is left lasts at the pace of a window."""
    return asked(lasts_query(plan, window), plan.by, "humanizeDuration")
