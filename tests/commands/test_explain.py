"""What a rule means is the documentation itself."""

from __future__ import annotations

import pytest

from sealward.cli import main
from sealward.commands.explain import sections
from sealward.rules import RULES


def test_every_rule_has_its_section_in_order() -> None:
    assert list(sections()) == list(RULES)
    assert all(text.strip() for text in sections().values())


@pytest.mark.parametrize("rule", RULES)
def test_each_is_shown_without_marks_of_the_page(rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", rule]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{rule}\n\n")
    assert "```" not in out


def test_the_list_has_one_line_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(RULES)
    assert {line.split()[1] for line in lines} <= {"error", "warning", "Error", "Warning"}


def test_a_mistyped_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "stale-mca"]) == 2
    assert "did you mean 'stale-mac'?" in capsys.readouterr().err
