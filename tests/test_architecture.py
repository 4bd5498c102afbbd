"""The house: floors that import only downwards, no circle, and effects at known doors alone."""

from __future__ import annotations

import ast
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).parents[1]
PACKAGE = TOP / "hooks" / "sealward"

FLOORS = """
    errors finding plaintext patterns rules globs times shell children terminal worktree
    config files git document
    allowed
    references sops.format
    sops.services sops.reading sops.program sops.scratch vault detectors
    sealed claims
    checks
    engine reencryption status rotation
    report
    demo commands cli __main__
"""
"""From the ground up. A module imports from its own floor and from those below."""

PURE = (
    "checks",
    "claims",
    "detectors",
    "references",
    "document",
    "sops.format",
    "report",
    "finding",
    "rules",
    "errors",
)
"""Text and values in, text and values out."""

EFFECTS = {
    "processes": {
        "git.process", "git.plumbing", "git.objects", "sops.program", "sops.reading.identities", "rotation.values.child", "demo.bao_server", "demo.stage",
    },
    "network": {"vault.auth", "vault.transport", "vault.connection", "vault.api", "demo.bao_server"},
    "clock": {
        "commands.demo", "commands.rotate", "commands.status", "demo.bao_server", "rotation.retirement",
        "sops.scratch", "terminal", "vault.inspector", "vault.transport",
    },
    "environment": {
        "children", "cli", "commands.check", "commands.status", "demo.stage", "engine.paths", "engine.sources", "git.history", "git.repository",
        "sops.reading.identities",
        "sops.services", "terminal", "vault.connection",
    },
    "files": {
        "cli", "commands.explain", "demo.bao_server", "demo.stage", "demo.story", "engine.sources", "engine.workers",
        "allowed", "files", "reencryption.transaction", "rotation.programs",
        "sealed.rules", "sops.program", "sops.reading.identities", "sops.scratch",
        "vault.auth", "vault.connection", "worktree",
    },
}  # fmt: skip
"""Each kind of effect, and the modules that may have it. A new one is added here on purpose, or not at all."""

IMPORTS = {
    "processes": {"subprocess", "multiprocessing", "concurrent.futures.process", "pty"},
    "network": {"requests", "hvac", "socket", "urllib.request", "http.client", "ssl"},
    "clock": {"time", "datetime"},
    "environment": set[str](),
    "files": {"tempfile"},
}
ATTRIBUTES = {
    "environment": {"environ", "getenv", "environb"},
    "files": {"read_bytes", "read_text", "write_bytes", "write_text", "unlink", "mkdir", "rmtree"},
}
CALLS = {"files": {"open"}}
CONVERTS = {"times"}
"""Reads and writes dates, and asks no clock."""


@lru_cache(maxsize=1)
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its name below ``sealward``, parsed."""
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        steps = file.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(steps[:-1] if steps[-1] == "__init__" else steps)
        found[name] = ast.parse(file.read_text(encoding="utf-8"))
    return found


def imports(tree: ast.AST) -> Iterator[str]:
    """What a module imports, wherever in it, for types alone, too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own(name: str) -> str | None:
    """The module of ours that a dotted name stands for, or lies in."""
    if not name.startswith("sealward."):
        return None
    wanted = name.removeprefix("sealward.")
    while wanted and wanted not in modules():
        wanted = wanted.rpartition(".")[0]
    return wanted or None


def floor(name: str) -> int:
    for number, line in enumerate(FLOORS.strip().splitlines()):
        if any(name == room or name.startswith(f"{room}.") for room in line.split()):
            return number
    raise AssertionError(f"{name} is on no floor: put it into FLOORS")


def test_nobody_imports_from_above() -> None:
    wrong = [
        f"{name} imports {other}"
        for name, tree in modules().items()
        for other in {own(one) for one in imports(tree)} - {None, name}
        if name and other and name != "sops" and floor(other) > floor(name)
    ]
    assert wrong == []


def at_once(tree: ast.Module) -> Iterator[str]:
    """What is imported when the module is: not inside functions, nor for types alone."""
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from imports(node)


@pytest.mark.parametrize("place", ["hooks/sealward", "benchmarks"])
def test_no_circle(place: str) -> None:
    graph: dict[str, set[str]] = {}
    for file in sorted((TOP / place).rglob("*.py")):
        parts = file.relative_to(TOP / place).with_suffix("").parts
        root = "sealward" if "sealward" in place else "benchmarks"
        name = ".".join((root, *(parts[:-1] if parts[-1] == "__init__" else parts)))
        graph[name] = set(at_once(ast.parse(file.read_text(encoding="utf-8"))))
    edges = {
        name: {one if one in graph else one.rpartition(".")[0] for one in wanted} & graph.keys() - {name}
        for name, wanted in graph.items()
    }
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, f"a circle: {' -> '.join((*way, name))}"
        if name not in done:
            for other in sorted(edges[name]):
                visit(other, (*way, name))
            done.add(name)

    for name in sorted(edges):
        visit(name, ())


def effects(tree: ast.Module) -> set[str]:
    """The kinds of effects that a module's code has."""
    named = set(imports(tree))
    found = {kind for kind, names in IMPORTS.items() if any(_is_of(one, names) for one in named)}
    for node in ast.walk(tree):
        for kind, names in ATTRIBUTES.items():
            found |= {kind} if isinstance(node, ast.Attribute) and node.attr in names else set()
        if isinstance(node, ast.Call):
            function = node.func
            called = function.id if isinstance(function, ast.Name) else ""
            called = (
                f"os.{function.attr}" if _is_os(function) and isinstance(function, ast.Attribute) else called
            )
            found |= {"files"} if called in ("open", "os.open") else set()
            found |= (
                {"processes"}
                if called in ("os.fork", "os.system", "os.popen", "os.execv", "os.spawnv")
                else set()
            )
    return found


def _is_of(name: str, roots: set[str]) -> bool:
    return any(name == root or name.startswith(f"{root}.") for root in roots)


def _is_os(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "os"
    )


@pytest.mark.parametrize("kind", EFFECTS)
def test_effects_have_known_doors(kind: str) -> None:
    doors = {name for name, tree in modules().items() if kind in effects(tree)}
    forks = {"engine.workers"} if kind == "processes" else set()
    assert doors - CONVERTS - forks <= EFFECTS[kind], "a new door: is it wanted?"


def test_the_table_of_doors_is_not_longer_than_it_must_be() -> None:
    for kind, names in EFFECTS.items():
        idle = {name for name in names if name in modules() and kind not in effects(modules()[name])}
        assert idle == set(), kind


def test_what_is_pure_has_no_effects() -> None:
    pure = [name for name in modules() if any(name == room or name.startswith(f"{room}.") for room in PURE)]
    assert {name: effects(modules()[name]) for name in pure if effects(modules()[name]) - {"clock"}} == {}


def test_no_module_shadows_the_standard_library() -> None:
    names = {name.rpartition(".")[2] for name in modules()}
    assert names & set(sys.stdlib_module_names) - {"__main__"} == set()


HOT = {"Leaf", "Value"}
"""Made once for each value of each file: keywords would cost a tenth of the time."""


def records() -> dict[str, int]:
    """Every NamedTuple of the package with the number of its fields."""
    found = {}
    for tree in modules().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and any(
                getattr(base, "id", "") == "NamedTuple" for base in node.bases
            ):
                found[node.name] = sum(isinstance(line, ast.AnnAssign) for line in node.body)
    return found


def test_large_records_are_built_by_keyword() -> None:
    """Swap two of many fields by position, and no type checker says a word."""
    large = {name for name, fields in records().items() if fields > 4} - HOT
    wrong = [
        f"{name}:{node.lineno} {node.func.id}"
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in large
        and len(node.args) > 4
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("import subprocess", "processes"),
        ("def f():\n    from subprocess import run", "processes"),
        ("import requests.exceptions", "network"),
        ("import os\nos.environ['A']", "environment"),
        ("open('x')", "files"),
        ("from pathlib import Path\nPath('x').read_bytes()", "files"),
        ("import time", "clock"),
        ("import os\nos.fork()", "processes"),
    ],
)
def test_a_new_door_is_seen(code: str, kind: str) -> None:
    assert kind in effects(ast.parse(code))
