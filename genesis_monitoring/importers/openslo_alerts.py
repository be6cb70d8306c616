"""OpenSLO ``v1``: alert policies in, tiers of a budget out."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from genesis_monitoring.durations import format_duration
from genesis_monitoring.importers.fields import Fields
from genesis_monitoring.importers.openslo_values import seconds
from genesis_monitoring.importers.slo import Choices, WrittenTier

if TYPE_CHECKING:
    from genesis_monitoring.importers.openslo import Named

_SHARE_OF_LONG = 12
"""The short window of the workbook's tiers is a twelfth of the long one."""
_MINUTE = 60


def read_tiers(spec: Fields, named: "Named", choices: Choices) -> tuple[WrittenTier, ...]:
    """A tier for each condition, the fastest first."""
    found: dict[str, WrittenTier] = {}
    for policy in _policies(spec, named):
        for condition in _conditions(policy, named):
            tier = _tier(condition, choices, len(found) + 1)
            if tier is not None:
                found[tier.name] = tier
    return tuple(sorted(found.values(), key=lambda tier: tier.long))


def _policies(spec: Fields, named: "Named") -> Iterator[Fields]:
    listed = spec.values.get("alertPolicies")
    if isinstance(listed, tuple) and any(isinstance(one, str) for one in listed):
        # Names alone are what earlier drafts had.
        for index, one in enumerate(listed):
            name = Fields(spec.document, (*spec.path, "alertPolicies"), {str(index): one}, spec.report)
            policy = named.found.get(("AlertPolicy", str(one)))
            if policy is None:
                at = spec.document.at((*spec.path, "alertPolicies", index))
                spec.report.error(
                    at, f'{name.name()}: there is no AlertPolicy "{one}"', "name its file as well"
                )
            else:
                yield policy.below("spec")
        return
    for written in spec.each("alertPolicies"):
        if written.has("alertPolicyRef"):
            written.unknown("alertPolicyRef")
            policy = named.of(written, "alertPolicyRef", "AlertPolicy")
            if policy is not None:
                yield policy.below("spec")
        else:
            written.unknown("apiVersion", "kind", "metadata", "spec")
            yield written.below("spec")


def _conditions(policy: Fields, named: "Named") -> Iterator[Fields]:
    policy.unknown(
        "description",
        "alertWhenNoData",
        "alertWhenResolved",
        "alertWhenBreaching",
        "conditions",
        "notificationTargets",
    )
    if policy.flag("alertWhenNoData"):
        policy.report.note(
            policy.at("alertWhenNoData"), "not kept: missing data alerts always (meta_alerts.missing_data)"
        )
    if policy.has("alertWhenBreaching") and not policy.flag("alertWhenBreaching"):
        policy.error(
            "alertWhenBreaching", "false would be a policy that alerts of nothing", "take the policy out"
        )
        return
    if policy.flag("alertWhenResolved"):
        policy.report.note(
            policy.at("alertWhenResolved"), "not kept: receivers of the spec tell of resolved alerts"
        )
    if policy.has("notificationTargets"):
        policy.report.warning(
            policy.at("notificationTargets"),
            "notification targets are not kept: alerts go by severity",
            "give the severity its receivers in the spec",
        )
    if not policy.values.get("conditions"):
        policy.error("conditions", "there are none", "write one")
    for one in policy.each("conditions"):
        if one.has("conditionRef"):
            one.unknown("conditionRef")
            known = named.of(one, "conditionRef", "AlertCondition")
            if known is not None:
                yield known.below("spec")
        else:
            one.unknown("apiVersion", "kind", "metadata", "spec")
            yield one.below("spec")


def _tier(spec: Fields, choices: Choices, number: int) -> WrittenTier | None:
    spec.unknown("description", "severity", "condition")
    before = spec.report.errors
    condition = spec.below("condition")
    condition.unknown("kind", "op", "threshold", "lookbackWindow", "alertAfter")
    if condition.text("kind", needed=True) not in ("burnrate", ""):
        condition.error("kind", "only burnrate is read", "write burnrate, or an alert in the spec")
    if condition.text("op") not in ("", "gt", "gte"):
        condition.error("op", "a burn rate alerts above its threshold alone", "write gt")
    factor, window = condition.number("threshold"), seconds(condition.text("lookbackWindow", needed=True))
    if factor is None or factor <= 0:
        condition.error("threshold", "is no burn rate above 0", "write one, as 14.4")
    if not window and condition.text("lookbackWindow"):
        condition.error("lookbackWindow", "is no fixed time", "write a number with m, h, d or w, as 1h")
    severity = _severity(spec, choices)
    if spec.report.errors > before or factor is None:
        return None
    short = max(_MINUTE, window // _SHARE_OF_LONG // _MINUTE * _MINUTE)
    spec.report.warning(
        condition.at("lookbackWindow"),
        f"a tier has a short window too, here {format_duration(short)}: it is quiet once that one heals",
        "see the tier in the budget",
    )
    if condition.has("alertAfter"):
        condition.report.warning(
            condition.at("alertAfter"),
            "not kept: a tier alerts at once, and its windows are what makes it wait",
        )
    return WrittenTier(f"burn-{format_duration(window)}-{number}", window, short, severity, factor=factor)


def _severity(spec: Fields, choices: Choices) -> str:
    word = spec.text("severity", needed=True)
    known = {"page": choices.page, "ticket": choices.ticket, **choices.severities}
    if word in known:
        return known[word]
    if len(word) == 2 and word[0] == "P" and word[1].isascii() and word[1].isdigit():
        return word
    if word:
        spec.error(
            "severity", f"nothing says which severity of the spec {word} is", f"give --severity {word}=P2"
        )
    return ""
