"""Secrets as the API gives and takes them."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from sealward.deploy import live
from sealward.deploy.live import Meta
from sealward.plaintext import Plaintext


def body(**more: Any) -> dict[str, Any]:
    fields = {"f:data": {"f:a": {}}, "f:metadata": {"f:labels": {"f:x": {}}, "f:annotations": {"f:y": {}}}}
    managed = [
        {"manager": "sealward", "operation": "Apply", "fieldsV1": fields},
        {"manager": "human", "operation": "Update", "fieldsV1": {"f:data": {"f:b": {}}}},
    ]
    metadata = {"name": "n", "uid": "u", "resourceVersion": "7", "managedFields": managed, **more}
    return {"metadata": metadata, "type": "Opaque", "data": {"a": b64encode(b"1").decode(), "b": "Mg=="}}


def test_what_is_read() -> None:
    found = live.read(body(labels={live.MANAGED_BY: "sealward", live.TARGET: "t"}))
    assert (found.version, found.ours, found.names) == ("7", frozenset("a"), frozenset("xy"))
    assert found.data["b"].text() == "2"
    assert (found.belongs_to("t"), found.belongs_to("u"), found.has_copy) == (True, False, False)
    assert "MQ==" not in repr(found)


@pytest.mark.parametrize(
    ("text", "pending"), [('["a","b"]', {"a", "b"}), ("", set()), ("x", set()), ("{}", set()), ("[1]", set())]
)
def test_a_mark_of_pending_restarts(text: str, pending: set[str]) -> None:
    assert live.read(body(annotations={live.PENDING: text} if text else {})).pending == pending
    assert live.marker(pending) == ({live.PENDING: '["a", "b"]'} if pending else {})


def test_what_is_sent_has_all_data_and_no_empty_field() -> None:
    sent = live.body(
        "n", "Opaque", {"k": Plaintext(b"\xff")}, Meta({}, {"a": "b"}), version="", immutable=False
    )
    assert sent == {
        "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": {"k": "/w=="},
        "metadata": {"name": "n", "annotations": {"a": "b"}},
    }  # fmt: skip
    assert live.body("n", "Opaque", {}, Meta({}, {}), immutable=True)["immutable"] is True


@pytest.mark.parametrize("text", ["", "x", "[]", "3"])
def test_pins_that_we_did_not_write_are_none(text: str) -> None:
    assert live.parsed(text) == {}
