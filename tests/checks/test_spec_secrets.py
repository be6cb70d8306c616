"""Secrets that stand in slo.yaml are told at their line, and never repeated; what only looks odd is not."""

import json
from pathlib import Path
from typing import Any

import pytest
from cli.sandbox import run

_A36 = "abcdefghij0123456789ABCDEFGHIJklmnop"
JOINED = "".join
SECRETS = (
    # Joined here, so that nobody's scanner stops at this file.
    ("Slack token", JOINED(("xoxb-", "123456789012-", _A36))),
    ("Slack webhook", JOINED(("https://hooks.slack.com/", "services/T000/B000/", _A36))),
    ("GitHub token", JOINED(("ghp_", _A36))),
    ("GitHub token", JOINED(("github_pat_", _A36))),
    ("GitLab token", JOINED(("glpat-", _A36[:20]))),
    ("AWS access key", JOINED(("AKIA", "IOSFODNN7EXAMPLE"))),
    ("Google key", JOINED(("AIza", _A36[:35]))),
    ("API key", JOINED(("sk-", _A36))),
    ("API key", JOINED(("sk-proj-", _A36))),
    ("Stripe key", JOINED(("sk_live_", _A36[:24]))),
    ("JSON Web Token", JOINED(("eyJhbGciOiJIUzI1NiJ9.", "eyJzdWIiOiIxMjM0In0.", _A36))),
    ("Grafana token", JOINED(("glsa_", _A36))),
    ("private key", JOINED(("-----BEGIN RSA ", "PRIVATE KEY-----"))),
    ("PagerDuty key", JOINED(("PagerDuty routing_key ", "0123456789abcdef0123456789abcdef"))),
    ("password in a link", "postgres://shop:correct-horse-1@db:5432/shop"),
    ("password in a link", "see https://ben:hunter22@example.com/wiki"),
    ("token in a link", "https://example.com/x?a=1&token=s3cr3t-value"),
    ("token in a link", "https://example.com/x?api_key=s3cr3t-value"),
    ("token in a link", "https://example.com/x#?access_token=s3cr3t-value"),
    ("Authorization header", "curl -H 'Authorization: Bearer abcdef0123456789abcdef'"),
    ("password", "run it with PGPASSWORD=hunter22 psql"),
    ("password", JOINED(("DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=", _A36, "==;"))),
    ("password", JOINED(("Endpoint=sb://shop/;SharedAccessKey=", _A36))),
    ("password", "curl -u admin:hunter22 https://example.com/api"),
)
HARMLESS = (
    "sha256:" + "0123456789abcdef" * 4,
    "commit " + "0123456789abcdef0123456789abcdef01234567",
    "550e8400-e29b-41d4-a716-446655440000",
    "0123456789abcdef0123456789abcdef is the digest of the page",
    "https://example.com/d/phase5?viewPanel=101&from=now-48h&to=now",
    "https://ben@example.com/wiki and ssh://git@example.com:22/x",
    "postgres://shop:$PASSWORD@db:5432/shop and postgres://shop:<password>@db/shop",
    "https://example.com/x?token=$TOKEN and ?token=<token> and ?api_key=***",
    "Basic authentication is switched on; the password: see the vault",
    "risk-assessment-for-the-rollout-of-hybrid-retrieval-in-phase-5",
    "curl -u admin:$(cat /run/secrets/admin) https://example.com/api",
    "tokens per request: 1500, secret santa, key=value",
    "registry.example.com:5443/web/shop@sha256:" + "ab" * 32,
    "http://localhost:3000 or http://a:9090/graph?g0.expr=up and user@example.com",
)


@pytest.fixture(scope="module", name="project")
def _project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    assert run("genesis-mon init", folder).code == 0
    return folder


def judged(folder: Path, text: str) -> tuple[list[dict[str, Any]], str]:
    """Findings about secrets in the spec, and all that was said, in every format."""
    (folder / "slo.yaml").write_text(text, "utf-8")
    assert run("genesis-mon render", folder).code == 0
    other = " ".join(f"-o {form}=report.{form}" for form in ("text", "junit", "sarif", "github"))
    done = run(f"genesis-mon validate --only links --format json {other}", folder)
    said = "".join(path.read_text("utf-8") for path in folder.glob("report.*"))
    found = [one for one in json.loads(done.stdout)["findings"] if one["code"] == "GM131"]
    assert (done.code == 1) is bool(found)
    return found, said + done.stdout


def with_lines(spec: str, texts: list[str]) -> tuple[str, list[int]]:
    """The spec with each text as a step of an alert's response, and the lines that they stand in."""
    lines = spec.splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip() == "response:") + 1
    indent = " " * (len(lines[at]) - len(lines[at].lstrip()))
    lines[at:at] = [f"{indent}- {json.dumps(text)}" for text in texts]
    return "\n".join(lines) + "\n", list(range(at + 1, at + 1 + len(texts)))


def test_each_is_found_at_its_line_and_not_repeated(project: Path) -> None:
    starter = run("genesis-mon init other.yaml && cat other.yaml && rm other.yaml", project).stdout
    spec, numbers = with_lines(starter.partition("\n")[2], [text for _, text in SECRETS])
    found, said = judged(project, spec)
    assert [one["location"]["line"] for one in found] == numbers
    for (what, _), one in zip(SECRETS, found, strict=True):
        assert what in one["message"]
        assert one["location"]["file"] == "slo.yaml"
    for secret in ("hunter22", "s3cr3t", "correct-horse-1", _A36[:20], "IOSFODNN7", "0123456789abcdef"):
        assert secret not in said


def test_wherever_it_stands(project: Path) -> None:
    starter = run("genesis-mon init other.yaml && cat other.yaml && rm other.yaml", project).stdout
    spec = starter.partition("\n")[2].replace(
        "      environment:\n", "      environment:\n        SHOP_PASSWORD: hunter22\n"
    )
    spec = spec.replace('command: ["--path', 'command: ["--web.password=hunter22", "--path')
    spec = spec.replace("external_labels: {", f"external_labels: {{site: {SECRETS[2][1]}, ")
    spec += f"# the old one: {SECRETS[0][1]}\n"
    found, said = judged(project, spec)
    lines = spec.splitlines()
    where = [lines[one["location"]["line"] - 1] for one in found]
    assert [one["code"] for one in found] == ["GM131"] * 4
    for line, words in zip(
        where, ("external_labels", "SHOP_PASSWORD", "command", "# the old one"), strict=True
    ):
        assert words in line
    assert "hunter22" not in said
    assert _A36 not in said


def test_what_is_no_secret_is_quiet(project: Path) -> None:
    starter = run("genesis-mon init other.yaml && cat other.yaml && rm other.yaml", project).stdout
    spec, _ = with_lines(starter.partition("\n")[2], list(HARMLESS))
    assert judged(project, spec)[0] == []
