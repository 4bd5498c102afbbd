"""Files that are not sealed: tokens of every known kind, in every encoding; and what only resembles them."""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path
from random import Random
from typing import NamedTuple

from sealward.detectors.tokens import KINDS, beside
from tests.support.literals import _ALPHABETS, expand

_ROWS = Path(__file__).parents[1] / "detectors" / "tokens.txt"
_DRAWN = re.compile(r"%(b62|b64u|b36|B36|b32|B32|B32A|hex|d|az):(\d+)%")
_OF = {"h": "hex", "w": "b62", "u": "b64u", "b": "b62", "p": "b62", "q": "b62", "d": "d"}
_LONG = 16
"""Random parts from this length on are not chosen by people."""


class Plain(NamedTuple):
    """One file: its kind, its name, its bytes, and whether a secret stands in it."""

    kind: str
    name: str
    data: bytes
    secret: bool


def secrets() -> list[Plain]:
    """A file for each kind of token, for each issuer whose tokens its key names, and for each encoding."""
    rows = [line.split("\t") for line in _ROWS.read_text(encoding="utf-8").splitlines()]
    made = [_file("token", number, _with_digit(recipe, number)) for number, (_, recipe) in enumerate(rows)]
    made += [
        _file("token beside its issuer's name", number, f"{words[0].strip('_')}_api_key: {text}")
        for number, (_, words, shapes) in enumerate(beside._rows())
        for text in [_shaped(shapes.split()[0], number)]
    ]
    text = f"# é\ntoken: {expand('ghp_%b62:36%', 4)}\n"
    return made + [Plain("encoding", f"{name}.txt", data, True) for name, data in _encoded(text).items()]


def harmless() -> list[Plain]:
    """Twins of these tokens that nobody drew, and files that other tools encrypted."""
    rows = [line.split("\t") for line in _ROWS.read_text(encoding="utf-8").splitlines()]
    drawn = [
        recipe
        for name, recipe in rows
        if any(int(part[2]) >= _LONG for part in _DRAWN.finditer(recipe)) and name not in _NOT_DRAWN
    ]
    made = [
        _file("twin", number * 10 + index, expand(_filled(recipe, fill), number), secret=False)
        for number, recipe in enumerate(drawn)
        for index, fill in enumerate(("a", "sample", "your-token-"))
    ]
    return made + [Plain("of another tool", name, data, False) for name, data in _foreign().items()]


_NOT_DRAWN = frozenset(kind.name for kind in KINDS if kind.proof == "shape")
"""Kinds whose shape alone is enough."""


def _file(kind: str, number: int, line: str, *, secret: bool = True) -> Plain:
    return Plain(kind, f"f{number:05}.txt", f"first line\n{line}\nlast line\n".encode(), secret)


def _with_digit(recipe: str, seed: int) -> str:
    """The recipe filled in so that a digit is in it, as in nearly every text that is drawn."""
    texts = (expand(recipe, seed + 1000 * again) for again in range(100))
    return next(text for text in texts if any(map(str.isdigit, text)))


def _filled(recipe: str, fill: str) -> str:
    return _DRAWN.sub(lambda part: (fill * 99)[: int(part[2])] if int(part[2]) >= _LONG else part[0], recipe)


def _shaped(shape: str, seed: int) -> str:
    draw = Random(seed)

    def make(step: re.Match[str]) -> str:
        if step[1]:
            return expand("%hex:8%-%hex:4%-%hex:4%-%hex:4%-%hex:12%", seed)
        return (
            "".join(draw.choice(_ALPHABETS[_OF[step[2]]]) for _ in range(int(step[3])))
            if step[2]
            else step[0]
        )

    return beside._STEP.sub(make, shape)


def _encoded(text: str) -> dict[str, bytes]:
    made = {name: text.encode(name) for name in ("utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-32")}
    made |= {name: text.encode(name) for name in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")}
    return made | {
        "crlf": text.replace("\n", "\r\n").encode(),
        "cr": text.replace("\n", "\r").encode(),
        "nul": text.encode() + b"\0",
        "long-line": b"x" * 100_000 + b" " + text.encode(),
        "large": b"nothing here\n" * 400_000 + text.encode(),
    }


def _foreign() -> dict[str, bytes]:
    random = Random(7).randbytes
    body = "\n".join(b64encode(random(48)).decode() for _ in range(6))
    return {
        "secrets/vault.yml": b"$ANSIBLE_VAULT;1.1;AES256\n" + random(40).hex().encode() + b"\n",
        "secrets/db.env.age": f"-----BEGIN AGE ENCRYPTED FILE-----\n{body}\n-----END AGE ENCRYPTED FILE-----\n".encode(),
        "secrets/key.gpg": f"-----BEGIN PGP MESSAGE-----\n\n{body}\n=aaaa\n-----END PGP MESSAGE-----\n".encode(),
        "secrets/dump.enc": b"Salted__" + random(200),
        "secrets/prod.env": b"\0GITCRYPT\0" + random(200),
        "config/credentials.yml.enc": b"--".join(b64encode(random(30)) for _ in range(3)),
        "sealed-secret.yaml": b"apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: a\nspec:\n"
        b"  encryptedData:\n    password: " + b64encode(b"\2\0" + random(400)) + b"\n",
        "secrets/hiera.yaml": b"password: ENC[PKCS7," + b64encode(random(120)) + b"]\n",
        "id_ed25519.pub": b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"
        + b64encode(random(30))
        + b" me@example.org\n",
        "ca.crt": f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n".encode(),
        "README.md": b"![build](https://img.shields.io/badge/build-passing-green?token=abc) and `sk-learn-pipeline-steps`\n",
        "uuid.yaml": b"id: 123e4567-e89b-12d3-a456-426614174000\ndigest: sha256:"
        + random(32).hex().encode()
        + b"\n",
    }
