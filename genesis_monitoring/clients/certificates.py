"""A certificate for a day, for names that a catcher stands in for: names in, certificate and key out.

It is its own authority. Programs written in Go trust it by ``SSL_CERT_FILE``; nothing else does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.clients.loopback import is_number
from genesis_monitoring.clients.process import ToolCrashed, run_tool
from genesis_monitoring.clients.tools import ToolKind, find_tool

OPENSSL = ToolKind("openssl", "GENESIS_MON_OPENSSL", "install openssl, 1.1.1 or later")
_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """Both as PEM files."""

    certificate: Path
    key: Path

    @property
    def trust(self) -> tuple[str, str]:
        """The environment variable that makes a Go program trust it, and nothing else."""
        return "SSL_CERT_FILE", str(self.certificate)


def make_certificate(names: Sequence[str], folder: Path) -> Certificate:
    """In ``folder``. Raises ToolMissing or ToolCrashed."""
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    known = (
        "-subj",
        "/CN=genesis-mon drill",
        "-addext",
        "subjectAltName=" + ",".join(f"{'IP' if is_number(name) else 'DNS'}:{name}" for name in names),
    )
    files = ("-days", "1", "-keyout", str(made.key), "-out", str(made.certificate))
    argv = (*find_tool(OPENSSL).argv, "req", "-x509", *curve, *known, *files)
    run = run_tool(argv, cwd=folder, timeout=_SECONDS)
    if run.exit_code:
        raise ToolCrashed(f"openssl made no certificate: {run.stderr.strip()[-300:]}")
    return made
