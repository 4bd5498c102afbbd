"""What all parsers share: no abbreviations, one line for a mistake, with what was probably meant."""

from __future__ import annotations

import pytest

from sealward.cli import main
from sealward.commands.options import Parser, add_colour, add_format, add_plan, nearest


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["chekc"], "did you mean check?"),
        (["check", "--fromat", "json"], "did you mean --format?"),
        (["check", "--format", "jsno"], "did you mean json?"),
        (["check", "--only", "sops-encrypt"], "did you mean sops-encrypted?"),
        (["rotate", "--dryrun"], "did you mean --dry-run?"),
        (["status", "--ofline"], "did you mean --offline?"),
        (["explain", "not-seeled"], "did you mean"),
        (["rotate", "--a"], "no option --a"),
        (["check", "--al"], "no option --al"),
    ],
)
def test_a_typing_mistake_is_one_line_with_what_was_meant(
    words: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(words)
    except SystemExit as end:
        status = int(str(end.code))
    told = capsys.readouterr()
    assert status == 2
    assert meant in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_common_options_and_their_defaults() -> None:
    parser = Parser("sealward x", "does x")
    add_format(parser, ("text", "json"))
    add_colour(parser)
    add_plan(parser)
    chosen = vars(parser.parse_args(["--format", "json", "--dry-run"]))
    assert chosen == {"format": "json", "color": "auto", "dry_run": True, "yes": False}


@pytest.mark.parametrize(("name", "told"), [("chek", "; did you mean check?"), ("zzz", "")])
def test_the_nearest_name(name: str, told: str) -> None:
    assert nearest(name, ["check", "status"]) == told
