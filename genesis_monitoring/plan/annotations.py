"""Alert annotations: what a person reads at three in the morning, with its links.

Prose of the spec is text, never a template: only this module writes Go template actions, so it also
knows what they come to, and generated tests can expect the annotations to the letter.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from genesis_monitoring.durations import spell_duration
from genesis_monitoring.plan.inhibition import Inhibitions, spelled
from genesis_monitoring.plan.links import PanelLink, runbook_url
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.promql.building import quote
from genesis_monitoring.spec.alerts import Alert, MissingData, Watchdog
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.told import contacts_of, spell_series, team_of, teams_by_series
from genesis_monitoring.units import value_template

VALUE = "\x00value\x00"
LABEL = "\x00label:{}\x00"
WHERE = "\x00where:{}\x00"
_ASKED_MARK = re.compile("\x00asked:(.+?)\x01(.*?)\x01(.+?)\x00")
NOT_KNOWN = "not known"
_LABEL_MARK = re.compile("\x00label:(.+?)\x00")
_WHERE_MARK = re.compile("\x00where:(.+?)\x00")


NAMES = (
    "summary",
    "measured",
    "where",
    "description",
    "impact",
    "response",
    "mitigation",
    "escalation",
    "inhibits",
    "inhibited_by",
    "runbook_url",
    "dashboard_url",
    "panel_url",
)
"""All that an alert may have, in the order in which a notification shows them; what is empty is left out."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation. ``text`` holds placeholders where Prometheus puts the value and the labels.

    ``condition`` is what the value has met, if there is a value in it.
    """

    name: str
    text: str
    condition: Predicate | None = None

    @property
    def template(self) -> str:
        """As a Go template, with everything else literal."""
        text = self.text.replace("{{", "{{ `{{` }}")
        text = _ASKED_MARK.sub(lambda one: _query_template(*one.groups()), text)
        if self.condition is not None:
            value = value_template(self.condition.unit, self.condition.threshold)
            text = text.replace(VALUE, value)
        text = _WHERE_MARK.sub(r"{{ with $labels.\1 }} (\1 {{ . }}){{ end }}", text)
        return _LABEL_MARK.sub(r"{{ $labels.\1 }}", text)

    def expand(
        self, value: float, labels: Mapping[str, str], answers: Mapping[str, str] = MappingProxyType({})
    ) -> str:
        """What Prometheus makes of the template for ``value`` and ``labels``.

        ``answers`` are what it shows for the expressions that are asked; of others nothing is known.
        """
        text = _ASKED_MARK.sub(lambda one: answers.get(one[1], NOT_KNOWN), self.text)
        if self.condition is not None:
            text = text.replace(VALUE, self.condition.show(value))
        for name, label in labels.items():
            text = text.replace(LABEL.format(name), label)
            text = text.replace(WHERE.format(name), f" ({name} {label})" if label else "")
        return _WHERE_MARK.sub("", text)


def asked(expr: str, by: Sequence[str], shown: str) -> str:
    """A placeholder for what Prometheus answers to ``expr`` then, as its function ``shown`` shows it.

    Of the samples it is the one whose labels ``by`` are those of the alert. ``not known`` without an answer.
    """
    return f"\x00asked:{expr}\x01{' '.join(by)}\x01{shown}\x00"


def _query_template(expr: str, by: str, shown: str) -> str:
    """One of several is picked by joining with its labels, which are quoted: they may be anybody's text."""
    if not by:
        query = f"query {quote(expr)}"
    else:
        labels = by.split()
        picked = "vector(1)"
        for label in labels:
            picked = f'label_replace({picked}, "{label}", %q, "", "")'
        joined = f"({expr.replace('%', '%%')}) and on ({', '.join(labels)}) {picked}"
        query = f"printf {quote(joined)} {' '.join(f'$labels.{label}' for label in labels)} | query"
    return (
        f"{{{{ with {query} }}}}{{{{ . | first | value | {shown} }}}}{{{{ else }}}}{NOT_KNOWN}{{{{ end }}}}"
    )


Annotations = tuple[Annotation, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a way to alert says of one of its alerts, with placeholders.

    ``description`` is a sentence or more. ``measured`` is the value with what it is held against, and
    ``where`` the one of several that it is about, both short enough for a title; either may be empty.
    """

    description: str
    measured: str = ""
    where: str = ""
    condition: Predicate | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What people read of an alert, whoever says it: a spec, or the tool itself. ``panel`` shows it best."""

    severity: str
    summary: str
    impact: str
    response: tuple[str, ...]
    mitigation: tuple[str, ...] = ()
    panel: int | None = None


def words_of(alert: Alert | MissingData | Watchdog) -> Words:
    """Those of the spec."""
    return Words(
        alert.severity,
        alert.summary,
        alert.impact,
        alert.response,
        alert.mitigation if isinstance(alert, Alert) else (),
        None if isinstance(alert, Watchdog) else alert.panel,
    )


class _Ground(Protocol):
    """What annotations are made of, besides the alert."""

    @property
    def spec(self) -> Spec: ...

    @property
    def inhibitions(self) -> Inhibitions: ...


def compile_annotations(
    ground: _Ground,
    name: str,
    alert: Words,
    link: PanelLink,
    told: Told,
    component: str,
    sli: str | None = None,
) -> Annotations:
    """The annotations of one alert, in the order in which a notification shows them."""
    spec, inhibitions = ground.spec, ground.inhibitions
    key = (name, alert.severity, component)
    texts = (
        alert.summary,
        told.measured,
        told.where,
        told.description,
        alert.impact,
        "\n".join(f"{number}. {step}" for number, step in enumerate(alert.response, 1)),
        "\n".join(f"- {step}" for step in alert.mitigation),
        escalation(spec, alert.severity, team_of(spec, component, sli, name), sli),
        spelled(inhibitions.quiets(*key)),
        spelled(inhibitions.quieted_by(*key)),
        runbook_url(spec, name),
        link.dashboard_url,
        link.panel_url,
    )
    return tuple(
        Annotation(name, text, told.condition if VALUE in text else None)
        for name, text in zip(NAMES, texts, strict=True)
        if text
    )


def escalation(spec: Spec, severity: str, team: str, sli: str | None) -> str:
    """Who is called for a severity, in which order and when."""
    known = spec.severities[severity]
    chain = _chain(spec, team)
    for other in teams_by_series(spec, spec.slis[sli].by if sli else ()):
        if other != team:
            chain += f"; where {spell_series(spec, other)}: {_chain(spec, other)}"
    steps = f"acknowledge within {spell_duration(known.acknowledge_within)}"
    if known.escalate_after is not None:
        steps += f", escalate after {spell_duration(known.escalate_after)}"
    return f"{chain}; {steps}"


def _chain(spec: Spec, team: str) -> str:
    contacts, whose = contacts_of(spec, team), f"{spec.teams[team].title}: " if team in spec.teams else ""
    return whose + " → ".join(f"{contact.name} ({contact.role})" for contact in contacts.chain)
