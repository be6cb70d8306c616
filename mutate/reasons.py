"""Why a fault may go unnoticed: mutants that are no fault after all, accepted one by one."""

import re

ACCEPTED: tuple[tuple[str, str], ...] = (
    (
        r"compose: hardening setting changed .* restart: always",
        "both bring a service back after a failure and a reboot; they differ after a stop by hand alone",
    ),
    (
        r"templates: (all but the first|first or last) left out .*pager_severities\[:",
        "only P0 and P1 go to the pager, and what the template falls back to is the weight of P1",
    ),
    (
        r"(messages|templates): line dropped .* Dashboard: ",
        "the same address is the link of the message's title",
    ),
    (
        r"alertmanager: setting of a receiver dropped .* send_resolved: true → nothing",
        "a pager is told the end of an alert all the same: that is the default for it",
    ),
    (
        r"templates: word changed .* (client: genesis-mon|- name: genesis) → ",
        "the name that the tool, or its provider of dashboards, has elsewhere; nothing refers to it",
    ),
)
"""A pattern of the mutant's name, and the reason."""


def reason_for(name: str) -> str:
    """The reason to accept a survivor, or nothing."""
    return next((reason for pattern, reason in ACCEPTED if re.search(pattern, name)), "")
