"""References: every syntax, its normal form, and re-pinning that changes nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealward.references.syntax import Reference, find_all, parse, repin, secret_path

KV = ("secret", "bot/binance", "api_key")


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("vault:secret/data/bot/binance#api_key#7", Reference(*KV, 7, "bank-vaults")),
        ("vault:secret/data/bot/binance#api_key", Reference(*KV, None, "bank-vaults")),
        ("bao:secret/data/bot/binance#api_key#7", Reference(*KV, 7, "bank-vaults")),
        (">>vault:secret/data/bot/binance#api_key#7", Reference(*KV, 7, "bank-vaults")),
        ("${vault:secret/data/bot/binance#api_key#7}", Reference(*KV, 7, "inline")),
        ("vault:secret/data/.../.x/x.#b#1", Reference("secret", ".../.x/x.", "b", 1, "bank-vaults")),
        ("vault:team/kv/data/a#b#1", Reference("team/kv", "a", "b", 1, "bank-vaults")),
        ("vault:secret/data/a#${.a | b64enc}", Reference("secret", "a", "${.a | b64enc}", None, "bank-vaults")),
        ("<path:secret/data/bot/binance#api_key#7>", Reference(*KV, 7, "argocd")),
        ("<path:secret/data/bot/binance#api_key#7 | base64encode>", Reference(*KV, 7, "argocd")),
        ("ref+vault://secret/bot/binance?version=7#/api_key", Reference(*KV, 7, "vals")),
        ("ref+vault://secret/bot/binance#/api_key", Reference(*KV, None, "vals")),
        ("ref+vault://secret/bot/binance?address=https://v:8200&version=7#/api_key", Reference(*KV, 7, "vals")),
        (
            '{{ with secret "secret/data/bot/binance?version=7" }}{{ .Data.data.api_key }}{{ end }}',
            Reference(*KV, 7, "template"),
        ),
        ("vault:database/creds/bot#username", Reference("database", "creds/bot", "username", None, "bank-vaults dynamic")),
    ],
)  # fmt: skip
def test_every_syntax(text: str, reference: Reference) -> None:
    assert parse(text) == reference
    assert find_all(text) == [reference]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "vault",
        "vault: my password",
        "vault:secret/bot/binance#api_key#7",
        "vault:secret/data/bot/binance",
        "vault:secret/data/bot/binance#api_key#0",
        "vault:secret/data/bot/binance#api_key#v7",
        "vault:secret/data/bot/binance#api_key#7 ",
        "vault:secret/data/bot/binance#api_key#7\n",
        "vault:secret/data/bot/binance#api key",
        "vault:database/creds/bot#username#3",
        "the vault:secret/data/bot/binance#api_key#7",
        "https://vault:8200/secret/data/x#y",
        "<path:secret/data/x>",
        "${vault:secret/data/x#y",
        "vault:secret/data/../../database/creds/admin#password",
        "vault:secret/data/./x#y#1",
        "vault:secret/data/x/..#y#1",
        "vault:../data/x#y#1",
        "<path:secret/data/../x#y>",
        "ref+vault://secret/../database/creds/admin#/password",
        "${vault:secret/data/../x#y#1}",
    ],
)
def test_what_is_no_reference(text: str) -> None:
    assert parse(text) is None
    assert find_all(text) == []


def test_inline_references_are_found_in_order() -> None:
    text = "postgres://${vault:secret/data/db#user#2}:<path:secret/data/db#password#3>@db"
    assert [(found.key, found.version) for found in find_all(text)] == [("user", 2), ("password", 3)]
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "pinned"),
    [
        ("vault:secret/data/a#k#7", "vault:secret/data/a#k#12"),
        ("vault:secret/data/a#other#7", "vault:secret/data/a#other#12"),
        ("vault:secret/data/b#k#7", "vault:secret/data/b#k#7"),
        ("vault:secret/data/a#k", "vault:secret/data/a#k"),
        ("ref+vault://secret/a?version=7#/k", "ref+vault://secret/a?version=12#/k"),
        ("ref+vault://secret/a?x=version=7&version=7#/k", "ref+vault://secret/a?x=version=7&version=12#/k"),
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
        ("vault:secret/data/a#k#7", "vault:secret/data/a#k#12"),
        (">>bao:secret/data/a#${.k | b64enc}", ">>bao:secret/data/a#${.k | b64enc}#12"),
        ("a ${vault:secret/data/a#k} b", "a ${vault:secret/data/a#k#12} b"),
        ("<path:secret/data/a#k | base64encode>", "<path:secret/data/a#k#12 | base64encode>"),
        ("ref+vault://secret/a#/k", "ref+vault://secret/a?version=12#/k"),
        ("ref+vault://secret/a?#/k", "ref+vault://secret/a?version=12#/k"),
        ("ref+vault://secret/a?proto=http#/k", "ref+vault://secret/a?proto=http&version=12#/k"),
        ('{{ with secret "secret/data/a" }}{{ .Data.data.k }}{{ end }}', '{{ with secret "secret/data/a?version=12" }}{{ .Data.data.k }}{{ end }}'),
        ("vault:secret/data/b#k", "vault:secret/data/b#k"),
        ("vault:secret/creds/a#k", "vault:secret/creds/a#k"),
    ],
)  # fmt: skip
def test_repin_where_there_is_no_pin_yet(text: str, pinned: str) -> None:
    secret = ("secret", "creds/a" if "creds" in text else "a")
    assert repin(text, secret, 12, add=True) == pinned
    assert [one.version for one in find_all(pinned)] in ([12], [None])


SEGMENT = st.from_regex(r"[a-z0-9_-]{1,8}", fullmatch=True).filter(lambda text: text != "data")
FORMS = (
    "vault:{m}/data/{p}#{k}#{v}",
    "${{vault:{m}/data/{p}#{k}#{v}}}",
    "<path:{m}/data/{p}#{k}#{v}>",
    "ref+vault://{m}/{p}?version={v}#/{k}",
    '{{{{ with secret "{m}/data/{p}?version={v}" }}}}{{{{ .Data.data.x }}}}{{{{ end }}}}',
)


@given(
    st.sampled_from(FORMS),
    SEGMENT,
    st.lists(SEGMENT, min_size=2, max_size=3).filter(
        lambda path: path[0] not in ("creds", "issue", "sign", "sts", "token", "code", "key", "roleset")
    ),
    SEGMENT,
    st.integers(1, 10**6),
    st.integers(1, 10**6),
)
def test_a_new_pin_changes_nothing_else(
    form: str, mount: str, path: list[str], key: str, old: int, new: int
) -> None:
    text = form.format(m=mount, p="/".join(path), k=key, v=old)
    reference = parse(text)
    assert reference is not None
    assert (reference.mount, reference.path, reference.version) == (mount, "/".join(path), old)
    secret = (reference.mount, reference.path)
    pinned = repin(text, secret, new)
    assert parse(pinned) == reference._replace(version=new)
    assert repin(pinned, secret, old) == text


@pytest.mark.parametrize(
    ("text", "mount", "path"),
    [
        ("secret/bot/binance", "secret", "bot/binance"),
        ("secret/data/bot/binance", "secret", "bot/binance"),
        ("/secret/data/bot/", "secret", "bot"),
        ("team/kv/data/bot", "team/kv", "bot"),
    ],
)
def test_a_mount_path_with_or_without_data(text: str, mount: str, path: str) -> None:
    assert secret_path(text) == (mount, path)


@pytest.mark.parametrize(
    "text", ["", "secret", "secret/", "a b/c", "secret/x#y", "../x y", "secret/../x", "secret/."]
)
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(ValueError, match="no path of a secret"):
        secret_path(text)
