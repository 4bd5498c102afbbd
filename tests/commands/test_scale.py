"""Many references: how many requests there are, and how many of them wait for others. Nothing here is timed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.plaintext import Plaintext
from sealward.rotation.permissions import Permissions
from sealward.vault.connection import connect
from sealward.vault.parallel import CHUNK, THREADS, answers
from tests.support.listener import Listener, listening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

SECRETS = 70
FEW = SECRETS // 3
"""Rounds, where one after the other would be as many as there are secrets: a busy machine makes some of two."""


@pytest.fixture
def proxy(repo: Repo, sealer: Sealer, bao: Bao, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """A repository with two references to each of many secrets, and a server that is far away."""
    names = [f"bot/s{number}" for number in range(SECRETS)]
    client = connect()
    answers(lambda name: client.write(bao.mount, name, {"k": Plaintext(b"v")}, 0), names)
    text = "".join(
        f"{form}{number}: vault:{bao.mount}/data/{name}#k#1\n"
        for form in "ab"
        for number, name in enumerate(names)
    )
    policy = f"policies:\n  p:\n    paths: ['{bao.mount}/bot/*']\n    every: 300d\n"
    repo.commit(
        {
            ".sops.yaml": sealer.rules(),
            "a.enc.yaml": sealer.seal("a.enc.yaml", text),
            "vault/rotation.yaml": policy,
        }
    )
    with listening(bao.server.address.removeprefix("http://"), delay=0.02) as listener:
        monkeypatch.setenv("VAULT_ADDR", listener.address)
        yield listener


def asked(listener: Listener, part: str) -> int:
    return sum(part in one.path for one in listener.asked)


@pytest.mark.parametrize(
    "command",
    [["status", "--check"], ["rotate", "--due", "--dry-run"], ["rotate", "--resume", "--dry-run"]],
    ids=" ".join,
)
def test_each_secret_is_asked_for_once_and_all_of_them_at_once(
    proxy: Listener, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 0, capsys.readouterr()
    assert asked(proxy, "/metadata/") == SECRETS
    assert len(proxy.asked) <= SECRETS + 3  # the mounts, how many versions one keeps, the server's clock
    assert proxy.depth <= FEW, "one round for the mounts, one for all secrets"


def test_online_asks_in_two_rounds(proxy: Listener) -> None:
    assert main(["check", "--online", "a.enc.yaml"]) == 0
    assert (asked(proxy, "/metadata/"), asked(proxy, "/subkeys/")) == (SECRETS, SECRETS)
    assert proxy.depth <= FEW


def test_reports_are_in_the_order_of_the_files_whoever_answers_first(
    proxy: Listener, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status"]) == 0
    out = capsys.readouterr().out
    seen = [line.split()[0] for line in out.splitlines() if "/bot/s" in line]
    assert seen == [f"{form}{number}" for form in "ab" for number in range(SECRETS)]


def test_permissions_of_thousands_of_secrets_are_asked_in_chunks(bao: Bao) -> None:
    """OpenBao refuses more than 1,000 texts in one request."""
    with listening(bao.server.address.removeprefix("http://")) as listener:
        client = connect({"VAULT_ADDR": listener.address, "VAULT_TOKEN": bao.server.root_token})
        permissions = Permissions(client, [(bao.mount, f"bot/s{number}") for number in range(2000)])
        for number in (0, 999, 1999):
            permissions.check(bao.mount, f"bot/s{number}")
        assert asked(listener, "sys/capabilities-self") == 4000 // CHUNK


def test_a_server_with_a_limit_of_its_own_is_asked_for_less(
    bao: Bao, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [f"{bao.mount}/data/{number}" for number in range(2500)]
    monkeypatch.setattr("sealward.vault.parallel.CHUNK", 2500)
    monkeypatch.setattr("sealward.vault.parallel.chunks", lambda paths: [paths])
    with listening(bao.server.address.removeprefix("http://")) as listener:
        client = connect({"VAULT_ADDR": listener.address, "VAULT_TOKEN": bao.server.root_token})
        found = client.capabilities(paths)
        assert found == {path: {"root"} for path in paths}
        assert asked(listener, "capabilities") == 7  # 2500 and its halves are refused, their halves not
    monkeypatch.undo()
    assert bao.client.capabilities([]) == {}


def test_what_is_remembered_is_forgotten_when_it_is_written(bao: Bao) -> None:
    bao.put("bot", k="one")
    bao.client.remember([(bao.mount, "bot"), (bao.mount, "absent")])
    other = bao.login(bao.server.root_token)
    other.write(bao.mount, "bot", {"k": Plaintext(b"two")}, 1)
    assert bao.client.metadata(bao.mount, "bot").current == 1
    bao.client.annotate(bao.mount, "bot", {"note": "x"})
    assert bao.client.metadata(bao.mount, "bot").current == 2
    assert THREADS >= 16


@pytest.mark.parametrize(
    ("secret", "mount", "kept"),
    [(0, 0, 10), (5, 0, 5), (1, 20, 20), (20, 1, 20), (0, 3, 3)],
)
def test_the_larger_of_what_secret_and_mount_say_is_kept(
    bao: Bao, secret: int, mount: int, kept: int
) -> None:
    """The server's own arithmetic, shown by what it does keep."""
    bao.client.post(f"{bao.mount}/config", max_versions=mount)
    bao.client.post(f"{bao.mount}/metadata/bot", max_versions=secret)
    for number in range(kept + 2):
        bao.put("bot", k=str(number))
    metadata = bao.client.metadata(bao.mount, "bot")
    assert len(metadata.versions) == kept
    assert bao.login(bao.server.root_token).kept(bao.mount, metadata) == kept


def test_values_are_compared_at_once_too(
    proxy: Listener, bao: Bao, repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a sibling's write made the version in use, versions are read to find a key's true age."""
    client = connect({"VAULT_ADDR": bao.server.address, "VAULT_TOKEN": bao.server.root_token})
    names = [f"bot/s{number}" for number in range(SECRETS)]
    answers(lambda name: client.write(bao.mount, name, {"other": Plaintext(b"v")}, 1), names)
    text = "".join(f"a{name[5:]}: vault:{bao.mount}/data/{name}#k\n" for name in names)
    repo.commit({"b.enc.yaml": sealer.seal("b.enc.yaml", text)})
    assert main(["status", "--check", "--file", "b.enc.yaml"]) == 0, capsys.readouterr()
    assert asked(proxy, "/data/") == 2 * SECRETS
    assert proxy.depth <= FEW
