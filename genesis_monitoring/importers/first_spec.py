"""What a person answers in; the text of a small first spec out.

With the metrics of a scrape it is the one of ``proposal``; without, one service with the usual HTTP metrics.
All that was answered is spelled as YAML by ``part.spell``, so it stays text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from genesis_monitoring.defaults.kinds import kind_names, known
from genesis_monitoring.importers.exposition import Catalogue
from genesis_monitoring.importers.part import spell
from genesis_monitoring.importers.proposal import Entry, Frame, propose
from genesis_monitoring.spec.scalars import Value

PAGER = "pagerduty"
_OWN = ("alertmanager", "genesis-exporter", "prometheus")
"""Products that a spec has anyway, or that only Genesis has."""
_MAIL = re.compile(r"[^/#\s]+@(?P<domain>[^/\s]+)")


@dataclass(frozen=True, slots=True)
class Found:
    """Metrics that exist, where they were read, and the addresses of each job, if they are known already."""

    catalogue: Catalogue
    whence: str
    targets: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody said of a system, or the default of each question.

    ``products`` has the address of each of ``products_offered``. ``told`` is an address of the short form of
    receivers, or ``pagerduty``; ``mail_server`` is of use for mail alone.
    """

    name: str = "shop"
    addresses: tuple[str, ...] = ("localhost:8000",)
    products: Mapping[str, str] = field(default_factory=dict)
    told: str = "http://127.0.0.1:9099/alerts"
    mail_server: str = ""
    found: Found | None = None

    @property
    def by_mail(self) -> bool:
        """Whether a server for mail has to be known."""
        return _MAIL.fullmatch(self.told) is not None

    @property
    def likely_mail_server(self) -> str:
        """By the domain of the address."""
        match = _MAIL.fullmatch(self.told)
        return f"smtp.{match['domain']}:587" if match else ""


def products_offered() -> tuple[str, ...]:
    """The products that may be there besides, by their ``kind``."""
    return tuple(kind for kind in kind_names() if kind not in _OWN)


def usual_address(product: str) -> str:
    """Where a product is scraped that has its own name and port."""
    scrape = known(product)["service"].get("scrape") if product in kind_names() else None
    return f"{product}:{scrape['port']}" if scrape else f"{product}:80"


def first_spec(answers: Answers) -> str:
    """The spec. It is not checked here: what contradicts itself is found as in any spec."""
    targets: dict[str, Value] = {answers.name: answers.addresses}
    if answers.found is not None and answers.found.targets is not None:
        targets = dict(answers.found.targets)
    watched = tuple((job, metric) for kind, job in _jobs(answers, targets) if (metric := _up(kind)))
    slis: dict[str, Entry] = {
        f"{_word(job)}_up": {"kind": "up", "metric": metric, "component": job} for job, metric in watched
    }
    alerts: dict[str, Entry] = {
        f"{_title(job)}Down": {"sli": f"{_word(job)}_up", "for": "2m", "severity": "P1"} for job, _ in watched
    }
    targets |= {
        job: {"kind": kind, "addresses": answers.products[kind]} for kind, job in _jobs(answers, targets)
    }
    frame = Frame(answers.name, targets, tuple(_receivers(answers)), slis, alerts)
    if answers.found is not None:
        return propose(answers.found.catalogue, frame, answers.found.whence)
    return "\n".join((*frame.head("by genesis-mon init"), *_http(answers), *frame.tail())) + "\n"


def _receivers(answers: Answers) -> Iterator[str]:
    yield "# Whatever calls people: put its address here."
    if answers.told == PAGER:
        yield f"receivers: {{on-call: {spell({'pagerduty': {'routing_key_secret': 'pager_key'}})}}}"
    else:
        yield f"receivers: {{on-call: {spell(answers.told)}}}"
    match = _MAIL.fullmatch(answers.told)
    if match:
        sender = f"alerts@{match['domain']}"
        server = answers.mail_server or answers.likely_mail_server
        yield f"email: {spell({'smarthost': server, 'from': sender})}"


def _http(answers: Answers) -> Iterator[str]:
    """The usual metrics of a service, and the two objectives that nearly each has."""
    yield from (
        "# What it exposes: name your own metrics, with their labels or buckets.",
        "metrics:",
        f"  http_requests_total: {spell({'labels': ('code',), 'job': answers.name})}",
        f"  http_request_duration_seconds: {spell({'buckets': (0.1, 0.3, 1), 'job': answers.name})}",
        "",
        "# Error budgets, which alert by how fast they burn: set each objective to what you promise.",
        "slis:",
        "  availability:",
        "    kind: ratio",
        '    numerator: http_requests_total{code!~"5.."}',
        "    denominator: http_requests_total",
        "    budget: {errors: rest, objective: 99.9, period: 30d, page: P1, ticket: P3}",
        "  latency:",
        "    kind: latency",
        "    histogram: http_request_duration_seconds",
        "    within: 300ms",
        "    budget: {objective: 99, period: 30d, page: P1, ticket: P3}",
    )


def _jobs(answers: Answers, taken: Mapping[str, Value]) -> tuple[tuple[str, str], ...]:
    """Each product with its job: what it exports, unless a job has that name."""
    found = []
    for kind in answers.products:
        job = kind.removesuffix("-exporter")
        found.append((kind, kind if job in taken else job))
    return tuple(found)


def _word(job: str) -> str:
    return job.replace("-", "_")


def _title(job: str) -> str:
    return "".join(word.capitalize() for word in job.split("-"))


def _up(kind: str) -> str | None:
    """The metric by which its exporter says that the product answers; the first that it has."""
    metrics = known(kind)["metrics"] if kind in kind_names() else {}
    return next((name for name in metrics if name.endswith("_up")), None)
