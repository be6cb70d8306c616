"""What a real Prometheus answers the queries of a dashboard over a scene: raw series in, series a panel out.

Rules cannot be evaluated over the past, so what they would have recorded is asked for over the metrics,
stored, and then asked for as the panels do; alerts come of their expressions and their ``for``.
"""

import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from genesis_monitoring.clients.process import run_tool
from genesis_monitoring.clients.server import LISTEN, Server, scratch_folder, serve
from genesis_monitoring.clients.tools import PROMETHEUS, PROMTOOL, find_tool
from genesis_monitoring.durations import parse_duration
from genesis_monitoring.plan.compile import Plan
from look.recordings import Recorded, recordings
from look.scenes import Scene, write_scene
from look.workshop import NOW, LookError

STEP_SECONDS = 120
"""Between two evaluations of a rule that are made up for."""
_POINTS = 400
"""At most, of a series of a panel."""
_PATIENCE_SECONDS = 300

Series = dict[str, Any]
Answers = dict[str, Any]


def ask(plan: Plan, dashboards: Sequence[dict[str, Any]], scene: Scene) -> list[Answers]:
    """For each dashboard ``panels`` by id, with range in ms and series by query; and ``annotations``.

    Raises LookError if Prometheus or promtool fails, ToolMissing without them.
    """
    span = max(_seconds(one) for dashboard in dashboards for one in _ranges(dashboard))
    with scratch_folder() as folder:
        file, data = folder / "series.txt", folder / "data"
        write_scene(plan, scene, span, file)
        _store(file, data)
        with _running(data, folder) as server:
            rules = recordings(plan, STEP_SECONDS)
            lines = [line for rule in rules for line in _recorded(server, rule, span)]
        _store(_written(lines, file), data)
        with _running(data, folder) as server:
            lines = [line for rule in _alerts(plan) for line in _fired(server, rule, span)]
        _store(_written(lines, file), data)
        with _running(data, folder) as server:
            return [_answers(server, dashboard) for dashboard in dashboards]


def panels_of(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """All panels, those of rows that are folded too, without the rows."""
    every = [one for panel in dashboard["panels"] for one in (panel, *panel.get("panels", ()))]
    return [panel for panel in every if panel["type"] != "row"]


def _alerts(plan: Plan) -> Iterator[Any]:
    for group in plan.rule_groups:
        yield from group.alerting


def _recorded(server: Server, rule: Recorded, span: int) -> Iterator[str]:
    for series in _range(server, rule.expr, span, STEP_SECONDS):
        labels = {key: value for key, value in series["labels"].items() if key != "__name__"}
        head = _head(rule.record, {**labels, **dict(rule.labels)})
        yield from (f"{head} {value!r} {time // 1000}" for time, value in series["points"])


def _fired(server: Server, rule: Any, span: int) -> Iterator[str]:
    for series in _range(server, rule.expr, span, STEP_SECONDS):
        labels = {key: value for key, value in series["labels"].items() if key != "__name__"}
        labels |= {"alertname": rule.alert, **dict(rule.labels)}
        since, before = 0, 0
        for time, _ in series["points"]:
            if time - before > STEP_SECONDS * 1000:
                since = time
            before = time
            state = "firing" if time - since >= rule.for_ * 1000 else "pending"
            yield f"{_head('ALERTS', {**labels, 'alertstate': state})} 1 {time // 1000}"
            yield f"{_head('ALERTS_FOR_STATE', labels)} {since // 1000} {time // 1000}"


def _answers(server: Server, dashboard: dict[str, Any]) -> Answers:
    panels = {}
    for panel in panels_of(dashboard):
        own = _seconds(panel.get("timeFrom") or dashboard["time"]["from"])
        queries = {
            target["refId"]: _query(server, target, dashboard, own)
            for target in panel.get("targets", ())
            if not target.get("hide")
        }
        panels[str(panel["id"])] = {"from": (NOW - own) * 1000, "to": NOW * 1000, "queries": queries}
    span = _seconds(dashboard["time"]["from"])
    listed = dashboard.get("annotations", {}).get("list", ())
    events = [one for one in listed if one.get("enable") and one.get("target", {}).get("expr")]
    annotations = [
        {"color": one["iconColor"], "marks": list(_marks(server, one, dashboard, span))} for one in events
    ]
    return {"panels": panels, "annotations": annotations}


def _marks(
    server: Server, annotation: Mapping[str, Any], dashboard: Mapping[str, Any], span: int
) -> Iterator[tuple[int, int]]:
    """When each event of ``annotation`` began and ended, in ms: as its values say, or while it has values."""
    step = max(STEP_SECONDS, _seconds(annotation["target"].get("interval") or "1m"))
    expr = _filled(annotation["target"]["expr"], dashboard, span, step)
    for series in _range(server, expr, span, step):
        if annotation.get("useValueForTime"):
            yield from dict.fromkeys((int(value), int(value)) for _, value in series["points"])
            continue
        begun = before = series["points"][0][0]
        for time, _ in series["points"]:
            if time - before > step * 1000:
                yield begun, before
                begun = time
            before = time
        yield begun, before


def _query(
    server: Server, target: Mapping[str, Any], dashboard: Mapping[str, Any], span: int
) -> list[Series]:
    step = max(STEP_SECONDS, -(-span // _POINTS // 15) * 15)
    expr = _filled(target["expr"], dashboard, span, step)
    return _instant(server, expr) if target.get("instant") else _range(server, expr, span, step)


def _filled(expr: str, dashboard: Mapping[str, Any], span: int, step: int) -> str:
    """``expr`` with what Grafana puts in for its variables."""
    values = {
        "__rate_interval": f"{step + 60}s",
        "__interval": f"{step}s",
        "__range": f"{span}s",
        "__range_s": str(span),
        **_variables(dashboard),
    }
    return re.sub(
        r"\$(\w+)\b|\$\{(\w+)(?::\w+)?\}",
        lambda found: values.get(found[1] or found[2], found[0]),
        expr,
    )


def _variables(dashboard: Mapping[str, Any]) -> dict[str, str]:
    """The first choice of each variable; all there is, where that is a choice."""
    found = {}
    for variable in dashboard.get("templating", {}).get("list", ()):
        chosen = variable.get("current", {}).get("value", "")
        value = chosen[0] if isinstance(chosen, list) and chosen else chosen
        everything = variable.get("includeAll") and value in ("", "$__all", [])
        found[variable["name"]] = variable.get("allValue") or ".*" if everything else str(value or ".*")
    return found


def _instant(server: Server, expr: str) -> list[Series]:
    data = server.get("/api/v1/query?" + urlencode({"query": expr, "time": NOW}))["data"]
    if data["resultType"] != "vector":
        return [_series({}, [data["result"]])]
    return [_series(one["metric"], [one["value"]]) for one in data["result"]]


def _range(server: Server, expr: str, span: int, step: int) -> list[Series]:
    asked = {"query": expr, "start": NOW - span, "end": NOW, "step": step}
    answer = server.get("/api/v1/query_range?" + urlencode(asked))
    return [_series(one["metric"], one["values"]) for one in answer["data"]["result"]]


def _series(labels: Mapping[str, str], values: Iterable[Sequence[Any]]) -> Series:
    points = [[int(float(time) * 1000), _finite(float(value))] for time, value in values]
    return {"labels": dict(labels), "points": points}


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None


def _ranges(dashboard: Mapping[str, Any]) -> Iterator[str]:
    yield dashboard["time"]["from"]
    yield from (panel["timeFrom"] for panel in panels_of(dict(dashboard)) if panel.get("timeFrom"))


def _seconds(text: str) -> int:
    return parse_duration(text.removeprefix("now-"))


def _head(name: str, labels: Mapping[str, str]) -> str:
    return f"{name}{{{','.join(f'{key}={json.dumps(value)}' for key, value in labels.items())}}}"


def _written(lines: Iterable[str], file: Path) -> Path:
    file.write_text("\n".join((*lines, "# EOF", "")), encoding="utf-8")
    return file


def _store(file: Path, data: Path) -> None:
    command = ("tsdb", "create-blocks-from", "--max-block-duration=60h", "openmetrics", str(file), str(data))
    argv = (*find_tool(PROMTOOL).argv, *command)
    run = run_tool(argv, cwd=file.parent, timeout=_PATIENCE_SECONDS, merged=True)
    if run.exit_code:
        raise LookError(f"promtool could not store the series of a scene: {run.stdout.strip()[:300]}")
    file.unlink()


@contextlib.contextmanager
def _running(data: Path, folder: Path) -> Iterator[Server]:
    config = folder / "prometheus.yml"
    config.write_text("global: {}\n")
    argv = (
        *find_tool(PROMETHEUS).argv,
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        "--storage.tsdb.retention.time=20y",
        "--storage.tsdb.min-block-duration=2h",
        "--storage.tsdb.max-block-duration=2h",
        f"--web.listen-address={LISTEN}",
    )
    with serve("prometheus", argv, cwd=folder, scratch=folder, timeout=_PATIENCE_SECONDS) as server:
        yield server
