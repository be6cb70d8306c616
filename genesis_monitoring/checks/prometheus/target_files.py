"""Lists of targets that others keep beside the spec (``file_sd``): whether Prometheus can read them.

GM310 (error): such a file is no list of targets: Prometheus keeps its old targets, or has none. (Warning): no
file matches, or a file gives a label that ``file_labels`` does not name, so that no rule may ask for it. Only
what a mount brings from beside the spec is looked at; the rest is on another machine. Correct the file.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.files import read_regular
from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.plan.mounts import source_of
from genesis_monitoring.plan.prometheus import ScrapeConfig
from genesis_monitoring.tree.lines import MAX_TEXT_BYTES

CODES: tuple[str, ...] = ("GM310",)

_KEYS = ("targets", "labels")


def check_target_files(context: CheckContext) -> Iterator[Finding]:
    """GM310, at the pattern in the spec."""
    watching = context.plan.spec.prometheus.service
    mounts = [one.mounts for one in context.plan.stack.services if one.name == watching]
    if context.out.resolve().parent != Path(context.source.file).resolve().parent:
        return
    for job in context.plan.prometheus.scrape_configs:
        for index, pattern in enumerate(job.files):
            source = source_of(mounts[0], pattern) if mounts else None
            place = context.source.locate_dotted(f"{job.origin}.file_sd.{index}")
            # What a mount outside brings is on the machine of the stack, if anywhere.
            if source is not None and source.startswith("."):
                yield from _files(job, context.out / source, place)


def _files(job: ScrapeConfig, pattern: Path, place: Location) -> Iterator[Finding]:
    files = sorted(pattern.parent.glob(pattern.name))
    if not files:
        where = pattern.parent.name + "/" + pattern.name
        message = f"no file matches {where}, so nothing of {job.job} that it lists is scraped"
        hint = "write the list there, as - targets: [host:80]; or remove the pattern"
        yield Finding("GM310", Severity.WARNING, place, message, hint)
    known = {*job.file_labels, *(label for label, _ in job.labels)}
    for file in files:
        try:
            labels = _labels(read_regular(file, MAX_TEXT_BYTES).decode("utf-8"), file.suffix == ".json")
        except (OSError, ValueError, RecursionError) as error:
            message = f"{file.name} is no list of targets: {' '.join(str(error).split())[:200]}"
            hint = f"correct {file.name}: a list, as - {{targets: [host:80], labels: {{site: a}}}}"
            yield Finding("GM310", Severity.ERROR, place, message, hint)
            continue
        strange = sorted(labels - known)
        if strange:
            message = f"{file.name} gives {', '.join(strange)}, which no rule may ask for"
            hint = f"add to file_labels of {job.job}: {', '.join(strange)}"
            yield Finding("GM310", Severity.WARNING, place, message, hint)


def _labels(text: str, is_json: bool) -> set[str]:
    """The labels that a list gives. Raises ValueError for what Prometheus would refuse."""
    import yaml

    try:
        groups = json.loads(text) if is_json else yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    if not isinstance(groups, list):
        raise ValueError("it is not a list")
    found: set[str] = set()
    for number, group in enumerate(groups, 1):
        if not isinstance(group, dict) or set(group) - {*_KEYS} or "targets" not in group:
            raise ValueError(f"entry {number} has other keys than targets and labels")
        targets, labels = group["targets"], group.get("labels") or {}
        if not isinstance(targets, list) or not all(isinstance(one, str) for one in targets):
            raise ValueError(f"the targets of entry {number} are no list of texts")
        for address in targets:
            if "/" in address:
                raise ValueError(f"{address} is an address with a path; the path stands in the spec")
        if not isinstance(labels, dict) or not all(isinstance(one, str) for one in labels.values()):
            raise ValueError(f"the labels of entry {number} are no texts: write a number in quotes")
        found.update(str(label) for label in labels)
    return found
