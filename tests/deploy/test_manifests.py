"""Sealed manifests, sealed by the real sops, and what is wanted of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sealward.deploy import manifests
from sealward.deploy.proxy import Cluster
from sealward.deploy.settings import Target
from sealward.errors import SealwardError
from sealward.sealed.files import open_sealed
from sealward.sops.reading.identities import find

if TYPE_CHECKING:
    from sealward.deploy.wanted import Wanted
    from tests.support.sops import Sealer

TARGET = Target(
    name="t", path="deploy.yaml", line=1, cluster=Cluster("c"), namespace="trading", namespaces=("other",)
)
HEAD = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: keys\n"
REFERENCE = "vault:secret/data/bot#key#7"


def read(sealer: Sealer, text: str, *, whole: bool = False) -> list[Wanted]:
    rules = sealer.rules() if whole else sealer.rules() + "    encrypted_regex: ^(data|stringData)$\n"
    data = sealer.seal("k.enc.yaml", text, rules)
    return list(manifests.read(open_sealed("k.enc.yaml", Path("k.enc.yaml"), data, find()), TARGET))


def test_name_type_labels_and_values(sealer: Sealer) -> None:
    text = (
        f"{HEAD}  namespace: other\n  labels: {{team: bots}}\n  annotations: {{note: 'yes'}}\n"
        f"type: example.org/x\nstringData:\n  A: {REFERENCE}\n  B: text\ndata:\n  C: aGVsbG8=\n"
    )
    (found,) = read(sealer, text)
    assert (found.id, found.type, found.labels, found.annotations) == (
        "other/keys", "example.org/x", {"team": "bots"}, {"note": "yes"}
    )  # fmt: skip
    assert found.pins == {"A": "secret/bot#key#7"}
    assert set(found.entries) == {"A", "B", "C"}
    assert found.entries["A"].place[1:3] == (12, 8)


def test_several_documents_and_lists(sealer: Sealer) -> None:
    second = HEAD.replace("keys", "more") + "stringData: {A: b}\n"
    assert [one.name for one in read(sealer, f"{HEAD}stringData: {{A: b}}\n---\n{second}")] == [
        "keys",
        "more",
    ]
    listed = (
        "apiVersion: v1\nkind: List\nitems:\n  - " + HEAD.replace("\n", "\n    ") + "stringData: {A: b}\n"
    )
    assert [one.name for one in read(sealer, listed)] == ["keys"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("kind: ConfigMap\napiVersion: v1\ndata: {a: b}\n", ":1:1: holds no Secret"),
        (HEAD, "has no keys"),
        (HEAD.replace("name: keys", "generateName: k") + "stringData: {A: b}\n", "`metadata.generateName` is not deployed"),
        (HEAD.replace("name: keys", "labels: {a: b}") + "stringData: {A: b}\n", "the Secret has no name"),
        (HEAD.replace("keys", "Keys") + "stringData: {A: b}\n", "4:11: metadata.name: 'Keys' cannot be the name"),
        (f"{HEAD}  namespace: elsewhere\nstringData: {{A: b}}\n", "5:16: metadata.namespace: the namespace elsewhere is not"),
        (f"{HEAD}  uid: x\nstringData: {{A: b}}\n", "`metadata.uid` is the server's own"),
        (f"{HEAD}  annotations: {{sealward.dev/salt: x}}\nstringData: {{A: b}}\n", "is not to be set by hand"),
        (f"{HEAD}stringdata: {{A: b}}\nstringData: {{A: b}}\n", "a Secret has no field 'stringdata'"),
        (f"{HEAD}stringData:\n  'A B': c\n", "'A B' cannot be a key"),
        (f"{HEAD}stringData:\n  A: ''\n", ":6:8: stringData.A: is empty"),
        (f"{HEAD}stringData:\n  A: null\n", "is empty"),
        (f"{HEAD}stringData:\n  A: 12345678\n", ":6:8: stringData.A: is a number, which a Secret cannot hold; put it in quotes"),
        (f"{HEAD}stringData:\n  A: true\n", "is true or false"),
        (f"{HEAD}stringData:\n  A: {{b: c}}\n", "is not one text"),
        (f"{HEAD}stringData: {{A: b}}\ndata: {{A: Yg==}}\n", "stands under both `data` and `stringData`"),
        (f"{HEAD}data:\n  A: plain text\n", ":6:8: data.A: is not Base64; write plain text under `stringData`"),
        (f"{HEAD}stringData:\n  A: vault:secret/data/bot#key\n", ":6:8: stringData.A: secret/bot#key has no pin"),
    ],
)  # fmt: skip
def test_mistakes_are_pointed_at(text: str, reason: str, sealer: Sealer) -> None:
    from sealward.deploy.wanted import check_all

    with pytest.raises(SealwardError) as caught:
        check_all(read(sealer, text))
    assert str(caught.value).startswith("k.enc.yaml:")
    assert reason in str(caught.value)
    assert "12345678" not in str(caught.value)


def test_a_manifest_that_is_sealed_as_a_whole_says_how_to_seal_it(sealer: Sealer) -> None:
    with pytest.raises(SealwardError, match=r"holds no Secret; a manifest is sealed with `encrypted_regex"):
        read(sealer, f"{HEAD}stringData: {{A: b}}\n", whole=True)
