"""Rotation sees every pin: in each form that a tool documents, in each store; and names what it leaves alone."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main

if TYPE_CHECKING:
    from tests.support.openbao import Bao
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

TEXT = """\
kind: Secret
data:
    encoded: {encoded}
forms:
    - vault:{m}/data/bot/x#k#1
    - ">>vault:{m}/data/bot/x#k#1"
    - vault:{m}/data/bot/x#pre-${{.k}}-${{.j}}#1
    - a ${{vault:{m}/data/bot/x#k#1}} b
    - ref+vault://{m}/bot/x?version=1#/k/deep
    - ref+vault://{m}/bot/x/k?version=1
    - u:ref+vault://{m}/bot/x?proto=https&version=1#/k+@h
    - <path:/{m}/data/bot/x#k#1 | base64encode>
    - '{{{{ with secret "{m}/bot/x?version=1" }}}}{{{{ .Data.data.k }}}}{{{{ .Data.data.j }}}}{{{{ end }}}}'
    - '{{{{ with secret `{m}/data/bot/x?version=1` }}}}{{{{ index .Data.data "k" }}}}{{{{ end }}}}'
    - '{{{{ (secret "{m}/data/bot/x" "version=1").Data.data.k }}}}'
    - '{{"auth": "vault:{m}/data/bot/x#k#1"}}'
block: |
    vault:{m}/data/bot/x#k#1
folded: >-
    vault:{m}/data/bot/x#k#1
"""
AGENT = """\
{{{{- with $s := secret "{m}/data/bot/x?version=1" }}}}
K={{{{ $s.Data.data.k }}}}
J={{{{ $s.Data.data.j }}}}
{{{{- end }}}}
"""
SEVERAL = """\
# a ConfigMap
kind: ConfigMap
data:
    plain: text
---
kind: Secret
data:
    encoded: {encoded}
---
kind: Secret
stringData:
    a: vault:{m}/data/bot/x#k#1
    b: u:${{vault:{m}/data/bot/x#j#1}}@h
"""
ELSEWHERE = """\
prod: ref+vault://{m}/bot/x?namespace=prod&version=1#/k
other: ref+vault://{m}/bot/x?address=https://other.example:8200&version=1#/k
odd: '{{{{ with secret (printf "{m}/data/bot/x?version=%d" 1) }}}}{{{{ .Data.data.k }}}}{{{{ end }}}}'
"""
DEPLOYMENT = "kind: Deployment\nenv:\n- name: K\n  value: vault:{m}/data/bot/x#k#1\n"
HARMLESS = "kind: Deployment\nenv:\n- name: K\n  value: vault:{m}/data/bot/xy#k#1\n"


@pytest.fixture
def mount(repo: Repo, sealer: Sealer, bao: Bao) -> str:
    bao.put("bot/x", k="old", j="kept")
    m = bao.mount
    encoded = base64.b64encode(f"vault:{m}/data/bot/x#k#1".encode()).decode()
    texts = {
        "a.enc.yaml": TEXT.format(m=m, encoded=encoded),
        "b.enc.json": json.dumps({"a": [f"vault:{m}/data/bot/x#k#1"], "n": 1}),
        "c.enc.env": f"A=vault:{m}/data/bot/x#k#1\nB=u:${{vault:{m}/data/bot/x#k#1}}@h\n",
        "d.enc.ini": f"[s]\na = `vault:{m}/data/bot/x#k#1`\n",
        "e.enc.ctmpl": AGENT.format(m=m),
        "f.enc.yaml": ELSEWHERE.format(m=m),
        "g.enc.yaml": SEVERAL.format(m=m, encoded=encoded),
        "h.enc.env": f"A=vault:{m}/data/bot/x#k#1\r\nB=x\r\n",
    }
    files: dict[str, str | bytes] = {name: sealer.seal(name, text) for name, text in texts.items()}
    plain = {
        "deploy.yaml": DEPLOYMENT.format(m=m),
        "harmless.yaml": HARMLESS.format(m=m),
        "README.md": f"It reads {m}/bot/x.\n",
        "vault/rotation.yaml": f"policies:\n  x:\n    paths: [{m}/bot/x]\n    every: 300d\n",
    }
    repo.commit({".sops.yaml": sealer.rules(), **files, **plain})
    return m


def test_every_form_in_every_store_is_re_pinned_and_the_rest_is_named(
    mount: str, repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {
        name: sealer.opened(name, (repo.path / name).read_bytes(), store) for name, store in STORES.items()
    }
    assert main(["rotate", f"{mount}/bot/x", "k"]) == 0
    out = capsys.readouterr().out
    for name, store in STORES.items():
        after = sealer.opened(name, (repo.path / name).read_bytes(), store)
        assert after == renewed(before[name]), name
    kept = sealer.opened("f.enc.yaml", (repo.path / "f.enc.yaml").read_bytes(), "yaml")
    assert kept.count("version=1") == 2
    assert f"deploy.yaml:4 pins version 1 of {mount}/bot/x, and was not re-pinned" in out
    assert f"README.md:1 names {mount}/bot/x, and was not re-pinned" in out
    assert f"f.enc.yaml:1 pins version 1 of {mount}/bot/x in the namespace prod, and was not re-pinned" in out
    assert f"f.enc.yaml:2 pins version 1 of {mount}/bot/x on https://other.example:8200" in out
    assert f"f.enc.yaml:3 names {mount}/bot/x" in out
    assert "harmless.yaml" not in out
    assert "rotation.yaml" not in out
    assert out.index("deploy.yaml:4") < out.index("then revoke the old value")


def test_json_and_dry_run_name_them_as_well(mount: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rotate", f"{mount}/bot/x", "k", "--dry-run", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    name = f"{mount}/bot/x"
    assert {(one["file"], one["line"], one["secret"], one["version"]) for one in told["mentioned"]} == {
        ("deploy.yaml", 4, name, 1),
        ("README.md", 1, name, None),
        ("f.enc.yaml", 1, name, 1),
        ("f.enc.yaml", 2, name, 1),
        ("f.enc.yaml", 3, name, None),
    }


def test_a_key_that_only_a_template_reads_can_be_rotated(
    mount: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rotate", f"{mount}/bot/x", "j", "--dry-run"]) == 0
    assert "e.enc.ctmpl" in capsys.readouterr().out


def test_status_lists_pins_in_files_that_are_not_sealed(
    mount: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["status", "--offline"]) == 0
    out = capsys.readouterr().out
    assert f"deploy.yaml:4 pins version 1 of {mount}/bot/x; the file is not sealed" in out
    assert "README.md" not in out
    assert main(["status", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["file"], one["line"]) for one in told["mentioned"]] == [
        ("deploy.yaml", 4),
        ("harmless.yaml", 4),
    ]
    foreign = [one for one in told["references"] if one["file"] == "f.enc.yaml"]
    assert [one["state"] for one in foreign] == ["unmanaged", "unmanaged"]
    assert all("never re-pinned" in one["note"] and one["latest"] is None for one in foreign)


STORES = {
    "a.enc.yaml": "yaml",
    "b.enc.json": "json",
    "c.enc.env": "dotenv",
    "d.enc.ini": "ini",
    "e.enc.ctmpl": "binary",
    "g.enc.yaml": "yaml",
    "h.enc.env": "dotenv",
}


def renewed(text: str) -> str:
    """The text with every pin from 1 to 2, in Base64, too."""
    new = text.replace("#1", "#2").replace("version=1", "version=2")
    for word in text.split():
        if word.startswith("dmF1bHQ6"):
            inner = base64.b64decode(word).decode().replace("#1", "#2")
            new = new.replace(word, base64.b64encode(inner.encode()).decode())
    return new
