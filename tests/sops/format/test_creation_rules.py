"""Creation rules: what is read, what is no configuration, and what breaks every sops command."""

from __future__ import annotations

import pytest

from sealward.sops.format.creation_rules import BrokenConfiguration, load

AGE = "age1yt3tfqlfrwdwx0z0ynwplcr6qxcxfaqycuprpmy89nr83ltx74tqdpszlw"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# creation_rules, all in a comment\n",
        "# For creation_rules_reg  #x\n",
        "a: b\n",
        "creation_rules:\n",
    ],
)
def test_what_has_no_rules(text: str) -> None:
    """The comments were found by fuzzing: they made a document without anything in it."""
    assert load(".sops.yaml", text.encode()) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("creation_rules: [a\n", 2),
        ("creation_rules: a\n", 1),
        ("creation_rules:\n  - age: x\n  - path_regex: '['\n", 3),
    ],
)
def test_what_sops_would_fail_on(text: str, line: int) -> None:
    with pytest.raises(BrokenConfiguration) as caught:
        load(".sops.yaml", text.encode())
    assert caught.value.line == line


def test_the_first_rule_that_matches_holds() -> None:
    text = f"creation_rules:\n  - path_regex: ^a/\n    age: {AGE}\n  - encrypted_regex: ^x$\n    age: {AGE}\n"
    found = load("sub/.sops.yaml", text.encode())
    assert found is not None
    assert found.directory == "sub"
    first, second = found.rule_for("a/b.yaml"), found.rule_for("b.yaml")
    assert first is not None
    assert second is not None
    assert (first.number, second.number) == (1, 2)
    assert first.recipients == {("age", AGE)}
    assert second.selector == ("encrypted_regex", "^x$")
