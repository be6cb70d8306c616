"""Templates: a folder of Jinja2 files in, text out. They lay out text and fill slots, nothing else.

Delimiters are ``[[ ]]`` and ``[% %]``, as Go templates and Prometheus use the usual ones. A missing
name is an error, and so is a value that no quoting filter has passed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genesis_monitoring.durations import spell_duration
from genesis_monitoring.errors import UsageError
from genesis_monitoring.files import refuse_special
from genesis_monitoring.render import quoting
from genesis_monitoring.render.layout import layout, remarks
from genesis_monitoring.times import spell_time

if TYPE_CHECKING:
    from jinja2 import Environment


_MISUSE = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError)
"""What a template gets from a value that it takes for something else."""


class UnquotedValueError(Exception):
    """A template prints a value that no filter has quoted. That is a mistake in the template."""


class Templates:
    """The templates of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment: Environment | None = None

    def render(self, name: str, **slots: Any) -> str:
        """The text of template ``name``, which ends in one newline.

        Raises UsageError for a template that cannot be used.
        """
        from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

        if self._environment is None:
            own = self.folder == default_folder()
            self._environment = _own_environment() if own else _environment(self.folder)
        try:
            return self._environment.get_template(name).render(**slots).rstrip("\n") + "\n"
        except TemplateNotFound as error:
            raise UsageError(
                f"{self.folder / str(error.name)}: no such template",
                "give the folder of a full set of templates with --templates",
            ) from None
        except (TemplateError, UnquotedValueError, OSError, RecursionError, *_MISUSE) as error:
            line = f":{error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
            raise UsageError(f"{self.folder / name}{line}: {error}", "mend the template") from None


def default_folder() -> Path:
    """The templates that come with the product: in the package when installed, else in the checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


@cache
def _own_environment() -> Environment:
    """Compiled once for all that a process renders: these templates come with the program."""
    return _environment(default_folder())


def _environment(folder: Path) -> Environment:
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class RegularFiles(FileSystemLoader):
        """A pipe would be waited for."""

        def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
            path = folder / template
            if path.exists():
                refuse_special(path, path.stat().st_mode)
            return super().get_source(environment, template)

    # A template that changed its document would change what the file is compared with.
    environment = ImmutableSandboxedEnvironment(
        loader=RegularFiles(folder),
        undefined=StrictUndefined,
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        auto_reload=False,
        optimized=False,
        finalize=_only_quoted,
    )
    filters: dict[str, Callable[..., object]] = {
        "layout": layout,
        "remarks": remarks,
        "yaml": quoting.yaml,
        "yaml_list": quoting.yaml_list,
        "python": quoting.python,
        "docstring": quoting.docstring,
        "identifier": quoting.identifier,
        "comment": quoting.comment,
        "go": quoting.go,
        "md": quoting.markdown,
        "cell": quoting.markdown_cell,
        "link": quoting.link,
        "named_link": quoting.named_link,
        "code": quoting.code,
        "html": quoting.html,
        "css": quoting.css,
        "drawing": quoting.drawing,
        "runbook_link": lambda alert: quoting.Quoted(f"[{alert}](runbooks/{alert}.md)"),
        "spell": spell_duration,
        "moment": lambda moment: spell_time(moment.timestamp()),
        "clock": lambda seconds: f"T+{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}",
    }
    environment.filters.update({name: _of_defined(made) for name, made in filters.items()})
    return environment


def _of_defined(filter_: Callable[..., object]) -> Callable[..., object]:
    """``filter_``, which a missing slot does not reach: printing it says what is missing."""
    from jinja2 import Undefined

    def checked(value: object, *arguments: object) -> object:
        if isinstance(value, Undefined):
            str(value)
        return filter_(value, *arguments)

    return checked


def _only_quoted(value: object) -> object:
    if not isinstance(value, quoting.Quoted):
        raise UnquotedValueError(f"{value!r} is printed without a quoting filter")
    return value
