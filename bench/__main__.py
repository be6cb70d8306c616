"""``make bench``: what the commands cost against the bare minimum, and how cost grows with the spec.
And how long a scrape of the exporter and a verdict over 48 hours take, and error budgets beside Sloth's.

Ratios are of processor time unless they say "by the clock", measured pair by pair in this run, so they hold
on any machine.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from bench.budgets import evaluating, generating
from bench.exporter import scrapes
from bench.measure import Ratio, paired, paired_wall, run_once
from bench.synthetic import synthetic_spec
from bench.verdict import verdicts

ROOT = Path(__file__).resolve().parent.parent
IMPORTS_OF_HELP = "import typer"
IMPORTS_OF_RENDER = "import typer, yaml, jinja2, grafanalib.core; from pydantic import BaseModel"


def main() -> None:
    """Print the tables, and a line each for exporter and verdict."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--pairs", type=int, default=9, help="pairs of runs for each ratio")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[100, 1000, 10000], help="SLIs of the synthetic specs"
    )
    parser.add_argument("--slos", type=int, nargs="+", default=[1000, 10000], help="SLOs beside Sloth's")
    parser.add_argument("--evaluated", type=int, default=3, help="SLOs whose rules Prometheus evaluates")
    parser.add_argument("--suites", type=int, default=1000, help="test suites of the exporter's spec")
    parser.add_argument("--tests", type=int, default=1000, help="tests of each suite")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="genesis-mon-bench-") as name:
        folder = Path(name)
        ratios(folder, arguments.pairs)
        growth(folder, arguments.sizes)
        print()
        generating(folder / "generating", arguments.slos, max(1, arguments.pairs // 3))
        print()
        evaluating(folder / "evaluating", arguments.evaluated, arguments.pairs)
        print()
        scrapes(folder / "exporter", arguments.suites, arguments.tests)
        verdicts(ROOT / "slo.yaml", folder / "verdict", arguments.pairs)


def ratios(folder: Path, pairs: int) -> None:
    """Each command against what it cannot do without."""
    shutil.copy(ROOT / "slo.yaml", folder)
    tree = folder / "generated"
    tool = [sys.executable, "-m", "genesis_monitoring"]
    bare_help = [[sys.executable, "-c", IMPORTS_OF_HELP]]
    bare_render = [[sys.executable, "-c", IMPORTS_OF_RENDER]]
    run_once([*tool, "render"], folder)
    tests = sorted(str(path) for path in (tree / "prometheus/tests").glob("*.yml"))
    rules = sorted(str(path) for path in (tree / "prometheus/rules").glob("*.yml"))
    compose = shutil.which("docker-compose", path=str(Path(sys.executable).parent)) or "docker-compose"
    bare_tools = [
        ["promtool", "check", "config", str(tree / "prometheus/prometheus.yml")],
        ["promtool", "check", "rules", "--lint=all", "--lint-fatal", *rules],
        ["promtool", "test", "rules", *tests],
        ["amtool", "check-config", str(tree / "alertmanager/alertmanager.yml")],
        [compose, "-f", str(tree / "docker-compose.yml"), "config", "-q"],
    ]
    print(f"{'command':34} {'against':34} {'ratio':>6}  {'(lowest to highest)':20} {'ours':>8} {'bare':>8}")
    for label, ours, against, theirs, count in (
        ("genesis-mon --help", [*tool, "--help"], "bare import of typer", bare_help, pairs),
        (
            "render, cold into an empty folder",
            _into_new_folder(),
            "bare import of its packages",
            bare_render,
            pairs,
        ),
        ("render, nothing to do", [*tool, "render"], "bare import of its packages", bare_render, pairs),
        ("validate", [*tool, "validate"], "the bare tools, one by one", bare_tools, max(3, pairs // 3)),
    ):
        _tell(label, against, paired(ours, theirs, folder, count))
    processors = os.cpu_count() or 1
    by_hand = [
        *bare_tools[:2],
        *(["promtool", "test", "rules", *tests[first::processors]] for first in range(processors)),
        *bare_tools[3:],
    ]
    few = max(3, pairs // 3)
    for against, theirs in (
        ("the bare tools side by side", by_hand),
        ("promtool test rules alone", bare_tools[2:3]),
    ):
        _tell("validate, by the clock", against, paired_wall([*tool, "validate"], theirs, folder, few))
    print()


def _tell(label: str, against: str, result: Ratio) -> None:
    spread = f"({result.lowest:.2f} to {result.highest:.2f})"
    print(
        f"{label:34} {against:34} {result.ratio:6.2f}  {spread:20} "
        f"{result.ours:6.2f} s {result.theirs:6.2f} s",
        flush=True,
    )


def _into_new_folder() -> list[str]:
    program = (
        "import shutil, sys; shutil.rmtree('cold', ignore_errors=True); "
        "sys.argv = ['genesis-mon', 'render', '--out', 'cold']; "
        "from genesis_monitoring.__main__ import main; main()"
    )
    return [sys.executable, "-c", program]


def growth(folder: Path, sizes: list[int]) -> None:
    """Synthetic specs: a cost per SLI that stays the same is linear growth."""
    print(f"{'SLIs':>7} {'spec':>9} {'files':>7} {'render':>9} {'per SLI':>9} {'growth':>7} {'peak':>9}")
    base = 0.0
    for size in sizes:
        spec, tree = folder / f"{size}.yaml", folder / f"tree-{size}"
        spec.write_text(synthetic_spec(size), "utf-8")
        command = [
            sys.executable,
            "-m",
            "genesis_monitoring",
            "render",
            "--spec",
            str(spec),
            "--out",
            str(tree),
        ]
        run = run_once(command, folder)
        files = sum(1 for path in tree.rglob("*") if path.is_file())
        each = run.cpu / size
        base = base or each
        print(
            f"{size:7} {spec.stat().st_size / 2**20:5.1f} MiB {files:7} {run.cpu:7.2f} s "
            f"{each * 1000:6.2f} ms {each / base:7.2f} {run.peak:5.0f} MiB",
            flush=True,
        )
        shutil.rmtree(tree)


if __name__ == "__main__":
    main()
