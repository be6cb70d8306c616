"""Alert annotations: what a person reads at three in the morning, with its links.

Prose of the spec is text, never a template: only this module writes Go template actions, so it also
knows what they come to, and generated tests can expect the annotations to the letter.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from genesis_monitoring.durations import spell_duration
from genesis_monitoring.plan.links import PanelLink, runbook_url
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.spec.alerts import Alert, MissingData, Watchdog
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.units import value_template

VALUE = "\x00value\x00"
LABEL = "\x00label:{}\x00"
WHERE = "\x00where:{}\x00"
_LABEL_MARK = re.compile("\x00label:(.+?)\x00")
_WHERE_MARK = re.compile("\x00where:(.+?)\x00")


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
        if self.condition is not None:
            value = value_template(self.condition.unit, self.condition.threshold)
            text = text.replace(VALUE, value)
        text = _WHERE_MARK.sub(r"{{ with $labels.\1 }} (\1 {{ . }}){{ end }}", text)
        return _LABEL_MARK.sub(r"{{ $labels.\1 }}", text)

    def expand(self, value: float, labels: Mapping[str, str]) -> str:
        """What Prometheus makes of the template for ``value`` and ``labels``."""
        text = self.text
        if self.condition is not None:
            text = text.replace(VALUE, self.condition.show(value))
        for name, label in labels.items():
            text = text.replace(LABEL.format(name), label)
            text = text.replace(WHERE.format(name), f" ({name} {label})" if label else "")
        return _WHERE_MARK.sub("", text)


Annotations = tuple[Annotation, ...]


def compile_annotations(
    spec: Spec,
    name: str,
    alert: Alert | MissingData | Watchdog,
    link: PanelLink,
    description: str,
    severity: str,
    condition: Predicate | None = None,
) -> Annotations:
    """The annotations of one alert, in the order in which a notification shows them."""
    pairs = [
        ("summary", alert.summary),
        ("description", description),
        ("impact", alert.impact),
        ("response", "\n".join(f"{number}. {step}" for number, step in enumerate(alert.response, 1))),
        ("escalation", escalation(spec, severity)),
        ("runbook_url", runbook_url(spec, name)),
        ("dashboard_url", link.dashboard_url),
    ]
    if link.panel_url is not None:
        pairs.append(("panel_url", link.panel_url))
    return tuple(Annotation(key, value, condition if key == "description" else None) for key, value in pairs)


def escalation(spec: Spec, severity: str) -> str:
    """Who is called for a severity, in which order and when."""
    contacts = spec.metadata.contacts
    known = spec.severities[severity]
    chain = " → ".join(
        f"{contact.name} ({contact.role})"
        for contact in (contacts.on_call, contacts.backup, *contacts.escalation)
    )
    steps = f"acknowledge within {spell_duration(known.acknowledge_within)}"
    if known.escalate_after is not None:
        steps += f", escalate after {spell_duration(known.escalate_after)}"
    return f"{chain}; {steps}"
