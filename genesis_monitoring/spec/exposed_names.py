"""Names that come from outside: which metrics PromQL of every supported server can read.

Prometheus 3 stores names in UTF-8, quoted in PromQL; promtool and Prometheus 2, supported from 2.42, cannot
read them. Such names come of OpenTelemetry. Its Prometheus exporters, and Prometheus when it receives OTLP,
translate them by default: what is no letter or digit becomes an underscore, unit and ``_total`` are added.
Source: the OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility".
"""

import re

from genesis_monitoring.conventions import baseline_name, record_name
from genesis_monitoring.spec.metrics import Metric
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Reporter

METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_TOTAL = "total"
_UNITS = {
    "seconds": "seconds",
    "milliseconds": "milliseconds",
    "minutes": "minutes",
    "bytes": "bytes",
    "percent": "percent",
}
"""The word that a unit adds to a translated name."""


def unreadable_names(spec: Spec) -> frozenset[str]:
    """The names of the catalogue that are refused, so that nothing else is said of what names them."""
    return frozenset(name for name in spec.metrics if not METRIC.fullmatch(name))


def check_metric_names(spec: Spec, reporter: Reporter) -> None:
    """Every name of the catalogue can be read in PromQL, and none is a series that our own rules record."""
    recorded = {
        made_of(name, sli.unit): name
        for name, sli in spec.slis.items()
        for made_of in (record_name, baseline_name)
    }
    for name, metric in spec.metrics.items():
        if name in recorded:
            reporter.contradiction(
                ("metrics", name),
                f"{name} is what the rules record of SLI {recorded[name]}",
                f"leave it out: an SLI of kind relative or trend is made of {recorded[name]} by its name",
                ("slis", recorded[name]),
            )
        elif not METRIC.fullmatch(name):
            reporter.error(
                "GM113",
                ("metrics", name),
                f'metrics: the key "{name}" is not allowed; names in UTF-8 need Prometheus 3.0 and its '
                "promtool, and before that a metric's name has letters, digits, underscores and colons, "
                "no digit first",
                "write the name that /metrics shows, and that Prometheus has; of a metric that OpenTelemetry "
                f"names so, that is by default {translated(name, metric)}",
            )


def translated(name: str, metric: Metric) -> str:
    """The name of an OpenTelemetry metric as it is exposed to Prometheus by default."""
    words = [word for word in re.split(r"[^a-zA-Z0-9:]+", name) if word] or ["metric"]
    unit = _UNITS.get(metric.unit, "")
    if metric.type == "gauge" and metric.unit == "ratio":
        unit = "ratio"
    if unit and unit not in words:
        words.append(unit)
    if metric.type == "counter":
        words = [*(word for word in words if word != _TOTAL), _TOTAL]
    found = "_".join(words)
    return f"_{found}" if found[0].isdigit() else found
