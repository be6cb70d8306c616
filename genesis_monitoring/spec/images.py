"""Image references by the grammar of the container registries: text in, its parts out.

Source: ``reference/reference.go`` and ``reference/normalize.go`` of github.com/distribution/reference, which
Docker and Compose read images with.
"""

import re
from dataclasses import dataclass

_LONGEST_NAME = 255
_LAST_PORT = 65535
_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_REGISTRY = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::(?P<port>[0-9]+))?")
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_PATH = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}")
_IDENTIFIER = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ImageReference:
    """``registry`` is empty for Docker Hub; ``tag`` and ``digest`` are empty where there is none."""

    registry: str
    path: str
    tag: str
    digest: str

    @property
    def name(self) -> str:
        """The last part of the path, such as ``grafana``."""
        return self.path.rpartition("/")[2]


def parse_image(text: str) -> ImageReference:
    """Raises ValueError, naming the part that is wrong, for what is no reference."""
    named, at, digest = text.partition("@")
    first, slash, rest = named.partition("/")
    registry, local = (first, rest) if slash and _is_registry(first) else ("", named)
    path, colon, tag = local.partition(":")
    match = _REGISTRY.fullmatch(registry) if registry else None
    if registry and match is None:
        raise ValueError(f"{registry!r} is no registry: host or host:port, without http://")
    if match and match["port"] and not 1 <= int(match["port"]) <= _LAST_PORT:
        raise ValueError(f"a registry's port is a number from 1 to {_LAST_PORT}")
    if not _PATH.fullmatch(path):
        raise ValueError(
            f"{path!r} is no image's name: lower case letters and digits, parted by one of . _ __ - and /"
        )
    if not registry and _IDENTIFIER.fullmatch(path):
        raise ValueError("64 hexadecimal digits are the id of an image on one machine, and no name")
    if len(registry) + len(path) + 1 > _LONGEST_NAME:
        raise ValueError(f"the name of an image has at most {_LONGEST_NAME} characters")
    if colon and not _TAG.fullmatch(tag):
        raise ValueError(f"{tag!r} is no tag: at most 128 letters, digits, dots, dashes and underscores")
    if at and not _DIGEST.fullmatch(digest):
        raise ValueError("a digest is sha256: and 64 hexadecimal digits in lower case")
    return ImageReference(registry, path, tag, digest)


def image_name(text: str) -> str:
    """The last part of an image's path, such as ``grafana``; empty for what is no reference."""
    try:
        return parse_image(text).name
    except ValueError:
        return ""


def _is_registry(first: str) -> bool:
    return "." in first or ":" in first or first == "localhost"
