"""Secrets in names of files and folders, and in targets of symbolic links: found, masked, no twin reported."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING

import pytest

from sealward.checks.names import Named, judge
from sealward.cli import main
from sealward.detectors.names import masked
from tests.support.literals import expand

if TYPE_CHECKING:
    from tests.support.repo import Repo

TOKEN = expand("ghp_%b62:36%", 7)
SECRETS = [
    TOKEN, "github_pat_%b62:22%_%b62:59%", "glpat-%b62:20%", "xoxb-%d:12%-%d:12%-%b62:24%", "AKIA%B32:16%",
    "sk_live_%b62:24%", "AIza%b62:35%", "sk-%b62:48%", "sk-ant-api03-%b62:93%", "hvs.%b62:24%",
    "AGE-SECRET-KEY-1%B32A:58%", "npm_%b62:36%", "dop_v1_%hex:64%", "hf_%b62:34%", "SG.%b62:22%.%b62:43%",
    "GOCSPX-%b62:28%", "%d:10%:%b62:35%", "%wif%", "%phrase:12%", "shpat_%hex:32%", "eyJ%b62:20%.eyJ%b62:40%.%b62:43%",
]  # fmt: skip
PLACES = [
    "%s",
    "%s.txt",
    "notes/%s",
    "%s/readme.md",
    "backup_%s.bak",
    "a-%s-b",
    "token %s",
    "ü/%s",
    "x/%s/%s",
]


@pytest.mark.parametrize("recipe", SECRETS)
def test_a_token_in_a_name_or_a_target_is_found_and_not_shown(recipe: str) -> None:
    """Names are recorded by git as much as content is."""
    token = expand(recipe, 11)
    for place in PLACES[:3] if recipe.startswith("%") else PLACES:
        path = place.replace("%s", token)
        [(finding, _)] = judge([Named("a.txt"), Named(path), Named("b.txt")])
        assert finding.rule == "plaintext-secret"
        assert token not in masked(path)
        [(finding, commit)] = judge([Named("link", path.encode(), "c0ffee")])
        assert commit == "c0ffee"
        assert "the target of the symbolic link" in finding.message
        assert token not in f"{finding.message} {finding.hint}"


def test_a_password_in_the_address_that_a_link_points_to() -> None:
    password = expand("%b62:24%", 3)
    assert list(judge([Named("l", f"https://bot:{password}@example.org/x".encode())]))
    assert not list(judge([Named("l", b"https://bot:password@example.org/x")]))


DIGESTS = [hashlib.new(kind, b"x").hexdigest() for kind in ("md5", "sha1", "sha256", "sha512")]
HARMLESS = [
    *DIGESTS, *(f"{one}.json" for one in DIGESTS), *(f"objects/{one[:2]}/{one[2:]}" for one in DIGESTS),
    *(f"{prefix}{DIGESTS[0]}.bin" for prefix in ("key-", "SK", "cache_key-", "sha256-", "secret_", "v1_")),
    f"cache/{DIGESTS[0]}-us1.tar.gz", f"s.{DIGESTS[0][:24]}.js", f"static/r.{DIGESTS[0][:24]}.css",
    str(uuid.UUID(bytes=b"0123456789abcdef")), f"{uuid.UUID(bytes=b'fedcba9876543210')}/data.db",
    "package-lock.json", "Cargo.lock", "poetry.lock", "flake.lock", "go.sum", "Gemfile.lock",
    "_cacache/content-v2/sha512/0a/1b/" + DIGESTS[3][4:], ".yarn/cache/lodash-npm-4.17.21-6382451519-eb835a2e51.zip",
    f"nix/store/{DIGESTS[2][:32]}-glibc-2.39", "Qm" + expand("%b58:44%", 5), "keys/" + expand("%b58:44%", 6) + ".json",
    "tx/" + expand("%b58:88%", 8), "UTC--2024-01-01T00-00-00.000000000Z--" + DIGESTS[1],
    "sk-translation-strings-for-the-mobile-application-v2.json", "locale/sk-SK-long-file-name-of-the-translation.po",
    "hcp.terraform_configuration_of_the_cluster.tf", "vercel_deployment_configuration_guide.md",
    "glrt-runner-configuration-and-registration.md", "secret_rotation_and_revocation_guide_for_operators.md",
    "OrganizationSettingsPanel.module.css", "NotificationSettingsPanel.stories.test-utilities-and-helpers.tsx",
    "docs/AKIAIOSFODNN7EXAMPLE.md", "docs/ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.md", "examples/sk_live_your-key-here",
    "ghp_token.py", "test_ghp_tokens_are_found_in_names_and_targets.py", "hooks.slack.com/services/README.md",
    "src/main/java/org/example/AbstractSingletonProxyFactoryBeanConfiguration.java", "IMG_20240101_123456789_HDR.jpg",
    "a b c d e f g h i j k l m n o p q r s t.txt", "The quick brown fox jumps over the lazy dog and runs away now.md",
    "../shared/specs/design.md", "/etc/ssl/certs/ca-certificates.crt", "../../.venv/lib/python3.11/site-packages",
    "../../../node_modules/.pnpm/@babel+core@7.24.0_supports-color@5.5.0/node_modules/@babel/core",
    f"/nix/store/{DIGESTS[2][:32]}-python3-3.11.8/bin/python3", f"../images/{DIGESTS[2]}/layer.tar", ".", "..", "",
    "https://example.org/a/b.html", "x?key=value", "id_ed25519.pub", "age1" + expand("%b32a:58%", 2),
]  # fmt: skip


def test_digests_slugs_and_examples_are_no_secrets() -> None:
    """Harmless twins: hash-named files, content-addressed folders, lock files, vendors' examples, plain links."""
    names = [Named(name) for name in HARMLESS if name]
    links = [Named(f"link{number}", name.encode()) for number, name in enumerate(HARMLESS)]
    assert [finding.message for finding, _ in judge(names + links)] == []
    assert [name for name in HARMLESS if masked(name) != name] == []


def test_a_folder_is_reported_once() -> None:
    assert len(list(judge(Named(f"{TOKEN}/{number}.txt") for number in range(50)))) == 1


def stage(repo: Repo) -> list[str]:
    """A file and a folder named like a token, a link to one, and twins, staged: the paths."""
    repo.commit({"README": "x\n"})
    repo.write(
        {f"{TOKEN}.enc.yaml": "password: correct-horse\n", f"{TOKEN[:-1]}Z/a.txt": "x\n", "ok.txt": "x\n"}
    )
    (repo.path / "link").symlink_to(f"../x_{TOKEN[:-1]}Y")
    (repo.path / "fine").symlink_to(f"blobs/{DIGESTS[2]}")
    repo.git("add", "--all")
    return [f"{TOKEN}.enc.yaml", f"{TOKEN[:-1]}Z/a.txt", "link", "fine", "ok.txt"]


@pytest.mark.parametrize("output", ["text", "json", "sarif", "github"])
@pytest.mark.parametrize("form", ["--all", "--staged", "range", "paths", "folder"])
def test_every_form_finds_them_and_no_format_shows_them(
    repo: Repo, form: str, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = stage(repo)
    if form == "range":
        repo.git("commit", "--quiet", "--no-verify", "--message", "x")
    words = {"range": ["--from-ref", "HEAD~1"], "paths": paths, "folder": ["."]}.get(form, [form])
    assert main(["check", "--format", output, *words]) == 1
    told = capsys.readouterr().out
    assert TOKEN[:-1] not in told
    assert told.count("holds a GitHub token") == 3
    assert "********" in told or "%2A%2A" in told
    if output == "json":
        found = {(one["rule"], one["path"]) for one in json.loads(told)["findings"]}
        assert found == {
            ("plaintext-secret", "********.enc.yaml"), ("not-sealed", "********.enc.yaml"),
            ("plaintext-secret", "********/a.txt"), ("plaintext-secret", "link"),
        }  # fmt: skip
        hints = [one["hint"] for one in json.loads(told)["findings"] if one["rule"] == "not-sealed"]
        assert hints
        assert TOKEN not in hints[0]


def test_a_hook_judges_the_link_that_is_recorded(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A commit records the index: a link there, and what stands in the place of a link here."""
    stage(repo)
    repo.write({"content": f"t = {TOKEN}\n"})
    repo.git("add", "content")
    for name, target in (("link", "ok.txt"), ("content", "ok.txt")):
        (repo.path / name).unlink()
        (repo.path / name).symlink_to(target)
    monkeypatch.setenv("GIT_INDEX_FILE", os.path.join(repo.path, ".git", "index"))
    assert main(["check", "link", "fine", "content"]) == 1
    told = capsys.readouterr().out
    assert "the target of the symbolic link holds a GitHub token" in told
    assert "a line in clear holds a GitHub token" in told
    assert TOKEN[:-1] not in told


def test_an_exemption_and_an_error_do_not_show_the_name_either(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    stage(repo)
    assert main(["check", f"missing-{TOKEN}"]) == 2
    assert TOKEN not in capsys.readouterr().err
    repo.commit({".sealward.yaml": "exempt:\n  - path: '**'\n    reason: made up\n"})
    assert main(["check", "--all"]) == 0
    assert TOKEN[:-1] not in capsys.readouterr().out


def test_no_name_costs_more_than_a_search() -> None:
    """The larger patterns are not even imported for ordinary names."""
    code = (
        "import sys; from sealward.checks.names import Named, judge;"
        "assert not list(judge([Named('src/some_module_of_ours/test_configuration_of_any_shape.py')] * 3));"
        "assert 'sealward.detectors.names' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
