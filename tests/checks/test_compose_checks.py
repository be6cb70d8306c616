"""Each fault of the Compose file has its code, its line and its place in the spec."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from genesis_monitoring.checks.compose import mount_sources, security as compose_security
from genesis_monitoring.checks.compose.file import read_compose, size_of
from genesis_monitoring.checks.compose.mount_sources import check_mounts
from genesis_monitoring.checks.compose.security import check_compose_security
from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.findings import Finding, Severity

from .stack_tree import COMPOSE, StackTree, stack_tree, stack_tree_of


@pytest.fixture
def tree(tmp_path: Path) -> StackTree:
    return stack_tree(tmp_path / "generated")


def check(context: CheckContext) -> list[Finding]:
    return list(dict.fromkeys((*check_compose_security(context), *check_mounts(context))))


def test_the_rendered_file_is_clean(tree: StackTree) -> None:
    assert tree.run(check) == []


@pytest.mark.parametrize(
    ("old", "new", "nth", "code", "message", "below", "dotted"),
    [
        (
            "'prom/prometheus:v3.5.0'",
            "prom/prometheus",
            1,
            "GM802",
            "has no tag: name one version",
            0,
            "image",
        ),
        (
            "prom/prometheus:v3.5.0",
            "prom/prometheus:latest",
            1,
            "GM802",
            'tag "latest" is no version',
            0,
            "image",
        ),
        (
            "    stop_grace_period: 1m\n",
            "    stop_grace_period: 1m\n    privileged: true\n",
            1,
            "GM808",
            "privileged lets it further",
            1,
            "",
        ),
    ],
)
def test_a_fault_of_one_service(
    tree: StackTree,
    old: str,
    new: str,
    nth: int,
    code: str,
    message: str | None,
    below: int | None,
    dotted: str,
) -> None:
    line = tree.spoil(COMPOSE, old, new, nth)
    found = tree.run(check)
    assert {finding.code for finding in found} == {code}
    for finding in found:
        assert finding.severity is Severity.ERROR
        assert finding.message.startswith("prometheus: ")
        service = "stack.services.prometheus"
        places = [f"{service}.{dotted}"] if dotted else [service, f"{service}.nothing"]
        assert {tree.spec_line(place) for place in places} & {place.line for place in finding.related}
    if message is not None:
        assert any(message in finding.message for finding in found)
    if below is not None:
        assert line + below in [finding.location.line for finding in found]


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        ("  cap_drop: [ALL]\n", "", "GM808", "not all capabilities are dropped"),
        ("cap_drop: [ALL]", "cap_drop: [NET_RAW]", "GM808", "not all capabilities are dropped"),
        ("'no-new-privileges:true'", "'no-new-privileges:false'", "GM808", "it may gain privileges"),
        ("read_only: true", "read_only: false", "GM808", "its root can be written to"),
        ("init: true", "init: false", "GM808", "nothing reaps its processes"),
    ],
)  # fmt: skip
def test_what_all_services_share_is_told_once(
    tree: StackTree, old: str, new: str, code: str, message: str
) -> None:
    line = tree.spoil(COMPOSE, old, new)
    (finding,) = tree.run(check)
    assert finding.code == code
    names = "prometheus, grafana, alertmanager, node-exporter, genesis-metrics: "
    assert finding.message.startswith(names + message)
    if new:
        assert finding.location.line == line
    assert len(finding.related) == 5


@pytest.mark.parametrize(
    ("old", "new", "codes", "message", "dotted"),
    [
        (
            "'127.0.0.1:9093:9093'",
            "'0.0.0.0:9093:9093'",
            {"GM804"},
            "port 0.0.0.0:9093:9093 can be reached from other machines",
            "stack.services.alertmanager.ports",
        ),
        (
            "'127.0.0.1:9093:9093'",
            "'9093:9093'",
            {"GM804"},
            "can be reached from other machines",
            "stack.services.alertmanager.ports",
        ),
        (
            "image: 'genesis-metrics:0.1.0'",
            "image: ''",
            {"GM802"},
            "there is no image",
            "stack.services.genesis-metrics.image",
        ),
    ],
)
def test_a_fault_elsewhere(
    tree: StackTree, old: str, new: str, codes: set[str], message: str, dotted: str
) -> None:
    tree.spoil(COMPOSE, old, new)
    found = tree.run(check)
    assert {finding.code for finding in found} == codes
    (finding,) = [finding for finding in found if message in finding.message]
    assert finding.severity is Severity.ERROR
    lines = [location.line for location in finding.related]
    assert any(tree.spec_line(f"{dotted}.nothing") <= line <= tree.spec_line(dotted) + 3 for line in lines)


@pytest.mark.parametrize(
    ("name", "code"),
    [("network_mode", "GM804"), ("pid", "GM808"), ("ipc", "GM808"), ("userns_mode", "GM808")],
)
def test_the_host_is_not_shared(tree: StackTree, name: str, code: str) -> None:
    line = tree.spoil(
        COMPOSE, "    stop_grace_period: 1m\n", f"    stop_grace_period: 1m\n    {name}: host\n"
    )
    (finding,) = [finding for finding in tree.run(check) if finding.code == code]
    assert finding.location.line == line + 1


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
def test_what_is_a_secret(tree: StackTree, variable: str, value: str, told: bool) -> None:
    tree.spoil(COMPOSE, "GF_USERS_ALLOW_SIGN_UP: 'false'", f"{variable}: '{value}'")
    found = [finding for finding in tree.run(check) if finding.code == "GM803"]
    assert len(found) == told
    assert all(value not in finding.message for finding in found)


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
def test_a_secret_among_the_arguments(tree: StackTree, argument: str, told: bool) -> None:
    tree.spoil(COMPOSE, "--path.rootfs=/host", argument)
    assert any(finding.code == "GM803" for finding in tree.run(check)) is told


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
    ("text", "reason"),
    [
        ("services: [", "not valid YAML"),
        ("- a\n", "not a YAML mapping"),
        ("name: a\nname: b\n", 'the key "name" stands twice'),
    ],
)
def test_a_file_that_cannot_be_read_is_not_checked(tree: StackTree, text: str, reason: str) -> None:
    tree.write(COMPOSE, text)
    (finding,) = tree.run(check)
    assert finding.code == "GM004"
    assert reason in finding.message


@pytest.mark.parametrize(
    ("text", "size"),
    [("2g", 2 * 1024**3), ("64m", 64 * 1024**2), ("2GB", 2 * 1024**3), ("5", 5), ("x", None)],
)
def test_a_size_is_read_as_compose_reads_it(text: str, size: float | None) -> None:
    assert size_of(text) == size


def test_a_range_of_ports_is_every_port_of_it(tree: StackTree) -> None:
    tree.spoil(COMPOSE, "'127.0.0.1:9090:9090'", "'127.0.0.1:9090-9092:9090-9092/udp'")
    compose, _ = read_compose(tree.context)
    assert compose is not None
    assert [str(port) for port in compose.services[0].ports] == [
        f"127.0.0.1:{n}:{n}" for n in (9090, 9091, 9092)
    ]
    assert compose.services[0].ports[0].protocol == "udp"


def test_a_port_of_the_host_that_is_published_twice_is_told(tree: StackTree) -> None:
    line = tree.spoil(COMPOSE, "'127.0.0.1:3000:3000'", "'127.0.0.1:9090:3000'")
    (finding,) = tree.run(check)
    assert (finding.code, finding.location.line) == ("GM806", line)
    assert "published by prometheus already" in finding.message


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
    tree: StackTree, source: str, read_only: bool, severity: Severity | None, words: str
) -> None:
    more = "        read_only: true\n" if read_only else ""
    line = tree.spoil(
        COMPOSE,
        "    volumes:\n",
        f"    volumes:\n      - type: bind\n        source: {source}\n        target: /more\n{more}",
    )
    found = [finding for finding in tree.run(check_compose_security) if finding.code == "GM808"]
    assert [finding.severity for finding in found] == ([severity] if severity is not None else [])
    for finding in found:
        assert words in finding.message
        assert finding.location.line == line + 1


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
