"""GM130 (information): a criterion of the rollout needs a metric that is still planned.

Why: without data it is NO_DATA, which is never a pass, so GO cannot be reached. To mend: instrument
the metric, then set its status to ``exported``.
"""

from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.spec.source import Source

CODES = ("GM130",)


def check_unjudged(plan: Plan, source: Source) -> tuple[Finding, ...]:
    """One finding for each criterion that cannot be judged yet."""
    if plan.rollout is None:
        return ()
    return tuple(
        Finding(
            "GM130",
            Severity.INFO,
            source.locate_dotted(criterion.origin),
            f"{criterion.text}: cannot be judged yet, {', '.join(criterion.planned)} "
            f"{'is' if len(criterion.planned) == 1 else 'are'} planned",
        )
        for section in plan.rollout.sections
        for criterion in section.criteria
        if criterion.planned
    )
