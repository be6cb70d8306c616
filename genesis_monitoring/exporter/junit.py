"""JUnit XML in, counts of test cases out. The file may come from anybody.

The parser is lxml's, fed piece by piece without ever building a tree. A document type declaration is refused
where it begins, so there are no entities to expand and nothing outside the file is read. Depth and the number
of tests are bounded here, single texts and attributes by libxml2 (10 MB), the size of the file by the caller.

What is counted are ``testcase`` elements: the attributes of ``testsuite`` are wrong in most writers. A test
with an element or a status that is not known to go with a pass has not passed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b

DEEPEST = 100
MOST_TESTS = 200_000
"""A test takes about 150 bytes here until its file is read."""


class Outcome(IntEnum):
    """How a test ended; of several endings of one test the highest counts.

    ``SKIPPED`` is the lowest: a test that was skipped once and ran once did run.
    """

    SKIPPED = 0
    PASSED = 1
    FAILED = 2
    ERROR = 3


@dataclass(frozen=True, slots=True)
class Counts:
    """Tests by outcome. ``not_run`` says that there are entries for tests that never came to run."""

    passed: int = 0
    failed: int = 0
    error: int = 0
    skipped: int = 0
    not_run: bool = False

    def __add__(self, other: "Counts") -> "Counts":
        """Of the tests of both."""
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.error + other.error,
            self.skipped + other.skipped,
            self.not_run or other.not_run,
        )

    @property
    def total(self) -> int:
        """All tests, skipped ones among them."""
        return self.passed + self.failed + self.error + self.skipped

    @property
    def pass_rate(self) -> float | None:
        """Percent of the tests that ran; None where nothing ran or part of the suite could not."""
        ran = self.passed + self.failed + self.error
        return None if self.not_run or not ran else 100 * self.passed / ran

    @property
    def by_outcome(self) -> tuple[tuple[str, int], ...]:
        """Every outcome, as it stands in a label, with its tests."""
        return (
            ("passed", self.passed),
            ("failed", self.failed),
            ("error", self.error),
            ("skipped", self.skipped),
        )


class NotJUnitError(ValueError):
    """What was read is no JUnit result, or not one that is safe to read; the text says why."""


_ROOTS = ("testsuites", "testsuite")
_ENDINGS = {
    **dict.fromkeys(("skipped", "ignored", "disabled", "pending"), Outcome.SKIPPED),
    **dict.fromkeys(("failure", "rerunFailure", "rerunError"), Outcome.FAILED),  # Surefire, cargo-nextest
    **dict.fromkeys(("warning", "risky", "incomplete"), Outcome.FAILED),  # PHPUnit and its extensions
    **dict.fromkeys(("error", "exception", "timeout", "aborted", "crash"), Outcome.ERROR),
}
_BESIDE_A_PASS = frozenset(
    (
        *("properties", "property", "system-out", "system-err", "output"),
        *("flakyFailure", "flakyError"),  # Surefire, cargo-nextest: it passed at last
        *("attachments", "attachment", "metadata", "description", "tags", "labels", "links"),
    )
)
"""Elements of a ``testcase`` that say nothing of its outcome. One that is in neither table is an error."""
_STATUSES = {
    **dict.fromkeys(("", "run", "completed", "complete", "executed", "finished", "done"), Outcome.PASSED),
    **dict.fromkeys(("pass", "passed", "ok", "success", "successful", "succeeded", "true"), Outcome.PASSED),
    **dict.fromkeys(("fixed", "flaky"), Outcome.PASSED),
    **dict.fromkeys(("notrun", "disabled", "suppressed", "skip", "skipped", "ignored"), Outcome.SKIPPED),
    **dict.fromkeys(("pending", "todo", "untested", "xfail", "notexecuted", "notrunnable"), Outcome.SKIPPED),
    **dict.fromkeys(("fail", "failed", "failure", "xpass", "warning", "inconclusive"), Outcome.FAILED),
}
"""What ``status`` and ``result`` say, in lower case without blanks: GoogleTest, Behave, Qt, NUnit's heirs.
Any other value is an error."""
_WITHOUT_BLANKS = str.maketrans("", "", " _-")
_NOT_RUN_MESSAGES = (
    "collection failure",  # pytest: a module that cannot be imported
    "Build error",  # go-junit-report: a package that does not compile
    "Run error",  # go-junit-report: a package that ended outside of any test
    "Runtime error",  # the same in older versions
)
_NOT_RUN_CLASS = "Test suite failed to run"
"""jest-junit: a file that cannot be loaded."""
_GO_PACKAGE = ("", "TestMain")
"""gotestsum: a package that failed outside of any test."""


def parse_junit(pieces: Iterable[bytes]) -> Counts:
    """Raises NotJUnitError, and whatever ``pieces`` raises. Memory is bounded whatever the bytes are."""
    from lxml import etree

    results = _Results()
    parser = etree.XMLParser(target=results, resolve_entities=False, load_dtd=False, no_network=True)
    try:
        for piece in pieces:
            parser.feed(piece)
        parser.close()
    except NotJUnitError:
        raise
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise NotJUnitError(f"it is not well-formed XML: {printable(str(error))}") from None
    return results.counts()


def printable(text: str) -> str:
    """Text from outside on one short line, without what a terminal or a log would obey."""
    line = " ".join(text.split()).removesuffix(")").partition(" (<string>")[0]
    return "".join(character if character.isprintable() else "?" for character in line[:200])


class _Results:
    """What lxml calls for each part of the document."""

    def __init__(self) -> None:
        self._tests: dict[bytes, Outcome] = {}
        self._not_run = False
        self._depth = 0
        self._seen_suites = 0
        self._suites = [0]
        """The open suites, by their number: names may agree, and may be long."""
        self._case_depth = 0
        """Where the open ``testcase`` is; 0 outside of one."""
        self._case = ("", "", "")
        self._endings: list[Outcome] = []

    def doctype(self, *_: object) -> None:
        raise NotJUnitError("it has a document type declaration, which results never need")

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition("}")[2]
        self._depth += 1
        if self._depth == 1 and name not in _ROOTS:
            raise NotJUnitError(f"its root is {printable(name)}, not testsuites or testsuite")
        if self._depth > DEEPEST:
            raise NotJUnitError(f"its elements are nested more than {DEEPEST} deep")
        if self._case_depth:
            if name == "testcase":
                raise NotJUnitError("it has a testcase inside of a testcase")
            if name not in _BESIDE_A_PASS and self._depth == self._case_depth + 1:
                self._end_case_with(_ENDINGS.get(name, Outcome.ERROR), attributes)
        elif _ENDINGS.get(name, Outcome.PASSED) > Outcome.PASSED:
            # Of a whole suite, which only tells that something did not come to run.
            self._not_run = True
        elif name == "testcase":
            self._case_depth = self._depth
            self._case = (
                attributes.get("file", ""),
                attributes.get("classname", ""),
                attributes.get("name", ""),
            )
            self._endings = list(_by_attributes(attributes))
        elif name == "testsuite":
            self._seen_suites += 1
            self._suites.append(self._seen_suites)

    def end(self, tag: str) -> None:
        if self._depth == self._case_depth:
            self._case_depth = 0
            self._count(max(self._endings, default=Outcome.PASSED))
        elif not self._case_depth and tag.rpartition("}")[2] == "testsuite":
            self._suites.pop()
        self._depth -= 1

    def close(self) -> None:
        """lxml wants it; what there is to say is in ``counts``."""

    def counts(self) -> Counts:
        outcomes = tuple(self._tests.values())
        return Counts(
            passed=outcomes.count(Outcome.PASSED),
            failed=outcomes.count(Outcome.FAILED),
            error=outcomes.count(Outcome.ERROR),
            skipped=outcomes.count(Outcome.SKIPPED),
            not_run=self._not_run,
        )

    def _end_case_with(self, ending: Outcome, attributes: Mapping[str, str]) -> None:
        self._endings.append(ending)
        _, classname, name = self._case
        if ending > Outcome.PASSED and (
            attributes.get("message") in _NOT_RUN_MESSAGES
            or classname == _NOT_RUN_CLASS
            or (classname, name) == _GO_PACKAGE
            or not name  # Surefire: a class whose set-up failed
        ):
            self._not_run = True

    def _count(self, outcome: Outcome) -> None:
        """Entries of one suite with the same file, class and name are one test."""
        # XML has no NUL, so the joined text is as good as the tuple, and its digest bounds what a name costs.
        identity = "\0".join((str(self._suites[-1]), *self._case)).encode("utf-8", "surrogatepass")
        key = blake2b(identity, digest_size=16).digest()
        self._tests[key] = max(outcome, self._tests.get(key, outcome))
        if len(self._tests) > MOST_TESTS:
            raise NotJUnitError(f"it has more than {MOST_TESTS} tests")


def _by_attributes(attributes: Mapping[str, str]) -> Iterator[Outcome]:
    """What the attributes of a ``testcase`` say of its outcome, where that is anything but a pass."""
    for key in ("status", "result"):
        said = attributes.get(key, "").lower().translate(_WITHOUT_BLANKS)
        outcome = _STATUSES.get(said, Outcome.ERROR)
        if outcome is not Outcome.PASSED:
            yield outcome
    if attributes.get("executed", "").lower() == "false":
        yield Outcome.SKIPPED
