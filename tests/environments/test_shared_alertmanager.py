"""Environments that send to one Alertmanager, which can load what one of them says."""

import pytest

from genesis_monitoring.checks.environments import check_environments
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.spec.load import parse_spec

from .test_environments import STARTER
from .test_paging import NOBODY, TEXT

BEFORE = TEXT[: TEXT.index("environments:")]
PROD = "  prod: {title: Where customers are}\n"
STAGING = f"  staging: {{title: Where it is tried out, {NOBODY}}}\n"
PLACE = "mon-1:9093"


def found(environments: str, before: str = BEFORE) -> tuple[Finding, ...]:
    base = parse_spec(f"{before}environments:\n{environments}", "slo.yaml")
    return check_environments(base.spec, base.source)


def own(address: str) -> str:
    return f'set: {{prometheus.alertmanager: {{value: "{address}", reason: it tells others}}}}'


@pytest.mark.parametrize("environments", [PROD + STAGING, STAGING + PROD])
def test_it_is_told_at_what_says_otherwise(environments: str) -> None:
    (finding,) = found(environments)
    at = finding.location
    line = f"{BEFORE}environments:\n{environments}".splitlines()[at.line - 1]
    assert line[(at.column or 0) - 1 :] == f"{NOBODY}}}"
    assert (finding.code, finding.severity) == ("GM154", Severity.WARNING)
    assert finding.message == (
        "environment staging has other routes and receivers than environment prod, and both send to the "
        f"Alertmanager {PLACE}: it can load one of them"
    )


@pytest.mark.parametrize("address", ["http://mon-1:9093/", "MON-1:9093"])
def test_an_address_in_other_words_is_the_same(address: str) -> None:
    assert len(found(f"{PROD}  staging: {{{NOBODY}, {own(address)}}}\n")) == 1


@pytest.mark.parametrize("address", ["mon-2:9093", "mon-1:9094", "http://mon-1:9093/staging"])
def test_one_of_its_own_is_right(address: str) -> None:
    assert not found(f"{PROD}  staging: {{{NOBODY}, {own(address)}}}\n")


@pytest.mark.parametrize("address", ["localhost:9093", "http://127.0.0.1:9093", "[::1]:9093"])
def test_one_on_the_machine_of_each_prometheus_is_its_own(address: str) -> None:
    assert not found(PROD + STAGING, BEFORE.replace(PLACE, address))


def test_one_of_the_stack_is_its_own() -> None:
    staging = "  staging: {set: {severities.P1.group_wait: {value: 7m, reason: it is a test}}}\n"
    assert len(found(PROD + staging)) == 1
    assert not found(PROD + staging, STARTER)


def test_what_tells_the_same_people_may_share_one() -> None:
    load = "  load: {set: {ADown.for: {value: 2m, reason: it is a test}}}\n"
    assert not found(PROD + load)
    (finding,) = found(PROD + STAGING + load)
    assert "environment staging" in finding.message


@pytest.mark.parametrize(
    ("entry", "parts"),
    [
        ("set: {severities.P2.group_wait: {value: 5m, reason: it is a test}}", "routes"),
        (
            "set: {receivers.mail.webhook.url: {value: 'http://127.0.0.1:2/x', reason: it is a test}}",
            "receivers",
        ),
        ("without: {routing.inhibit: nothing is silenced there}", "inhibition rules"),
    ],
)
def test_it_says_what_differs(entry: str, parts: str) -> None:
    ends = "source: {alerts: [ADown]}, target: {alerts: [BDown]}, equal: [component]"
    inhibit = f"routing: {{inhibit: {{a: {{{ends}, reason: one is enough}}}}, "
    before = BEFORE.replace("routing: {", inhibit)
    (finding,) = found(f"{PROD}  staging: {{{entry}}}\n", before)
    assert f"has other {parts} than environment prod" in finding.message


def test_the_spec_as_it_is_written_counts_as_a_place() -> None:
    (only,) = found(STAGING)
    assert (only.severity, "than the spec as it is written" in only.message) == (Severity.WARNING, True)
    both = found(STAGING + STAGING.replace("staging:", "testing:"))
    assert [one.severity for one in both] == [Severity.INFO, Severity.INFO], "it may be in use nowhere"
