"""``genesis-mon init``: a small commented spec to start from. It never overwrites."""

import os
from pathlib import Path

from genesis_monitoring.errors import ExitCode, GenesisMonError
from genesis_monitoring.report.console import Console


def run_init(path: Path, console: Console) -> ExitCode:
    """Write the starter spec to ``path``, which must not exist yet."""
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
    console.out(f"init: wrote {path}; next: genesis-mon render --spec {path}")
    return ExitCode.OK
