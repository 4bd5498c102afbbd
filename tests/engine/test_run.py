"""One run: what is left out is counted, what is exempt is set apart, each check sees what it needs."""

from __future__ import annotations

import pytest

from sealward.checks import CHECKS
from sealward.engine.run import Counts, Judged, Run
from sealward.engine.sources import Source, Tree
from sealward.worktree import Left
from tests.support.examples import expand
from tests.support.literals import expand as literal

TOKEN = literal("ghp_%b62:36%", seed=1)
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 12\n"
SETTINGS = b"exempt:\n- {path: 'whole/**', reason: all}\n- {path: '*.txt', reason: examples, rules: [plaintext-secret]}\n"


def run(*names: str, settings: bytes | None = None, asked: bool = False) -> Run:
    files = {} if settings is None else {".sealward.yaml": settings}
    return Run(Tree("", files.get), names or list(CHECKS), asked=asked)


def judge(one: Run, path: str, text: str, left: Left | None = None) -> Judged:
    return one.judge(Source(path, text.encode(), list, left=left))


def rules(judged: Judged) -> list[str]:
    return [finding.rule for finding in judged.findings]


def test_a_plain_and_a_sealed_file_are_counted() -> None:
    one = run()
    assert rules(judge(one, "a.txt", "nothing")) == []
    assert rules(judge(one, "s.enc.yaml", expand("a: ENC[…]\nsops: …\n"))) == []
    assert (one.counts.read, one.counts.sealed) == (2, 1)


def test_what_is_exempt_is_set_apart_or_not_read_at_all() -> None:
    one = run(settings=SETTINGS)
    judged = judge(one, "a.txt", f"token {TOKEN}\n")
    assert rules(judged) == []
    assert [(finding.rule, finding.suppressed) for finding in judged.suppressed] == [
        ("plaintext-secret", "examples")
    ]
    assert rules(judge(one, "a.md", f"token {TOKEN}\n")) == ["plaintext-secret"]
    assert judge(one, "whole/a.md", f"token {TOKEN}\n") == Judged([], [], [])
    assert one.counts.left_out() == ((Left.EXEMPT.value, 1),)


@pytest.mark.parametrize(("path", "found"), [("a.bin", []), ("s.enc.yaml", ["not-sealed"])])
def test_a_pointer_to_lfs_must_not_be_what_must_be_sealed(path: str, found: list[str]) -> None:
    one = run()
    assert rules(judge(one, path, POINTER)) == found
    assert one.counts.left_out() == ((Left.POINTER.value, 1),)


@pytest.mark.parametrize("left", [Left.LINK, Left.SUBMODULE, Left.SPECIAL])
def test_what_has_no_bytes_is_counted_by_its_reason(left: Left) -> None:
    one = run()
    assert judge(one, "a", "", left).findings == []
    assert one.counts.left_out() == ((left.value, 1),)


def test_a_check_that_was_not_chosen_says_nothing() -> None:
    assert rules(judge(run("sops-recipients"), "s.enc.yaml", "a: b\n")) == []
    assert rules(judge(run("sops-encrypted"), "s.enc.yaml", "a: b\n")) == ["not-sealed"]


def test_references_of_a_plain_file_are_read_where_their_check_was_asked_for() -> None:
    text = "a: vault:secret/data/bot#key#1\n"
    assert judge(run("vault-references"), "values.yaml", text).references == []
    found = judge(run("vault-references", asked=True), "values.yaml", text).references
    assert [one.reference.secret for one in found] == ["secret/bot"]


def test_counts_of_two_runs_add_up() -> None:
    one, other = Counts(1, 2, 3), Counts(*Counts(1, 0, 1).plain())
    one.add(other)
    assert one.plain()[:3] == (2, 2, 4)
