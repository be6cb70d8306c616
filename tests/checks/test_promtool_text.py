"""What promtool prints of rule tests, with headings (to 3.4) and without (3.5)."""

import pytest

from genesis_monitoring.checks.promtool_text import Section, parse_test_sections

FILES = ("a.yml", "b.yml")
GOOD, BAD = Section("a.yml", True, "", ""), Section("b.yml", False, "    alertname: X, time: 1m,", "")


@pytest.mark.parametrize(
    "output",
    [
        "Unit Testing:  a.yml\n  SUCCESS\n\nUnit Testing:  b.yml\n  FAILED:\n    alertname: X, time: 1m,\n\n",
        "  SUCCESS\n\n  FAILED:\n    alertname: X, time: 1m,\n\n",
    ],
    ids=["headings", "none"],
)
def test_each_file_has_its_own_outcome(output: str) -> None:
    assert parse_test_sections(output, FILES) == (GOOD, BAD)


@pytest.mark.parametrize(
    "output",
    [
        "Unit Testing:  a.yml\n  SUCCESS\n\nUnit Testing:  b.yml\n  WARNING: no file match\n  SUCCESS\n\n",
        "  SUCCESS\n\n  WARNING: no file match\n  SUCCESS\n\n",
    ],
    ids=["headings", "none"],
)
def test_a_warning_is_about_the_outcome_that_follows(output: str) -> None:
    assert parse_test_sections(output, FILES) == (GOOD, Section("b.yml", True, "", "no file match"))


@pytest.mark.parametrize(
    "output", ["", "  SUCCESS\n", "  SUCCESS\n\n  SUCCESS\n\n  SUCCESS\n", "a: SUCCESS\n"]
)
def test_outcomes_that_cannot_be_told_apart_are_nobodys(output: str) -> None:
    assert parse_test_sections(output, FILES) == ()
