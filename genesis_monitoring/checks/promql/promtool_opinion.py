"""What promtool says of PromQL that our parser refuses: texts in, an opinion of each out.

The parser follows one version of the language, and Prometheus 2.42 to 3.x speak several. So what the parser
does not know is wrong only if promtool, the tool of the field, refuses it too.
"""

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.checks.promtool_text import Section, parse_sections, parse_test_sections
from genesis_monitoring.clients.process import ToolCrashed, ToolMissing
from genesis_monitoring.clients.protocols import PromtoolClient

_FAULT = re.compile(
    r"(?:could not parse expression: |^)(?P<line>[0-9]+):(?P<column>[0-9]+): "
    r"(?:parse error: )?(?P<message>.+)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """``fault`` is promtool's objection, empty if it accepts; ``offset`` its place, in characters.

    ``missing`` is why promtool was not asked; then nothing is known.
    """

    fault: str = ""
    offset: int = 0
    missing: ToolMissing | None = None


def ask_about_expressions(promtool: PromtoolClient, texts: Sequence[str]) -> tuple[Opinion, ...]:
    """One opinion an expression. Raises ToolCrashed or ToolTimedOut if promtool gives no answer."""
    rules = [{"groups": [{"name": "asked", "rules": [{"record": "asked", "expr": text}]}]} for text in texts]
    return _ask(promtool, rules, texts, tests=False)


def ask_about_series(promtool: PromtoolClient, series: Sequence[tuple[str, str]]) -> tuple[Opinion, ...]:
    """One opinion a pair of a series and its values, both in promtool's notation; raises as the other.

    An ``offset`` counts from the start of the series; a blank stands between the two.
    """
    tests = [
        {"tests": [{"interval": "1m", "input_series": [{"series": name, "values": values}]}]}
        for name, values in series
    ]
    return _ask(promtool, tests, [f"{name} {values}" for name, values in series], tests=True)


def _ask(
    promtool: PromtoolClient, documents: Sequence[Mapping[str, object]], texts: Sequence[str], *, tests: bool
) -> tuple[Opinion, ...]:
    if not documents:
        return ()
    files = [f"{number}.yml" for number in range(len(documents))]
    try:
        with tempfile.TemporaryDirectory(prefix="genesis-mon-") as name:
            folder = Path(name)
            for file, document in zip(files, documents, strict=True):
                (folder / file).write_text(json.dumps(document), "utf-8")
            if tests:
                sections = _tested(promtool, folder, files)
            else:
                runs = promtool.check_rules(folder, files)
                sections = {one.file: one for run in runs for one in parse_sections(run.stdout)}
    except ToolMissing as missing:
        return (Opinion(missing=missing),) * len(documents)
    except OSError as error:
        raise ToolCrashed(f"promtool could not be asked: no scratch folder: {error.strerror}") from error
    return tuple(_opinion(sections.get(file), text) for file, text in zip(files, texts, strict=True))


def _tested(promtool: PromtoolClient, folder: Path, files: Sequence[str]) -> Mapping[str, Section]:
    """One file a call: of tests, promtool 3.5 and later do not say which file an outcome is about."""
    found: dict[str, Section] = {}
    for file in files:
        for run in promtool.test_rules(folder, (file,)):
            found.update((file, section) for section in parse_test_sections(run.stdout, (file,)))
    return found


def _opinion(section: Section | None, text: str) -> Opinion:
    if section is None or not (section.failure or section.succeeded):
        raise ToolCrashed("promtool did not say whether it accepts an expression of the spec")
    if not section.failure:
        return Opinion()
    found = _FAULT.search(section.failure)
    if found is None:
        return Opinion(" ".join(section.failure.split())[:300])
    return Opinion(found["message"].strip(), _offset(text, int(found["line"]), int(found["column"])))


def _offset(text: str, line: int, column: int) -> int:
    """promtool counts lines and, in each, bytes; both from 1, and the lines of series from 2 since 2.53."""
    lines = text.split("\n")
    line = min(line, len(lines))
    before = sum(len(one) + 1 for one in lines[: line - 1])
    within = lines[line - 1].encode()[: column - 1]
    return before + len(within.decode(errors="ignore"))
