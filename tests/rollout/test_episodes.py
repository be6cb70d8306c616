"""Episodes: what parts two, what a restart does not part, and what touches a window."""

import pytest

from genesis_monitoring.clients.samples import Series
from genesis_monitoring.rollout.episodes import AlertHistory, alert_history, beats_of, blackouts_of
from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.window import Window

from .history import load_plan

STEP = 15.0
WINDOW = Window(0.0, 1500.0)
P1 = frozenset({"P1"})


def series(state: str, slots: range, alert: str = "Slow", component: str = "rag", **more: str) -> Series:
    labels = {"alertname": alert, "alertstate": state, "component": component, "severity": "P1", **more}
    times = tuple(slot * STEP for slot in slots)
    return Series(tuple(sorted(labels.items())), times, (1.0,) * len(times))


def history(*found: Series, blackouts: tuple[Run, ...] = (), component: str | None = None) -> AlertHistory:
    return alert_history(found, WINDOW, STEP, P1, component, blackouts)


def spans(found: AlertHistory) -> list[tuple[float, float]]:
    """The first and the last evaluation of each; it lasts until the one after."""
    return [(episode.run.start / STEP, episode.run.end / STEP - 1) for episode in found.episodes]


def test_a_pause_parts_two_episodes() -> None:
    assert spans(history(series("firing", range(5, 10)), series("firing", range(12, 15), again="1"))) == [
        (5, 9),
        (12, 14),
    ]


def test_two_label_sets_of_one_alert_and_component_are_one_episode() -> None:
    found = history(
        series("firing", range(5, 10), instance="a"), series("firing", range(8, 20), instance="b")
    )
    assert spans(found) == [(5, 19)]


def test_another_component_is_another_episode() -> None:
    rag, cost = series("firing", range(5, 10)), series("firing", range(5, 10), component="cost")
    assert [e.component for e in history(rag, cost).episodes] == ["cost", "rag"]
    assert [e.component for e in history(rag, cost, component="rag").episodes] == ["rag"]


def test_another_severity_is_not_counted() -> None:
    assert history(series("firing", range(5, 10), severity="P2")).episodes == ()


def test_pending_is_no_episode_but_is_told_at_the_end() -> None:
    assert history(series("pending", range(5, 10))) == AlertHistory((), ())
    assert history(series("pending", range(95, 101))) == AlertHistory((), ("Slow",))
    assert history(series("pending", range(90, 95)), series("firing", range(95, 101))).pending == ()


def test_firing_as_the_window_begins_counts_and_before_it_does_not() -> None:
    assert spans(history(series("firing", range(-5, 2)))) == [(1, 1)]
    assert history(series("firing", range(-5, 1))).episodes == ()


def restarted(pending: range, second: range) -> AlertHistory:
    beats = tuple(slot * STEP for slot in (*range(1, 10), *range(20, 101)))
    dark = blackouts_of(beats, STEP)
    return history(
        series("firing", range(5, 10)),
        series("pending", pending),
        series("firing", second, again="1"),
        blackouts=dark,
    )


def test_a_restart_does_not_part_an_episode_that_goes_on() -> None:
    assert spans(restarted(range(20, 24), range(24, 30))) == [(5, 29)]
    assert spans(restarted(range(0), range(20, 30))) == [(5, 29)]


def test_an_alert_that_was_quiet_after_the_restart_begins_anew() -> None:
    assert spans(restarted(range(24, 26), range(26, 30))) == [(5, 9), (26, 29)]


def test_a_restart_so_quick_that_nothing_is_missing() -> None:
    """Only a restart takes a label set from firing to pending at the very next evaluation."""
    again = series("firing", range(14, 20), again="1")
    first = series("firing", range(5, 10))
    assert spans(history(first, series("pending", range(10, 14)), again)) == [(5, 19)]
    other = series("pending", range(10, 14), instance="b")
    assert spans(history(first, other, again)) == [(5, 9), (14, 19)]


@pytest.mark.parametrize("quiet", [11, 12, 13])
def test_an_alert_that_was_evaluated_and_inactive_has_ended_whatever_is_missing_beside_it(quiet: int) -> None:
    """Of three evaluations between two firing runs, two are missing."""
    beats = tuple(slot * STEP for slot in range(1, 101) if slot not in {11, 12, 13} - {quiet})
    both = series("firing", range(5, 11)), series("firing", range(14, 20), again="1")
    assert spans(history(*both, blackouts=blackouts_of(beats, STEP))) == [(5, 10), (14, 19)]
    none = tuple(beat for beat in beats if beat != quiet * STEP)
    assert spans(history(*both, blackouts=blackouts_of(none, STEP))) == [(5, 19)]


PLAN = load_plan()


def watchdog(**more: str) -> Series:
    labels = dict(next(r for g in PLAN.rule_groups for r in g.alerting if r.alert == "Watchdog").labels)
    return series("firing", range(-2, 3), alert="Watchdog", **{**labels, **more})


def test_beats_are_those_of_our_watchdog_in_the_window() -> None:
    assert beats_of((watchdog(), series("firing", range(9))), PLAN, WINDOW) == (15.0, 30.0)
    external = PLAN.spec.prometheus.external_labels
    assert external
    assert beats_of((watchdog(**external),), PLAN, WINDOW) == (15.0, 30.0)


@pytest.mark.parametrize(
    "other", [{"team": ""}, {"team": "other"}, {"severity": "none"}, {"component": "x"}, {"cluster": "b"}]
)
def test_another_watchdog_is_not_ours(other: dict[str, str]) -> None:
    assert beats_of((watchdog(**other),), PLAN, WINDOW) == ()
