"""Names of variables, and what no sealed file may set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sealward.deploy import environment
from sealward.errors import SealwardError
from sealward.sealed.files import open_sealed
from sealward.sops.reading.identities import find

if TYPE_CHECKING:
    from sealward.deploy.environment import Style
    from sealward.deploy.wanted import Entry
    from tests.support.sops import Sealer


def read(sealer: Sealer, text: str, style: Style = "as-is", path: str = "s.enc.yaml") -> dict[str, Entry]:
    sealed = open_sealed(path, Path(path), sealer.seal(path, text), find())
    return environment.variables([sealed], style)


def test_a_dotenv_file_names_its_variables(sealer: Sealer) -> None:
    found = read(sealer, "API_KEY=vault:secret/data/bot#key#7\nmode=paper\nEMPTY=\n", path="s.enc.env")
    assert list(environment.shown(found)) == [
        "API_KEY  secret/bot#key#7",
        "EMPTY  (literal)",
        "mode  (literal)",
    ]


def test_key_paths_in_capitals(sealer: Sealer) -> None:
    text = "exchanges:\n  binance-eu:\n    apiKey: x\nhosts:\n  - a\n2fa: y\nnothing:\nsure: true\n"
    assert set(read(sealer, text, "upper-snake")) == {
        "EXCHANGES_BINANCE_EU_APIKEY", "HOSTS_0", "_2FA", "NOTHING", "SURE"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "style", "reason"),
    [
        ("a:\n  b: c\n", "as-is", "s.enc.yaml:2:8: a.b: is not the name of a variable; `--keys upper-snake` makes"),
        ("a-b: c\n", "as-is", "is not the name of a variable"),
        ("a_b: c\na-b: d\n", "upper-snake", "would be the variable A_B, as s.enc.yaml:1 already is"),
        ("K: vault:secret/data/bot#key\n", "as-is", "has no pin"),
        *((f"{name}: x\n", "as-is", f"{name} steers what programs run") for name in
          ("PATH", "LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "BASH_ENV", "NODE_OPTIONS", "PYTHONPATH", "GIT_SSH_COMMAND",
           "PERL5OPT", "JAVA_TOOL_OPTIONS", "SOPS_AGE_KEY_CMD")),
        ("ld:\n  preload: x\n", "upper-snake", "LD_PRELOAD steers"),
    ],
)  # fmt: skip
def test_mistakes_are_pointed_at(text: str, style: Style, reason: str, sealer: Sealer) -> None:
    with pytest.raises(SealwardError) as caught:
        read(sealer, text, style)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "PATHS", "HOME_PAGE", "VAULT_TOKEN", "ENVIRONMENT", "AWS_SECRET_ACCESS_KEY"]
)
def test_ordinary_names_are_fine(name: str, sealer: Sealer) -> None:
    assert set(read(sealer, f"{name}: x\n")) == {name}
