"""The mutation harness at work on a small spec: what it makes, what it counts, and that it sees a hole."""

from dataclasses import replace
from pathlib import Path

import pytest

from genesis_monitoring.checks.conformance import check_conformance
from mutate.__main__ import SORTS, faults_of, judged, main
from mutate.data import SORT as DATA
from mutate.fault import Fault, Sort, Verdict
from mutate.table import as_text, goals_missed
from mutate.workshop import Watch, Workshop, kind_of, meaning
from mutate.yaml_text import YamlText, read_yaml

SPEC = Path(__file__).parents[1] / "golden" / "every-kind" / "slo.yaml"
NUMBER = 6
Results = list[tuple[Sort, list[Verdict]]]


@pytest.fixture(scope="module", name="workshop")
def _workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(SPEC, tmp_path_factory.mktemp("mutate"))


def run(workshop: Workshop, watch: Watch = check_conformance) -> Results:
    workshop.watch = watch
    made = faults_of(workshop, "a test", NUMBER)
    return [
        (sort, [judged(workshop, sort, fault) for fault in faults]) for sort, faults in made if sort.bound
    ]


def test_a_sample_of_every_sort_is_caught_and_located(workshop: Workshop) -> None:
    results = run(workshop)
    assert goals_missed(results) == (), as_text(results)
    assert workshop.drift() == ()


def test_nobody_catches_anything_in_data_when_the_comparison_is_off(workshop: Workshop) -> None:
    results = run(workshop, lambda _: ())
    caught = {sort.name: [one.caught for one in verdicts] for sort, verdicts in results}
    assert not any(caught["data files"])
    assert all(caught["other files"])
    missed = goals_missed(results)
    assert [goal.partition(":")[0] for goal in missed] == ["data files", "templates of data"]


def test_a_finding_elsewhere_is_not_located(workshop: Workshop) -> None:
    def elsewhere(context: object) -> list[object]:
        found = check_conformance(context)  # type: ignore[arg-type]
        return [replace(one, location=replace(one.location, line=1), related=()) for one in found]

    (_, verdicts), *_ = run(workshop, elsewhere)  # type: ignore[arg-type]
    assert all(one.caught and not one.located for one in verdicts if not one.equal)


def test_a_crash_is_no_catch(workshop: Workshop) -> None:
    def breaks(_: object) -> list[object]:
        raise RecursionError

    workshop.watch = breaks  # type: ignore[assignment]
    fault = DATA.make(workshop, "1", 1)[0]
    verdict = judged(workshop, DATA, fault)
    assert (verdict.crashed, verdict.caught) == (True, False)
    assert "data files: a check broke down" in goals_missed([(DATA, [verdict])])


def test_every_file_and_every_kind_of_fault_has_its_turn(workshop: Workshop) -> None:
    faults = [fault for _, made in faults_of(workshop, "1", 100) for fault in made]
    assert {fault.files for fault in faults} >= set(map(kind_of, workshop.artifacts))
    assert {fault.kind for fault in faults} >= {
        "value changed", "value of another type", "key left out", "key misspelt", "key unheard of",
        "merged key overridden", "member left out", "member doubled", "members swapped",
        "line left out", "argument left out", "parts swapped", "word changed",
        "reference dangling", "key doubled",
    }  # fmt: skip
    assert {sort.name for sort, _ in SORTS} == {
        "data files", "other files", "templates of data", "other templates", "the spec"
    }  # fmt: skip


def test_the_same_seed_makes_the_same_faults(workshop: Workshop) -> None:
    assert DATA.make(workshop, "1", 5) == DATA.make(workshop, "1", 5)
    assert DATA.make(workshop, "1", 5) != DATA.make(workshop, "2", 5)


@pytest.mark.parametrize("text", ["a: 1\nb: [x, 'y', {c: 2}]\nd:\n  - e: 1\n    f: |\n      g\n  - h\n"])
def test_edits_change_what_they_say_and_nothing_else(text: str) -> None:
    yaml_text = YamlText(text)
    for path in yaml_text.walk():
        found = yaml_text.member(path)
        assert found is not None
        holder, index = found
        edits = [yaml_text.replaced(holder, index, "new"), yaml_text.removed(holder, index)]
        if isinstance(path[-1], str):
            edits += [yaml_text.renamed(holder, index, "new"), yaml_text.added(holder, "new", 1)]
        else:
            edits.append(yaml_text.doubled(holder, index))
        told = {meaning("x.yml", edit) for edit in edits}
        assert len(told) == len(edits), path
        assert meaning("x.yml", text) not in told
        for edit in edits:
            read_yaml(edit)
            head, tail = text.splitlines()[0], text.splitlines()[-1]
            assert path[0] == "a" or edit.startswith(head)
            assert path[0] == "d" or edit.splitlines()[-1] == tail or path == ("a",) or "new" in edit


def test_what_is_read_alike_is_no_fault() -> None:
    assert meaning("x.yml", "# a\nb: 'c'\n") == meaning("x.yml", "b:   c\n")
    assert meaning("x.py", "a = 1  # b\n") == meaning("x.py", "a=1\n")
    assert meaning("x.yml", "b: 1\n") != meaning("x.yml", "b: 1\nb: 1\n")
    assert meaning("x.md", "a: 1\n") != meaning("x.md", "a:  1\n")


def verdicts(caught: int, missed: int, equal: int = 0, astray: int = 0) -> list[Verdict]:
    fault = Fault("files", "kind", "path", "at", "text", 1, 1)
    return [
        *[Verdict(fault, caught=True, located=True)] * caught,
        *[Verdict(fault, caught=True)] * astray,
        *[Verdict(fault)] * missed,
        *[Verdict(fault, equal=True)] * equal,
    ]


@pytest.mark.parametrize(
    ("given", "missed"),
    [
        (verdicts(100, 0, 5), ()),
        (verdicts(99, 0, astray=1), ()),
        (verdicts(98, 0, astray=2), ("data files: 98.00% located, wanted 99%",)),
        (verdicts(999, 1), ("data files: 99.90% caught, wanted 100%",)),
        (verdicts(0, 0, 5), ("data files: no fault was made",)),
    ],
)
def test_goals(given: list[Verdict], missed: tuple[str, ...]) -> None:
    assert goals_missed([(DATA, given)]) == missed
    assert goals_missed([(replace(DATA, bound=False), given)]) == ()


def test_the_command_lists_and_judges(capsys: pytest.CaptureFixture[str]) -> None:
    chosen = ["--spec", str(SPEC), "--number", "1", "--only", r"^alertmanager/alertmanager\.yml:"]
    assert main([*chosen, "--list"]) == 0
    (name,) = capsys.readouterr().out.splitlines()
    assert name.startswith("alertmanager/alertmanager.yml:")
    assert main(chosen) == 0
    said = capsys.readouterr()
    assert "alertmanager/alertmanager.yml" in said.out
    assert "1 of 1" in said.err
    assert main(["--spec", str(SPEC.parent / "none.yaml")]) == 2
