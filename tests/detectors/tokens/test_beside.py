"""Tokens without a beginning of their own: known beside the key that names their issuer, and nowhere else."""

from __future__ import annotations

import pytest
import re2

from sealward.detectors.tokens.beside import issuers, shape, tokens_in
from tests.support.literals import expand


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("DATADOG_API_KEY=%hex:32%", "a Datadog key"),
        ("cloudflare_api_key: %hex:37%", "a Cloudflare key"),
        ("binance_api_secret = '%b62:64%'", "a Binance key"),
    ],
)
def test_beside_its_key(text: str, name: str) -> None:
    line = expand(text, seed=3)
    assert [one for one, _ in tokens_in(line)] == [name]
    assert re2.compile(shape()).search(line) is not None


@pytest.mark.parametrize(
    "text",
    [
        "digest: %hex:32%",
        "DATADOG_API_KEY=%hex:12%",
        "DATADOG_API_KEY=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "DATADOG_API_KEY=${DATADOG_API_KEY}",
        "datadog has %hex:32% lines",
        "",
    ],
)
def test_harmless_twins(text: str) -> None:
    assert list(tokens_in(expand(text, seed=3))) == []


def test_every_issuer_is_named_once() -> None:
    assert len(issuers()) == len(set(issuers())) > 50
