"""How tightly a name or a rule binds a file, found by probing the rule."""

from __future__ import annotations

import pytest

from sealward.claims.binding import NAMED, binding, folder_of, is_loose, may_be_claimed
from sealward.sops.format.creation_rules import Rule, load

AGE = "age1yt3tfqlfrwdwx0z0ynwplcr6qxcxfaqycuprpmy89nr83ltx74tqdpszlw"


def rule(path_regex: str | None) -> Rule:
    where = f"    path_regex: {path_regex}\n" if path_regex else ""
    configuration = load(".sops.yaml", f"creation_rules:\n  - age: {AGE}\n{where}".encode())
    assert configuration is not None
    return configuration.rules[0]


@pytest.mark.parametrize(
    ("path", "promises"),
    [
        ("a.enc.yaml", True), ("a.SOPS.json", True), ("prod.env.sops", True), (".env.encrypted", True),
        ("tls.key.enc", True), ("a.yaml", False), ("encoder.py", False), ("a.enc.py", False), ("enc", False),
    ],
)  # fmt: skip
def test_names_that_promise_a_seal(path: str, promises: bool) -> None:
    assert (NAMED.search(path) is not None) is promises


@pytest.mark.parametrize(
    ("path_regex", "path", "bound"),
    [
        (r"^secrets\.yaml$", "secrets.yaml", "file"),
        (r"deploy/setup\.sh$", "deploy/setup.sh", "file"),
        (r"^secrets/.*\.yaml$", "secrets/prod.yaml", "folder"),
        (r"private/", "a/private/x.yaml", "folder"),
        (r".*secret.*", "app/my-secret.yaml", None),
        (r".*\.yaml$", "secrets/prod.yaml", None),
        (None, "values.yaml", None),
    ],
)
def test_how_a_rule_names_a_path(path_regex: str | None, path: str, bound: str | None) -> None:
    assert binding(rule(path_regex), path) == bound


@pytest.mark.parametrize(
    ("folder", "bound"), [("secrets/prod", "folder"), ("apps", None), ("", None), ("a/Credentials", "folder")]
)
def test_a_configuration_of_a_folder_of_secrets_names_the_folder(folder: str, bound: str | None) -> None:
    assert binding(rule(None), "app.yaml", folder) == bound


@pytest.mark.parametrize(
    ("path_regex", "folder", "loose"),
    [(r".*secret.*", "", True), (r".*\.yaml$", "", False), (r".*", "", False), (None, "", False), (None, "apps", True)],
)  # fmt: skip
def test_a_rule_that_means_some_files(path_regex: str | None, folder: str, loose: bool) -> None:
    assert is_loose(rule(path_regex), "app/my-secret.yaml", folder) is loose


def test_the_folder_of_a_configuration() -> None:
    assert folder_of("apps/prod/a.yaml", "a.yaml") == "apps/prod"
    assert folder_of("a.yaml", "a.yaml") == ""


@pytest.mark.parametrize(
    ("path", "path_regex", "data", "wanted"),
    [
        ("a.enc.yaml", None, b"", True),
        ("a.yaml", None, b"kind: Secret\ndata:\n  a: b\n", True),
        ("a.yaml", None, b"valuesFrom:\n  - kind: Secret\n    name: a\nmetadata:\n", False),
        ("a.yaml", None, b"kind: ConfigMap", False),
        ("secrets/a.yaml", "^secrets/", b"", True),
        ("other/a.yaml", r".*\.yaml$", b"", False),
    ],
)
def test_what_is_worth_parsing(path: str, path_regex: str | None, data: bytes, wanted: bool) -> None:
    chosen = rule(path_regex) if path_regex else None
    assert may_be_claimed(path, chosen, path, data) is wanted
