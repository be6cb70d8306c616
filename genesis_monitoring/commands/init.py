"""``genesis-mon init``: a small commented spec to start from. It never overwrites."""

import os
from pathlib import Path

from genesis_monitoring.conventions import LEDGER_FILE, OUTPUT_FOLDER
from genesis_monitoring.errors import ExitCode, GenesisMonError
from genesis_monitoring.report.console import Console

_ATTRIBUTES = ".gitattributes"
_WHY = "# Compared byte for byte, and chained by digests: git changes no line ends here."
_PROTECTED = (f"{OUTPUT_FOLDER}/** -text", f"{LEDGER_FILE} -text")


def run_init(path: Path, console: Console) -> ExitCode:
    """Write the starter spec to ``path``, which must not exist yet, and git's attributes beside it."""
    text = (Path(__file__).parent / "starter.yaml").read_text("utf-8")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        raise GenesisMonError(f"{path}: exists already", "give another name, or remove it first") from None
    except OSError as error:
        raise GenesisMonError(
            f"{path}: cannot be written: {error.strerror}", "name a file in a folder that you can write to"
        ) from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise GenesisMonError(
            f"{path}: cannot be written: {error.strerror}", "make room on the disk, then try again"
        ) from None
    also = _protect(path.parent / _ATTRIBUTES, console)
    console.out(f"init: wrote {path}{also}; next: genesis-mon render --spec {path}")
    return ExitCode.OK


def _protect(path: Path, console: Console) -> str:
    """Git leaves generated files as they are. What is there is kept, and told what to add."""
    try:
        if path.exists():
            if not set(_PROTECTED) <= set(path.read_text("utf-8", errors="replace").splitlines()):
                lines = " and ".join(f'"{line}"' for line in _PROTECTED)
                console.out(f"init: add to {path}: {lines}, so that git changes no line ends there")
            return ""
        path.write_text(f"{_WHY}\n" + "".join(f"{line}\n" for line in _PROTECTED), "utf-8")
    except OSError as error:
        console.out(f"init: {path} could not be written: {error.strerror}; see genesis-mon explain GM208")
        return ""
    return f", and {path.name} beside it"
