"""The kinds of integration are an open set: who adds one writes a module and a line of the registry."""

import json
import os
import subprocess
import sys
from pathlib import Path

from genesis_monitoring.receivers.registry import RECEIVERS

TESTS = Path(__file__).parent.parent


def test_a_kind_that_is_listed_is_known_everywhere(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("with_another.py")), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(TESTS.parent), str(TESTS)))},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["in the schema"]
    (dangling,) = found["dangling"]
    assert "there is no secret 'on_call_key'" in dangling
    (not_given,) = found["not given"]
    assert "alertmanager sends with the secret on_call_key, and is not given it" in not_given
    assert any(message.startswith("GM113") for message in found["malformed"])
    assert "    victorops_configs:\n      - api_key_file: /run/secrets/on_call_key\n" in found["config"]
    assert found["findings"] == []
    assert any(
        "victorops of pager" in message and "lacks the alert's" in message for message in found["spoilt"]
    )
    (explained,) = found["explained"]
    assert "pager (On-Call shop)" in explained


def test_each_has_a_key_of_its_own_and_names_what_it_sends_by() -> None:
    keys = [kind.key for kind in RECEIVERS]
    assert len(set(keys)) == len(keys)
    for kind in RECEIVERS:
        assert kind.addressed, kind.key
        assert kind.title, kind.key
