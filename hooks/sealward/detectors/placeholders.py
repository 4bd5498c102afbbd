"""Text that stands where a secret would and is none: references, placeholders, templates."""

from __future__ import annotations

import re

from sealward.patterns import late
from sealward.references import syntax

_PLACEHOLDER = late(
    r"""
      \$\{[^{}]*\} | \$\([^()]*\) | \$[A-Z_][A-Z0-9_]*      # filled in by a shell, Flux, envsubst
    | \{\{.*\}\} | \{%.*%\} | \#\{.*\}\# | <%.*%>            # by a template engine
    | <[^<>]{1,80}> | \[[A-Za-z][\w .-]*\] | %[A-Z_]+% | @[A-Z_]+@   # by hand
    | [xX*.\-_?#]+                                           # xxxx, ****, …
    | (?:ENC|enc)\[.*
    | !\w+\ .*                                              # a tag that something else resolves
    | (?:op|secret)://[^\n]+
    | (?:ref\+\w+|secretref|akv|awssm|awsps|gsm|bws|doppler|keeper)(?:://|:)\S+  # another store
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
_BEGINNINGS = (
    *"${<[%@x*.-_?#!", "enc[", "op://", "secret", "ref+", "akv", "aws", "gsm", "bws", "doppler", "keeper",
    "please", "change", "replace", "fill", "insert", "set", "put", "add", "enter", "use", "update", "provide",
    "todo", "tbd", "fixme", "redacted", "placeholder", "dummy", "example", "sample", "fake", "null", "none",
    "nil", "n/a", "na", "unset", "empty", "your", "some",
)  # fmt: skip
"""How every placeholder begins, in lower case: hardly a value does, and the pattern is costly to compile."""

_PUBLIC = late(
    r"""
      (?:\s*-----BEGIN\ (?P<kind>(?:TRUSTED\ )?CERTIFICATE|(?:RSA\ )?PUBLIC\ KEY)-----
         [^-]+-----END\ (?P=kind)-----\s*)+
    | (?:(?:ssh-(?:rsa|ed25519)|ecdsa-sha2-\w+|sk-[\w.@-]+)\ [A-Za-z0-9+/=]+(?:\ [^\n]*)?\s*)+
    """,
    re.VERBOSE,
)
_PUBLIC_BEGINNINGS = ("-----BEGIN", "ssh-", "ecdsa-", "sk-")
_INSIDE = late(r"\$\{[^{}]*\}|\{\{.*?\}\}|<[A-Za-z][\w .:#/-]*>|\bop://", re.DOTALL)
_LONGEST = 200
"""Nobody writes a longer placeholder."""
_SENSITIVE_KEY = late(
    r"(?:^|[_\-. ])(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key"
    r"|private[_-]?key|client[_-]?secret|credentials?)$",
    re.IGNORECASE,
)
_CAMEL = late(r"(?<=[a-z0-9])(?=[A-Z])")


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
    found = 1
    while found:
        text, found = _INSIDE.subn("", text)
    return text


def holds_placeholder(text: str) -> bool:
    """Whether something in a text is filled in later: ``postgres://${USER}:${PASSWORD}@db``."""
    return _INSIDE.search(text) is not None


def is_sensitive_key(path: tuple[str | int, ...]) -> bool:
    """Whether the last mapping key of a path names a credential (``db_password``, ``apiKey``)."""
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    words = _CAMEL.sub("_", key)
    return _SENSITIVE_KEY.search(words) is not None and not words.lower().startswith(("existing", "use_"))


def _is_marker(text: str) -> bool:
    if syntax.parse(text) is not None:
        return True
    if text.startswith(_PUBLIC_BEGINNINGS) and _PUBLIC.fullmatch(text) is not None:
        return True
    return len(text) <= _LONGEST and _may_fill(text) and _PLACEHOLDER.fullmatch(text) is not None


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
