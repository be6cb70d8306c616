"""Cases on a real Prometheus: histories stored, each judged there, and again from the record."""

import contextlib
import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from backfill import CONFIG, exposition, running, store

from genesis_monitoring.clients.http import HttpTransport, Transport
from genesis_monitoring.clients.http_settings import HttpSettings
from genesis_monitoring.clients.prometheus_api import HttpPrometheus
from genesis_monitoring.clients.recorded import Recorder, Replay, read_exchanges, write_exchanges
from genesis_monitoring.clients.server import Server
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.render.render import render_plan
from genesis_monitoring.render.templates import Templates, default_folder
from genesis_monitoring.rollout.collect import Moment, collect
from genesis_monitoring.rollout.judge import judge
from genesis_monitoring.rollout.results import Verdict

from .evidences import signed_ledger
from .history import CASES, Case, attestations_of, plan_of, series_of, unsigned_of, window_of

_NAMES = (
    *("healthy", "retrieval-slow", "six-p1", "hole", "not-a-number"),
    *("no-watchdog", "stale-tests", "underway"),
    *("budget-kept", "budget-burnt", "budget-burnt-late", "budget-not-counted", "budget-thinly-counted"),
    "budget-before-the-records",
)
FEW = tuple(case for case in CASES if case.name in _NAMES)
"""One case a kind."""
_WORKERS = 2
_SELDOM = CONFIG.replace("1s", "15s")
"""The rules are to be known, and their values are in the past: the server stays to the end of all tests.

As often as those rules are evaluated that say so themselves: more often is work, and nobody waits less.
"""


@contextlib.contextmanager
def prometheus_with(cases: Sequence[Case], plan: Plan, folder: Path) -> Iterator[Server]:
    """A Prometheus that has the plan's rules loaded and evaluated, and the past of every case."""
    write_rules(plan, folder)

    def keep(index: int) -> None:
        scratch = folder / f"scratch-{index}"
        scratch.mkdir()
        store(folder / "data", exposition(series_of(cases[index], plan, window_of(index).start)), scratch)

    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(keep, range(len(cases))))
    with running(folder / "data", folder, _SELDOM) as server:
        wait_for_rules(server)
        yield server


def write_rules(plan: Plan, folder: Path) -> None:
    """The plan's rule files, where ``running`` looks for them."""
    (folder / "rules").mkdir()
    for artifact in render_plan(plan, Templates(default_folder())):
        if artifact.path.startswith("prometheus/rules/"):
            (folder / "rules" / Path(artifact.path).name).write_text(artifact.text)


def wait_for_rules(server: Server) -> None:
    """Until each rule has been evaluated. To tell of all rules is work: it is asked once a second."""
    reader = HttpPrometheus(HttpTransport(HttpSettings(server.url)))
    while not (rules := reader.rules()) or any(rule.health == "unknown" for rule in rules):
        server.pause()
        time.sleep(1)


def judge_case(url: str, case: Case, index: int, plan: Plan) -> tuple[Verdict, Verdict]:
    """The verdict, and the verdict of the record of it."""
    clock = time.time()
    recorder = Recorder(HttpTransport(HttpSettings(url)))
    plan = plan_of(case, plan)
    verdict = _judge(recorder, case, index, plan, clock)
    kept = read_exchanges(json.loads(json.dumps(write_exchanges(recorder.exchanges))))
    return verdict, _judge(Replay(url, kept), case, index, plan, clock)


def assert_as_wanted(verdict: Verdict, case: Case) -> None:
    """The verdict, the criteria that the case names, and the words it expects."""
    told = [
        f"{result.name} {proof.status}: {proof.subject} {proof.reason}"
        for result in verdict.results
        for proof in result.proofs
        if proof.status != "PASS"
    ]
    shown = "\n".join([str(verdict.outcome), *told, *(wait.what for wait in verdict.waits)])
    assert str(verdict.outcome) == case.verdict, shown
    statuses = {result.name: str(result.status) for result in verdict.results}
    assert {name: statuses[name] for name in case.because} == case.because, shown
    assert case.says in shown
    assert case.reachable in (None, verdict.reachable), shown


def _judge(transport: Transport, case: Case, index: int, plan: Plan, clock: float) -> Verdict:
    window = window_of(index)
    moment = Moment(window.start + case.at, clock)
    said = attestations_of(case, plan, window.start)
    evidence = collect(HttpPrometheus(transport), plan, window, moment, said)
    return judge(replace(evidence, ledger=signed_ledger(plan, *unsigned_of(case, plan))), plan)
