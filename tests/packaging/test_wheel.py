"""The package as a user gets it: a source archive, a wheel of it, and its commands far from any checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from scratch import REPOSITORY, copy_repository, make_environment, without_python_settings


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


def test_installed_it_inits_renders_and_validates(wheel: Path, tmp_path: Path) -> None:
    venv, empty = tmp_path / "venv", tmp_path / "empty"
    empty.mkdir()
    make_environment(venv)
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python"), "install", "--quiet"]
    _run([*pip, "--no-deps", "--no-index", str(wheel)], empty)
    genesis_mon = str(venv / "bin" / "genesis-mon")
    where = "import genesis_monitoring; print(genesis_monitoring.__file__)"
    assert _run([str(venv / "bin" / "python"), "-c", where], empty).startswith(str(venv))
    _run([genesis_mon, "init", "x.yaml"], empty)
    _run([genesis_mon, "render", "--spec", "x.yaml"], empty)
    said = _run([genesis_mon, "validate", "--strict", "--spec", "x.yaml"], empty)
    assert "0 errors, 0 warnings" in said


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
