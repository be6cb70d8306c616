"""A mend that says what to write is right: with that in its place nothing is found any more.

Where another mistake comes to light, it is one that the case has in store, and each such case is named here.
"""

import functools
import re

import pytest

from .reading import Case, case_files, load_cases
from .test_cases import findings_of

_NAMED = (
    re.compile(r'did you mean "(?P<word>[^"]+)"\?'),
    re.compile(r'^write "?(?P<word>[^"?;\s]+)"?$'),
    re.compile(r'"?(?P<word>[^"?;\s]+)"? is what [^"]* that is by default$'),
    re.compile("^(?:put it in quotes|write it without quotes): (?P<word>.+)$"),
    re.compile(r"^a decimal point is a dot: (?P<word>\S+)$"),
)
_VALUE = re.compile(
    r"\"[^\"]*\"|'[^']*'|[\w./-]+(?=:(?:\s|$))|[^\s,{}\[\]]+(?=\s*$|[,}\]]|\s+#)|[^\s,{}\[\]:]+(?=[\s,}\]:]|$)"
)
MORE_COMES_TO_LIGHT = {
    "a panel of the budget of an SLI that is not there": "GM122",
    "a metric with labels that is not in the catalogue": "GM122",
    "a probe by a service that is not there": "GM122",
    "a zone that is none": "GM122",
    "megabits a second for bits a second": "GM122",
}
ABOUT_A_KEY_AND_PLACED_AT_ITS_VALUE = ("a label that the metric does not have",)
found_in = functools.cache(findings_of)
CASES = [
    pytest.param(case, id=f"{file.removesuffix('.cases')}: {case.name}")
    for file in case_files()
    if file != "panel-ids.cases"
    for case in load_cases(file)
    if len(case.found) == 1
]


def _word(case: Case) -> str:
    """What is to be written in the place of what was found; empty if nothing is said, or not all of it."""
    found = found_in(case.text)
    said = (f"{found[0].message}; {found[0].hint}", found[0].hint) if len(found) == 1 else ()
    words = (match["word"] for pattern in _NAMED for text in said if (match := pattern.search(text)))
    word = next(words, "")
    return "" if "…" in word else word


NAMED = [
    pytest.param(case, id=str(param.id))
    for param in CASES
    if isinstance(case := param.values[0], Case)
    and case.name not in ABOUT_A_KEY_AND_PLACED_AT_ITS_VALUE
    and _word(case)
]


@pytest.mark.parametrize("case", NAMED)
def test_what_is_to_be_written_mends(case: Case) -> None:
    (finding,) = found_in(case.text)
    lines = case.text.split("\n")
    row, column = finding.location.line - 1, finding.location.column - 1
    value = _VALUE.match(lines[row], column)
    assert value is not None, lines[row]
    lines[row] = lines[row][:column] + _word(case) + lines[row][value.end() :]
    after = findings_of("\n".join(lines))
    known = MORE_COMES_TO_LIGHT.get(case.name, "")
    assert [one for one in after if one.code != known] == []


def test_words_are_named_at_all() -> None:
    assert len(NAMED) >= 50
    assert len({found_in(param.values[0].text)[0].code for param in NAMED}) >= 5  # type: ignore[union-attr]
