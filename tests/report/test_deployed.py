"""The report of ``deploy status``, from fixed records."""

from __future__ import annotations

from sealward.deploy.inventory import Inventory
from sealward.deploy.live import Meta
from sealward.deploy.plan import Change, Plan, Pruned
from sealward.deploy.resolution import Resolved
from sealward.deploy.standing import Newer, Standing
from sealward.deploy.wanted import Wanted
from sealward.finding import Place
from sealward.report.deployed import as_data, as_text


def test_each_kind_of_drift_has_a_line() -> None:
    wanted = Wanted(
        namespace="ns", name="keys", type="Opaque", place=Place("a"), entries={}, labels={}, annotations={}
    )
    change = Change(
        resolved=Resolved(wanted, {}, {"A": "s/a#k#2"}), before=None, state="created", keys={"A": "+"},
        salt="00", about=Meta({}, {}), pending=frozenset(("A",)),
    )  # fmt: skip
    plan = Plan(
        changes=(change,), restarts=(), left=(), pruned=(Pruned("ns", "old", None, "bot uses it"),),
        inventory=Inventory({}), problems=(), notes=("seen",),
    )  # fmt: skip
    one = Standing(target="t", cluster="c", commit="c0ffee", plan=plan, newer=(Newer("s/a", 2, 3),))
    assert as_text(one) == [
        "t: c, against commit c0ffee",
        "secret/keys in ns: is not in the cluster",
        "  + A  s/a#k#2",
        "  a run ended before the restarts that A need",
        "secret/old in ns: no longer in Git (bot uses it)",
        "vault s/a: pinned to #2, there is #3",
        "note: seen",
        "1 Secret: not all as in Git",
    ]
    assert as_data(one)["differs"] is True
