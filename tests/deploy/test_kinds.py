"""Where the API has each kind."""

from __future__ import annotations

from sealward.deploy.kinds import CRON_JOB, DEPLOYMENT, SECRET


def test_paths() -> None:
    assert SECRET.path("a", "b") == "/api/v1/namespaces/a/secrets/b"
    assert DEPLOYMENT.path("a") == "/apis/apps/v1/namespaces/a/deployments"
    assert SECRET.path("a", "../x") == "/api/v1/namespaces/a/secrets/..%2Fx"
    assert (SECRET.group, CRON_JOB.group, CRON_JOB.word) == ("", "batch", "cronjob")
