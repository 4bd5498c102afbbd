"""Programs that tell people: the shipped ones are run, and one that fails keeps nobody else from being told."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, ClassVar

import pytest

from sealward.rotation.notifying import messages, notify
from sealward.rotation.policy.policy import load
from sealward.rotation.run import Run
from tests.report.records import OUTCOME
from tests.test_architecture import TOP

if TYPE_CHECKING:
    from collections.abc import Iterator

POLICY = "policies:\n  p:\n    paths: [secret/**]\n    every: 1d\n    notify: {command}\n    environment: {names}\n"


class Chat(BaseHTTPRequestHandler):
    """A service that takes whatever is posted."""

    heard: ClassVar[list[dict[str, object]]] = []

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.heard.append(json.loads(self.rfile.read(length)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def chat() -> Iterator[str]:
    Chat.heard.clear()
    server = HTTPServer(("127.0.0.1", 0), Chat)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("program", "variables"),
    [
        ("notify-slack", {"SLACK_WEBHOOK": "{chat}"}),
        ("notify-pagerduty", {"PAGERDUTY_ADDRESS": "{chat}", "PAGERDUTY_ROUTING_KEY": "r"}),
    ],
)
def test_the_shipped_programs(
    chat: str, program: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(chat=chat))
    text = POLICY.format(command=f"[vault/examples/{program}]", names=f"[{', '.join(variables)}]")
    assert notify(Run(outcome=OUTCOME), load("p.yaml", text.encode()), str(TOP), 0.0) == []
    assert len(Chat.heard) == 4
    if program == "notify-slack":
        assert Chat.heard[3] == {"text": "secret/bot/other: failed (Vault is sealed)"}
    else:
        assert [one["event_action"] for one in Chat.heard] == ["resolve"] * 3 + ["trigger"]


def test_one_that_fails_is_said_and_given_up_after_three() -> None:
    text = POLICY.format(command="[python3, -c, 'import sys; sys.exit(1)']", names="[NOTHING]")
    problems = notify(Run(outcome=OUTCOME), load("p.yaml", text.encode()), str(TOP), 0.0)
    assert len(problems) == 3
    assert problems[0].message.startswith("nobody was notified that secret/bot/binance is rotated")


def test_what_is_said() -> None:
    found = [(one.path, one.outcome) for one in messages(Run(outcome=OUTCOME))]
    assert found == [
        ("bot/binance", "rotated"), ("bot/kraken", "rotated"), ("bot/wallet", "rotated"), ("bot/other", "failed"),
    ]  # fmt: skip
