"""What is judged cannot loosen the judge, and what is left alone is counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sealward.cli import main
from tests.support.literals import expand
from tests.support.sops import new_identity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.repo import Repo

LEAK = expand("token = %s:ghp_%%b62:36%\n", seed=7)
SETTINGS = "exempt:\n- path: '*.txt'\n  reason: a made-up one\n"
OF_RULE = SETTINGS + "  rules: [plaintext-secret]\n"


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: str, form: str = "json") -> Any:
        status = main(["check", *arguments, "--format", form])
        out = capsys.readouterr().out
        return status, json.loads(out) if form in ("json", "sarif") else out

    return run


def rules(answer: dict[str, Any]) -> list[str]:
    return sorted(finding["rule"] for finding in answer["findings"])


@pytest.mark.parametrize(
    ("brought", "found"),
    [
        ({".sealward.yaml": SETTINGS}, ["loosened-settings", "plaintext-secret"]),
        ({".sealward.yaml": OF_RULE}, ["loosened-settings", "plaintext-secret"]),
        ({".sealward.yaml": "sealed: ['*.enc']\n"}, ["plaintext-secret"]),
        ({".secrets.baseline": "{}"}, ["loosened-settings", "plaintext-secret"]),
        ({"else.md": "a\n"}, ["plaintext-secret"]),
    ],
)
def test_a_range_does_not_exempt_its_own_leak(
    repo: Repo, report: Any, brought: dict[str, str], found: list[str]
) -> None:
    start = repo.commit({"README": "x"})
    repo.commit({"a.txt": LEAK, **brought})
    status, answer = report("--from-ref", start)
    assert (status, rules(answer)) == (1, found)


def test_settings_from_before_the_range_hold(repo: Repo, report: Any) -> None:
    start = repo.commit({".sealward.yaml": OF_RULE})
    repo.commit({"a.txt": LEAK, "b.md": "x\n"})
    status, answer = report("--from-ref", start)
    assert (status, rules(answer)) == (0, [])
    assert answer["summary"]["suppressed"] == 1


def test_a_range_that_takes_the_exemption_away_is_not_loosened(repo: Repo, report: Any) -> None:
    start = repo.commit({".sealward.yaml": SETTINGS})
    repo.commit({".sealward.yaml": "sealed: ['*.txt']\n"})
    assert rules(report("--from-ref", start)[1]) == []


def test_creation_rules_of_a_range_do_not_release_a_file(repo: Repo, report: Any, tmp_path: Path) -> None:
    who = new_identity(tmp_path, "other.txt")[0]
    rule = f"creation_rules:\n- path_regex: secret\\.yaml$\n  age: {who}\n"
    start = repo.commit({".sops.yaml": rule})
    repo.commit({".sops.yaml": rule.replace("secret", "other"), "secret.yaml": "password: correct-horse\n"})
    assert "not-sealed" in rules(report("--from-ref", start)[1])


@pytest.mark.parametrize("text", [LEAK, LEAK.strip() + "  # pragma: allowlist secret\n"])
def test_what_is_suppressed_is_counted_in_every_format(repo: Repo, report: Any, text: str) -> None:
    exempt = {} if "pragma" in text else {".sealward.yaml": OF_RULE}
    reason = "an allow-list comment" if "pragma" in text else "a made-up one"
    repo.commit({"a.txt": text, **exempt})
    assert report("--all")[1]["summary"]["suppressed"] == 1
    assert "1 finding suppressed" in report("--all", form="text")[1]
    assert "1 finding suppressed" in report("--all", form="github")[1]
    (result,) = report("--all", form="sarif")[1]["runs"][0]["results"]
    assert result["ruleId"] == "plaintext-secret"
    assert [one["justification"] for one in result["suppressions"]] == [reason]


def test_a_file_that_is_not_read_is_counted(repo: Repo, report: Any) -> None:
    repo.commit({"a.txt": LEAK, ".sealward.yaml": SETTINGS})
    status, answer = report("--all")
    assert (status, rules(answer)) == (0, [])
    assert answer["summary"]["files_left_out"] == {"exempt as a whole": 1}


def test_a_pattern_that_matches_nothing_is_named(repo: Repo, report: Any) -> None:
    repo.commit({".sealward.yaml": "sealed: [confg/*.yaml, '*.enc']\n" + SETTINGS, "a.enc": "", "b.txt": ""})
    answer = report("--all")[1]
    assert [one["message"] for one in answer["findings"] if one["rule"] == "unused-setting"] == [
        "the pattern 'confg/*.yaml' matches no tracked file"
    ]
    assert "unused-setting" not in rules(report("b.txt")[1]), "only one file was looked at"


@pytest.mark.parametrize("name", [".sealward.yaml", ".sops.yaml", ".secrets.baseline"])
def test_a_configuration_that_is_a_link_is_an_error(
    repo: Repo, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit({"real": "{}"})
    repo.write({"a.enc.yaml": "a: b\n", "a.txt": LEAK})
    (repo.path / name).symlink_to("real")
    repo.git("add", ".")
    for form in (["--all"], ["--staged"], ["a.enc.yaml"]):
        assert main(["check", *form]) == 2, form
        assert f"{name} is a symbolic link" in capsys.readouterr().err
    repo.git("commit", "-qm", "link")
    repo.commit({"b.txt": LEAK, "b.enc.yaml": "a: c\n"})
    assert main(["check", "--from-ref", "HEAD~1"]) == 2
    assert f"{name} is a symbolic link" in capsys.readouterr().err


def test_a_rule_that_does_not_exist_is_an_error(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit({".sealward.yaml": SETTINGS + "  rules: [plaintext-secrets]\n"})
    assert main(["check", "--all"]) == 2
    assert "plaintext-secret" in capsys.readouterr().err


RULE = "creation_rules:\n- path_regex: secret\\.yaml$\n  age: WHO\n- age: WHO\n"


@pytest.mark.parametrize(
    ("change", "clauses"),
    [
        (None, ["no longer has the creation rule for 'secret\\\\.yaml$'", "no longer has the creation rule for all files"]),
        ("creation_rules:\n- age: WHO\n", ["no longer has the creation rule for 'secret\\\\.yaml$'"]),
        (RULE.replace("$\n", "$\n  encrypted_regex: ^user$\n"),
         ["changes which values the creation rule for 'secret\\\\.yaml$' encrypts"]),
        (RULE + "- path_regex: more\n  age: WHO\n", []),
        (RULE.replace("  age", "  age", 1) + "\n# a comment\n", []),
        ("x: y\n", ["no longer has the creation rule for 'secret\\\\.yaml$'", "no longer has the creation rule for all files"]),
    ],
)  # fmt: skip
def test_a_range_that_takes_creation_rules_away_is_named(
    repo: Repo, report: Any, tmp_path: Path, change: str | None, clauses: list[str]
) -> None:
    """What is judged cannot loosen the judge: also where nothing else is in the range."""
    who = new_identity(tmp_path, "other.txt")[0]
    start = repo.commit({"sub/.sops.yaml": RULE.replace("WHO", who), "README": "x"})
    if change is None:
        repo.git("rm", "--quiet", "sub/.sops.yaml")
        repo.git("commit", "--quiet", "--no-verify", "--message", "gone")
    else:
        repo.commit({"sub/.sops.yaml": change.replace("WHO", who)})
    status, answer = report("--from-ref", start)
    assert status == 0
    assert [one["message"] for one in answer["findings"]] == [f"this range {clause}" for clause in clauses]
    assert report("--from-ref", start, "--strict")[0] == int(bool(clauses))


def test_creation_rules_under_their_other_name_are_the_same(repo: Repo, report: Any, tmp_path: Path) -> None:
    who = new_identity(tmp_path, "other.txt")[0]
    start = repo.commit({".sops.yaml": RULE.replace("WHO", who)})
    repo.git("mv", ".sops.yaml", "sops.yaml")
    repo.git("commit", "--quiet", "--no-verify", "--message", "moved")
    assert rules(report("--from-ref", start)[1]) == []
