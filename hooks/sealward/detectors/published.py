"""Keys and tokens that everybody knows: examples of standards, defaults of emulators and test chains."""

from __future__ import annotations

import re

from sealward.patterns import linear

_PUBLISHED = linear(
    r"""
      czZCaGRSa3F0M[\w=]* | QWxhZGRpbjpvcGVuIHNlc2FtZQ== | dXNlcjpwYXNz(?:d29yZA==|)     # RFC 6749, 7617
    | mF_9\.B5f-4\.1JqM                                                                  # RFC 6750
    | eyJ[\w-]+\.eyJzdWIiOiIxMjM0NTY3ODkw[\w-]*\.[\w-]*                               # jwt.io
    | eyJ[\w-]+\.eyJpc3MiOiJPbmxpbmUgSldUIEJ1aWxkZXIi[\w-]*\.[\w-]*                  # jwtbuilder
    | eyJ[\w-]+\.eyJzb21lIjoicGF5bG9hZCJ9\.[\w-]*                                       # PyJWT
    | eyJ[\w-]+\.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQog[\w-]*\.[\w-]*         # RFC 7515, 7519
    | eyJ[\w-]+\.eyJpc3MiOiJzdXBhYmFzZS1kZW1v[\w-]*\.[\w-]*              # Supabase, local
    | Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6[\w/+=]*               # Azurite
    | C2y6yDjf5/R\+ob0N8A7Cgv30VRDJIWEHLM\+4QDU5DE2nQ9nDuVTqobD4b8m[\w/+=]*             # Cosmos DB emulator
    | wJalrXUtnFEMI/K7MDENG/bPxRfiCY\w{0,12} | A[KS]IA\w{9}EXAMPLE | A[KS]IAIOSFODNN7\w{7}       # AWS
    | (?:0x)?(?:ac0974bec39a17e3|59c6995e998f97a5|5de4111afa1a4b94|7c852118294e51e6  # Hardhat
      |47e179ec19748859|8b3a350cf5c34c91|92db14e403b83dfe|4bbbf85ce3377467|dbda1821b80551c9
      |2a871d0798f97d79)[0-9a-f]{48}
    | JBSWY3DPEHPK3PXP                                                                   # otpauth
    | sk_test_(?:4eC39HqLyj|BQokikJOvB|tR3PYbcVNZ)\w* | sb_secret_N7UND0UgjKTVK[\w-]*    # Stripe, Supabase
    | 110201543:AAHdqTcvCH\w* | MTk4NjIyNDgzNDcxOTI1MjQ4\.[\w-]+\.[\w-]+                # Telegram, Discord
    | (?:0x)?4f3edf983ac636a6[0-9a-f]{48}                                                # Ganache
    """,
    re.VERBOSE,
)
_EXAMPLE = re.compile(r"EXAMPLE|(?i:x{6,}|\.{3}|…|0{8,}|1234567890|abcdef|123e4567-e89b|your[-_]|<[a-z])")


def is_example(token: str) -> bool:
    """Whether a token, or the line that it stands in, was written to show what such a token looks like."""
    return _EXAMPLE.search(token) is not None


_CIPHERTEXT = linear(r"ENC\[AES256_GCM,[^\]\s]*\]")
_PUBLIC_KEY = linear(r"\b(?:ssh-[a-z0-9]+|ecdsa-sha2-\S+|sk-(?:ssh|ecdsa)\S+) AAAA[A-Za-z0-9+/=]+")


def without_ciphertext(text: str) -> str:
    """The text without what sops encrypted, and without public keys of SSH."""
    if "ENC[" in text:
        text = _CIPHERTEXT.sub("", text)
    return _PUBLIC_KEY.sub("", text) if " AAAA" in text else text


def without_published(text: str) -> str:
    """The text without what stands in everybody's documentation, so that only the rest is judged."""
    return _PUBLISHED.sub("", text)
