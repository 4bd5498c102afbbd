"""Who still pins which version: all that is deployed, read from git's objects, each file once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.git import Repository
from sealward.rotation.retirement.holdings import Holder, Holdings
from sealward.sops.reading.identities import Identities, find
from sealward.vault.mounts import Mounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

SECRET = ("secret", "bot/t")
REFERENCE = "vault:secret/data/bot/t#k#{}"


@pytest.fixture
def repository(repo: Repo, sealer: Sealer) -> Iterator[Repository]:
    text = f"a: {REFERENCE.format(1)}\nb: vault:secret/data/bot/other#k#4\n"
    repo.commit({".sops.yaml": sealer.rules(), "s.enc.yaml": sealer.seal("s.enc.yaml", text)})
    repo.git("switch", "--quiet", "--create", "release/1")
    repo.commit({"app.yaml": f"x: 1\nenv: {REFERENCE.format(2)}\n", "README.md": REFERENCE.format(3)})
    repo.git("switch", "--quiet", "main")
    with Repository(str(repo.path), "") as found:
        yield found


def holdings(repository: Repository, bao: Bao, identities: Identities | None = None) -> Holdings:
    return Holdings(repository, find() if identities is None else identities, Mounts(bao.client.transport))


def test_who_holds_what(repository: Repository, repo: Repo, bao: Bao) -> None:
    found = holdings(repository, bao)
    refs = repository.branches("refs/heads")
    found.look(refs, [SECRET])
    assert found.held["secret/bot/t"] == {1: Holder("", "s.enc.yaml"), 2: Holder("release/1", "app.yaml", 2)}
    assert found.held["secret/bot/other"] == {4: Holder("", "s.enc.yaml")}
    assert found.closed == []
    assert found.secrets(refs) == [SECRET, ("secret", "bot/other")]
    newest = {ref.name: found.pinned[ref.commit, "secret/bot/t"] for ref in refs}
    assert newest == {"main": {1}, "release/1": {1, 2}}
    repo.write({"new.yaml": "x: 1\n", "s.enc.yaml": f"a: {REFERENCE.format(5)}\n"})
    found.look(refs, [SECRET])
    assert found.held["secret/bot/t"][5] == Holder("", "s.enc.yaml", 1), "what lies in the work tree counts"


def test_a_manifest_in_utf_16_counts(repository: Repository, repo: Repo, bao: Bao) -> None:
    repo.commit({"wide.yaml": f"a: 1\nenv: {REFERENCE.format(7)}\n".encode("utf-16")})
    found = holdings(repository, bao)
    found.look([], [SECRET])
    assert found.held["secret/bot/t"][7] == Holder("", "wide.yaml", 2)


def test_what_cannot_be_opened_is_named(repository: Repository, repo: Repo, bao: Bao) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n"
    repo.commit({"big.yaml": pointer, "picture.png": pointer, "crypt.yaml": b"\0GITCRYPT\0abc"})
    found = holdings(repository, bao, Identities([], problems=[]))
    found.look([], [SECRET])
    closed = [Holder("", path) for path in ("big.yaml", "crypt.yaml", "s.enc.yaml")]
    assert [one for one, _ in found.closed] == closed
    assert {one.may_refer(*SECRET, ["other.enc.yaml"]) for _, one in found.closed} == {False}
    assert found.held == {}


def test_a_reference_that_has_gone_is_found_in_the_history(
    repository: Repository, repo: Repo, sealer: Sealer, bao: Bao
) -> None:
    repo.commit({"s.enc.yaml": sealer.seal("s.enc.yaml", "a: nothing\n")})
    refs = repository.branches("refs/heads")[:1]
    found = holdings(repository, bao)
    assert found.secrets(refs) == []
    assert found.former(10, refs, 10) == [SECRET, ("secret", "bot/other")]
    assert found.former(10, refs, 0) == []
    assert found.former(10, [], 10) == []


@pytest.mark.parametrize(
    ("holder", "until"),
    [
        (Holder("", "a.enc.yaml"), "once a.enc.yaml is committed without that pin"),
        (Holder("", "a.yaml", 7), "once a.yaml:7, which is not sealed, is without that pin"),
        (Holder("origin/main", "a.enc.yaml"), "once origin/main is without the pin in a.enc.yaml"),
        (Holder("main", "a.yaml", 7), "once main is without the pin in a.yaml:7, which is not sealed"),
    ],
)
def test_what_has_to_happen(holder: Holder, until: str) -> None:
    assert holder.until == until
