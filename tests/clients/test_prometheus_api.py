"""A user's Prometheus is read whole: over the limit of points, over seams, and with what it warns of."""

import json
import math
import time
from collections.abc import Iterator
from typing import Any

import pytest
from backfill import CONFIG, Points, exposition, running, store

from genesis_monitoring.clients import prometheus_api
from genesis_monitoring.clients.alertmanager_api import HttpAlertmanager
from genesis_monitoring.clients.http import HttpTransport
from genesis_monitoring.clients.http_errors import RefusedError, ServerError
from genesis_monitoring.clients.http_settings import HttpSettings
from genesis_monitoring.clients.prometheus_api import HttpPrometheus, join_pieces
from genesis_monitoring.clients.recorded import Recorder, Replay, read_exchanges, write_exchanges
from genesis_monitoring.clients.samples import Series, SeriesAnswer

from .scripted import Says, scripted

START = 1_761_253_200.0
STEP = 15.0
COUNT = 11_520
RULES = """\
groups:
  - name: shop
    interval: 1s
    rules:
      - {record: 'job:up:sum', expr: 'sum  by(job) (up)'}
      - {alert: Down, expr: 'vector(1)', for: 5m, labels: {severity: P1}}
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpPrometheus]:
    """48 h of two series at 15 s, the second with a hole, a NaN and an infinite value."""
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "rules").mkdir()
    (folder / "rules" / "shop.yml").write_text(RULES)
    times = [START + i * STEP for i in range(1, COUNT + 1)]
    odd = {5: "NaN", 6: "+Inf", 7: "-Inf"}
    series: list[tuple[str, Points]] = [
        ('sli:a:percent{instance="1"}', [(t, i) for i, t in enumerate(times)]),
        ("sli:b:percent", [(t, odd.get(i, "1.5e-3")) for i, t in enumerate(times) if not 100 <= i < 140]),
    ]
    store(folder / "data", exposition(series), folder)
    with running(folder / "data", folder, CONFIG) as server:
        found = HttpPrometheus(HttpTransport(HttpSettings(server.url)))
        while any(rule.health == "unknown" for rule in found.rules()):
            server.pause()
        yield found


def test_raw_samples_over_seams(reader: HttpPrometheus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prometheus_api, "RAW_CHUNK_SECONDS", 1000 * STEP)
    before = reader.cost.queries
    (series,) = reader.samples("sli:a:percent", START, START + COUNT * STEP).series
    assert series.times == tuple(START + i * STEP for i in range(1, COUNT + 1))
    assert series.values == tuple(range(COUNT))
    assert series.label("instance") == "1"
    assert series.label("job") == ""
    assert reader.cost.queries - before == 12


def test_a_range_is_open_at_its_beginning_and_closed_at_its_end(reader: HttpPrometheus) -> None:
    (series,) = reader.samples("sli:a:percent", START + STEP, START + 3 * STEP).series
    assert series.times == (START + 2 * STEP, START + 3 * STEP)


def test_a_range_query_over_the_limit_of_points(reader: HttpPrometheus) -> None:
    answer = reader.range("sli:a:percent * 2", START + STEP, START + COUNT * STEP, STEP)
    (series,) = answer.series
    assert series.times == tuple(START + i * STEP for i in range(1, COUNT + 1))
    assert series.values == tuple(2 * i for i in range(COUNT))


@pytest.mark.parametrize(
    ("subquery", "pieces"), [("", 2), ("[15s:1s]", 6), ("[45s:5s]", 2), ("[15s:500ms]", 2), ("[1m1s:]", 2)]
)
def test_a_subquery_is_asked_in_pieces_that_every_server_answers(
    reader: HttpPrometheus, subquery: str, pieces: int
) -> None:
    before = reader.cost.queries
    query = f"max(last_over_time((sli:a:percent > -Inf){subquery}))" if subquery else "max(sli:a:percent)"
    (series,) = reader.range(query, START + STEP, START + COUNT * STEP, STEP).series
    assert series.times == tuple(START + i * STEP for i in range(1, COUNT + 1))
    assert reader.cost.queries - before == pieces


def test_values_that_are_no_numbers_and_holes(reader: HttpPrometheus) -> None:
    (series,) = reader.samples("sli:b:percent", START, START + COUNT * STEP).series
    assert len(series.times) == COUNT - 40
    assert math.isnan(series.values[5])
    assert series.values[4:8:2] == (0.0015, math.inf)
    assert series.values[7] == -math.inf


def test_rules_alerts_and_what_it_says_of_itself(reader: HttpPrometheus) -> None:
    record, alert = reader.rules()
    assert (record.kind, record.name, record.expr) == ("recording", "job:up:sum", "sum by (job) (up)")
    assert (alert.kind, alert.duration, alert.health) == ("alerting", 300.0, "ok")
    assert dict(alert.labels) == {"severity": "P1"}
    assert abs(alert.evaluated - time.time()) < 60
    (active,) = reader.alerts()
    assert (active.state, dict(active.labels)["alertname"]) == ("pending", "Down")
    assert reader.targets() == ()
    info = reader.info()
    assert info.version.partition(".")[0] in ("2", "3")
    assert abs(info.now - time.time()) < 60
    assert info.retention == 20 * 365 * 86400
    assert abs(info.started - time.time()) < 600


def test_a_question_that_is_wrong(reader: HttpPrometheus) -> None:
    with pytest.raises(RefusedError, match=r"answered 400: bad_data: .*parse error"):
        reader.instant("sum(", START)
    with pytest.raises(ServerError, match="a scalar, not a matrix"):
        reader._series("1", reader._ask("/api/v1/query", {"query": "1"}), ("matrix",))


def test_a_record_gives_the_same_answers(reader: HttpPrometheus) -> None:
    recorder = Recorder(reader._transport)
    live = HttpPrometheus(recorder)
    wanted = [live.samples("sli:b:percent", START, START + 1000 * STEP), live.instant("time()", START)]
    data = json.loads(json.dumps(write_exchanges(recorder.exchanges)))
    again = HttpPrometheus(Replay(reader.url, read_exchanges(data)))
    got = [again.samples("sli:b:percent", START, START + 1000 * STEP), again.instant("time()", START)]
    assert repr(got) == repr(wanted)
    assert again.cost == live.cost
    with pytest.raises(ServerError, match=r"the record has no answer to time\(\)"):
        again.instant("time()", START)
    with pytest.raises(ServerError, match="the record has no answer to up"):
        again.instant("up", START)


def test_a_record_keeps_refusals_too() -> None:
    with scripted([Says("not found", 404)]) as server:
        recorder = Recorder(HttpTransport(HttpSettings(server.url)))
        with pytest.raises(RefusedError):
            recorder.get("/api/v1/status/runtimeinfo", {})
    kept = read_exchanges(json.loads(json.dumps(write_exchanges(recorder.exchanges))))
    with pytest.raises(RefusedError, match="answered 404"):
        Replay("http://here", kept).get("/api/v1/status/runtimeinfo", {})


def answering(document: Any, status: int = 200) -> Says:
    return Says(json.dumps(document), status)


def vector(**more: object) -> dict[str, object]:
    return {"status": "success", "data": {"resultType": "vector", "result": []}, **more}


@pytest.mark.parametrize(
    ("says", "message"),
    [
        (
            answering({"status": "error", "errorType": "execution", "error": "too many samples"}, 422),
            "too many",
        ),
        (answering([1]), "not as Prometheus does"),
        (answering({"message": "no"}, 403), "answered 403"),
        (answering({"status": "success", "data": {}}), "not Prometheus'"),
        (
            answering({"status": "success", "data": {"resultType": "vector", "result": [{}]}}),
            "not Prometheus'",
        ),
        (answering({"status": "success", "data": {"resultType": "string", "result": [1, "x"]}}), "a string"),
    ],
)
def test_answers_that_are_none(says: Says, message: str) -> None:
    with scripted([says]) as server, pytest.raises(ServerError, match=message) as caught:
        HttpPrometheus(HttpTransport(HttpSettings(server.url))).instant("up", START)
    assert server.url in caught.value.message
    assert caught.value.hint


def test_warnings_and_partial_answers_are_told() -> None:
    with scripted([answering(vector(warnings=["store down"], infos=["no rate"], isPartial=True))]) as server:
        answer = HttpPrometheus(HttpTransport(HttpSettings(server.url))).instant("up", START)
    assert (answer.warnings, answer.infos, answer.partial) == (("store down",), ("no rate",), True)
    assert not answer.whole


def test_too_many_series(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prometheus_api, "SERIES_LIMIT", 1)
    result = [{"metric": {"a": str(i)}, "value": [1, "1"]} for i in range(2)]
    document = {"status": "success", "data": {"resultType": "vector", "result": result}}
    with scripted([answering(document)]) as server, pytest.raises(ServerError, match="with 2 series"):
        HttpPrometheus(HttpTransport(HttpSettings(server.url))).instant("up", START)


def test_pieces_join_without_a_sample_twice() -> None:
    pieces = [
        SeriesAnswer("x", (Series((("a", "1"),), (1.0, 2.0), (1.0, 2.0)),), warnings=("w",)),
        SeriesAnswer("x", (Series((("a", "1"),), (2.0, 3.0), (9.0, 3.0)), Series((), (3.0,), (7.0,)))),
    ]
    assert join_pieces("x", pieces) == SeriesAnswer(
        "x", (Series((), (3.0,), (7.0,)), Series((("a", "1"),), (1.0, 2.0, 3.0), (1.0, 2.0, 3.0))), ("w",)
    )


def test_alertmanager_is_read() -> None:
    alert = {
        "labels": {"alertname": "Slow", "severity": "P1"},
        "status": {"state": "suppressed", "silencedBy": ["s1"], "inhibitedBy": []},
        "startsAt": "2025-10-23T21:00:00.5Z",
    }
    matchers = [{"name": "alertname", "value": "Slow", "isRegex": False}]
    times = {"endsAt": "2025-10-24T21:00:00.000Z", "createdBy": "ann", "comment": "known"}
    active = {"id": "s1", "status": {"state": "active"}, "matchers": matchers, **times}
    over = {"id": "s2", "status": {"state": "expired"}, "matchers": [], **times}
    with scripted([answering([alert]), answering([active, over]), answering({"code": 500})]) as server:
        reader = HttpAlertmanager(HttpTransport(HttpSettings(server.url)))
        (found,) = reader.alerts()
        assert (found.state, found.since, found.silenced_by) == ("suppressed", 1761253200.5, ("s1",))
        (silence,) = reader.silences()
        assert (silence.matchers, silence.by, silence.comment) == (('alertname="Slow"',), "ann", "known")
        with pytest.raises(ServerError, match="not answer as Alertmanager"):
            reader.alerts()
        assert reader.cost.queries == 3
