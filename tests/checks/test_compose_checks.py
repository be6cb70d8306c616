"""Each fault of the Compose file has its code, its line and its place in the spec."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from genesis_monitoring.checks.compose import meaning as compose_meaning, security as compose_security
from genesis_monitoring.checks.compose.file import compose_data, read_compose, seconds_of, size_of
from genesis_monitoring.checks.compose.meaning import check_compose_meaning, meaning_faults
from genesis_monitoring.checks.compose.security import check_compose_security, security_faults
from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.findings import Finding, Severity

from .stack_tree import COMPOSE, StackTree, stack_tree, stack_tree_of, without_plan


@pytest.fixture
def tree(tmp_path: Path) -> StackTree:
    return stack_tree(tmp_path / "generated")


def check(context: CheckContext) -> list[Finding]:
    return list(dict.fromkeys((*check_compose_security(context), *check_compose_meaning(context))))


def test_the_rendered_file_is_clean(tree: StackTree) -> None:
    assert tree.run(check) == []


@pytest.mark.parametrize(
    ("old", "new", "nth", "code", "message", "below", "dotted"),
    [
        (
            "prom/prometheus:v3.5.0",
            "prom/prometheus:v3.5.1",
            1,
            "GM802",
            'must be "prom/prometheus:v3.5.0"',
            0,
            "image",
        ),
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
        ("wget, '--quiet'", "wget, '-q'", 1, "GM805", "the healthcheck's test is", 0, "health.test"),
        (
            "interval: 15s",
            "interval: 5m",
            1,
            "GM805",
            'interval is "5m", and must be "15s"',
            0,
            "health.interval",
        ),
        ("retries: 4", "retries: 40", 1, "GM805", "retries is 40, and must be 4", 0, "health.retries"),
        ("      start_period: 30s\n", "", 1, "GM805", "start_period is not set", -5, "health.start_period"),
        ("65534:65534", "1000:1000", 1, "GM808", 'the user is "1000:1000", and must be', 0, "user"),
        ("    cpus: '1'\n", "", 1, "GM809", "cpus is not set, and must be", None, "limits.cpus"),
        (
            "mem_limit: '2g'",
            "mem_limit: 20g",
            1,
            "GM809",
            'mem_limit is "20g", and must be "2g"',
            0,
            "limits.memory",
        ),
        (
            "pids_limit: 256",
            "pids_limit: -1",
            1,
            "GM809",
            "pids_limit is -1, and must be 256",
            0,
            "limits.pids",
        ),
        ("retention.time=30d", "retention.time=3d", 1, "GM810", "argument 3 of the command is", 0, "command"),
        (
            "      - '--web.external-url=http://localhost:9090'\n",
            "",
            1,
            "GM810",
            "the command is",
            -4,
            "command",
        ),
        (
            "    stop_grace_period: 1m\n",
            "    stop_grace_period: 1m\n    container_name: prometheus\n",
            1,
            "GM810",
            "two of them cannot run on one host",
            1,
            "",
        ),
        (
            "stop_grace_period: 1m",
            "stop_grace_period: 1s",
            1,
            "GM810",
            'must be "1m"',
            0,
            "stop_grace_period",
        ),
        (
            "[metrics, alerting, query, edge]",
            "[metrics, query, edge]",
            1,
            "GM810",
            "alerting is missing",
            0,
            "networks",
        ),
        (
            "        condition: service_healthy",
            "        condition: service_started",
            1,
            "GM810",
            "to be healthy",
            0,
            "depends_on",
        ),
        (
            "target: /etc/prometheus\n        read_only: true",
            "target: /etc/prometheus",
            1,
            "GM810",
            "read_only of the mount at /etc/prometheus is false",
            None,
            "mounts.0",
        ),
        (
            "create_host_path: false",
            "create_host_path: true",
            1,
            "GM810",
            "bind.create_host_path of the mount",
            0,
            "mounts.0",
        ),
        ("source: prometheus-data", "source: data", 1, "GM810", 'must be "prometheus-data"', 0, "mounts.1"),
        (
            "    stop_grace_period: 1m\n",
            "    stop_grace_period: 1m\n    entrypoint: [sh]\n",
            1,
            "GM810",
            "the spec knows nothing of entrypoint",
            1,
            "",
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
        (
            "    stop_grace_period: 1m\n",
            "    stop_grace_period: 1m\n    env_file: [.env]\n",
            1,
            "GM810",
            "nothing of env_file",
            1,
            "",
        ),
        (
            "    stop_grace_period: 1m\n",
            "    stop_grace_period: 1m\n    deploy: {replicas: 0}\n",
            1,
            "GM810",
            "deploy.replicas",
            1,
            "",
        ),
        ("'127.0.0.1:9090:9090'", "'127.0.0.1:9091:9090'", 1, "GM810", None, 0, "ports"),
        ("target: /etc/prometheus\n", "target: /etc/prom\n", 1, "GM810", None, 0, "mounts"),
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
        ("max-size: 10m", "max-size: 10g", "GM809", 'max-size is "10g", and must be "10m"'),
        ("      max-file: '3'\n", "", "GM809", 'max-file is not set, and must be 3'),
        ("driver: json-file", "driver: none", "GM809", 'the log driver is "none"'),
        ("restart: unless-stopped", "restart: 'no'", "GM810", 'restart is "no", and must be'),
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
        ("name: genesis-monitoring", "name: genesis", {"GM810"}, 'the project is "genesis"', "stack.project"),
        (
            "  metrics:\n    internal: true",
            "  metrics:\n    internal: false",
            {"GM810"},
            "network metrics: internal is false, and must be true",
            "stack.networks.metrics.internal",
        ),
        (
            "  edge:\n    internal: false",
            "  edge:\n    internal: true",
            {"GM810"},
            "network edge: internal is true",
            "stack.networks.edge.internal",
        ),
        ("  grafana-data: {}\n", "", {"GM810"}, "grafana-data is missing from volumes", "stack.nothing"),
        (
            "  grafana-data: {}",
            "  grafana-data: {external: true}",
            {"GM810"},
            "nothing of external",
            "stack.nothing",
        ),
        (
            "'../secrets/slack_api_url'",
            "'../secrets/slack'",
            {"GM810"},
            'must be "../secrets/slack_api_url"',
            "stack.secrets.slack_api_url",
        ),
        (
            "  slack_api_url:\n    file: '../secrets/slack_api_url'",
            "  slack_api_url:\n    environment: SLACK",
            {"GM803", "GM810"},
            "keep it in a file",
            "stack.secrets.slack_api_url",
        ),
        (
            "secrets: [slack_api_url, pager_routing_key]",
            "secrets: [slack_api_url]",
            {"GM810"},
            "pager_routing_key is missing from secrets",
            "stack.services.alertmanager.secrets",
        ),
        (
            "  alertmanager:\n    <<",
            "  alertmanagers:\n    <<",
            {"GM810"},
            "the service alertmanager is missing",
            "stack.services.alertmanager",
        ),
        (
            "\nvolumes:\n",
            "\ninclude: [other.yml]\n\nvolumes:\n",
            {"GM810"},
            "the spec knows nothing of include",
            "stack.nothing",
        ),
        (
            "GF_USERS_ALLOW_SIGN_UP: 'false'",
            "GF_USERS_ALLOW_SIGN_UP: 'true'",
            {"GM810"},
            'must be "false"',
            "stack.services.grafana.environment.GF_USERS_ALLOW_SIGN_UP",
        ),
        (
            "      GF_USERS_ALLOW_SIGN_UP: 'false'\n",
            "",
            {"GM810"},
            "GF_USERS_ALLOW_SIGN_UP is missing",
            "stack.services.grafana.environment",
        ),
        (
            "GF_SECURITY_ADMIN_PASSWORD__FILE: /run/secrets/grafana_admin_password",
            "GF_SECURITY_ADMIN_PASSWORD: hunter22",
            {"GM803", "GM810"},
            "GF_SECURITY_ADMIN_PASSWORD holds a secret in plain text",
            "stack.services.grafana.environment",
        ),
        (
            "      GF_SECURITY_ADMIN_PASSWORD__FILE: /run/secrets/grafana_admin_password\n",
            "",
            {"GM803", "GM810"},
            "the password of Grafana's admin is the default one",
            "stack.services.grafana.environment",
        ),
        (
            "/run/secrets/grafana_admin_password",
            "/run/secrets/slack_api_url",
            {"GM810"},
            "names the secret slack_api_url, which it is not given",
            "stack.services.grafana.environment",
        ),
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
            "'127.0.0.1:8002:8000'",
            "'127.0.0.1:9090:8000'",
            {"GM806", "GM810"},
            "port 9090 of the host is published by prometheus already",
            "stack.services.genesis-metrics.ports",
        ),
        (
            "'./prometheus'",
            "'./prometheuz'",
            {"GM807"},
            "./prometheuz, which it mounts, is not in the generated tree",
            "stack.services.prometheus.mounts",
        ),
        (
            "context: '..'",
            "context: '.'",
            {"GM810"},
            'build.context is ".", and must be ".."',
            "stack.services.genesis-metrics.build",
        ),
        (
            "size: 16m",
            "size: 16g",
            {"GM810"},
            "tmpfs.size of the mount at /tmp",
            "stack.services.genesis-metrics.mounts",
        ),
        (
            "propagation: rslave",
            "propagation: shared",
            {"GM810"},
            'must be "rslave"',
            "stack.services.node-exporter.mounts",
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


def test_a_healthcheck_that_is_gone_or_off_is_told(tree: StackTree) -> None:
    data = yaml.safe_load(tree.text(COMPOSE))
    for health in (..., None, {"disable": True}, {"test": ["NONE"]}):
        changed = copy.deepcopy(data)
        if health is ...:
            del changed["services"]["grafana"]["healthcheck"]
        else:
            changed["services"]["grafana"]["healthcheck"] = health
        tree.write(COMPOSE, yaml.safe_dump(changed))
        (finding,) = tree.run(check)
        assert (finding.code, finding.message) == ("GM805", "grafana: it has no healthcheck")


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
    tree.spoil(COMPOSE, "0.0.0.0:9090", "127.0.0.1:9090")
    (finding,) = tree.run(check)
    assert finding.code == "GM810"
    assert 'the address is "127.0.0.1", and must be "0.0.0.0"' in finding.message


def test_a_folder_beside_the_spec_that_is_not_there_is_a_warning(tmp_path: Path) -> None:
    tree = stack_tree_of(tmp_path / "spec", lambda data: None)
    assert tree.run(check) == []
    (tmp_path / "spec" / "results").rmdir()
    (finding,) = tree.run(check)
    assert (finding.code, finding.severity) == ("GM807", Severity.WARNING)
    assert "../results, which it mounts, is not there" in finding.message
    assert "mkdir -p results" in finding.hint
    assert finding.location.line == tree.line(COMPOSE, "'../results'")


def test_a_mount_of_the_spec_that_misses_the_configuration_is_told(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["stack"]["services"]["alertmanager"]["mounts"][0]["target"] = "/etc/am"

    tree = stack_tree_of(tmp_path / "spec", change)
    (finding,) = tree.run(check)
    assert finding.code == "GM810"
    assert "it reads /etc/alertmanager/alertmanager.yml, and no mount brings" in finding.message
    assert "target: /etc/alertmanager" in finding.hint


def test_short_forms_say_the_same(tree: StackTree) -> None:
    data = yaml.safe_load(tree.text(COMPOSE))
    grafana, prometheus = data["services"]["grafana"], data["services"]["prometheus"]
    grafana["environment"] = [f"{key}={value}" for key, value in grafana["environment"].items()]
    grafana["networks"] = dict.fromkeys(reversed(grafana["networks"]))
    grafana["secrets"] = [{"source": name} for name in grafana["secrets"]]
    prometheus["ports"] = [{"host_ip": "127.0.0.1", "published": "9090", "target": 9090, "protocol": "tcp"}]
    prometheus["volumes"][1] = "prometheus-data:/prometheus"
    prometheus["healthcheck"]["interval"] = "0m15s"
    prometheus["deploy"] = {"resources": {"limits": {"cpus": "1.0", "memory": "2048m", "pids": 256}}}
    for key in ("cpus", "mem_limit", "pids_limit"):
        del prometheus[key]
    prometheus["labels"] = {"team": "genesis"}
    tree.write(COMPOSE, yaml.safe_dump(data))
    assert tree.run(check) == []


def test_dollar_signs_are_read_as_compose_reads_them(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["stack"]["services"]["genesis-metrics"]["command"] = ["--price=$5", "$HOME", "$$"]
        data["stack"]["services"]["genesis-metrics"]["environment"] = {"A": "$B ${C}"}

    tree = stack_tree_of(tmp_path / "spec", change)
    assert tree.run(check) == []
    tree.spoil(COMPOSE, "$$B", "$B")
    assert [finding.code for finding in tree.run(check)] == []


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


def test_without_a_plan_the_comparison_did_not_run(tree: StackTree) -> None:
    tree.spoil(COMPOSE, "init: true", "init: false")
    assert {finding.code for finding in check(without_plan(tree))} == {"GM004", "GM808"}


def walk(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from walk(one, (*path, key))


def changed(data: Any, path: tuple[str | int, ...], change: Callable[[Any], Any]) -> Any:
    data = copy.deepcopy(data)
    owner = data
    for key in path[:-1]:
        owner = owner[key]
    if change(owner[path[-1]]) is ...:
        del owner[path[-1]]
    else:
        owner[path[-1]] = change(owner[path[-1]])
    return data


_CHANGES: tuple[Callable[[Any], Any], ...] = (
    lambda value: ...,
    lambda value: not value if isinstance(value, bool) else "odd",
)


def test_no_single_fault_goes_unseen(tree: StackTree) -> None:
    data = yaml.load(tree.text(COMPOSE), yaml.CSafeLoader)
    del data["x-hardening"]
    plan = tree.project.plan
    file = TreeFile(COMPOSE, "")
    unseen, count = [], 0
    for path in walk(data):
        for change in _CHANGES:
            compose = compose_data(file, changed(data, path, change))
            count += 1
            if not any(meaning_faults(tree.context, compose, plan.stack)) and not any(
                security_faults(compose, plan, "/somewhere/generated")
            ):
                unseen.append(path)
    assert count > 600
    assert unseen == [("networks", "edge", "internal")], "false is what it is without"


@pytest.mark.parametrize(
    ("text", "seconds"), [("15s", 15), ("1m30s", 90), ("500ms", 0.5), ("1h", 3600), ("5", None), ("", None)]
)
def test_a_duration_is_read_as_compose_reads_it(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == seconds


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


def test_every_code_is_reached_here() -> None:
    text = Path(__file__).read_text("utf-8")
    codes = sorted({*compose_meaning.CODES, *compose_security.CODES})
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


def test_one_port_on_several_addresses_is_what_the_spec_says(tmp_path: Path) -> None:
    def several(data: Any) -> None:
        data["stack"]["services"]["prometheus"]["ports"].append(
            {"host": 9090, "container": 9090, "address": "::1"}
        )

    tree = stack_tree_of(tmp_path / "spec", several)
    assert [finding for finding in tree.run(check_compose_meaning) if finding.code != "GM807"] == []
    tree.spoil(COMPOSE, "'[::1]:9090:9090'", "'127.0.0.2:9090:9090'")
    messages = [finding.message for finding in tree.run(check_compose_meaning) if finding.code == "GM810"]
    assert messages == ['prometheus: the address is "127.0.0.2", and must be "::1"']
