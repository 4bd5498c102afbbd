"""Where a mount ends, and what it is, by a real server: for syntaxes that leave it to the server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.references.syntax import find_all
from sealward.vault.inspector import Inspector
from sealward.vault.mounts import Mounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer


@pytest.fixture
def nested(bao: Bao) -> Iterator[str]:
    """A KV v2 mount that lies deeper, and a KV v1 mount beside it."""
    deep, flat = f"deep-{bao.mount}/team", f"flat-{bao.mount}"
    bao.client.post(f"sys/mounts/{deep}", type="kv", options={"version": "2"})
    bao.client.post(f"sys/mounts/{flat}", type="kv", options={"version": "1"})
    bao.client.post(f"{flat}/bot", k="one")
    bao.client.post(f"{deep}/data/bot/x", data={"k": "one"})
    yield bao.mount
    for mount in (deep, flat):
        bao.client.transport.request("delete", f"sys/mounts/{mount}")


def test_the_server_says_where_a_mount_ends_and_what_it_is(nested: str, bao: Bao) -> None:
    deep, flat = f"deep-{nested}/team", f"flat-{nested}"
    texts = (
        f"ref+vault://{deep}/bot/x?version=1#/k",
        f'{{{{ with secret "{deep}/bot/x?version=1" }}}}{{{{ .Data.data.k }}}}{{{{ end }}}}',
        f"ref+vault://{flat}/bot#/k",
        f"ref+vault://{nested}/bot/x#/k",
        f"ref+vault://absent-{nested}/bot/x#/k",
        f"ref+vault://{deep}/bot/x?namespace=other#/k",
        f"vault:{deep}/data/bot/x#k#1",
        f"vault:{flat}/data/bot#k",
        f"vault:{flat}/bot#k",
    )
    mounts = Mounts(bao.client.transport)
    found = [mounts.settled(one) for text in texts for one in find_all(text)]
    assert [(one.mount, one.path, one.engine) for one in found] == [
        (deep, "bot/x", "kv2"),
        (deep, "bot/x", "kv2"),
        (flat, "bot", "kv1"),
        (nested, "bot/x", "kv2"),
        (f"absent-{nested}", "bot/x", "kv2"),
        (f"deep-{nested}", "team/bot/x", "kv2"),
        (deep, "bot/x", "kv2"),
        (flat, "data/bot", "kv1"),
        (flat, "bot", "kv1"),
    ]


def test_online_knows_nested_mounts_and_kv_v1(nested: str, bao: Bao) -> None:
    texts = (
        f"ref+vault://deep-{nested}/team/bot/x?version=1#/k",
        f"ref+vault://flat-{nested}/bot#/k",
        f"vault:flat-{nested}/bot#k",
        f"ref+vault://deep-{nested}/team/absent?version=1#/k",
    )
    references = [one for text in texts for one in find_all(text)]
    inspector = Inspector(bao.client, references)
    assert [inspector.known(one).found for one in references] == ["there", "there", "there", "missing"]


def test_status_and_rotation_of_a_nested_mount(
    nested: str, bao: Bao, repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"deep-{nested}/team/bot/x"
    text = f"a: ref+vault://{name}?version=1#/k\nflat: ref+vault://flat-{nested}/bot#/k\n"
    repo.commit({".sops.yaml": sealer.rules(), "s.enc.yaml": sealer.seal("s.enc.yaml", text)})
    assert main(["status", "--check", "--format", "json"]) == 0
    nest, flat = json.loads(capsys.readouterr().out)["references"]
    assert (nest["latest"], nest["state"]) == (1, "unmanaged")
    assert "no versions" in flat["note"]
    assert main(["rotate", name, "k"]) == 0
    assert f"rotated {name} (k)" in capsys.readouterr().out
    assert "version=2" in sealer.opened("s.enc.yaml", (repo.path / "s.enc.yaml").read_bytes(), "yaml")
