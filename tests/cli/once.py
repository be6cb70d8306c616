"""Specs of rollouts, compiled once a process: hundreds of commands are about the same few of them."""

from pathlib import Path

from genesis_monitoring.commands import rollout_inputs
from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.plan.compile import Plan, compile_plan
from genesis_monitoring.spec.load import LoadedSpec, load_spec
from genesis_monitoring.spec.model import Spec

_SPECS = 8
"""So many are kept."""


class ReadOnce:
    """What commands of a rollout begin with, remembered by the name and the text of the file."""

    def __init__(self) -> None:
        self._loaded: dict[tuple[str, bytes], LoadedSpec] = {}
        self._plans: dict[tuple[int, str], Plan] = {}

    def install(self) -> None:
        """From now on for the whole process."""
        vars(rollout_inputs).update(load_spec=self.load, compile_plan=self.plan)

    def prepare(self, folder: Path) -> None:
        """Compile the spec of a folder for whoever is forked off and works there."""
        try:
            loaded = self._read(Path("slo.yaml"), folder / "slo.yaml")
        except (OSError, ValueError, GenesisMonError):
            return  # It is the command that tells of it.
        if loaded.spec.rollout is not None:
            self.plan(loaded.spec, loaded.spec.profile_in_force)

    def load(self, path: Path, *, environment: str | None = None) -> LoadedSpec:
        """As ``load_spec``."""
        if environment is not None or not path.is_file():
            return load_spec(path, environment=environment)
        return self._read(path, path)

    def plan(self, spec: Spec, profile: str) -> Plan:
        """As ``compile_plan``."""
        if all(spec is not one.spec for one in self._loaded.values()):
            return compile_plan(spec, profile)
        key = (id(spec), profile)
        if key not in self._plans:
            self._plans[key] = compile_plan(spec, profile)
        return self._plans[key]

    def _read(self, name: Path, path: Path) -> LoadedSpec:
        key = (str(name), path.read_bytes())
        if key not in self._loaded:
            loaded = load_spec(path, display=str(name))
            if len(self._loaded) == _SPECS:
                self._loaded.clear()
                self._plans.clear()
            self._loaded[key] = loaded
        return self._loaded[key]
