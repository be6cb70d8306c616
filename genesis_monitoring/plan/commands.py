"""Lines of a shell that a runbook gives to copy: logs, metrics, results of suites, the reload of a server.

All of them are for the folder that holds the spec, with the tree in its usual place there.
"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from genesis_monitoring import conventions as names
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.services.registry import stock_of
from genesis_monitoring.spec.exporter_metrics import SUITE_FIGURES
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.spec.model import Spec

COMPOSE = f"docker compose -f {names.OUTPUT_FOLDER}/{names.COMPOSE_FILE}"
_LOGS = "logs --since 15m"
_LOG_LINES = 100
_MANY = 6
"""With more metrics than these, all that a service exposes is shown."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines to copy, and what they are for."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Commands:
    """What can be asked of a spec's stack; made once, asked for each alert."""

    spec: Spec
    suites: Mapping[str, tuple[str, ...]]
    """The suites that a metric is about, by its name."""

    def about(self, plans: Sequence[SliPlan], components: Sequence[str], said: str) -> tuple[Lines, ...]:
        """Lines for an alert on these SLIs, the quick ones first; ``said`` is what its steps say."""
        tests = (line for suite in self._suites(plans) for line in self._test(suite))
        reloads = (self._reload(name) for name in self._servers(components))
        groups = (
            ("Containers", self._services(plans)),
            ("Log files", self._log_files(plans, components, said)),
            ("Test suites, run again", tests),
            ("Reload, after a change of the rendered files", reloads),
        )
        found = (Lines(title, tuple(dict.fromkeys(lines))) for title, lines in groups)
        return tuple(one for one in found if one.lines)

    def _services(self, plans: Sequence[SliPlan]) -> Iterator[str]:
        """Whether the containers run, what they expose and what they say; without SLIs the servers' own."""
        if not plans:
            servers = " ".join(self._servers((self.spec.meta_alerts.component,)))
            yield f"{COMPOSE} ps --all {servers}"
            yield f"{COMPOSE} {_LOGS} {servers}"
            return
        if any(names.JOB_LABEL in plan.sli.by for plan in plans):
            yield f"{COMPOSE} ps --all"
            yield f"{COMPOSE} {_LOGS}"
            return
        by_job: dict[str, dict[str, None]] = {}
        for plan in plans:
            for one in plan.metrics:
                by_job.setdefault(self.spec.metrics[one.metric].job, {})[one.metric] = None
        services = [job for job in by_job if job in self.spec.stack.services]
        if services:
            yield f"{COMPOSE} ps --all {' '.join(services)}"
        for job in services:
            yield from self._metrics(job, tuple(by_job[job]))
        if services:
            yield f"{COMPOSE} {_LOGS} {' '.join(services)}"

    def _metrics(self, name: str, wanted: Sequence[str]) -> Iterator[str]:
        """What a service exposes of the metrics, if its port is published."""
        service = self.spec.stack.services[name]
        scrape = service.scrape
        port = next((one for one in service.ports if scrape and one.container == scrape.port), None)
        if scrape is None or port is None or names.UP_METRIC in wanted:
            return
        address = ip_address(port.address)
        loopback = "127.0.0.1" if address.version == 4 else "::1"
        shown = loopback if address.is_unspecified else port.address
        host = f"[{shown}]" if ":" in shown else shown
        line = f"curl -s {shlex.quote(f'http://{host}:{port.host}{scrape.path}')}"
        pattern = shlex.quote(f"^({'|'.join(wanted)})")
        yield line if len(wanted) > _MANY else f"{line} | grep -E {pattern}"

    def _log_files(self, plans: Sequence[SliPlan], components: Sequence[str], said: str) -> Iterator[str]:
        """Those that the steps name and those of the SLI, else those of the component."""
        logs = self.spec.rollout.logs if self.spec.rollout else None
        if logs is None:
            return
        files = [one for group in logs.groups for one in group.files]
        # Of several SLIs or components at once, nobody reads all files.
        sli = plans[0].name if len(plans) == 1 else ""
        near = [one for one in files if sli in one.slis or re.search(rf"\b{re.escape(one.file)}", said)]
        own = [one for one in files if len(components) == 1 and components[0] in one.components]
        for one in near or own:
            yield f"tail -n {_LOG_LINES} {shlex.quote(f'{logs.folder}/{one.file}')}"

    def _suites(self, plans: Sequence[SliPlan]) -> Iterator[str]:
        for plan in plans:
            for one in plan.metrics:
                yield from self._suites_of(one)

    def _suites_of(self, selected: Selector) -> tuple[str, ...]:
        named = selected.labels.get("suite")
        known = self.suites.get(selected.metric, ())
        return tuple(suite for suite in known if named in (None, suite))

    def _test(self, name: str) -> Iterator[str]:
        results = self.spec.suites[name].results
        if not set("*?") & set(results):
            yield f"pytest --genesis-results {shlex.quote(results)}"

    def _servers(self, components: Sequence[str]) -> tuple[str, ...]:
        """Whose configuration may be meant: the monitoring's own alerts are about that."""
        if self.spec.meta_alerts.component not in components:
            return ()
        return self.spec.prometheus.service, self.spec.prometheus.alertmanager

    def _reload(self, name: str) -> str:
        stock = stock_of(self.spec, name)
        url = stock.reload_address(self.spec, self.spec.stack.services[name]) if stock else ""
        return f"curl -X POST {shlex.quote(url)}" if url else f"{COMPOSE} kill -s HUP {name}"


def compile_commands(spec: Spec) -> Commands:
    """What a spec's suites and their metrics are called, for all alerts together."""
    every = tuple(spec.suites)
    suites: dict[str, tuple[str, ...]] = dict.fromkeys(
        (
            names.SUITE_TESTS,
            names.SUITE_TESTS_EXPECTED,
            names.SUITE_RESULT_TIMESTAMP,
            names.SUITE_PARSE_SUCCESS,
        ),
        every,
    )
    for suite in every:
        suites.update((names.suite_metric(suite, figure), (suite,)) for figure in SUITE_FIGURES)
    if spec.health_score is not None:
        parts = tuple(dict.fromkeys(part.suite for part in spec.health_score.parts.values()))
        score = spec.health_score.metric
        suites.update(dict.fromkeys((score, names.health_part_metric(score)), parts))
    return Commands(spec, suites)
