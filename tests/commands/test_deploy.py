"""The words of ``sealward deploy``; the whole of it runs on a cluster in tests/deploy."""

from __future__ import annotations

import pytest

from sealward.cli import main
from sealward.commands.deployment import duration
from sealward.errors import SealwardError


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("5m", 300), ("1h", 3600)])
def test_durations(text: str, seconds: int) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "0s", "5 m", "-1s", "5d"])
def test_what_is_not_a_duration(text: str) -> None:
    with pytest.raises(SealwardError, match="is not a duration; such as 90s"):
        duration(text)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "ACTION"),
        (["aply"], "did you mean apply?"),
        (["diff", "--prune"], "no option --prune"),
        (["apply", "--rolback"], "did you mean --rollback?"),
    ],
)
def test_mistyped_words(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["deploy", *words])
    assert caught.value.code == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
