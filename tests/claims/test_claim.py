"""Must this file be sealed? Cases from real repositories, loose rules and templates among them."""

from __future__ import annotations

import pytest

from sealward.engine.run import Run
from sealward.engine.sources import Source, Tree

SECRET = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\n"
DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: x\nspec:\n  password: literal\n  data: literal\n"
ANY = r".*secret.*"
LOOSE = '    encrypted_regex: "((?i)(pass|secret($|[^N])|key|token|^data$|^stringData))"\n'


def rules(path_regex: str | None = None, more: str = "") -> str:
    age = "age1yt3tfqlfrwdwx0z0ynwplcr6qxcxfaqycuprpmy89nr83ltx74tqdpszlw"
    path = f"    path_regex: {path_regex}\n" if path_regex else ""
    return f"creation_rules:\n  - age: {age}\n{path}{more}"


def found(path: str, text: str, sops: str = "", settings: str = "", **others: str) -> list[str]:
    """The rule ids for one file of a repository without history."""
    files = {name: text.encode() for name, text in others.items()}
    if sops:
        files[".sops.yaml"] = sops.encode()
    if settings:
        files[".sealward.yaml"] = settings.encode()
    run = Run(Tree("", files.get), ["sops-encrypted"])
    return [finding.rule for finding in run.judge(Source(path, text.encode(), list)).findings]


@pytest.mark.parametrize(
    ("path", "text", "sops"),
    [
        # a name is a promise
        ("secrets.enc.yaml", "a: b\n", ""),
        ("secrets.enc.yaml", "a: vault:secret/data/x#y#1\n", ""),
        ("secrets.enc.yaml", "", ""),
        ("a/b.sops.json", '{"a": "b"}', ""),
        ("prod.sops.env", "A=b\n", ""),
        ("x.encrypted.ini", "[a]\nb = c\n", ""),
        # a Kubernetes Secret, whatever the rules say
        ("app/secret.yaml", SECRET + "stringData:\n  password: hunter2\n", ""),
        ("app/any.yaml", SECRET + "data:\n  password: aHVudGVyMg==\n", ""),
        ("app/any.yaml", f"{DEPLOYMENT}---\n{SECRET}stringData:\n  password: hunter2\n", ""),
        ("app/any.yaml", SECRET + "stringData:\n  user: ${USER}\n  password: hunter2\n", ""),
        ("app/any.yaml", SECRET + "stringData:\n  url: postgres://${USER}:hunter2x@db/x\n  a: ${B}\n", ""),
        ("list.yaml", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  data: {a: aHVudGVyMg==}\n", ""),
        ("secret.json", '{"apiVersion": "v1", "kind": "Secret", "stringData": {"a": "hunter2"}}', ""),
        # a rule that names the file, or its folder
        ("secrets.yaml", "a: literal\n", rules(r"^secrets\.yaml$")),
        ("secrets/prod.yaml", "a: literal\n", rules(r"^secrets/.*\.yaml$")),
        ("terraform/secrets/prod.json", '{"a": "literal"}', rules(r"secrets/.*")),
        # a loose rule, and a literal under a sensitive key
        ("app/my-secret.yaml", "password: hunter2\n", rules(ANY)),
    ],
)  # fmt: skip
def test_must_be_sealed(path: str, text: str, sops: str) -> None:
    assert found(path, text, sops) == ["not-sealed"]


@pytest.mark.parametrize(
    ("path", "text", "sops"),
    [
        # a first rule without a path claims everything, and so nothing
        ("values.yaml", "password: literal\nkey: literal\n", rules(None, LOOSE)),
        ("app/deployment.yaml", DEPLOYMENT, rules(None, LOOSE)),
        # a folder full of ordinary manifests
        ("kubernetes/utility/app.yaml", DEPLOYMENT, rules(r"kubernetes/utility/.*\.ya?ml", '    encrypted_regex: "^(data|stringData)$"\n')),
        ("kubernetes/utility/cm.yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n  password: x\n", rules(r"kubernetes/utility/.*\.ya?ml")),
        ("kubernetes/utility/kustomization.yaml", "resources:\n- secret.yaml\ntoken: x\n", rules(r"kubernetes/utility/.*\.ya?ml")),
        ("my-secret/helmrelease.yaml", "apiVersion: h/v2\nkind: HelmRelease\nspec:\n  values:\n    password: x\n", rules(ANY)),
        ("external-secret.yaml", "apiVersion: e/v1\nkind: ExternalSecret\nspec:\n  data: [{secretKey: password}]\n", rules(ANY)),
        # rules for standard input, rules per cluster
        ("values.yaml", "password: literal\n", rules("/dev/stdin")),
        ("clusters/dev/values.yaml", "password: literal\n", rules("clusters/prod/.*")),
        # configuration itself
        (".sops.yaml", rules(ANY), rules(ANY)),
        ("sops.yaml", rules(ANY), rules(r".*")),
        # loosely claimed, without a literal under a sensitive key
        ("app/my-secret.yaml", "host: literal\n", rules(ANY)),
        ("app/my-secret.yaml", "password: vault:secret/data/x#y#1\n", rules(ANY)),
        ("app/my-secret.yaml", "password: ${PASSWORD}\n", rules(ANY)),
        ("recyclarr-secret.yaml", "api_key: !env_var SONARR_APIKEY\n", rules(ANY)),
        ("docs/secret-handling.md", "# password: literal\n", rules(ANY)),
        # Secrets that hold only references, placeholders, public matter
        ("s.yaml", SECRET, ""),
        ("s.yaml", SECRET + "data: {}\nstringData:\n  a: ''\n", ""),
        ("s.yaml", SECRET + "stringData:\n  a: vault:secret/data/x#y#1\n", ""),
        ("s.yaml", SECRET + "stringData:\n  a: <path:secret/data/x#y#1>\n", ""),
        ("s.yaml", SECRET + "data:\n  a: dmF1bHQ6c2VjcmV0L2RhdGEveCN5IzE=\n", ""),
        ("s.yaml", SECRET + "stringData:\n  a: ${A}\n  b: '{{ .Values.b }}'\n  c: <token>\n  d: changeme\n", ""),
        ("s.yaml", SECRET + "stringData:\n  a: op://Automation/1password connect/token\n", ""),
        ("s.yaml", SECRET + "stringData:\n  user: ${U:=${APP}}\n  uri: postgres://${U:=${APP}}@db:5432/x?a=b\n", ""),
        ("s.yaml", SECRET + "stringData:\n  host: db.internal\n  port: '5432'\n  password: ${P}\n", ""),
        ("s.yaml", SECRET + 'stringData:\n  c: |\n    {"client_id": "${ID}", "secret": "${SECRET}"}\n', ""),
        ("s.yaml", SECRET + "stringData:\n  ca.crt: |\n    -----BEGIN CERTIFICATE-----\n    MIIB\n    -----END CERTIFICATE-----\n", ""),
        ("s.yaml", SECRET + "stringData:\n  keys: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI you@host\n", ""),
        ("s.yaml", SECRET + "  labels: {argocd.argoproj.io/secret-type: repository}\nstringData:\n  url: https://github.com/a/b.git\n", ""),
        ("s.yaml", "kind: Secret\npassword: not kubernetes\n", ""),
    ],
)  # fmt: skip
def test_need_not_be_sealed(path: str, text: str, sops: str) -> None:
    assert found(path, text, sops) == []


def test_settings_overrule_the_rule_of_thumb() -> None:
    text = "password: literal\n"
    settings = "sealed:\n  - config/**\nexempt:\n  - path: config/example.yaml\n    reason: an example\n"
    assert found("config/a/b.yaml", text, settings=settings) == ["not-sealed"]
    assert found("config/example.yaml", text, settings=settings) == []
    assert found("other/b.yaml", text, settings=settings) == []
    narrowed = settings + "    rules: [plaintext-value]\n"
    assert found("config/example.yaml", text, settings=narrowed) == ["not-sealed"]


def test_the_value_that_matters_is_pointed_at() -> None:
    run = Run(Tree("", lambda _: None), ["sops-encrypted"])
    data = b"user: bot\nport: 1\napi_key: literal\n"
    finding = run.judge(Source("s.enc.yaml", data, list)).findings[0]
    assert (finding.place.line, finding.place.key_path) == (3, "api_key")


@pytest.mark.parametrize(
    "path",
    ["secrets.dec.yaml", "secrets.yaml.dec", ".decrypted~secrets.enc.yaml", "secrets.decrypted.json", "secrets.enc.yaml~",
     "secrets.enc.yaml.orig", "secrets.enc.yaml.bak", ".secrets.enc.yaml.swp", "#secrets.enc.yaml#"],
)  # fmt: skip
def test_decrypted_copies_and_leftovers(path: str) -> None:
    assert found(path, "password: hunter2\n", **{"secrets.enc.yaml": ""}) == ["decrypted-copy"]


@pytest.mark.parametrize("path", ["Taskfile.yml.bak", "notes~", "decisions.yaml", "december.json", "a.swift"])
def test_leftovers_of_ordinary_files(path: str) -> None:
    assert found(path, "password: x\n", **{"Taskfile.yml": "x: sops lastmodified mac\n"}) == []
