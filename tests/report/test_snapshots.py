"""Every report and every help text, word for word: a change of words is seen, and meant.

``pytest tests/report --snapshots=rewrite`` writes them anew; the diff is to be read as people will read it.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sealward import __version__
from sealward.cli import COMMANDS, main
from sealward.report import FORMATS, Summary, reencryptions, render, rotations, standings
from sealward.rotation.batch import Outcome
from sealward.status.survey import Survey
from tests.report import records

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parent / "snapshots"
ENDINGS = {"json": "json", "sarif": "sarif"}


def _json(data: object) -> str:
    return json.dumps(data, indent=2) + "\n"


def _findings(form: str) -> str:
    return render(form, records.FINDINGS, records.FULL).replace(f'"{__version__}"', '"VERSION"')


def _rotation(done: bool) -> str:
    lines = [rotations.describe(plan, done, lambda _: "not so on main") for plan in records.OUTCOME.done]
    lines += rotations.told_of_old(records.RETIRED, done)
    lines += rotations.told_of_left(records.LEFT, done)
    lines += rotations.next_steps(records.OUTCOME) if done else []
    return "\n".join(lines) + "\n"


def _reencryption(done: bool) -> str:
    return reencryptions.as_text(records.REENCRYPTION._replace(done=done)) + "\n"


REPORTS: dict[str, Callable[[], str]] = {
    **{f"check.{ENDINGS.get(form, form)}": lambda form=form: _findings(form) for form in FORMATS},  # type: ignore[misc]
    "check-colour.text": lambda: render("text", records.FINDINGS, records.FULL, colour=True),
    "check-nothing.text": lambda: render("text", [], Summary(7, 2)),
    "check-nothing.json": lambda: render("json", [], Summary(7, 2)),
    "status.text": lambda: standings.as_text(records.MENTIONED, server=True, colour=False, terminal=False),
    "status-terminal.text": lambda: standings.as_text(records.ALL, server=False, colour=True, terminal=True),
    "status-nothing.text": lambda: standings.as_text(
        Survey((), (), ()), server=True, colour=False, terminal=False
    ),
    "status.json": lambda: _json(standings.as_data(records.MENTIONED, server=True)),
    "rotate.text": lambda: _rotation(done=True),
    "rotate-dry-run.text": lambda: _rotation(done=False),
    "rotate.json": lambda: _json(
        rotations.as_data(records.OUTCOME, done=True, retired=records.RETIRED, left=records.LEFT)
    ),
    "reencrypt.text": lambda: _reencryption(done=True),
    "reencrypt-dry-run.text": lambda: _reencryption(done=False),
    "reencrypt-nothing.text": lambda: (
        reencryptions.as_text(
            records.REENCRYPTION._replace(finished=0, changing=(), exposed=(), newcomers=())
        )
        + "\n"
    ),
    "reencrypt.json": lambda: _json(reencryptions.as_data(records.REENCRYPTION, Outcome((), ()))),
}
COMMAND_LINES = {
    "help.text": ["--help"],
    **{f"help-{command}.text": [command, "--help"] for command in COMMANDS},
    "explain.text": ["explain"],
    "explain-rule.text": ["explain", "stale-mac"],
}


@pytest.fixture
def compare(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Holds a text against its snapshot, or makes it the snapshot."""

    def against(name: str, text: str) -> None:
        file = FOLDER / name
        if request.config.getoption("--snapshots") == "rewrite":
            file.write_text(text, encoding="utf-8")
        told = "`pytest tests/report --snapshots=rewrite` makes this the text that is wanted"
        assert file.read_text(encoding="utf-8") == text, told

    return against


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_word_for_word(name: str, compare: Callable[[str, str], None]) -> None:
    compare(name, REPORTS[name]())


@pytest.mark.parametrize("name", COMMAND_LINES)
def test_what_a_command_prints_word_for_word(
    name: str, compare: Callable[[str, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    if name.startswith("help-") and sys.version_info >= (3, 13):
        pytest.skip("argparse of Python 3.13 lays out options in another way")
    with contextlib.suppress(SystemExit):  # as argparse ends after the help
        assert main(COMMAND_LINES[name]) == 0
    compare(name, capsys.readouterr().out)


def test_no_snapshot_is_left_over() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {*REPORTS, *COMMAND_LINES}
