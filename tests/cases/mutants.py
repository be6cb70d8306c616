"""A spec's values and a random generator in; the values with something in them changed, out.

``deface`` breaks the form: keys go, get other names, move, take values of other types. ``vary`` keeps the
form and changes what it says, which is where the checks of meaning and the compiler have to hold.
"""

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from genesis_monitoring.spec.source import parse_source
from genesis_monitoring.units import UNITS

from .reading import BASE

Tree = dict[str, Any]
Site = tuple[Any, Any, tuple[Any, ...]]

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 0.5, 1e300, 1e-300, 2**62, "", "x", "P9", "0s", "5m", "3650d", "count"),
    *("no_such", [], {}, [[]], {"x": 1}, "Ünïcode", "a\nb", "{{ $value }}", "'\"", " ", ">", "timestamp"),
)
DURATIONS = ("0s", "1s", "7s", "15s", "90s", "5m", "1h", "6h", "1d", "29d", "30d", "31d", "3650d")
COMPARISONS = ("<", "<=", ">", ">=")
NUMBERS = (0, 1, 0.5, 50, 99.999999, 100, 1000, 1e-6, 1e12, 1e18, 1e-300)


def base_tree() -> Tree:
    """The values of ``base.yaml``, free to be changed."""
    tree = thaw(parse_source(BASE, "base.yaml").value)
    assert isinstance(tree, dict)
    return tree


def mutant(tree: Tree, seed: int) -> Tree:
    """A changed copy: one to four changes of either sort."""
    rng = Random(seed)
    changed = copy.deepcopy(tree)
    changes: tuple[Callable[[Tree, Random], None], ...] = (deface, vary, vary, reshape_sli)
    for _ in range(rng.choice((1, 1, 2, 4))):
        rng.choice(changes)(changed, rng)
    return changed


def deface(tree: Tree, rng: Random) -> None:
    """Change the form at one place."""
    sites = _sites(tree, ())
    holder, key, _ = _pick(sites, rng)
    value = holder[key]
    match rng.randrange(6):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            name = rng.choice([k for _, k, _ in sites if isinstance(k, str)])
            entries = [(name if k == key else k, v) for k, v in holder.items()]
            holder.clear()
            holder.update(entries)
        case 2 if isinstance(holder, list):
            holder.insert(key, copy.deepcopy(value))
        case 3:
            holder[key] = copy.deepcopy(rng.choice([h[k] for h, k, _ in sites]))
        case 4 if isinstance(value, dict):
            name, other = rng.choice([(k, h[k]) for h, k, _ in sites if isinstance(k, str)])
            value[name] = copy.deepcopy(other)
        case _:
            holder[key] = copy.deepcopy(rng.choice(ODD))


def vary(tree: Tree, rng: Random) -> None:
    """Put another value of its own sort at one place."""
    sites = [site for site in _sites(tree, ()) if not isinstance(site[0][site[1]], dict | list)]
    holder, key, path = _pick(sites, rng)
    value = holder[key]
    if key == "unit":
        holder[key] = rng.choice(tuple(UNITS))
    elif isinstance(value, bool):
        holder[key] = not value
    elif isinstance(value, int | float):
        holder[key] = rng.choice((value * 2, value * 1000, -value, value + 1, value / 3, *NUMBERS))
    elif value in COMPARISONS:
        holder[key] = rng.choice(COMPARISONS)
    elif isinstance(value, str) and value[:1].isdigit() and value[-1:] in "smhd":
        holder[key] = rng.choice(DURATIONS)
    elif isinstance(value, str):
        alike = [h[k] for h, k, p in sites if k == key or (isinstance(k, int) and p[-1:] == path[-1:])]
        holder[key] = copy.deepcopy(rng.choice(alike))


def reshape_sli(tree: Tree, rng: Random) -> None:
    """Make an SLI of another kind, or give it or take from it what is optional."""
    slis = tree.get("slis")
    metrics = [name for name in tree.get("metrics") or () if isinstance(name, str)]
    if not isinstance(slis, dict) or not slis or not metrics:
        return
    name = rng.choice(list(slis))
    sli = slis[name]
    if not isinstance(sli, dict):
        return
    optional = _optional(rng)
    extra = rng.choice(list(optional))
    if extra in sli and rng.random() < 0.5:
        del sli[extra]
    else:
        sli[extra] = optional[extra]
    if rng.random() < 0.5:
        common = ("title", "component", "unit", "by", "objective", "baseline")
        slis[name] = {key: sli[key] for key in common if key in sli} | _kind(rng, metrics, list(slis))


def _optional(rng: Random) -> Tree:
    objective: Tree = {"good": rng.choice(COMPARISONS), "target": rng.choice(NUMBERS)}
    for level in ("alert", "no_go"):
        if rng.random() < 0.4:
            objective[level] = rng.choice(NUMBERS)
    return {
        "objective": objective,
        "baseline": {"value": rng.choice(NUMBERS), "note": "as it was"},
        "by": [rng.choice(("job", "instance", "shard", "suite", "severity", "le"))],
        "window": rng.choice(DURATIONS),
        "minimum_traffic": rng.choice(NUMBERS),
        "complement": True,
    }


def _kind(rng: Random, metrics: list[str], slis: list[str]) -> Tree:
    def some() -> Any:
        metric = rng.choice(metrics)
        label = rng.choice(("job", "shard", "suite"))
        return metric if rng.random() < 0.8 else {"metric": metric, "labels": {label: "x"}}

    window = rng.choice(DURATIONS)
    derived: Tree = {"sli": rng.choice(slis)}
    past: Tree = {"past_average": {"window": rng.choice(DURATIONS), "offset": rng.choice(DURATIONS)}}
    report = rng.choice(("multiple", "reduction", "deviation"))
    kinds: tuple[Tree, ...] = (
        {"kind": "gauge", "metrics": [some()], "aggregation": rng.choice(("sum", "min", "max", "avg"))},
        {"kind": "gauge", "metrics": [some(), some()], "aggregation": "avg"},
        {"kind": "ratio", "numerator": [some()], "denominator": [some(), some()]},
        {"kind": "ratio", "numerator": [some()], "denominator": [some()], "window": window},
        {"kind": "quantile", "histogram": some(), "q": rng.choice((0.01, 0.5, 0.999)), "window": window},
        {
            "kind": "latency",
            "histogram": some(),
            "within": rng.choice(("200ms", "1s", "3m")),
            "window": window,
        },
        {"kind": "rate", "counters": [some(), some()], "window": window},
        {"kind": "up", "metric": some()},
        {"kind": "age", "metric": some()},
        {"kind": "gauge", "metrics": [some()], "aggregation": "max", "over": "max", "window": window},
        {"kind": "mean", "histogram": some(), "window": window},
        {"kind": "mean", "sum": some(), "count": some(), "window": window},
        {"kind": "time_until", "metric": some()},
        {"kind": "runs_out", "left": some(), "window": window, "horizon": rng.choice(DURATIONS)},
        {"kind": "runs_out", "used": some(), "total": some(), "window": window, "horizon": "7d"},
        {"kind": "trend", "window": window, **derived},
        {"kind": "relative", "report": report, **derived},
        {"kind": "relative", "report": report, **derived, **past},
    )
    return rng.choice(kinds)


def thaw(value: Any) -> Any:
    """What the reader returns, free to be changed: lists for tuples."""
    if isinstance(value, dict):
        return {key: thaw(one) for key, one in value.items()}
    return [thaw(one) for one in value] if isinstance(value, tuple) else value


def _sites(value: Any, path: tuple[Any, ...]) -> list[Site]:
    """Every place in a tree: what holds the value, under which key, and the path to the holder."""
    if not isinstance(value, dict | list):
        return []
    found: list[Site] = []
    for key, one in value.items() if isinstance(value, dict) else enumerate(value):
        found.append((value, key, path))
        found.extend(_sites(one, (*path, key)))
    return found


def _pick(sites: list[Site], rng: Random) -> Site:
    """A place, with every section of the spec as likely as any other."""
    sections = sorted({(*path, key)[0] for _, key, path in sites})
    section = rng.choice(sections)
    return rng.choice([site for site in sites if (*site[2], site[1])[0] == section])
