"""Verdicts in, the table of kinds of files and what went unnoticed out."""

from collections.abc import Iterator, Sequence

from mutate.fault import Sort, Verdict

CAUGHT, LOCATED = 1.0, 0.99
Results = Sequence[tuple[Sort, Sequence[Verdict]]]


def as_text(results: Results) -> str:
    """A row for each kind of file, then what was not caught, then what was caught elsewhere."""
    return "\n".join((*_rows(results), *_exceptions(results)))


def goals_missed(results: Results) -> tuple[str, ...]:
    """In words, each goal that is missed. A sort without a single fault proves nothing and misses too."""
    missed = []
    for sort, verdicts in results:
        made, caught, located = _count(verdicts)
        if any(verdict.crashed for verdict in verdicts):
            missed.append(f"{sort.name}: a check broke down")
        if not sort.bound:
            continue
        if not made:
            missed.append(f"{sort.name}: no fault was made")
        elif caught < CAUGHT * made:
            missed.append(f"{sort.name}: {caught / made:.2%} caught, wanted {CAUGHT:.0%}")
        elif located < LOCATED * made:
            missed.append(f"{sort.name}: {located / made:.2%} located, wanted {LOCATED:.0%}")
    return tuple(missed)


def _count(verdicts: Sequence[Verdict]) -> tuple[int, int, int]:
    """How many are faults, were caught, and were caught in the right place."""
    real = [verdict for verdict in verdicts if not verdict.equal]
    return len(real), sum(one.caught for one in real), sum(one.located for one in real)


def _rows(results: Results) -> Iterator[str]:
    form = "{:46} {:>6} {:>6} {:>7} {:>8}"
    yield form.format("kind of file", "faults", "caught", "located", "no fault")
    for sort, verdicts in results:
        yield form.format(sort.name, *_count(verdicts), sum(one.equal for one in verdicts)) + (
            "" if sort.bound else "  (no goal)"
        )
        for files in dict.fromkeys(one.fault.files for one in verdicts):
            own = [one for one in verdicts if one.fault.files == files]
            yield form.format(f"  {files}", *_count(own), sum(one.equal for one in own))


def _exceptions(results: Results) -> Iterator[str]:
    everything = [one for _, verdicts in results for one in verdicts]
    bound = [one for sort, verdicts in results if sort.bound for one in verdicts if not one.equal]
    for title, own in (
        ("Broken down", [one for one in everything if one.crashed]),
        ("Not caught", [one for one in bound if not one.caught]),
        ("Caught, but elsewhere", [one for one in bound if one.caught and not one.located]),
    ):
        if own:
            yield f"\n{title}: {len(own)}"
        for one in own:
            yield f"  {one.fault.name}" + (f"\n      {one.said}" if one.said else "")
