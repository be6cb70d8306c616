"""``budget status`` as a user runs it, on a real Prometheus: a gate that is open, closed, or cannot tell."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from backfill import BLOCK_SECONDS, Points, exposition, running, store
from cli.sandbox import Answer, run
from cli.test_terminal import on_a_terminal

from genesis_monitoring.clients.server import Server
from genesis_monitoring.plan.compile import compile_plan
from genesis_monitoring.rollout.window import format_iso
from genesis_monitoring.spec.load import parse_spec

from .history import load_spec_text
from .judging import wait_for_rules, write_rules

BEGIN = float(BLOCK_SECONDS * 9200)
HOURS, MINUTE = 52, 60
SPENT = range(50 * 3600, 51 * 3600)
UNKNOWN = range(45 * 3600, 46 * 3600)
IDS = 'sloth_id="hybrid-rag-rag-error-rate",sloth_service="hybrid-rag",sloth_slo="rag-error-rate"'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """What rules recorded of a budget of 48 hours: for 52 hours, in one of which it was used up."""
    folder = tmp_path_factory.mktemp("budget")
    spec = parse_spec(load_spec_text(), "slo.yaml").spec
    offsets = range(0, HOURS * 3600 + 1, MINUTE)
    left: Points = [(BEGIN + one, -0.1 if one in SPENT else 0.8) for one in offsets]
    series: list[tuple[str, Points]] = [
        (f"slo:total:increase5m{{{IDS}}}", [(BEGIN + one, 3000) for one in offsets]),
        (f"slo:errors:increase5m{{{IDS}}}", [(BEGIN + one, 1) for one in offsets]),
        (f"slo:period_error_budget_remaining:ratio{{{IDS}}}", left),
    ]
    for window in ("4m", "20m", "1h30m", "4h"):
        known: Points = [(BEGIN + one, 0) for one in offsets if window != "4h" or one not in UNKNOWN]
        series.append((f"slo:errors:increase{window}{{{IDS}}}", known))
    store(folder / "data", exposition(series), folder)
    write_rules(compile_plan(spec, spec.profile_in_force), folder)
    with running(folder / "data", folder) as server:
        wait_for_rules(server)
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "slo.yaml").write_text(load_spec_text())
    return tmp_path


def status(folder: Path, server: Server, at: float | None, more: str = "rag_error_rate") -> Answer:
    moment = "" if at is None else f"--at {format_iso(BEGIN + at)}"
    return run(f"genesis-mon budget status {more} --prometheus {server.url} {moment}", folder)


@pytest.mark.parametrize(
    ("at", "code", "said"),
    [
        (49.5 * 3600 + 60, 0, "is kept; 80.0 % of it is left; 576 of 1,728,000 events were bad"),
        (50.5 * 3600, 1, "is used up; -10.0 % of it is left"),
        # A query sees what was recorded up to five minutes before: it is not how the budget stands now.
        (HOURS * 3600 + 240, 3, "was recorded 4 minutes before, and is no longer"),
        (HOURS * 3600 + 3600, 3, "what is left of it is not recorded now"),
        (45.5 * 3600, 3, "slo:errors:increase4h is not recorded now"),
        (3600 * 20, 3, "of its period was counted"),
    ],
)
def test_it_is_a_gate(at: float, code: int, said: str, folder: Path, server: Server) -> None:
    answer = status(folder, server, at)
    assert said in answer.stdout
    assert "\x1b" not in answer.stdout
    assert (answer.stderr, answer.code) == ("", code)


def test_what_is_bad_for_sure_goes_before_what_cannot_be_told(folder: Path, server: Server) -> None:
    answer = status(folder, server, 50.5 * 3600, "")
    assert answer.stdout.startswith("1 budget is used up; 1 budget could not be told, of 2, at ")
    assert answer.code == 1


def test_now_is_when_the_server_says(folder: Path, server: Server) -> None:
    answer = status(folder, server, None)
    assert ("could not be told" in answer.stdout, answer.code) == (True, 3)
    later = run("genesis-mon budget status --at 2999-01-01T00:00:00Z --prometheus " + server.url, folder)
    assert "is still to come" in later.stderr
    assert (later.code, later.stdout) == (2, "")


def test_on_a_terminal_it_has_colours_unless_they_are_not_wanted(folder: Path, server: Server) -> None:
    line = f"genesis-mon budget status rag_error_rate --prometheus {server.url}"
    line += f" --at {format_iso(BEGIN + 50.5 * 3600)}"
    assert "\x1b[31m" in on_a_terminal(line, folder, COLUMNS="80")
    plain = on_a_terminal(line, folder, COLUMNS="80", NO_COLOR="1")
    assert "\x1b[3" not in plain
    assert max(map(len, plain.splitlines())) <= 80
