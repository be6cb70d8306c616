"""Alerts and who hears of them: severities, alerts about the monitoring itself, receivers, routing."""

import re
from collections.abc import Collection, Iterator
from itertools import combinations
from typing import Any

from genesis_monitoring.defaults.slis import MONITORING
from genesis_monitoring.defaults.titles import title_of
from genesis_monitoring.defaults.tree import Tree

_FROM = "severities"
_P0 = {
    "title": "Blocker",
    "acknowledge_within": "5m",
    "escalate_after": "30m",
    "page": False,
    "group_by": ("alertname", "component"),
    "group_wait": "0s",
    "group_interval": "1m",
    "repeat_interval": "15m",
    "workflow": (
        "Acknowledge, then look at the panel and the runbook of the alert.",
        "Mitigate at once; find the cause after.",
        "Not resolved in 30 minutes, escalate.",
    ),
}
_P1 = {
    **_P0,
    "title": "Critical",
    "group_wait": "10s",
    "group_interval": "2m",
    "repeat_interval": "1h",
    "workflow": (
        "Acknowledge, then look at the panel and the runbook of the alert.",
        "Mitigate first, find the cause after.",
        "Confirm that the alert resolves.",
    ),
}
_P2 = {
    "title": "Warning",
    "acknowledge_within": "1h",
    "page": False,
    "group_by": ("component",),
    "group_wait": "1m",
    "group_interval": "10m",
    "repeat_interval": "6h",
    "workflow": ("Look at the trend, and mend it in working hours.",),
}
_P3 = {
    **_P2,
    "title": "Notice",
    "group_wait": "5m",
    "group_interval": "30m",
    "repeat_interval": "1d",
    "workflow": ("Look at the trend, and put what is to be done on the list.",),
}
SEVERITIES = {"P0": _P0, "P1": _P1, "P2": _P2, "P3": _P3}
_LOWEST, _URGENT = "P3", ("P0", "P1")
_WATCHDOG = "watchdog"
_MISSING = "SLIDataMissing"
_DOWN, _DOWN_SLI = "ScrapeTargetDown", "scrape_targets"


def fill_target_down(tree: Tree) -> None:
    """Where the spec says nothing of the monitoring itself: an SLI and an alert on targets that are down."""
    if "meta_alerts" in tree.root:
        return
    watched = any(sli.get("kind") == "up" and sli.get("metric") == "up" for _, sli in tree.named("slis"))
    other = tree.section("slis", _DOWN_SLI).get("kind", "up") != "up"
    if watched or other or tree.section("alerts", _DOWN).get("sli", _DOWN_SLI) != _DOWN_SLI:
        return
    sli = {"kind": "up", "title": "Scrape target", "metric": "up", "by": ("job", "instance")}
    tree.fill(("slis", _DOWN_SLI), sli, "meta_alerts")
    alert = {
        "sli": _DOWN_SLI,
        "for": "2m",
        "severity": _lowest(tree),
        "summary": "Prometheus cannot scrape a target",
        "impact": "What this target measures is not watched.",
        "response": ("Read the error on the targets page of Prometheus.",),
    }
    tree.fill(("alerts", _DOWN), alert, "meta_alerts")


def fill_meta_alerts(tree: Tree) -> None:
    """Watchdog, and the alert on an SLI without data, both at the lowest severity."""
    severity = _lowest(tree)
    watchdog = {
        "name": "Watchdog",
        "severity": severity,
        "receiver": _WATCHDOG,
        "repeat_interval": "1d",
        "summary": "Alerting works",
        "impact": "None while it fires. When it stops, no other alert can be trusted.",
        "response": ("Nothing to do; if it is missing, check Prometheus first, then Alertmanager.",),
    }
    missing = {
        "name": _MISSING,
        "for": "10m",
        "severity": severity,
        "summary": "An SLI has no data",
        "impact": "What is not measured cannot be judged.",
        "response": ("Check that the target is up and still exposes the metric.",),
    }
    meta = {"component": MONITORING, "watchdog": watchdog, "missing_data": missing}
    tree.fill(("meta_alerts",), meta, "meta_alerts")
    if tree.section("meta_alerts").get("component") == MONITORING:
        tree.fill(("components",), {MONITORING: "The monitoring stack itself"}, "meta_alerts.component")
    if tree.section("meta_alerts", "watchdog").get("receiver") == _WATCHDOG:
        nobody = "Nobody; that Watchdog arrives here shows that routing works"
        tree.fill(("receivers", _WATCHDOG), {"description": nobody}, "meta_alerts.watchdog")


def _lowest(tree: Tree) -> str:
    """The least urgent severity of the spec that pages nobody; one of our own where those are urgent."""
    given = tree.section("severities")
    pages = {name for name, severity in given.items() if _pages(severity)}
    used = (name for name in _in_use(tree) if name in SEVERITIES)
    named = {name for name in (*given, *used) if re.fullmatch("P[0-9]", name)}
    calm = [name for name in named - pages if name not in _URGENT]
    return max(calm, default=_LOWEST)


def _pages(severity: Any) -> bool:
    return isinstance(severity, dict) and severity.get("page") is True


def fill_alerts(tree: Tree) -> None:
    """Words for an alert that has none of its own; a name that no SLI has is told by itself, not by these."""
    for name, alert in tree.named("alerts"):
        sli = alert.get("sli")
        named = sli if isinstance(sli, str) else name
        title = tree.section("slis", named).get("title")
        title = title if isinstance(title, str) else title_of(named)
        words = {
            "summary": f"{title} is beyond its objective",
            "impact": f"{title} is not what it should be.",
            "response": ("Look at the panel of the alert, and for what changed when it began.",),
        }
        if tree.section("slis", named).get("kind") == "up":
            thing = title.removesuffix(" up")
            words |= {"summary": f"{thing} is down", "impact": f"{thing} does not answer."}
        tree.fill(("alerts", name), words, f"slis.{named}.title")


def fill_receivers(tree: Tree) -> None:
    """Receivers in short form, the channels of Slack, and the root of the routing tree."""
    receivers = tree.section("receivers")
    for name, receiver in tuple(receivers.items()):
        if isinstance(receiver, str):
            tree.write_out(("receivers", name), _addressed(receiver))
    for name, receiver in tree.named("receivers"):
        tree.fill(("receivers", name), {"description": title_of(name)}, "receivers")
        if isinstance(receiver.get("webhook"), str):
            tree.write_out(("receivers", name, "webhook"), {"url": receiver["webhook"]})
        if isinstance(receiver.get("email"), str | tuple):
            to = receiver["email"]
            tree.write_out(("receivers", name, "email"), {"to": to if isinstance(to, tuple) else (to,)})
        _fill_channel(tree, receiver)
    tree.fill(("slack",), {"enabled": False, "api_url_secret": "slack_api_url", "channels": {}}, "slack")
    first = next((name for name in receivers if name != _WATCHDOG), None)
    routing = {"resolve_timeout": "5m", **({"default_receiver": first} if first else {})}
    tree.fill(("routing",), routing, "receivers")
    if "inhibit" not in tree.section("routing"):
        tree.fill(("routing", "inhibit"), _inhibitions(tree), "alerts")


def _addressed(text: str) -> dict[str, Any]:
    """Whom one address is meant for: a channel of Slack, a mailbox, or a webhook."""
    if text.startswith("#"):
        return {"slack": text}
    return {"email": text} if re.fullmatch(r"[^/\s]+@[^/\s]+", text) else {"webhook": text}


def _fill_channel(tree: Tree, receiver: dict[str, Any]) -> None:
    channel = receiver.get("slack")
    if not isinstance(channel, str) or not channel.startswith("#"):
        return
    slug = _free(
        re.sub("[^a-z0-9]+", "-", channel[1:]).strip("-"), channel, tree.section("slack", "channels")
    )
    receiver["slack"] = slug
    tree.fill(("slack",), {"enabled": True}, "receivers")
    about = {"name": channel, "purpose": receiver["description"]}
    tree.fill(("slack", "channels", slug), about, "receivers")


def _free(slug: str, channel: str, channels: dict[str, Any]) -> str:
    """``slug``, or a number behind it where another channel has it: #a-b is not #a_b."""
    names = (slug, *(f"{slug}-{number}" for number in range(2, len(channels) + 3)))
    return next(one for one in names if channels.get(one, {"name": channel}).get("name") == channel)


def _inhibitions(tree: Tree) -> dict[str, Any]:
    """A target that is down has no data; of two alerts on an SLI the worse one tells of both."""
    rules: dict[str, Any] = {}
    if tree.section("slis", str(tree.section("alerts", _DOWN).get("sli"))).get("kind") == "up":
        rules["target-down"] = {
            "reason": "A target that cannot be scraped has no data",
            "source": {"alerts": (_DOWN,)},
            "target": {"alerts": (_MISSING,)},
            "equal": ("job",),
        }
    of_sli: dict[str, list[tuple[str, str]]] = {}
    for name, alert in tree.named("alerts"):
        if isinstance(alert.get("sli"), str) and isinstance(alert.get("severity"), str):
            of_sli.setdefault(alert["sli"], []).append((alert["severity"], name))
    for sli, alerts in of_sli.items():
        by = tree.section("slis", sli).get("by")
        for (worse, source), (milder, target) in combinations(sorted(alerts), 2):
            if worse < milder:
                rules[_unused(_slug(f"{source}-{target}"), rules)] = {
                    "reason": f"{source} already says that {target} holds",
                    "source": {"alerts": (source,)},
                    "target": {"alerts": (target,)},
                    "equal": ("team", "component", *(by if isinstance(by, tuple) else ())),
                }
    return rules


def _unused(slug: str, rules: Collection[str]) -> str:
    """``slug``, or a number behind it where a rule has it: long names may begin alike."""
    numbered = (f"{slug[:76].rstrip('-')}-{number}" for number in range(2, len(rules) + 3))
    return next(one for one in (slug, *numbered) if one not in rules)


def _slug(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name)
    return re.sub("[^a-z0-9]+", "-", spaced.lower()).strip("-")[:80].rstrip("-")


def fill_severities(tree: Tree) -> None:
    """Each severity that is in use or given, key by key."""
    for name, severity in tuple(tree.section("severities").items()):
        if isinstance(severity, str | tuple):
            receivers = severity if isinstance(severity, tuple) else (severity,)
            tree.write_out(("severities", name), {"receivers": receivers})
    default = tree.section("routing").get("default_receiver")
    told = {"receivers": (default,)} if isinstance(default, str) else {}
    given = tree.section("severities")
    in_use = sorted(set(_in_use(tree)) & SEVERITIES.keys())
    for name in (*given, *(name for name in in_use if name not in given)):
        about = SEVERITIES.get(name, {})
        tree.fill(("severities", name), about, f"{_FROM}.{name}")
        tree.fill(("severities", name), told, "routing.default_receiver")


def _in_use(tree: Tree) -> Iterator[str]:
    entries = [alert for _, alert in tree.named("alerts")]
    entries += [alert for _, alert in tree.named("meta_alerts")]
    for alert in entries:
        if isinstance(alert.get("severity"), str):
            yield alert["severity"]
    for _, sli in tree.named("slis"):
        budget = sli.get("budget")
        if not isinstance(budget, dict):
            continue
        for key in ("page", "ticket", "exhausted"):
            if isinstance(budget.get(key), str):
                yield budget[key]
        for tier in budget.get("tiers", ()) if isinstance(budget.get("tiers"), tuple) else ():
            if isinstance(tier, dict) and isinstance(tier.get("severity"), str):
                yield tier["severity"]
