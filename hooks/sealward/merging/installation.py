"""git's settings for merges and diffs of sealed files: put in, taken out, looked at.

The driver is written first and taken out with its section: one without it makes every merge fail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sealward.git import Repository

MERGE, DIFF = "merge.sealward", "diff.sealward"
NOTES = "refs/notes/textconv/sealward"
"""Where git would keep what a textconv gave, and push it, if it were asked to."""


def merge_settings(program: str, *, services: bool = False) -> list[tuple[str, str]]:
    """What ``merge.sealward`` holds, in order. Where the program is missing, dies, or marked no conflict
    though it says so, git merges the texts: without that OURS would stand there as if it were merged.
    With ``services`` plugins, gpg and key services are used."""
    driver = (
        f"{program} merge-driver{' --require-keys' if services else ''} -- %O %A %B %L %P;"
        " r=$?; case $r in 0|4) exit $r;; 1) grep -q '^<<<<<<<' %A && exit 1;; esac;"
        " exec git merge-file -q --marker-size=%L %A %O %B"
    )
    return [
        (f"{MERGE}.driver", driver),
        (f"{MERGE}.name", "sealed files by key path"),
        (f"{MERGE}.recursive", "binary"),
    ]


def diff_settings(program: str) -> list[tuple[str, str]]:
    """What ``diff.sealward`` holds. A textconv that fails would end ``git log -p``."""
    return [
        (f"{DIFF}.textconv", f'f() {{ {program} textconv "$1" 2>/dev/null || cat "$1"; }}; f'),
        (f"{DIFF}.xfuncname", "^([A-Za-z0-9_.-]+):"),
    ]


class State(NamedTuple):
    """What git has: which settings are missing or other than ours, and what should not be."""

    merge: bool
    diff: bool
    attributes: bool
    problems: tuple[str, ...]


def state(repository: Repository, attributes: bool) -> State:
    """Look at git's settings; ``attributes`` says whether any file has ours."""
    merge = repository.setting(f"{MERGE}.driver")
    diff = repository.setting(f"{DIFF}.textconv")
    return State(bool(merge), bool(diff), attributes, tuple(_problems(repository, merge, attributes)))


def _problems(repository: Repository, merge: str, attributes: bool) -> list[str]:
    found = []
    if attributes and not merge:
        found.append("a .gitattributes says merge=sealward, and no driver is set: `sealward git install`")
    if merge and repository.setting(f"{MERGE}.recursive") != "binary":
        found.append(f"{MERGE}.recursive is not binary: `sealward git install`")
    if merge and "merge-file" not in merge:
        found.append(f"{MERGE}.driver has no fallback without sealward; `sealward git install`")
    if not merge and repository.has_section(MERGE):
        found.append(f"{MERGE} has no driver: every merge fails; `sealward git install`")
    if repository.setting(f"{DIFF}.cachetextconv").lower() in ("true", "yes", "on", "1"):
        found.append(f"{DIFF}.cachetextconv keeps what diffs show: `git config --unset {DIFF}.cachetextconv`")
    if repository.has_ref(NOTES):
        found.append(f"{NOTES} holds what diffs have shown, and is pushed: `git update-ref -d {NOTES}`")
    return found
