"""SLOs in; the components, metrics and SLIs of a spec out, as values and as text to paste."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from genesis_monitoring.durations import format_duration
from genesis_monitoring.findings import Location
from genesis_monitoring.importers.catalogue import Catalogue, Latency, known_jobs
from genesis_monitoring.importers.report import Report
from genesis_monitoring.importers.slo import Choices, Slo
from genesis_monitoring.slis.registry import Sli
from genesis_monitoring.spec.base import Slug, Text
from genesis_monitoring.spec.edit import spell_number
from genesis_monitoring.spec.metrics import Metric
from genesis_monitoring.spec.scalars import Value, read_plain
from genesis_monitoring.units import unit_factor
from genesis_monitoring.words import shorten

SECTIONS = ("components", "metrics", "slis")
_BARE = re.compile(r"[A-Za-z0-9_./+-]+", re.ASCII)
_WIDTH = 100
_WINDOW = "5m"
"""Of the SLI's own value; budgets have windows of their own."""
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a section: its name, its value, a comment above it and where it comes from."""

    name: str
    value: Value
    at: Location
    comment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedSli:
    """What became of an SLO."""

    name: str
    sloth_id: str
    kind: str
    at: Location


@dataclass(frozen=True, slots=True)
class Part:
    """The sections of a spec, each with its items; ``jobs`` have to be scraped, each with a metric of it."""

    sections: Mapping[str, tuple[Item, ...]]
    slis: tuple[ImportedSli, ...]
    jobs: Mapping[str, str]

    @property
    def text(self) -> str:
        """As YAML."""
        return "".join(
            f"{section}:\n{''.join(item_text(item, '  ') for item in items)}"
            for section, items in self.sections.items()
            if items
        )


def make_part(slos: Sequence[Slo], choices: Choices, report: Report) -> Part:
    """What it cannot say of an SLO is an error in ``report``; the part is then not to be used."""
    slos = _once(slos, report)
    catalogue = Catalogue(slos, choices, report)
    components: dict[str, Item] = {}
    slis: dict[str, Item] = {}
    told = []
    for slo in slos:
        before = report.errors
        component = _slug(slo.service)
        if component not in components:
            components[component] = Item(component, slo.service_title or slo.service, slo.at)
        latency = catalogue.latency(slo)
        name = _free(_name(slo), slis)
        value = _sli(slo, component, latency, catalogue)
        comment = (f"From {slo.at}", *([slo.description] if slo.description else []))
        slis[name] = Item(name, value, slo.at, comment)
        told.append(ImportedSli(name, slo.id, str(value["kind"]), slo.at))
        if report.errors == before:
            _valid(TypeAdapter(Sli), value, slo, report)
            _valid(TypeAdapter(Slug), component, slo, report)
            _valid(TypeAdapter(Text), components[component].value, slo, report)
    at = {slo.id: slo for slo in reversed(slos)}
    metrics = []
    for entry in catalogue.entries:
        if not report.errors:
            _valid(TypeAdapter(Metric), entry.value, at[entry.slo], report)
        metrics.append(Item(entry.name, entry.value, at[entry.slo].at))
    sections = {
        "components": tuple(components.values()),
        "metrics": tuple(metrics),
        "slis": tuple(slis.values()),
    }
    return Part(sections, tuple(told), known_jobs(catalogue.entries))


def _once(slos: Sequence[Slo], report: Report) -> tuple[Slo, ...]:
    found: dict[str, Slo] = {}
    for slo in slos:
        first = found.setdefault(slo.id, slo)
        if first is not slo:
            report.error(
                slo.at,
                f"the SLO {slo.id} is there already, at {first.at}",
                "give one of the two another name",
            )
    return tuple(found.values())


def _valid(
    adapter: "TypeAdapter[Sli] | TypeAdapter[Metric] | TypeAdapter[str]",
    value: Value,
    slo: Slo,
    report: Report,
) -> None:
    try:
        adapter.validate_python(value)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_context=False, include_input=False):
            where = ".".join(map(str, detail["loc"]))
            message = detail["msg"].removeprefix("Value error, ")
            report.error(
                slo.at,
                f"{slo.id}: no spec can say it{f' at {where}' if where else ''}: {message}",
                "correct it here",
            )


def _sli(slo: Slo, component: str, latency: Latency | None, catalogue: Catalogue) -> dict[str, Value]:
    found: dict[str, Value] = {
        "kind": "ratio" if latency is None else "latency",
        "title": slo.title,
        "unit": "percent",
        "component": component,
    }
    if slo.counted.by:
        found["by"] = slo.counted.by
    if latency is None:
        found["numerator"] = catalogue.selectors(slo, slo.counted.part)
        found["denominator"] = catalogue.selectors(slo, slo.counted.whole)
    else:
        found["histogram"] = catalogue.selector(slo, latency.histogram, "histogram")
        found["within"] = _within(latency, catalogue.unit(latency.histogram.metric))
    found["window"] = _WINDOW
    found["budget"] = _budget(slo, component, latency is None)
    return found


def _within(latency: Latency, unit: str) -> str:
    seconds = float(latency.edge) * unit_factor(unit, "seconds")
    thousandths = round(seconds * 1000, 9)
    return f"{spell_number(thousandths)}ms" if seconds < 1 else f"{spell_number(round(seconds, 12))}s"


def _budget(slo: Slo, component: str, ratio: bool) -> dict[str, Value]:
    found: dict[str, Value] = {"objective": slo.objective, "period": format_duration(slo.period)}
    if ratio:
        found["errors"] = "rest" if slo.counted.rest else "numerator"
    if slo.tiers:
        found["tiers"] = {
            tier.name: {
                "long": format_duration(tier.long),
                "short": format_duration(tier.short),
                **({"share": tier.share} if tier.share is not None else {"factor": tier.factor}),
                "severity": tier.severity,
                **({} if tier.enabled else {"enabled": False}),
            }
            for tier in slo.tiers
        }
    else:
        found.update({key: value for key, value in (("page", slo.page), ("ticket", slo.ticket)) if value})
    if slo.service != component:
        found["service"] = slo.service
    found["slo"] = slo.name
    if slo.labels:
        found["labels"] = dict(slo.labels)
    return found


def _name(slo: Slo) -> str:
    both = re.sub(r"[^a-z0-9]+", "_", f"{slo.service}_{slo.name}".lower()).strip("_")
    both = re.sub(r"_+", "_", both)
    return (both if both[:1].isalpha() else f"slo_{both}")[: _LONGEST_NAME - 3].rstrip("_")


def _free(name: str, taken: Mapping[str, Item]) -> str:
    """Names that differ in their dots and hyphens alone are numbered."""
    number, found = 2, name
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found


def _slug(service: str) -> str:
    found = re.sub(r"[^a-z0-9]+", "-", service.lower()).strip("-")
    return (found if found[:1].isalpha() else f"service-{found}").strip("-")[:_LONGEST_NAME]


def item_text(item: Item, indent: str) -> str:
    """An entry of a section, on lines of its own."""
    lines = (f"{indent}# {line}\n" for text in item.comment for line in _wrapped(text, _WIDTH - len(indent)))
    return "".join((*lines, *_entry(item.name, item.value, indent)))


def _wrapped(text: str, width: int) -> Iterator[str]:
    from textwrap import wrap

    line = "".join(one if one.isprintable() else "?" for one in " ".join(text.split()))
    # GitHub reads ##[ as a command wherever it stands in a log.
    line = line.replace("##[", "# #[")
    yield from wrap(shorten(line, 2000), width)


def _entry(key: str, value: Value, indent: str) -> Iterator[str]:
    flow = f"{indent}{spell(key)}: {spell(value)}"
    nested = isinstance(value, dict) and (
        indent == "" or "kind" in value or key in ("budget", "tiers", "labels")
    )
    if not isinstance(value, dict) or not (nested or len(flow) > _WIDTH):
        yield f"{flow}\n"
        return
    yield f"{indent}{spell(key)}:\n"
    for name, below in value.items():
        yield from _entry(name, below, indent + "  ")


def spell(value: Value) -> str:
    """On one line, as every YAML reader takes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{spell(key)}: {spell(below)}" for key, below in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(spell, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return spell_number(value)
    if _BARE.fullmatch(value) and read_plain(value) == (value, None):
        return value
    return json.dumps(value, ensure_ascii=not value.isprintable())
