"""Environments that say something: a spec's source in, what its overrides do not do out.

GM151 (warning): an override gives the value that the spec has anyway. It will hide the next change of that
value. Remove it, or correct the value.

GM152 (info): an alert is left out in every environment, of two or more, so that only the tree of the spec as
it is written has it. Where that one is not in use, the alert exists nowhere: remove it.

GM154 is of ``shared_alertmanager.py``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from genesis_monitoring.checks.shared_alertmanager import check_shared_alertmanager
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.spec.base import Model
from genesis_monitoring.spec.environment_source import EnvironmentSource
from genesis_monitoring.spec.environments import Change
from genesis_monitoring.spec.load import LoadedSpec, judged
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path
from genesis_monitoring.spec.source import Source, SpecError

CODES = ("GM151", "GM152", "GM154")

_SERVERS = (("prometheus", "service"), ("prometheus", "alertmanager"))


def check_environments(spec: Spec, source: Source) -> tuple[Finding, ...]:
    """Of the spec as it is written; of an environment there is nothing to say."""
    if not spec.environments or isinstance(source, EnvironmentSource):
        return ()
    base = judged(source)
    loaded = {name: one for name in spec.environments if (one := _loaded(source, name)) is not None}
    stale = (one for name, there in loaded.items() for one in _stale(base, there, name))
    whole = len(loaded) == len(spec.environments) > 1
    nowhere = _nowhere(base, loaded) if whole else ()
    return (*stale, *nowhere, *check_shared_alertmanager(base, loaded))


def _loaded(source: Source, name: str) -> LoadedSpec | None:
    try:
        return judged(source, environment=name)
    except SpecError:
        return None


def _stale(base: LoadedSpec, there: LoadedSpec, name: str) -> Iterator[Finding]:
    changes: tuple[Change, ...] = there.source.changes if isinstance(there.source, EnvironmentSource) else ()
    at = ("environments", name, "page_nobody")
    if there.spec.environments[name].page_nobody is not None and not any(one.at == at for one in changes):
        message = f"environment {name} pages nobody, and nobody is paged anyway"
        yield Finding("GM151", Severity.WARNING, base.source.locate_key(at), message, "remove page_nobody")
    for change in changes:
        if change.leaves_out:
            continue
        before, after = _said(base.spec, change.path), _said(there.spec, change.path)
        if before == after:
            yield Finding(
                "GM151",
                Severity.WARNING,
                base.source.locate(change.at),
                f"environment {name} sets {'.'.join(map(str, change.path))} to what the spec says anyway",
                "remove the override, or correct its value",
                (base.source.locate(change.path),),
            )


def _nowhere(base: LoadedSpec, loaded: Mapping[str, LoadedSpec]) -> Iterator[Finding]:
    for alert in base.spec.alerts:
        if any(alert in there.spec.alerts for there in loaded.values()):
            continue
        yield Finding(
            "GM152",
            Severity.INFO,
            base.source.locate_key(("alerts", alert)),
            f"the alert {alert} is left out in all of the {len(loaded)} environments",
            "remove the alert if the tree without an environment is not in use",
            tuple(
                base.source.locate_key(("environments", name, "without", f"alerts.{alert}"))
                for name in loaded
            ),
        )


def _said(spec: Spec, path: Path) -> Any:
    """What the models have at ``path``; of a server by its address, which its service has, that service."""
    found = _at(spec, path)
    return spec.stack.services[found] if path in _SERVERS else found


def _at(part: Any, path: Path) -> Any:
    """What the models have at ``path``; None where they have nothing."""
    for step in path:
        if isinstance(part, Model):
            fields = type(part).model_fields
            name = next((one for one, info in fields.items() if step in (info.alias, one)), None)
            part = getattr(part, name) if name else None
        elif isinstance(part, Mapping):
            part = part.get(step)
        elif isinstance(part, tuple) and isinstance(step, int) and step < len(part):
            part = part[step]
        else:
            return None
    return part
