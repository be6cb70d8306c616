"""Verdicts in, the table of kinds and the list of survivors out, as text and as JSON."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mutate.mutant import Target, Verdict
from mutate.reasons import reason_for

TREE_GOAL, SPEC_GOAL, PLACE_GOAL = 0.99, 1.0, 0.95


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over some verdicts. Those that turned out to be no fault are not among them."""

    made: int
    caught: int
    located: int

    @property
    def share_caught(self) -> float:
        """0 to 1; all of nothing is all."""
        return self.caught / self.made if self.made else 1.0

    @property
    def share_located(self) -> float:
        """Of the caught ones."""
        return self.located / self.caught if self.caught else 1.0


def tally(verdicts: Sequence[Verdict]) -> Tally:
    """Count them; an accepted survivor is no fault."""
    meant = [verdict for verdict in verdicts if not no_fault(verdict)]
    caught = [verdict for verdict in meant if verdict.caught]
    return Tally(len(meant), len(caught), sum(verdict.located for verdict in caught))


def no_fault(verdict: Verdict) -> str:
    """Why a mutant is no fault, or nothing."""
    if verdict.equal:
        return verdict.note or "renders the same tree"
    return "" if verdict.caught else reason_for(verdict.mutant.name)


def goals_missed(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """In words, each goal that these verdicts miss."""
    in_tree = tally([v for v in verdicts if v.mutant.target is not Target.SPEC])
    in_spec = tally([v for v in verdicts if v.mutant.target is Target.SPEC])
    everywhere = tally(verdicts)
    return tuple(
        f"{what}: {share:.2%}, wanted {goal:.0%}"
        for what, share, goal in (
            ("generated files and templates caught", in_tree.share_caught, TREE_GOAL),
            ("slo.yaml caught", in_spec.share_caught, SPEC_GOAL),
            ("pointing to the right object", everywhere.share_located, PLACE_GOAL),
        )
        if share < goal
    )


def as_text(verdicts: Sequence[Verdict]) -> str:
    """The table, then survivors, then what was caught without pointing to the right object."""
    return "\n".join((*_rows(verdicts), *_sums(verdicts), *_exceptions(verdicts))) + "\n"


def as_json(verdicts: Sequence[Verdict]) -> str:
    """One object: the sums, and every mutant with its verdict."""
    import json

    sums = {target.value: _sum(_of(verdicts, target)) for target in Target}
    mutants = [
        {
            "kind": verdict.mutant.kind,
            "target": verdict.mutant.target.value,
            "file": verdict.mutant.path,
            "change": verdict.mutant.change,
            "caught": verdict.caught,
            "located": verdict.located,
            "codes": list(verdict.codes),
            "warned": list(verdict.warned),
            "no_fault": no_fault(verdict),
            "note": verdict.note,
            "said": list(verdict.said),
        }
        for verdict in verdicts
    ]
    document = {"sums": {**sums, "all": _sum(verdicts)}, "mutants": mutants}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _sum(verdicts: Sequence[Verdict]) -> dict[str, float]:
    count = tally(verdicts)
    kinds = len({verdict.mutant.kind for verdict in verdicts if not no_fault(verdict)})
    return {"kinds": kinds, "mutants": count.made, "caught": count.caught, "located": count.located}


def _of(verdicts: Sequence[Verdict], target: Target) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.mutant.target is target]


def _rows(verdicts: Sequence[Verdict]) -> Iterator[str]:
    kinds = tuple(dict.fromkeys(verdict.mutant.kind for verdict in verdicts))
    width = max((len(kind) for kind in kinds), default=4)
    yield f"{'kind':{width}} {'made':>5} {'caught':>6} {'place':>5}  by"
    for kind in kinds:
        own = [verdict for verdict in verdicts if verdict.mutant.kind == kind]
        count = tally(own)
        codes = Counter(code for verdict in own for code in verdict.codes)
        by = ", ".join(f"{code} {times}" for code, times in codes.most_common())
        mark = " " if count.caught == count.made else "!"
        yield f"{kind:{width}} {count.made:>5} {count.caught:>6} {count.located:>5} {mark} {by}"


def _sums(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield ""
    for label, own in (
        *((target.value, _of(verdicts, target)) for target in Target),
        ("all", list(verdicts)),
    ):
        count = tally(own)
        kinds = len({verdict.mutant.kind for verdict in own if not no_fault(verdict)})
        left_out = sum(bool(no_fault(verdict)) for verdict in own)
        yield (
            f"{label:10} {count.made:>5} mutants of {kinds:>3} kinds, {count.share_caught:7.2%} caught, "
            f"{count.share_located:7.2%} of them at the right object; {left_out} were no fault"
        )


def _exceptions(verdicts: Sequence[Verdict]) -> Iterator[str]:
    survivors = [verdict for verdict in verdicts if not verdict.caught and not no_fault(verdict)]
    astray = [verdict for verdict in verdicts if verdict.caught and not verdict.located]
    accepted = [verdict for verdict in verdicts if not verdict.equal and no_fault(verdict)]
    for title, own in (("Not caught", survivors), ("Caught, but elsewhere", astray)):
        if own:
            yield f"\n{title}: {len(own)}"
        for verdict in own:
            yield f"  {verdict.mutant.name}"
            if verdict.note or verdict.warned:
                yield f"      {verdict.note} {', '.join(verdict.warned)}".rstrip()
            for line in verdict.said:
                yield f"      {line[:240]}"
    if accepted:
        yield f"\nNo fault: {len(accepted)}"
    for verdict in accepted:
        yield f"  {verdict.mutant.name}\n      {no_fault(verdict)}"
