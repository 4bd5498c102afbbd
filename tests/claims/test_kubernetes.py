"""Which literals of Kubernetes Secrets need a seal, in YAML and in what is none."""

from __future__ import annotations

import pytest

from sealward.claims.kubernetes import is_manifest, literals
from sealward.document import dotted, parse

HEAD = "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n"


def found(text: str, path: str = "a.yaml") -> list[tuple[str, int]]:
    return [(dotted(leaf.path), leaf.line) for leaf in literals(parse(path, text.encode()))]


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        (HEAD + "stringData:\n  a: correct-horse\n", [("stringData.a", 5)]),
        (HEAD + "data:\n  a: Y29ycmVjdC1ob3JzZQ==\n", [("data.a", 5)]),
        (HEAD + "stringData:\n  a: ''\n  b: ${B}\n  c: vault:secret/data/x#y#1\n", []),
        (HEAD + "stringData:\n  host: db.internal\n  b: ${B}\n", []),
        (HEAD + "stringData:\n  password: correct-horse\n  b: ${B}\n", [("stringData.password", 5)]),
        ("apiVersion: v1\nkind: List\nitems:\n- " + HEAD.replace("\n", "\n  ") + "data: {a: YWJjZGVmZ2hpag==}\n",
         [("items[0].data.a", 7)]),
        ("kind: Secret\nstringData: {a: not kubernetes}\n", []),
        (HEAD + "type: Opaque\n", []),
    ],
)  # fmt: skip
def test_in_what_can_be_parsed(text: str, leaves: list[tuple[str, int]]) -> None:
    assert found(text) == leaves


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        (HEAD + "{{- if .x }}\nstringData:\n  a: correct-horse\n{{- end }}\n", [("stringData.a", 6)]),
        (HEAD + "stringData:\n\ta: correct-horse\n", [("stringData.a", 5)]),
        (HEAD + "{{ x }}\nstringData:\n  a: {{ .a }}\n  b: |\n  c: *d\n", []),
        (HEAD + "{{ x }}\nstringData:\n  a: '${A}'\n", []),
        ("kind: {{ .k }}\nstringData:\n  a: correct-horse\n", []),
        (HEAD + "{{ x }}\nother:\n  a: correct-horse\n", []),
    ],
)
def test_in_what_cannot(text: str, leaves: list[tuple[str, int]]) -> None:
    assert found(text) == leaves


@pytest.mark.parametrize(
    ("text", "manifest"),
    [
        ("apiVersion: apps/v1\nkind: Deployment\n", True), (HEAD, False), ("kind: Deployment\n", False),
        ("- a\n", False), ("apiVersion: x/v1\nkind: SopsSecret\n", False),
    ],
)  # fmt: skip
def test_manifests_that_hold_no_secrets_themselves(text: str, manifest: bool) -> None:
    assert is_manifest(parse("a.yaml", text.encode()).parts[0].root) is manifest
