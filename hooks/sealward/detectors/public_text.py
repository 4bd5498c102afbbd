"""Text that looks like a secret and may be read by anybody: digests, addresses, public keys, icons, names."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode

from sealward.detectors.randomness import wordiness
from sealward.detectors.wallets import is_address
from sealward.patterns import late, linear

_SHAPES = linear(
    r"""
      [0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}        # UUID
    | [0-9a-f]{1,40} | [0-9A-F]{1,40}  # git hash, trace id
    | 0x[0-9a-fA-F]{1,40}
    | (?:.*[@:])?(?:md5|sha1|sha224|sha256|sha384|sha512|blake2b|blake3)[:-][A-Za-z0-9+/=_-]{16,}  # SRI
    | h1:[A-Za-z0-9+/]{43}=                                                             # go.sum
    | (?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S+|sk-ssh-\S+|sk-ecdsa-\S+)\s.*
    | -----BEGIN\ (?:PUBLIC\ KEY|RSA\ PUBLIC\ KEY|CERTIFICATE|TRUSTED\ CERTIFICATE|CERTIFICATE\ REQUEST
        |X509\ CRL|PGP\ PUBLIC|PGP\ SIGNATURE|DH\ PARAMETERS|EC\ PARAMETERS|AGE\ ENCRYPTED|PGP\ MESSAGE).*
    | data:[\w.+-]+/[\w.+-]+[;,].*
    | RW[A-Za-z0-9+/]{54}                                                               # minisign
    | [\d.,:/+\-TZ _%eE]*  # numbers, dates, versions
    | v?\d+(?:\.\d+)+[\w.+-]*                                                            # v1.2.3-rc.1+build
    | arn:[\w-]+:.* | projects/[\w-]+/.* | /subscriptions/.* | spiffe://.* | urn:.*
    | (?:i|vpc|subnet|sg|ami|vol|snap|eni|rtb|igw|nat|eipalloc|fs|acl|lt|pl|vpce|dopt|tgw|ou|r)-[0-9a-z-]{8,}
    | [A-Z2-7]{56}                                                                       # Stellar, Algorand
    | [0-7][0-9A-HJKMNP-TV-Z]{25}                                                        # ULID
    | G-[A-Z0-9]{10} | UA-\d+-\d+ | GTM-\w+
    | pk_(?:live|test)_\w+ | [\w.+-]+@[\w-]+(?:\.[\w-]+)+
    | (?:[\w.*-]+\.)+[a-z]{2,24}(?::\d+)?(?:/[\w./:@+-]*)?  # host, image, package
    | (?:\.{0,2}/|~/|[A-Z]:\\)[^\n]*                                                     # path
    """,
    re.VERBOSE | re.DOTALL,
)
_IMAGES = (
    b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\0\0\1\0", b"<svg", b"<?xml", b"RIFF", b"wOF", b"\0\1\0\0",
    b"OTTO", b"%PDF", b"BM", b"\x1f\x8b", b"PK\3\4", b"\0asm", b"-----BEGIN CERT", b"-----BEGIN PUB", b"ssh-",
    b"ID3", b"OggS", b"BZh", b"\xfd7zXZ",
)  # fmt: skip
_BASE64 = late(r"[A-Za-z0-9+/\s]{16,}={0,2}\s*|[A-Za-z0-9_-]{16,}={0,2}")
_ENVIRONMENT = linear(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_NAME = linear(r"[A-Za-z][A-Za-z0-9]*(?:[-_./][A-Za-z0-9]+)*")
_PATH = linear(
    r"(?:\.{0,2}/|~/|file:|[A-Z]:\\)[^\n]*|[\w./-]+\.(?:pem|key|crt|cer|p12|pfx|jks|txt|ya?ml|json|env|toml|age|asc|gpg|sock)"
)
_SECRET_WORD = late(
    r"secret|cred|password|passwd|token|keys?\b|auth|cert|tls|vault|ref\b|sealed", re.IGNORECASE
)
_RESOURCE = late(r"[a-z]{1,12}(?:-[a-z]{1,12})*-(?:secrets?|credentials|creds|tls|cert|keys?|token|auth)")
"""What a resource that holds a secret is called: ``csi-cephfs-secret``."""

_ORDINARY = frozenset(
    """
    true false yes no on off enabled disabled enable disable required optional none null default auto
    always never internal external generic opaque static dynamic rotate rotated manual env file vault
    aws gcp azure kubernetes k8s github gitlab google okta basic bearer digest oauth oauth2 oidc saml
    ldap jwt token password secret key cookie cookies session header query body iam mtls tls ssl hmac
    hs256 rs256 es256 eddsa ed25519 rsa ecdsa secp256k1 sha256 strict lax include omit same-origin
    masked hidden inherit unset empty managed sops age approle userpass unknown deprecated removed
    supported unsupported allow deny both either read write admin-only server client local remote global
    """.split()
)


def is_public(text: str) -> bool:
    """Whether a text has the shape of something that is no secret, whatever its key is called."""
    text = text.strip()
    return (
        _SHAPES.fullmatch(text) is not None
        or is_address(text)
        or _is_public_base64(text)
        or not text.isascii()
    )


def only_a_name(text: str, strict: bool) -> bool:
    """Whether a value under a secret's name merely names it: a path, a variable, ``db-credentials``.

    ``strict`` is for keys that say password: there an ordinary word may well be one.
    """
    lower = text.lower()
    text = text.replace("1password", "onepassword").replace("1PASSWORD", "ONEPASSWORD")
    if lower in ("true", "false", "none", "null", "env", "vault", "required", "optional") or _PATH.fullmatch(
        text
    ):
        return True
    if _ENVIRONMENT.fullmatch(text) and wordiness(text) > 0.5:
        return True
    if not strict and _RESOURCE.fullmatch(text):
        return True
    if _NAME.fullmatch(text) and any(mark in text for mark in "-_./") and _SECRET_WORD.search(text):
        return wordiness(text) > 0.6 and not any(character.isdigit() for character in text)
    if strict:
        return False
    return lower in _ORDINARY or (text.isdecimal() and len(text) < 4)


def _is_public_base64(text: str) -> bool:
    if not _BASE64.fullmatch(text):
        return False
    joined = "".join(text.split())
    try:
        data = b64decode(
            joined + "=" * (-len(joined) % 4),
            altchars=b"-_" if "-" in joined or "_" in joined else None,
            validate=True,
        )
    except (binascii.Error, ValueError):
        return False
    return data.startswith(_IMAGES) or is_public_der(data) or _is_plain(data)


def is_public_der(data: bytes) -> bool:
    """A certificate or a public key: a sequence whose first element is no version number (PKCS#8 has one)."""
    if len(data) < 40 or data[0] != 0x30:
        return False
    start, size = (
        (2, data[1])
        if data[1] < 0x80
        else (2 + (data[1] & 0x7F), int.from_bytes(data[2 : 2 + (data[1] & 0x7F)], "big"))
    )
    return start + size == len(data) and data[start] == 0x30


def _is_plain(data: bytes) -> bool:
    """Decodes to words: an encoded sentence or configuration; data of a Secret is judged elsewhere."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return len(text) >= 8 and text.replace("\n", "").isprintable() and wordiness(text) > 0.5
