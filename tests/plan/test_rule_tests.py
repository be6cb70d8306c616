"""Which rule tests are generated: every alert and every SLI, each case that its kind asks for."""

from genesis_monitoring.plan.rule_tests import RuleTestFile
from plan.specs import every_kind, every_kind_plan


def files() -> dict[str, RuleTestFile]:
    return {one.path.rpartition("/")[2].removesuffix(".yml"): one for one in every_kind_plan().rule_tests}


def names(file: str) -> list[str]:
    return [test.name for test in files()[file].tests]


def test_a_file_for_every_alert_and_every_sli_without_one() -> None:
    data = every_kind()
    alerted = {alert["sli"] for alert in data["alerts"].values()}
    assert set(files()) == {
        *data["alerts"],
        "Watchdog",
        *(f"SliDataMissing-{component}" for component in ("shop", "bill", "monitoring")),
        *(f"sli-{name}" for name in data["slis"] if name not in alerted),
    }


def test_counters_are_tested_with_a_restart_and_without_traffic() -> None:
    assert {"a counter restart is quiet", "no traffic is no data, and quiet"} <= set(names("RequestsFail"))
    assert "a counter restart is quiet" not in names("DiskFull")
    assert "a counter restart is quiet" in names("CostHigh")


def test_every_alert_is_tested_on_both_sides_on_the_threshold_and_without_series() -> None:
    for name in every_kind()["alerts"]:
        found = names(name)
        assert found[0] == "fires after its time, not before, and resolves"
        assert {"a bad value fires", "a good value is quiet", "no series is no data, and quiet"} <= set(found)
        if name != "QueueLopsided":
            assert any(one.startswith("exactly on the threshold") for one in found)


def test_the_moment_of_firing_is_exact() -> None:
    timing = files()["CpuBusy"].tests[0]
    fired = {check.eval_time: bool(check.expected) for check in timing.alerts}
    assert timing.interval == 30
    assert fired == {120: False, 210: False, 240: True, 390: False}


def test_expected_labels_and_annotations_are_exact() -> None:
    check = files()["DiskFull"].tests[1].alerts[0].expected[0]
    assert dict(check.labels) == {
        "instance": "test-instance", "severity": "P2", "component": "shop", "team": "shop", "sli": "disk_used"
    }  # fmt: skip
    assert dict(check.annotations)["description"].startswith(
        "Disk in use (instance test-instance) is 92.75 %"
    )


def test_handwritten_series_keep_their_labels_and_their_minute() -> None:
    test = files()["QueueLopsided"].tests[1]
    assert test.interval == 60
    assert dict(test.alerts[0].expected[0].labels)["instance"] == "x:1"
