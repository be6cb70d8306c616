"""The journal: says which files a render is writing, so that the next one can mend what a stopped one left.

It is written whole before the first change and removed after the last, so it is there exactly while the
tree may be neither the old nor the new one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from genesis_monitoring.tree.folder import Kind, OutFolder
from genesis_monitoring.tree.manifest import VERSION, parse_digests, read_own_file
from genesis_monitoring.tree.paths import JOURNAL, temp_path


@dataclass(frozen=True, slots=True)
class Journal:
    """What a render set out to do.

    ``write`` maps each path to the digest it gets: a file with that digest is the tool's own even before the
    manifest lists it. ``remove`` names the manifest's files that go; it is there for a person to read, since
    the manifest still owns them.
    """

    write: Mapping[str, str]
    remove: tuple[str, ...] = ()

    def dump(self) -> bytes:
        """The bytes of the journal file."""
        import json

        document = {"version": VERSION, "write": dict(self.write), "remove": self.remove}
        return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()

    @property
    def temp_paths(self) -> Iterable[str]:
        """Every temporary file that the render may have left below the output folder."""
        return map(temp_path, self.write)


def load_journal(folder: OutFolder) -> Journal | None:
    """The journal of a stopped render; None where the last render ended.

    A render stopped while it wrote the journal had done nothing yet: its journal is empty.
    Raises MalformedError when the journal is not a regular file or not of the tool's form.
    """
    data = read_own_file(folder, JOURNAL)
    if data is None:
        began = folder.look(temp_path(JOURNAL)).kind is not Kind.ABSENT
        return Journal({}) if began else None
    return Journal(parse_digests(data, "write", folder.out / JOURNAL, f"after you have removed {JOURNAL}"))
