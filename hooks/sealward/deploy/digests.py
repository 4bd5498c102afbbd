"""Digests of values, by key, under a salt that only readers of the Secret know.

Workloads can be read by people who may not read Secrets, and short secrets could be guessed from a bare
hash: so the digest is keyed, and the salt lies beside the values.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, NamedTuple

from sealward.deploy.wanted import DOMAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sealward.plaintext import Plaintext

SIZE = 16
"""Bytes of a salt, and of a digest."""

_PREFIX = "secret."
_LONGEST = 63 - len(_PREFIX)


class Recorded(NamedTuple):
    """What a pod template says of one Secret: which salt, and the digest of each key in use."""

    salt: str
    keys: Mapping[str, str]


def annotation(secret: str) -> str:
    """The name of the annotation of a pod template that speaks of a Secret: at most 63 characters behind the
    domain, so a longer name is cut, and its hash stands behind it."""
    if len(secret) > _LONGEST:
        cut = secret[:39].rstrip("-.")
        secret = f"{cut}.{hashlib.sha256(secret.encode()).hexdigest()[:16]}"
    return f"{DOMAIN}{_PREFIX}{secret}"


def of_keys(salt: str, data: Mapping[str, Plaintext]) -> dict[str, str]:
    """The digest of each key; ``salt`` is hex. The key and the length are part of it."""
    secret = bytes.fromhex(salt)
    found = {}
    for key, value in data.items():
        head = f"{len(key)}:{key}:{len(value.reveal())}:".encode()
        digest = hmac.new(secret, head + value.reveal(), hashlib.sha256).digest()[:SIZE]
        found[key] = digest.hex()
    return found


def mark_of(salt: str) -> str:
    """By what two salts are known to differ; it gives neither away."""
    return hashlib.sha256(f"sealward:{salt}".encode()).hexdigest()[:8]


def is_salt(text: str) -> bool:
    """Whether an annotation holds a salt as we write it."""
    return len(text) == 2 * SIZE and all(one in "0123456789abcdef" for one in text)


def record(salt: str, digests: Mapping[str, str], keys: Iterable[str]) -> str:
    """The annotation's text for the keys that a workload uses."""
    used = {key: digests[key] for key in sorted(set(keys)) if key in digests}
    return json.dumps({"salt": mark_of(salt), "keys": used}, separators=(",", ":"))


def recorded(text: str) -> Recorded | None:
    """What an annotation says; None for anything that we do not write."""
    try:
        found = json.loads(text)
        keys = found["keys"]
        return Recorded(str(found["salt"]), {str(key): str(one) for key, one in keys.items()})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
