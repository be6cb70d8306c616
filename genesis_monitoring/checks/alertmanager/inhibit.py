"""The inhibit rules of the file against those of the spec, by what they match (GM613)."""

from collections.abc import Iterator, Sequence

from genesis_monitoring.checks.alertmanager.align import RERENDER_HINT
from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.positions import locate_path
from genesis_monitoring.findings import Finding
from genesis_monitoring.plan.alertmanager import AlertmanagerPlan, Matcher
from genesis_monitoring.plan.routing import InhibitRule, planned_inhibit_rules

_PARTS = (("source", "source_matchers"), ("target", "target_matchers"), ("equal", "equal"))


def inhibit_differences(
    context: CheckContext, file: TreeFile, rules: Sequence[InhibitRule], plan: AlertmanagerPlan
) -> Iterator[Finding]:
    """A finding for each part that differs, each missing rule and each that the spec does not have."""
    left = list(rules)
    for planned, rule in pair_rules(planned_inhibit_rules(plan), rules):
        related = (context.source.locate_dotted(planned.origin),)
        name = planned.origin.rpartition(".")[2]
        if rule is None:
            message = f"the inhibit rule {name} is missing: {_spell(planned.source)} silences nothing"
            place = locate_path(file.text, ("inhibit_rules",))
            yield context.finding("GM613", file, place, message, hint=RERENDER_HINT, related=related)
            continue
        left.remove(rule)
        for part, key in _PARTS:
            seen, wanted = _meaning(rule, part), _meaning(planned, part)
            if seen != wanted:
                message = (
                    f"{part} of the inhibit rule {name} is {_spell_part(rule, part)}; the spec says "
                    f"{_spell_part(planned, part)}"
                )
                place = locate_path(file.text, (*rule.path, key, *_odd(rule, planned, part)))
                yield context.finding("GM613", file, place, message, hint=RERENDER_HINT, related=related)
    for rule in left:
        message = (
            f"the spec has no inhibit rule by which {_spell(rule.source)} silences {_spell(rule.target)}"
        )
        place = locate_path(file.text, rule.path)
        related = (context.source.locate_dotted("routing.inhibit"),)
        yield context.finding("GM613", file, place, message, hint=RERENDER_HINT, related=related)


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
                if sum(_meaning(one, part) == _meaning(other, part) for part, _ in _PARTS) == alike
                and (alike > 1 or _meaning(one, "equal") != _meaning(other, "equal") or index == number)
            ]
            if found and number not in partners:
                partners[number] = left.pop(min(found)[1])
    return tuple((one, partners.get(number)) for number, one in enumerate(planned))


def _odd(rule: InhibitRule, planned: InhibitRule, part: str) -> tuple[int, ...]:
    """Which matcher of the list is to blame, if one is."""
    if part == "equal":
        return ()
    wanted = _meaning(planned, part)
    matchers = rule.source if part == "source" else rule.target
    return next(((index,) for index, one in enumerate(matchers) if _matched(one) not in wanted), ())


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


def _spell_part(rule: InhibitRule, part: str) -> str:
    if part == "equal":
        return ", ".join(rule.equal) or "empty"
    return _spell(rule.source if part == "source" else rule.target)


def _spell(matchers: Sequence[Matcher]) -> str:
    return ", ".join(f'{m.label}{m.operator}"{m.value}"' for m in matchers) or "every alert"
