"""Commands in front of people: shown with their output, and refused where the story wants it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sealward.demo.stage import Stage, stage
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def here(tmp_path: Path) -> Stage:
    return Stage(tmp_path, {"PATH": os.environ["PATH"]}, colour=False)


def test_a_command_is_shown_with_its_output(here: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    here.write("sub/a.txt", "hello\n")
    assert here.run("cat sub/a.txt") == "hello\n"
    assert capsys.readouterr().out == "$ cat sub/a.txt\n  hello\n"
    assert here.run("echo $X", shown=False, X="y") == "y\n"
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("command", "refused"), [("false", False), ("true", True)])
def test_a_command_that_does_not_end_as_the_story_has_it(here: Stage, command: str, refused: bool) -> None:
    with pytest.raises(SealwardError, match=f"the demo went wrong at `{command}`"):
        here.run(command, refused=refused)
    here.run(command, refused=not refused)


def test_colour_is_for_terminals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Stage(tmp_path, {}, colour=True).say("a line")
    Stage(tmp_path, {}, colour=False).say("a line")
    first, second = capsys.readouterr().out.strip().split("\n\n")
    assert "\x1b[" in first
    assert second == "a line"


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(SealwardError, match="is not empty"), stage(tmp_path, colour=False):
        pass
