"""Whether the rules on disk say what the spec says: meaning against meaning, not byte against byte.

GM417 (error): a rule's expression, ``for``, labels, annotations or another setting means something else than
the spec. Somebody has edited the file, or a template is wrong. Change the spec, and render again.

GM418 (error): a rule of the spec is missing, stands twice or in another group, or there is a rule, group or
rule file that the spec does not have. What is missing warns nobody; what is too much is nobody's. Render
again, and delete the file that no spec asks for.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.checks.context import RENDER_HINT, CheckContext, TreeFile
from genesis_monitoring.checks.promql.rule_files import (
    Group,
    Rule,
    RuleFile,
    Value,
    Values,
    no_plan,
    read_rule_files,
)
from genesis_monitoring.checks.promql.syntax import first_difference, tree_or_none
from genesis_monitoring.checks.promql.text import show
from genesis_monitoring.conventions import RULES_FOLDER, SLI_LABEL, rules_path
from genesis_monitoring.durations import format_duration, parse_duration
from genesis_monitoring.findings import Finding
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.rules import AlertingRule, RecordingRule, RuleGroup

CODES: tuple[str, ...] = ("GM417", "GM418")

_SHOWN = 120
_HINT = "if it should be so, change the spec there; then run genesis-mon render"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rule as the spec says it. ``for_`` and ``kept`` (``keep_firing_for``) are in seconds."""

    name: str
    expr: str
    for_: int
    kept: int
    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]
    origin: str
    alerting: bool

    @property
    def sli(self) -> str:
        """The SLI that it is about; rules of one name are told apart by it."""
        return dict(self.labels).get(SLI_LABEL, "")

    @property
    def title(self) -> str:
        """How messages call it."""
        return f"{self.name} ({self.sli})" if self.sli else self.name


def check_rule_conformance(context: CheckContext) -> Iterator[Finding]:
    """GM417 and GM418, for every rule of the spec and on disk."""
    files = read_rule_files(context)
    yield from files.findings
    if context.plan is None:
        yield no_plan(context)
        return
    wanted = {rules_path(group.name): group for group in context.plan.rule_groups}
    for file in files.files:
        yield from _file(context, file, wanted.get(file.file.path))
    yield from _strays(context, context.plan)


def _file(context: CheckContext, file: RuleFile, wanted: RuleGroup | None) -> Iterator[Finding]:
    rest = list(file.groups)
    if wanted is not None:
        own = next((group for group in file.groups if group.name == wanted.name), None)
        if own is None:
            place = file.groups[0].place if file.groups else (0, 0)
            message = f"the rule group {wanted.name} of the spec is missing"
            yield context.finding("GM418", file.file, place, message, hint=RENDER_HINT)
        else:
            rest.remove(own)
            yield from _group(context, file.file, own, wanted)
    for group in rest:
        message = f"the spec has no rule group {group.name} in this file"
        yield context.finding("GM418", file.file, group.place, message, hint=RENDER_HINT)


def _group(context: CheckContext, file: TreeFile, group: Group, wanted: RuleGroup) -> Iterator[Finding]:
    for name, value in group.settings:
        message = f"the group {group.name} sets {name} to {value.text}, and the spec leaves it out"
        yield context.finding("GM417", file, value.place, message, hint=RENDER_HINT)
    rules = (*map(_recording, wanted.recording), *map(_alerting, wanted.alerting))
    left, pairs = list(group.rules), dict[Wanted, Rule]()
    for likeness in (_same_sli, _same_name):
        for one in rules:
            found = next((rule for rule in left if likeness(one, rule)), None)
            if one not in pairs and found is not None:
                left.remove(found)
                pairs[one] = found
    for one, found in pairs.items():
        yield from _compare(context, one, found)
    missing = [one for one in rules if one not in pairs]
    for one in missing:
        place = group.rules[min(rules.index(one), len(group.rules) - 1)].place if group.rules else group.place
        message = f"the {_kind(one.alerting)} {one.title} of the spec is missing from the group {group.name}"
        origin = (context.source.locate_dotted(one.origin),)
        yield context.finding("GM418", file, place, message, hint=RENDER_HINT, related=origin)
    for rule in left:
        message = f"the spec has no such {_kind(rule.alerting)} here: {rule.name or 'a rule without a name'}"
        if any(rule.name == one.name for one in rules):
            message = f"the {_kind(rule.alerting)} {rule.name} stands here more often than in the spec"
        yield context.finding("GM418", file, rule.place, message, hint=RENDER_HINT)


def _same_sli(wanted: Wanted, rule: Rule) -> bool:
    sli = dict(rule.labels).get(SLI_LABEL)
    return _same_name(wanted, rule) and wanted.sli == (sli.text if sli is not None else "")


def _same_name(wanted: Wanted, rule: Rule) -> bool:
    return rule.name == wanted.name and rule.alerting == wanted.alerting


def _compare(context: CheckContext, wanted: Wanted, rule: Rule) -> Iterator[Finding]:
    origin = (context.source.locate_dotted(wanted.origin),)

    def differ(place: tuple[int, int], message: str) -> Finding:
        text = f"{wanted.title}: {message}"
        return context.finding("GM417", rule.file, place, text, hint=_HINT, related=origin)

    tree = tree_or_none(wanted.expr)
    if rule.tree is not None and tree is not None:
        difference = first_difference(rule.tree, tree)
        if difference is not None:
            seen, said = map(show, difference)
            yield differ(rule.expr.place, f"expr has {seen}, and the spec says {said}")
    elif rule.expr.text.split() != wanted.expr.split():
        seen, said = _where_they_part(rule.expr.text, wanted.expr)
        yield differ(rule.expr.place, f"expr is {seen}, and the spec says {said}")
    settings = dict(rule.settings)
    for name, seconds, none in (
        ("for", wanted.for_, "fires at once"),
        ("keep_firing_for", wanted.kept, "resolves at once"),
    ):
        held = settings.pop(name, None)
        if _seconds(held) != seconds:
            seen = held.text if held is not None else "left out"
            said = format_duration(seconds) if seconds else none
            at = held.place if held is not None else rule.place
            yield differ(at, f"{name} is {seen}, and the spec says {said}")
    for name, value in settings.items():
        yield differ(value.place, f"sets {name} to {value.text}, and the spec leaves it out")
    for kind, there, said_pairs in (
        ("label", rule.labels, wanted.labels),
        ("annotation", rule.annotations, wanted.annotations),
    ):
        for place, message in _pairs(kind, there, dict(said_pairs)):
            yield differ(place or rule.place, message)


def _pairs(kind: str, there: Values, wanted: dict[str, str]) -> Iterator[tuple[tuple[int, int] | None, str]]:
    seen = dict(there)
    for name, text in wanted.items():
        value = seen.get(name)
        if value is None:
            yield None, f"the {kind} {name} is missing; the spec says {_short(text)}"
        elif value.text != text:
            one, other = _where_they_part(value.text, text)
            yield value.place, f"the {kind} {name} is {one}, and the spec says {other}"
    for name, value in seen.items():
        if name not in wanted:
            yield value.place, f"the spec has no {kind} {name}, which is {_short(value.text)} here"


def _strays(context: CheckContext, plan: Plan) -> Iterator[Finding]:
    """Prometheus loads every file of the folder, whoever put it there."""
    wanted = {rules_path(group.name) for group in plan.rule_groups}
    folder = context.out / RULES_FOLDER
    for path in sorted(folder.glob("*.yml")) if folder.is_dir() else ():
        relative = path.relative_to(context.out).as_posix()
        if relative not in wanted:
            message = "Prometheus loads this rule file, and the spec does not have it"
            hint = "delete the file, or move what it holds into the spec"
            yield context.finding("GM418", TreeFile(relative, ""), (0, 0), message, hint=hint)


def _recording(rule: RecordingRule) -> Wanted:
    return Wanted(rule.record, rule.expr, 0, 0, (), (), rule.origin, alerting=False)


def _alerting(rule: AlertingRule) -> Wanted:
    annotations = tuple((one.name, one.template) for one in rule.annotations)
    return Wanted(
        rule.alert,
        rule.expr,
        rule.for_,
        rule.keep_firing_for,
        rule.labels,
        annotations,
        rule.origin,
        alerting=True,
    )


def _kind(alerting: bool) -> str:
    return "alert" if alerting else "recording rule"


def _seconds(value: Value | None) -> int | None:
    if value is None:
        return 0
    try:
        return parse_duration(value.text)
    except ValueError:
        return None


def _where_they_part(one: str, other: str) -> tuple[str, str]:
    """Both texts, cut to where they first differ."""
    same = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    begin = max(0, same - 20) if max(len(one), len(other)) > _SHOWN else 0
    head = "…" if begin else ""
    first, second = (f"{head}{text[begin:]}" for text in (one, other))
    return _short(first), _short(second)


def _short(text: str) -> str:
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return repr(shown)
