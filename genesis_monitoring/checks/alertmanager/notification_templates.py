"""Notification templates, read: which are defined where, which are used where, and that all braces close.

GM608 (error): a template that is used is defined nowhere, is defined twice, or has braces that do not close;
or a template names what is not there (see ``notification_fields``). Alertmanager starts all the same, and the
notification fails when it is sent. Define the template, or correct its name. (``notification_delivery`` runs
the templates for real.)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.checks.alertmanager.notification_fields import known_names, unknown_names
from genesis_monitoring.checks.context import SPEC_HINT, CheckContext, TreeFile
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.compile import Plan

CODES = ("GM608",)
TEMPLATES = "alertmanager/templates/*.tmpl"

_DEFINE = re.compile(r'\{\{-?\s*define\s+"(?P<name>[^"]*)"')
_USE = re.compile(r'\{\{-?\s*template\s+"(?P<name>[^"]*)"')
_BLOCK = re.compile(r"\{\{-?\s*(?:(?P<end>end)\s*-?\}\}|(?P<word>if|range|with|define|block)\b)")
_COMMENT = re.compile(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)
_BUILT_IN = re.compile(r"__[a-z_]+\Z|[a-z0-9]+\.default\.[a-z_.]+\Z")
"""Alertmanager's own ``default.tmpl`` defines these."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A template's name, and where it stands."""

    name: str
    file: TreeFile
    place: tuple[int, int]


def check_notification_templates(context: CheckContext) -> Iterator[Finding]:
    """GM608, by reading."""
    templates = context.read(TEMPLATES, "notification templates")
    yield from templates.findings
    defined = definitions(templates.files)
    names = {mention.name for mention in defined}
    for name, origin in _of_receivers(context.plan):
        if _is_nowhere(name, names):
            place = context.source.locate_dotted(origin)
            yield Finding("GM608", Severity.ERROR, place, _nowhere(name, names), SPEC_HINT)
    for mention in (mention for file in templates.files for mention in _mentions(file, _USE)):
        if _is_nowhere(mention.name, names):
            yield context.finding("GM608", mention.file, mention.place, _nowhere(mention.name, names))
    seen: dict[str, Mention] = {}
    for mention in defined:
        first = seen.setdefault(mention.name, mention)
        if first is not mention:
            message = f'the template "{mention.name}" is defined twice; the last one counts'
            related = (context.locate(first.file.path, *first.place),)
            yield context.finding("GM608", mention.file, mention.place, message, related=related)
    known = known_names(context.plan)
    for file in templates.files:
        unbalanced = tuple(_unbalanced(context, file))
        yield from unbalanced
        if not unbalanced:
            yield from unknown_names(context, file, _without_comments(file.text), known)


def definitions(files: tuple[TreeFile, ...]) -> tuple[Mention, ...]:
    """Every template that the files define."""
    return tuple(mention for file in files for mention in _mentions(file, _DEFINE))


def used_templates(text: str) -> tuple[str, ...]:
    """The names of the templates that a text uses."""
    return tuple(match["name"] for match in _USE.finditer(text))


def _mentions(file: TreeFile, pattern: re.Pattern[str]) -> Iterator[Mention]:
    text = _without_comments(file.text)
    for match in pattern.finditer(text):
        yield Mention(match["name"], file, _place(text, match.start("name")))


def _of_receivers(plan: Plan) -> Iterator[tuple[str, str]]:
    """The templates that make messages, each with the receiver in the spec that gets them."""
    for receiver in plan.alertmanager.receivers:
        for one in receiver.integrations:
            for field in one.kind.fields.all if one.kind.fields else ():
                yield from ((name, receiver.origin) for name in used_templates(one.setting(field.setting)))


def _is_nowhere(name: str, names: set[str]) -> bool:
    return name not in names and not _BUILT_IN.match(name)


def _nowhere(name: str, names: set[str]) -> str:
    return f'the template "{name}" is defined nowhere; there are: {", ".join(sorted(names))}'


def _unbalanced(context: CheckContext, file: TreeFile) -> Iterator[Finding]:
    text = _without_comments(file.text)
    open_at = -1
    for match in re.finditer(r"\{\{|\}\}", text):
        if (match[0] == "{{") == (open_at >= 0):
            message = "{{ is not closed before the next {{" if open_at >= 0 else "}} without {{ before it"
            offset = open_at if open_at >= 0 else match.start()
            yield context.finding("GM608", file, _place(text, offset), message)
            return
        open_at = match.start() if open_at < 0 else -1
    if open_at >= 0:
        yield context.finding("GM608", file, _place(text, open_at), "{{ is never closed by }}")
        return
    yield from _unended(context, file, text)


def _unended(context: CheckContext, file: TreeFile, text: str) -> Iterator[Finding]:
    """At most one: after the first, nothing is known about the rest."""
    depth, begun = 0, 0
    for match in _BLOCK.finditer(text):
        if match["end"]:
            depth -= 1
            if depth < 0:
                yield context.finding("GM608", file, _place(text, match.start()), "this end ends nothing")
                return
            continue
        if match["word"] == "define":
            if depth:
                break
            begun = match.start()
        depth += 1
    if depth:
        message = "an if, range, with or define that begins here or below is never ended"
        yield context.finding("GM608", file, _place(text, begun), message)


def _without_comments(text: str) -> str:
    """The text with comments blanked, so that every place stays where it is."""
    return _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _place(text: str, offset: int) -> tuple[int, int]:
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1
