"""``genesis-mon diff``: what a change of the spec means, against a revision of git or another file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from genesis_monitoring.changes.compare import Changes, compare
from genesis_monitoring.changes.items import Side
from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.project import Inputs, Project, make_project
from genesis_monitoring.errors import ExitCode, GenesisMonError
from genesis_monitoring.report.changes_json import Compared
from genesis_monitoring.report.console import Console
from genesis_monitoring.spec.environments import BASE
from genesis_monitoring.spec.load import LoadedSpec, load_spec, parse_spec
from genesis_monitoring.spec.source import SpecError


@dataclass(frozen=True, slots=True)
class Rendered:
    """A spec with all that is made of it, and where it is from."""

    whence: Compared
    loaded: LoadedSpec
    project: Project

    @property
    def side(self) -> Side:
        """What is compared."""
        return Side(self.loaded.spec, self.project.plan)


def run_diff(inputs: Inputs, revision: str, against: Path | None, format_: str, console: Console) -> ExitCode:
    """Print what differs; 0 where nothing does, 1 where something does. Whatever goes wrong ends with 2."""
    with _like_diff():
        with console.progress("diff: rendering both specs"), tidied_up():
            before = _before(inputs, revision, against, console)
            after = rendered(Compared(str(inputs.spec)), load_spec(inputs.spec), inputs)
            changes = compared(before, after)
        tell_changes(changes, before, after, format_, console)
    return ExitCode.OK if changes.same else ExitCode.FINDINGS


def run_diff_envs(inputs: Inputs, names: tuple[str, str], format_: str, console: Console) -> ExitCode:
    """Print what differs between two environments of the spec; ``base`` is the spec as it stands."""
    with _like_diff():
        with console.progress("diff-envs: rendering both"), tidied_up():
            before, after = (_environment(inputs, name) for name in names)
            changes = compared(before, after)
        tell_changes(changes, before, after, format_, console)
    return ExitCode.OK if changes.same else ExitCode.FINDINGS


@contextmanager
def _like_diff() -> Iterator[None]:
    """Whatever keeps two sides from being compared ends with 2, since 1 says that they differ."""
    try:
        yield
    except SpecError as error:
        raise SpecError(error.findings, error.source, ExitCode.USAGE) from None
    except GenesisMonError as error:
        error.exit_code = ExitCode.USAGE
        raise


def _environment(inputs: Inputs, name: str) -> Rendered:
    loaded = load_spec(inputs.spec, environment=None if name == BASE else name)
    return rendered(Compared(str(inputs.spec), environment=name), loaded, inputs)


def _before(inputs: Inputs, revision: str, against: Path | None, console: Console) -> Rendered:
    from genesis_monitoring.clients.git import CommittedFiles, committed

    if against is not None:
        whence, text = Compared(str(against)), None
    else:
        file = committed(inputs.spec, revision)
        whence, text = Compared(str(inputs.spec), revision, file.commit), file.text
    try:
        if text is None:
            loaded = load_spec(Path(whence.spec))
        else:
            files = CommittedFiles(inputs.spec, str(whence), whence.commit)
            loaded = parse_spec(text, str(whence), files=files)
        return rendered(whence, loaded, replace(inputs, spec=Path(str(whence))))
    except SpecError:
        console.err(f"diff: {whence} is no spec that this genesis-mon can read; mend it, or name another")
        raise


def rendered(whence: Compared, loaded: LoadedSpec, inputs: Inputs) -> Rendered:
    """All that is made of a spec; nothing is written. Raises as ``make_project``."""
    return Rendered(whence, loaded, make_project(loaded, inputs))


def compared(before: Rendered, after: Rendered) -> Changes:
    """What differs between the two in meaning."""
    return compare(before.side, after.side, before.project.artifacts, after.project.artifacts)


def tell_changes(changes: Changes, before: Rendered, after: Rendered, format_: str, console: Console) -> None:
    """Print it as ``text``, ``json`` or ``markdown``."""
    if format_ == "json":
        from genesis_monitoring.report.changes_json import ChangesDocument, told
        from genesis_monitoring.report.document import document_json

        places = tuple(
            (before if one.way == "removed" else after).loaded.source.locate_key(one.path)
            for one in changes.items
        )
        console.data(document_json(ChangesDocument, told(changes, before.whence, after.whence, places)))
        return
    names = str(before.whence), str(after.whence)
    if format_ == "markdown":
        from genesis_monitoring.report.changes_markdown import format_markdown

        console.data(format_markdown(changes, *names))
        return
    from genesis_monitoring.report.changes_text import format_changes

    console.write(format_changes(changes, *names, colour=console.colour, width=console.width))
