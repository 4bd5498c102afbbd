"""Three versions of sealed files, edited by the real sops, and repositories that merge them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from sealward.cli import main
from sealward.merging.merge import merge
from sealward.merging.outcome import Request
from sealward.plaintext import Plaintext
from sealward.sops import program
from sealward.sops.reading.identities import find

if TYPE_CHECKING:
    from sealward.merging.outcome import Merged
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

DRIVER = f"'{sys.executable}' -m sealward merge-driver -- %O %A %B %L %P"


def edited(path: str, data: bytes, **values: str) -> bytes:
    """A sealed file with values set by ``sops set``; ``__`` in a name is a step into a mapping."""
    for name, text in values.items():
        data = program.set_value(path, data, name.split("__"), Plaintext(text.encode()))
    return data


def without(path: str, data: bytes, *index: str) -> bytes:
    """A sealed file without a value, by ``sops unset``."""
    file = _scratch(path, data)
    place = "".join(f'["{step}"]' for step in index)
    subprocess.run([program.find(), "unset", file, place], check=True)
    with open(file, "rb") as opened:
        return opened.read()


def _scratch(path: str, data: bytes) -> str:
    import tempfile
    from pathlib import Path

    file = Path(tempfile.mkdtemp(), Path(path).name)
    file.write_bytes(data)
    return str(file)


def merged(
    base: bytes | None, ours: bytes, theirs: bytes, path: str = "s.enc.yaml", **more: object
) -> Merged:
    """Three versions merged with the identities of the environment."""
    request = Request(path=path, base=base, ours=ours, theirs=theirs, identities=find(), **more)  # type: ignore[arg-type]
    return merge(request)


class Branches:
    """A repository with a sealed file that two branches, ``main`` and ``other``, have changed."""

    def __init__(self, repo: Repo, sealer: Sealer, text: str = "", path: str = "s.enc.yaml") -> None:
        self.repo, self.sealer, self.path = repo, sealer, path
        text = text or "db:\n  host: one\n  port: 1\n  user: me\nlast: x\n"
        self.base = sealer.seal(path, text)
        repo.commit({".sops.yaml": sealer.rules(), path: self.base})

    def fork(self, ours: bytes, theirs: bytes) -> None:
        """One commit on each branch; the current one is ``main``."""
        self.repo.git("checkout", "--quiet", "-b", "other")
        self.repo.commit({self.path: theirs})
        self.repo.git("checkout", "--quiet", "main")
        self.repo.commit({self.path: ours})

    def drive(self) -> None:
        """Have git call the driver of this code."""
        self.repo.write({".git/info/attributes": "*.enc.* merge=sealward\n"})
        self.repo.git("config", "merge.sealward.driver", DRIVER)
        self.repo.git("config", "merge.sealward.recursive", "binary")

    @property
    def lying(self) -> bytes:
        """The file in the work tree."""
        return (self.repo.path / self.path).read_bytes()

    def opened(self) -> str:
        """What ``sops decrypt`` says is in it."""
        return self.sealer.opened(self.path, self.lying)


def run(*words: str) -> int:
    """One command; its exit status."""
    return main(list(words))


def in_clear(base: str | None, ours: str, theirs: str, path: str = "x.yaml") -> tuple[str, list[str]]:
    """Three texts merged as the versions of a sealed file are: the text, with markers, and what is in
    conflict."""
    from sealward.document import parse
    from sealward.merging.layout import body_of, text_of
    from sealward.merging.outcome import Request
    from sealward.merging.side import Tokens, plain
    from sealward.merging.splicing import plan

    tokens = Tokens()
    texts = {"base": base, "ours": ours, "theirs": theirs}
    sides = {
        name: plain(name, parse(path, text.encode()), tokens)
        for name, text in texts.items()
        if text is not None
    }
    bodies = {name: body_of(side) for name, side in sides.items()}
    request = Request(path=path, base=None, ours=b"", theirs=b"", identities=find({}))
    merged = plan(request, bodies.get("base"), bodies["ours"], bodies["theirs"])
    text = text_of(sides["ours"].document, merged.roots, bodies["ours"].metadata)
    return text, [clash.path for clash in merged.clashes]
