"""What pyproject.toml cannot say: a wheel carries ``templates/`` inside the package.

An editable install needs no copy: there the package finds the folder beside itself.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

TEMPLATES = Path("templates")


class BuildWithTemplates(build_py):
    """Copies the templates after the modules."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib, "genesis_monitoring", "templates")
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(TEMPLATES, target)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        copied = (
            str(Path(self.build_lib, "genesis_monitoring", "templates", file.relative_to(TEMPLATES)))
            for file in sorted(TEMPLATES.rglob("*"))
            if file.is_file()
        )
        return [*super().get_outputs(include_bytecode), *copied]


setup(cmdclass={"build_py": BuildWithTemplates})
