"""Error budgets beside Sloth: what it costs to generate them, and what their rules cost Prometheus.

Sloth is there once ``make peers`` has built it.
"""

import json
import statistics
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.measure import Ratio, paired, run_once
from bench.synthetic import Slo, budget_spec, sloth_spec
from genesis_monitoring.clients.process import run_tool
from genesis_monitoring.clients.server import LISTEN, serve
from genesis_monitoring.clients.tools import PROMETHEUS, PROMTOOL, find_tool

SLOTH = Path(__file__).resolve().parent.parent / ".peers/bin/sloth"
_SCRAPED, _DAY, _PERIOD = 15, 86400, 30 * 86400
_STORING_SECONDS = 600.0
_RULES_ALONE = """\
from pathlib import Path
from genesis_monitoring.plan.compile import compile_plan
from genesis_monitoring.render.families import render_prometheus
from genesis_monitoring.render.templates import Templates, default_folder
from genesis_monitoring.spec.load import load_spec
spec = load_spec(Path("slo.yaml")).spec
for one in render_prometheus(compile_plan(spec, spec.profile_in_force), Templates(default_folder())):
    path = Path("rules") / one.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(one.text, "utf-8")
"""


def generating(folder: Path, sizes: list[int], pairs: int) -> None:
    """Print the processor time of ``render``, whole and rules alone, against ``sloth generate``."""
    columns = f"{'ratio':>6}  {'(lowest to highest)':20} {'ours':>9} {'Sloth':>9}"
    print(f"{'SLOs':>7} {'what is rendered':34} {columns}")
    for size in sizes:
        own = folder / f"slos-{size}"
        own.mkdir(parents=True)
        slos = [Slo(f"slo_{index}", 99.9) for index in range(size)]
        (own / "slo.yaml").write_text(budget_spec(slos), "utf-8")
        (own / "sloth.yml").write_text(sloth_spec(slos), "utf-8")
        theirs = [[str(SLOTH), "generate", "--no-log", "-i", "sloth.yml", "-o", "sloth-rules.yml"]]
        whole = (
            "import shutil, sys; shutil.rmtree('generated', ignore_errors=True); "
            "sys.argv = ['genesis-mon', 'render']; from genesis_monitoring.__main__ import main; main()"
        )
        for label, program in (("rules alone", _RULES_ALONE), ("all: tests, dashboards, runbooks", whole)):
            ours = [sys.executable, "-c", program]
            if SLOTH.is_file():
                _tell(size, label, paired(ours, theirs, own, pairs))
            else:
                alone = run_once(ours, own).cpu
                print(f"{size:7} {label:34} {alone:.2f} s; Sloth is not there, so no pair was run")


def _tell(size: int, label: str, found: Ratio) -> None:
    spread = f"({found.lowest:.2f} to {found.highest:.2f})"
    print(
        f"{size:7} {label:34} {found.ratio:6.2f}  {spread:20} {found.ours:7.2f} s {found.theirs:7.2f} s",
        flush=True,
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule and how often (s) it is evaluated."""

    expr: str
    interval: int


def evaluating(folder: Path, count: int, runs: int) -> None:
    """Print what the rules of ``count`` SLOs cost a Prometheus with 30 days of them, by its statistics."""
    folder.mkdir(parents=True)
    slos = [Slo(f"slo_{index}", 99.9) for index in range(count)]
    (folder / "slo.yaml").write_text(budget_spec(slos), "utf-8")
    run_once([sys.executable, "-c", _RULES_ALONE], folder)
    sets = {"ours": [*_rules((folder / "rules/prometheus/rules").glob("shop*.yml"))]}
    if SLOTH.is_file():
        (folder / "sloth.yml").write_text(sloth_spec(slos), "utf-8")
        run_once([str(SLOTH), "generate", "--no-log", "-i", "sloth.yml", "-o", "theirs.yml"], folder)
        sets["Sloth"] = [*_rules([folder / "theirs.yml"])]
    end = int(time.time()) // 300 * 300
    _store(slos, folder, end)
    (folder / "prometheus.yml").write_text("global: {}\n")
    argv = (
        *find_tool(PROMETHEUS).argv,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--storage.tsdb.retention.time=90d",
        f"--web.listen-address={LISTEN}",
    )
    print(f"{'rules of':>9} {'SLOs':>5} {'rules':>6} {'samples read a minute':>22} {'seconds a minute':>17}")
    costs: dict[str, tuple[float, float]] = {}
    with serve("prometheus", argv, cwd=folder, scratch=folder, timeout=_STORING_SECONDS) as server:
        for name, rules in sets.items():
            found = [_cost(server.url, rules, end) for _ in range(runs)]
            costs[name] = found[0][0], statistics.median(seconds for _, seconds in found)
            samples, seconds = costs[name]
            print(f"{name:>9} {count:5} {len(rules):6} {samples:22,.0f} {seconds:17.4f}", flush=True)
    if "Sloth" in costs:
        samples, seconds = (ours / theirs for ours, theirs in zip(costs["ours"], costs["Sloth"], strict=True))
        print(f"{'ratio':>9} {'':12} {samples:22.2f} {seconds:17.2f}")
    else:
        print("Sloth is not there (make peers builds it), so its rules were not run")


def _rules(files: Any) -> Iterator[Rule]:
    for file in files:
        for group in yaml.safe_load(file.read_text("utf-8"))["groups"]:
            seconds = {"s": 1, "m": 60}
            interval = group.get("interval", f"{_SCRAPED}s")
            # Of ours, the SLI itself is no part of a budget.
            if group["name"].startswith(("slo-", "sloth-")):
                every = int(interval[:-1]) * seconds[interval[-1]]
                yield from (Rule(rule["expr"], every) for rule in group["rules"])


def _store(slos: list[Slo], folder: Path, end: int) -> None:
    """Three days of scrapes, and 30 days of what periods are made of, recorded as often as it is."""
    past = folder / "past.om"
    ids = (
        (slo, f'sloth_id="shop-{slo.sloth_name}",sloth_service="shop",sloth_slo="{slo.sloth_name}"')
        for slo in slos
    )
    with past.open("w") as out:
        for slo, own in ids:
            for code, more in (("200", 1499), ("500", 1)):
                times = range(end - 3 * _DAY - 600, end + 1, _SCRAPED)
                series = f'{slo.metric}{{job="prometheus",instance="a",code="{code}"}}'
                out.writelines(f"{series} {number * more} {at}\n" for number, at in enumerate(times))
            window = "" if not own else f'{own},sloth_window="5m"'
            for series, value, step in (
                (f"slo:errors:increase5m{{{own}}}", "20", 30),
                (f"slo:total:increase5m{{{own}}}", "30000", 30),
                (f"slo:sli_error:ratio_rate5m{{{window}}}", "0.00066", _SCRAPED),
            ):
                times = range(end - _PERIOD - 600, end + 1, step)
                out.writelines(f"{series} {value} {at}\n" for at in times)
            for length in ("30m", "1h", "2h", "6h", "1d", "3d", "30d"):
                labels = f'{own},sloth_window="{length}"'
                out.write(f"slo:sli_error:ratio_rate{length}{{{labels}}} 0.00066 {end}\n")
                if length in ("1h", "6h", "1d", "3d", "30d"):
                    out.write(f"slo:errors:increase{length}{{{own}}} 100 {end}\n")
            for name, value in (
                ("objective", "0.999"),
                ("error_budget", "0.001"),
                ("period_burn_rate", "0.66"),
            ):
                out.write(f"slo:{name}:ratio{{{own}}} {value} {end}\n")
        out.write("# EOF\n")
    # promtool reads the whole file for each block.
    command = ("tsdb", "create-blocks-from", "--max-block-duration=768h", "openmetrics", str(past), "data")
    run = run_tool((*find_tool(PROMTOOL).argv, *command), cwd=folder, timeout=_STORING_SECONDS, merged=True)
    if run.exit_code:
        raise RuntimeError(run.stdout)
    past.unlink()


def _cost(url: str, rules: list[Rule], at: int) -> tuple[float, float]:
    """Samples read and seconds of evaluation, each a minute."""
    samples, seconds = 0.0, 0.0
    for rule in rules:
        query = urllib.parse.urlencode({"query": rule.expr, "time": at, "stats": "all"})
        with urllib.request.urlopen(f"{url}/api/v1/query?{query}", timeout=60) as answer:  # noqa: S310
            stats = json.load(answer)["data"]["stats"]
        samples += stats["samples"]["totalQueryableSamples"] * 60 / rule.interval
        seconds += stats["timings"]["evalTotalTime"] * 60 / rule.interval
    return samples, seconds
