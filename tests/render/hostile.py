"""A spec whose every text holds what would break out of YAML, PromQL, Go templates, shell or Markdown."""

from typing import Any

from plan.specs import Data, every_kind

from genesis_monitoring.promql.building import quote

HOSTILE = (
    '\'"`{{ $labels.x }}{{ template "x" }}${HOME} $$ $(id) </script><img src=x onerror=alert(1)> | '
    '[x](javascript:alert(1)) # : - !!python/object "] }} \\ %s '
    "\u202e\ufeff\U0001f600 * _ ~~ <!-- --> &lt; ``"
)
"""One line: the spec allows no control characters in prose."""

_LISTS = ("response", "mitigation", "workflow", "steps", "actions", "tags", "command")
_KEYS = ("title", "description", "summary", "impact", "note", "help", "purpose", "reason", "legend", "role")


def hostile_spec() -> Data:
    """``every_kind`` with the hostile text wherever prose may stand."""
    data = every_kind()
    _poison(data, ())
    contacts = data["metadata"]["contacts"]
    for contact in (contacts["on_call"], contacts["backup"], *contacts["escalation"]):
        contact["name"] = HOSTILE
    data["components"] = dict.fromkeys(data["components"], HOSTILE)
    # Prometheus 3 would expand a dollar sign there, so the loader refuses it.
    data["prometheus"]["external_labels"] = {"site": HOSTILE.replace("$", "")}
    shop = data["stack"]["services"]["shop"]
    shop["environment"] = {"A": HOSTILE, "B": "on"}
    shop["health"]["test"] = ["true", HOSTILE]
    panels = [panel for row in data["dashboards"]["shop"]["rows"] for panel in row["panels"]]
    for query in (query for panel in panels for query in panel.get("queries", ()) if "expr" in query):
        query["expr"] = f"sum by (code) (rate(requests_total{{code={quote(HOSTILE)}}}[$__rate_interval]))"
    data["slis"]["database_up"]["metric"]["labels"]["part"] = HOSTILE
    data["slis"]["errors"]["numerator"][0]["labels"]["code"] = HOSTILE
    return data


def _poison(value: Any, path: tuple[str, ...]) -> None:
    if isinstance(value, list):
        for item in value:
            _poison(item, path)
        return
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key in _KEYS and isinstance(item, str):
            # Panel titles are unique on a dashboard, and so are legends on a panel.
            value[key] = f"{HOSTILE}{value['id']}" if "id" in value else HOSTILE
            if key == "legend":
                value[key] += str(
                    next(value[key] for key in ("metric", "sli", "budget", "expr") if key in value)
                )
        elif key in _LISTS and isinstance(item, list):
            value[key] = [HOSTILE]
        else:
            _poison(item, (*path, key))
