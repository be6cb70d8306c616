"""What is exposed, and for how long: the catalogue, the health score, broken and old results, rendering."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread, enumerate as enumerate_threads

import pytest
from prometheus_client import parser
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from scratch import ROLLOUT_SPEC

from genesis_monitoring.exporter import exposition as exposition_module, results
from genesis_monitoring.exporter.exposition import OPENMETRICS, PLAIN, Exposition, choose_media_type
from genesis_monitoring.exporter.metrics import make_gauges
from genesis_monitoring.exporter.readings import CLOCK_SKEW, LONGEST_READ
from genesis_monitoring.exporter.results import LARGEST_FILE
from genesis_monitoring.spec.load import load_spec

from .shop import HALF, MAX_AGE, NOW, PASSED, Shop

REPOSITORY = Path(__file__).resolve().parents[2]
GUIDE = (
    "genesis_regression_tests_total",
    "genesis_regression_tests_passed",
    "genesis_regression_tests_failed",
    "genesis_regression_tests_errors",
    "genesis_regression_pass_rate",
    "genesis_system_health",
    "genesis_waltzrl_tests_total",
    "genesis_waltzrl_pass_rate",
)
"""The metrics of the rollout guide, by its names."""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_the_catalogue_is_what_is_exposed(tmp_path: Path) -> None:
    spec = load_spec(ROLLOUT_SPEC).spec
    for suite in spec.suites.values():
        path = tmp_path / suite.results
        path.parent.mkdir(exist_ok=True)
        path.write_text(HALF)
    now = path.stat().st_mtime
    exposition = Exposition(spec, tmp_path, "1", clock=lambda: now, tell=print)
    wanted = {
        name: frozenset(metric.labels)
        for name, metric in spec.metrics.items()
        if metric.job == "genesis-metrics" and metric.status == "exported"
    }
    assert set(GUIDE) < set(wanted)
    readers = ((PLAIN, parser.text_string_to_metric_families), (OPENMETRICS, text_string_to_metric_families))
    for media_type, read in readers:
        found = list(read(exposition.page(media_type).body.decode()))
        assert {family.name: family.type for family in found} == dict.fromkeys(wanted, "gauge")
        assert {family.name: family.documentation for family in found} == {
            name: spec.metrics[name].help for name in wanted
        }
        for family in found:
            for sample in family.samples:
                assert sample.name == family.name
                assert frozenset(sample.labels) == wanted[family.name]


def test_what_the_catalogue_does_not_list_as_exported_is_not_exposed(tmp_path: Path) -> None:
    spec = load_spec(ROLLOUT_SPEC).spec
    name = "genesis_suite_parse_success"
    planned = {**spec.metrics, name: spec.metrics[name].model_copy(update={"status": "planned"})}
    without = spec.model_copy(
        update={"metrics": {n: m for n, m in planned.items() if n != "genesis_suite_tests"}}
    )
    exposed = Exposition(without, tmp_path, "1", clock=lambda: 0.0, tell=print).page(PLAIN).body.decode()
    assert "genesis_suite_tests_expected{" in exposed
    assert name not in exposed
    assert "genesis_suite_tests{" not in exposed


def test_the_health_score_is_the_weighted_mean(shop: Shop) -> None:
    shop.write("smoke", HALF)
    shop.write("full", PASSED)
    series = shop.series()
    assert series["shop_health"] == pytest.approx(0.4 * 50 + 0.6 * 100)
    assert series['shop_health_part{part="smoke"}'] == 50
    assert series['shop_health_part{part="full"}'] == 100


def test_the_health_score_is_never_above_100(shop: Shop) -> None:
    shop.write("smoke", PASSED)
    shop.write("full", PASSED)
    assert shop.series()["shop_health"] == 100


@pytest.mark.parametrize(
    "lose",
    [
        lambda shop: shop.write("smoke", "<testsuite/>"),
        lambda shop: shop.write("smoke", PASSED, age=MAX_AGE + 1),
        lambda shop: shop.path("smoke").unlink(),
    ],
    ids=["no tests", "stale", "never there"],
)
def test_without_a_part_there_is_no_health_score(shop: Shop, lose: Callable[[Shop], None]) -> None:
    shop.write("smoke", PASSED)
    shop.write("full", PASSED)
    lose(shop)
    series = shop.series()
    assert "shop_health" not in series
    assert series['shop_health_part{part="full"}'] == 100
    assert 'shop_health_part{part="smoke"}' not in series


def test_fewer_tests_than_expected_are_seen(shop: Shop) -> None:
    shop.write("smoke", PASSED)
    series = shop.series()
    assert series["genesis_smoke_tests_total"] == 1
    assert series['genesis_suite_tests_expected{suite="smoke"}'] == 20
    assert series['genesis_suite_result_timestamp_seconds{suite="smoke"}'] == NOW


@pytest.mark.parametrize("broken", ["", "<testsuite><testcase", "<html/>"])
def test_a_broken_file_leaves_the_last_result_until_that_is_too_old(shop: Shop, broken: str) -> None:
    shop.write("smoke", HALF, age=100)
    shop.write("full", PASSED)
    before = shop.series()
    shop.write("smoke", broken)
    after = shop.series()
    parsed = 'genesis_suite_parse_success{suite="smoke"}'
    assert (before[parsed], after[parsed]) == (1, 0)
    assert {**after, parsed: 1} == before
    shop.now += MAX_AGE - 100
    assert shop.series()["genesis_smoke_pass_rate"] == 50, "counted from the result's own time"
    shop.now += 1
    gone = {name for name in before if "smoke" in name} - set(shop.series())
    assert gone == {name for name in before if "smoke" in name and "genesis_suite_" not in name} | {
        f'genesis_suite_tests{{outcome="{outcome}",suite="smoke"}}'
        for outcome in ("passed", "failed", "error", "skipped")
    }
    shop.write("smoke", PASSED)
    assert shop.series()["genesis_smoke_pass_rate"] == 100
    said = [line.replace(f"{shop.path('smoke')}: ", "").partition(":")[2].strip() for line in shop.said]
    assert [line.rpartition("; ")[2] for line in said] == [
        "its last result is kept until max_age",
        "its result is older than max_age and not shown",
        f"{shop.path('smoke')} can be read again",
    ]


def test_a_result_grows_old_without_any_change_of_the_file(shop: Shop) -> None:
    shop.write("smoke", PASSED)
    shop.now += MAX_AGE
    assert shop.series()["genesis_smoke_pass_rate"] == 100
    shop.now += 0.5
    series = shop.series()
    assert "genesis_smoke_pass_rate" not in series
    assert series['genesis_suite_parse_success{suite="smoke"}'] == 1
    assert series['genesis_suite_result_timestamp_seconds{suite="smoke"}'] == NOW, "for the alert on its age"


def test_a_result_that_is_too_old_from_the_start_is_told(shop: Shop) -> None:
    shop.write("smoke", PASSED, age=MAX_AGE + 1)
    shop.write("full", PASSED)
    shop.text()
    shop.text()
    assert shop.said == ["smoke: its result is older than max_age and not shown"]


def test_a_result_of_the_future_is_not_shown(shop: Shop) -> None:
    shop.write("smoke", PASSED, age=-CLOCK_SKEW)
    assert "genesis_smoke_pass_rate" in shop.series()
    shop.write("smoke", PASSED, age=-CLOCK_SKEW - 1)
    assert "genesis_smoke_pass_rate" not in shop.series()
    assert shop.said[-1] == "smoke: its result is ahead of the clock and not shown"
    shop.now += 1
    assert "genesis_smoke_pass_rate" in shop.series()


def test_a_broken_file_is_told_once(shop: Shop) -> None:
    shop.write("full", PASSED)
    shop.write("smoke", "<")
    for _ in range(3):
        shop.text()
    assert len(shop.said) == 1
    assert shop.said[0].startswith(f"smoke: {shop.path('smoke')}: it is not well-formed XML: ")


def make_folder(path: Path) -> None:
    path.mkdir()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_giant(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"<testsuite>")
        file.truncate(10 * 2**30)


def make_loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (make_folder, "it is a folder"),
        (make_pipe, "it is a pipe, not a file"),
        (make_giant, f"it is larger than {LARGEST_FILE // 2**20} MiB"),
        (make_loop, "too many levels of symbolic links"),
    ],
)
def test_what_is_no_result_file_takes_nobody_down(
    shop: Shop, make: Callable[[Path], None], problem: str
) -> None:
    shop.write("full", PASSED)
    make(shop.path("smoke"))
    series = shop.series()
    assert series['genesis_suite_parse_success{suite="smoke"}'] == 0
    assert series["genesis_full_pass_rate"] == 100
    assert shop.said == [f"smoke: {shop.path('smoke')}: {problem}"]


def test_a_file_that_is_being_written_is_read_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.write("smoke", PASSED)
    read = os.read

    def read_and_append(descriptor: int, size: int) -> bytes:
        data = read(descriptor, size)
        if not data:
            with shop.path("smoke").open("a") as file:
                file.write(" ")
        return data

    with monkeypatch.context() as patch:
        patch.setattr(os, "read", read_and_append)
        assert shop.series()['genesis_suite_parse_success{suite="smoke"}'] == 0
    os.utime(shop.path("smoke"), (NOW, NOW))
    assert shop.series()['genesis_suite_parse_success{suite="smoke"}'] == 1


def test_a_disk_that_fails_is_asked_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.write("smoke", PASSED)

    def fail(descriptor: int, size: int) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "read", fail)
        assert shop.series()['genesis_suite_parse_success{suite="smoke"}'] == 0
    assert shop.series()['genesis_suite_parse_success{suite="smoke"}'] == 1


def test_it_renders_once_for_each_change(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered = 0

    def counted(*arguments: object) -> object:
        nonlocal rendered
        rendered += 1
        return make_gauges(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(exposition_module, "make_gauges", counted)
    shop.write("smoke", PASSED)

    def renders() -> int:
        before = rendered
        for _ in range(3):
            shop.text()
            shop.now += 1
        return rendered - before

    assert renders() == 1
    shop.write("smoke", HALF)
    assert renders() == 1
    os.utime(shop.path("smoke"), (shop.now, shop.now))
    assert renders() == 1
    shop.now += MAX_AGE
    assert renders() == 1
    assert renders() == 0


def test_the_same_size_and_time_in_another_file_is_a_change(shop: Shop) -> None:
    shop.write("smoke", '<testsuite><testcase name="a"><failure/></testcase></testsuite>')
    assert shop.series()["genesis_smoke_pass_rate"] == 0
    shop.write("smoke", '<testsuite><testcase name="a"><skipped/></testcase></testsuite>')
    assert "genesis_smoke_pass_rate" not in shop.series()


def test_many_threads_see_whole_pages(shop: Shop) -> None:
    shop.write("smoke", PASSED)
    shop.write("full", PASSED)
    allowed = set()
    for content in (HALF, PASSED):
        shop.write("smoke", content)
        allowed.add(shop.text())
    seen: list[str] = []

    def scrape() -> None:
        seen.extend(shop.text() for _ in range(40))

    threads = [Thread(target=scrape) for _ in range(8)]
    for thread in threads:
        thread.start()
    for index in range(20):
        shop.write("smoke", (HALF, PASSED)[index % 2])
    for thread in threads:
        thread.join()
    assert len(seen) == 320
    assert set(seen) <= allowed


class SlowDisk:
    """Reads of ``smoke.xml`` wait until ``done`` is set."""

    def __init__(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done = Event()
        read = os.read

        def wait_and_read(descriptor: int, size: int) -> bytes:
            if Path(f"/proc/self/fd/{descriptor}").readlink() == shop.path("smoke"):
                self.done.wait()
            return read(descriptor, size)

        monkeypatch.setattr(os, "read", wait_and_read)


def test_the_last_page_is_served_while_a_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop(tmp_path, patience=0)
    for suite in ("smoke", "full"):
        shop.write(suite, HALF)
    read_to_the_end(shop)
    disk = SlowDisk(shop, monkeypatch)
    for suite in ("smoke", "full"):
        shop.write(suite, PASSED)
    while (series := shop.series())["genesis_full_pass_rate"] == 50:
        pass
    assert series["genesis_full_pass_rate"] == 100, "one suite does not wait for another"
    assert series["genesis_smoke_pass_rate"] == 50
    disk.done.set()
    read_to_the_end(shop)
    assert shop.series()["genesis_smoke_pass_rate"] == 100


def test_a_read_that_hangs_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Shop(tmp_path, patience=0)
    for suite in ("smoke", "full"):
        shop.write(suite, PASSED)
    read_to_the_end(shop)
    disk = SlowDisk(shop, monkeypatch)
    shop.write("smoke", HALF)
    parsed = 'genesis_suite_parse_success{suite="smoke"}'
    assert shop.series()[parsed] == 1
    read_to_the_end(shop, "read full")
    shop.ticks += LONGEST_READ + 1
    assert shop.series()[parsed] == 0
    assert shop.said == [
        f"smoke: {shop.path('smoke')}: reading it has taken more than 60 seconds; "
        "its last result is kept until max_age"
    ]
    shop.now += MAX_AGE + 1
    series = shop.series()
    assert "genesis_smoke_pass_rate" not in series
    assert series['genesis_suite_result_timestamp_seconds{suite="smoke"}'] == NOW, "for the alert on its age"
    disk.done.set()
    read_to_the_end(shop)
    assert shop.series()[parsed] == 1


def read_to_the_end(shop: Shop, name: str = "read ") -> None:
    """Until the exporter has no file under way any more, or not this one."""
    shop.text()
    for thread in enumerate_threads():
        if thread.name.startswith(name):
            thread.join()


def test_a_result_of_several_files(tmp_path: Path) -> None:
    shop = Shop(tmp_path, smoke="TEST-*.xml")
    shop.write("full", PASSED)
    read = ("genesis_suite_parse_success", "genesis_smoke_tests_total", "genesis_smoke_pass_rate")

    def seen() -> list[float | None]:
        series = shop.series()
        return [series.get(name, series.get(f'{name}{{suite="smoke"}}')) for name in read]

    assert seen() == [0, None, None], "no file is no data"
    assert shop.said[-1].endswith("TEST-*.xml: no file has such a name")
    shop.write("TEST-a", PASSED, age=300)
    shop.write("TEST-b", HALF, age=100)
    shop.write("TEST-c", HALF, age=200)
    for other in (".TEST-d", "test-e", "TEST-f.xml.part", "XTEST-g"):
        shop.write(other, "<")
    shop.path("TEST-f.xml.part").rename(tmp_path / "results" / "TEST-f.xml.part")
    assert seen() == [1, 5, 60]
    written = 'genesis_suite_result_timestamp_seconds{suite="smoke"}'
    assert shop.series()[written] == NOW - 300, "it is as old as its oldest file"
    shop.path("TEST-c").unlink()
    assert seen() == [1, 3, pytest.approx(200 / 3)]
    shop.write("TEST-c", "<")
    assert seen() == [0, 3, pytest.approx(200 / 3)]
    assert "TEST-c.xml: it is not well-formed XML" in shop.said[-1]
    shop.path("TEST-c").unlink()
    shop.path("TEST-c").mkdir()
    assert seen() == [0, 3, pytest.approx(200 / 3)]
    assert "TEST-c.xml: it is a folder" in shop.said[-1]
    shop.path("TEST-c").rmdir()
    shop.write("TEST-c", PASSED, age=MAX_AGE + 1)
    assert seen() == [1, None, None], "one stale file makes the result stale"
    shop.write("TEST-c", PASSED, age=-CLOCK_SKEW - 1)
    assert seen() == [1, None, None], "nor may one be of the future"


def test_files_of_one_suite_are_bounded_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Shop(tmp_path, smoke="part-?.xml")
    shop.write("full", PASSED)
    shop.write("part-1", PASSED)
    shop.write("part-2", PASSED)
    parsed = 'genesis_suite_parse_success{suite="smoke"}'
    for bound, value, problem in (
        ("MOST_FILES", 1, "more than 1 files have such a name"),
        ("LARGEST_FILE", len(PASSED) + 1, "part-2.xml: its files are larger than 32 MiB together"),
        ("MOST_TESTS", 1, "its files have more than 1 tests together"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(results, bound, value)
            shop.write("part-1", PASSED)
            assert shop.series()[parsed] == 0
            assert problem in shop.said[-1]
        shop.write("part-1", PASSED)
        assert shop.series()[parsed] == 1


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", PLAIN),
        ("*/*", PLAIN),
        ("text/html, */*;q=0.1", PLAIN),
        (OPENMETRICS, OPENMETRICS),
        (
            "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            OPENMETRICS,
        ),
        ("application/openmetrics-text;q=0.2, text/plain;q=0.8", PLAIN),
        ("application/openmetrics-text;q=0", PLAIN),
        ("application/openmetrics-text;q=nonsense;version=../../x", PLAIN),
        (",;;=,", PLAIN),
    ],
)
def test_the_format_follows_the_accept_header(accept: str, media_type: str) -> None:
    assert choose_media_type(accept) == media_type
