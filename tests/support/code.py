"""What Python code names, read from its text alone: imports and uses as dotted names, whatever they are called."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SAME = {"posix": "os", "nt": "os", "_io": "io", "_socket": "socket", "_thread": "threading", "builtins": ""}
"""Modules that are another one under a second name."""


class Module:
    """A module's code. ``names`` maps what its imports bind to dotted names; annotations, and imports for
    types alone, are left out: they never run."""

    def __init__(self, tree: ast.Module) -> None:
        self.at_once = list(_running(tree, late=False))
        """The nodes that run when the module is imported."""
        self.nodes = list(_running(tree, late=True))
        self.names = dict(binding for node in self.nodes for binding in _bindings(node))
        self.for_types = {name for node in ast.walk(tree) for _, name in _bindings(node, whole=True)}
        """What is imported anywhere, for types alone, too."""
        self._own = {name for node in self.nodes for name in _bound(node)}

    def imports(self, *, late: bool = True) -> set[str]:
        """The dotted names that are imported; without ``late`` those only that an import of this one needs."""
        return {name for node in (self.nodes if late else self.at_once) for name in self._imported(node)}

    def uses(self) -> set[str]:
        """Everything that is imported, read or called. ``?.name`` is an attribute of something unknown,
        ``name()`` the outcome of a call, ``?.name/1`` a method of either, called with one argument."""
        return {name for node in self.nodes for name in (*self._imported(node), *self._used(node))}

    def _used(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Call):
            called = self.dotted(node.func)
            if "?" in called or "()" in called:
                yield f"{called}/{len(node.args)}"
            if called == "getattr" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
                yield f"{self.dotted(node.args[0])}.{node.args[1].value!s}"
        elif isinstance(node, (ast.Name, ast.Attribute)):
            yield self.dotted(node)

    def dotted(self, node: ast.expr) -> str:
        """The name of an expression, as it would be written without any alias."""
        if isinstance(node, ast.Name):
            if node.id in self.names:
                return self.names[node.id]
            return node.id if hasattr(builtins, node.id) and node.id not in self._own else "?"
        if isinstance(node, ast.Attribute):
            return _plain(f"{self.dotted(node.value)}.{node.attr}")
        if isinstance(node, ast.Call):
            loaded = _loaded(self, node)
            return loaded or f"{self.dotted(node.func)}()"
        return "?"

    def _imported(self, node: ast.AST) -> Iterator[str]:
        yield from (name for _, name in _bindings(node, whole=True))
        if isinstance(node, ast.Call) and (loaded := _loaded(self, node)):
            yield loaded


def _running(tree: ast.AST, *, late: bool) -> Iterator[ast.AST]:
    """The nodes below that run: with the module's import, and ``late`` also those of functions."""
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST):
                continue
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                yield from (node for other in child.orelse for node in (other, *_running(other, late=late)))
                continue
            yield child
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and not late:
                continue
            yield from _running(child, late=late)


def _bindings(node: ast.AST, *, whole: bool = False) -> Iterator[tuple[str, str]]:
    """What an import binds, and to what; ``import a.b`` binds ``a`` alone, and imports the ``whole``."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            first = alias.name.partition(".")[0]
            name = alias.name if alias.asname or whole else first
            yield alias.asname or first, _plain(name)
    elif isinstance(node, ast.ImportFrom) and node.module:
        for alias in node.names:
            yield alias.asname or alias.name, _plain(f"{node.module}.{alias.name}")


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a piece of code gives to something of its own."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id


def _loaded(module: Module, call: ast.Call) -> str:
    """The module that is imported by a name in a string; empty for any other call."""
    if module.dotted(call.func) not in ("__import__", "importlib.import_module", "importlib.__import__"):
        return ""
    first: ast.expr | None = call.args[0] if call.args else None
    if isinstance(first, ast.JoinedStr) and first.values:  # the package, of one of its modules
        first = first.values[0]
    return (
        _plain(first.value.rstrip("."))
        if isinstance(first, ast.Constant) and isinstance(first.value, str)
        else ""
    )


def _plain(name: str) -> str:
    first, dot, rest = name.partition(".")
    if first not in SAME:
        return name
    return f"{SAME[first]}{dot}{rest}".lstrip(".")
