"""Coverage-guided fuzzing of every parser: python -m benchmarks.fuzz [EXECUTIONS] (needs atheris)

An input's first byte chooses the parser, the rest is what it reads. Nothing but a result, or our own error,
may come out: any other exception ends the run, with the input.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import atheris

from sealward.errors import SealwardError

LAZY = (
    "document.yaml document.json document.dotenv document.ini checks.encrypted checks.recipients "
    "checks.integrity checks.claims checks.comment_secrets sops.age_file sops.canonical"
)
"""Imported where they are needed, else; here at once, so that their branches guide the fuzzer."""

with atheris.instrument_imports(include=["sealward"]):
    for name in LAZY.split():
        import_module(f"sealward.{name}")
    from sealward import config
    from sealward.document import parse
    from sealward.engine.run import Run
    from sealward.engine.sources import Source, Tree
    from sealward.references import malformed, syntax
    from sealward.rotation.policy import policy
    from sealward.sops.format import ciphertext, creation_rules

TOP = Path(__file__).parents[1]
PATHS = ("a.yaml", "a.json", "a.env", "a.ini", "a.bin", "s.enc.yaml", "s.enc.json")
KEYLESS = ("sops-encrypted", "sops-recipients", "sops-integrity")


def one(data: bytes) -> None:
    """One execution."""
    choice, rest = (data[0] % 12 if data else 0), data[1:]
    text = rest.decode("utf-8", "replace")
    if choice < len(PATHS):
        parse(PATHS[choice], rest)
    elif choice == 7:
        with contextlib.suppress(creation_rules.BrokenConfiguration):
            creation_rules.load(".sops.yaml", rest)
    elif choice == 8:
        with contextlib.suppress(SealwardError):
            config.load(".sealward.yaml", rest)
    elif choice == 9:
        with contextlib.suppress(SealwardError):
            policy.load("vault/rotation.yaml", rest)
    elif choice == 10:
        ciphertext.defect(text)
        malformed.nearly(text)
        syntax.find_all(text)
    else:
        run = Run(Tree("", lambda _: None), KEYLESS)
        run.judge(Source("s.enc.yaml", rest, list))


def main() -> None:
    """Start from the repository's own files, for so many executions (a million, unless said)."""
    executions = sys.argv[1] if len(sys.argv) > 1 else "1000000"
    seeds = [
        file.read_bytes()
        for file in (TOP / "secrets.enc.yaml", TOP / "sops.yaml", TOP / "vault/rotation.yaml")
    ]
    with tempfile.TemporaryDirectory() as folder:
        for number in range(12):
            for index, seed in enumerate(seeds):
                Path(folder, f"{number}-{index}").write_bytes(bytes([number]) + seed)
        atheris.Setup(
            [sys.argv[0], f"-atheris_runs={executions}", "-max_len=600", "-print_final_stats=1", folder], one
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
