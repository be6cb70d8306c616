"""A spec as it stands in one of its profiles: a spec in, a spec out."""

from genesis_monitoring.spec.model import Spec

_SCRAPES = 4
"""One scrape that comes too late makes a series absent until the next, which is no absence to tell of."""


def in_profile(spec: Spec, profile: str) -> Spec:
    """``spec`` with every alert's ``for`` and ``keep_firing_for`` shortened to what ``profile`` allows.

    The alert on missing data keeps at least four scrape intervals. All that is made of a spec is made of this
    one, so rules, their tests and the documents agree.
    """
    longest = spec.profiles[profile].for_at_most
    if longest is None:
        return spec
    missing = spec.meta_alerts.missing_data
    patience = max(longest, _SCRAPES * spec.prometheus.scrape_interval)
    return spec.model_copy(
        update={
            "alerts": {
                name: alert.model_copy(
                    update={
                        "for_": min(alert.for_, longest),
                        "keep_firing_for": _least(alert.keep_firing_for, longest),
                    }
                )
                for name, alert in spec.alerts.items()
            },
            "severities": {
                name: severity.model_copy(
                    update={"keep_firing_for": _least(severity.keep_firing_for, longest)}
                )
                for name, severity in spec.severities.items()
            },
            "meta_alerts": spec.meta_alerts.model_copy(
                update={"missing_data": missing.model_copy(update={"for_": min(missing.for_, patience)})}
            ),
        }
    )


def _least(seconds: int | None, longest: int) -> int | None:
    return None if seconds is None else min(seconds, longest)
