"""A spec as it stands in one of its profiles: a spec in, a spec out."""

from genesis_monitoring.spec.model import Spec


def in_profile(spec: Spec, profile: str) -> Spec:
    """``spec`` with every alert's ``for`` shortened to what ``profile`` allows; nothing else differs.

    All that is made of a spec is made of this one, so rules, their tests and the documents agree.
    """
    longest = spec.profiles[profile].for_at_most
    if longest is None:
        return spec
    missing = spec.meta_alerts.missing_data
    return spec.model_copy(
        update={
            "alerts": {
                name: alert.model_copy(update={"for_": min(alert.for_, longest)})
                for name, alert in spec.alerts.items()
            },
            "meta_alerts": spec.meta_alerts.model_copy(
                update={"missing_data": missing.model_copy(update={"for_": min(missing.for_, longest)})}
            ),
        }
    )
