"""What the command line says, word by word: every file in ``transcripts/`` is replayed and compared.

``GENESIS_MON_REWRITE=1 pytest tests/cli/test_transcripts.py`` writes down what is said now; read the diff.
"""

import os
from pathlib import Path

import pytest

from .transcript import format_transcript, parse_transcript, replay

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path, tmp_path: Path) -> None:
    steps = list(parse_transcript(path.read_text()))
    assert steps
    said = [replay(step, tmp_path) for step in steps]
    if os.environ.get("GENESIS_MON_REWRITE"):
        assert not os.environ.get("CI"), "transcripts are not rewritten in CI"
        path.write_text(format_transcript(said))
        return
    assert format_transcript(said) == format_transcript(steps)


def test_a_transcript_tells_both_streams_and_the_code(tmp_path: Path) -> None:
    (step,) = parse_transcript("# why\n$ printf 'a\\n\\nb'; echo 0.3 s $PWD >&2; exit 3\n")
    text = format_transcript([replay(step, tmp_path)])
    assert text.splitlines()[2:] == ["| a", "|", "| b\\", "! N.N s FOLDER", "= 3"]
    assert format_transcript(list(parse_transcript(text))) == text


@pytest.mark.parametrize("text", ["| out\n", "$ true\nstray\n", "$ true\n$ false\n"])
def test_a_transcript_with_a_stray_line_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="does not belong here"):
        list(parse_transcript(text))
