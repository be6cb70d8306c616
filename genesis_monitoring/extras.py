"""The packages that only some commands need: what is not installed is told with the extra that brings it."""

from importlib.util import find_spec

from genesis_monitoring.errors import UsageError

EXTRAS = {
    "lxml": "exporter",
    "prometheus_client": "exporter",
    "icalendar": "report",
    "matplotlib": "report",
    "aiosmtpd": "email",
}
"""The extra of ``genesis-mon`` that brings a package. ``report`` brings lxml as well."""


def installed(*packages: str) -> bool:
    """Whether all of them are."""
    return all(find_spec(package) is not None for package in packages)


def need(what: str, *packages: str) -> None:
    """Raises UsageError if one of ``packages`` is not installed; ``what`` is what needs it, in prose."""
    for package in packages:
        if find_spec(package) is None:
            raise UsageError(
                f"{what} needs {package}, which is not installed",
                f"pip install 'genesis-mon[{EXTRAS[package]}]'",
            )
