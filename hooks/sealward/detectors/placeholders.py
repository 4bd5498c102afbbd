"""Text that stands where a secret would and is not one: references, placeholders, templates.

A placeholder is words about what goes there. Brackets, a dollar sign or the scheme of a store make
nothing harmless by themselves: ``<Tr0ub4dor3>`` and ``ref+echo://Tr0ub4dor3`` are literals.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.detectors.randomness import wordiness
from sealward.patterns import late, linear
from sealward.references import syntax

if TYPE_CHECKING:
    from sealward.patterns import Match

_PLACEHOLDER = linear(
    r"""
      (?P<filled>\$\{[^{}]*\} | \$\([^()]*\)                 # by a shell, Flux, envsubst
        | \{\{.*\}\} | \{%.*%\} | \#\{.*\}\# | <%.*%>)        # by a template engine
    | (?P<words>\$[A-Z_][A-Z0-9_]* | <[^<>]{1,80}> | \[[A-Za-z][\w .-]*\] | %[A-Z_]+% | @[A-Z_]+@   # by hand
        | !\w+\ .*                                            # a tag that something else resolves
        | (?:secret|secretref|akv|awssm|awsps|gsm|bws|doppler|keeper)(?:://|:)(?P<named>\S+))  # another store
    | [xX*.\-_?#]+                                           # xxxx, ****, …
    | ENC\[\w+,[\w:,+/=.-]*\]                                # ciphertext
    | (?:op://[^\s/]+/ | keeper://[^\s/]+/)[^\n]+
    | (?:secret)?ref\+(?:vault|openbao|awsssm|awssecrets|awskms|sops|gcpsecrets|gcs|gkms|tfstate\w*|s3
        |azurekeyvault|gitlab|1password|onepassword|onepasswordconnect|op|doppler|pulumistateapi|k8s|conjur
        |hcpvaultsecrets|bitwarden|infisical|keychain|googlesheets|secretserver|yclockbox|ocivault|oci|akeyless
        |scaleway|bws|keeper|pass)://\S+
    | (?:please[-_ ])?(?:change|replace|fill|insert|set|put|add|enter|use|update|provide)[-_ ]*
        (?:me|this|it|in|with|your|here|by|the|a|an|real|actual|value|secret|token|password|key)
        (?:[-_ .:/]+[a-z]+){0,8}[!.]*
    | (?:todo|tbd|fixme|redacted|placeholder|dummy|example|sample|fake|null|none|nil|n/?a|unset|empty
        |your|some)
        (?:[-_ .:/]*(?:me|here|value|secret|token|password|key|string|text|data))*
        (?:[-_ .:/]+[a-z]+){0,8}[!.]*
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
"""vals' stores without those that give back what stands in the reference (``echo``, ``file``)."""

_BEGINNINGS = (
    *"${<[%@x*.-_?#!", "enc[", "op://", "secret", "ref+", "akv", "aws", "gsm", "bws", "doppler", "keeper",
    "please", "change", "replace", "fill", "insert", "set", "put", "add", "enter", "use", "update", "provide",
    "todo", "tbd", "fixme", "redacted", "placeholder", "dummy", "example", "sample", "fake", "null", "none",
    "nil", "n/a", "na", "unset", "empty", "your", "some",
)  # fmt: skip
"""How every placeholder begins, in lower case: few values do, and the pattern is costly to compile."""

_PUBLIC = linear(
    r"""
      (?:\s*-----BEGIN\ (?:(?:TRUSTED\ )?CERTIFICATE|(?:RSA\ )?PUBLIC\ KEY)-----
         [^-]+-----END\ (?:(?:TRUSTED\ )?CERTIFICATE|(?:RSA\ )?PUBLIC\ KEY)-----\s*)+
    | (?:(?:(?:[\w.,:*\[\]-]+\ )?(?:ssh-(?:rsa|ed25519)|ecdsa-sha2-\w+|sk-[\w.@-]+)
         \ AAAA[A-Za-z0-9+/=]+(?:\ [^\n]*)? | age1[a-z0-9]{50,})\s*)+
    """,
    re.VERBOSE,
)
_PUBLIC_BEGINNINGS = ("-----BEGIN", "ssh-", "ecdsa-", "sk-", "age1")
_INSIDE = linear(r"\$\{[^{}]*\}|\{\{.*?\}\}|<[A-Za-z][\w .:#/-]*>|\bop://", re.DOTALL)
_MARKS = ("${", "{{", "<", "op://")
_DEEPEST = 8
"""Levels of placeholders within placeholders that are taken out."""

_LONGEST = 200
"""Nobody writes a longer placeholder."""

_DEFAULT = late(r"\$\{\w+(?::?[-=])(.*)\}", re.DOTALL)
_QUOTED = late(r"\"([^\"]*)\"|'([^']*)'")
_TECHNICAL = late(
    r"(?i)(?<![A-Za-z0-9])(?:(?:base|sha|md|aes|rsa|ed|es|hs|rs|utf|http|oauth|ipv|x|pkcs|k|s|v|p|h|bip|argon"
    r"|key|token|user|host|node|db|app|item|name|id|secret|value)-?\d{1,5}|k8s|2fa|l2tp|web3)(?![A-Za-z0-9])"
)
_ABBREVIATED = late(
    r"(?i)(?<![A-Za-z])(?:your|my|key|keys|pwd|pass|smtp|ldap|https?|jwt|ssh|tls|ghp|x{3,})(?![A-Za-z])"
)
"""What people write into placeholders, and what does not read as words do."""
_MIXED = late(r"[A-Za-z][0-9]|[0-9][A-Za-z]")
_ODD = late(r"[^\w\s.,:;/'\"()\[\]<>{}|%@!?#$*=-]|(?<=\w)[$!%@*=](?=\w)")
_FEW = 4
"""So few letters are read as an abbreviation (``<pw>``, ``$DB``)."""


def is_harmless(text: str, base64: bool = False) -> bool:
    """Whether a value is empty, a reference, public matter, or a placeholder that something else fills in.

    With ``base64`` the decoded text is judged (Kubernetes ``data``), where it decodes to text.
    """
    text = text.strip()
    if not text or _is_marker(text):
        return True
    return _is_marker(decoded(text)) if base64 else False


def without_placeholders(text: str) -> str:
    """A text with what is filled in later taken out, one within another (``${USER:=${APP}}``) too."""
    if not any(mark in text for mark in _MARKS):
        return text
    for _ in range(_DEEPEST):
        shorter = _INSIDE.sub(_what_stays, text)
        if shorter == text:
            break
        text = shorter
    return text


def holds_placeholder(text: str) -> bool:
    """Whether something in a text is filled in later: ``postgres://${USER}:${PASSWORD}@db``."""
    if not any(mark in text for mark in _MARKS):
        return False
    return any(not _what_stays(match) for match in _INSIDE.finditer(text))


def _what_stays(match: Match) -> str:
    """A bracket with a literal in it stays where it is."""
    found: str = match.group()
    if found.startswith("<"):
        return "" if are_words(found) else found
    return found if found.startswith(("${", "{{")) and _hides_literal(found) else ""


def _is_marker(text: str) -> bool:
    if syntax.parse(text) is not None or syntax.is_ciphertext(text):
        return True
    if (text.startswith(_PUBLIC_BEGINNINGS) or " AAAA" in text) and _PUBLIC.fullmatch(text) is not None:
        return True
    return len(text) <= _LONGEST and _may_fill(text) and _is_placeholder(text)


def _is_placeholder(text: str) -> bool:
    match = _PLACEHOLDER.fullmatch(text)
    if match is None:
        return False
    if match["words"] is not None:
        return _names_variable(text) or are_words(match["named"] or text)
    return match["filled"] is None or not _hides_literal(text)


def _names_variable(text: str) -> bool:
    """``$DB_PASSWORD_2``: as an environment's variables are written."""
    return text.startswith("$") and text == text.upper() and ("_" in text or not _MIXED.search(text))


def are_words(text: str) -> bool:
    """Whether a text is words that name something, and cannot be a password: no digit beside a letter."""
    plain = _ABBREVIATED.sub(" ", _TECHNICAL.sub(" ", text))
    if _MIXED.search(plain) or _ODD.search(plain):
        return False
    letters = sum(character.isalpha() for character in plain)
    constant = "_" in plain and plain == plain.upper()
    return letters <= _FEW or constant or not plain.isascii() or wordiness(plain) > 0.5


def _hides_literal(text: str) -> bool:
    """Whether a template holds a literal itself: as a default, or in quotes."""
    default = _DEFAULT.fullmatch(text)
    inside = [default[1]] if default else [a or b for a, b in _QUOTED.findall(text)]
    return any(len(one) >= 8 and " " not in one and _looks_drawn(one) for one in inside)


def _looks_drawn(text: str) -> bool:
    return bool(_MIXED.search(text)) and wordiness(text) < 0.5 and not text.startswith(("/", ".", "http"))


def _may_fill(text: str) -> bool:
    """Cheaply, whether a text may be a placeholder; other alphabets have letters that match as ours do."""
    return text.lower().startswith(_BEGINNINGS) or not text.isascii()


def decoded(text: str) -> str:
    """Base64 text decoded, where it is that, and text inside; else as it is."""
    import binascii
    from base64 import b64decode

    try:
        return b64decode("".join(text.split()), validate=True).decode().strip()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return text
