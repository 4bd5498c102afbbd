"""A sealed file as a diff shows it, in every store; with a key and without; damaged, and in conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.differences.masking import View
from sealward.differences.textconv import converted
from sealward.sops.reading.identities import find
from tests.support.merges import edited, merged

if TYPE_CHECKING:
    from tests.support.sops import Sealer

TEXT = {
    "s.enc.yaml": "# note\na: vault:secret/data/bot#key#7\nb: hunter2-canary\nc: 5\n---\nd: hunter2-canary\n",
    "s.enc.json": '{"a": "vault:secret/data/bot#key#7", "b": "hunter2-canary", "m": {"c": 5}}',
    "s.enc.env": "# note\na=vault:secret/data/bot#key#7\nb=hunter2-canary\n",
    "s.enc.ini": "[s]\na = `vault:secret/data/bot#key#7`\nb = hunter2-canary\n",
}


def shown(path: str, data: bytes, key: bool = True) -> str:
    return converted(path, data, find() if key else find({}), View.REFERENCES, None).decode()


@pytest.mark.parametrize("path", TEXT)
def test_references_and_no_secret(sealer: Sealer, path: str) -> None:
    data = sealer.seal(path, TEXT[path])
    text = shown(path, data)
    assert "vault:secret/data/bot#key#7" in text
    assert "hunter2" not in text
    assert "ENC[" not in text
    assert "lastmodified" not in text
    assert "<str, 14 bytes, ~" in text
    assert f"# sealed for age {sealer.recipient[:20]}" in text
    closed = shown(path, data, key=False)
    assert "vault:" not in closed
    assert "<sealed str, 14 bytes, ~" in closed
    assert all(len(line) < 120 for line in closed.split("\n"))


def test_only_what_changed_differs(sealer: Sealer) -> None:
    data = sealer.seal("s.enc.yaml", TEXT["s.enc.yaml"])
    before, after = (
        shown("s.enc.yaml", one).split("\n") for one in (data, edited("s.enc.yaml", data, b="other"))
    )
    assert len(before) == len(after)
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


def test_a_mac_that_does_not_fit_is_said(sealer: Sealer) -> None:
    data = sealer.seal("s.enc.yaml", TEXT["s.enc.yaml"].replace("hunter2-canary", "x"))
    assert "# MAC" not in shown("s.enc.yaml", data)
    lines = data.split(b"\n")
    broken = b"\n".join(line for line in lines if not line.startswith(b"c:"))
    assert "# MAC: mismatch" in shown("s.enc.yaml", broken)


def test_a_file_in_conflict_is_shown_with_its_markers(sealer: Sealer) -> None:
    base = sealer.seal("s.enc.yaml", "a: vault:secret/data/bot#key\nb: x\n")
    ours, theirs = (
        edited("s.enc.yaml", base, a=f"vault:secret/data/{one}#key#1") for one in ("bot", "other")
    )
    text = shown("s.enc.yaml", merged(base, ours, theirs).data)
    assert (
        "<<<<<<< ours\na: vault:secret/data/bot#key#1\n=======\na: vault:secret/data/other#key#1\n>>>>>>>"
        in text
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a: 1\n",
        b"\xff\xfe\x00ENC[AES256_GCM,",
        b"sops: ENC[AES256_GCM, mac lastmodified",
        b"a: [\nENC[AES256_GCM sops mac",
    ],
)
def test_what_is_not_sealed_is_shown_as_it_is(data: bytes) -> None:
    assert converted("x.yaml", data, find({}), View.REFERENCES, None) == data
