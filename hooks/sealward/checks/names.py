"""Part of ``plaintext-secrets``: a secret in the name of a file or folder, or in what a link points to.

git records both, and no content of any file shows them. What is found is masked wherever the path is shown.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from sealward.detectors import suspicious
from sealward.finding import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

HINT = (
    "rotate it, give it another {what}, take this one out of the history, and keep secrets in Vault; if it is"
    " not a secret, add an exemption to .sealward.yaml"
)


_AT_ONCE = 1 << 13
"""So many names are searched together: enough for one search to cost little, and few in memory."""


class Named(NamedTuple):
    """A path from the top, what it points to where it is a symbolic link, and the commit that brought it,
    where that is known."""

    path: str
    target: bytes | None = None
    commit: str = ""


def judge(named: Iterable[Named]) -> Iterator[tuple[Finding, str]]:
    """What is found, and the commit that brought it. A token in the name of a folder is reported once."""
    said: set[str] = set()
    rest = iter(named)
    while some := list(islice(rest, _AT_ONCE)):
        yield from _in_paths(some, said)
        yield from _in_targets([one for one in some if one.target is not None])


def _in_paths(named: Sequence[Named], said: set[str]) -> Iterator[tuple[Finding, str]]:
    """The same for paths alone; ``said`` are the secrets that are reported already."""
    for number in suspicious([one.path for one in named]):
        from sealward.detectors.names import in_name, secrets_in

        path, _, commit = named[number]
        held, secrets = in_name(path), {secret for _, secret in secrets_in(path)}
        if held and not (secrets and secrets <= said):
            yield _finding(path, f"its path holds {held}", "name"), commit
        said |= secrets


def _in_targets(links: Sequence[Named]) -> Iterator[tuple[Finding, str]]:
    targets = [(one.target or b"").decode("utf-8", "replace") for one in links]
    for number in suspicious(targets):
        from sealward.detectors.names import in_name

        held = in_name(targets[number])
        if held:
            message = f"the target of the symbolic link holds {held}"
            yield _finding(links[number].path, message, "target"), links[number].commit


def _finding(path: str, message: str, what: str) -> Finding:
    return Finding(rule="plaintext-secret", place=Place(path), message=message, hint=HINT.format(what=what))
