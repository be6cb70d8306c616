"""An environment in which nobody is paged: one line, whatever teams, severities and receivers say."""

from pathlib import Path

import pytest
from cli.sandbox import run

from genesis_monitoring.checks.environments import check_environments
from genesis_monitoring.checks.meant.routes import check_routes
from genesis_monitoring.checks.told import check_told
from genesis_monitoring.plan.compile import compile_plan
from genesis_monitoring.spec.load import LoadedSpec, parse_spec
from genesis_monitoring.spec.source import SpecError

TEXT = """\
apiVersion: genesis-mon/v1
metadata: {name: shop}
receivers:
  pager: {pagerduty: {routing_key_secret: pager_key}}
  data-pager: {pagerduty: {routing_key_secret: data_key}}
  both: {pagerduty: {routing_key_secret: both_key}, webhook: "http://127.0.0.1:1/both"}
  mail: {webhook: "http://127.0.0.1:1/mail"}
  chat: {slack: chat, fallback: pager}
slack: {enabled: false, api_url_secret: slack_url, channels: {chat: {name: "#chat", purpose: Chat}}}
teams: {data: {receivers: {P1: [data-pager, both]}}, web: {receivers: {P1: [data-pager]}}}
routing: {default_receiver: pager}
severities: {P1: {page: true, receivers: [pager, mail]}, P2: {receivers: [mail]}}
prometheus: {alertmanager: "mon-1:9093", targets: {shop: "shop-1:8080"}}
slis:
  a: {kind: up, metric: up, team: data}
  b: {kind: up, metric: up, team: web}
alerts:
  ADown: {sli: a, for: 1m, severity: P1}
  BDown: {sli: b, for: 1m, severity: P1}
environments:
  staging: ENTRIES
"""
NOBODY = "page_nobody: nobody is called for staging"


def staging(entries: str, text: str = TEXT) -> LoadedSpec:
    return parse_spec(text.replace("ENTRIES", f"{{{entries}}}"), "slo.yaml", environment="staging")


def test_one_line_takes_every_pager_out() -> None:
    spec = staging(NOBODY).spec
    assert set(spec.receivers) == {"both", "mail", "chat", "watchdog"}
    assert not any(kind.pages for one in spec.receivers.values() for kind, _ in one.integrations)
    assert not any(severity.page for severity in spec.severities.values())
    assert spec.severities["P1"].receivers == ("mail",)
    assert spec.teams["data"].receivers == {"P1": ("both",)}
    assert spec.teams["web"].receivers == {"P1": ("both",)}, "told as the default receiver's stand-in"
    assert (spec.routing.default_receiver, spec.receivers["chat"].fallback) == ("both", "both")


def test_what_the_environment_says_itself_goes_before() -> None:
    web = "set: {teams.web.receivers.P1: {value: [mail], reason: it is read there}}"
    spec = staging(f"{NOBODY}, {web}").spec
    assert spec.teams["web"].receivers == {"P1": ("mail",)}
    assert spec.teams["data"].receivers == {"P1": ("both",)}


def test_a_pager_that_is_named_in_spite_of_it_is_told_at_its_line() -> None:
    web = "set: {teams.web.receivers.P1: {value: [pager], reason: it is read there}}"
    with pytest.raises(SpecError) as refused:
        staging(f"{NOBODY}, {web}")
    assert "in environment staging: " in refused.value.findings[0].message


def test_nobody_is_left_to_be_told() -> None:
    text = TEXT.replace('  mail: {webhook: "http://127.0.0.1:1/mail"}\n', "")
    text = text.replace(', webhook: "http://127.0.0.1:1/both"', "").replace("mail", "both")
    text = text.replace("P2: {receivers: [both]}", "P2: {page: true, receivers: [both]}")
    with pytest.raises(SpecError) as refused:
        staging(NOBODY, text)
    (finding,) = refused.value.findings
    assert (finding.code, finding.location.line) == ("GM122", 20)
    assert "every receiver is a pager" in finding.message


def test_where_nobody_is_paged_anyway_it_is_needless() -> None:
    text = TEXT[: TEXT.index("receivers:")] + 'receivers: {mail: "http://127.0.0.1:1/mail"}\n'
    text += TEXT[TEXT.index("prometheus:") : TEXT.index("slis:")] + "slis: {a: {kind: up, metric: up}}\n"
    base = parse_spec(f"{text}environments: {{staging: {{{NOBODY}}}}}\n", "slo.yaml")
    (finding,) = check_environments(base.spec, base.source)
    assert (finding.code, finding.location.line) == ("GM151", 6)


def test_a_half_is_told_with_teams_and_what_mends_it() -> None:
    """Only ``page`` is set, and the pagers stay."""
    loaded = staging("set: {severities.P1.page: {value: false, reason: nobody is called there}}")
    plan = compile_plan(loaded.spec, "steady-state")
    findings = check_routes(plan, loaded.source)
    assert [one.message for one in findings] == [
        "P1 does not page, and of its receivers pager, data-pager of team data, both of team data, "
        "data-pager of team web have a pager"
    ]
    assert len(findings[0].related) == 4
    assert "page_nobody" in findings[0].hint
    both = "{value: [both], reason: it is a test}"
    left = staging(f"set: {{teams.web.receivers.P1: {both}, teams.data.receivers.P1: {both}}}")
    unused = check_told(compile_plan(left.spec, "steady-state"), left.source)
    assert any(one.hint.endswith("or leave out receivers.data-pager there") for one in unused)


def test_a_severity_that_pages_nowhere_is_no_matter_of_the_environment() -> None:
    """The base lacks ``page: true``: who is paged in production is not decided by ``page_nobody``."""
    text = TEXT.replace("page: true, ", "")
    assert text != TEXT
    loaded = staging("title: Production", text)
    (finding,) = check_routes(compile_plan(loaded.spec, "steady-state"), loaded.source)
    assert finding.hint == "write page: true, or name another receiver"


def test_validate_says_in_which_environment_a_finding_arises(tmp_path: Path) -> None:
    half = "set: {severities.P1.page: {value: false, reason: nobody is called there}}"
    (tmp_path / "slo.yaml").write_text(TEXT.replace("ENTRIES", f"{{{half}}}"))
    assert run("genesis-mon render --all-envs", tmp_path).code == 0
    said = run("genesis-mon validate --no-live --only links", tmp_path).stdout
    assert "warning GM138 in environment staging: P1 does not page, and of its receivers" in said
    assert "info GM132 grafana" in said, "what is so without it as well is said once"
    assert said.count("GM132 ") == 2
