"""Annotations: prose stays text in a Go template, and what Prometheus makes of it is known."""

import pytest

from genesis_monitoring.plan.annotations import Annotation
from genesis_monitoring.units import value_template
from plan.specs import every_kind_plan


def described(alert: str) -> Annotation:
    groups = every_kind_plan().rule_groups
    rule = next(rule for group in groups for rule in group.alerting if rule.alert == alert)
    return next(one for one in rule.annotations if one.name == "description")


def test_the_value_and_the_labels_are_filled_in_by_prometheus() -> None:
    one = described("DiskFull")
    assert one.template == (
        "Disk in use (instance {{ $labels.instance }}) is "
        f"{value_template('percent', 85.5)} and has been above 85.5 % for 10 minutes. Good is below 80 %."
    )
    assert one.expand(92.1251234, {"instance": "a:1"}) == (
        "Disk in use (instance a:1) is 92.13 % and has been above 85.5 % for 10 minutes. Good is below 80 %."
    )


def test_a_value_just_beyond_the_level_does_not_read_like_the_level() -> None:
    assert "is 85.500001 % and has been above 85.5 %" in described("DiskFull").expand(85.500001, {})


def test_money_has_its_sign_in_front_and_an_instant_alert_does_not_say_how_long() -> None:
    assert described("CostHigh").expand(1234567.0, {}).startswith("Projected cost is $1.235M/month and has")
    assert "for" not in described("QueueEndless").expand(1, {"queue": "a"}).partition("Good")[0]


def test_what_is_down_is_down_and_no_number() -> None:
    one = described("DatabaseDown")
    assert "$value" not in one.template
    assert one.expand(0.0, {}) == "Database is down and has been so for 1 minute."


@pytest.mark.parametrize("text", ["{{", "}}", "{{ $value }}", "{{{{x}}", "a {{- b -}} c", "{{ `{{` }}"])
def test_braces_of_the_spec_are_text(text: str) -> None:
    one = Annotation("summary", text)
    assert one.expand(1, {"x": "y"}) == text
    # Only the action that prints two braces is left to the template engine.
    rest = one.template.replace("{{ `{{` }}", "")
    assert "{{" not in rest


def test_escalation_names_the_chain_in_its_order() -> None:
    groups = every_kind_plan().rule_groups
    rule = next(rule for group in groups for rule in group.alerting if rule.alert == "BackupOld")
    assert {one.name: one.text for one in rule.annotations}["escalation"] == (
        "Ada (Shop) → Ben (Jobs) → Cleo (Architecture); acknowledge within 5 minutes, "
        "escalate after 30 minutes"
    )
