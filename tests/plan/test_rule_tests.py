"""Which rule tests are generated: all alerts and SLIs, the scenarios that each kind asks for, few groups."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from genesis_monitoring.clients.tools import PROMTOOL
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.rule_tests import RuleTestFile
from genesis_monitoring.plan.timelines import AlertCheck, ExprCheck, RuleTest
from plan.specs import Data, compiled, every_kind, every_kind_plan, keeping, rendered, write
from plan.tools import run

Check = AlertCheck | ExprCheck
TIERS = tuple(f"ErrorBudgetBurn{tier}" for tier in ("PageQuick", "PageSlow", "TicketQuick", "TicketSlow"))


def checks(files: Iterable[RuleTestFile]) -> Iterator[tuple[RuleTest, Check]]:
    for file in files:
        for test in file.tests:
            yield from ((test, check) for check in _of(test))


def _of(test: RuleTest) -> tuple[Check, ...]:
    return (*test.alerts, *test.exprs)


def scenarios(plan: Plan) -> Mapping[str, list[str]]:
    """The titles of scenarios, by alert or SLI."""
    found: dict[str, list[str]] = {}
    for _, check in checks(plan.rule_tests):
        name, _, title = check.case.partition(": ")
        if title not in found.setdefault(name, []):
            found[name].append(title)
    return found


def alert_checks(case: str) -> list[AlertCheck]:
    return [
        check
        for _, check in checks(every_kind_plan().rule_tests)
        if isinstance(check, AlertCheck) and check.case == case
    ]


def evaluations(files: Iterable[RuleTestFile]) -> int:
    """How often promtool evaluates a file's rules, which is what its time goes into beside the groups."""
    return sum(
        max(check.eval_time for check in _of(test)) // file.evaluation_interval
        for file in files
        for test in file.tests
    )


def test_every_alert_and_every_sli_without_one_has_scenarios() -> None:
    data = every_kind()
    alerted = {alert["sli"] for alert in data["alerts"].values()}
    assert set(scenarios(every_kind_plan())) == {
        *data["alerts"],
        "Watchdog",
        "SliDataMissing",
        *(name for name in data["slis"] if name not in alerted),
        *TIERS,
        "ErrorBudgetExhausted",
        "shop-answered-in-time",
        "code:requests:rate5m",
    }


def test_each_file_is_of_one_component_and_one_sampling() -> None:
    files = tuple(every_kind_plan().rule_tests)
    assert {file.rule_files for file in files} == {
        *((f"../rules/{component}.yml",) for component in ("shop", "bill", "monitoring")),
        *((f"../rules/{component}.missing.yml",) for component in ("shop", "bill", "monitoring")),
        ("../rules/shop.yml", "../rules/shop.period.yml"),
        ("../rules/shop.metrics.yml",),
    }
    for file in files:
        assert {test.evaluated or test.interval for test in file.tests} == {file.evaluation_interval}
    assert len({file.path for file in files}) == len(files)


def test_every_kind_of_sli_needs_few_groups() -> None:
    """What is written by hand and a comparison with the past stand alone, the rest side by side."""
    files = tuple(every_kind_plan().rule_tests)
    names = Counter(test.name.partition(":")[0] for file in files for test in file.tests)
    assert sum(names.values()) <= 23
    assert names["one time line"] == len([file for file in files if "." not in Path(file.path).stem])
    assert set(names) == {
        "one time line",
        "tiers of error budgets, at their edges",
        "error budgets over 7d, by counts",
        "absent, there, gone and back",
        "fires for a label set that ends while another one stays",
        "QueueLopsided",
        "TokensJump",
        "TokensDeviate",
        "code",
    }


def test_every_tier_is_tested_at_its_edges_and_every_budget_by_counts_and_from_metrics() -> None:
    found = scenarios(every_kind_plan())
    for tier in TIERS:
        assert found[tier] == [
            "just below the factor is quiet",
            "exactly at the factor is quiet",
            "just above the factor, with just enough errors, fires",
            "a short window that has healed is quiet",
            "one error fewer is chance, and quiet",
        ]
    assert found["ErrorBudgetExhausted"] == [
        "a little that is left is quiet",
        "nothing left fires",
        "more than all spent fires",
        "all spent by one error fewer is chance, and quiet",
    ]
    assert set(found["shop-answered-in-time"]) == {
        "no series is no value",
        "everything bad fires",
        "everything good is quiet",
        "a counter restart is quiet",
        "no traffic is no error, and no value",
        "days and nights, by counts",
        "what it is",
    }


def test_the_text_of_a_tier_says_what_is_left_where_it_is_known() -> None:
    (above,) = alert_checks("ErrorBudgetBurnPageQuick: just above the factor, with just enough errors, fires")
    (alert,) = above.expected
    told = dict(alert.annotations)["description"]
    # Half of what lasts for 7 days, at 13.44 times the pace: 6 h 15 min, and a little faster.
    assert "Left of it: 50%. At this pace it lasts 6h 14m 59s." in told


@pytest.mark.parametrize("period", ["1h", pytest.param("50h", marks=pytest.mark.live), "60h", "28d"])
def test_no_period_makes_tests_that_its_rules_do_not_pass(period: str, tmp_path: Path) -> None:
    data = keeping(every_kind(), "answered_in_time", "errors", "database_up")
    own = data["slis"]["answered_in_time"]["budget"]
    own["period"] = period
    listed = {
        "one": {"long": "10m", "short": "5m", "factor": 3, "severity": "P0"},
        "two": {"long": "20m", "short": "4m", "factor": 2, "severity": "P2"},
    }
    by_hand = {"objective": 90, "period": period, "tiers": listed, "exhausted": "P0", "shadow": True}
    if period == "1h":
        data["slis"]["answered_in_time"]["budget"] = by_hand
    data["slis"]["errors"]["budget"] = {"objective": 99.9, "period": period, "minimum_errors": 0}
    data["slis"]["database_up"]["budget"] = by_hand
    tree = {path: text for path, text in rendered(compiled(data)).items() if path.startswith("prometheus/")}
    folder = write(tree, tmp_path) / "prometheus" / "tests"
    done = run(PROMTOOL, ("test", "rules", *(one.name for one in folder.glob("shop*"))), folder)
    assert done.returncode == 0, done.stdout + done.stderr


def test_more_budgets_of_a_component_need_no_more_groups_and_no_more_evaluations() -> None:
    def with_budgets(times: int) -> tuple[RuleTestFile, ...]:
        data = every_kind()
        for number in range(times):
            metric = f"request_seconds_{number}"
            data["metrics"][metric] = data["metrics"]["request_seconds"]
            data["slis"][f"answered_{number}"] = {**data["slis"]["answered_in_time"], "histogram": metric}
        return tuple(compiled(data).rule_tests)

    few, many = with_budgets(0), with_budgets(10)
    assert [len(file.tests) for file in many] == [len(file.tests) for file in few]
    assert evaluations(many) == evaluations(few)


def more(data: Data, times: int) -> Data:
    """As many more alerts of one kind, each on metrics of its own."""
    for number in range(times):
        data["metrics"][f"queue_length_{number}"] = data["metrics"]["queue_length"]
        metric = f"queue_length_{number}"
        data["slis"][f"queued_{number}"] = {**data["slis"]["queued"], "metrics": [metric]}
        data["alerts"][f"QueueLong{number}"] = {**data["alerts"]["QueueLong"], "sli": f"queued_{number}"}
        data["alerts"][f"QueueLong{number}"].pop("panel", None)
    return data


def test_more_alerts_of_a_component_need_no_more_groups_and_no_more_evaluations() -> None:
    few, many = (tuple(compiled(more(every_kind(), times)).rule_tests) for times in (0, 10))
    assert [len(file.tests) for file in many] == [len(file.tests) for file in few]
    assert evaluations(many) == evaluations(few)
    assert len(list(checks(many))) > len(list(checks(few)))


@pytest.mark.parametrize("window", ["1h", "1d", "30d"])
def test_a_long_window_takes_hardly_longer(window: str) -> None:
    data = every_kind()
    data["prometheus"]["retention"] = "90d"
    short = evaluations(compiled(data).rule_tests)
    data["slis"]["errors"]["window"] = window
    assert evaluations(compiled(data).rule_tests) < 1.5 * short


def test_counters_are_tested_with_a_restart_and_without_traffic() -> None:
    found = scenarios(every_kind_plan())
    assert {
        "a counter restart is quiet",
        "no traffic is no data, and quiet",
        "too little traffic is no data, and quiet",
    } <= set(found["RequestsFail"])
    assert "a counter restart is quiet" not in found["DiskFull"]
    assert "a counter restart is quiet" in found["CostHigh"]


def test_every_alert_is_tested_on_both_sides_on_the_threshold_and_without_series() -> None:
    found = scenarios(every_kind_plan())
    for name in every_kind()["alerts"]:
        assert {
            "fires after its time, not before, and resolves",
            "a bad value fires",
            "a good value is quiet",
            "no series is no data, and quiet",
        } <= set(found[name])
        if name != "QueueLopsided":
            assert any(one.startswith("exactly on the threshold") for one in found[name])


def test_nothing_is_given_yet_where_a_test_is_about_no_series() -> None:
    silent = [(test, one) for test, one in checks(every_kind_plan().rule_tests) if ": no series" in one.case]
    assert len(silent) > 20
    for test, check in silent:
        first = [int(given.values.split()[0].removeprefix("_x")) for given in test.series]
        assert all(given.values.startswith("_x") for given in test.series)
        assert check.eval_time < min(first, default=check.eval_time) * test.interval + 1


def test_missing_data_is_tested_from_the_start_and_later() -> None:
    assert scenarios(every_kind_plan())["SliDataMissing"] == [
        "fires for every SLI whose series are absent, after its time and not before",
        "is quiet while the series are there, fires when they end, and resolves when they are back",
        "fires for a label set that ends while another one stays",
    ]


def test_the_moment_of_firing_is_exact() -> None:
    found = alert_checks("CpuBusy: fires after its time, not before, and resolves")
    fired, times = [bool(one.expected) for one in found], [one.eval_time for one in found]
    onset = times[0] + 30
    assert [time - onset for time in times[1:3]] == [60, 90]
    assert fired == [False, False, True, False]


def test_expected_labels_and_annotations_are_exact() -> None:
    (check,) = alert_checks("DiskFull: a bad value fires")
    (expected,) = check.expected
    assert dict(expected.labels) == {
        "instance": "test-instance", "severity": "P2", "component": "shop", "team": "shop", "sli": "disk_used"
    }  # fmt: skip
    assert dict(expected.annotations)["description"].startswith(
        "Disk in use (instance test-instance) is 92.75 %"
    )


def test_handwritten_series_keep_their_labels_and_stay_alone() -> None:
    (check,) = alert_checks("QueueLopsided: a bad value fires")
    assert dict(check.expected[0].labels)["instance"] == "x:1"
    (test,) = [test for test, one in checks(every_kind_plan().rule_tests) if one == check]
    fixtures = every_kind()["slis"]["queue_share"]["fixtures"]["bad"]["series"]
    # They go on as they end while the alert waits.
    gone_on = {series: values.replace("x20", "x24") for series, values in fixtures.items()}
    assert {one.series: one.values for one in test.series} == gone_on


@pytest.mark.parametrize(
    ("scenario", "origin"),
    [
        ("a bad value fires", "slis.queue_share.fixtures.bad"),
        ("a good value is quiet", "slis.queue_share.fixtures.good"),
        ("no series is no data, and quiet", "alerts.QueueLopsided"),
    ],
)
def test_what_follows_of_a_fixture_is_said_at_the_fixture(scenario: str, origin: str) -> None:
    case = f"QueueLopsided: {scenario}"
    found = {one.origin for _, one in checks(every_kind_plan().rule_tests) if one.case == case}
    assert found == {origin}


def test_a_metric_that_is_recorded_is_tested_with_its_rule_alone() -> None:
    plan = every_kind_plan()
    (file,) = (one for one in plan.rule_tests if ".metrics" in one.path)
    assert file.rule_files == ("../rules/shop.metrics.yml",)
    first, second = file.tests
    (check,) = first.exprs
    assert (check.eval_time, check.expr) == (600, "code:requests:rate5m")
    assert check.samples == (
        ('code:requests:rate5m{code="200"}', 3.0),
        ('code:requests:rate5m{code="500"}', 0.1),
    )
    assert second.exprs[0].samples == ()
    assert [one.origin.rpartition(".")[2] for one in (check, second.exprs[0])] == ["0", "1"]
    # In other tests it is given.
    files = dict(plan.rule_files)
    assert [
        one.record for group in files["prometheus/rules/shop.metrics.yml"] for one in group.recording
    ] == ["code:requests:rate5m"]
    assert {rule for one in plan.rule_tests if one.path != file.path for rule in one.rule_files}.isdisjoint(
        file.rule_files
    )


def test_above_each_check_stand_its_origin_and_its_scenario() -> None:
    plan = every_kind_plan()
    tree = rendered(plan)
    for file in plan.rule_tests:
        text = tree[file.path]
        for test in file.tests:
            for check in _of(test):
                assert f"      # {check.case}\n      # from: {check.origin}\n      - eval_time: " in text
        assert [one["name"] for one in yaml.safe_load(text)["tests"]] == [one.name for one in file.tests]


def test_only_the_tests_of_a_period_load_the_rules_that_look_back_over_it() -> None:
    """promtool evaluates all rules of a file at each step, and a period of 30 days is 8,640 counts."""
    files = rendered(every_kind_plan())
    long = {
        f"../{path.split('/', 1)[1]}"
        for path, text in files.items()
        if "record: 'slo:errors:increase7d'" in text
    }
    assert long
    tests = {path: yaml.safe_load(text) for path, text in files.items() if "/tests/" in path}
    loading = {path for path, test in tests.items() if long & set(test["rule_files"])}
    assert loading == {path for path in tests if ".budget-7d" in path} != set()
