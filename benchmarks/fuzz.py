"""Coverage-guided fuzzing of every reader: python -m benchmarks.fuzz [EXECUTIONS [BYTES]] (needs atheris)

An input's first byte chooses the reader, the rest is what it reads. Nothing but a result, or our own error,
may come out: any other exception ends the run, with the input. So does an input that takes longer than its
size allows: every reader is linear. The slowest input per byte of each reader is reported at the end. Inputs
have up to BYTES bytes (4096): a quadratic reader shows in long ones, and short ones are many more an hour.
"""

from __future__ import annotations

import atexit
import contextlib
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from time import process_time
from typing import TYPE_CHECKING, NamedTuple

import atheris

from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LAZY = ("document", "checks", "claims", "detectors", "references", "sealed", "sops.format")
"""Packages whose modules are imported where they are needed, else; here at once, so that their branches guide
the fuzzer."""

with atheris.instrument_imports(include=["sealward"]):
    for package in LAZY:
        folder = import_module(f"sealward.{package}").__path__
        for found in walk_packages(folder, f"sealward.{package}."):
            import_module(found.name)
    from sealward import config
    from sealward.detectors import detect_secrets, secret_in
    from sealward.document import as_text, parse
    from sealward.engine.run import Run
    from sealward.engine.sources import Source, Tree
    from sealward.globs import key_pattern, path_pattern
    from sealward.references import malformed, syntax
    from sealward.rotation import journal
    from sealward.rotation.policy import policy
    from sealward.rotation.values import protocol
    from sealward.sops.format import age_file, ciphertext, creation_rules
    from sealward.vault.client import Metadata

TOP = Path(__file__).parents[1]
KEYLESS = ("sops-encrypted", "sops-recipients", "sops-integrity", "plaintext-secrets")
LONGEST = 4096
PIECE = 200
ALLOWED = 0.5
"""Seconds of processor time for any input: far above what is usual for ``LONGEST`` bytes, far below what a
quadratic reader takes at that size. What is slower the first time is tried again: modules are imported and
patterns compiled when they are first needed."""


class Slowest(NamedTuple):
    """The slowest input of one reader: seconds a byte, seconds, the input."""

    per_byte: float
    seconds: float
    data: bytes


def _document(path: str) -> Callable[[bytes], object]:
    return lambda data: parse(path, data)


def _checked(path: str) -> Callable[[bytes], object]:
    def judge(data: bytes) -> object:
        return Run(Tree("", lambda _: None), KEYLESS).judge(Source(path, data, list))

    return judge


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _ciphertext(data: bytes) -> object:
    text = "ENC[AES256_GCM,data:" + _text(data)
    return ciphertext.defect(text), ciphertext.fields(text), ciphertext.trailing_text(text)


def _age(data: bytes) -> object:
    return [age_file.damage(kind, _text(data), "age1x", False) for kind in ("age", "pgp", "hc_vault", "kms")]


def _references(data: bytes) -> object:
    return malformed.nearly(_text(data)), syntax.find_all(_text(data))


def _secrets(data: bytes) -> object:
    kinds = ("str", "data", "comment", "key", "line")
    return secret_in(_text(data[1:]), ("api_key",), kinds[data[0] % len(kinds)] if data else "str")


def _globs(data: bytes) -> object:
    pattern, _, path = _text(data).partition("\n")
    return path_pattern(pattern).fullmatch(path), key_pattern(pattern).fullmatch(path)


def _journal(data: bytes) -> object:
    name, _, text = _text(data).partition("\n")
    custom = {f"sealward-rotation-{name}": text, "sealward-rejected": text}
    held = Metadata(current=2, oldest=1, max_versions=0, versions={}, custom=custom)
    return journal.noted(held), journal.rejection(held)


def _answer(data: bytes) -> object:
    return protocol.values_of("a command", data, ("user", "password"))


READERS: dict[str, Callable[[bytes], object]] = {
    **{f"document {path}": _document(path) for path in ("a.yaml", "a.json", "a.env", "a.ini", "a.bin")},
    **{f"check {path}": _checked(path) for path in ("s.enc.yaml", "s.enc.json", "s.env", "s.ini", "a.txt")},
    "creation rules": lambda data: creation_rules.load(".sops.yaml", data),
    "settings": lambda data: config.load(".sealward.yaml", data),
    "rotation policy": lambda data: policy.load("vault/rotation.yaml", data),
    "text": lambda data: as_text("a.txt", data),
    "ciphertext": _ciphertext,
    "encrypted data keys": _age,
    "references": _references,
    "secrets in text": _secrets,
    "patterns of paths": _globs,
    "baseline": detect_secrets.Baseline,
    "notes of a rotation": _journal,
    "answer of a program": _answer,
}
"""Every reader of what a repository holds, a server or a program answers, by what it reads."""

_NAMES = tuple(READERS)
_SLOWEST: dict[str, Slowest] = {}


def one(data: bytes) -> None:
    """One execution. Raises AssertionError where it takes longer than ``ALLOWED``."""
    name, rest = _NAMES[data[0] % len(_NAMES) if data else 0], data[1:]
    seconds = _timed(READERS[name], rest)
    if seconds > ALLOWED:
        seconds = min(seconds, _timed(READERS[name], rest))
        if seconds > ALLOWED:
            raise AssertionError(f"{name}: {seconds:.1f} s for {len(rest)} bytes")
    known = _SLOWEST.get(name)
    per_byte = seconds / max(len(rest), 64)
    if known is None or per_byte > known.per_byte:
        again = min(seconds, _timed(READERS[name], rest))
        _SLOWEST[name] = max(known or Slowest(0, 0, b""), Slowest(again / max(len(rest), 64), again, rest))


def _timed(reader: Callable[[bytes], object], data: bytes) -> float:
    start = process_time()
    with contextlib.suppress(SealwardError, creation_rules.BrokenConfiguration):
        reader(data)
    return process_time() - start


def report() -> None:
    """Print the slowest input of each reader, the slowest reader first."""
    for name, found in sorted(_SLOWEST.items(), key=lambda item: -item[1].per_byte):
        start = found.data[:60]
        print(f"{found.per_byte * 1e6:9.2f} µs/byte {found.seconds * 1e3:8.2f} ms  {name}: {start!r}")


def _seeds(longest: int) -> Iterator[bytes]:
    """The repository's own files, and pieces of them that leave room to grow."""
    for name in ("secrets.enc.yaml", "sops.yaml", "vault/rotation.yaml"):
        data = (TOP / name).read_bytes()
        size = len(data) if len(data) < longest else min(PIECE, longest)
        yield from (data[at : at + size] for at in range(0, len(data), size))


def main() -> None:
    """Start from the repository's own files, for so many executions (a million, unless said)."""
    executions = sys.argv[1] if len(sys.argv) > 1 else "1000000"
    longest = int(sys.argv[2]) if len(sys.argv) > 2 else LONGEST
    atexit.register(report)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(len(_NAMES)):
            for index, seed in enumerate(_seeds(longest)):
                Path(folder, f"{number}-{index}").write_bytes(bytes([number]) + seed)
        atheris.Setup(
            [
                sys.argv[0],
                f"-atheris_runs={executions}",
                f"-max_len={longest}",
                "-len_control=0",
                "-timeout=20",
                "-report_slow_units=5",
                f"-artifact_prefix={tempfile.gettempdir()}/sealward-fuzz-",
                "-print_final_stats=1",
                folder,
            ],
            one,
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
