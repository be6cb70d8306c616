"""A mend is right: with what it says done, the finding is gone, and none is there that was not before.

Where a mend offers a choice, each takes the finding away, and one of them leaves nothing behind. Where more
comes to light all the same, it is a mistake that the case has in store, and each such case is named here.
"""

import functools
import re
from collections import Counter
from pathlib import Path

import pytest

from genesis_monitoring.findings import Finding

from . import test_lint
from .mending import FORMS, applied
from .reading import BASE, Case, case_files, load_cases
from .test_cases import findings_of as read

ELSEWHERE = ("panel-ids.cases", "promql.cases")
"""What takes a tree on disk or a tool to find."""
MORE_COMES_TO_LIGHT = {
    "a name of OpenTelemetry wherever it is named": "GM121",
    "a metric with labels that is not in the catalogue": "GM122",
    "a zone that is none": "GM122",
    "megabits a second for bits a second": "GM122",
    "what no route takes, muted": "GM122",
    "a component of two teams": "GM122",
    "seconds taken for milliseconds": "GM122",
    "a pattern that selects none or all of the values in the catalogue": "GM122",
    "a target at the address of a service": "GM113",
    "no checkpoint": "GM122",
    "a number that no unit can be": "GM122",
    "a time within which to answer without a unit": "GM122",
    "a time within which to answer that is a number": "GM122",
    "a share that is meant as a fraction": "GM122",
    "a file that is not there is included, and one that lies elsewhere": "GM107",
    "what is included is no list": "GM107",
    "a key of the objective beside it": "GM111",
    "a criterion on the error budget of an SLI that has none": "GM113",
    "an age without its unit": "GM122",
    "values of a test by a label that the metric lacks, by none, and of no samples": "GM112",
    "nights that are one mapping": "GM122",
    "nights in one text": "GM122",
    "times in one text": "GM122",
    "days in one text": "GM122",
    "a list where a mapping is expected": "GM122",
}
PEOPLES = {
    r"^(?:set|it is a number in|correct|shorten|lengthen|lower|round|make (?:it|max_age) \w+)\b": (
        "how much it is to be is a person's to say"
    ),
    r"^(?:escalate|add bucket edges|mute less|a number is below|the period is too short)\b": (
        "how much it is to be is a person's to say"
    ),
    r"^rules are evaluated in the order of the spec": "which of two comes first is a person's to say",
    r"^an environment says by its path": "which value is otherwise is a person's to say",
    r"^use another\b|\bgive .*\b(?:name|uid|own)\b|^rename one": "a name is a person's to give",
    r"^(?:use|name|take|choose|draw|group|judge|let|say|narrow|keep|make one|drop|list|split|turn)\b": (
        "which of several parts gives way is a person's to say"
    ),
    r"^(?:add|give|measure)\b|: add \w+$": "what is missing is a person's to make up",
    r"^(?:declare|for|only|rules are|write|replace|put|leave|remove|there is no|\w+ has no)\b": (
        "what is meant is a person's to say"
    ),
}
"""Forms of words that no program can apply, by a pattern, each with why."""
FOLDER = Path("nowhere")
findings_of = functools.cache(read)


def _lint(text: str) -> tuple[Finding, ...]:
    """What is said of a spec that is valid, beside what is said of the base; of one that is not, why."""
    always = {(one.code, one.message) for one in _always()}
    found = findings_of(text) or test_lint.findings_of(text, FOLDER)
    return tuple(one for one in found if (one.code, one.message) not in always)


@functools.cache
def _always() -> tuple[Finding, ...]:
    return test_lint.findings_of(BASE, FOLDER)


CASES = [
    pytest.param(file, case, id=f"{file.removesuffix('.cases')}: {case.name}")
    for file in case_files()
    if file not in ELSEWHERE
    for case in load_cases(file)
    if case.found
]


@pytest.mark.parametrize(("file", "case"), CASES)
def test_what_a_mend_says_mends(file: str, case: Case) -> None:
    find = _lint if file == "lint.cases" else findings_of
    before = find(case.text)
    known = Counter(map(_said, before))
    for finding in before:
        mended = applied(case.text, finding)
        if finding.hint and not mended:
            assert any(re.search(words, finding.hint) for words in PEOPLES), (
                f"nothing applies: {finding.hint}"
            )
        after = [find(text) for text in mended]
        for text, found in zip(mended, after, strict=True):
            assert text != case.text, finding.hint
            assert Counter(map(_said, found))[_said(finding)] < known[_said(finding)], finding.hint
        more = MORE_COMES_TO_LIGHT.get(case.name, "")
        new = [[one for one in found if _said(one) not in known and one.code != more] for found in after]
        assert not new or [] in new, (finding.hint, new)


def test_most_mends_that_name_an_edit_are_applied() -> None:
    findings = [one for param in CASES if param.values[0] != "lint.cases" for one in _found(param.values[1])]
    done = [one for one in findings if any(form.pattern.search(one.hint) for form in FORMS)]
    assert len(done) > 300
    assert len({one.code for one in done}) >= 9


def _found(case: object) -> tuple[Finding, ...]:
    assert isinstance(case, Case)
    return findings_of(case.text)


def _said(finding: Finding) -> tuple[str, str]:
    return finding.code, finding.message


def test_each_form_of_words_is_one_that_is_used() -> None:
    hints = [one.hint for param in CASES for one in _found(param.values[1])]
    hints += [one.hint for case in load_cases("lint.cases") for one in _lint(case.text)]
    said = [f"{one.message}; {one.hint}" for param in CASES for one in _found(param.values[1])]
    patterns = [form.pattern.pattern for form in FORMS] + list(PEOPLES)
    assert [one for one in patterns if not any(re.search(one, text) for text in (*hints, *said))] == []
