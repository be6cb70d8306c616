"""Alert annotations: what a person reads at three in the morning, with its links.

Prose of the spec is text, never a template: only this module writes Go template actions, so it also
knows what they come to, and generated tests can expect the annotations to the letter.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from genesis_monitoring.durations import spell_duration
from genesis_monitoring.plan.absence import tells_apart
from genesis_monitoring.plan.links import PanelLink, runbook_url
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.spec.alerts import Alert, MissingData, Watchdog
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.units import value_template

_VALUE = "\x00value\x00"
_LABEL = "\x00label:{}\x00"
_WHERE = "\x00where:{}\x00"
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
            text = text.replace(_VALUE, value)
        text = _WHERE_MARK.sub(r"{{ with $labels.\1 }} (\1 {{ . }}){{ end }}", text)
        return _LABEL_MARK.sub(r"{{ $labels.\1 }}", text)

    def expand(self, value: float, labels: Mapping[str, str]) -> str:
        """What Prometheus makes of the template for ``value`` and ``labels``."""
        text = self.text
        if self.condition is not None:
            text = text.replace(_VALUE, self.condition.show(value))
        for name, label in labels.items():
            text = text.replace(_LABEL.format(name), label)
            text = text.replace(_WHERE.format(name), f" ({name} {label})" if label else "")
        return _WHERE_MARK.sub("", text)


Annotations = tuple[Annotation, ...]


def describe_value(plan: SliPlan, condition: Predicate, for_: int) -> str:
    """What an alert on a level says: the value, where, since when, and what would be good."""
    sli = plan.sli
    where = "".join(f" ({label} {_LABEL.format(label)})" for label in sli.by)
    held = f" for {spell_duration(for_)}" if for_ else ""
    if condition.up:
        been = f" and has been so{held}" if held else ""
        return f"{sli.title}{where} is {condition}{been}."
    return f"{sli.title}{where} is {_VALUE} and has been {condition}{held}. Good is {sli.good}."


def describe_absence(plan: SliPlan, for_: int) -> str:
    """What the missing-data alert says about one SLI."""
    metrics = ", ".join(dict.fromkeys(selector.metric for selector in plan.metrics))
    where = "".join(_WHERE.format(label) for label in plan.sli.by) if tells_apart(plan) else ""
    return (
        f"{plan.sli.title}{where} has had no data for {spell_duration(for_)}: "
        f"what it needs of {metrics} is absent{plan.sli.unusable}."
    )


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
