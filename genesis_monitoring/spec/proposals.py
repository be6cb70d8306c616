"""What is missing at a place, or of another shape, in; what to write there out, so that it is accepted."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from genesis_monitoring.other_units import unit_behind
from genesis_monitoring.spec.samples import flow
from genesis_monitoring.spec.scalars import Value, show
from genesis_monitoring.words import closest, shorten

if TYPE_CHECKING:
    from genesis_monitoring.spec.allowed import Place, Shape
    from genesis_monitoring.spec.samples import Samples
    from genesis_monitoring.spec.written_schema import Steps

_LONGEST = 200
"""Of what a person wrote, so much is shown in its new shape."""


def to_add(path: "Steps", samples: "Samples", holder: Value) -> str:
    """``add the line: for: 5m``: a key that ``holder`` lacks, with a value, or with those to choose from.

    Of several words, as of units, none is the likely one, and each decides what the spec means.
    """
    key, names = str(path[-1]), samples.names(path)
    choices, note = samples.choices(path), samples.note(path)
    noted = f"; {note}" if note else ""
    if len(choices) > 1 and not names:
        written = _unit_of_levels(holder) if key == "unit" else ""
        return f"add the line: {key}: {written}" if written in choices else which(key, choices) + noted
    value = samples.of(path)
    others = [one for one in choices if one != value]
    listed = f"; or one of: {', '.join(map(flow, others))}" if others else ""
    return f"add the line: {key}: {flow(value)}{listed}{noted}"


def another_kind(given: Value, key: str, kinds: Sequence[str], fitting: Sequence[str]) -> str:
    """For a kind that there is not: one spelled like it, of those ``fitting`` the other keys; else which."""
    near = closest(given, fitting) if isinstance(given, str) else ""
    if near:
        return f'did you mean "{near}"?'
    if len(fitting) == len(kinds):
        return "write one of these, with the keys of that kind"
    return which(key, fitting) if len(fitting) > 1 else f"write {fitting[0]}: it has these keys"


def which(key: str, choices: Sequence[Value]) -> str:
    """``say which: unit: days, hours or minutes``."""
    words = tuple(map(flow, choices))
    return f"say which: {key}: {', '.join(words[:-1])} or {words[-1]}"


def _unit_of_levels(sli: Value) -> str:
    """The unit that levels are written with, as in ``target: 1d``; empty for none, or several."""
    objective = sli.get("objective") if isinstance(sli, dict) else None
    levels = objective.values() if isinstance(objective, dict) else ()
    units = {unit for one in levels if isinstance(one, str) and (unit := unit_behind(one))}
    return units.pop() if len(units) == 1 else ""


def as_mapping(place: "Place", shape: "Shape", samples: "Samples") -> str:
    """What is there as a part of the mapping that is expected, where it has a place in it."""
    sample = samples.of(place.path, "object")
    if fitting := _under_its_key(place, shape):
        return f"write it as a mapping: {flow(fitting)}"
    if not isinstance(sample, dict) or not sample:
        return "write {}, or its keys below it, indented"
    return f"write it as a mapping: {_short(_with(sample, place.value, samples, place.path), sample)}"


def _under_its_key(place: "Place", shape: "Shape") -> dict[str, Value]:
    """The list that is there as it may stand in the mapping: ``{email: {to: [data@shop.io]}}``."""
    if not isinstance(place.value, tuple) or not place.value:
        return {}
    for key in shape.keys(place.schemas):
        below = shape.members(place.schemas, key)
        for inner in shape.keys(below):
            if shape.accepts(below, {inner: place.value}):
                return {key: {inner: place.value}}
    return {}


def _with(sample: dict[str, Value], value: Value, samples: "Samples", path: "Steps") -> Value:
    """``sample`` with ``value`` under the one key that is for such; itself where that is unclear."""
    if value is None:
        return sample
    if samples.named(path):
        (entry,) = sample.values()
        if isinstance(value, tuple) and isinstance(entry, tuple):
            return dict.fromkeys(sample, value)
        texts = isinstance(value, tuple) and all(isinstance(one, str) for one in value)
        return {str(one): entry for one in value} if texts and isinstance(value, tuple) else sample
    open_to_all = [key for key in sample if samples.takes_anything((*path, key))]
    lists = [key for key, one in sample.items() if isinstance(one, tuple)]
    keys = open_to_all or (lists if isinstance(value, tuple) else [])
    return {**sample, keys[0]: value} if len(keys) == 1 else sample


def as_list(place: "Place", shape: "Shape", samples: "Samples", entries: tuple[str, ...]) -> str:
    """``entries`` are the words in a text that lacks its brackets."""
    members = shape.members(place.schemas, 0)
    for likely in (entries, (place.value,)):
        if likely and all(shape.accepts(members, one) for one in likely):
            return f"write it as a list: {_short(likely, samples.of(place.path, 'array'))}"
    return f"write it as a list: {flow(samples.of(place.path, 'array'))}"


def something_else(place: "Place", limits: Mapping[str, Any], samples: "Samples") -> str:
    """What may stand at a place, where nothing tells what was meant; ``limits`` are those of its size."""
    if "max_length" in limits and "actual_length" in limits:
        unit = "characters" if isinstance(place.value, str) else "entries"
        return f"shorten it to {limits['max_length']} {unit} or fewer"
    names = samples.names(place.path)
    if names and not place.on_key:
        return (
            f"write {' or '.join(map(flow, names))}"
            if len(names) < 3
            else f"write one of: {', '.join(names)}"
        )
    choices = samples.choices(place.path)
    if choices:
        return f"write {' or '.join(map(show, choices))}" if len(choices) < 3 else "write one of these"
    sample = samples.of_key(place.path) if place.on_key else samples.of(place.path)
    return f"write it like this: {flow(sample)}"


def _short(value: Value, sample: Value) -> str:
    text = flow(value)
    return text if len(text) <= _LONGEST and text == shorten(text, _LONGEST) else flow(sample)
