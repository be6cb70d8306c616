"""What dashboards ask by themselves, asked of a real Prometheus with a past of our making."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

import pytest
from backfill import exposition, running, store
from render.dashboards import PLAN, rendered
from render.test_grafana_text import Tags, filled

from genesis_monitoring.clients.server import Server
from genesis_monitoring.conventions import WORD_JOINER
from genesis_monitoring.panels.panel import PanelQuery
from genesis_monitoring.plan.dashboards import DashboardPlan
from genesis_monitoring.plan.events import EventsPlan, rollout_events
from genesis_monitoring.plan.rollout import RolloutPlan
from plan.specs import artifacts, compiled, every_kind, every_kind_plan, genesis_plan

T0 = 1_699_999_200
"""Where the past begins; it lasts for an hour, with a sample each minute."""
HOUR = 3600


def since(start: int, end: int, value: float = 1) -> list[tuple[float, float]]:
    return [(T0 + at, value) for at in range(start, end, 60)]


def alert(
    name: str, severity: str, pending: int, firing: int, end: int
) -> list[tuple[str, list[tuple[float, float]]]]:
    labels = f'alertname="{name}",severity="{severity}",component="shop"'
    return [
        (f'ALERTS{{{labels},alertstate="pending"}}', since(pending, firing)),
        (f'ALERTS{{{labels},alertstate="firing"}}', since(firing, end)),
        (f"ALERTS_FOR_STATE{{{labels}}}", since(pending, end, T0 + pending)),
    ]


SERIES = [
    *alert("QueueLong", "P0", 0, 600, 1800),
    *alert("DiskFull", "P2", 1200, 1260, 3600),
    *alert("Watchdog", "P2", 0, 0, 3000),
    ("sli:database_up:state", [*since(0, 1500), *since(1500, 1620, 0), *since(1620, 3600)]),
    ("sli:test_pass_rate:percent", since(0, 3600, 99)),
    ("sli:system_health:score", since(0, 1200, 90)),
    ("sli:cost_reduction:percent", since(1800, 3600, 60)),
    *(
        (f'shop_build_info{{version="{version}",edition="{edition}",instance="{instance}"}}', since(*span))
        for version, edition, instance, span in (
            ("1.0", "full", "a", (0, 1800)),
            ("1.0", "full", "b", (600, 1200)),
            ("1.1", "full", "b", (1500, 3600)),
            ("1.1", "full", "a", (1800, 3600)),
            ("0.9", "small", "c", (300, 3600)),
        )
    ),
]
"""Alerts, and versions that take over on one instance after the other."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("asked")
    text = exposition((name, points) for name, points in SERIES if points)
    store(folder / "data", text, folder)
    with running(folder / "data", folder) as server:
        server.wait_until_ready()
        yield server


def dashboard() -> DashboardPlan:
    return compiled(every_kind()).dashboards[0]


def latest(server: Server, expr: str, at: float) -> list[tuple[Mapping[str, str], float]]:
    answer = server.get(f"/api/v1/query?time={at}&query={quote(expr)}")
    return [(one["metric"], float(one["value"][1])) for one in answer["data"]["result"]]


def alert_list() -> PanelQuery:
    (panel,) = (one for one in dashboard().panels if one.type.name == "alertlist")
    return panel.queries[0]


def listed(server: Server, at: int) -> list[tuple[str, str, float]]:
    rows = latest(server, alert_list().expr, T0 + at)
    return sorted((labels["alertname"], labels["alertstate"], value / 1000 - T0) for labels, value in rows)


def test_the_alert_list_says_what_is_active_and_since_when(server: Server) -> None:
    assert listed(server, 300) == [("QueueLong", "pending", 0)]
    assert listed(server, 1600) == [("DiskFull", "firing", 1200), ("QueueLong", "firing", 0)]
    assert listed(server, 2700) == [("DiskFull", "firing", 1200)]


def test_an_empty_alert_list_is_one_of_rules_that_are_evaluated(server: Server) -> None:
    """The Watchdog is no alert to look at, but without it nobody looks."""
    assert listed(server, 3500) == [("DiskFull", "firing", 1200), ("Watchdog", "missing", 3500)]
    assert listed(server, -7200) == [("Watchdog", "missing", -7200)]
    ((labels, _),) = latest(server, alert_list().expr, T0 - 7200)
    assert labels["severity"] == next(iter(every_kind()["severities"]))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (600, {"Good": 1, "Beyond their level": 1, "No data": 0, "Planned": 3}),
        (1700, {"Good": 1, "Beyond their level": 0, "No data": 1, "Planned": 3}),
        (2700, {"Good": 1, "Beyond their level": 1, "No data": 1, "Planned": 2}),
    ],
)
def test_what_is_planned_is_not_without_data(server: Server, at: int, expected: dict[str, float]) -> None:
    """Of what GO depends on; something that is planned counts as soon as it is there."""
    panels = genesis_plan().dashboards[0].panels
    (panel,) = (one for one in panels if one.title == "GO objectives now")
    found = {query.legend: latest(server, query.expr, T0 + at) for query in panel.queries}
    assert {legend: value for legend, ((_, value),) in found.items()} == expected


@dataclass(frozen=True)
class Marker:
    """What Grafana draws, from ``start`` to ``end`` (seconds since 1970)."""

    start: float
    end: float
    labels: Mapping[str, str]


def markers(server: Server, events: EventsPlan, start: float, end: float, step: int) -> list[Marker]:
    """As Grafana makes them: samples above zero, those of a series that are a step apart as one region."""
    expr = events.expr.replace("$__interval", f"{step}s")
    first = start - start % step
    asked = f"start={first}&end={end}&step={step}&query={quote(expr)}"
    found: list[Marker] = []
    for series in server.get(f"/api/v1/query_range?{asked}")["data"]["result"]:
        pairs = [(float(at), float(value)) for at, value in series["values"]]
        times = [value / 1000 if events.timed else at for at, value in pairs if events.timed or value > 0]
        for at in times:
            last = found[-1] if found and found[-1].labels == series["metric"] else None
            if last is not None and at - last.end <= step:
                found[-1] = replace(last, end=at)
            else:
                found.append(Marker(at, at, series["metric"]))
    return sorted(found, key=lambda one: one.start)


def titled(title: str, marker: Marker) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda match: marker.labels[match[1]], title)


STEPS = [60, 300, 1728, 3600]
"""Grafana asks in some hundred steps: of the last hour, eight hours, 48 hours, four days."""


@pytest.fixture(scope="module")
def rollout() -> tuple[RolloutPlan, Mapping[str, EventsPlan]]:
    plan = genesis_plan()
    assert plan.rollout is not None
    return plan.rollout, {one.name: one for one in plan.dashboards[0].events}


@pytest.mark.parametrize("step", STEPS)
def test_what_has_a_fixed_time_is_one_marker_there_at_any_step(
    server: Server, rollout: tuple[RolloutPlan, Mapping[str, EventsPlan]], step: int
) -> None:
    plan, events = rollout
    first, last = plan.start.timestamp(), plan.end.timestamp()
    for start, end in [(first + 7, first + 100 * step), (last - 50 * step, last + 50 * step)]:
        ends = markers(server, events["Rollout"], start, end, step)
        assert [(one.start, one.end, titled(events["Rollout"].title, one)) for one in ends] == [
            (first, first, "Rollout begins"),
            (last, last, "Rollout ends"),
        ]
        critical = events["Critical checkpoints"]
        found = markers(server, critical, start, end, step)
        assert [(one.start, one.end, titled(critical.title, one)) for one in found] == [
            (
                due := (one.due.timestamp()),
                due,
                f"Checkpoint {one.index}: {one.title}{', to be signed off' if one.sign_off else ''}",
            )
            for one in plan.checkpoints
            if one.title
        ]


@pytest.mark.parametrize("step", STEPS)
def test_each_checkpoint_is_one_marker_where_steps_are_closer_than_checkpoints(
    server: Server, rollout: tuple[RolloutPlan, Mapping[str, EventsPlan]], step: int
) -> None:
    plan, events = rollout
    others = events["Checkpoints"]
    found = markers(server, others, plan.start.timestamp() - 7200, plan.end.timestamp() + 7200, step)
    wanted = {(f"Checkpoint {one.index}", one.due.timestamp()) for one in plan.checkpoints if not one.title}
    drawn = {(titled(others.title, one), one.start) for one in found}
    assert len(found) == len(drawn)
    assert all(one.start == one.end for one in found)
    assert drawn <= wanted
    assert drawn == wanted or step == 3600
    assert len(drawn) > 40


def test_nothing_of_a_rollout_is_drawn_before_it_is_due(
    server: Server, rollout: tuple[RolloutPlan, Mapping[str, EventsPlan]]
) -> None:
    plan, events = rollout
    first = plan.start.timestamp()
    early = markers(server, events["Checkpoints"], first - 7200, first + 60, 60)
    assert early == []


@pytest.mark.parametrize("step", [60, 300, 900])
def test_a_deployment_is_one_marker_at_the_first_step_of_its_version(server: Server, step: int) -> None:
    (events,) = (one for one in dashboard().events if one.name == "Deployments")
    found = markers(server, events, T0 - 600, T0 + HOUR, step)
    firsts = [(one.labels["version"], one.start) for one in found]
    assert [version for version, _ in firsts] == ["1.0", "1.1"]
    for (_, start), at in zip(firsts, (T0, T0 + 1500), strict=True):
        assert 0 <= start - at < step
    assert all(one.start == one.end for one in found)


def test_an_alert_that_fires_is_one_mark_where_it_began(server: Server) -> None:
    by_name = {one.name: one for one in dashboard().events}
    marks = {
        name: [
            (one.labels["alertname"], one.start - T0, one.end - T0)
            for one in markers(server, events, T0, T0 + HOUR, 60)
        ]
        for name, events in by_name.items()
        if "firing" in name
    }
    assert list(marks.values()) == [[("QueueLong", 0, 0)], [("DiskFull", 1200, 1200)]]


@pytest.mark.parametrize("step", [60, 300, 900])
def test_a_short_outage_is_on_a_lane_at_any_step(server: Server, step: int) -> None:
    """It is from 1500 s to 1620 s, so that no step of 900 s is within."""
    (board,) = (json.loads(one.text) for one in artifacts(every_kind_plan()) if one.path == dashboard().path)
    targets = [
        target["expr"]
        for row in board["panels"]
        for panel in row.get("panels", [])
        if panel["type"] == "state-timeline"
        for target in panel["targets"]
    ]
    expr = targets[0].replace("$__rate_interval", f"{step + 15}s")
    asked = f"start={T0}&end={T0 + HOUR}&step={step}&query={quote(expr)}"
    (series,) = server.get(f"/api/v1/query_range?{asked}")["data"]["result"]
    down = [float(at) - T0 for at, value in series["values"] if float(value) == 0]
    assert down
    assert all(1500 <= at <= 1560 + step + 15 for at in down)


TITLES = ("$1 for ${datasource} and $5", 'a "quoted" \\ back\\1slash', "<b>Größe</b> & [[x]]", "two\nlines")


def test_titles_of_checkpoints_are_shown_as_they_are_written(server: Server) -> None:
    """Through PromQL, a replacement of label_replace, Grafana's variables and HTML."""
    rollout = genesis_plan().spec.rollout
    assert rollout is not None
    critical = [
        one.model_copy(update={"title": title})
        for one, title in zip(rollout.checkpoints.critical, TITLES, strict=False)
    ]
    checkpoints = rollout.checkpoints.model_copy(update={"critical": tuple(critical)})
    hostile = rollout.model_copy(update={"checkpoints": checkpoints})
    events = tuple(rollout_events(hostile, rollout.start.timestamp()))
    drawn = rendered(replace(PLAN, events=events))["annotations"]["list"]
    (marked,) = (one for one in drawn if one["name"] == "Critical checkpoints")
    assert filled(marked["target"]["expr"]) == marked["target"]["expr"]
    rows = latest(server, marked["target"]["expr"], T0)
    shown = [labels["mark"] for labels, _ in sorted(rows, key=lambda row: row[1])]
    assert [text.replace(WORD_JOINER, "").partition(": ")[2] for text in shown] == [
        f"{one.title}{', to be signed off' * one.sign_off}" for one in critical
    ]
    assert all(Tags(text).found == [] for text in shown)
