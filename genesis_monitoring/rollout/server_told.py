"""What a Prometheus tells of itself and its past: alerts, starts, clock, how long it keeps samples."""

from collections.abc import Iterator
from dataclasses import replace

from genesis_monitoring.clients.protocols import PrometheusReader
from genesis_monitoring.clients.samples import SeriesAnswer, ServerInfo
from genesis_monitoring.conventions import SHADOW_LABEL, TEAM_LABEL
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.promql import building as promql
from genesis_monitoring.rollout.window import Window, format_span, format_time
from genesis_monitoring.spec.told import every_team

START_TIME_METRIC = "process_start_time_seconds"
_SKEW_SECONDS = 30.0


def recorded_alerts(reader: PrometheusReader, plan: Plan, seen: Window) -> SeriesAnswer:
    """``ALERTS`` of the spec's teams, and of no team; without those that are told to nobody."""
    return out_of_shadow(reader.samples(alerts_of_teams(plan), seen.start, seen.end))


def alerts_of_teams(plan: Plan) -> str:
    """A selector of ``ALERTS`` of the spec's teams, and of no team."""
    teams = "".join(f"{team}|" for team in every_team(plan.spec))
    return f'ALERTS{{{TEAM_LABEL}=~"{teams}"}}'


def out_of_shadow(alerts: SeriesAnswer) -> SeriesAnswer:
    """Without the alerts that are recorded and told to nobody."""
    return replace(alerts, series=tuple(one for one in alerts.series if not one.label(SHADOW_LABEL)))


def start_times(reader: PrometheusReader, plan: Plan, seen: Window) -> SeriesAnswer:
    """When Prometheus was started, as it tells itself."""
    job = promql.selector(START_TIME_METRIC, {"job": plan.spec.prometheus.service})
    return reader.samples(job, seen.start, seen.end)


def restarts_of(starts: SeriesAnswer, seen: Window) -> tuple[float, ...]:
    """The starts of Prometheus within ``seen``."""
    values = {value for series in starts.series for value in series.values}
    return tuple(sorted(value for value in values if seen.start < value <= seen.end))


def server_remarks(
    info: ServerInfo, clock: float, window: Window, answers: tuple[SeriesAnswer, ...]
) -> Iterator[str]:
    """Clocks that differ, a retention that is too short for ``window``, and what came with ``answers``.

    ``clock`` is the time of this machine.
    """
    skew = info.now - clock
    if abs(skew) > _SKEW_SECONDS:
        yield (
            f"the server's clock is {format_span(abs(skew))} {'ahead of' if skew > 0 else 'behind'} this "
            "machine's; the earlier one counts"
        )
    if info.retention and window.start < info.now - info.retention:
        yield (
            f"Prometheus keeps {format_span(info.retention)}: what is older than "
            f"{format_time(info.now - info.retention)} UTC may be gone"
        )
    if info.retention and info.retention < window.seconds:
        yield (
            f"Prometheus keeps {format_span(info.retention)}, which is less than the window lasts; "
            f"set --storage.tsdb.retention.time to more than {format_span(window.seconds)}"
        )
    for answer in answers:
        for text in (*answer.warnings, *answer.infos):
            yield f"the server says of {answer.query}: {text}"
