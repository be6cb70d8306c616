"""Where Grafana's libraries are installed and our sources for Node are built; never committed."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

SOURCES = Path(__file__).resolve().parent
NODE = 20
"""The oldest major version of Node that the libraries run on."""

_INSTALL = ("ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "--loglevel=error")
NOW = int(datetime(2025, 10, 24, 20, 26, tzinfo=UTC).timestamp())
"""When everything is looked at, in seconds since 1970: almost half of the rollout is over."""

_AS_IN_A_BROWSER = (
    "globalThis.window ??= globalThis; globalThis.navigator ??= {language: 'en-GB', languages: ['en-GB']};"
    f"Date.now = () => {NOW * 1000};"
)
"""The libraries ask for a browser as soon as they are loaded, also where nothing is drawn."""
_FOR_BROWSER = (
    *("--platform=browser", "--format=iife", "--jsx=automatic", "--minify"),
    '--define:process.env.NODE_ENV="production"',
    f"--banner:js=(now => (Date.now = (shift => () => now() + shift)({NOW * 1000} - now())))(Date.now);",
    *("--external:stream", "--loader:.ttf=empty"),
)
"""What reads streams and the editor's symbols belong to components that no panel shows."""


class LookError(Exception):
    """What is needed is not there, or a tool failed; its text is for whoever ran ``make look``."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder with Grafana's libraries and our sources in it."""

    folder: Path

    def set_up(self) -> None:
        """Install what the lock file names, unless that is done, and copy our sources.

        Raises LookError without Node or npm, or if npm fails.
        """
        _need_node()
        self.folder.mkdir(parents=True, exist_ok=True)
        locked = (SOURCES / "package-lock.json").read_bytes()
        stamp = self.folder / "installed"
        wanted = hashlib.sha256(locked).hexdigest()
        if not stamp.is_file() or stamp.read_text() != wanted:
            print("installing Grafana's open libraries, which takes a minute and 600 MB", flush=True)
            stamp.unlink(missing_ok=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(SOURCES / name, self.folder)
            self.run(("npm", *_INSTALL))
            stamp.write_text(wanted)
        shutil.rmtree(self.folder / "js", ignore_errors=True)
        shutil.copytree(SOURCES / "js", self.folder / "js")

    def version(self, package: str) -> str:
        """The version of ``package`` that is installed."""
        found = json.loads((self.modules / package / "package.json").read_text())["version"]
        assert isinstance(found, str)
        return found

    @property
    def modules(self) -> Path:
        """Where npm puts packages."""
        return self.folder / "node_modules"

    def for_node(self, source: str) -> Path:
        """``js/<source>`` and all that it imports, in one file that Node runs."""
        target = (self.folder / source).with_suffix(".cjs")
        banner = f"--banner:js={_AS_IN_A_BROWSER}"
        self._bundle(source, target, "--platform=node", "--format=cjs", "--main-fields=module,main", banner)
        return target

    def for_browser(self, source: str) -> Path:
        """``js/<source>`` and all that it imports, in one file that a page includes."""
        target = (self.folder / source).with_suffix(".js")
        shared = [
            f"--alias:{name}={self.modules / file}"
            for name, file in (
                ("@grafana/data", "@grafana/data/dist/cjs/index.cjs"),
                ("@grafana/ui/unstable", "@grafana/ui/dist/cjs/unstable.cjs"),
                ("@grafana/ui", "@grafana/ui/dist/cjs/index.cjs"),
            )
        ]
        self._bundle(source, target, *_FOR_BROWSER, *shared)
        return target

    def _bundle(self, source: str, target: Path, *arguments: str) -> None:
        esbuild = self.modules / ".bin/esbuild"
        self.run(
            (
                str(esbuild),
                f"js/{source}",
                "--bundle",
                f"--outfile={target}",
                "--log-level=warning",
                *arguments,
            )
        )

    def run(self, command: Sequence[str]) -> str:
        """What ``command`` printed. Raises LookError, with all that it said, if it fails."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            capture_output=True,
            text=True,
            env={**os.environ, "CI": "1"},
            check=False,
        )
        if done.returncode:
            raise LookError(f"{command[0]} {command[1]} failed:\n{done.stdout}{done.stderr}".rstrip())
        return done.stdout


def _need_node() -> None:
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            raise LookError(f"make look needs {tool}: install Node {NODE} or later")
    said = subprocess.run(("node", "--version"), capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", said)
    if version is None or int(version[1]) < NODE:
        raise LookError(f"make look needs Node {NODE} or later, and node is {said.strip() or 'broken'}")
