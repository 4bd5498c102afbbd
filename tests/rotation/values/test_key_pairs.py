"""Key pairs, read back by the libraries and programs that use them."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_ssh_private_key,
    load_ssh_public_key,
)
from pyrage import x25519

from sealward.errors import SealwardError
from sealward.rotation.values import key_pairs


def test_ssh_ed25519() -> None:
    private, public = key_pairs.ssh_ed25519()
    derived = load_ssh_private_key(private.reveal(), None).public_key()
    assert derived.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH) == public.reveal()
    load_ssh_public_key(public.reveal())


def test_age() -> None:
    identity, recipient = key_pairs.age()
    assert str(x25519.Identity.from_str(identity.text()).to_public()) == recipient.text()


@pytest.mark.parametrize(
    ("keys", "public"),
    [
        (("key",), ()),
        (("private_key", "public_key"), ("public_key",)),
        (("id_ed25519", "id_ed25519.pub"), ("id_ed25519.pub",)),
        (("identity", "recipient"), ("recipient",)),
    ],
)
def test_the_public_half_goes_by_name(keys: tuple[str, ...], public: tuple[str, ...]) -> None:
    pair = key_pairs.age()
    values = key_pairs.for_keys(pair, keys)
    assert [key for key in keys if values[key] == pair[1]] == list(public)
    assert sum(values[key] == pair[0] for key in keys) == 1


@pytest.mark.parametrize("keys", [("public_key",), ("key_a", "key_b"), ()])
def test_one_private_half_exactly(keys: tuple[str, ...]) -> None:
    with pytest.raises(SealwardError, match="one private half"):
        key_pairs.for_keys(key_pairs.age(), keys)
