"""What is known of the products that services run."""

from pathlib import PurePosixPath

import pytest
from plan.specs import Data, every_kind, genesis, load

from genesis_monitoring.plan.stack import compile_stack
from genesis_monitoring.services.base import Here
from genesis_monitoring.services.registry import SERVICES, stock_of
from genesis_monitoring.stack.native import _TOOLS

HERE = Here(
    ("--a=/here",),
    (("B", "/there"),),
    "127.0.0.1",
    9999,
    lambda path: f"/run{path}",
    ("--spec", "/x/slo.yaml"),
)


def test_every_service_of_genesis_is_known() -> None:
    spec = load(genesis())
    known = {name: stock_of(spec, name) for name in spec.stack.services}
    assert {type(stock).__name__ for stock in known.values()} == {type(one).__name__ for one in SERVICES}


@pytest.mark.parametrize(
    ("image", "known"),
    [
        ("registry.example.com/grafana/grafana-oss:11.0.0", True),
        ("grafana/loki:3.0.0", False),
        ("quay.io/prometheus/node-exporter:v1.8.0", True),
    ],
)
def test_a_product_is_known_by_its_image_wherever_it_is_from(image: str, known: bool) -> None:
    data = genesis()
    data["stack"]["services"]["node-exporter"]["image"] = image
    assert (stock_of(load(data), "node-exporter") is not None) is known


@pytest.mark.parametrize("stock", SERVICES, ids=lambda stock: type(stock).__name__)
def test_a_member_says_what_is_asked(stock: object) -> None:
    (one,) = [one for one in SERVICES if one is stock]
    assert one.binary in {*_TOOLS, ""}
    assert any(HERE.listen in word for word in one.local_arguments(HERE)) or (
        ("GF_SERVER_HTTP_PORT", "9999") in one.local_environment(HERE)
    )
    for data in (every_kind(), genesis()):
        spec = load(data)
        for service in spec.stack.services.values():
            for there, generated in one.reads(service):
                assert PurePosixPath(there).is_absolute()
                assert not PurePosixPath(generated).is_absolute()


def test_what_the_spec_says_comes_after_and_wins() -> None:
    def changed(data: Data) -> Data:
        services = data["stack"]["services"]
        services["prometheus"]["command"] = ["--log.level=debug"]
        services["grafana"]["environment"]["GF_SERVER_ROOT_URL"] = "http://elsewhere.example.com"
        return data

    stack = {one.name: one for one in compile_stack(load(changed(genesis()))).services}
    assert stack["prometheus"].command[0] == "--config.file=/etc/prometheus/prometheus.yml"
    assert stack["prometheus"].command[-1] == "--log.level=debug"
    assert dict(stack["grafana"].environment)["GF_SERVER_ROOT_URL"] == "http://elsewhere.example.com"
