"""What a three-way merge of values should give: Python values alone, and lists merged by git itself."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import TypeAlias

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str | int | float | bool | None"
MISSING = object()


def of_json(text: str) -> Tree:
    """The values of a JSON document."""
    found: Tree = json.loads(text)
    return found


def merge(base: Tree, ours: Tree, theirs: Tree) -> tuple[Tree, set[str]]:
    """The merged values, and the paths of the conflicts (values there do not count)."""
    clashes: set[str] = set()
    return _merge(base, ours, theirs, "", clashes), clashes  # type: ignore[return-value]


def same(one: object, other: object) -> bool:
    """Equal, types included (``1`` is not ``True``); the order of keys does not count."""
    if one is MISSING or other is MISSING:
        return one is other
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _merge(base: object, ours: object, theirs: object, path: str, clashes: set[str]) -> object:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        old = base if isinstance(base, dict) else {}
        merged = {}
        for key in {**ours, **theirs}:
            versions = [side.get(key, MISSING) for side in (old, ours, theirs)]
            one = _merge(versions[0], versions[1], versions[2], f"{path}.{key}".lstrip("."), clashes)
            if one is not MISSING:
                merged[key] = one
        return merged
    if isinstance(ours, list) and isinstance(theirs, list):
        return _lists(base if isinstance(base, list) else [], ours, theirs, path, clashes)
    if same(ours, theirs) or same(theirs, base):
        return ours
    if same(ours, base):
        return theirs
    clashes.add(path)
    return theirs if ours is MISSING else ours


def _lists(base: list[Tree], ours: list[Tree], theirs: list[Tree], path: str, clashes: set[str]) -> object:
    sides = (base, ours, theirs)
    names = [_names(side) for side in sides]
    if all(one is not None for one in names):
        old, mine, yours = names
        assert old is not None and mine is not None and yours is not None  # noqa: PT018
        inside: set[str] = set()
        merged = _merge(old, mine, yours, "", inside)
        assert isinstance(merged, dict)
        order = list(_order(old, mine, yours))
        kept = [name for name in order if name in merged]
        clashes |= {f"{path}.{_placed(one, kept)}" for one in inside}
        return [merged[name] for name in kept]
    if len(base) == len(ours) == len(theirs) and not any(_shuffled(base, side) for side in (ours, theirs)):
        rows = enumerate(zip(base, ours, theirs, strict=True))
        return [_merge(*row, f"{path}.{at}", clashes) for at, row in rows]
    merged_lines = _by_git(*([json.dumps(one, sort_keys=True) for one in side] for side in sides))
    if merged_lines is None:
        clashes.add(path)
        return ours
    return [json.loads(line) for line in merged_lines]


def _names(items: list[Tree]) -> dict[str, Tree] | None:
    found: dict[str, Tree] = {
        json.dumps(one["name"]): one for one in items if isinstance(one, dict) and "name" in one
    }
    return found if len(found) == len(items) else None


def _placed(name: str, kept: list[str]) -> str:
    first = next(
        one for one in sorted(kept, key=len, reverse=True) if name == one or name.startswith(f"{one}.")
    )
    return f"{kept.index(first)}{name[len(first) :]}"


def _order(base: dict[str, Tree], ours: dict[str, Tree], theirs: dict[str, Tree]) -> list[str]:
    def moved(side: dict[str, Tree]) -> bool:
        return [one for one in base if one in side] != [one for one in side if one in base]

    first, second = (theirs, ours) if moved(theirs) and not moved(ours) else (ours, theirs)
    order = list(first)
    before = ""
    for name in second:
        if name not in order:
            order.insert(order.index(before) + 1 if before else 0, name)
        before = name
    return order


def _shuffled(base: list[Tree], side: list[Tree]) -> bool:
    def bag(items: list[Tree]) -> list[str]:
        return sorted(json.dumps(one, sort_keys=True) for one in items)

    return not same(base, side) and bag(base) == bag(side)


def _by_git(base: list[str], ours: list[str], theirs: list[str]) -> list[str] | None:
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for name, lines in (("ours", ours), ("base", base), ("theirs", theirs)):
            file = Path(folder, name)
            file.write_text("".join(f"{line}\n" for line in lines))
            names.append(str(file))
        done = subprocess.run(["git", "merge-file", "-p", *names], capture_output=True, check=False)
    return done.stdout.decode().splitlines() if done.returncode == 0 else None
