"""What is known of one kind of token: who issues it, its shape, and what shows that one was drawn.

Every file's check imports the tables, so nothing here costs much: proofs are named, and looked up later.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Proof = Literal["drawn", "random", "checked", "shape"]
"""``drawn``: no example, no repetition, no slug. ``random``: nor a name of a program. ``checked``: by a
checksum. ``shape``: that is enough."""

_UUID = "-".join(f"[0-9a-f]{{{size}}}" for size in (8, 4, 4, 4, 12))
_LOOKAROUND = re.compile(r"\(\?<?[!=][^()]*\)")


class Kind(NamedTuple):
    """One kind: its name with an article, the fixed beginning and the random rest as patterns, its proof.

    Patterns are those that RE2 and ``re`` share, and may look around.
    """

    name: str
    prefix: str
    rest: str
    proof: Proof = "drawn"

    @property
    def exact(self) -> str:
        """The whole pattern for ``re``: from the start of a word, to the end where its length is fixed."""
        end = r"(?![A-Za-z0-9])" if self.rest.endswith("}") and not self.rest.endswith(",}") else ""
        return f"{self._start}{self.prefix}(?P<rest>{self.rest}){end}"

    @property
    def shape(self) -> str:
        """The same for RE2, which does not look around: it matches more, never less."""
        text = f"{self._start}{self.prefix}(?:{self.rest})"
        return _LOOKAROUND.sub("", text) if "(?<" in text or "(?=" in text or "(?!" in text else text

    @property
    def is_loose(self) -> bool:
        """Whether it could begin at any character, as it has no letters of its own to begin with."""
        text = _LOOKAROUND.sub("", self.prefix).removeprefix(r"\b").removeprefix("(?:")
        literal = text[:1].isalnum() or text[:1] in ("-", ":") or text[:2] in (r"\$", r"\.", r"\{")
        return not literal or text[1:2] in ("{", "[")

    @property
    def _start(self) -> str:
        first = (self.prefix or self.rest).removeprefix("(?:").removeprefix("[")[:2]
        return r"\b" if first[:1].isalnum() or first == r"\w" else ""


def kinds(table: str, proof: Proof = "drawn") -> tuple[Kind, ...]:
    """The kinds of a table: a line each, ``name | prefix | rest``; prefix or rest may be empty.

    ``{uuid}`` stands for one.
    """
    rows = (line.split(" |") for line in table.strip().replace("{uuid}", _UUID).splitlines())
    return tuple(Kind(name.strip(), prefix.strip(), rest.strip(), proof) for name, prefix, rest in rows)
