"""What a rollout says about thresholds: proposals in; text for a terminal, or JSON of version 1, out.

``docs/steady-state.schema.json`` describes the JSON.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from genesis_monitoring.report.border import escape
from genesis_monitoring.report.document import Full, Of, Positive, Share, Time, Written
from genesis_monitoring.report.paint import BOLD, paint
from genesis_monitoring.rollout.proposals import Proposal, Seen
from genesis_monitoring.rollout.results import Outcome, Status, Verdict
from genesis_monitoring.rollout.window import Window, format_time
from genesis_monitoring.units import format_level, format_share, format_value
from genesis_monitoring.words import count


@dataclass(frozen=True, slots=True)
class SteadyState:
    """All that is proposed. ``seen`` is the time that was observed; ``profile`` is in force now.

    ``diff`` is empty where nothing is to be changed. ``written``: the spec has been changed already.
    """

    spec: str
    seen: Window
    over: bool
    verdict: Verdict
    proposals: tuple[Proposal, ...]
    profile: str
    next_profile: str
    remarks: tuple[str, ...]
    diff: str
    written: bool

    @property
    def changes(self) -> tuple[Proposal, ...]:
        """The levels that are to move."""
        return tuple(one for one in self.proposals if one.proposed is not None)


MaybeKnown = Annotated[float | None, Written(lambda value: value if math.isfinite(value) else None)]


@dataclass(frozen=True, slots=True)
class Observed:
    """Of each figure the worst series."""

    median: MaybeKnown
    """Null where it is not known."""
    p95: Annotated[MaybeKnown, Of("most")]
    """95 % of the samples are as good or better."""
    p99_9: Annotated[MaybeKnown, Of("tail")]
    """99.9 % of the samples are as good or better."""
    coverage: Share
    series: Positive


@dataclass(frozen=True, slots=True)
class Threshold:
    """A level as it is, and what it could be."""

    sli: str
    level: Literal["target", "alert"]
    unit: str
    """Of every value here."""
    now: float
    proposed: float | None
    """Null where the level stays."""
    why: Full
    observed: Annotated[Observed | None, Of("seen")]
    """Null where the SLI was not measured."""


@dataclass(frozen=True, slots=True)
class ProfileMove:
    """The profile in force, and the one to come."""

    now: Annotated[str, Of("profile")]
    proposed: Annotated[str, Of("next_profile")]


@dataclass(frozen=True, slots=True)
class SteadyStateDocument:
    """What `genesis-mon rollout steady-state --format json` prints, version 1."""

    version: Literal[1]
    spec: str
    """The file, as it was named."""
    from_: Annotated[Time, Of("seen.start")]
    to: Annotated[Time, Of("seen.end")]
    """What was observed lies between the two."""
    over: bool
    """Whether the end of the window has been reached."""
    verdict: Annotated[Outcome, Of("verdict.outcome")]
    """Of the rollout that was observed. After a NO-GO and before the end every level stays."""
    profile: Annotated[ProfileMove, Of()]
    thresholds: Annotated[tuple[Threshold, ...], Of("proposals")]
    remarks: tuple[str, ...]
    """What else is to be known: restarts, retention, clocks, warnings."""
    diff: str
    """A unified diff of the spec, empty where nothing changes."""
    written: bool
    """Whether the spec has been changed already."""


def format_steady_state(state: SteadyState, *, colour: bool = False) -> str:
    """Each level with what was observed and the reason, ending in a newline."""
    return "".join(f"{line}\n" for line in _lines(state, colour))


def summary(state: SteadyState) -> str:
    """What is changed, or is to be, in one line."""
    moved = state.profile != state.next_profile
    if not state.changes and not moved:
        return f"steady-state: {state.spec} stays as it is"
    parts = [f"{count(len(state.changes), 'threshold')} of {len(state.proposals)}"]
    if moved:
        parts.append(f"the profile {state.profile} becomes {state.next_profile}")
    done = "written to" if state.written else "proposed for"
    return f"steady-state: {', '.join(parts)}; {done} {state.spec}"


def _lines(state: SteadyState, colour: bool) -> Iterator[str]:
    yield from _standing(state, colour)
    yield paint("Thresholds against what was observed", BOLD, colour)
    yield f"{format_time(state.seen.start)} to {format_time(state.seen.end)} UTC"
    kept = [one for one in state.proposals if one.proposed is None]
    for title, proposals in (("To change", state.changes), ("To keep", kept)):
        if proposals:
            yield ""
            yield paint(title, BOLD, colour)
        for one in proposals:
            now = format_level(one.now, one.unit)
            value = now if one.proposed is None else f"{now} → {format_level(one.proposed, one.unit)}"
            yield f"  {f'{one.sli}.{one.level}':<36} {value}"
            yield f"    {one.why}"
            if one.seen is not None and math.isfinite(one.seen.tail):
                yield f"    {_observed(one.seen, one)}"
    if state.profile != state.next_profile:
        yield ""
        yield paint("Profile", BOLD, colour)
        yield f"  {'profile':<36} {state.profile} → {state.next_profile}"
    for remark in state.remarks:
        yield ""
        yield f"remark: {escape(remark)}"


def _standing(state: SteadyState, colour: bool) -> Iterator[str]:
    """What the verdict makes of the rollout comes first: it says whether its values are worth anything."""
    verdict = state.verdict
    if verdict.outcome is Outcome.GO:
        return
    yield paint(f"The verdict is {verdict.outcome.value}", BOLD, colour)
    if verdict.outcome is Outcome.NO_GO:
        for one in verdict.results:
            if one.decides_no_go and one.status is Status.FAIL:
                yield f"  {one.text}"
        yield "Roll back. No level is proposed: what was observed is not how the system will run."
    elif not state.over:
        yield "The rollout is not over, so no level is proposed: propose again when it is."
    else:
        yield "Nobody has called this rollout good yet: settle the verdict before these levels are used."
    yield ""


def _observed(seen: Seen, one: Proposal) -> str:
    levels = (one.now,) if one.proposed is None else (one.now, one.proposed)
    median, tail = (format_value(value, one.unit, *levels) for value in (seen.median, seen.tail))
    series = f" of {seen.series} series" if seen.series > 1 else ""
    return (
        f"observed: median {median}, 99.9 % at worst {tail}, coverage {format_share(seen.coverage)}{series}"
    )
