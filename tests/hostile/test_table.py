"""The page and the table are one, and each test that they name exists."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from tests.hostile.table import ATTACKS, rendered

PAGE = Path(__file__).parents[2] / "docs/threat-model.md"


@pytest.mark.parametrize("test", sorted({test for attack in ATTACKS for test in attack.tests.split()}))
def test_the_test_exists(test: str) -> None:
    module, _, name = test.partition("::")
    assert callable(getattr(importlib.import_module(f"tests.{module}"), name))


def test_the_page_shows_the_table() -> None:
    """To write it again: `python -m tests.hostile.test_table`."""
    assert rendered() in PAGE.read_text()


def _write() -> None:
    before, _, rest = PAGE.read_text().partition("| attack |")
    after = rest.partition("\n\n")[2]
    PAGE.write_text(before + rendered() + (f"\n{after}" if after else ""))


if __name__ == "__main__":
    _write()
