"""A watcher with a clock that tests turn: what is due is taken, once, whatever happens meanwhile."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar, cast

import pytest
from cli.sandbox import run

from genesis_monitoring.clients.http_errors import RefusedError, ServerError
from genesis_monitoring.clients.protocols import AlertmanagerReader, PrometheusReader
from genesis_monitoring.clients.samples import Series, SeriesAnswer, Silence
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.paint import cut
from genesis_monitoring.report.watch_text import Words, event_lines, state_lines
from genesis_monitoring.report.watch_view import TerminalView
from genesis_monitoring.rollout.checkpoint import KIND, SIGN_OFF, read_checkpoint
from genesis_monitoring.rollout.judge import judge
from genesis_monitoring.rollout.ledger import append_entry, attestations, read_ledger
from genesis_monitoring.rollout.pace import Pace, rehearse
from genesis_monitoring.rollout.results import Outcome, Status, Verdict
from genesis_monitoring.rollout.standing import Nearness
from genesis_monitoring.rollout.taking import Book, Sources, attendance, taken
from genesis_monitoring.rollout.watch import Watcher
from genesis_monitoring.rollout.watch_events import Began, Changed, Event, Found, Judged, Lost, State, Taken
from genesis_monitoring.rollout.window import Window, format_iso, format_time

from .evidences import START, healthy
from .history import HEALTHY, load_spec_text

T = TypeVar("T")
DAY = 86_400.0
WORDS = Words(lambda index: f"sign {index}", "2 of 3 alerts are blind", ("Switch it off", "Tell them"))
PACE = Pace(Window(START, START + 2 * DAY), 1.0, 55)


class StopError(Exception):
    """The watcher is killed here."""


@dataclass(slots=True)
class World:
    """Time, a Prometheus that is down in some of it, and what was told. ``kill`` ends the watcher."""

    plan: Plan
    time: float
    down: tuple[tuple[float, float], ...] = ()
    refuses: bool = False
    kill: float = float("inf")
    cpu: Callable[[float], float] = lambda _: 44.0
    graph_db: Callable[[float], float] = lambda _: 1.0
    firing: Callable[[float], bool] = lambda _: False
    hidden: frozenset[str] = frozenset()
    gone_from: float = 0.0
    events: list[Event] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    tick: float = float("inf")
    judged: list[float] = field(default_factory=list)
    change: Callable[[Verdict], Verdict] = lambda verdict: verdict

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        assert seconds >= 0
        # A clock that stood still would let a watcher that does not wait run for ever.
        self.time += max(seconds, 0.001)
        if self.time >= self.kill:
            raise StopError

    def instant(self, query: str, at: float) -> SeriesAnswer:
        if self.refuses:
            raise RefusedError("answered 401", "log in", 401)
        if any(first <= self.time < last for first, last in self.down):
            raise ServerError("http://prometheus could not be reached", "see whether it runs")
        assert at <= self.time
        if query.startswith("timestamp("):
            return SeriesAnswer(query, (Series((), (at,), (at,)),))
        if query.startswith("ALERTS"):
            names = [("Watchdog", "P3"), *([("Slow", "P1")] if self.firing(at) else [])]
            return SeriesAnswer(query, tuple(alert(name, severity) for name, severity in names))
        values = {**HEALTHY, "cpu_usage": self.cpu(at), "graph_db_up": self.graph_db(at)}
        return SeriesAnswer(
            query,
            tuple(
                Series((("__name__", self.plan.slis[name].record),), (at,), (value,))
                for name, value in values.items()
                if name not in self.hidden or at < self.gone_from
            ),
        )

    def silences(self) -> tuple[Silence, ...]:
        return ()

    def tell(self, event: Event) -> None:
        self.events.append(event)

    def show(self, state: State) -> None:
        self.states.append(state)

    def of(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]


def alert(name: str, severity: str) -> Series:
    labels = {"alertname": name, "alertstate": "firing", "severity": severity, "component": "cpu"}
    return Series(tuple(labels.items()), (0.0,), (1.0,))


def watch(world: World, path: Path, pace: Pace = PACE) -> Verdict:
    sources = Sources(cast(PrometheusReader, world), cast(AlertmanagerReader, world), lambda: ())
    book = Book(path, pace.rollout)

    def verdict() -> Verdict:
        world.instant("ALERTS", world.time)
        world.judged.append(world.time)
        return world.change(
            judge(replace(healthy(world.plan), at=min(world.time, pace.window.end)), world.plan)
        )

    return Watcher(world.plan, pace, book, sources, verdict, world, world).run()


@pytest.mark.live
def test_each_checkpoint_is_taken_when_it_is_due(plan: Plan, tmp_path: Path) -> None:
    world = World(plan, START - 60)
    verdict = watch(world, tmp_path / "ledger")
    assert verdict.outcome == Outcome.GO
    assert world.time >= PACE.end + 60
    there = taken(read_ledger(tmp_path / "ledger"), PACE.rollout)
    assert list(there) == list(range(1, 56))
    for index, one in there.items():
        assert one.due == START + round(index * 2 * DAY / 55)
        assert 0 <= one.taken - one.due < 1
        assert (one.late, one.missed, one.speed) == (0.0, False, 1.0)
    assert [type(event) for event in world.events] == [Began, *[Taken] * 55]


@pytest.mark.live
def test_killed_and_resumed_it_takes_the_rest_and_flags_what_was_missed(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    with pytest.raises(StopError):
        watch(World(plan, START, kill=START + 10.4 * PACE.spacing), path)
    assert list(taken(read_ledger(path), PACE.rollout)) == list(range(1, 11))
    again = World(plan, START + 14.7 * PACE.spacing)
    watch(again, path)
    assert again.of(Began) == [Began(PACE, 10, (11, 12, 13, 14))]
    entries = read_ledger(path).of(PACE.rollout, KIND)
    assert [entry.data["index"] for entry in entries] == list(range(1, 56))
    there = taken(read_ledger(path), PACE.rollout)
    assert [index for index, one in there.items() if one.missed] == [11, 12, 13]
    assert [index for index, one in there.items() if one.late and not one.missed] == [14]
    remarks = tuple(attendance(read_ledger(path), PACE, plan, PACE.end))
    assert remarks[:2] == (
        "of 55 checkpoints missed, taken only after the next was due: 11, 12, 13",
        "of 55 checkpoints taken late: 14",
    )
    # A third run has nothing to take, and judges.
    third = World(plan, PACE.end + 600)
    assert watch(third, path).outcome == Outcome.GO
    assert (third.of(Taken), len(read_ledger(path).entries)) == ([], 55)


def test_a_prometheus_that_is_down_is_shown_and_asked_again_ever_less_often(
    plan: Plan, tmp_path: Path
) -> None:
    path = tmp_path / "ledger"
    gap = (START + 4.9 * PACE.spacing, START + 5.7 * PACE.spacing)
    world = World(plan, START, down=(gap,), tick=1.0, kill=START + 7 * PACE.spacing)
    with pytest.raises(StopError):
        watch(world, path)
    lost = world.of(Lost)
    assert [event.pause for event in lost[:7]] == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    (found,) = world.of(Found)
    # It was asked last before and first after.
    assert abs(found.seconds - (gap[1] - gap[0])) <= 60
    # Nothing is recorded, and nothing known, until it answers.
    shown = [state for state in world.states if gap[0] + 60 < state.now < gap[1]]
    assert shown
    assert all(state.trouble and state.seen is None and state.progress is None for state in shown)
    assert {state.recorded for state in shown} == {4}
    there = taken(read_ledger(path), PACE.rollout)
    assert [index for index, one in there.items() if one.late] == [5]
    assert there[5].taken >= gap[1]


@pytest.mark.live
def test_the_end_waits_for_a_prometheus_that_is_down(plan: Plan, tmp_path: Path) -> None:
    gap = (PACE.end + 1, PACE.end + 7200)
    world = World(plan, START, down=(gap,))
    assert watch(world, tmp_path / "ledger").outcome == Outcome.GO
    assert world.time >= gap[1]


def test_a_refusal_from_the_first_ends_it(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(RefusedError):
        watch(World(plan, START, refuses=True), tmp_path / "ledger")
    assert not (tmp_path / "ledger").exists()


def test_what_changes_is_told_and_what_stands_is_shown(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    bad = START + 600
    world = World(plan, START, kill=START + 1800, tick=1.0)
    world.cpu = lambda at: 91.0 if at >= bad else 44.0
    world.firing = lambda at: at >= bad
    with pytest.raises(StopError):
        watch(world, path)
    (change,) = world.of(Changed)
    assert 0 <= change.at - bad <= 60
    assert (change.begun, change.levels) == (("P1 Slow (cpu)",), (("cpu_usage", "good", "no_go"),))
    text = "\n".join(state_lines(world.states[-1], WORDS, colour=False))
    assert "Next: checkpoint 1 (T+0:52:22), CRITICAL at " in text
    assert "in 22 minutes 23 seconds" in text
    assert "Firing: P1 Slow (cpu)" in text
    rows = [line for line in text.splitlines() if "  NO-GO if " in line]
    # It is running out, so it comes first, and what is left of its 15 minutes ends.
    assert rows[0].split("  ")[1].strip() == "! CPU usage"
    assert "91 %" in rows[0]
    assert "NO-GO if above 90 %" in rows[0]
    assert "GO is still reachable" in text or "GO is out of reach" in text
    assert " (judged at " in text
    assert "may last" in text


def test_it_is_judged_anew_when_an_alert_changes_or_a_budget_has_run_out(plan: Plan, tmp_path: Path) -> None:
    down, fires = START + 30, START + 700
    world = World(plan, START, kill=START + 1400, tick=1.0)
    world.graph_db = lambda at: 0.0 if down <= at < START + 400 else 1.0
    world.firing = lambda at: at >= fires
    with pytest.raises(StopError):
        watch(world, tmp_path / "ledger")
    # A service may be down for 5 minutes; then the alert; then as every 10 minutes.
    told = [round(at - START) for at in world.judged]
    assert told[0] == 0
    assert 360 <= told[1] < 420
    assert 700 <= told[2] < 780
    assert 1300 <= told[3] < 1390
    assert len(told) == 4
    rows = [state.standing[0] for state in world.states if down + 60 < state.now < START + 360]
    assert {(row.sli, row.no_go, row.nearness) for row in rows} == {
        ("graph_db_up", True, Nearness.RUNNING_OUT)
    }


def test_what_is_certain_is_told_with_its_time_and_what_has_to_be_done(plan: Plan, tmp_path: Path) -> None:
    world = World(plan, START, kill=START + 1500, tick=1.0)

    def no_go(verdict: Verdict) -> Verdict:
        if world.time < START + 500:
            return verdict
        results = tuple(
            replace(one, status=Status.FAIL, proofs=(replace(one.proofs[0], status=Status.FAIL),))
            if one.name == "service_down"
            else one
            for one in verdict.results
        )
        return replace(verdict, outcome=Outcome.NO_GO, reachable=False, results=results)

    world.change = no_go
    with pytest.raises(StopError):
        watch(world, tmp_path / "ledger")
    (event,) = world.of(Judged)
    lines = list(event_lines(event, WORDS))
    down = "A critical service down for more than 5 minutes"
    assert lines[0].endswith(f"{format_time(event.at)}  NO-GO is certain: {down}")
    assert lines[1:] == ["  1. Switch it off", "  2. Tell them"]
    shown = list(state_lines(world.states[-1], WORDS, colour=False))
    assert shown[1].startswith(f"NO-GO is certain: {down} (judged at ")
    assert shown[2:4] == lines[1:]


@pytest.mark.parametrize("width", [40, 79, 140])
def test_the_view_keeps_to_the_width_and_says_what_is_planned_once(
    width: int, plan: Plan, tmp_path: Path
) -> None:
    world = World(plan, START, kill=START + 100, tick=30.0)
    hidden = {name for name in HEALTHY if name.startswith("halo")}
    world.hidden = frozenset(hidden)
    with pytest.raises(StopError):
        watch(world, tmp_path / "ledger")
    lines = list(state_lines(world.states[-1], WORDS, colour=False, width=width))
    assert max(map(len, lines)) <= width or width == 40
    assert lines.count("2 of 3 alerts are blind") == 1
    assert sum("planned" in line for line in lines) >= 2
    assert "1 without data" not in "".join(lines)


def test_what_has_been_there_is_missing_and_not_planned(plan: Plan, tmp_path: Path) -> None:
    world = World(plan, START, kill=START + 1.5 * PACE.spacing, tick=30.0)
    world.hidden = frozenset({"halo_latency_p95"})

    def level() -> str:
        seen = world.states[-1].seen
        assert seen is not None
        return next(one.level for one in seen.readings if one.sli == "halo_latency_p95")

    with pytest.raises(StopError):
        watch(world, tmp_path / "ledger")
    assert level() == "planned"
    world.gone_from, world.kill = START + 2.1 * PACE.spacing, START + 2.2 * PACE.spacing
    with pytest.raises(StopError):
        watch(world, tmp_path / "ledger")
    assert level() == "no data"
    # Who comes later knows it from the ledger.
    world.kill = START + 3.2 * PACE.spacing
    with pytest.raises(StopError):
        watch(world, tmp_path / "ledger")
    assert level() == "no data"
    last = read_checkpoint(read_ledger(tmp_path / "ledger").entries[-1].data)
    assert "halo_latency_p95" in {one.sli for one in last.without_data}


class Screen(Console):
    """A terminal that keeps what is written to it."""

    def __init__(self) -> None:
        self.written: list[str] = []

    colour = False

    def data(self, text: str) -> None:
        self.written.append(text)

    def flush(self) -> None:
        pass


def test_it_is_drawn_in_one_piece_over_what_was_there_and_anew_after_a_resize(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(plan, START, kill=START + 100, tick=30.0)
    with pytest.raises(StopError):
        watch(world, tmp_path / "ledger")
    screen = Screen()
    view = TerminalView(screen, WORDS)
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setenv("COLUMNS", "80")
    view.tell(world.events[0])
    view.show(world.states[-1])
    view.show(world.states[-1])
    began, first, second = screen.written
    assert began.startswith("watch: rollout of ")
    drawn = first.count("\x1b[K\n")
    assert drawn == 23
    assert "more lines in a taller terminal" in first
    # Back up, each line over the old one, and what is below wiped last: nothing is empty in between.
    assert second == f"\x1b[{drawn}A\r{first}"
    assert second.endswith("\x1b[J")
    monkeypatch.setenv("COLUMNS", "120")
    view.show(world.states[-1])
    assert screen.written[-1].startswith("\x1b[2J\x1b[Hwatch: rollout of ")
    view.close()
    assert screen.written[-1] == f"\x1b[{drawn}A\r\x1b[J"


def test_who_signs_off_elsewhere_is_seen(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    slots = plan.rollout.checkpoints if plan.rollout else ()
    slot = next(one for one in slots if one.sign_off)
    due = START + slot.offset
    world = World(plan, due - 1800, tick=30.0, kill=due + 600)

    with pytest.raises(StopError):
        watch(world, path)
    assert world.states[-1].unsigned == (slot.index,)
    (event,) = [one for one in world.of(Taken) if one.slot == slot]
    lines = list(event_lines(event, WORDS))
    assert lines[-1] == f"  sign {slot.index}"
    append_entry(path, SIGN_OFF, PACE.rollout, format_iso(START), {"index": slot.index, "text": "Ann"})
    again = World(plan, world.time, tick=30.0, kill=world.time + 120)
    with pytest.raises(StopError):
        watch(again, path)
    assert again.states[-1].unsigned == ()


def test_a_rehearsal_is_squeezed_named_so_and_no_proof(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    wanted = replace(PACE, speed=1440.0)
    pace = rehearse(path, wanted, None, START + 0.4)
    assert pace.window == Window(START + 1, START + 1 + 2 * DAY)
    assert (pace.end - pace.window.start, pace.due(14400)) == (120.0, START + 11)
    world = World(plan, START + 0.4, kill=START + 30)
    with pytest.raises(StopError):
        watch(world, path, pace)
    # The same call resumes it, at another time.
    assert rehearse(path, wanted, None, START + 50) == pace
    again = World(plan, START + 50)
    assert watch(again, path, pace).outcome == Outcome.HOLD
    ledger = read_ledger(path)
    there = taken(ledger, pace.rollout)
    assert [entry.data["index"] for entry in ledger.of(pace.rollout, KIND)] == list(range(1, 56))
    assert {one.speed for one in there.values()} == {1440.0}
    assert {one.due for one in there.values() if one.missed}
    # No rollout has these entries, not even one that began at that second.
    for start in (START, pace.window.start):
        assert taken(ledger, format_iso(start)) == {}
        assert attestations(ledger, format_iso(start)) == ()
    # A finished one is not resumed, unless it is named.
    assert rehearse(path, wanted, pace.window.start, START + 500) == pace
    assert rehearse(path, wanted, None, START + 500).window.start == START + 500


def test_a_line_is_cut_where_the_terminal_ends() -> None:
    assert cut("\x1b[31mred\x1b[0m", 3) == "\x1b[31mred\x1b[0m"
    assert cut("\x1b[31mred and more\x1b[0m", 5) == "red …"


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ("--speed 0.5", 2, "is not a number from 1 to 86400"),
        ("--speed nan", 2, "is not a number from 1 to 86400"),
        ("", 2, "the rollout was over at 2025-10-25 20:56:00 UTC"),
        ("--speed 2 --start soon", 2, "--start is no time"),
    ],
)
def test_what_cannot_be_watched_is_told(more: str, code: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_text(load_spec_text())
    answer = run(f"genesis-mon rollout watch --prometheus http://127.0.0.1:9 {more}", tmp_path)
    assert (answer.code, answer.stdout) == (code, ""), answer.stderr
    assert said in answer.stderr
    if not more:
        assert re.search(
            r"begins now: genesis-mon rollout watch --start 20\d\d-\d\d-\d\dT[\d:]{8}Z, ", answer.stderr
        )
    assert not (tmp_path / "rollout").exists()
