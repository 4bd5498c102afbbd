"""What the name of a key says about its value: a secret, something public, or nothing."""

from __future__ import annotations

import re
from functools import lru_cache

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPLIT = re.compile(r"[^a-z0-9]+")

_SECRET = frozenset(
    """
    password passwd passphrase passwort pass pwd pw secret secrets token jwt apikey apisecret apitoken
    secretkey accesskey privatekey mnemonic seed seedphrase credential credentials creds bearer
    authtoken accesstoken refreshtoken cookie xprv wif pepper dsn totp otpauth authkey psk webhook pat
    pin clientsecret masterkey signingkey encryptionkey kek keypair privkey sk htpasswd auth
    """.split()
)
_SECRET_PAIRS = frozenset(
    f"{first} {last}"
    for last, firsts in {
        "key": "api access secret private signing encryption master account license wallet hmac auth deploy"
        " shared service storage session app consumer root unseal recovery hot aes rsa ssh tls jwt ingest"
        " integration routing",
        "phrase": "seed recovery pass secret backup", "words": "seed mnemonic recovery",
        "string": "connection", "code": "recovery backup", "codes": "recovery backup", "seed": "wallet totp",
        "share": "unseal key recovery", "hash": "password passwd",
        "url": "database webhook db redis mongo amqp", "uri": "database webhook db redis mongo amqp",
        "id": "secret", "pem": "private key tls", "data": "key",
        "salt": "password session",
    }.items()
    for first in firsts.split()
)  # fmt: skip
_PUBLIC = frozenset(
    """
    hash digest checksum sha sha1 sha256 sha512 md5 commit revision rev ref refs tx txid txhash
    transaction address addr pubkey recipient recipients fingerprint thumbprint id ids uid uuid guid
    image tag tags url urls uri endpoint host hostname cert certificate certs ca cacert icon logo mint
    contract topic root genesis block signature sri integrity etag version name names path file filename
    dir folder title label description message text comment note link href public region zone bucket
    namespace selector regex pattern schedule cron locale email user username login owner arn resource
    project program pool symbol symbols market markets pair pairs asset assets salt nonce cid merkle
    ipfs build trace span kid issuer audience subject location avatar screenshot
    """.split()
)
_ABOUT = frozenset(
    """
    name names ref refs id ids url uri path file filename dir ttl length len size min max count limit
    limits expiry expires expiration lifetime header headers type kind policy policies enabled disabled
    required version format endpoint host port user username address mint symbol decimals contract label
    description hint mode method provider store manager engine rotation interval days hours minutes
    seconds age prefix suffix field key_name location source backend mount role roles scheme algorithm
    alg issuer audience scope scopes budget pool pair usage bucket namespace rules regex pattern command
    cmd env variable var template reviewer rotated reset list set standard program index
    """.split()
)
_NEGATING = frozenset(
    """
    public existing use has is no enable require without disable allow per max min num total
    """.split()
)
_SEALING = frozenset(("unencrypted", "encrypted", "plain", "plaintext", "clear", "cleartext", "decrypted"))


def last_key(path: tuple[str | int, ...]) -> str:
    """The last mapping key of a path; empty where it has none."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


@lru_cache(maxsize=1024)
def words_of(key: str) -> tuple[str, ...]:
    """The words of a key's name, in lower case: ``dbPassword``, ``DB_PASSWORD`` → db, password."""
    return tuple(word for word in _SPLIT.split(_CAMEL.sub("_", key).lower()) if word)


def _telling(key: str) -> tuple[str, ...]:
    """The words of a key's name without what says nothing about its kind at the end.

    ``api_key_2`` is an ``api_key``, and so is ``api_key_unencrypted``, as a selector's suffix makes it.
    """
    words = words_of(key)
    while words and (words[-1].isdigit() or words[-1] in _SEALING):
        words = words[:-1]
    return words


@lru_cache(maxsize=1024)
def names_secret(key: str) -> bool:
    """Whether a key's name announces a secret, and not something about one (``token_ttl``)."""
    words = _telling(key)
    if not words or words[0] in _NEGATING or "public" in words:
        return False
    pair = " ".join(words[-2:])
    if pair in _SECRET_PAIRS or f"{pair}s" in _SECRET_PAIRS:
        return True
    last = words[-1].removesuffix("s") if words[-1] not in _SECRET else words[-1]
    return last in _SECRET or pair.removesuffix("s") in _SECRET_PAIRS or _tells_kind(words)


def _tells_kind(words: tuple[str, ...]) -> bool:
    """``password_prod``, ``token_ci``: the secret's word stands first, and nothing about it follows."""
    if len(words) > 3 or words[0] not in _SECRET or words[0] in ("auth", "pass", "pin", "seed", "webhook"):
        return False
    return not any(word in _ABOUT for word in words[1:])


def names_public(key: str) -> bool:
    """Whether a key's name announces something that anybody may read: a digest, an address, an id."""
    words = _telling(key)
    return bool(words) and (
        words[-1] in _PUBLIC or words[-1].removesuffix("s") in _PUBLIC or "public" in words
    )


def names_wealth(key: str) -> bool:
    """Whether ``token`` may mean a coin here: then an address or a ticker symbol is no credential."""
    return bool({"token", "tokens"} & set(words_of(key)))
