"""An Alertmanager configuration that sends everything to one address: text in, text out.

Changed are only where a message goes (addresses, and the files and values that hold them or a key), how it
gets there (``http_config``), and how long Alertmanager waits before it sends: group_wait is short and
group_interval a moment. Routes, matchers, grouping and all that a message is made of stay as they are. Time
intervals are left out, so that messages come at any time; or they stay, and each alert is a message of its
own that nothing silences. A copy that takes turns has a first route more, for an alert of our own.
Integrations of other kinds, and what cannot be caught, are left out: they would send to the real address.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from genesis_monitoring.receivers.base import Kind, Protocol
from genesis_monitoring.receivers.registry import kind_of

_INTERVAL = "100ms"
_HOW = ("http_config",)
TURN = "GenesisMonTurn"
"""The alert by which one knows that Alertmanager has got to what came before: it is always sent, at once."""
TURNS = f"/{TURN}/webhook"
"""Where it is sent."""
Address = Callable[[Protocol], str | None]
"""Where what a protocol sends is caught; None if it is not."""


def redirect(
    text: str,
    address: Address,
    folder: Path,
    *,
    group_wait: str | None = "0s",
    inhibiting: bool = True,
    timed: bool = False,
    turns: bool = False,
) -> str:
    """``text`` with each integration sending to a path of /receiver/kind; key files are put in ``folder``.

    ``group_wait`` is how long a group is waited for; None leaves all times as the configuration says. Unless
    it is ``inhibiting``, no alert silences another. ``timed`` keeps time intervals. ``turns`` adds the route.

    Raises ValueError for what is no configuration.
    """
    import yaml

    try:
        data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError("it is not YAML") from error
    if not isinstance(data, dict) or not isinstance(data.get("route"), dict):
        raise ValueError("it has no route")
    settings = data.get("global") or {}
    data["global"] = {"resolve_timeout": settings["resolve_timeout"]} if "resolve_timeout" in settings else {}
    if timed:
        _apart(data["route"])
    else:
        _at_any_time(data["route"])
    if not inhibiting:
        data.pop("inhibit_rules", None)
    if group_wait is not None:
        _hurry(data["route"], group_wait)
    for receiver in data.get("receivers") or ():
        for key in [key for key in receiver if str(key).endswith("_configs")]:
            kind = kind_of(key.removesuffix("_configs"))
            base = address(kind.protocol) if kind is not None else None
            if kind is None or base is None:
                del receiver[key]
                continue
            receiver[key] = [
                _sent_to(kind, dict(one), f"{base}/{receiver.get('name')}/{kind.key}", folder)
                for one in receiver[key] or ()
            ]
    if turns:
        route = {
            "receiver": TURN,
            "matchers": [f'alertname="{TURN}"'],
            "group_by": ["..."],
            "group_wait": "0s",
        }
        data["route"]["routes"] = [route, *(data["route"].get("routes") or ())]
        where = {"url": f"{address('http')}{TURNS}", "send_resolved": False}
        data["receivers"] = [*(data.get("receivers") or ()), {"name": TURN, "webhook_configs": [where]}]
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


def _sent_to(kind: Kind[Any], settings: dict[str, Any], url: str, folder: Path) -> dict[str, Any]:
    kept = {key: value for key, value in settings.items() if key not in (*kind.addressed, *_HOW)}
    return kind.redirected(kept, url, partial(_secret, folder))


def _secret(folder: Path, value: str) -> str:
    import hashlib

    file = folder / f"secret-{hashlib.sha256(value.encode()).hexdigest()[:16]}"
    file.write_text(value, encoding="utf-8")
    return str(file)


def _hurry(route: dict[str, Any], group_wait: str) -> None:
    route["group_wait"], route["group_interval"] = group_wait, _INTERVAL
    for child in route.get("routes") or ():
        _hurry(child, group_wait)


def _apart(route: dict[str, Any]) -> None:
    route["group_by"] = ["..."]
    for child in route.get("routes") or ():
        _apart(child)


def _at_any_time(route: dict[str, Any]) -> None:
    for key in ("mute_time_intervals", "active_time_intervals"):
        route.pop(key, None)
    for child in route.get("routes") or ():
        _at_any_time(child)
