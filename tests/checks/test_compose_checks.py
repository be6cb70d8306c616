"""Each fault of the stack has its code and its line in the spec; what all services share is safe."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from genesis_monitoring.checks.compose import mount_sources, security as compose_security
from genesis_monitoring.checks.compose.host_mounts import mount_fault
from genesis_monitoring.checks.compose.mount_sources import check_mounts
from genesis_monitoring.checks.compose.security import check_compose_security
from genesis_monitoring.checks.conformance import check_conformance
from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.checks.given_secrets import argument_with_secret, environment_with_secret
from genesis_monitoring.checks.secret_shapes import secrets_in
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.stack import MountPlan

from .stack_tree import COMPOSE, StackTree, stack_tree, stack_tree_of


@pytest.fixture
def tree(tmp_path: Path) -> StackTree:
    return stack_tree(tmp_path / "generated")


def check(context: CheckContext) -> list[Finding]:
    return list(dict.fromkeys((*check_compose_security(context), *check_mounts(context))))


def test_the_rendered_file_is_clean(tree: StackTree) -> None:
    assert tree.run(check) == []


def test_what_all_services_share_is_safe(tree: StackTree) -> None:
    compose = yaml.safe_load(tree.text(COMPOSE))
    for service in compose["services"].values():
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["read_only"] is True
        assert service["init"] is True
        assert int(service["user"].partition(":")[0]) > 0
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
        assert not service.keys() & {"privileged", "cap_add", "devices", "pid", "ipc", "network_mode"}
    assert all(secret.keys() == {"file"} for secret in compose["secrets"].values())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    stop_grace_period: 1m\n", "    stop_grace_period: 1m\n    privileged: true\n"),
        ("cap_drop: [ALL]", "cap_drop: [NET_RAW]"),
        ("'127.0.0.1:9093:9093'", "'0.0.0.0:9093:9093'"),
        ("prom/prometheus:v3.5.0", "prom/prometheus:latest"),
    ],
)
def test_a_file_that_says_otherwise_is_not_the_one_of_the_spec(tree: StackTree, old: str, new: str) -> None:
    line = tree.spoil(COMPOSE, old, new)
    found = tree.run(check_conformance)
    assert {finding.code for finding in found} == {"GM209"}
    assert line in {finding.location.line - new.count("\n", 0, -1) for finding in found}


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("DB_PASSWORD", "hunter22", True),
        ("API_KEY", "abc", True),
        ("SLACK", "https://hooks.slack.com/services/T0/B0/x", True),
        ("DATABASE_URL", "postgres://user:pass@db/x", True),
        ("DB_PASSWORD", "${DB_PASSWORD}", False),
        ("DB_PASSWORD_FILE", "/run/secrets/db", False),
        ("PASSWORD_POLICY", "strong", False),
        ("TOKEN_TTL", "3600", False),
        ("DISABLE_PASSWORD", "true", False),
        ("COMPASS", "north", False),
    ],
)
def test_what_is_a_secret(variable: str, value: str, told: bool) -> None:
    assert (environment_with_secret(variable, value) or bool(secrets_in(value))) is told


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ("--auth.password=hunter22", True),
        ("--token abc", True),
        ("--url=https://a:b@c.example", True),
        ("--password-file=/run/secrets/a", False),
        ("--token=${TOKEN}", False),
    ],
)
def test_a_secret_among_the_arguments(argument: str, told: bool) -> None:
    assert (bool(argument_with_secret(argument, "")) or bool(secrets_in(argument))) is told


def test_an_image_by_digest_is_exact(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["stack"]["services"]["prometheus"]["image"] = f"prom/prometheus:v3@sha256:{'0' * 64}"

    assert stack_tree_of(tmp_path / "spec", change).run(check) == []


def test_a_tag_that_names_many_versions_is_a_warning(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["stack"]["services"]["prometheus"]["image"] = "prom/prometheus:v3"

    (finding,) = stack_tree_of(tmp_path / "spec", change).run(check)
    assert (finding.code, finding.severity) == ("GM802", Severity.WARNING)


def test_an_address_that_the_spec_names_is_information(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["stack"]["services"]["prometheus"]["ports"][0]["address"] = "0.0.0.0"

    tree = stack_tree_of(tmp_path / "spec", change)
    (finding,) = tree.run(check)
    assert (finding.code, finding.severity) == ("GM804", Severity.INFO)


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, True),
        ({"GF_SECURITY_ADMIN_PASSWORD__FILE": "/run/secrets/grafana_admin_password"}, False),
        ({"GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "true"}, False),
        ({"GF_PATHS_CONFIG": "/etc/grafana/own.ini"}, False),
    ],
)
def test_the_default_password_of_grafana(tmp_path: Path, environment: dict[str, str], told: bool) -> None:
    def change(data: Any) -> None:
        data["stack"]["services"]["grafana"]["environment"] = environment

    tree = stack_tree_of(tmp_path / "spec", change)
    found = tree.run(check)
    assert [finding.code for finding in found] == ["GM803"] * told
    assert all(one.location.line == tree.spec_line("stack.services.grafana.environment") for one in found)


def test_every_code_is_reached_here() -> None:
    text = Path(__file__).read_text("utf-8")
    codes = sorted({*mount_sources.CODES, *compose_security.CODES})
    assert [code for code in codes if f'"{code}"' not in text] == []


HOST_MOUNTS = (
    ("/var/run/docker.sock", True, Severity.ERROR, "/var/run/docker.sock gives it the whole host"),
    (
        "/var/../run//docker.sock",
        True,
        Severity.ERROR,
        "/var/../run//docker.sock (/run/docker.sock) gives it",
    ),
    ("//run/docker.sock", True, Severity.ERROR, "gives it the whole host"),
    ("/./run/./containerd/containerd.sock", False, Severity.ERROR, "gives it the whole host"),
    ("/run/user/1000/docker.sock", True, Severity.ERROR, "gives it the whole host"),
    ("../../../../../../../../../../../../run/docker.sock", True, Severity.ERROR, "(/run/docker.sock)"),
    ("/var/run", True, Severity.ERROR, "/var/run holds /var/run/docker.sock"),
    ("/run/", True, Severity.ERROR, "/run/ (/run) holds /run/docker.sock"),
    ("/run/docker", True, Severity.ERROR, "holds /run/docker/docker.sock"),
    ("/run/containerd/", True, Severity.ERROR, "holds /run/containerd/containerd.sock"),
    ("/", False, Severity.ERROR, "it can write to / of the host"),
    ("/etc", False, Severity.ERROR, "it can write to /etc of the host"),
    ("/etc/cron.d/", False, Severity.ERROR, "it can write to /etc/cron.d/ (/etc/cron.d) of the host"),
    ("/var/lib/docker/volumes", False, Severity.ERROR, "it can write to"),
    ("/srv/data", False, Severity.WARNING, "a named volume does as well"),
    ("/", True, None, ""),
    ("/run/udev/data", True, None, ""),
    ("/var/log", True, None, ""),
    ("/srv/data", True, None, ""),
    ("./prometheus", False, None, ""),
)


@pytest.mark.parametrize(("source", "read_only", "severity", "words"), HOST_MOUNTS)
def test_what_a_mount_lets_into_the_host(
    source: str, read_only: bool, severity: Severity | None, words: str
) -> None:
    mount = MountPlan("bind", source, "/more", read_only, None, None)
    found = mount_fault(mount, "/home/me/project/generated")
    assert (found[1] if found else None) is severity
    assert found is None or words in found[0]


def test_a_mount_is_told_at_its_line(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["stack"]["services"]["node-exporter"]["mounts"].append({"bind": "/etc", "target": "/more"})

    tree = stack_tree_of(tmp_path / "spec", change)
    (finding,) = tree.run(check)
    assert (finding.code, finding.severity) == ("GM808", Severity.ERROR)
    assert finding.message == "node-exporter: it can write to /etc of the host"
    assert finding.location.line == tree.spec_line("stack.services.node-exporter.mounts.1")


def test_a_folder_beside_the_spec_that_is_not_there_is_a_warning(tmp_path: Path) -> None:
    tree = stack_tree_of(tmp_path / "spec", lambda data: None)
    assert tree.run(check) == []
    (tmp_path / "spec" / "results").rmdir()
    (finding,) = tree.run(check)
    assert (finding.code, finding.severity) == ("GM807", Severity.WARNING)
    assert finding.message.startswith("genesis-metrics mounts ../results, which is not there")
    assert "mkdir -p results" in finding.hint
    assert finding.location.file.endswith("slo.yaml")
    assert finding.location.line == tree.spec_line("stack.services.genesis-metrics.mounts.0")


def test_what_is_mounted_from_the_tree_and_not_in_it_is_told(tmp_path: Path) -> None:
    tree = stack_tree_of(tmp_path / "spec", lambda data: None)
    shutil.rmtree(tree.out / "alertmanager")
    (finding,) = tree.run(check)
    assert finding.message == "alertmanager mounts ./alertmanager, which is not in the generated tree"


@pytest.mark.parametrize(
    ("service", "mount", "said", "mend"),
    [
        ("alertmanager", 0, "alertmanager reads /etc/alertmanager/alertmanager.yml, and no mount brings",
         "{generated: alertmanager, target: /etc/alertmanager, read_only: true}"),
        ("grafana", 0, "grafana reads /etc/grafana/provisioning, and no mount brings grafana/provisioning",
         "{generated: grafana/provisioning, target: /etc/grafana/provisioning, read_only: true}"),
        ("grafana", 1, "grafana reads /etc/grafana/dashboards, and no mount brings grafana/dashboards",
         "{generated: grafana/dashboards, target: /etc/grafana/dashboards, read_only: true}"),
    ],
)  # fmt: skip
def test_a_mount_of_the_spec_that_misses_what_is_read_is_told(
    tmp_path: Path, service: str, mount: int, said: str, mend: str
) -> None:
    def change(data: Any) -> None:
        data["stack"]["services"][service]["mounts"][mount]["target"] = "/etc/elsewhere"

    (finding,) = stack_tree_of(tmp_path / "spec", change).run(check)
    assert (finding.code, finding.severity) == ("GM807", Severity.ERROR)
    assert said in finding.message
    assert mend in finding.hint


def test_dollar_signs_are_read_as_compose_reads_them(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["stack"]["services"]["genesis-metrics"]["command"] = ["--price=$5", "$HOME", "$$"]
        data["stack"]["services"]["genesis-metrics"]["environment"] = {"A": "$B ${C}"}

    assert stack_tree_of(tmp_path / "spec", change).run(check) == []
