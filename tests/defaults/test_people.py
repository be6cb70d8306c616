"""Who is called where the spec does not say it."""

import pytest

from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.told import contacts_of

SPEC = """\
apiVersion: genesis-mon/v1
metadata: {name: shop, team: web, CONTACTS}
receivers: {desk: "http://127.0.0.1:9099/alerts"}
prometheus: {alertmanager: "mon-1:9093", targets: {shop: "shop-1:8080"}}
teams: {web: {}, data: {title: Data people}, night: {contacts: {on_call: Cleo}}}
slis:
  a: {kind: up, metric: up, team: web}
  b: {kind: up, metric: up, team: data}
  c: {kind: up, metric: up, team: night}
"""


@pytest.mark.parametrize(
    ("contacts", "called"),
    [
        ("", {"web": "Team Web", "data": "Team Data people", "night": "Cleo"}),
        ("contacts: {on_call: Ada}", {"web": "Ada", "data": "Ada", "night": "Cleo"}),
    ],
)
def test_a_team_is_called_itself_unless_somebody_is_named(contacts: str, called: dict[str, str]) -> None:
    spec = parse_spec(SPEC.replace("CONTACTS", contacts), "slo.yaml").spec
    assert {name: contacts_of(spec, name).on_call.name for name in called} == called
