"""What a server warns of, question by question, in; which kinds of criteria that leaves open out.

The answers that a criterion is judged by are looked at where that is done. Here is all the rest that was
asked: what is not known to matter to some kinds only matters to every one.
"""

from collections.abc import Collection, Iterator, Mapping

from genesis_monitoring.clients.prometheus_api import RULES
from genesis_monitoring.conventions import SUITE_PARSE_SUCCESS
from genesis_monitoring.rollout.evidence import Doubt

_ALERTS, _SUITE = "alerts", "suite"
_SAMPLED = frozenset({"sli", "baseline", "budget", _ALERTS})
_MEASURED = _SAMPLED | {_SUITE}


def doubts_of(warned: Mapping[str, tuple[str, ...]], judged: Collection[str], starts: str) -> Iterator[Doubt]:
    """``warned`` is by question; ``judged`` are the questions that criteria look at themselves, ``starts``
    the one for the starts of Prometheus."""
    kinds = {RULES: _SAMPLED, SUITE_PARSE_SUCCESS: frozenset({_SUITE}), starts: frozenset({_ALERTS})}
    for question, said in warned.items():
        if question not in judged:
            yield Doubt(question, "; ".join(said), kinds.get(question, _MEASURED))
