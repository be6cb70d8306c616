"""What an error budget counts: how many events were bad, of how many."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Events:
    """Two PromQL expressions over the same time. ``errors`` is 0 where there is a ``total`` and no error.

    Where errors cannot be known, ``errors`` has no value, and ``total`` may have one.
    """

    errors: str
    total: str
