"""The ``apiVersion`` of a text in; whether it is one that is read here, or what to do, out.

What a key means, and what it is where it is left out, belongs to an ``apiVersion``. By another one nothing
else of the text can be judged, so this is told alone.
"""

import re
from importlib.metadata import version

from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.spec.scalars import show
from genesis_monitoring.spec.source import Source

API_VERSION = "genesis-mon/v1"
_OWN = re.compile(r"genesis-mon/v([1-9][0-9]{0,5})", re.ASCII)
_IMPORTED = {"openslo/": "openslo", "sloth.slok.dev/": "sloth"}


def foreign_version(source: Source) -> Finding | None:
    """What is to be said of a text that is of another version, or of another tool; None of any other."""
    value = source.value.get("apiVersion") if isinstance(source.value, dict) else None
    if not isinstance(value, str) or value == API_VERSION:
        return None
    own = _OWN.fullmatch(value)
    if own is not None:
        message = f"apiVersion: {show(value)} is later than what this genesis-mon reads, {API_VERSION}"
        here = version("genesis-mon")
        hint = f"use a later genesis-mon (this is {here}), or the spec as it was before"
    else:
        tool = next((one for begin, one in _IMPORTED.items() if value.startswith(begin)), None)
        if tool is None:
            return None
        message = f"apiVersion: {show(value)} is of another tool; a spec has {API_VERSION}"
        hint = f"take its SLOs over with: genesis-mon import {tool} FILE"
    return Finding("GM113", Severity.ERROR, source.locate(("apiVersion",)), message, hint)
