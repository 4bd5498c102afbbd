"""How much diffs show: as the user's own settings say, and no file of a repository."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sealward.differences.masking import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sealward.git import Repository

VARIABLE = "SEALWARD_DIFF"
SETTING = "sealward.diff"


def view_of(repository: Repository | None, environment: Mapping[str, str] | None = None) -> View:
    """What ``SEALWARD_DIFF`` says, else git's ``sealward.diff``; references where neither says one of
    the views."""
    said = (os.environ if environment is None else environment).get(VARIABLE, "")
    if not said and repository is not None:
        said = repository.setting(SETTING)
    try:
        return View(said.strip().lower())
    except ValueError:
        return View.REFERENCES
