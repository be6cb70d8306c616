"""PromQL that would end the process is turned away before it is parsed, wherever it comes from."""

import subprocess
import sys

import pytest

from genesis_monitoring.promql.building import is_number
from genesis_monitoring.promql.matchers import read_matcher
from genesis_monitoring.promql.parsing import LONGEST, MOST_NESTED, TooNestedError, parse_promql
from genesis_monitoring.promql.syntax import TooDeepError, read_expression, tree_or_none

NESTED = {
    "parentheses": "(" * 100_000 + "1" + ")" * 100_000,
    "calls": "abs(" * 50_000 + "x" + ")" * 50_000,
    "a chain": "+".join("x" * 100_000),
    "a chain of words": " or ".join("x" * 20_000),
    "powers": "^".join("2" * 50_000),
    "a quote in a comment": '# "\n' + "(" * 20_000 + '1 # "\n' + ")" * 20_000,
    "length": "x" * (LONGEST + 1),
}


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED)
def test_what_would_end_the_process(text: str) -> None:
    with pytest.raises(TooNestedError, match="at most are read"):
        parse_promql(text)
    with pytest.raises(TooDeepError):
        read_expression(text)
    assert tree_or_none(text) is None
    assert not is_number(text)
    with pytest.raises(ValueError, match="pattern"):
        read_matcher("job", f"=~{text}")


@pytest.mark.parametrize("part", ["(", "-(", "abs("])
def test_what_is_parsed_ends_in_another_process(part: str) -> None:
    """In one of its own, with the stack of a thread: a crash of it would be one of the tests."""
    depth = MOST_NESTED // len(part.replace("abs", ""))
    program = (
        "import threading\n"
        "from genesis_monitoring.promql.parsing import parse_promql\n"
        f"run = lambda: parse_promql({part!r} * {depth} + '1' + ')' * {depth})\n"
        "thread = threading.Thread(target=run); thread.start(); thread.join(); print('alive')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "alive\n")
