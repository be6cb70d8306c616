"""What a secret looks like, wherever it stands: text in, the secrets in it out.

Source: GitHub, "Supported secret scanning patterns", and the formats that those who give tokens out publish.
Digests, UUIDs and commit ids have none of these shapes; what stands for a secret (``$TOKEN``, ``<token>``,
``***``) is none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKENS = (
    ("a Slack token", r"\bx(?:ox[abeoprs]|app)-[A-Za-z0-9-]{10,}"),
    ("a Slack webhook", r"\bhooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[^\s\"'<>]+"),
    ("a GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})"),
    ("a GitLab token", r"\bgl(?:pat|rt|dt|ptt|oas|soat|cbt|ft|imt|agent)-[A-Za-z0-9_-]{20,}"),
    ("an AWS access key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("a Google key", r"\bAIza[0-9A-Za-z_-]{35}|\bya29\.[0-9A-Za-z_-]{20,}"),
    ("an API key", r"\bsk-(?:(?:proj|ant|svcacct|admin|or)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{20,})"),
    ("a Stripe key", r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    ("a Grafana token", r"\bgl(?:sa_[A-Za-z0-9_]{32,}|c_[A-Za-z0-9+/=]{32,})|\beyJrIjoi[A-Za-z0-9+/=]{16,}"),
    ("a JSON Web Token", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    (
        "a token",
        r"\b(?:npm_[A-Za-z0-9]{36}|pypi-AgE[A-Za-z0-9_-]{32,}|hf_[A-Za-z0-9]{30,}|hvs\.[A-Za-z0-9_-]{20,})",
    ),
    (
        "a token",
        r"\b(?:dckr_pat_[A-Za-z0-9_-]{20,}|dop_v1_[a-f0-9]{64}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})",
    ),
    ("a token", r"\b(?:shp(?:at|ss|ca|pa)_[a-fA-F0-9]{32}|[0-9]{8,10}:AA[A-Za-z0-9_-]{33}\b)"),
    ("a webhook's address", r"\bdiscord(?:app)?\.com/api/webhooks/[0-9]+/[A-Za-z0-9_-]{16,}"),
    ("a webhook's address", r"\bwebhook\.office\.com/webhookb2/[^\s\"'<>]{16,}"),
    ("a private key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    (
        "a PagerDuty key",
        r"(?i:pager ?duty|(?:routing|integration|service)[_ -]?key)[^\n]{0,30}?(?<![0-9A-Za-z])"
        r"(?=[A-Za-z]*[0-9])(?P<value>[0-9A-Za-z]{32})(?![0-9A-Za-z])",
    ),
)
_GIVEN = (
    ("a password in a link", r"\b[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@?#\"']*:(?P<value>[^/\s@\"']+)@"),
    (
        "a token in a link",
        r"[?&;](?:(?:access|auth|refresh|id|api|bearer)[_-]?)?(?:token|key|secret|client_secret|password|passwd|pwd"
        r"|apikey|sig|signature|x-amz-signature)=(?P<value>[^\s&#;\"'<>]{3,})",
    ),
    (
        "an Authorization header",
        r"\b(?:bearer|basic)\s+(?P<value>(?=[^\s\"']*[0-9])[A-Za-z0-9+/_.=~-]{16,})",
    ),
    (
        "a password",
        r"\b[\w-]*(?:password|passwd|passphrase|pwd|client_secret|secret_key|api_?key|access_token|auth_token|account_?key|access_?key)="
        r"[\"']?(?P<value>[^\s\"'&;,)}\]]{4,})",
    ),
    ("a password", r"\bcurl\b[^\n]*\s(?:-u|--user)[ =][\"']?[^\s:\"']+:(?P<value>[^\s\"']+)"),
)
_SHAPES = tuple((name, re.compile(shape)) for name, shape in _TOKENS) + tuple(
    (name, re.compile(shape, re.IGNORECASE)) for name, shape in _GIVEN
)
_STANDS_FOR_ONE = re.compile(r"[$%{<\[(/].*|[*.x•…-]+|[A-Z][A-Z_]*|(?i:your|the|my|some)[_-].*|redacted")
"""A variable, a path to a file, a mask, or a word in capitals."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in a text: what it is, and where it begins and ends."""

    what: str
    start: int
    end: int
    text: str

    @property
    def masked(self) -> str:
        """What it is and how long, never the secret itself."""
        return f"{self.what} ({len(self.text)} characters)"


def secrets_in(text: str) -> tuple[Secret, ...]:
    """Every secret, in order; of two that overlap the first shape that fits."""
    found: list[Secret] = []
    for secret in _all(text):
        if not any(secret.start < other.end and other.start < secret.end for other in found):
            found.append(secret)
    return tuple(sorted(found, key=lambda secret: secret.start))


def stands_for_a_secret(value: str) -> bool:
    """Whether it is a variable, a mask or a path, and so no secret itself."""
    return _STANDS_FOR_ONE.fullmatch(value) is not None


def _all(text: str) -> Iterator[Secret]:
    for name, shape in _SHAPES:
        for match in shape.finditer(text):
            group = "value" if "value" in shape.groupindex else 0
            if not stands_for_a_secret(match[group]):
                yield Secret(name, match.start(group), match.end(group), match[group])
