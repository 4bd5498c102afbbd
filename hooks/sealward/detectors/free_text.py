"""Secrets in text that is not one value: comments, mapping keys, and lines of files that are not sealed."""

from __future__ import annotations

from sealward.detectors.key_names import names_secret, words_of
from sealward.detectors.literals import (
    MAX_CHARACTERS,
    assignments,
    by_chance,
    by_name,
    looks_generated,
    random_word,
)
from sealward.detectors.logins import basic_password, logins_in
from sealward.detectors.placeholders import is_harmless, without_placeholders
from sealward.detectors.published import is_example, without_ciphertext, without_published
from sealward.detectors.randomness import is_random, wordiness
from sealward.detectors.tokens.search import known_token, tokens_in
from sealward.detectors.wallets import wallet_in, wallet_secret
from sealward.patterns import late, linear

_ASSIGNMENT = linear(
    r"(?:^|[\s,{\"'-])(?P<key>[A-Za-z][\w.-]{1,60})[\"']?[ \t]*[:=][ \t]*[\"']?(?P<value>[^\s\"',}]{3,})"
)
HIDDEN = "********"
_PROSE = late(r"[A-Za-z]{2,}[,.;:]?(?: [\w\"'(])")
"""A word and more words: ``api_key: Top right corner, …`` says where a secret is to be found."""

_WORDS = 0.8
"""Keys in addresses are made by programs: words are not one (``?key=value2``)."""

_SAMPLE_HASH = late(
    r"\$2[abxy]?\$04\$|\$[0-9a-z-]{1,8}\$(?:rounds=\d+\$)?(?i:[a-z]*(?:salt|example)[a-z]*)\$"
)
"""Of the least cost that there is, as test suites have it; or under a salt that says that it is a sample."""

_PHRASE = late(r"[a-z]{3,12}(?: [a-z]{3,12}){3,23}")
_PHRASES = frozenset(("passphrase", "mnemonic", "seed", "phrase", "password"))
_SPEAKING = frozenset(
    """
    the and for are was has not see ask use get put set you your our its this that with from into must can may
    will should here there where when which what who how only never always lives stands kept stored found
    """.split()
)
"""Words that sentences are made with, and passphrases rarely."""


def in_comment(text: str) -> str | None:
    """What secret a comment holds: one that would be one as a value, or beside its key's name."""
    text = without_placeholders(without_ciphertext(text)).strip()
    known = known_token(text) or wallet_secret(text)
    text = text[:MAX_CHARACTERS]
    return known or _assigned(text) or _alone(text) if text else None


def in_key(text: str) -> str | None:
    """What secret a mapping key is: only of a known shape, as names may be of any other."""
    return in_line(text)


def in_line(line: str) -> str | None:
    """What secret of a known shape a line holds. Nothing is guessed from names, and no example counts."""
    line = without_published(line)
    for name, token in tokens_in(line):
        if not is_example(token) and _counts(name, token):
            return name
    for name, password in logins_in(line):
        if looks_generated(password) and (name != "a URL with a key" or wordiness(password) < _WORDS):
            return name
    return wallet_in(line)


def _counts(name: str, token: str) -> bool:
    """Of what people may choose, or name the fields of a program, whether a generator made it."""
    if name == "a login":
        return looks_generated(token.rsplit(maxsplit=1)[-1])
    if name == "a Vault token" and token[1:2] == ".":
        return is_random(token[2:26])
    if name == "a password hash" and token.startswith("$"):
        return not _SAMPLE_HASH.match(token)
    kind, _, credentials = token.partition(" ")
    return kind != "Basic" or looks_generated(basic_password(credentials.strip()) or "")


def hidden(text: str) -> str:
    """The text with ``********`` for each secret of a known shape in it; for all of it, where that is one."""
    starts = [0, *(at + 1 for at, character in enumerate(text) if character in ".[ `")]
    found = {secret for at in starts for secret in _secrets(text[at:])}
    for secret in sorted(found, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return HIDDEN if in_line(text) else text


def _secrets(text: str) -> list[str]:
    return [secret for _, secret in (*tokens_in(text), *logins_in(text)) if not is_example(secret)]


def _assigned(text: str) -> str | None:
    """A secret that stands behind a key: on a line of its own, as a value would, or inside a sentence."""
    for key, value in assignments(text):
        found = _phrase(value, key) if " " in value else by_name(value, [key]) or by_chance(value, key)
        if found and not is_harmless(value):
            return found
    for match in _ASSIGNMENT.finditer(text):
        key, value = match["key"], match["value"]
        goes_on = _PROSE.match(text, match.start(2))
        if names_secret(key) and not goes_on and by_name(value, [key]) and not is_harmless(value):
            return "a literal beside a name that announces a secret"
    return None


def _phrase(value: str, key: str) -> str | None:
    """Words with blanks under a name that asks for such, and no sentence about it."""
    if not _PHRASES & set(words_of(key)) or not _PHRASE.fullmatch(value) or _SPEAKING & set(value.split()):
        return None
    return by_name(value, [key])


def _alone(text: str) -> str | None:
    return random_word(text) if " " in text or "\n" in text else by_chance(text, "")
