"""``slo.yaml`` in, a ``Spec`` with its source positions out; or every mistake in it at once.

Four passes: YAML, the models, references, contradictions. A malformed part is left out of the later
passes, so that a mistake in one alert does not hide a dangling name in another.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from genesis_monitoring.findings import MOST_FINDINGS, Finding, sort_findings
from genesis_monitoring.spec.contradictions import check_contradictions
from genesis_monitoring.spec.exposed_names import unreadable_names
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.partial import Fault, leave_out
from genesis_monitoring.spec.problems import findings_from_validation, join_findings, with_rest
from genesis_monitoring.spec.references import check_references
from genesis_monitoring.spec.reporter import Reporter
from genesis_monitoring.spec.source import Source, SpecError, load_source, parse_source

_ATTEMPTS = 3
"""Leaving out the last entry of a section makes a mistake of its own: then the section goes too."""

_KINDS: dict[str, Literal["missing", "unknown"]] = {"missing": "missing", "extra_forbidden": "unknown"}


@dataclass(frozen=True, slots=True)
class LoadedSpec:
    """A spec that has passed every check, and where each of its values stands."""

    spec: Spec
    source: Source


def load_spec(path: Path, *, display: str | None = None) -> LoadedSpec:
    """Raises SpecError with all findings for a file that is not a valid spec."""
    return _loaded(lambda: load_source(path, display=display))


def parse_spec(text: str, display: str) -> LoadedSpec:
    """As ``load_spec``, from text."""
    return _loaded(lambda: parse_source(text, display))


def _loaded(read: Callable[[], Source]) -> LoadedSpec:
    in_text: tuple[Finding, ...] = ()
    try:
        source = read()
    except SpecError as error:
        if error.source is None:
            raise
        source, in_text = error.source, error.findings
    spec, in_models, without = _validated(source)
    findings = join_findings(in_text, in_models)
    if spec is not None:
        findings = join_findings(findings, _checked(spec, source, without))
    if findings or spec is None:
        raise SpecError(findings, source)
    source.forget()
    return LoadedSpec(spec, source)


def _validated(source: Source) -> tuple[Spec | None, tuple[Finding, ...], frozenset[str]]:
    """The spec, or what is left of it without its malformed parts; what is wrong; the names left out."""
    value = source.value
    findings: tuple[Finding, ...] = ()
    without: frozenset[str] = frozenset()
    for _ in range(_ATTEMPTS):
        try:
            return Spec.model_validate(value), findings, without
        except ValidationError as error:
            findings = findings or findings_from_validation(error, source, Spec, MOST_FINDINGS)
            if error.error_count() > MOST_FINDINGS:
                break
            value, names = leave_out(value, _faults(error))
            without |= names
    return None, findings, without


def _faults(error: ValidationError) -> list[Fault]:
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return [Fault(detail["loc"], _KINDS.get(detail["type"], "other")) for detail in details]


def _checked(spec: Spec, source: Source, without: frozenset[str]) -> tuple[Finding, ...]:
    reporter = Reporter(source, without | unreadable_names(spec))
    check_references(spec, reporter)
    check_contradictions(spec, reporter)
    return with_rest(sort_findings(reporter.findings), reporter.left_out)
