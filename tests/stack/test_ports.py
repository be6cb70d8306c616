"""The ports of a native stack: those that the spec publishes, and no port for two."""

import pytest
from plan.specs import genesis_plan

from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.stack.ports import Ports
from genesis_monitoring.stack.prepare import simulator_port


def test_the_simulator_takes_no_port_that_a_service_publishes() -> None:
    plan = genesis_plan()
    published = {port.host for service in plan.stack.services for port in service.ports}
    assert 8000 in published, "the application's own port, which the exporter has on this machine"
    assert simulator_port(plan) == 8001


def test_a_port_for_two_is_refused() -> None:
    with pytest.raises(CouldNotTellError, match="want the same port here: 8000") as refused:
        Ports(free=False).check({"one": (8000, 8002), "other": (8000,)})
    assert "--free-ports" in refused.value.hint
