"""``genesis-mon import``: SLOs of other tools become a part of a spec, or are merged into one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

from genesis_monitoring.errors import ExitCode, GenesisMonError, UsageError
from genesis_monitoring.files import replace_file
from genesis_monitoring.findings import Severity, sort_findings
from genesis_monitoring.importers.merge import merge
from genesis_monitoring.importers.part import Part, make_part
from genesis_monitoring.importers.registry import read_slos
from genesis_monitoring.importers.report import Report
from genesis_monitoring.importers.slo import Choices
from genesis_monitoring.report.console import Console
from genesis_monitoring.spec.includes import load_with_included
from genesis_monitoring.spec.load import judged, load_spec
from genesis_monitoring.spec.source import SpecError
from genesis_monitoring.words import count


@dataclass(frozen=True, slots=True)
class ImportInputs:
    """What is read: ``paths``, and ``windows`` as well; ``spec`` is what the part is merged into."""

    paths: tuple[Path, ...]
    windows: Path | None
    spec: Path | None


def run_import(
    command: str, inputs: ImportInputs, choices: Choices, out: Path | None, as_json: bool, console: Console
) -> ExitCode:
    """Print the part, or the merged spec, or write it to ``out``; findings go to standard error.

    Raises UsageError for a path that cannot be read, SpecError for a spec that is not valid.
    """
    if inputs.spec is not None:
        choices = replace(choices, known=load_spec(inputs.spec).spec.metrics)
    if out is not None and out.resolve() in {path.resolve() for path in inputs.paths}:
        raise UsageError(f"{out}: is read, so it is not overwritten", "name another file with --out")
    report = Report()
    paths = (*inputs.paths, *((inputs.windows,) if inputs.windows else ()))
    slos = read_slos(command, paths, choices, report)
    part = make_part(slos, choices, report) if slos else Part({}, (), {})
    text = "" if report.errors else part.text
    if text and inputs.spec is not None:
        text = _merged(inputs.spec, part, report)
    if as_json:
        _tell_json(part, text, report, console)
    else:
        console.findings(sort_findings(report.findings))
    if not text:
        if not as_json:
            console.err(f"import: {count(report.errors, 'error')}, nothing was written")
        return ExitCode.FINDINGS
    if out is not None:
        try:
            replace_file(out, text.encode())
        except OSError as error:
            raise GenesisMonError(
                f"{out}: cannot be written: {error.strerror}", "name a file in a folder that you can write to"
            ) from None
    elif not as_json:
        console.data(text)
    if not as_json:
        console.err(_said(part, report, out, inputs.spec))
    return ExitCode.OK


def _said(part: Part, report: Report, out: Path | None, spec: Path | None) -> str:
    warnings = sum(one.severity is Severity.WARNING for one in report.findings)
    told = f"import: {count(len(part.slis), 'SLO')}, {count(warnings, 'warning')}"
    if spec is None:
        needs = f" that scrapes {', '.join(sorted(part.jobs))}" if part.jobs else ""
        then = f"paste this into a spec{needs}, or merge it with --spec FILE"
    else:
        then = f"genesis-mon render --spec {out}" if out else "write it with --out FILE"
    return f"{told}{f'; wrote {out}' if out else ''}; next: {then}"


def _merged(spec: Path, part: Part, report: Report) -> str:
    """The spec's text with the part; empty, and told, if that would not be a valid spec."""
    whole = load_with_included(spec)
    merged = merge(whole.written, str(spec), part, report, whole)
    if merged is None:
        return ""
    try:
        judged(whole.with_part("", merged.text))
    except SpecError as error:
        for finding in error.findings:
            report.add(merged.told(finding))
        return ""
    return merged.text


def _tell_json(part: Part, text: str, report: Report, console: Console) -> None:
    from genesis_monitoring.report.document import document_json
    from genesis_monitoring.report.import_json import ImportDocument

    slos = [
        SimpleNamespace(sli=one.name, sloth_id=one.sloth_id, kind=one.kind, location=one.at)
        for one in part.slis
        if text
    ]
    found = sort_findings(report.findings)
    console.data(
        document_json(
            ImportDocument, SimpleNamespace(imported=bool(text), slos=slos, text=text, findings=found)
        )
    )


def read_pairs(texts: tuple[str, ...], option: str, example: str) -> Mapping[str, str]:
    """``NAME=VALUE`` of an option that is given several times. Raises UsageError."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name.strip() and equals and value.strip()) or name in found:
            raise UsageError(f"{option} {text!r} is no NAME=VALUE, or is given twice", f"as {example}")
        found[name.strip()] = value.strip()
    return found


def read_buckets(texts: tuple[str, ...]) -> Mapping[str, tuple[float, ...]]:
    """Upper edges of histograms, of ``NAME=0.1,0.3,1``. Raises UsageError."""
    example = "--buckets http_request_duration_seconds=0.1,0.3,1"
    found = {}
    for name, text in read_pairs(texts, "--buckets", example).items():
        try:
            edges = tuple(float(one) for one in text.split(","))
        except ValueError:
            edges = ()
        if (
            not edges
            or any(not 0 < edge < float("inf") for edge in edges)
            or sorted(set(edges)) != list(edges)
        ):
            raise UsageError(
                f"--buckets {name}: {text!r} are no edges above zero in rising order, without +Inf",
                f"as {example}",
            )
        found[name] = edges
    return found
