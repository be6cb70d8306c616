"""What provisions Grafana, against the spec: the files on disk and the plan in, findings out.

GM714 (error): the data source or the provider of dashboards is not what the spec says: another address, uid
or type, not the default, open to edits in the page, or a folder that no mount of Grafana brings. Grafana
starts all the same, with empty panels or without the dashboards. Run ``genesis-mon render``, or mend the
template or the mount.

Data sources of your own may stand beside the product's.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.differences import ABSENT, Wanted, differences, show
from genesis_monitoring.checks.mounts import source_of
from genesis_monitoring.checks.positions import Path, locate_path
from genesis_monitoring.checks.yaml_files import InvalidYaml, load_yaml, section
from genesis_monitoring.conventions import (
    DASHBOARDS_FOLDER,
    DASHBOARDS_MOUNT,
    DATASOURCE_UID,
    GRAFANA_DASHBOARD_PROVIDER,
    GRAFANA_DATASOURCES,
)
from genesis_monitoring.durations import parse_duration
from genesis_monitoring.findings import Finding
from genesis_monitoring.plan.compile import Plan

CODES: tuple[str, ...] = ("GM714",)

_HINT = "run genesis-mon render; if it stays, mend the template in templates/grafana/"
_DEFAULT_PORT = 9090
_DOLLAR = re.compile(r"\$\$|\$\w+|\$\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Between(Wanted):
    """A whole number within bounds."""

    low: int
    high: int

    def accepts(self, seen: object) -> bool:
        """Whether it lies within them."""
        return isinstance(seen, int) and not isinstance(seen, bool) and self.low <= seen <= self.high

    def __str__(self) -> str:
        return f"a whole number from {self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class Lasting(Wanted):
    """A duration, however it is written."""

    text: str

    def accepts(self, seen: object) -> bool:
        """Whether it lasts as long."""
        try:
            return isinstance(seen, str) and parse_duration(seen) == parse_duration(self.text)
        except ValueError:
            return False

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class SomeText(Wanted):
    """Any text, but not none."""

    def accepts(self, seen: object) -> bool:
        """Whether something is written there."""
        return isinstance(seen, str) and bool(seen.strip())

    def __str__(self) -> str:
        return "a name"


def check_provisioning(context: CheckContext) -> Iterator[Finding]:
    """GM714 for the files that provision Grafana."""
    for path, what in ((GRAFANA_DATASOURCES, "data sources"), (GRAFANA_DASHBOARD_PROVIDER, "provider")):
        wanted = context.read(path, f"Grafana {what}")
        yield from wanted.findings
        for file in wanted.files:
            if context.plan is None:
                yield context.unchecked(file.path, "there is no plan of the spec to compare the file with")
                continue
            try:
                data = load_yaml(file)
            except InvalidYaml as invalid:
                yield context.finding("GM714", file, invalid.place, invalid.message, hint=_HINT)
                continue
            faults = _datasources if path == GRAFANA_DATASOURCES else _providers
            for where, message in faults(context.plan, section({"file": _expanded(data)}, "file")):
                place = locate_path(file.text, where)
                yield context.finding("GM714", file, place, message, hint=_HINT)
            if path == GRAFANA_DASHBOARD_PROVIDER:
                yield from _unmounted(context, context.plan, file)


Faults = Iterator[tuple[Path, str]]


def _expanded(value: object) -> object:
    """As Grafana reads it: ``$$`` is a dollar sign; what ``$NAME`` is, only its environment knows."""
    if isinstance(value, dict):
        return {key: _expanded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_expanded(inner) for inner in value]
    if isinstance(value, str):
        return _DOLLAR.sub(lambda match: "$" if match[0] == "$$" else f"(value of {match[0]})", value)
    return value


def _datasources(plan: Plan, data: Mapping[str, object]) -> Faults:
    yield from _settings({"apiVersion": 1, "prune": True}, data, ())
    sources = data.get("datasources")
    if not isinstance(sources, list) or not all(isinstance(source, dict) for source in sources):
        yield ("datasources",), "datasources is not a list of data sources"
        return
    own = [index for index, source in enumerate(sources) if source.get("uid") == DATASOURCE_UID]
    if not own and len(sources) == 1:
        own = [0]
    if not own:
        yield ("datasources",), f'there is no data source with the uid "{DATASOURCE_UID}", which panels ask'
    for index in own[:1]:
        yield from _settings(_wanted_source(plan), sources[index], ("datasources", index))
    for key in ("uid", "name"):
        yield from _twice([source.get(key) for source in sources], "datasources", key)
    for index, source in enumerate(sources):
        if index not in own and source.get("isDefault") is True:
            yield ("datasources", index, "isDefault"), "two data sources are the default"


def _wanted_source(plan: Plan) -> dict[str, object]:
    prometheus = plan.spec.prometheus
    scrape = plan.spec.stack.services[prometheus.service].scrape
    return {
        "name": SomeText(),
        "uid": DATASOURCE_UID,
        "type": "prometheus",
        "access": "proxy",
        "url": f"http://{prometheus.service}:{scrape.port if scrape else _DEFAULT_PORT}",
        "isDefault": True,
        "editable": False,
        "jsonData": {
            "httpMethod": "POST",
            "prometheusType": "Prometheus",
            "timeInterval": Lasting(plan.prometheus.scrape_interval),
        },
    }


def _providers(plan: Plan, data: Mapping[str, object]) -> Faults:
    yield from _settings({"apiVersion": 1}, data, ())
    providers = data.get("providers")
    if not isinstance(providers, list) or not all(isinstance(one, dict) for one in providers):
        yield ("providers",), "providers is not a list of providers"
        return
    wanted = {
        "name": SomeText(),
        "type": "file",
        "folder": plan.spec.metadata.title,
        "disableDeletion": True,
        "allowUiUpdates": False,
        "updateIntervalSeconds": Between(10, 60),
        "options": {"path": DASHBOARDS_MOUNT},
    }
    found = [tuple(_settings(wanted, one, ("providers", index))) for index, one in enumerate(providers)]
    if not found:
        yield ("providers",), f"there is no provider of the dashboards in {DASHBOARDS_MOUNT}"
    else:
        yield from min(found, key=len)
    yield from _twice([one.get("name") for one in providers], "providers", "name")
    yield from _twice([section(one, "options").get("path") for one in providers], "providers", "path")


def _twice(values: list[object], where: str, key: str) -> Faults:
    for index, value in enumerate(values):
        if value is not None and value in values[:index]:
            yield (where, index, key), f"the {key} {show(value)} stands twice"


def _settings(wanted: Mapping[str, object], seen: object, path: Path) -> Faults:
    """The differences, but for keys that are not asked for."""
    for difference in differences(wanted, seen, path):
        if difference.wanted is not ABSENT:
            name = ".".join(step for step in difference.path[len(path) :] if isinstance(step, str))
            yield difference.path, f"{name} {difference.text}"


def _unmounted(context: CheckContext, plan: Plan, file: TreeFile) -> Iterator[Finding]:
    """Grafana looks for dashboards where none of its mounts brings them."""
    for service in plan.stack.services:
        sources = [(mount.source or "").rstrip("/") for mount in service.mounts]
        if not any(source == "./grafana" or source.startswith("./grafana/") for source in sources):
            continue
        for target, folder in (
            (DASHBOARDS_MOUNT, DASHBOARDS_FOLDER),
            ("/etc/grafana/provisioning", "grafana/provisioning"),
        ):
            if source_of(service.mounts, target) == f"./{folder}":
                continue
            message = f"{service.name} reads {target}, and no mount brings {folder} there"
            hint = f"mount it in the spec: {{generated: {folder}, target: {target}, read_only: true}}"
            place = locate_path(file.text, ("providers", 0, "options", "path"))
            related = (context.source.locate_dotted(f"{service.origin}.mounts"),)
            yield context.finding("GM714", file, place, message, hint=hint, related=related)
