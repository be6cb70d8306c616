"""Why a fault may go unnoticed: mutants that are no fault at all, accepted one by one.

The key is a part of the mutant's name: its kind, file and change.
"""

ACCEPTED: dict[str, str] = {}


def reason_for(name: str) -> str:
    """The reason to accept a survivor, or nothing."""
    return next((reason for part, reason in ACCEPTED.items() if part in name), "")
