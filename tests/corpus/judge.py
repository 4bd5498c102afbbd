"""Sealward's verdict on bytes, through the very code that ``sealward check`` runs, files left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.checks import CHECKS
from sealward.engine.run import Run
from sealward.engine.sources import Source, Tree

if TYPE_CHECKING:
    from sealward.finding import Finding


def judge(
    path: str,
    data: bytes,
    rules: bytes = b"",
    head: bytes | None = None,
    beside: dict[str, bytes] | None = None,
) -> list[Finding]:
    """The findings about one file: ``rules`` is the ``.sops.yaml`` above it, ``head`` its version in HEAD.

    Passwords that a suffix leaves in clear are part of many made files; ``tests/checks/encrypted/test_clear.py`` has
    what is said of them.
    """
    files = {**({".sops.yaml": rules} if rules else {}), **(beside or {})}
    keyless = [name for name in CHECKS if name in ("sops-encrypted", "sops-recipients", "sops-integrity")]
    run = Run(Tree(".", files.get), keyless)
    judged = run.judge(Source(path, data, lambda: [] if head is None else [head]))
    found = judged.findings + run.finish(judged.references).findings
    return [one for one in found if one.rule != "literal-secret"]
