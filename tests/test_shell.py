"""Names and words as a shell takes them: what people paste does what it says."""

from __future__ import annotations

import shlex

import pytest

from sealward import shell


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("a.yaml", "a.yaml"),
        ("a b.yaml", "'a b.yaml'"),
        ("$(touch x).yaml", "'$(touch x).yaml'"),
        ("x; rm y", "'x; rm y'"),
        ("it's", "'it'\"'\"'s'"),
        ("--help.enc.yaml", "./--help.enc.yaml"),
        ("-x y", "'./-x y'"),
    ],
)
def test_a_name_is_one_word_of_a_command(name: str, word: str) -> None:
    assert shell.path(name) == word


@pytest.mark.parametrize(
    "words", [("sops", "edit", "a b.yaml"), ("git", "commit", "-m", "it's"), ("a", "", "$x")]
)
def test_a_command_is_read_again_as_its_words(words: tuple[str, ...]) -> None:
    assert tuple(shlex.split(shell.command(*words))) == words
