"""What a refusal of KV v2 means to people."""

from __future__ import annotations

import pytest

from sealward.vault.refusals import CheckAndSetMismatch, lost, missing, unversioned
from sealward.vault.transport import VaultError


def refusal(status: int, **told: object) -> VaultError:
    error = VaultError("refused", "see", status)
    error.body = {"data": {"metadata": told}} if told else {}
    return error


@pytest.mark.parametrize(
    ("error", "version", "message"),
    [
        (refusal(404), None, "Vault has no secret s/a"),
        (refusal(404), 3, "s/a has no version 3"),
        (refusal(404, version=3, destroyed=True), 3, "version 3 of s/a is destroyed"),
        (refusal(404, version=3, deletion_time="2026-01-01T00:00:00Z"), 3, "version 3 of s/a is deleted"),
        (refusal(403), 3, "refused"),
    ],
)
def test_what_is_missing(error: VaultError, version: int | None, message: str) -> None:
    found = missing(error, "s/a", version)
    assert found.message == message
    assert found.status == error.status
    assert found.body == error.body


def test_hints_are_commands_that_a_shell_takes() -> None:
    assert (
        "kv undelete -versions=3 'a b'" in missing(refusal(404, version=3, deletion_time="x"), "a b", 3).hint
    )
    assert "`bao kv enable-versioning kv`" in unversioned("kv").hint


def test_a_lost_race_says_that_nothing_was_written() -> None:
    error = lost("s", "a", 3)
    assert isinstance(error, CheckAndSetMismatch)
    assert "we wrote nothing" in error.message
