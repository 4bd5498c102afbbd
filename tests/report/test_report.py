"""Every format of findings is a module of its name, and ends as a text does."""

from __future__ import annotations

import pytest

from sealward.report import FORMATS, render
from tests.report.records import FINDINGS, SUMMARY


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_ends_with_a_newline(name: str) -> None:
    assert render(name, FINDINGS, SUMMARY).endswith("\n")
