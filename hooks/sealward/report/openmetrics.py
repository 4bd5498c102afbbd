"""How references stand, as OpenMetrics text: for Prometheus' textfile collector, a dashboard, an alert.

Source: the OpenMetrics specification 1.0. ``docs/status.md`` lists the metrics; no value is ever shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.status.choice import URGENCY, urgency
from sealward.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sealward.rotation.retirement.notes import Retirement
    from sealward.status.standing import Standing
    from sealward.status.survey import Survey


class _Metric(NamedTuple):
    """A metric of each reference: its name, its unit (which the name ends with), its help, and its value
    (None: not known, and left out)."""

    name: str
    unit: str
    help: str
    value: Callable[[Standing], float | None]


_OF_REFERENCES = (
    _Metric("age_seconds", "seconds", "How long the value has been in use.", lambda one: one.age),
    _Metric("due_timestamp_seconds", "seconds", "When the value must be renewed.", lambda one: one.due),
    _Metric("used_ratio", "ratio", "Part of the interval, or of the TTL limit, used.", lambda one: one.used),
    _Metric("ttl_seconds", "seconds", "How long a dynamic credential may live.", lambda one: one.ttl),
    _Metric("overdue", "", "Whether `status --check` fails because of it.", lambda one: one.overdue),
    _Metric("versions_behind", "", "Versions that are newer than the pin.", lambda one: one.behind),
)


_FROM = "sealward_retirement_from_timestamp_seconds"


def as_openmetrics(survey: Survey, server: bool) -> str:
    """One exposition, ``# EOF`` included. References with the same labels count once, as the most urgent
    of them."""
    return "".join(f"{line}\n" for line in _lines(survey, server))


def _lines(survey: Survey, server: bool) -> Iterator[str]:
    rows = _distinct(survey.standings)
    yield from _head("sealward_reference", "info", "", "Each reference to Vault, and how it stands.")
    for labels, one in rows:
        details = {
            "policy": one.policy,
            "state": one.state,
            "pinned": "" if one.pinned is None else str(one.pinned),
            "latest": "" if one.latest is None else str(one.latest),
            "age_from": one.source,
        }
        yield _sample("sealward_reference_info", {**labels, **details}, 1)
    for metric in _OF_REFERENCES:
        name = f"sealward_reference_{metric.name}"
        yield from _head(name, "gauge", metric.unit, metric.help)
        for labels, one in rows:
            value = metric.value(one)
            if value is not None:
                yield _sample(name, labels, float(value))
    yield from _head("sealward_references", "gauge", "", "References by state.")
    states = [one.state for one in survey.standings]
    for state in URGENCY:
        yield _sample("sealward_references", {"state": state}, states.count(state))
    yield from _head("sealward_retirement", "info", "", "Old values that wait to be revoked.")
    for old in survey.retirements:
        yield _sample("sealward_retirement_info", _of(old), 1)
    yield from _head(_FROM, "gauge", "seconds", "From when on an old value is revoked.")
    for old in survey.retirements:
        if old.due is not None:
            yield _sample(_FROM, _of(old), old.due)
    yield from _head("sealward_policy_idle", "gauge", "", "Policies that govern no secret.")
    for policy in survey.idle:
        yield _sample("sealward_policy_idle", {"policy": policy.policy}, 1)
    yield from _gauge("sealward_files_closed", "Sealed files that no key at hand opens.", len(survey.closed))
    yield from _gauge("sealward_server_asked", "Whether the ages are Vault's (else git's).", int(server))
    yield "# EOF"


def _of(old: Retirement) -> dict[str, str]:
    return {"secret": f"{old.mount}/{old.path}", "version": str(old.version)}


def _gauge(name: str, text: str, value: int) -> Iterator[str]:
    yield from _head(name, "gauge", "", text)
    yield _sample(name, {}, value)


def _head(name: str, kind: str, unit: str, text: str) -> Iterator[str]:
    yield f"# TYPE {name} {kind}"
    if unit:
        yield f"# UNIT {name} {unit}"
    yield f"# HELP {name} {text}"


def _sample(name: str, labels: Mapping[str, str], value: float) -> str:
    shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    number = repr(float(value)) if value != int(value) else str(int(value))
    return f"{name}{{{shown}}} {number}" if shown else f"{name} {number}"


def _escaped(text: str) -> str:
    return printable(text).replace("\\", "\\\\").replace('"', '\\"')


def _distinct(standings: Sequence[Standing]) -> list[tuple[dict[str, str], Standing]]:
    """Each set of labels, and the most urgent standing of those that have it."""
    found: dict[tuple[str, ...], Standing] = {}
    for one in sorted(standings, key=urgency):
        found.setdefault((one.file, one.key_path, one.secret, one.key, one.where), one)
    names = ("file", "key_path", "secret", "key", "where")
    return [(dict(zip(names, labels, strict=True)), one) for labels, one in found.items()]
