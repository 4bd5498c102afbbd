"""Requests to a real API server, and what its refusals become."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from sealward.deploy.api import Api, ApiError
from sealward.deploy.kinds import CONFIG_MAP, DEPLOYMENT, SECRET, Kind
from sealward.deploy.proxy import Cluster, serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from sealward.deploy.shape import Json
    from tests.support.kube import Kube, Space

CANARY = "Canary-0815-value"


@pytest.fixture
def api(socket: str) -> Api:
    return Api(socket, "admin")


def secret(name: str = "a", **more: object) -> Json:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": {"k": "eA=="}, **more}


def test_apply_get_list_and_delete(api: Api, space: Space) -> None:
    assert api.get(SECRET, space.name, "a") is None
    api.apply(SECRET, space.name, secret(), dry=True)
    assert (api.get(SECRET, space.name, "a"), api.writes) == (None, 0)
    made = api.apply(SECRET, space.name, secret())
    assert (space.secret("a"), api.writes) == ({"k": "x"}, 1)
    api.delete(SECRET, space.name, "a", made)
    assert api.get(SECRET, space.name, "a") is None


def test_a_list_comes_page_by_page(api: Api, space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sealward.deploy.api.PAGE", 2)
    for name in "abcde":
        space.make("configmaps", {"metadata": {"name": name}})
    listed = [one["metadata"] for one in api.all(CONFIG_MAP, space.name)]
    assert {str(one.get("name")) for one in listed if isinstance(one, dict)} >= set("abcde")


def test_refusals_are_told_apart_and_quote_no_value(api: Api, space: Space) -> None:
    api.apply(SECRET, space.name, secret())
    api.apply(SECRET, space.name, secret("i", immutable=True))
    space.patch("secrets", "a", {"data": {"k": "eQ=="}})
    stale = {**secret("i"), "metadata": {"name": "i", "resourceVersion": "1"}}
    number = {**secret("n"), "stringData": {"k": CANARY, "n": 12345678}}
    cases: list[tuple[Callable[[], object], str, str]] = [
        (lambda: api.apply(SECRET, space.name, secret()), "conflict", "hold fields"),
        (lambda: api.apply(SECRET, space.name, secret("i", data={"k": "eg=="}, immutable=True)), "invalid", "data"),
        (lambda: api.apply(SECRET, space.name, stale), "stale", "somebody else changed it"),
        (lambda: api.apply(SECRET, "nowhere-at-all", secret()), "missing", "nowhere-at-all"),
        (lambda: api.apply(SECRET, space.name, number), "away", "secret/n"),
        (lambda: api.merge(DEPLOYMENT, space.name, "none", {}), "missing", "deployment/none"),
        (lambda: api.delete(SECRET, space.name, "i", {"metadata": {"uid": "x"}}), "stale", "somebody else"),
    ]  # fmt: skip
    for attempt, reason, said in cases:
        with pytest.raises(ApiError) as caught:
            attempt()
        assert caught.value.reason == reason
        assert said in str(caught.value)
        assert CANARY not in str(caught.value)
        assert "12345678" not in str(caught.value)


def test_a_quota_is_told_apart_from_a_missing_right(api: Api, space: Space) -> None:
    space.make("resourcequotas", {"metadata": {"name": "q"}, "spec": {"hard": {"secrets": "0"}}})
    status = {"status": {"hard": {"secrets": "0"}, "used": {"secrets": "0"}}}
    path = f"{space.path('resourcequotas', 'q')}/status"
    space.kube.must("PATCH", path, status, "application/merge-patch+json")  # its controller takes seconds
    until = time.monotonic() + 20
    while not _is_refused(api, space) and time.monotonic() < until:
        time.sleep(0.02)
    with pytest.raises(ApiError, match="though RBAC allows it; a quota") as caught:
        api.apply(SECRET, space.name, secret("over"), dry=True)
    assert caught.value.reason == "refused"


def _is_refused(api: Api, space: Space) -> bool:
    try:
        api.apply(SECRET, space.name, secret("over"), dry=True)
    except ApiError:
        return True
    return False


def test_a_conflict_names_field_and_owner(api: Api, space: Space) -> None:
    api.apply(SECRET, space.name, secret())
    space.patch("secrets", "a", {"data": {"k": "eQ=="}}, manager="somebody")
    with pytest.raises(ApiError) as caught:
        api.apply(SECRET, space.name, secret())
    assert [(one.field, one.owner) for one in caught.value.causes] == [(".data.k", "somebody")]
    api.apply(SECRET, space.name, secret(), force=True)
    assert space.secret("a") == {"k": "x"}


def test_rights_that_are_missing_are_named_by_verb_and_object(kube_server: Kube, space: Space) -> None:
    with serve(Cluster("user1")) as path:
        api = Api(path, "user1")
        attempts: list[tuple[Callable[[], object], str]] = [
            (lambda: api.get(SECRET, space.name, "a"), "may not get secret/a"),
            (lambda: list(api.all(DEPLOYMENT, space.name)), "may not list deployments"),
            (lambda: api.apply(SECRET, space.name, secret()), "may not patch secret/a"),
        ]
        for attempt, words in attempts:
            with pytest.raises(ApiError, match=words) as caught:
                attempt()
            assert caught.value.reason == "forbidden"


def test_credentials_that_are_not_accepted(space: Space) -> None:
    with serve(Cluster("nobody")) as path, pytest.raises(ApiError, match="does not accept these credentials"):
        Api(path, "nobody").get(SECRET, space.name, "a")


def test_a_server_that_is_away_is_waited_for_with_a_clock_that_is_handed_in() -> None:
    passed: list[float] = []
    api = Api("/nonexistent/socket", "gone", now=lambda: sum(passed), sleep=passed.append)
    with pytest.raises(ApiError, match="gone cannot be reached"):
        api.get(SECRET, "ns", "a")
    assert 5 < sum(passed) < 10


def test_a_kind_that_the_cluster_does_not_know(api: Api, space: Space) -> None:
    with pytest.raises(ApiError, match=r"does the cluster know the kind Rollout of argoproj\.io/v1alpha1"):
        list(api.all(Kind("argoproj.io/v1alpha1", "rollouts", "Rollout"), space.name))
