"""``slo.yaml`` in, a ``Spec`` with its source positions out; or every mistake in it at once.

Six passes: YAML, included files, defaults, the models, references, contradictions. A malformed part is left
out of the later passes, so that a mistake in one alert does not hide a dangling name in another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from genesis_monitoring.defaults.expand import expand
from genesis_monitoring.defaults.scraping import name_environment
from genesis_monitoring.defaults.tree import Steps, Tree
from genesis_monitoring.errors import UsageError
from genesis_monitoring.findings import MOST_FINDINGS, Finding, sort_findings
from genesis_monitoring.spec.api_version import foreign_version
from genesis_monitoring.spec.contradictions import check_contradictions
from genesis_monitoring.spec.environment_source import EnvironmentSource, changed_late, stands
from genesis_monitoring.spec.environments import changes_of, check_environments, late_changes
from genesis_monitoring.spec.exposed_names import unreadable_names
from genesis_monitoring.spec.includes import Files, Folder, Nowhere, with_included
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.partial import Fault, leave_out
from genesis_monitoring.spec.preset_findings import at_entries
from genesis_monitoring.spec.problems import findings_from_validation, join_findings, with_rest
from genesis_monitoring.spec.references import check_references
from genesis_monitoring.spec.reporter import Reporter
from genesis_monitoring.spec.scalars import Value
from genesis_monitoring.spec.source import Source, SpecError, load_source, parse_source
from genesis_monitoring.words import suggest

_ATTEMPTS = 3
"""Leaving out the last entry of a section makes a mistake of its own: then the section goes too."""

_JOBS: tuple[Steps, ...] = (("stack", "services"), ("prometheus", "targets"))
_KINDS: dict[str, Literal["missing", "unknown"]] = {"missing": "missing", "extra_forbidden": "unknown"}


@dataclass(frozen=True, slots=True)
class LoadedSpec:
    """A spec that has passed every check, and where each of its values stands."""

    spec: Spec
    source: Source
    origins: Mapping[Steps, str]
    """What a value comes from that the file does not have, by its path."""


def load_spec(path: Path, *, display: str | None = None, environment: str | None = None) -> LoadedSpec:
    """Raises SpecError with all findings for a file, and what it includes, that is not a valid spec.

    With ``environment`` it is as it stands in that one. Raises UsageError for one that it does not have.
    """
    files = Folder(path.parent, str(path) if display is None else display)
    return _in_environment(_loaded(lambda: load_source(path, display=display), files), environment)


def parse_spec(
    text: str, display: str, *, environment: str | None = None, files: Files | None = None
) -> LoadedSpec:
    """As ``load_spec``, from text; ``files`` has what it includes, and without it there is none."""
    return _in_environment(_loaded(lambda: parse_source(text, display), files or Nowhere()), environment)


def judged(source: Source, *, environment: str | None = None) -> LoadedSpec:
    """As ``load_spec``, of what has been read, with all that it includes."""
    return _in_environment(_judged(source, ()), environment)


def _loaded(read: Callable[[], Source], files: Files) -> LoadedSpec:
    in_text: tuple[Finding, ...] = ()
    try:
        source = read()
    except SpecError as error:
        if error.source is None:
            raise
        source, in_text = error.source, error.findings
    included = with_included(source, files)
    in_text = sort_findings((*in_text, *included.findings))
    in_text = with_rest(in_text[:MOST_FINDINGS], max(0, len(in_text) - MOST_FINDINGS))
    if not included.whole:
        raise SpecError(in_text, included.source)
    return _judged(included.source, in_text)


def _judged(source: Source, in_text: tuple[Finding, ...]) -> LoadedSpec:
    foreign = foreign_version(source)
    if foreign is not None:
        raise SpecError((foreign,), source)
    full = expand(source.value) if isinstance(source.value, dict) else None
    spec, in_models, without = _validated(source, full.root if full else source.value)
    findings = join_findings(in_text, in_models)
    if spec is not None:
        findings = join_findings(findings, _checked(spec, source, without))
    if spec is not None and full is not None and not findings and spec.environments:
        findings = sort_findings(check_environments(spec, full.root, source))
    if findings or spec is None:
        raise SpecError(at_entries(findings, source), source)
    source.forget()
    return LoadedSpec(spec, source, full.origins if full else {})


def _in_environment(base: LoadedSpec, name: str | None) -> LoadedSpec:
    """``base`` as it stands in the environment ``name``; itself without one. Raises as ``load_spec``."""
    if name is None:
        return base
    environments = base.spec.environments
    if name not in environments:
        known = ", ".join(environments)
        raise UsageError(
            f"there is no environment {name!r} in {base.source.file}{suggest(name, environments)}",
            f"use one of: {known}"
            if known
            else "it has none: add environments: to it (docs/environments.md)",
        )
    changes = changes_of(base.spec, _written_out(base.source).root, name)
    early = tuple(one for one in changes if stands(base.source.value, one))
    full = _written_out(EnvironmentSource(base.source, early))
    name_environment(full, name)
    late, lost = late_changes(base, full.root, name, early)
    source = EnvironmentSource(base.source, early, late)
    if lost:
        raise SpecError(lost, source)
    spec, in_models, without = _validated(source, changed_late(full.root, source, base.spec.alerts))
    findings = in_models
    if spec is not None:
        findings = join_findings(findings, _checked(spec, source, without))
    if findings or spec is None:
        place = source.locate_key(("environments", name))
        raise SpecError(
            tuple(
                replace(one, message=f"in environment {name}: {one.message}", related=(*one.related, place))
                for one in at_entries(findings, source)
            ),
            source,
        )
    source.forget()
    return LoadedSpec(spec, source, full.origins)


def _written_out(source: Source) -> Tree:
    value = source.value
    if not isinstance(value, dict):
        raise AssertionError("a spec that is no mapping is invalid")
    return expand(value)


def _validated(source: Source, whole: Value) -> tuple[Spec | None, tuple[Finding, ...], frozenset[str]]:
    """The spec, or what is left of it without its malformed parts; what is wrong; the names left out."""
    value = whole
    findings: tuple[Finding, ...] = ()
    without: frozenset[str] = frozenset()
    for _ in range(_ATTEMPTS):
        try:
            return Spec.model_validate(value), findings, without
        except ValidationError as error:
            findings = findings or findings_from_validation(error, source, Spec, MOST_FINDINGS, whole)
            if error.error_count() > MOST_FINDINGS:
                break
            value, names = leave_out(value, _faults(error))
            without |= names
    return None, findings, without


def _faults(error: ValidationError) -> list[Fault]:
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return [Fault(detail["loc"], _KINDS.get(detail["type"], "other")) for detail in details]


def _checked(spec: Spec, source: Source, without: frozenset[str]) -> tuple[Finding, ...]:
    # A product that is scraped brings metrics: one that is malformed might have brought any.
    jobs = (*spec.stack.services, *spec.prometheus.targets)
    given = (name for at in _JOBS for name in _keys(source.value, at))
    unsure = frozenset({"metric"}) if any(name not in jobs for name in given) else frozenset()
    reporter = Reporter(source, without | unreadable_names(spec), unsure)
    check_references(spec, reporter)
    check_contradictions(spec, reporter)
    return with_rest(sort_findings(reporter.findings), reporter.left_out)


def _keys(value: Value, path: Steps) -> tuple[str, ...]:
    for step in path:
        value = value.get(str(step)) if isinstance(value, dict) else None
    return tuple(value) if isinstance(value, dict) else ()
