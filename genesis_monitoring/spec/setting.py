"""One value of a spec set anew: its source and ``sli.level=value`` in, the changed source out.

The value is written as it would stand in the file, in the one of its files that has it. What it means is not
checked here: what is changed is judged as any spec is.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from genesis_monitoring.errors import UsageError
from genesis_monitoring.slis.burn import BURN, EXHAUSTED
from genesis_monitoring.spec.edit import Edit, EditError, Steps, add_to_source, edit_source
from genesis_monitoring.spec.scalars import read_plain
from genesis_monitoring.spec.source import Source

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec

OBJECTIVE_KEYS = ("target", "alert", "no_go")
SLI_KEYS = ("window", "minimum_traffic", "unless_numerator")
ALERT_KEYS = ("for", "severity", "level")
MISSING_KEYS = ("for", "severity")
BUDGET_KEYS = ("objective", "period", "minimum_errors", "page", "ticket", "exhausted")
TIER_KEYS = ("long", "short", "factor", "share", "severity", "enabled")
_NOWHERE: Mapping[Steps, Steps] = MappingProxyType({})
_SETTING = re.compile(r"([^.=\s]+)\.([^=\s]+)=([-+.\w]+)", re.ASCII)


def with_setting(
    source: Source, spec: "Spec", setting: str, moved: Mapping[Steps, Steps] = _NOWHERE
) -> Source:
    """``source`` with the value changed or added. ``spec`` is what it says.


    ``moved`` says what stands elsewhere: in an environment, where an override is, by what it overrides.
    Raises UsageError for a name or key that it does not have.
    """
    match = _SETTING.fullmatch(setting)
    if match is None:
        raise UsageError(
            f"--set is no setting: {setting!r}",
            "write it as sli.level=value or alert.for=value, as in --set rag_latency_p95.target=150",
        )
    try:
        path = setting_path(spec, match[1], match[2])
    except UsageError as error:
        raise UsageError(f"--set: {error.message}", error.hint) from None
    return _edited(source, _where(path, moved), match[3])


def _where(path: Steps, moved: Mapping[Steps, Steps]) -> Steps:
    for whole, place in moved.items():
        if path[: len(whole)] == whole:
            return (*place, *path[len(whole) :])
    return path


def setting_path(spec: "Spec", name: str, key: str) -> Steps:
    """Where ``name.key`` of an SLI or an alert stands. Raises UsageError for what the spec does not have."""
    from genesis_monitoring.words import suggest

    missing = spec.meta_alerts.missing_data.name
    first, _, rest = key.partition(".")
    if name in spec.slis and first == "budget":
        return _of_budget(spec, name, rest)
    keys: tuple[str, ...]
    parent: tuple[str, ...]
    if name in spec.slis:
        budgeted = (f"budget.{one}" for one in BUDGET_KEYS if spec.slis[name].budget)
        keys = (*OBJECTIVE_KEYS, *SLI_KEYS, *budgeted)
        parent = ("slis", name) if key in SLI_KEYS else ("slis", name, "objective")
    elif name in spec.alerts:
        keys, parent = ALERT_KEYS, ("alerts", name)
    elif name == missing:
        keys, parent = MISSING_KEYS, ("meta_alerts", "missing_data")
    elif name == EXHAUSTED or name.startswith(BURN):
        raise UsageError(
            f"{name} is an alert of every error budget, and has no value of its own",
            "set one of a budget: --set SLI.budget.page=P1, or SLI.budget.tiers.NAME.factor=10",
        )
    else:
        names = (*spec.slis, *spec.alerts, missing)
        raise UsageError(
            f"there is no SLI or alert {name!r}{suggest(name, names)}",
            "name one of the spec; `genesis-mon explain NAME` shows one",
        )
    if key not in keys:
        raise UsageError(
            f"{name} has no {key!r} to set{suggest(key, keys)}", f"use one of: {', '.join(keys)}"
        )
    return (*parent, key)


def _of_budget(spec: "Spec", name: str, key: str) -> Steps:
    from genesis_monitoring.words import suggest

    place: Steps = ("slis", name, "budget")
    budget = spec.slis[name].budget
    if budget is None:
        raise UsageError(f"SLI {name} has no error budget", "add budget: to it in the spec")
    keys, what, parts = BUDGET_KEYS, f"the budget of {name}", key.split(".")
    tiers = budget.tiers or {}
    if parts[0] == "tiers" and len(parts) == 3:
        if parts[1] not in tiers:
            raise UsageError(
                f"the budget of {name} has no tier {parts[1]!r} of its own{suggest(parts[1], tiers)}",
                f"use one of: {', '.join(tiers)}"
                if tiers
                else "its tiers are the workbook's: set page, ticket",
            )
        keys, what, place = TIER_KEYS, f"tier {parts[1]} of {name}", (*place, "tiers", parts[1])
    if parts[-1] in ("for", "keep_firing_for"):
        raise UsageError(
            f"{what} has no {parts[-1]!r}: the windows of a tier say how long",
            f"use one of: {', '.join(keys)}",
        )
    if parts[-1] not in keys or len(parts) not in (1, 3):
        raise UsageError(
            f"{what} has no {key!r} to set{suggest(key, keys)}", f"use one of: {', '.join(keys)}"
        )
    return (*place, parts[-1])


def _edited(source: Source, path: Steps, value: str) -> Source:
    scalar, doubt = read_plain(value)
    if doubt:
        raise UsageError(f"--set: {value} {doubt.reason}", doubt.hint)
    new = value if scalar is None else scalar
    try:
        if source.place(path):
            return edit_source(source, [Edit(path, new)])
        return add_to_source(source, path, new)
    except EditError as error:
        raise UsageError(f"--set: {error.message}", error.hint) from None
