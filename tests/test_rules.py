"""docs/rules.md is true: every bad example has its finding, every good one has none at all."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from sealward.cli import main
from sealward.commands.explain import sections
from sealward.rules import RULES
from tests.support.examples import expand
from tests.support.sops import Sealer, new_identity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.openbao import Bao
    from tests.support.repo import Repo

EXAMPLE = re.compile(
    r"^```\w+ (bad|good|before|rules|settings|inside-bad|inside-good|online-bad|online-good) (\S+)\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
INSIDE = {rule: text for rule, text in sections().items() if "```yaml inside-" in text}
OF_THE_SERVER = {"policy-drift", "policy-not-on-server"}
"""Rules about the server's policies: see tests/checks/test_policy_drift.py."""
ONLINE = {rule: text for rule, text in sections().items() if "```yaml online-" in text}
OF_MANY_FILES = {"unused-setting", "loosened-settings"}
"""Rules about a whole repository, which no one file can show: see tests/engine/test_surroundings.py."""
KEYLESS = {
    rule: text
    for rule, text in sections().items()
    if rule not in INSIDE.keys() | ONLINE | OF_MANY_FILES | OF_THE_SERVER
}


@pytest.mark.parametrize("rule", KEYLESS)
@pytest.mark.parametrize("kind", ["bad", "good"])
def test_example(rule: str, kind: str, repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    examples = {name: (path, expand(text)) for name, path, text in EXAMPLE.findall(KEYLESS[rule])}
    if rule.startswith("broken-") and kind == "good":
        examples = {kind: examples[kind]}
    for name in ("rules", "before"):
        if name in examples:
            repo.commit({examples[name][0]: examples[name][1]})
    path, text = examples[kind]
    file: Path = repo.path / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")

    status = main(["check", path, "--format", "json", "--strict"])

    found = {finding["rule"] for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert (rule in found) if kind == "bad" else not found, found
    assert status == (kind == "bad")


def swap(data: str) -> str:
    """The two items of a list trade places."""
    one, two = re.findall(r"- (ENC\[.*\])\n", data)[:2]
    return data.replace(one, "ONE").replace(two, one).replace("ONE", two)


TAMPER: dict[str, Callable[[str], str]] = {
    "mac-mismatch": swap,
    "value-tampered": lambda data: data.replace("user:", "login:"),
}


@pytest.mark.parametrize("rule", INSIDE)
@pytest.mark.parametrize("kind", ["bad", "good"])
def test_inside_example(
    rule: str, kind: str, repo: Repo, sealer: Sealer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = {name: (path, text) for name, path, text in EXAMPLE.findall(INSIDE[rule])}
    if "settings" in examples:
        repo.commit({examples["settings"][0]: examples["settings"][1]})
    path, text = examples[f"inside-{kind}"]
    who = sealer
    if kind == "bad" and rule == "undecryptable":
        who = Sealer(new_identity(tmp_path, "other.txt")[0])
    data = who.seal(path, text).decode()
    if kind == "bad":
        data = TAMPER.get(rule, str)(data)
    repo.write({path: data})

    status = main(["check", path, "--format", "json", "--require-keys"])

    found = {finding["rule"] for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert found == ({rule} if kind == "bad" else set())
    assert status == (kind == "bad")


@pytest.fixture
def vault(bao: Bao, monkeypatch: pytest.MonkeyPatch) -> Bao:
    """The server as docs/rules.md describes it: 11 versions of a secret, ten kept, one deleted."""
    bao.mount = "secret"
    for _ in range(11):
        bao.put("bot/binance", api_key="one", api_secret="two")
    bao.client.post("secret/delete/bot/binance", versions=[5])
    bao.put("payroll", token="three")
    kinds = "\n".join(
        f'path "secret/{kind}/bot/*" {{ capabilities = ["read"] }}' for kind in ("metadata", "subkeys")
    )
    monkeypatch.setenv("VAULT_TOKEN", bao.token(kinds))
    return bao


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize("rule", ONLINE)
@pytest.mark.parametrize("kind", ["bad", "good"])
def test_online_example(
    rule: str, kind: str, repo: Repo, sealer: Sealer, vault: Bao, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = {name: (path, text) for name, path, text in EXAMPLE.findall(ONLINE[rule])}
    path, text = examples[f"online-{kind}"]
    repo.write({path: sealer.seal(path, text)})

    status = main(["check", path, "--format", "json", "--online", "--strict"])

    vault.client.transport.request("delete", "secret/metadata/bot/binance")
    found = {finding["rule"] for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert found == ({rule} if kind == "bad" else set())
    assert status == (kind == "bad")


def test_the_documentation_and_the_table_of_rules_name_the_same_rules() -> None:
    assert list(sections()) == list(RULES)
    for rule, text in sections().items():
        assert text.lstrip().startswith(f"*{RULES[rule].severity.value}.*"), rule
