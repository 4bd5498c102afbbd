"""git with the textconv: it never breaks a command of git's, and no secret gets into git's own files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sealward.merging.installation import diff_settings
from tests.support.merges import edited

if TYPE_CHECKING:
    from tests.support.repo import Repo
    from tests.support.sops import Sealer

PATH = "s.enc.yaml"


def test_every_command_that_shows_a_diff(repo: Repo, sealer: Sealer) -> None:
    base = sealer.seal(PATH, "a: vault:secret/data/bot#key#7\nb: hunter2-canary\n")
    repo.commit(
        {
            ".gitattributes": "*.enc.* diff=sealward\n",
            PATH: base,
            "broken.enc.yaml": "sops: [ENC[AES256_GCM,\n",
        }
    )
    repo.commit(
        {PATH: edited(PATH, base, a="vault:secret/data/bot#key#8", b="second-canary"), "broken.enc.yaml": "x"}
    )
    for program, works in ((f"'{sys.executable}' -m sealward", True), ("/nonexistent/sealward", False)):
        for name, value in diff_settings(program):
            repo.git("config", name, value)
        shown = repo.git("log", "-p", "--all")
        assert ("+a: vault:secret/data/bot#key#8" in shown) is works
        assert "canary" not in shown
    for name, value in diff_settings(f"'{sys.executable}' -m sealward"):
        repo.git("config", name, value)
    repo.write({PATH: edited(PATH, base, b="third-canary")})
    repo.git("config", "core.editor", "true")
    repo.git("add", PATH)
    repo.git("commit", "--no-verify", "-v", "--allow-empty-message", "-m", "x", "-e")
    assert "canary" not in repo.git("show")
    for file in (repo.path / ".git").rglob("*"):
        if file.is_file() and "objects" not in file.parts:
            assert b"canary" not in file.read_bytes(), file
