"""``sealward diff``: status 0 whatever differs, and never a secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sealward.cli import main
from tests.support.merges import edited

if TYPE_CHECKING:
    import pytest

    from tests.support.repo import Repo
    from tests.support.sops import Sealer

PATH = "s.enc.yaml"


def test_commits_and_the_work_tree(repo: Repo, sealer: Sealer, capsys: pytest.CaptureFixture[str]) -> None:
    base = sealer.seal(PATH, "a: vault:secret/data/bot#key#7\nb: hunter2-canary\n")
    repo.commit({PATH: base, "other.yaml": "x: 1\n"})
    changed = edited(PATH, base, a="vault:secret/data/bot#key#8", b="second-canary")
    repo.write({PATH: changed, "other.yaml": "x: 2\n"})
    assert main(["diff"]) == 0
    shown = capsys.readouterr().out
    assert "~ a: pin 7 → 8" in shown
    assert "other.yaml" not in shown
    repo.commit({PATH: changed})
    assert main(["diff"]) == 0
    assert capsys.readouterr().out == "no sealed file differs\n"
    assert main(["diff", "HEAD~1", "HEAD", "--format", "markdown"]) == 0
    assert "| pin | a | 7 | 8 |" in capsys.readouterr().out
    assert main(["diff", "HEAD~1..HEAD", "--format", "json"]) == 0
    shown = capsys.readouterr().out
    assert json.loads(shown)["files"][0]["path"] == PATH
    assert "canary" not in shown
    assert main(["diff", "absent"]) == 2
