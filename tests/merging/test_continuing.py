"""A merge settled by hand: only what the versions hold, under the keys that it has there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.git import Repository
from sealward.merging.continuing import continued
from sealward.merging.in_git import Asked, Versions
from sealward.sops.reading.identities import find
from tests.support.merges import edited, merged
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    from sealward.merging.in_git import Result
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

PATH = "s.enc.yaml"


class Settled:
    """A conflict at ``a``, and what somebody makes of it."""

    def __init__(self, repo: Repo, sealer: Sealer) -> None:
        repo.commit({".sops.yaml": sealer.rules()})
        self.base = sealer.seal(PATH, "a: one\nb: two\n")
        self.ours, self.theirs = edited(PATH, self.base, a="ours"), edited(PATH, self.base, a="theirs", c="x")
        self.marked = merged(self.base, self.ours, self.theirs).data.decode()
        begin, _, rest = self.marked.partition("<<<<<<< ours\n")
        self.mine, _, rest = rest.partition("=======\n")
        self.yours, _, end = rest.partition(">>>>>>> theirs\n")
        self.begin, self.end = begin, end

    def finish(self, text: str) -> Result:
        with Repository.around() as found:
            versions = Versions(PATH, self.base, self.ours, self.theirs)
            return continued(found, versions, text.encode(), find(), Asked())


@pytest.fixture
def settled(repo: Repo, sealer: Sealer) -> Settled:
    return Settled(repo, sealer)


def test_either_side_is_taken(settled: Settled, sealer: Sealer) -> None:
    for side, word in ((settled.mine, "ours"), (settled.yours, "theirs"), ("", "")):
        result = settled.finish(settled.begin + side + settled.end)
        assert result.is_clean
        assert sealer.opened(PATH, result.data) == (f"a: {word}\n" if word else "") + "b: two\nc: x\n"


def test_markers_that_are_left_are_named(settled: Settled) -> None:
    assert ":1: an unresolved merge conflict" in str(settled.finish(settled.marked).refusal)


def test_nothing_else_comes_in(settled: Settled, tmp_path: Path) -> None:
    whole = settled.begin + settled.mine + settled.end
    moved = settled.begin + settled.mine + settled.mine.replace("a:", "d:", 1) + settled.end
    lines = whole.split("\n")
    other = lines[0].replace("data:", "data:AAAA", 1)
    mallory = new_identity(tmp_path, "mallory")[0]
    recipient = whole.partition("recipient: ")[2].partition("\n")[0]
    for text in (
        moved,
        "\n".join([other, *lines[1:]]),
        "\n".join(["a: clear", *lines[1:]]),
        "\n".join(["#" + lines[0].partition(": ")[2], *lines]),
        whole.replace(recipient, mallory),
        "a: one\n",
        "",
    ):
        result = settled.finish(text)
        assert result.refusal is not None, text[:60]
        assert result.data == text.encode()
    assert "d is in none of the merged versions" in str(settled.finish(moved).refusal)


def test_what_was_merged_without_a_key_is_finished_with_one(
    settled: Settled, sealer: Sealer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled.theirs = edited(PATH, settled.base, b="theirs")
    with monkeypatch.context() as patch:
        patch.setenv("SOPS_AGE_KEY_FILE", str(new_identity(tmp_path, "another")[1]))
        closed = merged(settled.base, settled.ours, settled.theirs)
        assert closed.closed
        assert "no key at hand" in str(settled.finish(closed.data.decode()).refusal)
    result = settled.finish(closed.data.decode())
    assert result.is_clean
    assert sealer.opened(PATH, result.data) == "a: ours\nb: theirs\n"
