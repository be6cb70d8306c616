"""Names to titles: ``request_latency_p95`` reads ``Request latency P95``."""

import re

_CAPITALS = frozenset(
    "api cpu db dns grpc http https id io ip llm rag slo sql ssl tcp tls tmp ttl ui url vm".split()  # noqa: SIM905
)
_SPELLED = {"postgresql": "PostgreSQL", "mongodb": "MongoDB", "mysql": "MySQL", "redis": "Redis"}


def title_of(name: str) -> str:
    """A name in snake_case or kebab-case, in words."""
    words = [_word(word) for word in re.split("[-_]+", name) if word]
    title = " ".join(words) or name
    return title if title[:1].isupper() else title[:1].upper() + title[1:]


def _word(word: str) -> str:
    if word in _CAPITALS or re.fullmatch("p[0-9]+", word):
        return word.upper()
    return _SPELLED.get(word, word)
