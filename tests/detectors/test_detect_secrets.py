"""A baseline is content of the repository: it chooses among what the library has, and runs nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sealward.cli import main
from sealward.detectors.detect_secrets import Baseline, Scan
from sealward.errors import SealwardError
from tests.support.literals import expand

if TYPE_CHECKING:
    from tests.support.repo import Repo

EVIL = "import pathlib\npathlib.Path('ran').write_text('x')\ndef f(secret): return False\n"
EVIL_CLASS = EVIL + "from detect_secrets.plugins.base import RegexBasedDetector\n"


def baseline(plugins: object = (), filters: object = (), results: object = None, **others: object) -> bytes:
    content: dict[str, Any] = {"version": "1.5.0", "plugins_used": plugins, "filters_used": filters}
    return json.dumps({**content, "results": results if results is not None else {}, **others}).encode()


@pytest.mark.parametrize(
    ("plugins", "filters"),
    [
        ([], [{"path": "file://evil.py::f"}]),
        ([], [{"path": "evil.f"}]),
        ([], [{"path": "os.path.exists"}]),
        ([], [{"path": "detect_secrets.filters.gibberish.should_exclude_secret", "model": "evil.py"}]),
        ([], [{"path": "detect_secrets.filters.wordlist.should_exclude_secret", "file_name": "/etc/passwd"}]),
        ([], [{"path": "detect_secrets.filters.heuristic.__import__"}]),
        ([], [{"path": 5}]),
        ([{"name": "Evil", "path": "file://evil.py"}], []),
        ([{"name": "AWSKeyDetector", "path": "file://evil.py"}], []),
        ([{"name": "Evil"}], []),
        ([{"name": ["a"]}], []),
    ],
)
@pytest.mark.parametrize("form", [["--all"], ["README.md"], ["--from-ref", "HEAD~1"]])
def test_it_runs_no_code(
    repo: Repo, capsys: pytest.CaptureFixture[str], plugins: object, filters: object, form: list[str]
) -> None:
    repo.commit({"evil.py": EVIL_CLASS, ".secrets.baseline": baseline(plugins, filters)})
    repo.commit({"README.md": "hi\n"})
    assert main(["check", *form]) == 2
    told = capsys.readouterr().err
    assert "which is not one of detect-secrets" in told
    assert told.count("\n") == 1
    assert not (repo.path / "ran").exists()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"null", b"[]", b"{}", b"[" * 200_000, b'{"plugins_used": 1, "filters_used": [], "results": {}}',
        baseline([5]), baseline([], [7]), baseline([], [], [1]), b"\xff\xfe",
    ],
)  # fmt: skip
def test_what_is_not_a_baseline_is_one_clear_error(data: bytes) -> None:
    with pytest.raises(SealwardError, match="is not a baseline of detect-secrets"):
        Baseline(data)


@pytest.mark.parametrize("pattern", [r"(?=a)b", r"(a)\1", "(", 5, None])
def test_patterns_are_searched_for_in_linear_time_or_not_at_all(pattern: object) -> None:
    excluding = {"path": "detect_secrets.filters.regex.should_exclude_line", "pattern": pattern}
    with pytest.raises(SealwardError, match="that RE2 does not take"):
        Baseline(baseline([], [excluding]))


@pytest.mark.parametrize(("kind", "pattern"), [("file", "^tests/"), ("line", "a test"), ("secret", "^AKIA")])
@pytest.mark.parametrize("listed", [True, False])
def test_what_it_leaves_out_is_left_out(kind: str, pattern: str, listed: bool) -> None:
    path = f"detect_secrets.filters.regex.should_exclude_{kind}"
    plugins = [{"name": "AWSKeyDetector"}]
    line = f'key = "{expand("%s:AKIA%%B32:16%", 3)}"  # a test'
    chosen = Baseline(baseline(plugins, [{"path": path, "pattern": [pattern] if listed else pattern}]))
    assert Scan("tests/a.py", chosen).held(line, 1) is None
    assert Scan("tests/a.py", Baseline(baseline(plugins))).held(line, 1) is not None


def test_a_usual_baseline_is_understood() -> None:
    """What ``detect-secrets scan`` writes: detectors that guess, limits, every usual filter, known findings."""
    from detect_secrets.core import baseline as library
    from detect_secrets.core.secrets_collection import SecretsCollection
    from detect_secrets.settings import default_settings

    with default_settings():
        data = json.dumps(library.format_for_output(SecretsCollection())).encode()
    chosen = Baseline(data)
    assert ("Base64HighEntropyString", 4.5) in chosen.detectors
    assert "heuristic.is_sequential_string" in chosen.filters
    line = 'password = "correct-horse-battery"'
    assert Scan("a.py", chosen).held(line, 1) == "what looks like a secret (Secret Keyword)"
    assert Scan("a.py", None).held(line, 1) is None


def test_known_findings_are_suppressed() -> None:
    from detect_secrets.core.potential_secret import PotentialSecret

    entry = {"type": "Secret Keyword", "hashed_secret": PotentialSecret.hash_secret("correct-horse-battery")}
    chosen = Baseline(baseline([{"name": "KeywordDetector"}], [], {"a.py": [entry, 5], "b.py": None}))
    line = 'password = "correct-horse-battery"'
    known = {path: Scan(path, chosen) for path in ("a.py", "b.py")}
    assert all(scan.held(line, 1) for scan in known.values())
    assert {path: scan.is_known for path, scan in known.items()} == {"a.py": ".secrets.baseline", "b.py": ""}


def test_the_baseline_itself_is_not_scanned_by_it(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    entry = {"type": "Hex High Entropy String", "hashed_secret": "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8"}
    plugins = [{"name": "HexHighEntropyString", "limit": 3.0}]
    repo.commit({".secrets.baseline": baseline(plugins, [], {"a.py": [entry]}), "a.py": "x = 1\n"})
    assert main(["check", "--all"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("known", ["AWS Access Key", "Artifactory Credentials"])
def test_a_known_finding_hides_no_new_one_on_its_line(known: str) -> None:
    from detect_secrets.core.potential_secret import PotentialSecret

    aws, artifactory = expand("%s:AKIA%%B32:16%", 3), expand("%s:AKC%%b62:12%", 3)
    tokens = {"AWS Access Key": aws, "Artifactory Credentials": artifactory}
    (new,) = tokens.keys() - {known}
    entry = {"type": known, "hashed_secret": PotentialSecret.hash_secret(tokens[known])}
    plugins = [{"name": "AWSKeyDetector"}, {"name": "ArtifactoryDetector"}]
    scan = Scan("a.py", Baseline(baseline(plugins, [], {"a.py": [entry]})))
    assert scan.held("a = {}; b = {}".format(*tokens.values()), 1) == f"what looks like a secret ({new})"
    assert scan.is_known == ""
