"""References: every form that a tool documents, its normal form, and re-pinning that changes nothing else."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealward.references import bank_vaults, syntax, templates
from sealward.references.reference import Reference
from sealward.references.syntax import find_all, levelled, parse, repin, secret_path


def kv(version: int | None, written: Any, **more: Any) -> Reference:
    mount, path, key = (
        more.pop(name, other) for name, other in (("mount", "secret"), ("path", "bot"), ("key", "k"))
    )
    return Reference(mount, path, key, version, written, **more)  # fmt: skip


BANK_VAULTS = [
    ("vault:secret/data/bot#k#7", kv(7, "bank-vaults")),
    ("vault:secret/data/bot#k", kv(None, "bank-vaults")),
    ("bao:secret/data/bot#k#7", kv(7, "bank-vaults")),
    (">>vault:secret/data/bot#k#7", kv(7, "bank-vaults")),
    ("vault:/secret/data/bot#k#7", kv(7, "bank-vaults")),
    ("${vault:secret/data/bot#k#7}", kv(7, "inline")),
    ("${>>vault:secret/data/bot#k#7}", kv(7, "inline")),
    ("${vault:secret/data/bot#${.k | b64enc}#7}", kv(7, "inline")),
    ("vault:secret/data/.../.x/x.#k#1", kv(1, "bank-vaults", path=".../.x/x.")),
    ("vault:team/kv/data/bot#k#1", kv(1, "bank-vaults", mount="team/kv")),
    ("vault:secret/data/data/x#k#1", kv(1, "bank-vaults", path="data/x")),
    ("vault:secret/data/bot#${.k | b64enc}", kv(None, "bank-vaults")),
    ("vault:secret/data/bot#pre-${.k}-post#7", kv(7, "bank-vaults")),
    ('vault:secret/data/bot#${index . "a-b"}#7', kv(7, "bank-vaults", key="a-b")),
    ("vault:secret/data/bot#${. | toJson}#7", kv(7, "bank-vaults", key="")),
    ("vault:secret/data/größe/a b#ein Schlüssel#7", kv(7, "bank-vaults", path="größe/a b", key="ein Schlüssel")),
    ("vault:database/creds/bot#username", kv(None, "bank-vaults", mount="database", path="creds/bot", key="username", engine="issuing")),
    ("vault:team/db/creds/bot#username", kv(None, "bank-vaults", mount="team/db", path="creds/bot", key="username", engine="issuing")),
    ("vault:kv/app#k", kv(None, "bank-vaults", mount="kv", path="app", engine="other")),
    ("vault:pki/cert/431#ca", kv(None, "bank-vaults", mount="pki", path="cert/431", key="ca", engine="other")),
    ("vault:cubbyhole/token#k", kv(None, "bank-vaults", mount="cubbyhole", path="token", engine="other")),
    ("vault:identity/oidc/token/x#token", kv(None, "bank-vaults", mount="identity", path="oidc/token/x", key="token", engine="other")),
]  # fmt: skip
VALS = [
    ("ref+vault://secret/bot?version=7#/k", kv(7, "vals")),
    ("secretref+vault://secret/bot?version=7#/k", kv(7, "vals")),
    ("ref+openbao://secret/bot?version=7#/k", kv(7, "vals")),
    ("ref+vault:///secret/bot#/k", kv(None, "vals")),
    ("ref+vault://secret/bot#/k", kv(None, "vals")),
    ("ref+vault://secret/bot#k", kv(None, "vals")),
    ("ref+vault://secret/bot/k", kv(None, "vals")),
    ("ref+vault://secret/bot/k?version=7", kv(7, "vals")),
    ("ref+vault://secret/bot?version=7#/k/deep/er", kv(7, "vals")),
    ("ref+vault://secret/a%20b?version=7#/k%C3%A4", kv(7, "vals", path="a b", key="kä")),
    ("ref+vault://secret/bot?proto=http&version=7#/k", kv(7, "vals", options=("proto",))),
    ("ref+vault://secret/bot?namespace=ns/a&version=7#/k", kv(7, "vals", namespace="ns/a")),
    ("ref+vault://secret/bot?address=https://v:8200&version=7#/k", kv(7, "vals", address="https://v:8200", options=("address",))),
    ("ref+vault://secret/bot?host=v:8200&proto=http#/k", kv(None, "vals", address="http://v:8200", options=("host", "proto"))),
    ("ref+vault://127.0.0.1:8200/secret/bot#/k", kv(None, "vals", address="127.0.0.1:8200", options=("host",))),
    ("ref+vault://secret/bot#/k?address=https://v:8200", kv(None, "vals", address="https://v:8200")),
    ("ref+vault://database/creds/bot#/username", kv(None, "vals", mount="database", path="creds/bot", key="username", engine="issuing")),
]  # fmt: skip
ARGOCD = [
    ("<path:secret/data/bot#k#7>", kv(7, "argocd")),
    ("<path:/secret/data/bot#k>", kv(None, "argocd")),
    ("<path:secret/data/bot#k#7 | base64encode>", kv(7, "argocd")),
    ("<path:secret/data/bot#k | jsonPath {.a}{':'}{.b}>", kv(None, "argocd")),
    ("<path:secret/data/a b#ein Schlüssel#7>", kv(7, "argocd", path="a b", key="ein Schlüssel")),
    ("<path:kv/bot#k>", kv(None, "argocd", mount="kv", engine="other")),
]
TEMPLATES = [
    ('{{ with secret "secret/data/bot?version=7" }}{{ .Data.data.k }}{{ end }}', kv(7, "template")),
    ("{{- with secret `secret/data/bot?version=7` -}}{{- .Data.data.k -}}{{- end -}}", kv(7, "template")),
    ('{{ with secret "secret/bot?version=7" }}{{ .Data.data.k }}{{ end }}', kv(7, "template")),
    ('{{ with secret "secret/data/bot" "version=7" }}{{ .Data.data.k }}{{ end }}', kv(7, "template")),
    ('{{ with $s := secret "secret/data/bot?version=7" }}{{ $s.Data.data.k }}{{ end }}', kv(7, "template")),
    ('{{ (secret "secret/data/bot?version=7").Data.data.k }}', kv(7, "template")),
    ('{{ (secret "secret/data/bot?version=7").Data.data.k | toJSON }}', kv(7, "template")),
    ('{{ index (secret "secret/data/bot?version=7").Data.data "k" }}', kv(7, "template")),
    ('{{ with secret "secret/data/bot?version=7" }}{{ index .Data.data "k" }}{{ end }}', kv(7, "template")),
    ('{{ with secret "secret/data/bot?version=7" }}{{ index .Data "data" "k" }}{{ end }}', kv(7, "template")),
    ('{{ with secret "secret/data/bot?version=7" }}{{ with .Data.data }}{{ .k }}{{ end }}{{ end }}', kv(7, "template")),
    ('{{ with secret "secret/data/bot?version=7" }}{{ $d := .Data.data }}{{ $d.k }}{{ end }}', kv(7, "template")),
    ('{{ with secret "secret/data/bot?version=7" }}{{ if .Data.data.k }}{{ .Data.data.k }}{{ end }}{{ end }}', kv(7, "template")),
    ('{{ with secret "secret/data/bot?x=1&version=7" }}{{ .Data.data.k }}{{ end }}', kv(7, "template")),
    ('{{ with secret "secret/data/bot?version=7" }}{{ range $k, $v := .Data.data }}{{ $k }}{{ end }}{{ end }}', kv(7, "template", key="")),
    ('{{ with secret "kv/bot" }}{{ .Data.k }}{{ end }}', kv(None, "template", mount="kv", engine="other")),
    ('{{ with secret "kv/bot" }}{{ .Data.data.k }}{{ end }}', kv(None, "template", mount="kv")),
    ('{{ with secret "database/creds/bot" }}{{ .Data.password }}{{ end }}', kv(None, "template", mount="database", path="creds/bot", key="password", engine="issuing")),
    ('{{ with secret "pki/issue/web" "common_name=a.example" }}{{ .Data.private_key }}{{ end }}', kv(None, "template", mount="pki", path="issue/web", key="private_key", engine="issuing")),
]  # fmt: skip
EVERY = [*BANK_VAULTS, *VALS, *ARGOCD, *TEMPLATES]


@pytest.mark.parametrize(("text", "reference"), EVERY)
def test_every_syntax(text: str, reference: Reference) -> None:
    assert find_all(text) == [reference]
    assert parse(text) == reference


@pytest.mark.parametrize(("text", "reference"), EVERY)
def test_base64_of_it_as_data_of_a_kubernetes_secret(text: str, reference: Reference) -> None:
    for encoded in (base64.b64encode(text.encode()).decode(), base64.encodebytes(text.encode()).decode()):
        assert find_all(encoded) == [reference]
        pinned = repin(encoded, ("secret", "bot"), 12)
        assert base64.b64decode(pinned).decode() == repin(text, ("secret", "bot"), 12)
        assert len(pinned.split()) >= len(encoded.split())
        assert pinned.endswith("\n") == encoded.endswith("\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "vault",
        "vault: my password",
        "vault: see docs/vault, chapter #3",
        "vault:secret/bot/binance#api_key#7",
        "vault:secret/data/bot/binance",
        "vault:secret/data/bot/binance#api_key#0",
        "vault:secret/data/bot/binance#api_key#v7",
        "vault:database/creds/bot#username#3",
        "vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zoCmHnSeDX9vyf7w==",
        "https://vault:8200/secret/data/x#y",
        "https://vault:8200/v1/secret/data/x#y",
        "https://user@vault:8200/secret/data/x#y",
        "myvault:secret/data/x#y#1",
        "<path:secret/data/x>",
        "<path:keyvault#password>",
        "<path:projects/1/secrets/x#k#latest>",
        "${vault:secret/data/x#y",
        "vault:secret/data/../../database/creds/admin#password",
        "vault:secret/data/./x#y#1",
        "vault:secret/data/x/..#y#1",
        "vault:../data/x#y#1",
        "<path:secret/data/../x#y>",
        "ref+vault://secret/../database/creds/admin#/password",
        "ref+vault://secret/%2e%2e/database/creds/admin#/password",
        "${vault:secret/data/../x#y#1}",
        '{{ with secret "secret/data/../x?version=1" }}{{ .Data.data.k }}{{ end }}',
        "vault:secret/data/${ENV}/x#y#1",
        "ref+vault://secret",
        "ref+vault://secret/x",
        "ref+awssecrets://a/b#/c",
        '{{ secrets "secret/" }}',
        '{{ with secret (printf "secret/data/%s" .) }}{{ .Data.data.k }}{{ end }}',
        "{{ .Values.secret }}",
    ],
)
def test_what_is_no_reference(text: str) -> None:
    assert parse(text) is None
    assert find_all(text) == []
    assert repin(text, ("secret", "x"), 12, add=True) == text


@pytest.mark.parametrize(
    "text",
    [
        "vault:secret/data/bot#k#7\n",
        "  vault:secret/data/bot#k#7\r\n",
        '{"x": "vault:secret/data/bot#k#7"}',
        '{\\"x\\": \\"vault:secret/data/bot#k#7\\"}',
        "postgres://u:vault:secret/data/bot#k#7@h",
        "postgres://u:${vault:secret/data/bot#k#7}@h",
        "postgres://u:ref+vault://secret/bot?version=7#/k+@h",
        '{"x": "ref+vault://secret/bot?version=7#/k"}',
        "{x: ref+vault://secret/bot?version=7#/k}",
        "postgres://u:<path:secret/data/bot#k#7>@h",
        "K=vault:secret/data/bot#k#7\nX=1\n",
        "the vault:secret/data/bot#k#7 of it",
        'contents = "{{ with secret \\"secret/data/bot?version=7\\" }}{{ .Data.data.k }}{{ end }}"',
        '# {{/* a comment */}}\n{{ with secret "secret/data/bot?version=7" }}\nk={{ .Data.data.k }}\n{{ end }}\n',
    ],
)
def test_a_reference_in_other_text_is_read_and_re_pinned(text: str) -> None:
    [found] = find_all(text)
    assert (found.secret, found.key, found.version) == ("secret/bot", "k", 7)
    assert parse(text) is None
    assert repin(text, ("secret", "bot"), 12) == text.replace("#7", "#12").replace("version=7", "version=12")


def test_a_line_of_dotenv_with_crlf_keeps_its_carriage_return() -> None:
    text = "vault:secret/data/bot#k#7\r"
    assert repin(text, ("secret", "bot"), 12) == "vault:secret/data/bot#k#12\r"


def test_several_references_are_found_in_order() -> None:
    text = (
        "postgres://${vault:secret/data/db#user#2}:<path:secret/data/db#password#3>@ref+vault://a/b#/host+/x"
    )
    assert [(one.key, one.version) for one in find_all(text)] == [
        ("user", 2),
        ("password", 3),
        ("host", None),
    ]
    lines = "A=vault:secret/data/a#x#1\nB=vault:secret/data/a#y#1\n"
    assert [one.key for one in find_all(lines)] == ["x", "y"]
    config = '{"a": "vault:secret/data/d#u", "b": "vault:secret/data/d#p"}'
    assert [one.key for one in find_all(config)] == ["u", "p"]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('{{ with secret "a/data/b" }}{{ .Data.data.x }}:{{ .Data.data.y }}{{ end }}', ["x", "y"]),
        ("vault:a/data/b#${.x}:${.y}#3", ["x", "y"]),
        ('{{ with secret "a/data/b" }}{{ .Data.data.x }}{{ with secret "a/data/c" }}{{ .Data.data.y }}{{ end }}{{ .Data.data.z }}{{ end }}', ["x", "z", "y"]),
        ('{{ with secret "a/data/b" }}{{ .Data.data.x }}{{ else }}{{ .Data.data.y }}{{ end }}', ["x"]),
        ('{{ $s := secret "a/data/b" }}{{ $s.Data.data.x }}{{ $s.Data.metadata.version }}', ["x"]),
        ('{{ with secret "a/data/b" }}{{ printf "%s:%s" .Data.data.x .Data.data.y }}{{ end }}', ["x", "y"]),
        ('{{ with secret "a/data/b" }}{{ .Data.data.x.deep.er }}{{ end }}', ["x"]),
        ('{{ with secret "a/data/b" }}{{ .Data.data | toJSON }}{{ end }}', [""]),
    ],
)  # fmt: skip
def test_every_key_of_a_secret_in_one_template(text: str, keys: list[str]) -> None:
    assert [one.key for one in find_all(text)] == keys


@pytest.mark.parametrize(
    ("text", "pinned"),
    [
        ("vault:secret/data/a#k#7", "vault:secret/data/a#k#12"),
        ("vault:secret/data/a#other#7", "vault:secret/data/a#other#12"),
        ("vault:secret/data/b#k#7", "vault:secret/data/b#k#7"),
        ("vault:secret/data/a#k", "vault:secret/data/a#k"),
        ("ref+vault://secret/a?version=7#/k", "ref+vault://secret/a?version=12#/k"),
        ("ref+vault://secret/a?x=version=7&version=7#/k", "ref+vault://secret/a?x=version=7&version=12#/k"),
        ("ref+vault://secret/a?version=7&address=https://v:8200#/k", "ref+vault://secret/a?version=7&address=https://v:8200#/k"),
        ("ref+vault://secret/a?version=7&namespace=prod#/k", "ref+vault://secret/a?version=7&namespace=prod#/k"),
        ("<path:secret/data/a#k#7 | x>", "<path:secret/data/a#k#12 | x>"),
        ("7${vault:secret/data/a#k#7}7<path:secret/data/a#k#1>", "7${vault:secret/data/a#k#12}7<path:secret/data/a#k#12>"),
        ("no reference #7", "no reference #7"),
    ],
)  # fmt: skip
def test_repin(text: str, pinned: str) -> None:
    assert repin(text, ("secret", "a"), 12) == pinned


@pytest.mark.parametrize(
    ("text", "pinned"),
    [
        ("vault:secret/data/a#k", "vault:secret/data/a#k#12"),
        ("vault:secret/data/a#k\n", "vault:secret/data/a#k#12\n"),
        ("vault:secret/data/a#k#7", "vault:secret/data/a#k#12"),
        (">>bao:secret/data/a#${.k | b64enc}", ">>bao:secret/data/a#${.k | b64enc}#12"),
        ("a ${vault:secret/data/a#k} b", "a ${vault:secret/data/a#k#12} b"),
        ("<path:secret/data/a#k | base64encode>", "<path:secret/data/a#k#12 | base64encode>"),
        ("ref+vault://secret/a#/k", "ref+vault://secret/a?version=12#/k"),
        ("ref+vault://secret/a/k", "ref+vault://secret/a/k?version=12"),
        ("ref+vault://secret/a?#/k", "ref+vault://secret/a?version=12#/k"),
        ("ref+vault://secret/a?proto=http#/k", "ref+vault://secret/a?proto=http&version=12#/k"),
        ('{{ with secret "secret/data/a" }}{{ .Data.data.k }}{{ end }}', '{{ with secret "secret/data/a?version=12" }}{{ .Data.data.k }}{{ end }}'),
        ("{{ with secret `secret/a?x=1` }}{{ .Data.data.k }}{{ end }}", "{{ with secret `secret/a?x=1&version=12` }}{{ .Data.data.k }}{{ end }}"),
        ("vault:secret/data/b#k", "vault:secret/data/b#k"),
        ("vault:secret/creds/a#k", "vault:secret/creds/a#k"),
    ],
)  # fmt: skip
def test_repin_where_there_is_no_pin_yet(text: str, pinned: str) -> None:
    secret = ("secret", "creds/a" if "creds" in text else "a")
    assert repin(text, secret, 12, add=True) == pinned
    assert [one.version for one in find_all(pinned)] in ([12], [None])


def test_a_nested_mount_is_the_same_secret_in_every_syntax() -> None:
    text = "vault:kv/team/data/bot#k#1 ref+vault://kv/team/bot?version=1#/k"
    lines = text.replace(" ", "\n")
    assert {one.secret for one in find_all(lines)} == {"kv/team/bot"}
    assert repin(lines, ("kv/team", "bot"), 12) == lines.replace("#1", "#12").replace("=1", "=12")
    assert repin(lines, ("kv", "team/bot"), 12) == repin(lines, ("kv/team", "bot"), 12)


def test_levelled_takes_out_pins_of_secrets_here_and_nothing_else() -> None:
    text = "a=${vault:secret/data/a#k#7} b=ref+vault://secret/b?version=3#/k"
    assert levelled(text) == levelled(text.replace("7", "8").replace("3", "4"))
    assert levelled(text) != levelled(text.replace("data/a", "data/c"))
    other = "ref+vault://secret/b?version=3&namespace=prod#/k"
    assert levelled(other) == other


SEGMENT = st.text(
    st.characters(codec="utf-8", categories=("L", "N")) | st.sampled_from("_-.~@"), min_size=1, max_size=8
)
SEGMENT = SEGMENT.filter(lambda text: text not in ("data", ".", "..") and text.isprintable())
FORMS = (
    "vault:{m}/data/{p}#{k}#{v}",
    "vault:{m}/data/{p}#{k}#{v}\n",
    "vault:{m}/data/{p}#pre-${{.{k}}}-post#{v}",
    ">>vault:{m}/data/{p}#{k}#{v}",
    "${{vault:{m}/data/{p}#{k}#{v}}}",
    "x=${{vault:{m}/data/{p}#{k}#{v}}}:${{vault:other/data/x#{k}#9}}",
    '{{"a": "vault:{m}/data/{p}#{k}#{v}", "n": 9}}',
    "<path:{m}/data/{p}#{k}#{v}>",
    "<path:/{m}/data/{p}#{k}#{v} | base64encode>",
    "ref+vault://{m}/{p}?version={v}#/{k}",
    "u:ref+vault://{m}/{p}?proto=https&version={v}&x=9#/{k}+@h",
    '{{{{ with secret "{m}/data/{p}?version={v}" }}}}{{{{ .Data.data.x }}}}{{{{ .Data.data.y }}}}{{{{ end }}}}',
    '{{{{ with secret `{m}/{p}?version={v}` }}}}{{{{ index .Data.data "x" }}}}{{{{ end }}}}',
    '{{{{ (secret "{m}/data/{p}" "version={v}").Data.data.x }}}}',
)


@given(
    st.sampled_from(FORMS),
    SEGMENT,
    st.lists(SEGMENT, min_size=2, max_size=3),
    SEGMENT,
    st.integers(1, 10**6),
    st.integers(1, 10**6),
    st.booleans(),
)
def test_a_new_pin_changes_nothing_else(
    form: str, mount: str, path: list[str], key: str, old: int, new: int, encoded: bool
) -> None:
    text = form.format(m=mount, p="/".join(path), k=key, v=old)
    if encoded:
        text = base64.b64encode(text.encode()).decode()
    name = f"{mount}/{'/'.join(path)}"
    before = find_all(text)
    assert name in {one.secret for one in before}
    pinned = repin(text, (mount, "/".join(path)), new)
    moved = [one._replace(version=new) if one.secret == name else one for one in before]
    assert find_all(pinned) == moved
    assert repin(pinned, (mount, "/".join(path)), old) == text


@given(
    st.text(alphabet=st.sampled_from('vaultbo:/#${}<>path ref+data17?=version\n"`{}.;|()$:='), max_size=60)
)
def test_any_text_is_read_and_an_own_pin_put_again_is_the_same(text: str) -> None:
    for one in find_all(text):
        if one.version and one.is_versioned and not one.is_elsewhere:
            same = [other.version for other in find_all(text) if other.secret == one.secret]
            if set(same) == {one.version}:
                assert repin(text, (one.mount, one.path), one.version) == text


HOSTILE = ("${vault:", "<path:", "{{ with secret", '{{ with secret "a/b" }}', "vault:a/b/", '"vault:', "<path:a#",
           "${vault:${a}", '{{ "\\"', "{{ `", "ref+vault://", "{{/*", "a ", "vault:a/data/b#", '{{ index $s "')  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_repetition_costs_no_more_a_byte(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Characters handed to a pattern, counted: each is looked at a bounded number of times."""
    seen = 0

    class Counting:
        def __init__(self, pattern: Any) -> None:
            self._pattern = pattern

        def match(self, text: str, at: int = 0) -> Any:
            nonlocal seen
            found = self._pattern.match(text, at)
            seen += (found.end() - at) if found else 1
            return found

        def __getattr__(self, name: str) -> Any:
            return getattr(self._pattern, name)

    for module, name in (
        (templates, "_TOKEN"),
        (templates, "_LINE"),
        (bank_vaults, "_BARE"),
        (bank_vaults, "_INLINE"),
    ):
        monkeypatch.setattr(module, name, Counting(getattr(module, name)))
    text = piece * (100_000 // len(piece))
    syntax.find_all(text)
    assert seen <= 4 * len(text)


@pytest.mark.parametrize(
    ("text", "mount", "path"),
    [
        ("secret/bot/binance", "secret", "bot/binance"),
        ("secret/data/bot/binance", "secret", "bot/binance"),
        ("/secret/data/bot/", "secret", "bot"),
        ("team/kv/data/bot", "team/kv", "bot"),
        ("secret/größe/a b", "secret", "größe/a b"),
    ],
)
def test_a_mount_path_with_or_without_data(text: str, mount: str, path: str) -> None:
    assert secret_path(text) == (mount, path)


@pytest.mark.parametrize(
    "text", ["", "secret", "secret/", "a b/c", "secret/x#y", "../x y", "secret/../x", "secret/."]
)
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(ValueError, match="is not the path of a secret"):
        secret_path(text)
