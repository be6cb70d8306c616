"""Faults of form in the spec: refused at their place, or the tree comes out another one."""

import re
from random import Random

import yaml

from genesis_monitoring.findings import Finding
from genesis_monitoring.plan.compile import compile_plan
from genesis_monitoring.render.render import render_plan
from genesis_monitoring.render.templates import Templates
from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.source import SpecError
from mutate.data import another, misspelt, of_another_type
from mutate.fault import Fault, Sort, Verdict, lot
from mutate.workshop import Workshop, first_line
from mutate.yaml_text import Path, YamlText, read_yaml

SPEC = "slo.yaml"
KINDS = ("key misspelt", "key left out", "value of another type", "reference dangling", "key doubled")


def make(workshop: Workshop, seed: str, number: int) -> list[Fault]:
    """Of each kind, faults at places drawn by lot."""
    text = workshop.spec
    names = {step for path in text.walk() for step in path if isinstance(step, str)}
    faults: list[Fault] = []
    for kind in KINDS:
        rng = lot(seed, kind)
        sites = [path for path in text.walk() if _fits(text, path, kind, names)]
        rng.shuffle(sites)
        faults.extend(_fault(text, path, kind, rng) for path in sites[:number])
    return faults


def judge(workshop: Workshop, fault: Fault) -> Verdict:
    """Refused, or rendered to something else; a key that stands twice must be refused."""
    try:
        spec = parse_spec(fault.text, SPEC).spec
    except SpecError as error:
        located = any(_points_at(finding, fault) for finding in error.findings)
        return Verdict(fault, True, located, said=first_line(error.findings[0]))
    if fault.kind == "key doubled":
        return Verdict(fault)
    artifacts = render_plan(compile_plan(spec, spec.profile_in_force), Templates(workshop.templates))
    same = {a.path: a.text for a in artifacts} == {a.path: a.text for a in workshop.artifacts.values()}
    return Verdict(fault, caught=not same, located=not same, equal=same, said="renders another tree")


SORT = Sort("the spec", make, judge)


def _fits(text: YamlText, path: Path, kind: str, names: set[str]) -> bool:
    """Whether that can be done to the value at ``path``."""
    node = text.node(path)
    if kind == "reference dangling":
        return isinstance(node, yaml.ScalarNode) and node.value in names
    if kind == "value of another type":
        return isinstance(node, yaml.ScalarNode)
    return isinstance(path[-1], str)


def _fault(text: YamlText, path: Path, kind: str, rng: Random) -> Fault:
    found = text.member(path)
    assert found is not None
    holder, index = found
    member = text.members(holder)[index]
    words = {str(path[-1])}
    if isinstance(member.value, yaml.ScalarNode):
        words.update(text.words(member.value))
    first, last = text.span(path[:-1])
    match kind:
        case "key misspelt":
            key = misspelt(str(path[-1]), rng)
            words.add(key)
            new = text.renamed(holder, index, key)
        case "key left out":
            new = text.removed(holder, index)
            words.update(text.words(member.value))
        case "value of another type":
            value = read_yaml(text.text[member.key_end + 1 : member.end] if member.key_end else "")
            new = text.replaced(holder, index, of_another_type(value, rng))
        case "reference dangling":
            new = text.replaced(holder, index, another(str(member.value.value), rng))
        case _:
            new = text.doubled(holder, index)
            first, last = text.line_of(member.end), text.line_of(member.end) + 1
    last += max(0, new.count("\n") - text.lines)
    return Fault(SPEC, kind, SPEC, ".".join(map(str, path)), new, first, last, words=frozenset(words))


def _points_at(finding: Finding, fault: Fault) -> bool:
    """Whether a place that it names is at the fault, or it tells of what is missing there by its name."""
    places = (finding.location, *finding.related)
    near = any(fault.first <= place.line <= fault.last for place in places)
    told = set(re.findall(r"[\w.:/#-]+", finding.message))
    return near or not told.isdisjoint(fault.words)
