"""GM131 (error): a secret stands in the spec as it is, in a link, an argument, the environment or prose.

Whoever can read the repository, a generated page, a dashboard or a message can use it. Put it into a file of
``stack.secrets``, or say where it is kept; then change the secret itself, for it has been seen. The whole
text is read, comments as well. The finding never repeats the secret.
"""

from collections.abc import Iterator

from genesis_monitoring.checks.given_secrets import argument_with_secret, environment_with_secret
from genesis_monitoring.checks.secret_shapes import secrets_in
from genesis_monitoring.findings import Finding, Location, Severity, sort_findings
from genesis_monitoring.spec.source import Source

CODES = ("GM131",)

_HINT = "keep it in a file outside the repository, as stack.secrets does, then change the secret: it was seen"
_Path = tuple[str | int, ...]


def check_spec_secrets(source: Source) -> tuple[Finding, ...]:
    """GM131 for each secret, where it stands."""
    text = source.lines.text
    written = secrets_in(text)
    found = [_finding(source.lines.at(secret.start), secret.masked) for secret in written]
    known = {secret.text for secret in written}
    for path, value in _texts(source.value, ()):
        # Written with escapes or over several lines, it shows in the value alone.
        own = secrets_in(value)
        found.extend(
            _finding(source.locate(path), secret.masked) for secret in own if secret.text not in known
        )
        given = "" if own else _given(source, path, value)
        if given:
            found.append(_finding(source.locate(path), given))
    return sort_findings(found)


def _given(source: Source, path: _Path, value: str) -> str:
    """What is a secret by the name that it is given under, in a service's environment or arguments."""
    match path:
        case ("stack", "services", _, "environment", str(name)) if environment_with_secret(name, value):
            return f"the value of {name} ({len(value)} characters)"
        case ("stack", "services", _, "command" | "entrypoint", int(index)):
            after = _value_at(source, (*path[:-1], index + 1))
            name = argument_with_secret(value, after)
            return f"what {name} is given" if name else ""
    return ""


def _value_at(source: Source, path: _Path) -> str:
    value: object = source.value
    for step in path:
        match value:
            case dict() if step in value:
                value = value[step]
            case tuple() if isinstance(step, int) and step < len(value):
                value = value[step]
            case _:
                return ""
    return value if isinstance(value, str) else ""


def _texts(value: object, path: _Path) -> Iterator[tuple[_Path, str]]:
    match value:
        case str():
            yield path, value
        case dict():
            for name, inner in value.items():
                yield from _texts(inner, (*path, name))
        case tuple() | list():
            for index, inner in enumerate(value):
                yield from _texts(inner, (*path, index))


def _finding(place: Location, what: str) -> Finding:
    return Finding("GM131", Severity.ERROR, place, f"a secret in plain text: {what}", _HINT)
