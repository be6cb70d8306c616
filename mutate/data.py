"""Faults in data files, at any place of their documents: the comparison with the document must tell them."""

from collections.abc import Iterator
from random import Random

import yaml

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.documents.node import Document
from mutate.fault import Fault, Sort, Verdict, lot
from mutate.workshop import Workshop, errors, first_line, kind_of, meaning
from mutate.yaml_text import Path, YamlText, is_flow

UNHEARD_OF = "unheard_of"
Site = tuple[Artifact, Path, str]


def make(workshop: Workshop, seed: str, number: int) -> list[Fault]:
    """For each kind of file, faults at places drawn by lot; all there are if they are fewer."""
    sites: dict[str, list[Site]] = {}
    texts: dict[str, YamlText] = {}
    for artifact in workshop.artifacts.values():
        document = artifact.document
        if document is not None:
            texts[artifact.path] = YamlText(artifact.text)
            places = _sites(artifact, document, texts[artifact.path])
            sites.setdefault(kind_of(artifact.path), []).extend(places)
    faults: list[Fault] = []
    for files, all_sites in sites.items():
        rng = lot(seed, files)
        rng.shuffle(all_sites)
        for artifact, path, kind in all_sites[:number]:
            faults.append(_fault(artifact, texts[artifact.path], path, kind, rng))
    return faults


def judge(workshop: Workshop, fault: Fault) -> Verdict:
    """Without the comparison of bytes, which notices every change."""
    if meaning(fault.path, fault.text) == meaning(fault.path, workshop.artifacts[fault.path].text):
        return Verdict(fault, equal=True)
    with workshop.spoilt({fault.path: fault.text}):
        context = workshop.context(workshop.artifacts.values(), only=(fault.path,))
        found = errors(workshop.watch(context))
    located = any(workshop.points_at(finding, fault) for finding in found)
    return Verdict(fault, bool(found), located, said=first_line(found[0]) if found else "")


SORT = Sort("data files", make, judge)


def _sites(artifact: Artifact, document: Document, text: YamlText) -> Iterator[Site]:
    for path in _paths(document.data):
        for kind in _kinds(document, text, path):
            yield artifact, path, kind


def _paths(value: object, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _paths(inner, (*path, index))


def _kinds(document: Document, text: YamlText, path: Path) -> Iterator[str]:
    """What can go wrong with the value at ``path``."""
    node = text.node(path)
    if isinstance(node, yaml.MappingNode):
        yield "key unheard of"
    found = text.member(path)
    if found is None:
        if path and isinstance(text.node(path[:-1]), yaml.MappingNode):
            yield "merged key overridden"
        return
    if isinstance(node, yaml.ScalarNode):
        yield from ("value changed", "value of another type")
    holder, index = found
    if isinstance(holder, yaml.MappingNode):
        yield from ("key left out", "key misspelt")
        return
    yield from ("member left out", "member doubled")
    members = value_at(document.data, path[:-1])
    if (
        isinstance(members, list | tuple)
        and index + 1 < len(members)
        and members[index] != members[index + 1]
    ):
        yield "members swapped"


def _fault(artifact: Artifact, text: YamlText, path: Path, kind: str, rng: Random) -> Fault:
    document = artifact.document
    assert document is not None
    new, exact = _edited(text, path, kind, value_at(document.data, path), rng)
    first, last = text.span(path[:-1])
    if exact:
        first = last = exact
    last += max(0, new.count("\n") - text.lines)
    at = [path]
    if kind in ("key unheard of", "member doubled", "members swapped", "key misspelt"):
        at.append(path[:-1])
    if kind == "members swapped":
        at.append((*path[:-1], int(path[-1]) + 1))
    origins = frozenset(document.origin_of(one) for one in at)
    told = ".".join(map(str, path)) or "the file"
    return Fault(kind_of(artifact.path), kind, artifact.path, told, new, first, last, origins)


def _edited(text: YamlText, path: Path, kind: str, value: object, rng: Random) -> tuple[str, int]:
    """The new text, and the line that a finding must name; 0 for any line of what is around the place."""
    if kind == "key unheard of":
        node = text.node(path)
        assert node is not None
        members = text.members(node)
        behind = text.line_of(members[-1].end - 1) + (not is_flow(node)) if members else text.span(path)[0]
        return text.added(node, UNHEARD_OF, rng.choice(("x", 1, True, [], {"x": 1}))), behind
    found = text.member(path)
    if found is None:
        node = text.node(path[:-1])
        assert node is not None
        last = text.members(node)[-1]
        return text.added(node, str(path[-1]), another(value, rng)), text.line_of(last.end - 1) + 1
    holder, index = found
    line = text.line_of(text.members(holder)[index].start)
    match kind:
        case "value changed":
            return text.replaced(holder, index, another(value, rng)), line
        case "value of another type":
            return text.replaced(holder, index, of_another_type(value, rng)), line
        case "key left out" | "member left out":
            return text.removed(holder, index), 0
        case "key misspelt":
            return text.renamed(holder, index, misspelt(str(path[-1]), rng)), line
        case "member doubled":
            return text.doubled(holder, index), 0
        case _:
            return text.swapped(holder, index), 0


def value_at(value: object, path: Path) -> object:
    """The value at a path that is there."""
    for step in path:
        value = value[step]  # type: ignore[index]
    return value


def another(value: object, rng: Random) -> object:
    """Another value of the same type; of a list or mapping, an empty one or one with something in it."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return rng.choice((value + 1, -value - 1, value * 10 + 1))
    if isinstance(value, str):
        return rng.choice((f"{value}x", f"x{value}", value[:-1] if value else "x"))
    return type(value)() if value else [UNHEARD_OF]


def of_another_type(value: object, rng: Random) -> object:
    """Another type, where it can be with what looks like the same value."""
    if isinstance(value, str):
        alike = [float(value)] if value.replace(".", "", 1).isdigit() else [0]
        return rng.choice((None, [value], {"x": value}, *alike))
    return rng.choice((None, [value], str(value), "" if isinstance(value, bool) else bool(value)))


def misspelt(word: str, rng: Random) -> str:
    """One letter too few, too many or another."""
    at = rng.randrange(max(1, len(word)))
    return rng.choice(
        (word[:at] + word[at + 1 :] or "x", f"{word[:at]}x{word[at:]}", f"{word[:at]}q{word[at + 1 :]}")
    )
