"""Included files and presets as a user sees them: in every command that reads a spec."""

import json
from pathlib import Path

import pytest

from genesis_monitoring.presets import preset_names

from .sandbox import REPOSITORY, run

SHORT = (REPOSITORY / "docs/examples/service/slo.yaml").read_text()
GIT = "git -c user.name=A -c user.email=a@example.com"
FILE = "teams/slis.yaml"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """The service of README, its SLIs in a file of their own."""
    begin = SHORT.index("slis:")
    (tmp_path / "slo.yaml").write_text(f"{SHORT[:begin]}include: [{FILE}]\n")
    (tmp_path / "teams").mkdir()
    (tmp_path / FILE).write_text("# what we promise\n" + SHORT[begin:])
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_the_tree_is_that_of_one_file(folder: Path) -> None:
    (folder / "one").mkdir()
    (folder / "one/slo.yaml").write_text(SHORT)
    assert run("genesis-mon render", folder).code == run("genesis-mon render", folder / "one").code == 0
    manifests = [(path / "generated/manifest.json").read_bytes() for path in (folder, folder / "one")]
    assert manifests[0] == manifests[1]
    edit(folder / FILE, "objective: 99,", "objective: 98,")
    drifted = run("genesis-mon render --check", folder)
    assert drifted.code == 1
    assert "generated/docs/runbooks/ErrorBudgetBurnPageQuick.md" in drifted.stderr


def test_a_finding_says_the_included_file_in_every_format(folder: Path) -> None:
    edit(folder / FILE, "objective: 99,", "objective: x,")
    text, data, github, sarif, junit = (
        run(f"genesis-mon validate --no-live --format {name}", folder).stdout
        for name in ("text", "json", "github", "sarif", "junit")
    )
    assert f"{FILE}:12:25: error GM112 " in text
    (finding,) = json.loads(data)["findings"]
    assert (finding["location"]["file"], finding["location"]["line"]) == (FILE, 12)
    assert f"file={FILE},line=12,col=25" in github
    (result,) = json.loads(sarif)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == (FILE, 12)
    assert f"{FILE}:12:25" in junit


def test_a_secret_in_an_included_file_is_told_there(folder: Path) -> None:
    with (folder / FILE).open("a") as file:
        file.write("# ghp_" + "a1B2" * 9 + "\n")
    assert run("genesis-mon render", folder).code == 0
    done = run("genesis-mon validate --no-live --only links", folder)
    assert done.code == 1
    assert f"{FILE}:13:3: error GM131 " in done.stdout


def test_what_is_asked_of_the_spec_points_into_its_files(folder: Path) -> None:
    assert f"objective 99 % ({FILE}:12:25)" in run("genesis-mon explain latency", folder).stdout
    with (folder / "slo.yaml").open("a") as file:
        file.write("slis: {latency: {within: 1s}}\n")
    told = run("genesis-mon expand slis", folder).stdout
    assert "    within: 1s\n" in told
    assert f"    kind: latency  # from {FILE}\n" in told
    assert f"  availability:  # from {FILE}\n    kind: ratio\n" in told
    (folder / "whole.yaml").write_text(run("genesis-mon expand", folder).stdout)
    assert "include:" not in (folder / "whole.yaml").read_text()
    same = run("genesis-mon diff --against whole.yaml", folder)
    assert same.code == 0, same.stdout
    included = json.loads(run("genesis-mon expand slis.latency --format json", folder).stdout)["included"]
    assert included["slis.latency.budget"] == FILE
    assert "slis.latency.within" not in included


def test_a_revision_has_the_included_files_of_its_time(folder: Path) -> None:
    commit = f"{GIT} add -A . && {GIT} commit -qm one"
    assert run(f"git init -q . && {commit} && git tag whole", folder).code == 0
    assert run("genesis-mon diff whole", folder).code == 0
    edit(folder / FILE, "objective: 99,", "objective: 98,")
    done = run("genesis-mon diff whole --format json", folder)
    assert done.code == 1, done.stderr
    places = {
        one["location"]["file"] for one in json.loads(done.stdout)["changes"] if one["kind"] == "budget"
    }
    assert places == {FILE}
    # Where something stands means nothing.
    (folder / "slo.yaml").write_text(SHORT)
    assert run("genesis-mon diff whole", folder).code == 0


def test_a_revision_without_an_included_file_or_with_a_symlink_is_no_spec(folder: Path) -> None:
    line = f"git init -q . && {GIT} add slo.yaml && {GIT} commit -qm one"
    assert run(line, folder).code == 0
    done = run("genesis-mon diff HEAD", folder)
    assert done.code == 2
    assert f"HEAD:slo.yaml:8:11: error GM107 {FILE} cannot be included: it is not in " in done.stderr
    (folder / FILE).rename(folder / "real.yaml")
    (folder / FILE).symlink_to("../real.yaml")
    assert run(f"{GIT} add -A . && {GIT} commit -qm two && genesis-mon render", folder).code == 0
    done = run("genesis-mon diff HEAD", folder)
    assert done.code == 2
    assert "it is no regular file in " in done.stderr


def test_an_import_knows_the_names_in_included_files(folder: Path) -> None:
    (folder / "sloth.yaml").write_text(
        "version: prometheus/v1\nservice: shop\nslos:\n  - name: latency\n    objective: 99.9\n"
        "    sli: {events: {error_query: 'sum(rate(http_requests_total{code=~\"5..\"}[{{.window}}]))', "
        "total_query: 'sum(rate(http_requests_total[{{.window}}]))'}}\n"
        "    alerting: {name: Slow, page_alert: {disable: true}, ticket_alert: {disable: true}}\n"
    )
    sli = run("genesis-mon import sloth sloth.yaml --job shop", folder).stdout
    (name,) = [line.strip(" :") for line in sli.split("slis:\n")[1].split("\n") if line.startswith("  ")
               and line.endswith(":") and not line.startswith("    ")]  # fmt: skip
    edit(folder / FILE, "  latency:\n", f"  {name}:\n")
    done = run("genesis-mon import sloth sloth.yaml --job shop --spec slo.yaml", folder)
    assert done.code == 1
    assert f"slis.{name} is in the spec already, and says something else" in done.stderr
    assert f"rename or remove the one at {FILE}:8:3" in done.stderr


PRESETS = """\
apiVersion: genesis-mon/v1
metadata: {name: shop}
include: [PRESETS]
receivers: {on-call: "http://127.0.0.1:9099/alerts"}
prometheus:
  targets:
    hosts: {kind: node-exporter, addresses: ["h:9100"]}
    db: {kind: postgres-exporter, addresses: ["h:9187"]}
    cache: {kind: redis-exporter, addresses: ["h:9121"]}
    queue: {kind: kafka-exporter, addresses: ["h:9308"]}
    pages: {probe: {module: http_2xx, exporter: "h:9115", addresses: ["https://shop.example.com"]}}
"""


@pytest.fixture(name="presets")
def _presets(tmp_path: Path) -> Path:
    listed = ", ".join(f"preset:{name}" for name in preset_names())
    (tmp_path / "slo.yaml").write_text(PRESETS.replace("PRESETS", listed))
    return tmp_path


def test_every_preset_is_proven_by_promtool_and_wakes_nobody(presets: Path) -> None:
    assert run("genesis-mon render", presets).code == 0
    done = run(
        "genesis-mon validate --strict --only rule-tests --only prometheus-rules --format json", presets
    )
    # Hosts that only examples have, and a guessed Alertmanager, are this test's spec's.
    assert {one["code"] for one in json.loads(done.stdout)["findings"]} <= {"GM132", "GM139"}
    whole = json.loads(run("genesis-mon expand --format json", presets).stdout)
    given = {path.removeprefix("alerts.") for path in whole["included"] if path.count(".") == 1}
    alerts = {name: one for name, one in whole["value"]["alerts"].items() if name in given}
    assert len(alerts) == 12
    assert {one["severity"] for one in alerts.values()} <= {"P2", "P3"}
    assert not any(whole["value"]["severities"][name].get("page") for name in ("P2", "P3"))
    files = {whole["included"][f"alerts.{name}"] for name in alerts}
    assert files == {f"preset:{name}" for name in preset_names()}


def test_the_spec_says_otherwise_key_by_key(presets: Path) -> None:
    with (presets / "slo.yaml").open("a") as file:
        file.write(
            "alerts: {PostgresDown: {severity: P1}}\nslis: {host_disk_free: {objective: {target: 8}}}\n"
        )
    told = run("genesis-mon expand alerts.PostgresDown", presets).stdout
    assert "severity: P1\n" in told
    assert "for: 2m  # from preset:postgres-exporter\n" in told
    objective = run("genesis-mon expand slis.host_disk_free.objective --format json", presets).stdout
    assert json.loads(objective)["value"] == {"target": 8, "good": ">"}


@pytest.mark.parametrize(
    ("old", "new", "said", "mend"),
    [
        ("preset:node-exporter", "preset:node-exportr", "no preset 'node-exportr'",
         "use one of: preset:certificates"),
        ("    queue: {kind: kafka-exporter, addresses: [\"h:9308\"]}\n", "",
         "preset:kafka-exporter: there is no metric", "add a service or target with kind: kafka-exporter"),
    ],
)  # fmt: skip
def test_a_preset_is_told_where_it_is_included(
    presets: Path, old: str, new: str, said: str, mend: str
) -> None:
    edit(presets / "slo.yaml", old, new)
    done = run("genesis-mon render", presets)
    assert done.code == 1
    assert "slo.yaml:3:" in done.stderr
    assert said in done.stderr
    assert mend in done.stderr


def test_a_value_of_a_preset_is_set_in_the_spec(presets: Path) -> None:
    line = "genesis-mon rollout backtest --set host_disk_free.target=9 --prometheus http://127.0.0.1:9"
    done = run(line, presets)
    assert done.code == 2
    assert "slis.host_disk_free.objective.target is given by a preset" in done.stderr
    assert "say slis.host_disk_free.objective.target in slo.yaml" in done.stderr


def test_what_the_numbers_of_presets_are_belongs_to_the_api_version() -> None:
    """Another number tells otherwise whoever has long included it: it needs another ``apiVersion``."""
    import yaml

    from genesis_monitoring.presets import preset

    numbers = {}
    for name in preset_names():
        part = yaml.safe_load(preset(name))
        for sli, one in part["slis"].items():
            numbers[sli] = (one["objective"]["good"], one["objective"]["target"], one.get("window"))
        for alert, one in part["alerts"].items():
            numbers[alert] = (one["sli"], one["for"], one["severity"])
    assert numbers == {
        "certificate_time_left": (">", 14, None),
        "CertificateExpiresSoon": ("certificate_time_left", "1h", "P2"),
        "kafka_under_replicated": ("<", 1, None),
        "KafkaUnderReplicated": ("kafka_under_replicated", "10m", "P2"),
        "host_disk_time_left": (">", 24, "6h"),
        "host_disk_free": (">", 5, None),
        "host_inodes_free": (">", 5, None),
        "host_memory_available": (">", 10, None),
        "host_clock_in_step": (">=", 1, None),
        "HostDiskFillsUp": ("host_disk_time_left", "1h", "P2"),
        "HostDiskAlmostFull": ("host_disk_free", "30m", "P2"),
        "HostInodesAlmostUsed": ("host_inodes_free", "1h", "P2"),
        "HostMemoryLow": ("host_memory_available", "15m", "P2"),
        "HostClockNotInStep": ("host_clock_in_step", "10m", "P3"),
        "postgres_up": (">=", 1, None),
        "postgres_connections_used": ("<", 80, None),
        "postgres_replication_lag": ("<", 60, None),
        "PostgresDown": ("postgres_up", "2m", "P2"),
        "PostgresConnectionsAlmostUsed": ("postgres_connections_used", "10m", "P2"),
        "PostgresReplicaBehind": ("postgres_replication_lag", "10m", "P3"),
        "redis_up": (">=", 1, None),
        "redis_refused_connections": ("<=", 0, "5m"),
        "RedisDown": ("redis_up", "2m", "P2"),
        "RedisRefusesConnections": ("redis_refused_connections", "5m", "P2"),
    }
