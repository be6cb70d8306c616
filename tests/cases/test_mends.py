"""A mend that names a word is right: with that word in its place, nothing is found there any more."""

import functools
import re

import pytest

from .reading import Case, case_files, load_cases
from .test_cases import findings_of

_WORD = re.compile(r'(?:did you mean|write|that is by default) "?(?P<word>[^"?;\s]+)"?\??$')
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s,{}\[\]:]+(?=[\s,}\]:]|$)|[^\s,{}\[\]]+(?=:)")
found_in = functools.cache(findings_of)
CASES = [
    pytest.param(case, id=f"{file.removesuffix('.cases')}: {case.name}")
    for file in case_files()
    if file != "panel-ids.cases"
    for case in load_cases(file)
    if len(case.found) == 1 and case.found[0][0] == "GM113"
]


@pytest.mark.parametrize("case", CASES)
def test_a_word_that_is_named_mends(case: Case) -> None:
    (finding,) = found_in(case.text)
    named = _WORD.search(finding.hint)
    if named is None:
        return
    lines = case.text.split("\n")
    row, column = finding.location.line - 1, finding.location.column - 1
    value = _VALUE.match(lines[row], column)
    assert value is not None
    lines[row] = lines[row][:column] + named["word"] + lines[row][value.end() :]
    after = findings_of("\n".join(lines))
    assert [one for one in after if one.location == finding.location] == []


def test_words_are_named_at_all() -> None:
    findings = [finding for param in CASES for finding in found_in(param.values[0].text)]  # type: ignore[union-attr]
    assert sum(_WORD.search(finding.hint) is not None for finding in findings) >= 10
