"""The names of alerts in a message: cases in, a short list out."""

from collections.abc import Sequence

from genesis_monitoring.plan.alert_cases import AlertCase

_SHOWN = 4


def spell_names(cases: Sequence[AlertCase]) -> str:
    """The names of the cases' alerts, shortened."""
    names = sorted({case.name for case in cases})
    if len(names) <= _SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[: _SHOWN - 1])} and {len(names) - _SHOWN + 1} more"
