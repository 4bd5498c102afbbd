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
    return rule_ids(path, text.encode(), sops, settings, **others)


def rule_ids(path: str, data: bytes, sops: str = "", settings: str = "", **others: str) -> list[str]:
    files = {name: text.encode() for name, text in others.items()}
    if sops:
        files[".sops.yaml"] = sops.encode()
    if settings:
        files[".sealward.yaml"] = settings.encode()
    run = Run(Tree("", files.get), ["sops-encrypted"])
    return [finding.rule for finding in run.judge(Source(path, data, list)).findings]


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


CATCH_ALL = rules(None)
SOPS_SECRET = (
    "apiVersion: isindir.github.com/v1alpha3\nkind: SopsSecret\nspec:\n  secretTemplates:\n  - name: a\n"
)
CONFIGMAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n"
PUBLIC = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
IN_FOLDER = rules(r"^secrets/.*")


@pytest.mark.parametrize(
    ("path", "text", "sops"),
    [
        # names promise in any case, at the end of the name, for any format
        ("x.ENC.yaml", "a: b\n", ""),
        ("x.enc.YAML", "a: b\n", ""),
        ("secrets.yaml.enc", "a: b\n", ""),
        (".env.production.enc", "A=b\n", ""),
        ("prod.env.sops", "A=b\n", ""),
        ("app.env.encrypted", "A=b\n", ""),
        ("x.enc.toml", "a = 'b'\n", ""),
        ("x.sops.tfvars", 'a = "b"\n', ""),
        ("tls.key.enc", "correct-horse-battery\n", ""),
        # the binary store, where a rule names the file or its folder
        ("secrets/db-password", "correct-horse\n", IN_FOLDER),
        ("secrets/db-password.txt", "correct-horse\n", IN_FOLDER),
        ("secrets/app.toml", 'password = "correct-horse"\n', IN_FOLDER),
        ("secrets/app.properties", "password=correct-horse\n", IN_FOLDER),
        ("deploy/setup.sh", "export A=correct\n", rules(r"^deploy/setup\.sh$")),
        # what cannot be read as what its name says
        ("secrets/b.yaml", "password: x\n\tbad: tab\n", IN_FOLDER),
        ("secrets/d.env", "no assignment\n", IN_FOLDER),
        ("secrets/e.ini", "no assignment\n", IN_FOLDER),
        ("secrets/f.json", '{"a": 1 /* comment */}', IN_FOLDER),
        ("secrets/deep.yaml", "[" * 300 + "]" * 300, IN_FOLDER),
        # numbers under keys of passwords
        ("secrets/n.yaml", "password: 84736251\n", IN_FOLDER),
        ("app/my-secret.yaml", "password: 84736251\n", rules(ANY)),
        # names of keys that the plainer of two tables once did not know
        ("app/my-secret.yaml", "db_pwd: correct-horse-9\n", rules(ANY)),
        ("app/my-secret.yaml", "encryptionKey: correct-horse-9\n", rules(ANY)),
        # every document for itself
        ("secrets/two.yaml", f"{DEPLOYMENT}---\na: literal\n", IN_FOLDER),
        # a rule that names just this manifest, and covers a secret of it
        ("k/am/configmap.yaml", CONFIGMAP + "  smtp_password: correct-horse\n", rules(r"k/am/configmap\.yaml$", "    encrypted_regex: ^data$\n")),
        # kinds that hold secrets
        ("a.yaml", SOPS_SECRET + "    stringData: {password: correct-horse}\n", ""),
        ("a.yaml", "apiVersion: v1\nkind: SecretList\nitems:\n- stringData: {password: correct-horse}\n", ""),
        ("a.yaml", "apiVersion: v1\ndata: {a: Y29ycjNjdA==}\nkind: Secret\n", ""),
        # a folder with a configuration of its own
        ("secrets/prod/app.yaml", "a: literal\n", ("secrets/prod/.sops.yaml", CATCH_ALL)),
        ("apps/app.yaml", "password: correct-horse\n", ("apps/.sops.yaml", CATCH_ALL)),
        # Secrets in what is not YAML
        ("helm.yaml", SECRET + "{{- if .Values.a }}\nstringData:\n  password: correct-horse\n{{- end }}\n", ""),
        ("jinja.yaml", SECRET + "{% if x %}\nstringData:\n  password: 'correct-horse'\n{% endif %}\n", ""),
        ("tab.yaml", SECRET + "stringData:\n\tpassword: correct-horse\n", ""),
        ("two.yaml", SECRET + "stringData:\n  password: correct-horse\n---\nkind: {{ .x }}: y\n", ""),
        ("data.yaml", SECRET + "data:\n  password: Y29ycmVjdC1ob3JzZQ==\n  {{- if x }}\n", ""),
        ("secret.yaml.j2", SECRET + "stringData:\n  password: correct-horse\n", ""),
    ],
)  # fmt: skip
def test_whatever_store_name_and_shape(path: str, text: str, sops: str | tuple[str, str]) -> None:
    where, content = (".sops.yaml", sops) if isinstance(sops, str) else sops
    assert "not-sealed" in found(path, text, **({where: content} if content else {}))


@pytest.mark.parametrize(
    ("path", "text", "sops"),
    [
        # encrypted by other tools
        ("a.enc", "Salted__\x01", ""),
        ("a.yaml.enc", "U2FsdGVkX1+abcdefgh\n", ""),
        ("a.enc.yaml", "$ANSIBLE_VAULT;1.1;AES256\n6162\n", ""),
        ("config/credentials.yml.enc", "aGVsbG8gd29ybGQhaGVsbG8=--aGVsbG8gd29y--aGVsbG8gd29ybGQh\n", ""),
        ("secrets/a.txt", "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n", IN_FOLDER),
        ("secrets/a.asc", "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n", IN_FOLDER),
        ("secrets/s.yaml", "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec:\n  encryptedData: {a: AgB}\n", IN_FOLDER),
        # tables of characters
        ("fonts/8r.enc", "% @psencodingfile{ ... }\n/TeXBase1Encoding [\n", ""),
        ("lib/koi8-r.enc", "# Encoding file: koi8-r, single-byte\nS\n", ""),
        # what explains, builds or is public in a folder of secrets
        ("secrets/README.md", "password: correct-horse\n", IN_FOLDER),
        ("secrets/LICENSE", "MIT\n", IN_FOLDER),
        ("secrets/.gitkeep", "", IN_FOLDER),
        ("secrets/.gitignore", "*.dec\n", IN_FOLDER),
        ("secrets/Makefile", "all:\n\ttrue\n", IN_FOLDER),
        ("secrets/rotate.py", "password = input()\n", IN_FOLDER),
        ("secrets/default.nix", "{ a = 1; }\n", IN_FOLDER),
        ("secrets/ca.crt", PUBLIC, IN_FOLDER),
        ("secrets/ca.pem", PUBLIC, IN_FOLDER),
        ("secrets/id.pub", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI you@host\n", IN_FOLDER),
        ("secrets/authorized_keys", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI you@host\n", IN_FOLDER),
        ("secrets/empty.txt", "\n", IN_FOLDER),
        ("secrets/notes.txt", "# nothing yet\n", IN_FOLDER),
        ("secrets/ref.txt", "vault:secret/data/x#y#1\n", IN_FOLDER),
        ("secrets/kustomization.yaml", "resources: [a.yaml]\n", IN_FOLDER),
        # a manifest that a rule names, without a secret in what the selector covers
        ("k/am/configmap.yaml", CONFIGMAP + "  host: am.internal\n", rules(r"k/am/configmap\.yaml$", "    encrypted_regex: ^data$\n")),
        # numbers that are not passwords
        ("app/my-secret.yaml", "port: 5432\ntoken_ttl: 3600\n", rules(ANY)),
        # configurations of folders: other folders, and what is not under a sensitive key
        ("k8s/values.yaml", "password: correct-horse\n", ("secrets/prod/.sops.yaml", CATCH_ALL)),
        ("apps/app.yaml", "image: nginx\nhost: a.internal\n", ("apps/.sops.yaml", CATCH_ALL)),
        ("apps/deployment.yaml", DEPLOYMENT, ("apps/.sops.yaml", CATCH_ALL)),
        # kinds that hold secrets, with placeholders alone
        ("a.yaml", SOPS_SECRET + "    stringData: {password: '${PASSWORD}'}\n", ""),
        ("helm.yaml", SECRET + "stringData:\n  password: {{ .Values.password }}\n  user: '{{ .Values.user }}'\n", ""),
        ("helm.yaml", SECRET + "data:\n  {{- range $k, $v := .Values.data }}\n  {{ $k }}: {{ $v | b64enc }}\n  {{- end }}\n", ""),
        ("eso.yaml", "apiVersion: e/v1\nkind: ExternalSecret\nspec:\n  a: |\n    apiVersion: v1\n    kind: Secret\n    stringData:\n      token: literal\n  {{ x }}\n", ""),
        ("docs/secret.md", SECRET + "stringData:\n  password: correct-horse\n", ""),
    ],
)  # fmt: skip
def test_harmless_twins(path: str, text: str, sops: str | tuple[str, str]) -> None:
    where, content = (".sops.yaml", sops) if isinstance(sops, str) else sops
    assert found(path, text, **({where: content} if content else {})) == []


def test_bytes_that_are_not_text() -> None:
    """A key store in a folder of secrets is claimed; under a mere name nobody can tell it from ciphertext."""
    data = bytes(range(256)) * 4
    assert rule_ids("secrets/key.p12", data, IN_FOLDER) == ["not-sealed"]
    assert rule_ids("backup.enc", data, "") == []
    assert rule_ids("secrets/a.gpg", b"\x85\x01\x0c\x03" + data, IN_FOLDER) == []
    assert rule_ids("secrets/latin1.yaml", "a: h\u00fc\n".encode("latin-1"), IN_FOLDER)[-1] == "not-sealed"
    assert rule_ids("secrets/utf16.yaml", "a: b\n".encode("utf-16"), IN_FOLDER)[-1] == "not-sealed"


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


VALUE = SECRET + "stringData:\n  password: corr3ct-h0rse9\n"


@pytest.mark.parametrize(
    "name",
    """secret.yaml.j2 secret.yml.tmpl secret.yaml.erb secret.yaml.in secret.YAML secret.Yml secret.yaml.txt secret.txt
    secret.yaml.orig secret.yaml_old secret.yaml.example secret.gotmpl secret""".split(),
)
def test_a_manifest_is_known_under_any_name(name: str) -> None:
    assert found(name, VALUE) == ["not-sealed"]
    assert found(name, VALUE.replace("corr3ct-h0rse9", "'{{ .Values.password }}'")) == []


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("{{- if .Values.x }}\n" + VALUE + "{{- end }}\n", True),
        (SECRET + "stringData:\n  password: |\n    corr3ct-h0rse9\n{{- if x }}\n", True),
        (SECRET + "stringData: {password: corr3ct-h0rse9}\n{{- if x }}\n", True),
        (SECRET + "data:\n  password: {{ \"Zx8kQ2mV7tLp\" | b64enc }}\n{% if x %}\n", True),
        ("kind: List\napiVersion: v1\nitems:\n- {{ x }}\n- kind: Secret\n  apiVersion: v1\n  stringData: {a: corr3ct-h0rse9}\n", True),
        (SECRET + "stringData:\n  id: |\n    #% filter indent(4) %#\n    #{ deploy_key() }#\n    #% endfilter %#\n{% if x %}\n", False),
        (SECRET + "data:\n  {{- toYaml .Values.data | nindent 2 }}\n", False),
        (SECRET + "stringData:\n  user: bot\n  password: {{ .Values.password | quote }}\n{{- if x }}\n", False),
        (SECRET + "stringData:\n  password: {{ required \"give a password\" .Values.password }}\n{{- if x }}\n", False),
    ],
)  # fmt: skip
def test_templates_are_read_as_what_they_will_be(text: str, claimed: bool) -> None:
    assert found("templates/secret.yaml", text) == ["not-sealed"] * claimed


def test_json_that_is_not_quite_json_is_read() -> None:
    text = (
        '// a comment\n{"apiVersion": "v1", "kind": "Secret", "stringData": {"password": "corr3ct-h0rse9"},}'
    )
    assert found("secret.json", text) == ["not-sealed"]
    assert found("secret.json", text.replace("corr3ct-h0rse9", "${PASSWORD}")) == []


def test_a_folder_named_after_a_tool_says_nothing_of_its_files() -> None:
    chart = {"examples/sops/.sops.yaml": rules(None)}
    assert found("examples/sops/values.yaml", "image: nginx\n", **chart) == []
    assert found("examples/sops/values.yaml", "db_password: corr3ct-h0rse9\n", **chart) == ["not-sealed"]
    assert found("secrets/values.yaml", "image: nginx\n", **{"secrets/.sops.yaml": rules(None)}) == [
        "not-sealed"
    ]


EYAML = "db::password: ENC[PKCS7,MIIBeQYJKoZIhvcNAQcDoIIBajCCAWYCAQAxggEhMIIBHQIBADAFMAACAQEw]\n"
VAULTED = "a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  613233\n"


@pytest.mark.parametrize("name", ["secrets/a.yaml", "a.enc.yaml", "a.sops.json", "a.enc", ".env.encrypted"])
@pytest.mark.parametrize("text", [EYAML, VAULTED, EYAML + "user: ''\nport: 5432\n"])
def test_values_that_other_tools_encrypted_need_no_seal(name: str, text: str) -> None:
    assert found(name, text, IN_FOLDER) == []
    assert found(name, text + "other: corr3ct-h0rse9\n", IN_FOLDER)[-1:] == ["not-sealed"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("secrets/run", b"#!/bin/sh\necho hello\n"),
        ("secrets/recipients.txt", b"age1de8ltp9c4a305vtgn47lh09qz4yl2e86qhurt0xnaaxdf5034evq0culeh\n"),
        (
            "secrets/keys",
            b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ\n-----END PGP PUBLIC KEY BLOCK-----\n",
        ),
        ("secrets/keys.gpg", b"\x98\x33\x04\x67" + bytes(range(128, 180))),
        ("secrets/ca.der", b"\x30\x30\x30\x2e" + bytes(range(46))),
        ("secrets/known", b"github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMq\n"),
    ],
)
def test_scripts_and_what_is_public_need_no_seal_in_a_folder_of_secrets(name: str, data: bytes) -> None:
    assert rule_ids(name, data, IN_FOLDER) == []
    assert rule_ids(name, b"corr3ct-h0rse9\n", IN_FOLDER) == ["not-sealed"]
