"""A spec and the files that it includes in; one source, with each value at its place in its file, out.

The texts lie one after the other, so that an offset says which file it is in. Mappings are laid over each
other key by key: what the spec says itself counts, and what two included files say is a finding at both.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from genesis_monitoring.findings import Finding, Location, Severity, sort_findings
from genesis_monitoring.spec.builder import Lines, MappingNode, Node, SequenceNode, offset_of
from genesis_monitoring.spec.scalars import Value
from genesis_monitoring.spec.source import Source, parse_source
from genesis_monitoring.words import shorten

TWICE = "GM104"
OF_THE_FILE = ("apiVersion", "include")
"""Keys that say something of the file that they stand in, and nothing of what is monitored."""
_A_PART = 2
"""What has a name in a section is so many steps into a spec."""
_NAMED = 5

_Path = tuple[str, ...]


class JoinedLines(Lines):
    """Several files as one text; a line between them belongs to none. ``file`` is the first one's name."""

    __slots__ = ("_begins", "_files")

    def __init__(self, files: Sequence[Lines]) -> None:
        super().__init__("\n".join(one.text for one in files), files[0].file)
        begins = [0]
        for one in files[:-1]:
            begins.append(begins[-1] + len(one.text) + 1)
        self._begins = tuple(begins)
        self._files = tuple(files)

    @property
    def files(self) -> tuple[tuple[int, Lines], ...]:
        """Each file with the offset at which its text begins."""
        return tuple(zip(self._begins, self._files, strict=True))

    def at(self, offset: int) -> Location:
        """The file of an offset, and its line and column there."""
        which = bisect_right(self._begins, offset) - 1
        return self._files[which].at(offset - self._begins[which])

    def line(self, number: int, file: str | None = None) -> str:
        """The text of a line of ``file``, of the first one if none is named; empty outside it."""
        named = self.file if file is None else file
        return next((one.line(number) for one in self._files if one.file == named), "")


@dataclass(frozen=True, slots=True)
class _Layer:
    """What one file has at a path, and where its key and its value stand."""

    value: Value
    key: int
    node: Node


class JoinedSource(Source):
    """A spec with what it includes."""

    __slots__ = ("_made", "_parts")

    def __init__(self, spec: Source, included: Mapping[str, Source]) -> None:
        """``included`` has the files by their paths in the folder of the spec, each of them a mapping."""
        self._parts = {"": spec, **included}
        super().__init__(JoinedLines([one.lines for one in self._parts.values()]), written=spec.written)
        self._made: tuple[_Layer, tuple[Finding, ...]] | None = None

    @property
    def parts(self) -> Mapping[str, Source]:
        """The spec itself as ``""``, and each included file by its path."""
        return self._parts

    @property
    def identity(self) -> bytes:
        """The digests of all files with their paths, as ``sha256sum`` writes them."""
        return "".join(f"{one.digest}  {name}\n" for name, one in self._parts.items()).encode()

    def with_part(self, name: str, text: str) -> Source:
        """The same with another text in place of one of its ``parts``. Raises SpecError."""
        changed = {**self._parts, name: parse_source(text, self._parts[name].file)}
        return JoinedSource(changed.pop(""), changed)

    @property
    def value(self) -> Value:
        """What the spec says, and what the included files say besides."""
        return self._joined()[0].value

    @property
    def root(self) -> Node:
        """The place of ``value``."""
        return self._joined()[0].node

    @property
    def twice(self) -> tuple[Finding, ...]:
        """Each key that two included files say and the spec does not."""
        return self._joined()[1]

    def forget(self) -> None:
        """Keep the texts alone."""
        self._made = None
        for one in self._parts.values():
            one.forget()

    def _joined(self) -> tuple[_Layer, tuple[Finding, ...]]:
        made = self._made
        if made is None:
            whole = [
                _Layer(one.value, 0, _moved(one.root, begin))
                for one, (begin, _) in zip(self._parts.values(), self.lines.files, strict=True)
            ]
            join = _Join()
            joined = join.over((), whole[0], [_alone(one) for one in whole[1:]])
            made = self._made = (joined, sort_findings(self._told(join.met)))
        return made

    def _told(self, met: "Sequence[_Met]") -> Iterator[Finding]:
        for path, layers, keys in met:
            places = tuple(self.lines.at(one.key) for one in layers)
            name = ".".join(map(shorten, path))
            what = f" ({', '.join(map(shorten, keys[:_NAMED]))})" if keys else ""
            for place in places:
                others = tuple(one for one in places if one != place)
                said = ", ".join(sorted({one.file for one in others}))
                yield Finding(
                    TWICE,
                    Severity.ERROR,
                    place,
                    f"{name}{what} is said by two included files: by {said} too",
                    f"remove or rename one of them, or say {name} in {self.file} itself, which then counts",
                    others,
                )


_Met = tuple[_Path, Sequence[_Layer], tuple[str, ...]]


class _Join:
    """``met`` has the paths at which included files met, with what each of them says.

    Of an alert or an SLI that several keys of are said twice, it has the whole, and these keys.
    """

    def __init__(self) -> None:
        self.met: list[_Met] = []

    def over(self, path: _Path, own: _Layer | None, others: Sequence[_Layer]) -> _Layer:
        """One layer of all: ``own`` counts, where it says something, before ``others``."""
        if own is not None and (not others or not isinstance(own.value, dict | None)):
            return own
        mappings = [one for one in others if isinstance(one.value, dict)]
        over_mapping = own is not None and isinstance(own.value, dict)
        if len(mappings) < len(others) and (len(others) > 1 if not over_mapping else mappings):
            self.met.append((path, others, ()))
        if over_mapping and own is not None:
            return self._mapping(path, own, mappings)
        if len(others) > 1 and len(mappings) == len(others):
            return self._mapping(path, None, mappings)
        return others[0]

    def _mapping(self, path: _Path, own: _Layer | None, others: Sequence[_Layer]) -> _Layer:
        layers = others if own is None else (own, *others)
        first = layers[0]
        if len(layers) == 1:
            return first
        values: dict[str, Value] = {}
        node = MappingNode(offset_of(first.node))
        before = len(self.met)
        for name in dict.fromkeys(key for one in layers for key in _entries(one)):
            said = self.over(
                (*path, name),
                _entries(own).get(name) if own is not None else None,
                [_entries(one)[name] for one in others if name in _entries(one)],
            )
            values[name], node.entries[name] = said.value, (said.key, said.node)
        if len(path) >= _A_PART and len(self.met) > before + 1:
            keys = dict.fromkeys(met[len(path)] for met, _, _ in self.met[before:])
            self.met[before:] = [(path, others, tuple(keys))]
        return _Layer(values, first.key, node)


def _entries(layer: _Layer) -> dict[str, _Layer]:
    if not isinstance(layer.value, dict) or not isinstance(layer.node, MappingNode):
        return {}
    return {name: _Layer(value, *layer.node.entries[name]) for name, value in layer.value.items()}


def _alone(layer: _Layer) -> _Layer:
    """What an included file says of what is monitored; a section without entries says nothing."""
    kept = {
        name: one
        for name, one in _entries(layer).items()
        if name not in OF_THE_FILE and one.value is not None
    }
    node = MappingNode(offset_of(layer.node))
    node.entries = {name: (one.key, one.node) for name, one in kept.items()}
    return _Layer({name: one.value for name, one in kept.items()}, layer.key, node)


def _moved(node: Node, by: int) -> Node:
    if isinstance(node, MappingNode):
        mapping = MappingNode(node.offset + by)
        mapping.entries = {name: (key + by, _moved(one, by)) for name, (key, one) in node.entries.items()}
        return mapping
    if isinstance(node, SequenceNode):
        listed = SequenceNode(node.offset + by)
        listed.items = [_moved(one, by) for one in node.items]
        return listed
    return node + by
