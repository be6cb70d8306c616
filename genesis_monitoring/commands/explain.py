"""``genesis-mon explain``: the page of a code, or what the spec says of a name and what comes of it."""

from collections.abc import Iterator

from genesis_monitoring.commands.project import Inputs
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.report.console import Console

_LABEL_WIDTH = 13


def run_explain(name: str, inputs: Inputs, console: Console) -> ExitCode:
    """Print all about ``name``: a code, a word such as ``ratio``, or a name of the spec.

    Only a name of the spec needs one. Raises UsageError for a name that stands for nothing.
    """
    from genesis_monitoring.code_pages import CODE
    from genesis_monitoring.commands.explain_words import word_pages

    if CODE.fullmatch(name.upper()):
        console.write(_code_page(name.upper()))
    else:
        console.write("\n".join((*word_pages(name), *_of_spec(name, inputs, word=any(word_pages(name))))))
    return ExitCode.OK


def run_list(console: Console) -> ExitCode:
    """Print every code with its title, and every word that has a page."""
    from genesis_monitoring.code_pages import all_codes, page
    from genesis_monitoring.commands.explain_words import words

    lines = [f"{code}  {page(code).title}" for code in all_codes() if not page(code).retired]
    for what, known in words().items():
        lines += ["", f"{what}: {', '.join(known)}"]
    console.write("\n".join(lines) + "\n")
    return ExitCode.OK


def _of_spec(name: str, inputs: Inputs, *, word: bool) -> tuple[str, ...]:
    """What the spec has of that name; a ``word`` needs no spec, and none that is valid."""
    from genesis_monitoring.spec.source import SpecError

    try:
        return tuple(_spec_pages(name, inputs))
    except (UsageError, SpecError):
        if not word:
            raise
        return ()


def _code_page(code: str) -> str:
    from genesis_monitoring.code_pages import all_codes, page
    from genesis_monitoring.words import suggest

    try:
        return page(code).text
    except KeyError:
        codes = all_codes()
        likely = [one for one in codes if one.startswith(code[:3])] or codes
        raise UsageError(
            f"there is no code {code}{suggest(code, likely)}", f"use one of: {', '.join(likely)}"
        ) from None


def _spec_pages(name: str, inputs: Inputs) -> Iterator[str]:
    from genesis_monitoring.commands.explain_spec import explain_name, known_names
    from genesis_monitoring.commands.project import load_project
    from genesis_monitoring.report.text import escape
    from genesis_monitoring.words import suggest

    project = load_project(inputs)
    explanations = tuple(explain_name(project, name))
    if not explanations:
        raise UsageError(
            f"{inputs.spec} has no alert, SLI, severity or panel id {escape(name)!r}"
            f"{suggest(name, known_names(project.plan))}",
            "name one of these, or a code such as GM401",
        )
    for explanation in explanations:
        lines = [explanation.heading]
        for label, said in explanation.facts:
            for number, line in enumerate(part for text in said for part in text.splitlines()):
                lines.append(f"  {'' if number else label:<{_LABEL_WIDTH}}{escape(line)}")
        yield "\n".join(lines) + "\n"
