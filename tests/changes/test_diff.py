"""``genesis-mon diff``: what it tells, as text, JSON and Markdown; it leaves everything as it was."""

import html
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from cli.sandbox import REPOSITORY, environment, run
from jsonschema import Draft202012Validator

ROLLOUT = (REPOSITORY / "tests/specs/rollout/slo.yaml").read_text()
STARTER = (REPOSITORY / "genesis_monitoring/commands/starter.yaml").read_text()
SHOP = (REPOSITORY / "docs/examples/shop/slo.yaml").read_text()
SCHEMA = json.loads((REPOSITORY / "docs/changes.schema.json").read_text())
GIT = "git -c user.name=A -c user.email=a@example.com"


def changed(folder: Path, text: str, *edits: tuple[str, str], more: str = "") -> Any:
    """The document of the difference that the edits make to ``text``."""
    (folder / "old.yaml").write_text(text)
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "slo.yaml").write_text(text)
    done = run(f"genesis-mon diff --against old.yaml --format json {more}", folder)
    document = json.loads(done.stdout)
    Draft202012Validator(SCHEMA).validate(document)
    assert done.code == (0 if document["same"] else 1)
    return document


def told(document: Any) -> list[str]:
    """``~ alert RequestLatencyHigh for 5m>10m`` for each fact."""
    mark = {"added": "+", "removed": "-", "changed": "~"}
    return [
        f"{mark[one['change']]} {one['kind']} {one['name']} {fact['key']} "
        f"{'+'.join(fact['before'])}>{'+'.join(fact['after'])}"
        for one in document["changes"]
        for fact in one["facts"]
    ]


def test_a_threshold_reads_as_in_a_review(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(ROLLOUT)
    alert = "HybridRAGLatencyHigh:\n    sli: rag_latency_p95\n    for: 5m"
    assert alert in ROLLOUT
    new = ROLLOUT.replace('{good: "<", target: 100, no_go: 200}', '{good: "<", target: 150, no_go: 200}')
    (tmp_path / "slo.yaml").write_text(new.replace(alert, alert.replace("5m", "10m")))
    done = run("genesis-mon diff --against old.yaml", tmp_path)
    assert done.code == 1
    assert (
        "  ~ P1 HybridRAGLatencyHigh: threshold 100 ms → 150 ms, for 5m → 10m; panel 123;\n"
        "      panel 10; runbook\n"
    ) in done.stdout
    assert "  ~ rag_latency_p95: target 100 ms → 150 ms; panel 123; panel 10\n" in done.stdout
    assert "  ~ docs/runbooks/HybridRAGLatencyHigh.md\n" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


EDITS = (
    ("severity: P2\n    summary: Prometheus cannot", "severity: P1\n    summary: Prometheus cannot",
     ["~ alert ScrapeTargetDown severity P2>P1"]),
    ("budget: {objective: 95,", "budget: {objective: 96,", ["~ budget requests_in_time objective 95 %>96 %"]),
    ("    within: 300ms", "    within: 500ms", ["~ SLI requests_in_time within 0.3 s>0.5 s"]),
    ("receivers: [on-call, chat]", "receivers: [on-call]",
     ["~ severity P1 receivers on-call+chat>on-call"]),
    ("description: The team's channel", "description: A channel",
     ["~ receiver chat description The team's channel>A channel"]),
    ("resolve_timeout: 5m", "resolve_timeout: 10m", ["~ routing routing resolve_timeout 5m>10m"]),
    ("            title: Request latency\n",
     "            title: How slow\n            renamed_from: Request latency\n",
     ["~ panel 1 title Request latency>How slow"]),
    ("prom/prometheus:v3.5.0", "prom/prometheus:v3.6.0",
     ["~ service prometheus image prom/prometheus:v3.5.0>prom/prometheus:v3.6.0"]),
    ("[{host: 9090, container: 9090}]", "[{host: 9190, container: 9090}]",
     ["~ service prometheus ports host 9090, container 9090, address 127.0.0.1>"
      "host 9190, container 9090, address 127.0.0.1"]),
    ("  # targets:\n", '  targets: {billing: {description: Bills, addresses: ["b.example.com:8000"]}}\n',
     ["+ target billing addresses >b.example.com:8000"]),
    ("buckets: [0.01, 0.05,", "buckets: [0.05,",
     ["~ metric http_request_duration_seconds buckets 0.01+0.05+0.1+0.2+0.3+0.5+1+2.5>"
      "0.05+0.1+0.2+0.3+0.5+1+2.5"]),
    ("on_call: {name: Ada,", "on_call: {name: Eve,", ["~ part metadata contacts.on_call.name Ada>Eve"]),
    ("retention: 30d", "retention: 60d", ["~ prometheus prometheus retention 30d>60d"]),
    ("  node_memory_MemAvailable_bytes:\n    {type: gauge, unit: bytes, help: Memory that",
     "  node_memory_MemAvailable_bytes:\n    {type: gauge, unit: bytes, help: The memory that",
     ["~ metric node_memory_MemAvailable_bytes help Memory that can be had without swapping>"
      "The memory that can be had without swapping"]),
)  # fmt: skip


@pytest.mark.parametrize(("old", "new", "wanted"), EDITS, ids=lambda part: str(part)[:30].strip())
def test_what_an_edit_means(old: str, new: str, wanted: list[str], tmp_path: Path) -> None:
    said = told(changed(tmp_path, STARTER, (old, new)))
    assert [line for line in wanted if line not in said] == [], said


def test_who_is_told_is_said_by_team_and_time(tmp_path: Path) -> None:
    document = changed(
        tmp_path,
        SHOP,
        ("components: [postgres, redis, orders]", "components: [postgres, orders]"),
        (
            "P2: {receivers: [web-mail], mute: [nights, weekends]}",
            "P2: {receivers: [web-mail], mute: [weekends]}",
        ),
        ("P2: web-mail}}", "P2: web-mail}, mute: {P2: [nights]}}"),
    )
    said = {one for one in told(document) if " alert " in one and " receivers " in one}
    assert said >= {
        "~ alert RedisDown receivers data-pager+data-mail>web-pager+web-mail",
        "~ alert CertificateEnds receivers web-mail except nights + weekends>web-mail except nights",
        "~ alert OrdersNotExported receivers data-mail except nights + weekends>data-mail except weekends",
    }
    assert not any("PostgresDown" in one for one in said)


def test_alerts_of_error_budgets_are_told_as_any_other(tmp_path: Path) -> None:
    both = "receivers: {P1: [web-pager, web-mail], P2"
    said = told(changed(tmp_path, SHOP, (both, both.replace("[web-pager, web-mail]", "web-pager"))))
    for alert in ("ErrorBudgetBurnPageQuick", "CertificateEndsSoon"):
        assert f"~ alert {alert} receivers web-pager+web-mail>web-pager" in said


def test_a_rollout(tmp_path: Path) -> None:
    (line,) = re.findall(r"^ +duration: .*$", ROLLOUT, re.MULTILINE)
    said = told(changed(tmp_path, ROLLOUT, (line, line.replace("48h", "50h"))))
    assert "~ rollout rollout duration 2d>2d2h" in said
    old = "slis: [rag_latency_p95], level: no_go, hold: 15m"
    said = told(changed(tmp_path, ROLLOUT, (old, old.replace("15m", "20m"))))
    assert "~ criterion no_go.rag_latency_sustained hold 15m>20m" in said


def test_how_a_value_is_written_means_nothing(tmp_path: Path) -> None:
    document = changed(
        tmp_path,
        STARTER,
        ("    for: 2m", "    for: 120s # as before"),
        ("target: 300, alert: 1000", "target: 300.0, alert: 1000"),
        ("retention: 30d", "retention: 4w2d"),
    )
    assert document["same"], document


def test_the_place_is_that_of_the_item(tmp_path: Path) -> None:
    document = changed(tmp_path, STARTER, ("    for: 2m", "    for: 3m"))
    (one,) = document["changes"]
    line = (tmp_path / "slo.yaml").read_text().splitlines().index("  ScrapeTargetDown:") + 1
    assert one["location"] == {"file": "slo.yaml", "line": line, "column": 3}


HOSTILE = "</code><img src=x onerror=alert(1)> @root #1 [a](http://x.example) `b` ![](y) <!-- --> | *z*"


def test_hostile_text_stays_text_in_markdown(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(STARTER)
    assert "summary: Requests are slow" in STARTER
    (tmp_path / "slo.yaml").write_text(
        STARTER.replace("summary: Requests are slow", f"summary: {json.dumps(HOSTILE)}")
    )
    text = run("genesis-mon diff --against old.yaml --format markdown", tmp_path).stdout
    inside = "".join(re.findall(r"<code>(.*?)</code>", text))
    assert HOSTILE in html.unescape(inside)
    bare = re.sub(r"</?(?:code|details|summary)>", "", text)
    assert not re.search(r"[<>`@\[\]|!#]", re.sub(r"&#[0-9]+;|^### .*", "", bare)), bare
    assert not re.search(r"https?://|www\.", text)


def test_hostile_text_stays_on_its_line(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(STARTER)
    (tmp_path / "slo.yaml").write_text(
        STARTER.replace("summary: Requests are slow", 'summary: "::error::x \\u202e y"')
    )
    said = run("genesis-mon diff --against old.yaml", tmp_path, GITHUB_ACTIONS="true").stdout
    assert "\\u202e" in said
    assert not re.search(r"^\s*::", said, re.MULTILINE)


@pytest.fixture(name="tree")
def _tree(tmp_path: Path) -> Path:
    (tmp_path / "mon").mkdir()
    (tmp_path / "mon/slo.yaml").write_text(STARTER)
    line = f"git init -q . && {GIT} add mon && {GIT} commit -qm one && git tag first"
    assert run(line, tmp_path).code == 0
    return tmp_path


def test_the_working_spec_against_a_revision(tree: Path) -> None:
    same = run("genesis-mon diff", tree / "mon")
    assert (same.code, same.stdout) == (0, "HEAD:slo.yaml → slo.yaml: no difference in meaning\n")
    (tree / "mon/slo.yaml").write_text(STARTER.replace("    for: 2m", "    for: 3m"))
    before = run("git status --porcelain && ls -A . mon .git", tree).stdout
    done = run("genesis-mon diff first --spec mon/slo.yaml --format json", tree)
    document = json.loads(done.stdout)
    assert done.code == 1
    assert document["before"]["revision"] == "first"
    assert document["before"]["commit"] == run("git rev-parse HEAD", tree).stdout.strip()
    assert "~ alert ScrapeTargetDown for 2m>3m" in told(document)
    assert run("git status --porcelain && ls -A . mon .git", tree).stdout == before


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("diff nowhere", "git knows no revision 'nowhere' here"),
        ("diff -- --output=x", "git knows no revision '--output=x' here"),
        ("diff HEAD --against slo.yaml", "REV and --against both say what to compare with"),
        ("diff --against absent.yaml", "absent.yaml: error GM101"),
        ("diff --spec other.yaml", "there is no other.yaml in HEAD"),
        ("diff --format nothing", "there is no format 'nothing'"),
        ("diff --profile nobody", "there is no profile 'nobody'"),
    ],
)
def test_what_cannot_be_compared_ends_with_2(call: str, said: str, tree: Path) -> None:
    (tree / "mon/other.yaml").write_text(STARTER)
    done = run(f"genesis-mon {call}", tree / "mon")
    assert done.code == 2, done
    assert said in done.stderr
    assert done.stdout == ""
    assert not (tree / "mon/x").exists()


def test_outside_a_git_tree(tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_text(STARTER)
    done = run("genesis-mon diff", tmp_path)
    assert done.code == 2
    assert "slo.yaml is in no git tree that could be read: not a git repository" in done.stderr
    assert "mend: compare with a file instead: --against FILE" in done.stderr


def test_a_revision_whose_spec_no_longer_loads(tree: Path) -> None:
    (tree / "mon/slo.yaml").write_text(STARTER.replace("kind: quantile", "kind: quantil"))
    assert run(f"{GIT} commit -qam two", tree).code == 0
    (tree / "mon/slo.yaml").write_text(STARTER)
    done = run("genesis-mon diff", tree / "mon")
    assert done.code == 2
    assert "diff: HEAD:slo.yaml is no spec that this genesis-mon can read" in done.stderr
    assert re.search(r"^HEAD:slo.yaml:[0-9]+:[0-9]+: error GM", done.stderr, re.MULTILINE)
    (tree / "mon/slo.yaml").write_text("metadata: x\n")
    done = run("genesis-mon diff first", tree / "mon")
    assert done.code == 2
    assert done.stderr.startswith("Spec\nslo.yaml:")


def test_an_interrupt_leaves_nothing(tree: Path) -> None:
    """While git is asked: it may be large, or on a disk that does not answer."""
    tools, scratch = tree / "bin", tree / "scratch"
    for folder in (tools, scratch):
        folder.mkdir()
    (tools / "git").write_text("#!/bin/sh\n: > $TMPDIR/../../asked\nexec sleep 600\n")
    (tools / "git").chmod(0o755)
    env = environment(scratch)
    process = subprocess.Popen(
        [sys.executable, "-m", "genesis_monitoring", "diff", "--spec", "mon/slo.yaml"],
        cwd=tree,
        env={**env, "PATH": f"{tools}:{env['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        while not (tree / "asked").exists():
            assert process.poll() is None
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, out, b"Traceback" in err) == (130, b"", False)
    assert list(scratch.iterdir()) == []
