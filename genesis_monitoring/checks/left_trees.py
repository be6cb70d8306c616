"""Trees beside the spec that nothing renders any more: a spec and its output folder in, findings out.

GM153 (warning): a generated tree lies where an environment would have its own, and the spec has no such
environment. Remove the folder, or give the spec the environment back.
"""

from collections.abc import Iterator
from pathlib import Path

from genesis_monitoring.conventions import OUTPUT_FOLDER, output_folder
from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.spec.environment_source import EnvironmentSource
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.source import Source
from genesis_monitoring.tree.paths import MANIFEST
from genesis_monitoring.words import suggest

CODES = ("GM153",)


def check_left_trees(spec: Spec, source: Source, out: Path) -> tuple[Finding, ...]:
    """Of the spec as it is written, where its tree is at its usual place; elsewhere nothing can be said."""
    if isinstance(source, EnvironmentSource) or out.name != OUTPUT_FOLDER:
        return ()
    return tuple(_left(spec, out.parent))


def _left(spec: Spec, beside: Path) -> Iterator[Finding]:
    known = {output_folder(name) for name in spec.environments}
    for manifest in sorted(beside.glob(f"{output_folder('*')}/{MANIFEST}")):
        folder = manifest.parent
        if folder.name in known:
            continue
        name = folder.name.removeprefix(output_folder(""))
        yield Finding(
            "GM153",
            Severity.WARNING,
            Location(folder.as_posix()),
            f"the tree of an environment that the spec does not have{suggest(name, spec.environments)}",
            f"remove it (git rm -r {folder.name}), or give the spec the environment back",
        )
