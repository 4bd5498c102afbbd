"""The page and the table are one, and each test that they name exists."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from tests.hostile import test_faults
from tests.hostile.table import ATTACKS, FAULTS, faults, rendered

PAGE = Path(__file__).parents[2] / "docs/threat-model.md"


@pytest.mark.parametrize("test", sorted({test for attack in ATTACKS for test in attack.tests.split()}))
def test_the_test_exists(test: str) -> None:
    module, _, name = test.partition("::")
    assert callable(getattr(importlib.import_module(f"tests.{module}"), name))


def test_each_fault_has_its_test_and_each_test_its_fault() -> None:
    assert [one.test for one in FAULTS] == [name for name in vars(test_faults) if name.startswith("test_f")]
    for one in FAULTS:
        words = re.match(r"Rules? (\d+)(?: and (\d+))?[,:]", getattr(test_faults, one.test).__doc__)
        assert words is not None
        assert tuple(int(number) for number in words.groups() if number) == one.rules


def test_the_page_shows_the_tables() -> None:
    """To write them again: `python -m tests.hostile.test_table`."""
    page = PAGE.read_text()
    assert faults() in page
    assert rendered() in page


def _write() -> None:
    page = PAGE.read_text()
    for head, table in (("| | fault |", faults()), ("| attack |", rendered())):
        before, _, rest = page.partition(head)
        after = rest.partition("\n\n")[2]
        page = before + table + (f"\n{after}" if after else "")
    PAGE.write_text(page)


if __name__ == "__main__":
    _write()
