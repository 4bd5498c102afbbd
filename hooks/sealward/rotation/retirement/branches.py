"""Which branches stand for what is deployed, and whether this clone can know them all.

``deployed:`` in the policy file names them. Where it says nothing, they are the remote's default branch and
those of its branches that are made to last, by their names: ``release/2.1``, ``production``, ``v1.x``.
Without a remote they are HEAD's, and those of ours that are made to last.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sealward.globs import path_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sealward.git import Repository
    from sealward.git.refs import Ref

_LASTING = frozenset(
    "main master trunk default develop development dev devel next integration int production prod prd live"
    " staging stage stg preprod preproduction acceptance acc qa uat test testing sandbox stable release"
    " releases rel lts maintenance maint support deploy deployed deployment deployments env envs environment"
    " environments edge canary beta gitops".split()
)
_TOPIC = frozenset(
    "feature features feat fix fixes hotfix bugfix bug issue issues chore docs doc refactor rotate rotation"
    " dependabot renovate snyk topic task tasks story revert wip tmp temp draft experiment experiments poc"
    " spike pr pull user users merge mr patch ci style perf gh".split()
)
_VERSION = re.compile(r"v?[0-9]+(\.[0-9x*]+)+|v[0-9]+|[0-9]+\.x", re.IGNORECASE)
_WORDS = re.compile(r"[/_.-]")


class Branches(NamedTuple):
    """The branches that stand for what is deployed. ``problem`` says, as a clause, why this clone does not
    know all of them; empty where it does."""

    refs: tuple[Ref, ...]
    problem: str = ""

    @property
    def main(self) -> Ref | None:
        """The branch that proposals are merged into: the first of those that stand for what is deployed."""
        return self.refs[0] if self.refs else None


def deployed(repository: Repository, patterns: Sequence[str] = ()) -> Branches:
    """The branches that ``patterns`` (``deployed:``) name, or else those that stand for it by default."""
    if patterns:
        return _named(repository, patterns)
    remotes = repository.remotes()
    if not remotes:
        head = repository.head()
        ours = [one for one in repository.branches("refs/heads") if is_lasting(one.name)]
        return Branches(_unique([*([head] if head else []), *ours]))
    known = [one for one in ("origin", "upstream") if one in remotes] or remotes
    found = [ref for remote in known for ref in _of_remote(repository, remote)]
    missing = next((one for remote in known if (one := _unknown(repository, remote))), "")
    return Branches(_unique(found), missing)


def is_lasting(name: str) -> bool:
    """Whether a branch is made to last, by its name (without the remote's)."""
    words = _WORDS.split(name.lower())
    if words[0] in _TOPIC:
        return False
    last = name.rpartition("/")[2]
    return words[0] in _LASTING or words[-1] in _LASTING or _VERSION.fullmatch(last) is not None


def _named(repository: Repository, patterns: Sequence[str]) -> Branches:
    there = [*repository.branches("refs/remotes"), *repository.branches("refs/heads")]
    found: list[Ref] = []
    for pattern in patterns:
        short = re.sub(r"^refs/(heads|remotes)/", "", pattern)
        wanted = path_pattern(f"/{short}" if "/" not in short else short)
        matching = [one for one in there if _matches(one.name, short, wanted.fullmatch)]
        if not matching and not re.search(r"[*?]", short):
            return Branches((), f"once `deployed: {pattern}` is a branch that this clone has (`git fetch`)")
        found += matching
    if not found:
        return Branches(
            (), f"once `deployed: {patterns[0]}` names a branch that this clone has (`git fetch`)"
        )
    return Branches(_unique(found))


def _matches(name: str, pattern: str, match: object) -> bool:
    return name == pattern or ("/" in pattern and callable(match) and match(name) is not None)


def _of_remote(repository: Repository, remote: str) -> list[Ref]:
    there = repository.branches(f"refs/remotes/{remote}")
    default = repository.default_of(remote)
    found = [one for one in there if one.name == default or is_lasting(one.name.removeprefix(f"{remote}/"))]
    first = (default, f"{remote}/main", f"{remote}/master")
    return sorted(found or there, key=lambda one: first.index(one.name) if one.name in first else len(first))


def _unknown(repository: Repository, remote: str) -> str:
    """Why a clone may lack branches of a remote."""
    there = repository.branches(f"refs/remotes/{remote}")
    if not there:
        return f"once the branches of {remote} are known here (`git fetch {remote}`, or push)"
    way = f"`git fetch` of all, or `deployed: [{there[0].name}]` in the policy file, says which there are"
    if not any(re.match(r"\+?refs/heads/\*:", one) for one in repository.fetched(remote)):
        return f"once all branches of {remote} are known here: this clone has one of them ({way})"
    if len(there) == 1 and repository.is_shallow():
        return f"once all branches of {remote} are known here: this clone is shallow ({way})"
    return ""


def _unique(refs: Iterable[Ref]) -> tuple[Ref, ...]:
    return tuple(dict.fromkeys(refs))
