"""The package settings of this machine, and nothing else of it: what a bare root is given.

They are what pip, apt and TLS go by: where packages come from, through which proxy, and who is trusted.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

_VARIABLES = re.compile(
    r"PIP_.*|SSL_.*|(?:http|https|ftp|all|no)_proxy|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE", re.IGNORECASE
)
_APT = re.compile(r"Acquire::(?:http|https|Retries|Check-Date|Check-Valid-Until|ForceIPv4)\b.*")
_FILES = ("/etc/pip.conf", "/etc/xdg/pip/pip.conf", "/etc/resolv.conf", "/etc/ssl/certs/ca-certificates.crt")
_PIP_OF_USER = (".pip/pip.conf", ".config/pip/pip.conf")


def variables() -> dict[str, str]:
    """Those of the environment."""
    return {name: value for name, value in sorted(os.environ.items()) if _VARIABLES.fullmatch(name)}


def give(root: Path) -> None:
    """Write the settings into ``root``, and those of this user as those of everybody there."""
    for name in (*_FILES, *_named_files()):
        _copy(Path(name), root / name.lstrip("/"))
    for name in _PIP_OF_USER:
        _copy(Path.home() / name, root / "etc/xdg/pip/pip.conf")
    if config := os.environ.get("PIP_CONFIG_FILE"):
        _copy(Path(config), root / config.lstrip("/"))
    (root / "etc/apt/apt.conf.d/50machine").write_text("\n".join((*_apt_settings(), "")))


def shared_folders() -> tuple[str, ...]:
    """Folders of packages that pip is to look into: mounted, since they may be large."""
    found = os.environ.get("PIP_FIND_LINKS", "").split()
    return tuple(
        name.removeprefix("file://") for name in found if Path(name.removeprefix("file://")).is_dir()
    )


def _named_files() -> Iterator[str]:
    for name, value in variables().items():
        if name.upper() in ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            yield value


def _apt_settings() -> Iterator[str]:
    said = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout
    yield from (line for line in said.splitlines() if _APT.match(line))
    for name, value in variables().items():
        if (scheme := name.lower().removesuffix("_proxy")) in ("http", "https"):
            yield f'Acquire::{scheme}::Proxy "{value}";'


def _copy(source: Path, target: Path) -> None:
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
