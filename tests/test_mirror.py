"""The tests mirror the source: each module's cases stand in a module of its name, and no test bends time."""

from __future__ import annotations

import ast
from pathlib import Path

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "hooks" / "sealward"

EXCEPTIONS = {
    "demo.cluster": "needs a cluster, which one process starts: tests/deploy/test_demo_scene.py",
    "demo.story": "the whole story is run, and every step of it judged, in tests/commands/test_demo.py",
    "reencryption.follow_up": "joins re-encryption and rotation: tests/commands/test_reencrypt_then_rotate.py",
}
"""Modules without a test module of their name, and why. What is needed no longer must go."""


def modules() -> dict[str, Path]:
    """Each module with code of its own, by name, and where its cases belong; of a table, which has none, the
    cases are those of what reads it.

    A package's own code is tested in a module of the package's name within it; a name that ends with ``_``
    (``json_``) loses that.
    """
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        body = ast.parse(file.read_text(encoding="utf-8")).body
        folder = file.relative_to(PACKAGE).parent
        package = file.stem == "__init__"
        name = ".".join(folder.parts if package else (*folder.parts, file.stem))
        if any(isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.If)) for node in body):
            stem = folder.name if package else file.stem.strip("_")
            found[name] = TESTS / folder / f"test_{stem}.py"
    return found


def has_cases(file: Path) -> bool:
    """Whether a file is there, and has a test."""
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.exists() else ast.Module([], [])
    return any(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in tree.body)


def test_every_module_has_its_cases_in_a_module_of_its_name() -> None:
    lacking = {
        name: str(file.relative_to(TESTS.parent)) for name, file in modules().items() if not has_cases(file)
    }
    assert {name: file for name, file in lacking.items() if name not in EXCEPTIONS} == {}


def test_every_exception_is_needed_and_says_why() -> None:
    known = modules()
    assert [name for name in EXCEPTIONS if name not in known or has_cases(known[name])] == []
    assert all(len(reason) > 20 for reason in EXCEPTIONS.values())


def patched_clocks(tree: ast.AST) -> list[int]:
    """The lines that put something in the place of the clock: ``setattr`` on ``…time…``."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("setattr", "patch")
        for word in node.args[:2]
        if isinstance(word, ast.Constant)
        and isinstance(word.value, str)
        and {"time", "datetime", "monotonic", "sleep"} & set(word.value.split("."))
    ]


def test_no_test_bends_time() -> None:
    """A clock is handed in: ``main(…, now=…)``, ``Inspector(…, now=…)``, ``transport.now``."""
    files = [file for file in TESTS.rglob("*.py") if file != Path(__file__)]
    lines = {str(file): patched_clocks(ast.parse(file.read_text(encoding="utf-8"))) for file in files}
    assert {file: found for file, found in lines.items() if found} == {}
    bent = "monkeypatch.setattr('sealward.x.time.time', lambda: 0)\npatch.setattr(module, 'time', fake)\n"
    assert patched_clocks(ast.parse(bent)) == [1, 2]
    assert patched_clocks(ast.parse("monkeypatch.setattr(module, 'timeout', 1)")) == []
