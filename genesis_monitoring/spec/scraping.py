"""What Prometheus scrapes: services of the stack, applications outside it, lists in files, and probes."""

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from genesis_monitoring.addresses import valid_host, valid_target, valid_url
from genesis_monitoring.defaults.kinds import kind_names
from genesis_monitoring.spec import patterns
from genesis_monitoring.spec.base import (
    AbsolutePath,
    Address,
    LabelName,
    Model,
    Port,
    PositiveSeconds,
    Text,
)

if TYPE_CHECKING:
    Kind = str
else:
    Kind = Literal[kind_names()]


def _probed(address: str) -> str:
    """A URL, or a host with or without a port: what a module takes."""
    if "://" in address:
        return valid_url(address)
    if re.search(r":[0-9]+$", address) and not address.endswith("]"):
        return valid_target(address)
    return valid_host(address)


def _reached(exporter: str) -> str:
    if ":" in exporter:
        return valid_target(exporter)
    if not re.fullmatch(_SLUG, exporter):
        raise ValueError(
            'an exporter is a service of the stack, or a host and its port, such as "blackbox:9115"'
        )
    return exporter


def _list_of_targets(path: str) -> str:
    folder, _, name = path.rpartition("/")
    if "*" in folder or name.count("*") > 1:
        raise ValueError("Prometheus takes one * in the name of a file, and none in its folder's")
    return path


def _of_one_text(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _bare_address(value: Any) -> Any:
    return {"address": value} if isinstance(value, str) else value


_SLUG = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_Text = Annotated[str, Field(min_length=1, max_length=500, pattern=patterns.WITHOUT_BLANKS)]
ParameterName = Annotated[str, Field(max_length=80, pattern=patterns.PARAMETER)]
ParameterValues = Annotated[
    tuple[Text, ...],
    Field(min_length=1),
    BeforeValidator(_of_one_text, json_schema_input_type=str | tuple[Text, ...]),
]
"""One value or several, each of which is sent."""
ProbedAddress = Annotated[_Text, AfterValidator(_probed), Field(examples=["https://shop.example.com"])]
Exporter = Annotated[str, Field(max_length=260), AfterValidator(_reached), Field(examples=["blackbox:9115"])]
TargetFiles = Annotated[
    str,
    Field(max_length=300, pattern=patterns.TARGET_FILES),
    AfterValidator(_list_of_targets),
]
"""A path as Prometheus sees it, ``/etc/targets/*.yml``."""


class Scraped(Model):
    """How a job is scraped, wherever it runs.

    ``labels`` are given to all its series. ``params`` stand in the address that is asked, as
    ``collect[]: [cpu, disk]``. With ``honor_labels`` an exposed ``job`` or ``instance`` stays, as a
    Pushgateway needs; without it the scrape's own wins, and the exposed one is ``exported_job``.
    """

    interval: PositiveSeconds | None = None
    scheme: Literal["http", "https"] = "http"
    params: dict[ParameterName, ParameterValues] = Field(default_factory=dict)
    honor_labels: bool = False
    labels: dict[LabelName, Text] = Field(default_factory=dict)


class Scrape(Scraped):
    """What Prometheus scrapes; the job has the service's name."""

    port: Port
    path: AbsolutePath = "/metrics"


class Endpoint(Model):
    """An address that is scraped, with labels of its own. In a spec the bare address does as well."""

    address: Address
    labels: dict[LabelName, Text] = Field(default_factory=dict)


class ProbedEndpoint(Model):
    """An address that is probed: a URL, ``host:port`` or a host. In a spec the bare address does as well."""

    address: ProbedAddress
    labels: dict[LabelName, Text] = Field(default_factory=dict)


class Probe(Model):
    """Addresses that an exporter asks for Prometheus, as the blackbox exporter does.

    ``module`` is one of the exporter's configuration. ``exporter`` is a scraped service of the stack, or the
    address of one outside it. Each address becomes the label ``instance`` of its series.
    """

    module: Annotated[_Text, Field(examples=["http_2xx"])]
    addresses: tuple[
        Annotated[
            ProbedEndpoint, BeforeValidator(_bare_address, json_schema_input_type=str | ProbedEndpoint)
        ],
        ...,
    ] = Field(min_length=1, examples=[["https://shop.example.com"]])
    exporter: Exporter

    @property
    def service(self) -> str:
        """The service that probes; empty for one outside the stack."""
        return "" if ":" in self.exporter else self.exporter


class ScrapeTarget(Scraped):
    """An application outside the stack that Prometheus scrapes; its job has this entry's name.

    It has ``addresses``, lists of them in files (``file_sd``), or a ``probe``. Prometheus must be able to
    reach each of ``addresses`` by that name. ``file_sd`` are files that others keep, at paths as Prometheus
    sees them; ``file_labels`` are the labels that they give. ``path`` is ``/metrics``, ``/probe`` of a probe.
    ``kind`` is a product that is known, so that its metrics are, where they are used.
    ``module`` is the Python module that declares its metrics (``<module>.py`` in the tree), so that the
    application imports them from the catalogue; by default it is named after the job.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"addresses": ["shop:8080"]}]})

    description: Text
    kind: Kind | None = None
    addresses: Annotated[
        tuple[
            Annotated[Endpoint, BeforeValidator(_bare_address, json_schema_input_type=str | Endpoint)], ...
        ],
        Field(examples=[["shop:8080"]]),
    ] = ()
    file_sd: tuple[TargetFiles, ...] = ()
    file_labels: tuple[LabelName, ...] = ()
    probe: Probe | None = None
    path: AbsolutePath | None = None
    module: Annotated[str, Field(max_length=80, pattern=patterns.METRICS_MODULE)] | None = None

    @model_validator(mode="after")
    def _has_targets(self) -> "ScrapeTarget":
        if self.probe is None and not self.addresses and not self.file_sd:
            raise ValueError('a target has addresses, file_sd or a probe; add addresses: ["shop:8080"]')
        if self.probe is not None and (self.addresses or self.file_sd):
            raise ValueError(
                "a probe has addresses of its own; leave out addresses and file_sd beside it, "
                "or write another target for them"
            )
        if self.file_labels and not self.file_sd:
            raise ValueError(
                "file_labels are those that file_sd gives; leave them out, and write others in labels"
            )
        return self

    @property
    def asked_path(self) -> str:
        """The path that is scraped."""
        return self.path or ("/metrics" if self.probe is None else "/probe")

    @property
    def endpoints(self) -> tuple[Endpoint | ProbedEndpoint, ...]:
        """The addresses that are known: those that are scraped, or those that are probed."""
        return self.addresses if self.probe is None else self.probe.addresses
