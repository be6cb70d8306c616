"""Hostile names, specs, arguments and answers of servers to every command: nothing of it steers the reader.

The commands are those of the command line itself: one without a call here fails, so a new one cannot be
forgotten.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from clients.scripted import Says, scripted
from importers.test_sloth import SHOP
from render.hostile import hostile_spec
from scratch import ROLLOUT_SPEC

from genesis_monitoring.cli.main import app, main

EVIL = "a\n::error::pwned\n  ::add-mask::x\n##[error]y\x1b[2J\x1b[8m\x9b31m\u202eb\r\a\udc80.yaml"
ARGUMENT = EVIL.replace("\udc80", "")
ANSWER = json.dumps({"status": "error", "errorType": f"bad {ARGUMENT}", "error": ARGUMENT})
START = ("--start", "2026-01-05T00:00:00Z")
AT = ("--at", "2026-01-06T00:00:00Z")
ASK = ("-s", str(ROLLOUT_SPEC), *START, "--prometheus", "{url}")
MISSING = ("-s", "{evil}")
HOSTILE = ("-s", "{spec}")
BROKEN = ("-s", "{broken}")
FORMATS = ("text", "json", "junit", "sarif", "github")
CALLS: dict[str, list[tuple[str, ...]]] = {
    "render": [MISSING, BROKEN, (*HOSTILE, "--out", "{folder}/x", "--diff"), (*HOSTILE, "--out", "{evil}")],
    "validate": [(*spec, "--format", one) for one in FORMATS for spec in (MISSING, BROKEN)]
    + [("--only", ARGUMENT), ("--format", ARGUMENT), ("-o", ARGUMENT), ("--timeout", ARGUMENT)],
    "explain": [(ARGUMENT, *HOSTILE), ("DiskFull", *HOSTILE), ("disk_used", *HOSTILE), ("P0", *HOSTILE)],
    "diff": [
        ("--against", "{evil}", *HOSTILE),
        (ARGUMENT, *HOSTILE),
        ("--against", str(ROLLOUT_SPEC), *HOSTILE),
    ],
    "diff-envs": [(ARGUMENT, ARGUMENT, *HOSTILE), ("base", "base", *HOSTILE)],
    "expand": [(ARGUMENT, *HOSTILE), HOSTILE, ("metadata", *HOSTILE, "--format", "json")],
    "schema": [(ARGUMENT,), ()],
    "route": [
        *((ARGUMENT, *HOSTILE), ("DiskFull", *HOSTILE), ("DiskFull", f"a={ARGUMENT}", *HOSTILE)),
        *(("DiskFull", f"--{name}", ARGUMENT, *HOSTILE) for name in ("at", "env", "verify-receivers")),
        *(("DiskFull", *spec) for spec in (MISSING, BROKEN)),
    ],
    "init": [
        *(("{folder}/nowhere/{evil}",), ("{evil}",), ("{evil}",)),
        *((f"--{name}", ARGUMENT) for name in ("job", "address", "kind", "tell", "mail-server")),
        ("--kind", f"redis-exporter={ARGUMENT}"),
    ],
    "preview": [
        *(
            MISSING,
            BROKEN,
            (ARGUMENT, *HOSTILE),
            ("--width", ARGUMENT),
            ("--last", ARGUMENT, "--scenario", "x"),
        ),
        *((*HOSTILE, f"--{name}", "{evil}") for name in ("against", "replay", "scenario", "at", "format")),
        (*HOSTILE, "--out", "{folder}/{evil}", "--prometheus", "{url}"),
        (*HOSTILE, "--out", "{folder}/{evil}"),
    ],
    "import sloth": [
        *(("{evil}",), ("{broken}",), ("{slos}", "--job", ARGUMENT), ("{slos}", "--job", "shop")),
        *(
            ("{slos}", "--job", "shop", f"--{name}", "{evil}")
            for name in ("windows", "spec", "out", "format")
        ),
        *(("{slos}", f"--{name}", ARGUMENT) for name in ("period", "page", "ticket", "buckets")),
    ],
    "import openslo": [("{evil}",), ("{broken}",), ("{slos}",), ("{broken}", "--severity", ARGUMENT)],
    "budget status": [MISSING, BROKEN, (*HOSTILE, "--prometheus", "{url}"), ("--at", ARGUMENT)],
    "exporter serve": [MISSING, BROKEN, (*HOSTILE, "--listen", ARGUMENT)],
    "exporter show": [MISSING, BROKEN, HOSTILE, ("--format", ARGUMENT)],
    "stack simulate": [(ARGUMENT,), ("steady", *MISSING), ("{broken}", *HOSTILE)],
    "stack up": [MISSING, BROKEN, (*HOSTILE, "--docker", ARGUMENT), (*HOSTILE, "--profile", ARGUMENT)],
    "stack status": [MISSING, ("--state", "{evil}", *HOSTILE), ("--format", ARGUMENT)],
    "stack drill": [MISSING, BROKEN, ("--alert", ARGUMENT, *HOSTILE)],
    "stack down": [MISSING, ("--state", "{evil}", *HOSTILE)],
    "stack supervise": [("--state", "{evil}"), (ARGUMENT,)],
    "stack catch": [("--listen", ARGUMENT, "--log", "{evil}")],
    "rollout plan": [MISSING, BROKEN, ("-s", str(ROLLOUT_SPEC), "--start", ARGUMENT)],
    "rollout verdict": [MISSING, (*ASK, *AT), ("--replay", "{broken}"), (*ASK, "--ledger", "{broken}")],
    "rollout report": [MISSING, (*ASK, *AT), (*ASK, *AT, "--output", "{folder}/nowhere/{evil}")],
    "rollout checkpoint": [MISSING, ("1", *ASK, "--alertmanager", "{url}", "--ledger", "{folder}/l")],
    "rollout watch": [MISSING, (*MISSING, "--speed", ARGUMENT), ("--prometheus", ARGUMENT)],
    "rollout attest": [(ARGUMENT, "--by", ARGUMENT, "--evidence", ARGUMENT, "-s", str(ROLLOUT_SPEC))],
    "rollout rollback": [
        *(
            MISSING,
            ("-s", str(ROLLOUT_SPEC), "--start", ARGUMENT),
            ("-s", str(ROLLOUT_SPEC), "--ledger", "{broken}"),
        ),
        ("1", "--by", ARGUMENT, "--evidence", ARGUMENT, "-s", str(ROLLOUT_SPEC), "--ledger", "{folder}/r"),
        ("-s", str(ROLLOUT_SPEC), "--ledger", "{folder}/r"),
    ],
    "rollout backtest": [MISSING, (*ASK, *AT), (*ASK, "--set", ARGUMENT), (*ASK, "--against", "{evil}")],
    "rollout archive": [MISSING, ("--check", "{evil}"), (*ASK, *AT, "--out", "{evil}")],
    "rollout steady-state": [MISSING, (*ASK, *AT), (*ASK, *AT, "--profile", ARGUMENT)],
}
_ANNOTATION = re.compile("::(?:error|warning|notice) file=")
_OURS = re.compile(r"\x1b\[(?:0|1|2|3[1-6]|1;3[1-6])m")


def commands() -> Iterator[str]:
    """Every command of the command line, with the groups that it is in."""

    def walk(command: Any, path: tuple[str, ...]) -> Iterator[str]:
        inner = getattr(command, "commands", None)
        if not inner:
            yield " ".join(path)
        for name, one in (inner or {}).items():
            yield from walk(one, (*path, name))

    return walk(typer.main.get_command(app), ())


@pytest.fixture(name="world", scope="module")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What stands for the words in braces."""
    folder = tmp_path_factory.mktemp("hostile")
    spec, broken = folder / "spec.yaml", folder / "broken.yaml"
    spec.write_text(json.dumps(hostile_spec()), "utf-8")
    broken.write_text(f"{json.dumps(ARGUMENT)}: 1\nslis: {{{json.dumps(ARGUMENT)}: {{kind: x}}}}\n", "utf-8")
    slos = folder / "slos.yaml"
    document = {"description": ARGUMENT, ARGUMENT: ARGUMENT, **yaml.safe_load(SHOP)}
    document["slos"][0]["description"] = ARGUMENT
    slos.write_text(json.dumps(document), "utf-8")
    with scripted([Says(ANSWER, 422)]) as server:
        yield {
            "folder": str(folder), "evil": EVIL, "spec": str(spec), "broken": str(broken), "url": server.url,
            "slos": str(slos),
        }  # fmt: skip


def test_every_command_is_called() -> None:
    assert set(CALLS) == set(commands())


@pytest.mark.parametrize("mode", ["github", "colour"])
@pytest.mark.parametrize("command", CALLS)
def test_nothing_steers_the_reader(
    command: str,
    mode: str,
    world: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setenv(*{"github": ("GITHUB_ACTIONS", "true"), "colour": ("FORCE_COLOR", "1")}[mode])
    for call in CALLS[command]:
        words = [_filled(word, world) for word in call]
        monkeypatch.setattr(sys, "argv", ["genesis-mon", *command.split(), *words])
        with pytest.raises(SystemExit):
            main()
        said = capsys.readouterr()
        assert "Traceback" not in said.err, call
        annotations = "github" in call or (command == "validate" and mode == "github")
        for text, data in ((said.out, "--format" in call or command == "schema"), (said.err, annotations)):
            text.encode("utf-8")
            bare = _OURS.sub("", text) if mode == "colour" else text
            assert bare.replace("\n", "").replace("\t", "").isprintable(), (call, text)
            if mode == "github":
                mine = [line.strip() for line in text.splitlines() if line.strip().startswith("::")]
                assert annotations or not mine, call
                assert all(_ANNOTATION.match(line) for line in mine), call
                assert data or "##[" not in text, call


def _filled(word: str, world: dict[str, str]) -> str:
    for name, value in world.items():
        word = word.replace(f"{{{name}}}", value)
    return word
