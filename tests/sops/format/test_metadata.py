from __future__ import annotations

import pytest

from sealward.sops.format.metadata import is_version


@pytest.mark.parametrize(
    "text",
    ["3.11.0", "v3.11.0", "3.11.0-rc1", "3.11.0-rc.1", "3.11.0+dirty", "1.18", "2.0.9", "0.0.0", "1.2.3-a+b"],
)
def test_versions_that_sops_reads(text: str) -> None:
    assert is_version(text)


@pytest.mark.parametrize(
    "text",
    ["", "3.11", "3", "latest", "3.11.x", "3.11.0.1", " 3.11.0", "3.11.0 ", "03.11.0", "3.011.0", "3.11.0-",
     "3.11.0+", "3.11.0-rc.01", "3.11.0-rc_1", "V3.11.0", "99999999999999999999.1.1", "-1.2.3", "3.11.0 x"],
)  # fmt: skip
def test_versions_that_sops_refuses(text: str) -> None:
    assert not is_version(text)
