"""A verdict at scale: 48 hours of samples in a real Prometheus, judged as a user does it."""

import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from genesis_monitoring.clients.http import HttpTransport
from genesis_monitoring.clients.http_settings import HttpSettings
from genesis_monitoring.clients.prometheus import store_series
from genesis_monitoring.clients.prometheus_api import HttpPrometheus
from genesis_monitoring.clients.server import LISTEN, serve
from genesis_monitoring.clients.tools import PROMETHEUS, find_tool
from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.rollout.window import format_iso
from genesis_monitoring.stack.history import write_history
from genesis_monitoring.stack.scenario import load_scenario

_HOURS = 48
_SERIES = 200
_STEP = 15
_STORING_SECONDS = 600.0


def verdicts(spec: Path, folder: Path, runs: int) -> None:
    """Print wall clock times of ``genesis-mon rollout verdict`` over two days of ``_SERIES`` series."""
    folder.mkdir()
    shutil.copy(spec, folder)
    project = load_project(Inputs(folder / spec.name, spec.parent / "generated", None, None))
    end = int(time.time()) // _STEP * _STEP
    start = end - _HOURS * 3600
    stored = _store(project.plan, folder, start, end)
    rules = spec.parent / "generated/prometheus/rules/*.yml"
    (folder / "prometheus.yml").write_text(f"global: {{evaluation_interval: 15s}}\nrule_files: ['{rules}']\n")
    argv = (
        *find_tool(PROMETHEUS).argv,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={LISTEN}",
    )
    with serve("prometheus", argv, cwd=folder, scratch=folder, timeout=_STORING_SECONDS) as server:
        reader = HttpPrometheus(HttpTransport(HttpSettings(server.url)))
        while any(rule.health == "unknown" for rule in reader.rules()):
            server.pause()
        command = [
            *(sys.executable, "-m", "genesis_monitoring", "rollout", "verdict", "--format", "json"),
            *("--prometheus", server.url, "--start", format_iso(start), "--at", format_iso(end)),
        ]
        seconds = []
        for _ in range(runs):
            begun = time.monotonic()
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            seconds.append(time.monotonic() - begun)
    told = json.loads(done.stdout)
    print(
        f"verdict: {_HOURS} h of {stored} series at {_STEP} s, {len(told['criteria'])} criteria, "
        f"{told['cost']['queries']} queries: {statistics.median(seconds):.1f} s "
        f"({min(seconds):.1f} to {max(seconds):.1f}), {told['verdict']}",
        flush=True,
    )


def _store(plan: Plan, folder: Path, start: int, end: int) -> int:
    """What an application in good health leaves, every SLI as recorded, and others up to the number."""
    past = folder / "past.om"
    jobs = {job.job: f"{job.job}:9000" for job in plan.prometheus.scrape_configs}
    write_history(plan, load_scenario("healthy"), past, start=start, end=end, instances=jobs)
    known = {line.rsplit(" ", 2)[0] for line in past.open() if not line.startswith("#")}
    more = [name for name in _recorded(plan) if name not in known]
    more += [f'other_application{{number="{number}"}}' for number in range(_SERIES - len(known) - len(more))]
    lines = past.read_text().removesuffix("# EOF\n")
    with past.open("w") as out:
        out.write(lines)
        for name in more:
            out.writelines(f"{name} 1 {moment}\n" for moment in range(start + _STEP, end + 1, _STEP))
        out.write("# EOF\n")
    store_series(past, folder / "data", timeout=_STORING_SECONDS)
    past.unlink()
    return len(known) + len(more)


def _recorded(plan: Plan) -> Iterator[str]:
    for sli in plan.slis.values():
        labels = ",".join(f'{label}="one"' for label in sli.sli.by)
        yield f"{sli.record}{{{labels}}}" if labels else sli.record
    watchdog = next(
        rule
        for group in plan.rule_groups
        for rule in group.alerting
        if rule.alert == plan.spec.meta_alerts.watchdog.name
    )
    labels = ",".join(f'{key}="{value}"' for key, value in watchdog.labels)
    yield f'ALERTS{{alertname="{watchdog.alert}",alertstate="firing",{labels}}}'
