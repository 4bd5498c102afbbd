"""One file of the corpus."""

from __future__ import annotations

from typing import NamedTuple


class Sealed(NamedTuple):
    """A file as sops wrote it, what went in, and the ``.sops.yaml`` above it (empty: none).

    ``name`` is ``store/document/selector/keys``.
    """

    name: str
    store: str
    path: str
    data: bytes
    plain: bytes
    rules: bytes
