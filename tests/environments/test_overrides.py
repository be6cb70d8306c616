"""What an override reaches: a part of a short form, of a default, of what another override takes away."""

from collections.abc import Iterator
from typing import Any

import pytest

from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.source import SpecError

TEXT = """\
apiVersion: genesis-mon/v1
metadata: {name: shop}
receivers: {pager: "http://127.0.0.1:1/pager", chat: "http://127.0.0.1:1/chat"}
severities: {P1: [pager, chat], P3: chat}
prometheus: {targets: {shop: ["a.example.com:80", "b.example.com:80"]}}
metrics: {http_requests_total: [code, path]}
slis:
  errors:
    kind: ratio
    numerator: http_requests_total{code="500"}
    denominator: http_requests_total
    window: 5m
    objective: {good: "<", target: 1}
  answers: {kind: rate, counters: http_requests_total}
alerts:
  ErrorsHigh: {sli: errors, for: 5m, severity: P1}
  ErrorsSeen: {sli: errors, for: 1m, severity: P3, keep_firing_for: 1m}
environments:
  staging: """
WHY = "reason: it is otherwise there"


def staging(entries: str) -> Spec:
    return parse_spec(f"{TEXT}{{{entries}}}\n", "slo.yaml", environment="staging").spec


def mistakes(entries: str) -> Iterator[tuple[str, str, str]]:
    """Code, what stands at the place, and the message of each finding."""
    text = f"{TEXT}{{{entries}}}\n"
    with pytest.raises(SpecError) as caught:
        parse_spec(text, "slo.yaml", environment="staging")
    lines = text.splitlines()
    for one in caught.value.findings:
        assert one.location.line is not None
        assert one.location.column is not None
        yield one.code, lines[one.location.line - 1][one.location.column - 1 :], one.message


@pytest.mark.parametrize(
    ("path", "value", "kept"),
    [
        ("severities.P1.group_wait", "5m", ("severities", "P1", "receivers")),
        ("severities.P3.group_wait", "5m", ("severities", "P3", "receivers")),
        ("prometheus.targets.shop.interval", "30s", ("prometheus", "targets", "shop", "addresses")),
        ("metrics.http_requests_total.help", "Asked", ("metrics", "http_requests_total", "labels")),
        ("receivers.chat.description", "Chat", ("receivers", "chat", "webhook")),
        ("metadata.contacts.on_call.name", "Ada", ("metadata", "contacts", "on_call", "role")),
    ],
)
def test_the_rest_of_a_short_form_stays(path: str, value: str, kept: tuple[str, ...]) -> None:
    def of(spec: Spec) -> Any:
        part: Any = spec
        for step in kept:
            part = part[step] if isinstance(part, dict) else getattr(part, step)
        return part

    there = staging(f"set: {{{path}: {{value: {value}, {WHY}}}}}")
    assert there != staging("title: The same")
    assert of(there) == of(staging("title: The same"))


def test_a_value_in_place_of_a_default_may_be_short() -> None:
    there = staging(f"set: {{metadata.contacts.on_call: {{value: Ada, {WHY}}}}}")
    assert (there.metadata.contacts.on_call.name, there.metadata.contacts.on_call.role) == ("Ada", "On call")
    there = staging(f"set: {{severities.P1: {{value: {{receivers: [chat]}}, {WHY}}}}}")
    assert there.severities["P1"].receivers == ("chat",)


def test_a_panel_is_meant_by_its_id_whatever_is_left_out_before_it() -> None:
    base = staging("title: The same")
    row = base.dashboards["shop"].rows[0]
    gone = ("slis.errors", "alerts.ErrorsHigh", "alerts.ErrorsSeen")
    without = "{" + ", ".join(f"{one}: it is not there" for one in gone) + "}"
    first, last = row.panels[0], row.panels[-1]
    assert (first.title, last.title) == ("Errors", "Answers")
    there = staging(
        f"without: {without}, "
        f"set: {{dashboards.shop.rows.{row.id}.panels.{last.id}.title: {{value: Asked, {WHY}}}}}"
    )
    assert [panel.title for panel in there.dashboards["shop"].rows[0].panels] == ["Asked"]
    lost = (
        f"without: {without}, "
        f"set: {{dashboards.shop.rows.{row.id}.panels.{first.id}.title: {{value: Asked, {WHY}}}}}"
    )
    ((code, place, message),) = mistakes(lost)
    assert code == "GM150"
    assert place.startswith(f"dashboards.shop.rows.{row.id}.panels.{first.id}.title: ")
    assert f"there is no '{first.id}'" in message


def test_what_is_left_out_does_not_come_back_by_default() -> None:
    """Else the alerts of P3 would go to the first receiver, which is the pager."""
    found = list(mistakes("without: {severities.P3: nobody reads it}"))
    assert {(code, message) for code, _, message in found} == {
        ("GM121", "in environment staging: there is no severity 'P3'")
    }


def test_what_a_spec_needs_is_told_where_it_is_left_out() -> None:
    ((code, place, message),) = mistakes("without: {severities.P1.receivers: nobody reads it}")
    assert (code, message) == (
        "GM111",
        'in environment staging: the key "receivers" is missing in severities.P1',
    )
    assert place.startswith("severities.P1.receivers: nobody")


@pytest.mark.parametrize(
    ("entries", "second"),
    [
        (
            f"set: {{severities.P1.receivers: {{value: [chat], {WHY}}}, "
            f"severities.P1: {{value: {{group_wait: 5m}}, {WHY}}}}}",
            "severities.P1: {value: {group_wait",
        ),
        (
            f"set: {{ErrorsHigh.for: {{value: 9m, {WHY}}}}}, without: {{alerts.ErrorsHigh: it is not there}}",
            "alerts.ErrorsHigh: it is not there",
        ),
    ],
)
def test_of_two_changes_one_of_which_undoes_the_other_none_is_lost(entries: str, second: str) -> None:
    ((code, place, message),) = mistakes(entries)
    assert code == "GM120"
    assert place.startswith(second)
    assert "one is a part of the other" in message


def test_an_inhibition_rule_goes_with_its_alert_and_not_with_a_part_of_it() -> None:
    rule = "errors-high-errors-seen"
    assert rule in staging("title: The same").routing.inhibit
    assert (
        rule in staging("without: {alerts.ErrorsSeen.keep_firing_for: it ends at once there}").routing.inhibit
    )
    assert rule not in staging("without: {alerts.ErrorsSeen: it is not there}").routing.inhibit
    assert not staging("without: {alerts: nobody looks at it}").routing.inhibit


@pytest.mark.parametrize("way", ["set", "without"])
def test_environments_are_no_part_of_an_environment(way: str) -> None:
    value = f"{{value: x, {WHY}}}" if way == "set" else "not there at all"
    ((code, place, _),) = mistakes(f"{way}: {{environments.staging: {value}}}")
    assert (code, place.startswith("environments.staging: ")) == ("GM150", True)


def test_a_name_alone_is_told_with_its_section() -> None:
    with pytest.raises(SpecError) as caught:
        staging("without: {errors: it is not there at all}")
    (found,) = caught.value.findings
    assert (found.code, found.hint) == ("GM150", "write slis.errors")


@pytest.mark.parametrize(
    ("entries", "labels"),
    [
        ("title: Tried out", {"monitor": "shop", "environment": "staging"}),
        (
            f"set: {{prometheus.external_labels.environment: {{value: test, {WHY}}}}}",
            {"monitor": "shop", "environment": "test"},
        ),
        (f"set: {{prometheus.external_labels: {{value: {{place: b}}, {WHY}}}}}", {"place": "b"}),
    ],
)
def test_an_environment_is_named_by_an_external_label(entries: str, labels: dict[str, str]) -> None:
    assert staging(entries).prometheus.external_labels == labels
    assert parse_spec(f"{TEXT}{{}}\n", "slo.yaml").spec.prometheus.external_labels == {"monitor": "shop"}
