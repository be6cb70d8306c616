"""Findings of a spec in; those about a preset, which nobody can change, where the preset is included, out."""

from collections.abc import Iterable
from dataclasses import replace

from genesis_monitoring.defaults.kinds import kind_names
from genesis_monitoring.findings import Finding, sort_findings
from genesis_monitoring.presets import PREFIX
from genesis_monitoring.spec.includes import INCLUDE
from genesis_monitoring.spec.reporter import DANGLING
from genesis_monitoring.spec.source import Source


def at_entries(findings: Iterable[Finding], source: Source) -> tuple[Finding, ...]:
    """Of metrics and labels that a preset asks for and the spec does not have, one finding is enough."""
    told = []
    lacking: dict[str, Finding] = {}
    for finding in findings:
        name = finding.location.file
        if not name.startswith(PREFIX):
            told.append(finding)
        elif finding.code != DANGLING:
            told.append(_at_entry(finding, name, source))
        elif name not in lacking or (_is_metric(finding) and not _is_metric(lacking[name])):
            lacking[name] = finding
    return sort_findings((*told, *(_at_entry(one, name, source) for name, one in lacking.items())))


def _is_metric(finding: Finding) -> bool:
    """Labels follow from metrics, so a metric that is lacking is told."""
    return finding.message.startswith("there is no metric ")


def _at_entry(finding: Finding, name: str, source: Source) -> Finding:
    value = source.value
    listed = value.get(INCLUDE) if isinstance(value, dict) else ()
    at = listed.index(name) if isinstance(listed, tuple) and name in listed else 0
    hint = f"say otherwise in {source.file}, where it counts before the preset's, or remove the entry"
    if finding.code == DANGLING:
        kind = name.removeprefix(PREFIX)
        wanted = f"with kind: {kind}" if kind in kind_names() else "that has it, as a probe has"
        hint = f"add a service or target {wanted}, or list the metric under metrics; or remove the entry"
    return replace(
        finding,
        location=source.locate((INCLUDE, at)),
        message=f"{name}: {finding.message}",
        hint=hint,
        related=(finding.location, *finding.related),
    )
