"""Which inhibit rule of the file is which of the spec, by what they match."""

from collections.abc import Sequence

from genesis_monitoring.plan.alertmanager import Matcher
from genesis_monitoring.plan.routing import InhibitRule

_PARTS = ("source", "target", "equal")


def pair_rules(
    planned: Sequence[InhibitRule], rules: Sequence[InhibitRule]
) -> tuple[tuple[InhibitRule, InhibitRule | None], ...]:
    """Each planned rule with the one of the file that is it: equal ones first, then the most alike."""
    partners: dict[int, InhibitRule] = {}
    left = dict(enumerate(rules))
    for alike in (3, 2, 1):
        for number, one in enumerate(planned):
            found = [
                (index != number, index)
                for index, other in left.items()
                if sum(_meaning(one, part) == _meaning(other, part) for part in _PARTS) == alike
                and (alike > 1 or _meaning(one, "equal") != _meaning(other, "equal") or index == number)
            ]
            if found and number not in partners:
                partners[number] = left.pop(min(found)[1])
    return tuple((one, partners.get(number)) for number, one in enumerate(planned))


def _meaning(rule: InhibitRule, part: str) -> frozenset[object]:
    if part == "equal":
        return frozenset(rule.equal)
    return frozenset(_matched(matcher) for matcher in (rule.source if part == "source" else rule.target))


def _matched(matcher: Matcher) -> tuple[str, str, frozenset[str]]:
    """A choice between plain words is the same in any order, and with one word it is no choice."""
    words = frozenset(matcher.value.split("|"))
    regex = matcher.operator in ("=~", "!~")
    if not regex or not all(word.replace("_", "").isalnum() for word in words):
        return matcher.label, matcher.operator, frozenset({matcher.value})
    operator = matcher.operator if len(words) > 1 else matcher.operator.replace("~", "").replace("!", "!=")
    return matcher.label, {"!==": "!="}.get(operator, operator), words
