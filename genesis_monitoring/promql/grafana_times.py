"""Grafana's variables of time in PromQL: a text with them in, one that Prometheus can read out.

Grafana fills them in before it asks. ``$__rate_interval`` is at least four samples of a panel's data,
``$__interval`` the step between two points. Source: Grafana, "Global variables".
"""

from genesis_monitoring.durations import format_duration

RATE_INTERVAL = "$__rate_interval"
INTERVAL = "$__interval"


def in_seconds(text: str, rate: int, step: int, *, in_place: bool = False) -> str:
    """``text`` with so many seconds for each variable; with ``in_place`` what follows stays at its place."""
    for variable, seconds in ((RATE_INTERVAL, rate), (INTERVAL, step)):
        time = format_duration(seconds)
        text = text.replace(variable, time.ljust(len(variable)) if in_place else time)
    return text
