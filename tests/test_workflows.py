"""The workflows that people copy, judged by actionlint and zizmor; both are shown to see what is wrong."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

BIN = Path(sys.executable).parent
FOLDER = Path(__file__).parents[1] / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
PINNED = re.compile(r"uses: [\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)


def actionlint(*files: Path) -> subprocess.CompletedProcess[str]:
    return run(BIN / "actionlint", "-no-color", "-shellcheck=", "-pyflakes=", *files)


def zizmor(*files: Path) -> subprocess.CompletedProcess[str]:
    return run(BIN / "zizmor", "--offline", "--no-progress", "--persona=auditor", "--color=never", *files)


def test_there_are_workflows_to_copy() -> None:
    assert {"deploy.yml", "lint.yml", "rotate.yml"} <= {file.name for file in WORKFLOWS}


def test_actionlint() -> None:
    done = actionlint(*WORKFLOWS)
    assert (done.returncode, done.stdout) == (0, "")


def test_zizmor() -> None:
    done = zizmor(*WORKFLOWS)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("old", "new", "linter"),
    [
        ("github.ref_name", "github.reff_name", "actionlint"),
        ("timeout-minutes: 30", "timeout-minuets: 30", "actionlint"),
        ("permissions: {}", "permissions: write-all", "zizmor"),
        ("persist-credentials: false", "persist-credentials: true", "zizmor"),
        ("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v", "@v", "zizmor"),
        ('--base "$BASE"', '--base "${{ github.head_ref }}"', "zizmor"),
    ],
)
def test_the_linters_see_a_mistake(tmp_path: Path, old: str, new: str, linter: str) -> None:
    text = (FOLDER / "rotate.yml").read_text()
    assert old in text
    text = text.replace(old, new)
    file = tmp_path / ".github" / "workflows" / "rotate.yml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    done = actionlint(file) if linter == "actionlint" else zizmor(file)
    assert done.returncode != 0


WRITES = {"rotate.yml": {"contents", "pull-requests", "id-token"}, "deploy.yml": {"id-token"}}
"""What the jobs of a workflow may write; nothing elsewhere."""


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_minimal_permissions_and_pinned_actions(file: Path) -> None:
    text = file.read_text()
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        writes = {name for name, level in job["permissions"].items() if level == "write"}
        assert writes <= WRITES.get(file.name, set())
        assert job["timeout-minutes"] <= 30
    uses = re.findall(r"^.*\buses: .*$", text, re.MULTILINE)
    assert uses
    assert all(PINNED.search(line) for line in uses)


def test_secrets_reach_only_the_step_that_needs_them() -> None:
    jobs = yaml.safe_load((FOLDER / "rotate.yml").read_text())["jobs"]
    holding = {
        (step.get("name"), name)
        for step in jobs["rotate"]["steps"]
        for name in step.get("env", {})
        if name in ("VAULT_TOKEN", "SOPS_AGE_KEY", "GH_TOKEN")
    }
    assert holding == {
        ("rotate", "SOPS_AGE_KEY"),
        ("propose the new pins", "GH_TOKEN"),
    }
    assert "env" not in jobs["rotate"]


def test_a_deployment_sees_values_in_one_step_and_a_pull_request_in_none() -> None:
    workflow = yaml.safe_load((FOLDER / "deploy.yml").read_text())
    assert workflow["defaults"] == {"run": {"shell": "bash"}}  # else a pipe into tee hides a failure
    jobs = workflow["jobs"]
    holding = {
        (job, step.get("name"), name)
        for job, body in jobs.items()
        for step in body["steps"]
        for name in step.get("env", {})
        if name in ("VAULT_ADDR", "SOPS_AGE_KEY")
    }
    assert holding == {
        ("diff", "diff", "SOPS_AGE_KEY"),
        ("apply", "apply", "SOPS_AGE_KEY"),
        ("apply", "apply", "VAULT_ADDR"),
    }
    assert "--pins" in str(jobs["diff"])
    assert "head.repo.full_name == github.repository" in jobs["diff"]["if"]
    assert "refs/heads/main" in jobs["apply"]["if"]
    assert jobs["install"]["permissions"] == {"contents": "read"}
    assert "secrets." not in str(jobs["install"])


def test_credentials_are_where_nothing_is_fetched() -> None:
    """Packages are gathered in a job that may read the checkout and nothing else, each by its hash."""
    jobs = yaml.safe_load((FOLDER / "rotate.yml").read_text())["jobs"]
    assert jobs["install"]["permissions"] == {"contents": "read"}
    assert "environment" not in jobs["install"]
    assert "secrets." not in str(jobs["install"])
    fetched = "\n".join(step.get("run", "") for step in jobs["install"]["steps"])
    assert "--require-hashes" in fetched
    assert "sha256sum --check" in fetched
    used = "\n".join(step.get("run", "") for step in jobs["rotate"]["steps"])
    assert re.findall(r"pip install (.*)", used) == [
        '--quiet --no-index --find-links "$RUNNER_TEMP/tools" sealward'
    ]


@pytest.mark.parametrize(
    "file", sorted((FOLDER.parents[1] / "requirements").glob("*.txt")), ids=lambda file: file.name
)
def test_every_requirement_has_its_hashes(file: Path) -> None:
    text = file.read_text()
    names = re.findall(r"^[a-z][\w.-]*==", text, re.MULTILINE)
    assert names
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= len(names)
    assert "://" not in text


def test_what_is_declared_is_what_is_locked() -> None:
    top = FOLDER.parents[1]
    project = (top / "pyproject.toml").read_text().partition("\ndependencies = [")[2].partition("]")[0]
    names = {one.lower() for one in re.findall(r'"([\w.-]+)[<>=!~]', project)}
    assert names
    locked = set(
        re.findall(r"^([a-z][\w.-]*)==", (top / "requirements" / "run.txt").read_text(), re.MULTILINE)
    )
    assert names <= locked
