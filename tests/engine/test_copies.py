"""A decrypted copy is found by what it is, in every way in which files are given to us."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sealward.claims.copies import Fingerprint, Originals
from sealward.cli import main
from sealward.engine.beside import among
from sealward.engine.copies import Copies
from tests.support.entries import entries_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.repo import Repo
    from tests.support.sops import Sealer

PLAIN = "db:\n  user: bot\n  password: correct-horse-battery\nkraken:\n  api_key: 5f2b7c9e1d\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: app-x\n  namespace: web\nstringData:\n  phrase: one two three\n"
CONFIGMAP = SECRET.replace("Secret", "ConfigMap").replace("stringData:\n  phrase", "data:\n  words")
MODES = ("staged", "all", "path", "range", "commit")

Found = list[tuple[str, str]]


@pytest.fixture
def judged(
    repo: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Found]:
    """What is said of files that are added to, or removed from, a repository, read in one of the ways."""

    def run(mode: str, before: dict[str, str | bytes], after: dict[str, str | bytes], *removed: str) -> Found:
        start = repo.commit({"README": "x", **before})
        if removed:
            repo.git("rm", "-q", *removed)
        repo.write(after)
        repo.git("add", "--all")
        words = {"staged": ["--staged"], "all": ["--all"], "range": ["--from-ref", start]}.get(mode, [*after])
        if mode == "range":
            repo.git("commit", "-qm", "more")
        if mode == "commit":
            monkeypatch.setenv("GIT_INDEX_FILE", str(repo.path / ".git" / "index"))
        main(["check", "--only", "sops-encrypted", *words, "--format", "json"])
        return [(one["path"], one["rule"]) for one in json.loads(capsys.readouterr().out)["findings"]]

    return run


@pytest.mark.parametrize("mode", MODES)
def test_a_copy_beside_its_original(mode: str, judged: Callable[..., Found], sealer: Sealer) -> None:
    sealed: str | bytes = sealer.seal("secrets.enc.yaml", PLAIN)
    copies: dict[str, str | bytes] = {"a/decrypted_secrets.yaml": PLAIN, "a/z copy.json": _as_json(PLAIN)}
    harmless: dict[str, str | bytes] = {
        "a/values.yaml": "image: nginx\n",
        "a/Chart.yaml": PLAIN,
        "b/c.yaml": PLAIN,
    }
    assert judged(mode, {"a/secrets.enc.yaml": sealed}, copies | harmless) == [
        (path, "decrypted-copy") for path in copies
    ]


@pytest.mark.parametrize("mode", ["staged", "range", "commit"])
def test_a_file_that_is_renamed_and_opened(mode: str, judged: Callable[..., Found], sealer: Sealer) -> None:
    sealed = sealer.seal("secrets.enc.yaml", PLAIN)
    found = judged(mode, {"a/secrets.enc.yaml": sealed}, {"b/settings.yaml": PLAIN}, "a/secrets.enc.yaml")
    assert found == [("b/settings.yaml", "decrypted-copy")]


def test_a_file_that_is_removed_and_made_again_within_a_push(
    repo: Repo, sealer: Sealer, judged: Callable[..., Found]
) -> None:
    sealed = sealer.seal("secrets.enc.yaml", PLAIN)
    repo.commit({"settings.yaml": sealed, "other.yaml": "a: b\n"})
    repo.git("rm", "-q", "settings.yaml", "other.yaml")
    repo.git("commit", "-qm", "gone")
    again: dict[str, str | bytes] = {"settings.yaml": "db: {other: value}\n", "other.yaml": "a: c\n"}
    assert judged("range", {}, again) == []
    assert main(["check", "--from-ref", "HEAD~3"]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "db:\n  user: ${U}\n  password: ${PASSWORD_OF_THE_DB___}\nkraken:\n  api_key: ${KEY_____}\n",
        PLAIN.replace("correct-horse-battery", "dev").replace("5f2b7c9e1d", "none"),
        PLAIN.replace("correct-horse-battery", "local-password").replace("5f2b7c9e1d", "another-one"),
        "db:\n  user: bot\n",
    ],
    ids=["template", "example", "settings for another place", "a part"],
)
def test_harmless_twins(text: str, judged: Callable[..., Found], sealer: Sealer) -> None:
    sealed = sealer.seal("secrets.enc.yaml", PLAIN)
    assert judged("staged", {"secrets.enc.yaml": sealed}, {"secrets.yaml": text}) == []


def test_what_every_manifest_has_proves_nothing(judged: Callable[..., Found], sealer: Sealer) -> None:
    sealed = sealer.seal("secret.enc.yaml", SECRET)
    assert judged("staged", {"secret.enc.yaml": sealed}, {"configmap.yaml": CONFIGMAP}) == []


@pytest.mark.parametrize("mode", ["staged", "all"])
def test_a_copy_of_what_is_sealed_as_one_value(
    mode: str, judged: Callable[..., Found], sealer: Sealer
) -> None:
    sealed = sealer.seal("tls.key.enc", "some key material\n", sealer.rules(regex="enc$"))
    after: dict[str, str | bytes] = {
        "tls.key": "some key material\n",
        "notes.txt": "as long as a key.\n",
        "b.yaml": "a: some material.\n",
    }
    assert judged(mode, {"tls.key.enc": sealed}, after) == [("tls.key", "decrypted-copy")]


def test_one_among_many_with_the_same_keys_is_found() -> None:
    prints = [
        Fingerprint(f"{number}.enc.yaml", {("a", "password"): number, ("b",): 4}) for number in range(9, 400)
    ]
    assert (
        Originals(prints).of("x.yaml", f"a:\n  password: {'Zx' * 170}\nb: four\n".encode()) == "340.enc.yaml"
    )
    assert Originals(prints).of("x.yaml", b"a:\n  other: value\nb: four\n") == ""


def test_a_folder_without_a_sealed_file_is_not_looked_at() -> None:
    read: list[str] = []

    def reader(path: str) -> bytes:
        read.append(path)
        return b"a: b\n"

    paths = [f"{folder}/{name}.yaml" for folder in "abc" for name in "xyz"]
    copies = Copies(among(entries_of(paths), reader))
    assert copies.made_of("b/x.yaml") == []
    assert sorted(read) == ["b/x.yaml", "b/y.yaml", "b/z.yaml"]
    copies.made_of("b/y.yaml")
    assert len(read) == 3


def _as_json(text: str) -> str:
    import yaml

    return json.dumps(yaml.safe_load(text))
