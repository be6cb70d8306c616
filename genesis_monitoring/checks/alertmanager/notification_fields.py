"""What notification templates name, read: fields of Alertmanager's data, labels and annotations of alerts.

GM608 (error): a template names a field that Alertmanager does not have, a label or annotation that no alert
has, or a severity that the spec does not have; or it has text outside of every definition, or a character
that is not text. Branches that a single alert does not reach are read as well: a fault there shows only when
several alerts come in one message, and then nobody is told. Correct the name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.conventions import SEVERITY_LABEL, TARGET_LABELS
from genesis_monitoring.findings import Finding
from genesis_monitoring.plan.alert_cases import alert_cases
from genesis_monitoring.plan.annotations import NAMES
from genesis_monitoring.plan.compile import Plan

_ACTION = re.compile(r"\{\{-?(?P<inner>.*?)-?\}\}", re.DOTALL)
_TEXT = re.compile(r'"(?:\\.|[^"\\\n])*"|`[^`]*`')
_CHAIN = re.compile(r"(?<![\w)\]])(?:\$\w*)?(?P<chain>(?:\.[A-Za-z_]\w*)+)")
_SEVERITY = re.compile(rf'\.{SEVERITY_LABEL}\s+"(?P<name>[^"]*)"')
_ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DATA = frozenset(
    ("Receiver", "Status", "Alerts", "GroupLabels", "CommonLabels", "CommonAnnotations", "ExternalURL")
)
_ALERT = frozenset(("Status", "Labels", "Annotations", "StartsAt", "EndsAt", "GeneratorURL", "Fingerprint"))
_ALERTS = frozenset(("Firing", "Resolved"))
_PAIRS = frozenset(("SortedPairs", "Remove", "Names", "Values"))
_PAIR = frozenset(("Name", "Value"))
_LABELS = frozenset(("GroupLabels", "CommonLabels", "Labels"))
_ANNOTATIONS = frozenset(("CommonAnnotations", "Annotations"))


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What alerts of the spec have."""

    labels: frozenset[str]
    annotations: frozenset[str]
    severities: tuple[str, ...]


def known_names(plan: Plan) -> KnownNames:
    """Labels, with those of targets and Prometheus' own; annotations; severities."""
    labels = {label for case in alert_cases(plan) for label, _ in case.labels}
    return KnownNames(
        frozenset(labels | set(TARGET_LABELS)),
        frozenset(NAMES),
        tuple(plan.spec.severities),
    )


def unknown_names(context: CheckContext, file: TreeFile, text: str, known: KnownNames) -> Iterator[Finding]:
    """GM608 for what stands in a template file; ``text`` is the file's, with comments blanked."""
    for match in _ODD.finditer(text):
        message = f"the character {match[0]!r} is not text"
        yield context.finding("GM608", file, _place(text, match.start()), message)
    for place, message in (*_faults(text, known), *_outside(text)):
        yield context.finding("GM608", file, _place(text, place), message)


def _faults(text: str, known: KnownNames) -> Iterator[tuple[int, str]]:
    for action in _ACTION.finditer(text):
        begin = action.start("inner")
        plain = _TEXT.sub(lambda match: "_" * len(match[0]), action["inner"])
        for match in _CHAIN.finditer(plain):
            fault = _fault(match["chain"][1:].split("."), known)
            if fault:
                yield begin + match.start("chain"), fault
        for match in _SEVERITY.finditer(action["inner"]):
            if match["name"] not in known.severities:
                listed = ", ".join(known.severities)
                yield (
                    begin + match.start("name"),
                    f'there is no severity "{match["name"]}"; there are: {listed}',
                )


def _fault(steps: list[str], known: KnownNames) -> str:
    """What is wrong with a chain such as ``.CommonLabels.severity``; nothing if it can be right."""
    holder, name = "", ""
    for name in steps:
        if holder in _LABELS and name not in _PAIRS:
            return _not_there("label", name, known.labels)
        if holder in _ANNOTATIONS and name not in _PAIRS:
            return _not_there("annotation", name, known.annotations)
        if holder == "Alerts" and name not in _ALERTS:
            return _not_there("field of Alerts", name, _ALERTS)
        if holder and holder not in _LABELS | _ANNOTATIONS:
            return ""
        if not holder and name not in _DATA | _ALERT | _PAIRS | _PAIR | known.labels | known.annotations:
            return _not_there("field", name, _DATA | _ALERT)
        holder = name
    return ""


def _not_there(what: str, name: str, known: frozenset[str]) -> str:
    return "" if name in known else f'there is no {what} "{name}"; there are: {", ".join(sorted(known))}'


def _outside(text: str) -> Iterator[tuple[int, str]]:
    """The first thing that stands outside of every definition, where nothing is ever shown."""
    depth, end = 0, 0
    for action in _ACTION.finditer(text):
        word = action["inner"].split(maxsplit=1)[:1]
        if depth == 0 and (begin := _first_word(text, end, action.start())) >= 0:
            yield begin, "this text is outside of every definition, so it is never shown"
            return
        if word and word[0] in ("define", "if", "range", "with", "block"):
            depth += 1
        elif word == ["end"]:
            depth -= 1
        end = action.end()
    if depth == 0 and (begin := _first_word(text, end, len(text))) >= 0:
        yield begin, "this text is outside of every definition, so it is never shown"


def _first_word(text: str, begin: int, end: int) -> int:
    found = re.compile(r"\S").search(text, begin, end)
    return found.start() if found else -1


def _place(text: str, offset: int) -> tuple[int, int]:
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1
