"""Whether ``prometheus.yml`` means what the spec says, and finds what it names.

GM303 (error): a pattern in ``rule_files`` takes in no file. Prometheus starts, and evaluates nothing. Correct
the pattern.

GM304 (error): a target without a port: Prometheus takes 80 or 443. Add the port.

GM305 (error): two jobs of one name, or one target scraped twice: every series is there twice or overwrites
another. Remove one.

GM306 (error): a file that is named (a password, a certificate, a target list) is not there, or not among the
secrets of the service. Put it there, or correct its path.

GM308 (error; a warning for a key of a job that no spec sets, unless it changes which series there are):
intervals, external labels, rule files, Alertmanagers, jobs or targets are not what the spec says. Render
again.

GM609 (error): a secret in plain text; see ``plain_secrets``.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from genesis_monitoring.checks.alertmanager.align import RERENDER_HINT
from genesis_monitoring.checks.alertmanager.model import UnreadableError, read_duration
from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.plain_secrets import plain_secrets
from genesis_monitoring.checks.positions import Path, items, locate_path, place_of, read_nodes, scalar
from genesis_monitoring.checks.prometheus.model import Job, PrometheusModel, Target, read_prometheus
from genesis_monitoring.conventions import PROMETHEUS_CONFIG, SECRETS_MOUNT
from genesis_monitoring.durations import format_duration
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.prometheus import ScrapeConfig

if TYPE_CHECKING:
    from yaml import Node

CODES = ("GM303", "GM304", "GM305", "GM306", "GM308", "GM609")

_PORT = re.compile(r"(?:\[[0-9a-fA-F:]+\]|[^:\s/]+):[0-9]{1,5}\Z")
_FILE_KEY = re.compile(r"[a-z_]*_file\Z")
_FILES_KEYS = ("files", "scrape_config_files")
_CHANGES_SERIES = frozenset(
    (
        "relabel_configs",
        "metric_relabel_configs",
        "honor_labels",
        "params",
        "target_limit",
        "sample_limit",
        "body_size_limit",
        "label_limit",
        "label_name_length_limit",
        "label_value_length_limit",
    )
)
"""Keys of a job by which series get other names, or none come at all."""
_KEY_NAMES: dict[str | int, str] = {"static_configs": "target"}


def check_prometheus_settings(context: CheckContext) -> Iterator[Finding]:
    """GM303 to GM306, GM308 and GM609."""
    wanted = context.read(PROMETHEUS_CONFIG, "Prometheus configuration")
    yield from wanted.findings
    for file in wanted.files:
        yield from plain_secrets(context, file)
        if context.plan is None:
            yield context.unchecked(file.path, "there is no plan to compare with")
            continue
        try:
            model = read_prometheus(file.text)
        except UnreadableError as error:
            yield context.unchecked(file.path, str(error), error.place)
            continue
        yield from _files(context, file, context.plan)
        yield from _targets(context, file, model)
        yield from _rule_files(context, file, model)
        yield from _settings(context, file, model, context.plan)
        yield from _jobs(context, file, model, context.plan)


def _files(context: CheckContext, file: TreeFile, plan: Plan) -> Iterator[Finding]:
    service = plan.spec.stack.services[plan.spec.prometheus.service]
    mounted = tuple(f"{SECRETS_MOUNT}/{name}" for name in service.secrets)
    folder = (context.out / file.path).parent
    for node in _named_files(read_nodes(file.text), ""):
        path = scalar(node) or ""
        if PurePosixPath(path).is_absolute():
            there = path in mounted
            allowed = f"the service {plan.spec.prometheus.service} has {', '.join(mounted) or 'no secrets'}"
        else:
            there = any(folder.glob(path))
            allowed = "it is looked for beside prometheus.yml"
        if path and not there:
            yield context.finding("GM306", file, place_of(node), f"the file {path} is not there; {allowed}")


def _named_files(node: "Node | None", key: str) -> "Iterator[Node]":
    import yaml

    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            yield from _named_files(value, scalar(name) or "")
    for inner in items(node):
        yield from _named_files(inner, key)
    if isinstance(node, yaml.ScalarNode) and (_FILE_KEY.match(key) or key in _FILES_KEYS):
        yield node


def _targets(context: CheckContext, file: TreeFile, model: PrometheusModel) -> Iterator[Finding]:
    names: dict[str, Job] = {}
    scraped: dict[tuple[str, str, str], Target] = {}
    for target in (*model.alertmanagers, *(target for job in model.jobs for target in job.targets)):
        if not _PORT.match(target.address):
            message = f"the target {target.address or 'is empty and'} has no port; it must be host:port"
            yield context.finding("GM304", file, locate_path(file.text, target.path), message)
    for job in model.jobs:
        first = names.setdefault(job.name, job)
        if first is not job:
            related = (context.locate(file.path, *locate_path(file.text, (*first.path, "job_name"))),)
            place = locate_path(file.text, (*job.path, "job_name"))
            message = f"there are two jobs of the name {job.name}"
            yield context.finding("GM305", file, place, message, related=related)
        for target in job.targets:
            key = (target.address, job.metrics_path, job.scheme)
            before = scraped.setdefault(key, target)
            if before is not target:
                related = (context.locate(file.path, *locate_path(file.text, before.path)),)
                place = locate_path(file.text, target.path)
                message = f"{target.address}{job.metrics_path} is scraped twice"
                yield context.finding("GM305", file, place, message, related=related)


def _rule_files(context: CheckContext, file: TreeFile, model: PrometheusModel) -> Iterator[Finding]:
    folder = (context.out / file.path).parent
    for pattern in model.rule_files:
        try:
            found = any(folder.glob(pattern.address)) if pattern.address else False
        except (NotImplementedError, ValueError):
            found = False
        if not found:
            place = locate_path(file.text, pattern.path)
            message = f"rule_files: {pattern.address} takes in no file, so nothing of it is evaluated"
            yield context.finding("GM303", file, place, message)


def _settings(context: CheckContext, file: TreeFile, model: PrometheusModel, plan: Plan) -> Iterator[Finding]:
    planned = plan.prometheus

    def differs(path: Path, seen: str, wanted: str, origin: str) -> Finding:
        message = f"{'.'.join(str(step) for step in path)} is {seen}; the spec says {wanted}"
        related = (context.source.locate_dotted(origin),)
        place = locate_path(file.text, path)
        return context.finding("GM308", file, place, message, hint=RERENDER_HINT, related=related)

    for key in ("scrape_interval", "scrape_timeout", "evaluation_interval"):
        seconds: float = getattr(model, key)
        text: str = getattr(planned, key)
        if seconds != read_duration(text):
            yield differs(("global", key), _spell(seconds), text, f"prometheus.{key}")
    labels, wanted = dict(model.external_labels), dict(planned.external_labels)
    for name in sorted(labels.keys() | wanted.keys()):
        if labels.get(name) != wanted.get(name):
            origin = f"prometheus.external_labels.{name}"
            seen = labels.get(name, "not set")
            path: Path = ("global", "external_labels", name)
            yield differs(path, seen, wanted.get(name, "not to set it"), origin)
    loaded, meant = _taken_in(context, file, model), _planned_rules(context, plan)
    if loaded != meant:
        missing, extra = sorted(meant - loaded), sorted(loaded - meant)
        parts = [f"does not load {', '.join(missing)}"] if missing else []
        parts += [f"loads {', '.join(extra)}, which the spec does not have"] if extra else []
        message = f"rule_files {' and '.join(parts)}"
        place = locate_path(file.text, ("rule_files",))
        yield context.finding("GM308", file, place, message, hint=RERENDER_HINT)
    managers = [target.address for target in model.alertmanagers]
    if managers != [planned.alertmanager]:
        sent_to: Path = model.alertmanagers[0].path if model.alertmanagers else ("alerting",)
        place = locate_path(file.text, sent_to)
        message = (
            f"alerts are sent to {', '.join(managers) or 'nobody'}; the spec says {planned.alertmanager}"
        )
        related = (context.source.locate_dotted(planned.alertmanager_origin),)
        yield context.finding("GM308", file, place, message, hint=RERENDER_HINT, related=related)


def _taken_in(context: CheckContext, file: TreeFile, model: PrometheusModel) -> frozenset[str]:
    """The generated rule files that the patterns take in."""
    folder = PurePosixPath(file.path).parent
    return frozenset(
        artifact.path
        for artifact in context.artifacts
        if any(PurePosixPath(artifact.path).match(str(folder / one.address)) for one in model.rule_files)
    )


def _planned_rules(context: CheckContext, plan: Plan) -> frozenset[str]:
    folder = PurePosixPath(PROMETHEUS_CONFIG).parent
    return frozenset(
        artifact.path
        for artifact in context.artifacts
        if any(PurePosixPath(artifact.path).match(str(folder / one)) for one in plan.prometheus.rule_files)
    )


def _jobs(context: CheckContext, file: TreeFile, model: PrometheusModel, plan: Plan) -> Iterator[Finding]:
    left = {job.name: job for job in model.jobs}
    for planned in plan.prometheus.scrape_configs:
        related = (context.source.locate_dotted(planned.origin),)
        job = left.pop(planned.job, None)
        if job is None:
            message = f"the job {planned.job} is missing, so {_listed(planned)} is not scraped"
            place = locate_path(file.text, ("scrape_configs",))
            yield context.finding("GM308", file, place, message, hint=RERENDER_HINT, related=related)
            continue
        for path, seen, wanted in _differences(job, planned, plan):
            place = locate_path(file.text, (*job.path, *path))
            message = (
                f"{_KEY_NAMES.get(path[0], path[0])} of the job {job.name} is {seen}; the spec says {wanted}"
            )
            yield context.finding("GM308", file, place, message, hint=RERENDER_HINT, related=related)
        for key in job.others:
            place = locate_path(file.text, (*job.path, key))
            message = f"{key} of the job {job.name} is set; the spec knows nothing of it"
            severity = Severity.ERROR if key in _CHANGES_SERIES else Severity.WARNING
            yield context.finding(
                "GM308", file, place, message, hint=RERENDER_HINT, severity=severity, related=related
            )
    for job in left.values():
        place = locate_path(file.text, (*job.path, "job_name"))
        message = f"the spec has no job {job.name or 'without a name'}"
        yield context.finding("GM308", file, place, message, hint=RERENDER_HINT)


def _differences(job: Job, planned: ScrapeConfig, plan: Plan) -> Iterator[tuple[Path, str, str]]:
    addresses = [target.address for target in job.targets]
    if addresses != list(planned.targets):
        path: Path = job.targets[0].path[len(job.path) :] if job.targets else ("static_configs",)
        yield path, ", ".join(addresses) or "empty", _listed(planned)
    if job.metrics_path != planned.path:
        yield ("metrics_path",), job.metrics_path, planned.path
    if job.scheme != "http":
        yield ("scheme",), job.scheme, "http"
    for key, own, text, common in (
        ("scrape_interval", job.interval, planned.interval, plan.prometheus.scrape_interval),
        ("scrape_timeout", job.timeout, planned.timeout, plan.prometheus.scrape_timeout),
    ):
        seen = own if own is not None else read_duration(common)
        if seen != read_duration(text or common):
            yield (key,), _spell(seen), text or common


def _listed(planned: ScrapeConfig) -> str:
    return ", ".join(planned.targets)


def _spell(seconds: float) -> str:
    return format_duration(int(seconds)) if seconds == int(seconds) else f"{round(seconds * 1000)}ms"
