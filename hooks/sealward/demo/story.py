"""The story itself, in the order in which a team lives it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sealward.demo.stage import Stage

SECRETS = """\
environment: production
paper_trading: false
binance:
  api_key: {api_key}
  api_secret: {api_secret}
"""
PINNED = {
    "api_key": "vault:secret/data/bot/binance#api_key#1",
    "api_secret": "vault:secret/data/bot/binance#api_secret#1",
}
HOOKS = """\
repos:
  - repo: local  # elsewhere: the address of Sealward's repository, with a rev
    hooks:
      - id: sealward
        name: sealward
        entry: sealward check
        language: system
        require_serial: true
"""


def play(stage: Stage) -> None:
    """Run every step. Raises SealwardError where one does not end as it should."""
    _set_up(stage)
    _commit(stage)
    _tamper(stage)
    _rotate(stage)


def _set_up(stage: Stage) -> None:
    stage.say("1. A server with the bot's API key in Vault, and the policies of this repository.")
    stage.run("bao kv put secret/bot/binance api_key=demo-key-one api_secret=demo-secret")
    for name in ("bot", "rotator"):
        stage.write(f"vault/{name}.hcl", (_vault_folder() / f"{name}.hcl").read_text(encoding="utf-8"))
        stage.run(f"bao policy write {name} vault/{name}.hcl")

    stage.say("2. A repository with an Age recipient, and the hook, installed by pre-commit.")
    recipient = _identity(Path(stage.environment["SOPS_AGE_KEY_FILE"]))
    rules = f"creation_rules:\n  - path_regex: \\.enc\\.yaml$\n    age: {recipient}\n"
    stage.write(".sops.yaml", rules)
    stage.write(".pre-commit-config.yaml", HOOKS)
    stage.run("git init --quiet --initial-branch=main", shown=False)
    stage.run("cat .sops.yaml .pre-commit-config.yaml")
    stage.run("pre-commit install")


def _commit(stage: Stage) -> None:
    stage.say("3. Somebody is about to commit secrets in plaintext: refused.")
    plain = SECRETS.format(api_key="demo-key-one", api_secret="demo-secret")  # noqa: S106 - made up
    stage.write("secrets.enc.yaml", plain)
    stage.run("cat secrets.enc.yaml")
    stage.run("git add --all")
    stage.run("git commit --quiet --message 'Add secrets'", refused=True)

    stage.say("4. The values live in Vault; the file keeps pinned references, sealed: accepted.")
    stage.write("secrets.enc.yaml", SECRETS.format(**PINNED))
    stage.run("cat secrets.enc.yaml")
    stage.run("sops encrypt --in-place secrets.enc.yaml")
    stage.run("git add --all")
    stage.run("git commit --quiet --message 'Add sealed secrets'")


def _tamper(stage: Stage) -> None:
    stage.say("5. One value of the sealed file is put back in plaintext: refused, with its line.")
    file = stage.folder / "secrets.enc.yaml"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    lines = ["    api_key: demo-key-one\n" if "api_key:" in line else line for line in lines]
    file.write_text("".join(lines), encoding="utf-8")
    stage.run("grep -n api_key secrets.enc.yaml")
    stage.run("git commit --quiet --all --message 'Oops'", refused=True)
    stage.run("git checkout --quiet HEAD -- secrets.enc.yaml")


def _rotate(stage: Stage) -> None:
    stage.say("6. The API key is due. A token that may only rotate makes a new one and re-pins it.")
    print("$ export VAULT_TOKEN=$(bao token create -policy=rotator -field=token)")
    rotator = stage.run("bao token create -policy=rotator -field=token", shown=False).strip()
    stage.run("sealward rotate secret/bot/binance api_key --dry-run", VAULT_TOKEN=rotator)
    stage.run("sealward rotate secret/bot/binance api_key", VAULT_TOKEN=rotator)
    stage.run("bao kv get secret/bot/wallet", refused=True, VAULT_TOKEN=rotator)

    stage.say("7. The change is a reviewable diff; the old version is still there for `git revert`.")
    stage.run("git diff --stat")
    stage.run("git diff --unified=0 -- secrets.enc.yaml | cut -c 1-100")
    stage.run("sops decrypt secrets.enc.yaml")
    stage.run("bao kv get -version=1 -field=api_key secret/bot/binance")
    stage.run("git commit --quiet --all --message 'Rotate the Binance API key'")
    stage.run("git log --oneline")


def _identity(file: Path) -> str:
    from pyrage import x25519

    identity = x25519.Identity.generate()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(f"{identity}\n", encoding="utf-8")
    return str(identity.to_public())


def _vault_folder() -> Path:
    """The policies: beside the code in an installed package, at the top of a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "vault_example"
    return installed if installed.exists() else package.parents[1] / "vault"
