"""What stands in everybody's documentation, and what sops encrypted, is taken out before a text is judged."""

from __future__ import annotations

from sealward.detectors.published import is_example, without_ciphertext, without_published


def test_published_examples() -> None:
    assert without_published("key AKIAIOSFODNN7EXAMPLE!") == "key !"
    assert without_published("key 4711") == "key 4711"
    assert is_example("ghp_" + "x" * 36)
    assert not is_example("ghp_q8Zt3LmVx0Rb7WcY2NsKd5")


def test_ciphertext_and_public_keys() -> None:
    text = "a ENC[AES256_GCM,data:x,iv:y,tag:z,type:str] hunter2"
    assert without_ciphertext(text) == "a  hunter2"
    assert without_ciphertext("ENC[hunter2") == "ENC[hunter2"
    assert without_ciphertext("ssh-ed25519 AAAAC3NzaC1lZDI1 me") == " me"
