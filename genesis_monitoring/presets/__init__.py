"""SLIs and alerts that everybody with a product wants: a preset is one YAML file, a part of a spec.

``include: [preset:node-exporter]`` takes one in; what the spec says itself counts before it, key by key. No
alert of a preset wakes anybody: its severity is P2 or P3, and who wants to be woken says so in the spec. Its
numbers belong to the ``apiVersion``, as defaults do.
"""

from functools import cache
from importlib.resources import files

PREFIX = "preset:"


@cache
def preset_names() -> tuple[str, ...]:
    """Every preset, by the name that stands behind ``preset:``."""
    return tuple(sorted(one.name[:-5] for one in files(__name__).iterdir() if one.name.endswith(".yaml")))


def preset(name: str) -> bytes:
    """The text of a preset. Raises KeyError if there is none of that name."""
    if name not in preset_names():
        raise KeyError(name)
    return files(__name__).joinpath(f"{name}.yaml").read_bytes()
