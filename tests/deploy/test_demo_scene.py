"""The demo's scenes on a cluster: the rotated key arrives, and one of two workloads restarts."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from sealward.demo import cluster
from sealward.demo.stage import Stage as DemoStage
from sealward.sops import program

if TYPE_CHECKING:
    import pytest

    from tests.deploy.stage import Stage


def test_the_rotated_key_reaches_the_cluster(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.bao.put("bot/binance", api_key="Canary-one", api_secret="Canary-two")
    text = "".join(
        f"  {key}: {stage.reference('bot/binance', key, 1)}\n" for key in ("api_key", "api_secret")
    )
    stage.seal("secrets.enc.yaml", f"binance:\n{text}")
    del stage.files["deploy.yaml"]
    stage.commit()
    tools = os.path.dirname(program.find())
    environment = {**os.environ, "PATH": f"{os.path.dirname(sys.executable)}:{tools}:{os.environ['PATH']}"}
    demo = DemoStage(stage.repo.path, environment, colour=False)
    real = demo.run

    def run(command: str, refused: bool = False, shown: bool = True, **extra: str) -> str:
        """The mount is this test's own."""
        return real(command.replace("secret/bot", f"{stage.bao.mount}/bot"), refused, shown, **extra)

    demo.run = run  # type: ignore[method-assign]
    demo.show_cluster()
    namespace = f"demo-{stage.space.name}"
    cluster.play(demo, "admin", namespace)
    told = capsys.readouterr().out
    second = told.partition("9. The key is rotated once more")[2]
    assert f"deployment/trader in {namespace}: restarted (exchange-keys:API_KEY)" in second
    assert "deployment/auditor" not in second
    assert "1 Secret: as in Git" in second
    assert "Canary" not in told
    found = stage.space.kube.must("GET", f"/api/v1/namespaces/{namespace}")
    assert found["status"]["phase"] == "Terminating"
