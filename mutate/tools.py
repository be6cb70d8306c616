"""The external tools with a memory: what they said of the same files is not asked again.

Sound because each of these calls depends on nothing but the files that it is given. The key of an answer is
the content of all of them. What asks a running server is never remembered.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from genesis_monitoring.clients.amtool import Amtool
from genesis_monitoring.clients.compose import Compose
from genesis_monitoring.clients.process import ToolRun
from genesis_monitoring.clients.prometheus import LivePrometheus
from genesis_monitoring.clients.promtool import Promtool
from genesis_monitoring.clients.protocols import (
    AmtoolClient,
    ComposeClient,
    PrometheusServer,
    PromtoolClient,
    Toolbox,
)

_RULES = "prometheus/rules"
_RULE_FILES = re.compile(r"^rule_files: \[(.*)\]$", re.MULTILINE)

_Answer = TypeVar("_Answer")


@dataclass(slots=True)
class Memory:
    """Answers by the content that they depend on."""

    answers: dict[tuple[str, ...], object] = field(default_factory=dict)

    def ask(self, key: tuple[str, ...], question: Callable[[], _Answer]) -> _Answer:
        """The remembered answer, or that of ``question``, which is asked once."""
        if key not in self.answers:
            self.answers[key] = question()
        return self.answers[key]  # type: ignore[return-value]


def plain_tools() -> Toolbox:
    """The tools as ``genesis-mon validate`` finds them."""
    return Toolbox(Promtool(), Amtool(), Compose())


def remembering(tools: Toolbox, presumed: Mapping[str, str]) -> Toolbox:
    """The tools with one memory for all of them.

    ``presumed`` are the files of a tree whose rule tests are taken to pass without being run: for a sample,
    where the tree's own validation proves that. Empty: all are run.
    """
    memory = Memory()
    rules = sorted(path for path in presumed if path.startswith(_RULES))
    for path in presumed:
        if path.startswith("prometheus/tests/"):
            key = _test_key(path, presumed.get, rules)
            memory.answers[key] = _run(0, f"Unit Testing:  {path}\n  SUCCESS\n")
    return replace(
        tools,
        promtool=RememberingPromtool(tools.promtool, memory),
        amtool=RememberingAmtool(tools.amtool, memory),
        compose=RememberingCompose(tools.compose, memory),
        prometheus=RememberingPrometheus(tools.prometheus, memory),
    )


@dataclass(frozen=True, slots=True)
class RememberingPromtool:
    """See PromtoolClient. Files are asked about one by one."""

    tool: PromtoolClient
    memory: Memory

    def check_config(self, tree: Path, file: str) -> ToolRun:
        key = ("config", *_contents(tree, (file, *_below(tree, _RULES))))
        return self.memory.ask(key, lambda: self.tool.check_config(tree, file))

    def check_rules(self, tree: Path, files: Sequence[str]) -> tuple[ToolRun, ...]:
        return tuple(self._rules(tree, file) for file in files)

    def _rules(self, tree: Path, file: str) -> ToolRun:
        key = ("rules", *_contents(tree, (file,)))
        return _joined(self.memory.ask(key, lambda: self.tool.check_rules(tree, (file,))))

    def test_rules(self, tree: Path, files: Sequence[str]) -> tuple[ToolRun, ...]:
        rules = _below(tree, _RULES)
        keys = {file: _test_key(file, _reader(tree), rules) for file in files}
        unknown = [file for file in files if keys[file] not in self.memory.answers]
        if len(unknown) > 1:
            self._several(tree, unknown, keys)
        return tuple(self._test(tree, file, keys[file]) for file in files)

    def _test(self, tree: Path, file: str, key: tuple[str, ...]) -> ToolRun:
        return self.memory.ask(key, lambda: _joined(self.tool.test_rules(tree, (file,))))

    def _several(self, tree: Path, files: Sequence[str], keys: Mapping[str, tuple[str, ...]]) -> None:
        """Ask side by side, and remember each file's own answer; what has none is asked again, alone."""
        output = "\n".join(run.stdout for run in self.tool.test_rules(tree, files))
        for section in re.split(r"^(?=Unit Testing: )", output, flags=re.MULTILINE):
            file = section.partition("\n")[0].removeprefix("Unit Testing: ").strip()
            if file in keys:
                self.memory.answers[keys[file]] = _run(int("FAILED" in section), section)


@dataclass(frozen=True, slots=True)
class RememberingAmtool:
    """See AmtoolClient."""

    tool: AmtoolClient
    memory: Memory

    def check_config(self, tree: Path, file: str) -> ToolRun:
        key = ("alertmanager", *_contents(tree, _below(tree, "alertmanager")))
        return self.memory.ask(key, lambda: self.tool.check_config(tree, file))

    def test_routes(
        self, tree: Path, file: str, label_sets: Sequence[Mapping[str, str]]
    ) -> tuple[ToolRun, ...]:
        contents = _contents(tree, (file,))
        keys = [("routes", *contents, repr(sorted(labels.items()))) for labels in label_sets]
        unknown = [index for index, key in enumerate(keys) if key not in self.memory.answers]
        runs = self.tool.test_routes(tree, file, [label_sets[index] for index in unknown]) if unknown else ()
        self.memory.answers.update({keys[index]: run for index, run in zip(unknown, runs, strict=True)})
        return tuple(self.memory.answers[key] for key in keys)  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class RememberingCompose:
    """See ComposeClient."""

    tool: ComposeClient
    memory: Memory

    def config(self, tree: Path, file: str) -> ToolRun:
        return self.memory.ask(("compose", *_contents(tree, (file,))), lambda: self.tool.config(tree, file))


@dataclass(frozen=True, slots=True)
class RememberingPrometheus:
    """See PrometheusServer."""

    tool: PrometheusServer
    memory: Memory

    @property
    def version(self) -> str:
        return self.tool.version

    def evaluate(
        self,
        tree: Path,
        config: str,
        series: str,
        command: Sequence[str] = (),
        asked: Collection[str] = (),
    ) -> LivePrometheus:
        key = (
            "live",
            *_contents(tree, (config, *_below(tree, _RULES))),
            series,
            repr((command, sorted(asked))),
        )
        return self.memory.ask(key, lambda: self.tool.evaluate(tree, config, series, command, asked))


def _joined(runs: Sequence[ToolRun]) -> ToolRun:
    if len(runs) == 1:
        return runs[0]
    return _run(max(run.exit_code for run in runs), "\n".join(run.stdout for run in runs))


def _run(exit_code: int, stdout: str) -> ToolRun:
    return ToolRun((), exit_code, stdout, "", 0.0)


def _below(tree: Path, folder: str) -> list[str]:
    return sorted(path.relative_to(tree).as_posix() for path in (tree / folder).rglob("*") if path.is_file())


def _contents(tree: Path, files: Sequence[str]) -> Iterator[str]:
    read = _reader(tree)
    for file in files:
        yield file
        yield _digest(read(file))


def _reader(tree: Path) -> Callable[[str], str | None]:
    def read(file: str) -> str | None:
        path = tree / file
        return path.read_bytes().decode("utf-8", "surrogateescape") if path.is_file() else None

    return read


def _test_key(file: str, read: Callable[[str], str | None], rules: Sequence[str]) -> tuple[str, ...]:
    """A test file and the rule files that it loads; all that it could load, if it does not say so plainly."""
    text = read(file) or ""
    stated = _RULE_FILES.search(text)
    names = re.findall(r"'\.\./(rules/[\w-]+\.yml)'", stated[1]) if stated else []
    if stated is None or stated[1].count("'") != 2 * len(names):
        names = [rule.removeprefix("prometheus/") for rule in rules]
    loaded = tuple(part for name in names for part in (name, _digest(read(f"prometheus/{name}"))))
    return ("test", file, _digest(text), *loaded)


def _digest(text: str | None) -> str:
    return "-" if text is None else hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
