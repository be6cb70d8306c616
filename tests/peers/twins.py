"""The same SLOs twice: as Sloth makes rules of them, and as genesis-mon does."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.synthetic import Slo, budget_spec, sloth_spec
from genesis_monitoring.plan.compile import compile_plan
from genesis_monitoring.render.render import render_plan
from genesis_monitoring.render.templates import Templates, default_folder
from genesis_monitoring.spec.load import parse_spec

from .evaluated import Rule, read_rules
from .installed import ran

_TIERS = ("quick", "slow")
_WINDOW = re.compile(r"ratio_rate(\w+?)\{")
_LIMIT = re.compile(r"> \(([-.0-9e]+) \* ([-.0-9e]+)\)")
_SECONDS = {"m": 60, "h": 3600, "d": 86400}
# Of a week: the windows of the workbook with other shares.
_OWN = (
    ("page", "quick", "1h", "5m", 8),
    ("page", "slow", "6h", "30m", 12.5),
    ("ticket", "quick", "1d", "2h", 20),
    ("ticket", "slow", "3d", "6h", 42),
)
OWN_TIERS = (
    "tiers: {"
    + ", ".join(
        f"{kind}-{pace}: {{long: {long}, short: {short}, share: {share}, severity: P1}}"
        for kind, pace, long, short, share in _OWN
    )
    + "}"
)


@dataclass(frozen=True, slots=True)
class Tier:
    """As Sloth has it. Windows are in seconds; ``limit`` is the share of errors."""

    slo: str
    name: str
    long: int
    short: int
    limit: float
    expr: str


def random_slos(count: int, seed: int) -> list[Slo]:
    """Objectives, periods and alerts of all kinds."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        period = chance.choice([30, 30, 28, 7])
        on = chance.choice([(True, True), (True, True), (True, False), (False, True)])
        page, ticket = on if period != 7 else (True, True)
        objective = chance.choice([95, 99, 99.5, 99.9, 99.95, 99.99])
        tiers = OWN_TIERS if period == 7 else ""
        found.append(Slo(f"slo_{number}", objective, period, page, ticket, "history", tiers=tiers))
    return found


def sloth_rules(slos: Sequence[Slo], folder: Path) -> tuple[Rule, ...]:
    """What ``sloth generate`` makes: a period is an argument of it, so one run for each."""
    (folder / "windows").mkdir(parents=True, exist_ok=True)
    (folder / "windows" / "week.yaml").write_text(_catalogue(), "utf-8")
    files = []
    for period in sorted({slo.period for slo in slos}):
        given, made = folder / f"sloth-{period}.yaml", folder / f"rules-{period}.yaml"
        given.write_text(sloth_spec(slo for slo in slos if slo.period == period), "utf-8")
        more = ("--slo-period-windows-path", str(folder / "windows")) if period == 7 else ()
        ran(
            *("sloth", "generate", "--no-log", "--default-slo-period", f"{period}d", *more),
            *("-i", given, "-o", made),
            cwd=folder,
        )
        files.append(made)
    return read_rules(files)


def own_rules(slos: Sequence[Slo], folder: Path) -> tuple[Rule, ...]:
    """What ``genesis-mon render`` writes."""
    spec = parse_spec(budget_spec(slos, scraped="1m"), "slo.yaml").spec
    files = []
    for one in render_plan(compile_plan(spec, spec.profile_in_force), Templates(default_folder())):
        if one.path.startswith("prometheus/rules/"):
            files.append(folder / Path(one.path).name)
            files[-1].write_text(one.text, "utf-8")
    return read_rules(files)


def tiers(rules: Sequence[Rule]) -> Iterator[Tier]:
    """Each tier of Sloth's alerts, which put two into one expression."""
    for rule in rules:
        if rule.record:
            continue
        for pace, expr in zip(_TIERS, re.split(r"(?m)^or$", rule.expr), strict=True):
            short, long = (int(window[:-1]) * _SECONDS[window[-1]] for window in _WINDOW.findall(expr))
            factor, allowed = _LIMIT.findall(expr)[0]
            found = re.search(r'sloth_slo="([^"]*)"', expr)
            assert found is not None
            name = f"{rule.labels['sloth_severity']}-{pace}"
            yield Tier(found[1], name, long, short, float(factor) * float(allowed), expr)


def _catalogue() -> str:
    lines = ["apiVersion: sloth.slok.dev/v1", "kind: AlertWindows", "spec:", "  sloPeriod: 7d"]
    for kind, pace, long, short, share in _OWN:
        lines += [f"  {kind}:"] if pace == "quick" else []
        lines += [f"    {pace}: {{errorBudgetPercent: {share}, shortWindow: {short}, longWindow: {long}}}"]
    return "\n".join((*lines, ""))
