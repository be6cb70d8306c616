"""What every spec model is built from: the strict base class and the constrained scalar types.

Text of a spec ends up in YAML, PromQL, Go templates, shell and HTML. Names are therefore limited to
characters that mean nothing in any of them; prose is free but for control characters, and is quoted
by the renderers.
"""

import re
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from genesis_monitoring.addresses import LAST_PORT, valid_link, valid_server, valid_target, valid_url
from genesis_monitoring.durations import PATTERN, parse_duration, unit_needed
from genesis_monitoring.other_units import meant
from genesis_monitoring.spec import patterns
from genesis_monitoring.spec.patterns import WORDS
from genesis_monitoring.times import parse_time
from genesis_monitoring.units import UNITS
from genesis_monitoring.words import shorten, suggest


class Model(BaseModel):
    """A part of the spec: frozen, strict about types, unknown keys refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False, defer_build=True)


def _duration(value: Any) -> Any:
    if isinstance(value, str):
        return parse_duration(value)
    needed = unit_needed(str(value)) if isinstance(value, int) else ""
    raise ValueError(f"a duration is text with a unit: 30s, 5m, 1h30m, 2d{needed}")


def _positive(value: int) -> int:
    if value <= 0:
        raise ValueError("this duration is longer than 0s")
    return value


def _unit(value: str) -> str:
    if value not in UNITS:
        other = meant(value)
        if other:
            raise ValueError(f"it is no unit of a spec{other}")
        raise ValueError(f"a unit is one of {', '.join(UNITS)}{suggest(value, UNITS)}")
    return value


def _utc(value: Any) -> Any:
    try:
        moment = datetime.fromisoformat(value)
        if moment.isoformat() != f"{value[:-1]}+00:00":
            raise ValueError
    except (TypeError, ValueError):
        raise ValueError('a time is UTC to the second, in quotes: "2025-10-23T20:56:00Z"') from None
    parse_time(value)
    return moment


def _seen(value: str) -> str:
    if not value.strip():
        raise ValueError("a text has at least one character that can be seen")
    return value


def _plain_folder(value: str) -> str:
    if any(wildcard in value.rpartition("/")[0] for wildcard in "*?"):
        raise ValueError("'*' and '?' stand for characters of a file's name, and not of its folder's")
    return value


_LABEL = r"^(?:[a-zA-Z]|_[a-zA-Z0-9])[a-zA-Z0-9_]*$"


def _label(value: str) -> str:
    """OpenTelemetry's ``k8s.pod.name`` is exposed as ``k8s_pod_name``."""
    if re.fullmatch(_LABEL, value):
        return value
    exposed = re.sub(r"[^a-zA-Z0-9_]", "_", value)
    meant = f'; did you mean "{exposed}"?' if re.fullmatch(_LABEL, exposed) else ""
    raise ValueError(
        f"a label has letters, digits and underscores, and neither a digit nor two underscores first{meant}"
    )


def _with_a_scheme(value: Any) -> Any:
    """A host alone is no address."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9-]+(?:[.:][A-Za-z0-9-]+)+(?:/[^\s]*)?", value):
        scheme = "http" if re.match(r"[^/]*:|[0-9.]+(?:/|$)", value) else "https"
        raise ValueError(f'{WORDS[patterns.URL]}; did you mean "{scheme}://{shorten(value, 200)}"?')
    return value


def _inside(value: str) -> str:
    if ".." in value.split("/"):
        raise ValueError("a path stays inside the folder that holds the spec: no '..'")
    return value


def _inside_container(path: str) -> str:
    if ".." in path.split("/"):
        raise ValueError("a path in a container has no '..'")
    return path


_DURATION_SCHEMA = WithJsonSchema({"type": "string", "pattern": PATTERN, "examples": ["5m", "30s", "1h30m"]})


def is_duration(kind: Any) -> bool:
    """Whether a field whose annotation, or whose metadata, is ``kind`` holds seconds."""
    if isinstance(kind, list):
        return _DURATION_SCHEMA in kind
    return any(one is _DURATION_SCHEMA or is_duration(one) for one in get_args(kind))


Seconds = Annotated[int, BeforeValidator(_duration), _DURATION_SCHEMA]
"""A duration: Prometheus notation in the spec, whole seconds in the model. May be ``0s``."""
PositiveSeconds = Annotated[int, BeforeValidator(_duration), AfterValidator(_positive), _DURATION_SCHEMA]
"""A duration above ``0s``."""
UtcTime = Annotated[
    datetime,
    BeforeValidator(_utc),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2025-10-23T20:56:00Z"]}),
]
"""A moment in UTC."""
UnitName = Annotated[str, AfterValidator(_unit), WithJsonSchema({"type": "string", "enum": list(UNITS)})]
"""A name in ``units.UNITS``."""
TimeUnit = Annotated[
    UnitName,
    WithJsonSchema(
        {
            "type": "string",
            "enum": [name for name, unit in UNITS.items() if unit.dimension == "time"],
            "examples": ["hours"],
        }
    ),
]
"""As an editor offers it where a value is a time; what else a unit must be is told by the kind."""

Text = Annotated[
    str,
    Field(min_length=1, max_length=2000, pattern=patterns.PROSE),
    AfterValidator(_seen),
]
"""One line of prose; spaces alone are none."""
Name = Annotated[str, Field(max_length=80, pattern=patterns.SNAKE_CASE)]
"""snake_case: an SLI, suite, criterion."""
Slug = Annotated[str, Field(max_length=80, pattern=patterns.KEBAB_CASE)]
"""kebab-case: a service, component, receiver, profile."""
AlertName = Annotated[str, Field(max_length=80, pattern=patterns.CAMEL_CASE)]
"""CamelCase: an alert."""
MetricName = Annotated[
    str,
    Field(min_length=1, max_length=120, pattern=patterns.PROSE),
    WithJsonSchema({"type": "string", "maxLength": 120, "pattern": "^[a-zA-Z_:][a-zA-Z0-9_:]*$"}),
]
"""A metric exactly as exposed, or as somebody's rule records it; ``exposed_names`` says which can be."""
LabelName = Annotated[
    str,
    Field(max_length=80),
    AfterValidator(_label),
    WithJsonSchema({"type": "string", "maxLength": 80, "pattern": _LABEL}),
]
"""A label; names that begin with two underscores belong to Prometheus."""
SeverityName = Annotated[str, Field(pattern=patterns.SEVERITY)]
"""An alert severity, P0 the highest."""
PanelId = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""A Grafana panel id, unique on its dashboard for ever."""
_UrlText = Annotated[str, Field(max_length=500, pattern=patterns.URL)]
_Url = Annotated[_UrlText, BeforeValidator(_with_a_scheme, json_schema_input_type=_UrlText)]
Url = Annotated[_Url, AfterValidator(valid_url)]
"""An absolute http(s) address."""
Link = Annotated[_Url, AfterValidator(valid_link)]
"""An absolute http(s) address to which paths are added."""
RelativePath = Annotated[str, Field(max_length=300, pattern=patterns.RELATIVE_PATH), AfterValidator(_inside)]
"""A path relative to the folder that holds the spec, and inside it."""
ResultFiles = Annotated[
    str,
    Field(max_length=300, pattern=patterns.RESULT_FILES),
    AfterValidator(_inside),
    AfterValidator(_plain_folder),
]
"""A ``RelativePath``; ``*`` and ``?`` in the file's name stand for any characters and for one."""
AbsolutePath = Annotated[
    str, Field(max_length=300, pattern=patterns.ABSOLUTE_PATH), AfterValidator(_inside_container)
]
"""A path from the root of a container or a server."""
Port = Annotated[int, Field(ge=1, le=LAST_PORT)]
LARGEST = 1e18
"""No value is beyond this, so that any unit's factor can be applied to it."""
Number = Annotated[float, Field(allow_inf_nan=False)]
"""A finite number."""
Amount = Annotated[float, Field(allow_inf_nan=False, ge=-LARGEST, le=LARGEST)]
"""A value in some unit."""
Level = Literal["target", "alert", "no_go"]
"""One of an objective's levels."""


def _host_and_port(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    bare = re.sub(r"^[a-z]+://|/.*$", "", value)
    if bare != value and re.search(":[0-9]{1,5}$", bare):
        raise ValueError(f"a host and a port, without a scheme and a path{suggest(bare, [bare])}")
    if not re.search(":[0-9]+$", value):
        raise ValueError(WORDS[patterns.HOST_AND_PORT])
    if not re.fullmatch(patterns.HOST_AND_PORT, value):
        raise ValueError(WORDS[patterns.HOST_AND_PORT])
    return value


Address = Annotated[
    str,
    BeforeValidator(_host_and_port),
    Field(max_length=260, pattern=patterns.HOST_AND_PORT),
    AfterValidator(valid_target),
    Field(examples=["shop:8080"]),
]
"""A host and a port: ``genesis-app:8000``, ``10.0.0.7:8000``, ``[::1]:8000``."""
ServerAddress = Annotated[str, Field(max_length=500, examples=["mon-1:9093"]), AfterValidator(valid_server)]
"""Where a server is asked: ``alertmanager:9093``, or ``https://mon.shop.io/alertmanager``."""
