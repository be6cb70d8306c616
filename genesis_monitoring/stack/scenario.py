"""Scenario files: what the synthetic Genesis goes through, and which alerts must fire. YAML in, model out."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, model_validator

from genesis_monitoring.errors import UsageError
from genesis_monitoring.spec.base import AlertName, Model, Name, Number, PositiveSeconds, Seconds, Text
from genesis_monitoring.spec.problems import findings_from_validation
from genesis_monitoring.spec.source import SpecError, load_source
from genesis_monitoring.words import suggest

Factor = Annotated[Number, Field(ge=0, le=10_000)]
Share = Annotated[Number, Field(ge=0, le=1)]


class Flapping(Model):
    """A service that goes down for the first ``down`` of every ``period``."""

    service: Name
    period: PositiveSeconds
    down: PositiveSeconds

    @model_validator(mode="after")
    def _comes_back(self) -> "Flapping":
        if self.down >= self.period:
            raise ValueError("a service that flaps is down for less than its period")
        return self


class Changes(Model):
    """How it differs from health; what is left out stays as it is.

    Factors multiply: latencies, the cost of LLM calls, the cost of memory storage, tokens. Ratios are 0 to
    1, ``accuracy`` is in percent. ``down`` are services that do not answer. ``restart`` sets every counter
    to zero when the phase begins. ``results_age`` makes the test results that old, and they are not written
    again; ``failing_tests`` is how many tests of a suite fail.
    """

    latency_factor: Annotated[Number, Field(gt=0, le=10_000)] | None = None
    accuracy: Annotated[Number, Field(ge=0, le=100)] | None = None
    request_error_ratio: Share | None = None
    rag_error_ratio: Share | None = None
    llm_cost_factor: Factor | None = None
    memory_cost_factor: Factor | None = None
    token_factor: Factor | None = None
    cache_hit_ratio: Share | None = None
    down: tuple[Name, ...] | None = None
    flapping: Flapping | None = None
    restart: bool | None = None
    results_age: PositiveSeconds | None = None
    failing_tests: dict[Name, Annotated[int, Field(ge=0)]] | None = None


class Phase(Changes):
    """Changes from ``after`` the start on, for as long as it ``lasts``: to the end unless it says so."""

    title: Text
    after: Seconds
    lasts: PositiveSeconds | None = None


class Expect(Model):
    """Every alert that fires besides the Watchdog, with the shipped spec in a profile for drills.

    ``inhibited`` are those of them that nobody is told of, since another one says it already.
    """

    alerts: tuple[AlertName, ...]
    inhibited: tuple[AlertName, ...] = ()

    @model_validator(mode="after")
    def _inhibited_ones_fire(self) -> "Expect":
        strange = set(self.inhibited) - set(self.alerts)
        if strange:
            raise ValueError(f"what is inhibited fires too, so add to alerts: {', '.join(sorted(strange))}")
        return self


class Scenario(Model):
    """A whole scenario. ``base`` holds from before the start on; where phases overlap, the later one counts.

    ``seed`` decides the noise of the gauges, so that two runs are the same.
    """

    title: Text
    description: Text
    seed: int = 1
    base: Changes = Changes()
    phases: tuple[Phase, ...] = ()
    expect: Expect


def shipped_scenarios() -> tuple[str, ...]:
    """The names of the scenarios that come with the product."""
    return tuple(sorted(path.stem for path in _folder().glob("*.yaml")))


def load_scenario(name: str) -> Scenario:
    """A shipped scenario by its name, or one from a file: a ``name`` with a slash or a suffix is a path.

    Raises UsageError for an unknown name, SpecError with all mistakes of a file.
    """
    path = Path(name)
    if "/" not in name and not path.suffix:
        if name not in shipped_scenarios():
            raise UsageError(
                f"there is no scenario {name!r}{suggest(name, shipped_scenarios())}",
                f"use one of: {', '.join(shipped_scenarios())}; or the path of a file",
            )
        path = _folder() / f"{name}.yaml"
    elif not path.is_file():
        raise UsageError(
            f"{name}: there is no such scenario file", f"name one, or use: {', '.join(shipped_scenarios())}"
        )
    source = load_source(path)
    try:
        return Scenario.model_validate(source.value)
    except ValidationError as error:
        raise SpecError(findings_from_validation(error, source, Scenario), source) from None


def _folder() -> Path:
    return Path(__file__).parent / "scenarios"
