"""Keys that stand where they mean nothing: misspelt, in another mapping's place, or indented too little."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.spec.samples import flow
from genesis_monitoring.spec.scalars import show_plain, type_words
from genesis_monitoring.words import closest, shorten

if TYPE_CHECKING:
    from genesis_monitoring.spec.allowed import Place, Shape
    from genesis_monitoring.spec.samples import Samples
    from genesis_monitoring.spec.scalars import Value
    from genesis_monitoring.spec.source import Source

Steps = tuple[str | int, ...]
_IN_AN_ENVIRONMENT = 2
_SHOWN = 3
_NEAR = 2
"""Steps: what lies deeper in another section has nothing to do with a key here."""
_LINKS = ("url", "link", "href")


def unknown_key(
    place: "Place", name: str, lacking: Sequence[str], source: "Source", shape: "Shape", samples: "Samples"
) -> tuple[Finding, str]:
    """The finding, and the key that was meant; empty if none was.

    ``lacking`` are the keys that the mapping needs and does not have, if ``name`` is all that is too much.
    """
    keys = shape.keys(place.schemas)
    before, colon, after = name.partition(":")
    meant = closest(name, keys) or _longer(name, keys, samples)
    listed = f"Keys allowed here: {', '.join(keys)}" if keys else "No key is allowed here"
    if colon and before in keys:
        meant, hint = before, f"a space is missing after the colon: write {before}: {shorten(after)}. "
    elif meant and source.place((*place.path, meant)) is not None:
        meant, hint = "", f'"{meant}" stands here already: remove one of the two. '
    elif f"{name}_secret" in keys:
        meant = f"{name}_secret"
        hint = (
            f'write "{meant}" with a name: the secret itself stands in a file of that name, and in no spec. '
        )
    elif not meant and len(lacking) == 1 and _fits(place, name, lacking[0], shape):
        # As the parts that are checked all the same: the one key too much is the one that lacks.
        meant = lacking[0]
        hint = f'did you mean "{meant}"? '
    elif not meant and (owner := _owner(place, name, keys, shape)):
        value = place.value.get(name) if isinstance(place.value, dict) else None
        whole = f"write {owner}: {{{name}: {show_plain(value)}}}. "
        stands = source.place((*place.path, owner)) is not None or isinstance(value, dict | tuple)
        meant = "" if stands else owner
        hint = f'it is a key of "{owner}": {"write it there. " if stands else whole}'
    else:
        hint = f'did you mean "{meant}"? ' if meant else _elsewhere(place, name, samples)
    message = f'unknown key "{shorten(name)}" in {dotted(place.path) or "the spec"}'
    where = source.locate_key((*place.path, name))
    return _error("GM110", where, message, hint + listed), meant


def _longer(name: str, keys: Sequence[str], samples: "Samples") -> str:
    """The key that ``name`` begins with, as ``mute_time_intervals``, where it is no key elsewhere."""
    begun = [key for key in keys if name.startswith(f"{key}_")]
    return begun[0] if len(begun) == 1 and not samples.written.places(name) else ""


def _owner(place: "Place", name: str, keys: Sequence[str], shape: "Shape") -> str:
    """The key of the mapping whose own mapping has ``name``; empty if none has."""
    return next((key for key in keys if name in shape.keys(shape.members(place.schemas, key))), "")


def _elsewhere(place: "Place", name: str, samples: "Samples") -> str:
    if (
        len(place.path) == _IN_AN_ENVIRONMENT
        and place.path[0] == "environments"
        and name in samples.written.sections
    ):
        override = flow(samples.of(("environments", "NAME", "set")))
        return f"an environment says by its path what is otherwise: set: {override}. "
    link = place.path[-1:] and samples.written.at(("metadata", "links", place.path[-1]), None)
    if name in _LINKS and link:
        return f"remove it: the link for people is metadata.links.{place.path[-1]}. "
    owners = [one.path[:-1] for one in samples.written.places(name)]
    related = [one for one in owners if len(one) <= _NEAR or not place.path or one[0] == place.path[0]]
    others = [".".join(one) or "the spec itself" for one in related[:_SHOWN]]
    return f"remove it: it is a key of {', '.join(others)}. " if others else "remove it. "


def _fits(place: "Place", name: str, key: str, shape: "Shape") -> bool:
    """Whether the value under ``name`` may stand under ``key``, as far as its type tells."""
    value = place.value.get(name) if isinstance(place.value, dict) else None
    allowed = shape.describe(shape.members(place.schemas, key), brief=True)
    return not allowed or type_words(value).removeprefix("a ") in allowed


def kind_under_another_key(place: "Place", key: str, tags: Sequence[str], source: "Source") -> Finding | None:
    """The key that holds a kind under another name, as ``type: ratio``."""
    if not isinstance(place.value, dict):
        return None
    for name, value in place.value.items():
        if isinstance(value, str) and value in tags and source.place((*place.path, name)) is not None:
            message = f'unknown key "{shorten(name)}" in {dotted(place.path)}'
            where = source.locate_key((*place.path, name))
            return _error("GM110", where, message, f'did you mean "{key}"?')
    return None


def dedented(path: Steps, whole: "Value", source: "Source", shape: "Shape") -> tuple[Steps, Finding] | None:
    """A key of an entry that stands among the entries, as ``objective`` beside the SLI that it belongs to."""
    for size in range(2, len(path) + 1):
        section, name = shape.follow(path[: size - 1], whole), path[size - 1]
        keys = shape.keys_of_entries(section.schemas)
        if section.path != path[: size - 1] or name not in keys or not isinstance(section.value, dict):
            continue
        if any(source.place((*section.path, name, key)) is not None for key in keys):
            continue
        names = list(section.value)
        above = names[names.index(str(name)) - 1] if str(name) in names[1:] else ""
        if above and source.place((*section.path, above)) is not None:
            message = (
                f'"{name}" stands beside {above} in {dotted(section.path)}, and is a key of such an entry'
            )
            hint = f"indent it like the keys of {above}"
            where = source.locate_key((*section.path, name))
            return (*section.path, name), _error("GM110", where, message, hint)
    return None


def dotted(path: Sequence[str | int]) -> str:
    """A path as people write it."""
    return ".".join(shorten(str(step)) for step in path)


def _error(code: str, location: Location, message: str, hint: str) -> Finding:
    return Finding(code, Severity.ERROR, location, message, hint)
