"""Whether a run did all that it was to do."""

from __future__ import annotations

import pytest

from sealward.errors import SealwardError
from sealward.rotation.batch import Outcome
from sealward.rotation.credentials import Credentials
from sealward.rotation.run import Run
from tests.report.records import OUTCOME, RETIRED

ERROR = SealwardError("no", "see why")


@pytest.mark.parametrize(
    ("run", "whole"),
    [
        (Run(outcome=Outcome((), ())), True),
        (Run(outcome=OUTCOME._replace(failed=())), True),
        (Run(outcome=OUTCOME), False),
        (Run(outcome=Outcome((), ()), retired=RETIRED), False),
        (Run(outcome=Outcome((), ()), engines=Credentials(), problems=(ERROR,)), False),
    ],
)
def test_whole(run: Run, whole: bool) -> None:
    assert run.is_whole is whole
