"""``genesis-mon explain``: the page of a code, or what the spec says of a name and what comes of it."""

from collections.abc import Iterator

from genesis_monitoring.commands.project import Inputs
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.document import document_json
from genesis_monitoring.report.explained import Explained, Explanation, ExplanationDocument, explained_text
from genesis_monitoring.report.wrapping import wrapped


def run_explain(name: str, inputs: Inputs, console: Console, *, as_json: bool = False) -> ExitCode:
    """Print all about ``name``: a code, a word such as ``ratio``, or a name of the spec.

    Only a name of the spec needs one. Raises UsageError for a name that stands for nothing.
    """
    from genesis_monitoring.code_pages import CODE
    from genesis_monitoring.commands.explain_words import word_pages

    if CODE.fullmatch(name.upper()):
        pages: tuple[Explanation, ...] = (_code_page(name.upper()),)
    else:
        words = tuple(word_pages(name))
        pages = (*words, *_of_spec(name, inputs, word=bool(words)))
    if as_json:
        console.data(document_json(ExplanationDocument, Explained(pages, inputs.environment)))
    else:
        console.write(wrapped(explained_text(pages), console.width))
    return ExitCode.OK


def run_list(console: Console, *, as_json: bool = False) -> ExitCode:
    """Print every code with its title, and every word that has a page."""
    from genesis_monitoring.code_pages import all_codes, page
    from genesis_monitoring.commands.explain_words import words

    codes = [page(code) for code in all_codes() if not page(code).retired]
    if as_json:
        pages = [Explanation("code", one.code, one.title) for one in codes]
        pages += [Explanation(what, word, word) for what, known in words().items() for word in known]
        console.data(document_json(ExplanationDocument, Explained(tuple(pages))))
        return ExitCode.OK
    lines = [f"{one.code}  {one.title}" for one in codes]
    for what, known in words().items():
        lines += ["", f"{what}: {', '.join(known)}"]
    console.write(wrapped("\n".join(lines) + "\n", console.width))
    return ExitCode.OK


def _of_spec(name: str, inputs: Inputs, *, word: bool) -> tuple[Explanation, ...]:
    """What the spec has of that name; a ``word`` needs no spec, and none that is valid."""
    from genesis_monitoring.spec.source import SpecError

    try:
        return tuple(_spec_pages(name, inputs))
    except (UsageError, SpecError):
        if not word:
            raise
        return ()


def _code_page(code: str) -> Explanation:
    from genesis_monitoring.code_pages import all_codes, page
    from genesis_monitoring.words import suggest

    try:
        found = page(code)
    except KeyError:
        codes = all_codes()
        likely = [one for one in codes if one.startswith(code[:3])] or codes
        raise UsageError(
            f"there is no code {code}{suggest(code, likely)}", f"use one of: {', '.join(likely)}"
        ) from None
    return Explanation("code", code, found.title, found.text)


def _spec_pages(name: str, inputs: Inputs) -> Iterator[Explanation]:
    from genesis_monitoring.commands.explain_spec import explain_name, known_names
    from genesis_monitoring.commands.explain_words import every_word
    from genesis_monitoring.commands.project import load_project
    from genesis_monitoring.report.text import escape
    from genesis_monitoring.words import suggest

    project = load_project(inputs)
    explanations = tuple(explain_name(project, name))
    if not explanations:
        raise UsageError(
            f"{inputs.spec} has no alert, SLI, severity or panel id {escape(name)!r}"
            f"{suggest(name, (*known_names(project.plan), *every_word()))}",
            "genesis-mon explain --list has all codes and words of a spec",
        )
    yield from explanations
