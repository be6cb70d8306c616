"""Notification templates, read and run: a message that is wrong is found at the template that makes it."""

from pathlib import Path

import pytest
from plan.specs import Data

from genesis_monitoring.checks.alertmanager.notification_delivery import check_notification_delivery
from genesis_monitoring.checks.alertmanager.notification_templates import check_notification_templates
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG as FILE, ALERTMANAGER_TEMPLATES as TEMPLATE

from .rule_tree import RuleTree, rule_tree, tree_of


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path / "generated")


def test_the_tree_as_rendered_has_no_fault(tree: RuleTree) -> None:
    assert tree.run(check_notification_templates) == []
    assert tree.run(check_notification_delivery) == []


def test_alertmanagers_own_templates_are_known(tree: RuleTree) -> None:
    tree.spoil(TEMPLATE, "\nImpact: {{ ", '\nImpact: {{ template "slack.default.title" . }}{{ ')
    assert tree.run(check_notification_templates) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "words"),
    [
        (TEMPLATE, "\nImpact: {{ ", '\nImpact: {{ template "x" . }}{{ ', 'template "x" is defined nowhere'),
        (TEMPLATE, ".Annotations.impact }}", ".Annotations.impact }", "is not closed before"),
        (TEMPLATE, "Impact: {{ ", "Impact: ", "}} without {{"),
        (TEMPLATE, '"genesis.link" -}}', '"genesis.link" -}}{{ end }}{{ end }}', "this end ends nothing"),
        (TEMPLATE, 'define "genesis.color"', 'define "genesis.link"', "is defined twice"),
    ],
)
def test_a_template_that_cannot_work(tree: RuleTree, path: str, old: str, new: str, words: str) -> None:
    line = tree.spoil(path, old, new)
    (finding,) = [f for f in tree.run(check_notification_templates) if words in f.message]
    assert finding.code == "GM608"
    assert line <= finding.location.line <= line + 1
    assert finding.location.file == tree.context.locate(path).file


def test_a_template_of_a_receiver_that_nobody_defines(tree: RuleTree) -> None:
    tree.spoil(TEMPLATE, 'define "genesis.title"', 'define "genesis.titel"')
    found = [one for one in tree.run(check_notification_templates) if '"genesis.title"' in one.message]
    assert (found[0].code, found[0].location) == ("GM608", *tree.spec_place("receivers.chat"))
    assert found[0].message.startswith('the template "genesis.title" is defined nowhere; there are: ')


def test_what_alertmanager_does_not_expand_names_no_template(tmp_path: Path) -> None:
    def change(data: Data) -> None:
        auth = {"username": '{{ template "x" . }}', "password_secret": "slack_api_url"}
        data["receivers"]["chat"]["email"] = {
            "to": ["a@example.com"],
            "from": "b@example.com",
            "smarthost": "mail.example.com:587",
            "auth": auth,
        }

    assert tree_of(tmp_path / "spec", change).run(check_notification_templates) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("with .CommonAnnotations.", "with .CommonAnnotation.", 'there is no field "CommonAnnotation"'),
        (".CommonAnnotations.dashboard_url }}", ".CommonAnnotations.dashboard }}", "annotation"),
        ('eq .CommonLabels.severity "P2"', 'eq .CommonLabels.severty "P2"', 'no label "severty"'),
        ('severity "P2"', 'severity "P9"', 'there is no severity "P9"; there are: P0, P2'),
        ("range .Alerts.Resolved }}", "range .Alerts.Fired }}", 'there is no field of Alerts "Fired"'),
        ('{{ define "genesis.link"', 'lost {{ define "genesis.link"', "outside of every definition"),
        ("Impact:", "Impact\x01:", "is not text"),
    ],
)
def test_what_a_template_names_is_there(tree: RuleTree, old: str, new: str, words: str) -> None:
    line = tree.spoil(TEMPLATE, old, new)
    found = tree.run(check_notification_templates)
    assert {(f.code, f.location.line) for f in found} == {("GM608", line)}
    assert any(words in finding.message for finding in found)


@pytest.mark.parametrize(
    "text",
    [
        "{{ range .Alerts.Firing }}{{ with .Annotations }}{{ .impact }}{{ end }}{{ end }}",
        "{{ range $i, $alert := .Alerts }}{{ $alert.Labels.severity | toUpper }}{{ end }}",
        "{{ range .CommonLabels.SortedPairs }}{{ .Name }}={{ .Value }}{{ end }}",
        '{{ range .Alerts }}{{ .EndsAt.Local.Format "2.1." }}{{ .Labels.instance }}{{ end }}',
        '{{ (index .Alerts 0).Labels.team }}{{ reReplaceAll "\\.x" ".Nothing" .ExternalURL }}',
    ],
)
def test_what_a_template_may_name(tree: RuleTree, text: str) -> None:
    tree.spoil(TEMPLATE, "Impact: ", "Impact: " + text)
    assert tree.run(check_notification_templates) == []


def test_a_block_that_is_never_ended(tree: RuleTree) -> None:
    tree.spoil(TEMPLATE, "{{- end }}", "", nth=2)
    finding = tree.one(check_notification_templates, "GM608")
    assert "never ended" in finding.message
    assert finding.location.line == tree.line(TEMPLATE, 'define "genesis.severity"')


@pytest.mark.parametrize(
    ("old", "new", "define", "words"),
    [
        (
            '[{{ template "genesis.severity" . }}]',
            "[]",
            "genesis.title",
            "lacks the severity",
        ),
        (
            ".CommonAnnotations.summary }}{{ else",
            ".CommonAnnotations.x }}{{ else",
            "genesis.title",
            "summary",
        ),
        (
            'Runbook: {{ template "genesis.line" .Annotations.runbook_url }}\n',
            "",
            "genesis.text",
            "lacks the alert's runbook_url",
        ),
        ('{{ template "genesis.line" .Labels.alertname }} (', "(", "genesis.text", "lacks the alert's name"),
        (".Annotations.impact }}", ".Annotations.imp }}", "genesis.text", "lacks the alert's impact"),
        ("Impact: ", "Impact: <no value>", "genesis.text", "<no value>"),
        (
            ":= .CommonAnnotations.panel_url",
            ":= .CommonAnnotations.x",
            "genesis.link",
            "it must link to",
        ),
        (
            'severity "P0" }}#b71c1c',
            'severity "P1" }}#b71c1c',
            "genesis.color",
            "the colour of a P0 message is",
        ),
        ('"P0" }}critical', '"P0" }}info', "genesis.pager_severity", "it must be critical"),
    ],
)
def test_a_message_that_is_wrong(tree: RuleTree, old: str, new: str, define: str, words: str) -> None:
    tree.spoil(TEMPLATE, old, new)
    findings = tree.run(check_notification_delivery)
    assert {finding.code for finding in findings} == {"GM608"}
    assert any(words in finding.message for finding in findings)
    line = tree.line(TEMPLATE, f'define "{define}"')
    assert {(f.location.file, f.location.line) for f in findings} == {
        (tree.context.locate(TEMPLATE).file, line)
    }


def test_a_template_that_fails_is_found_where_it_fails(tree: RuleTree) -> None:
    line = tree.spoil(TEMPLATE, ".Annotations.impact }}", ".Annotations.impact.x }}")
    findings = tree.run(check_notification_delivery)
    # Alertmanager 0.33 sends a Slack message all the same, without what failed; that is told as well.
    assert line in {f.location.line for f in findings if "can't evaluate field x" in f.message}


def test_a_field_that_uses_another_template(tree: RuleTree) -> None:
    tree.spoil(FILE, 'text: \'{{ template "genesis.text"', 'text: \'{{ template "genesis.title"')
    findings = tree.run(check_notification_delivery)
    assert {(one.code, one.location) for one in findings} == {("GM608", *tree.spec_place("receivers.chat"))}
    assert all("lacks the alert's description, impact, response" in one.message for one in findings)


def test_a_webhook_gets_its_message(tmp_path: Path) -> None:
    tree = tree_of(
        tmp_path / "spec",
        lambda data: data["receivers"]["chat"].update(webhook={"url": "http://hooks.example.com/x"}),
    )
    assert "webhook_configs" in tree.text(FILE)
    assert tree.run(check_notification_delivery) == []


def test_the_title_of_a_severity_is_text(tmp_path: Path) -> None:
    """In the template, in Slack's markup, and to what reads the template."""

    def change(data: Data) -> None:
        for severity in data["severities"].values():
            severity["title"] = '{{ .x }}" `b` \\n <!channel> & }}'

    tree = tree_of(tmp_path / "spec", change)
    assert tree.run(check_notification_templates) == []
    assert tree.run(check_notification_delivery) == []
