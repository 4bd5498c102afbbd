"""One defect, one finding: what several checks see is said by the first; and no finding holds a secret."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from sealward.detectors import suspicious
from sealward.document import dotted
from sealward.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sealward.config import Settings
    from sealward.document import Document

_CLEAR = frozenset(("plaintext-value", "literal-secret", "hidden-plaintext"))
"""Rules that say of a value that it stands in clear."""


def of_values(said: list[Finding], more: Iterable[Finding]) -> list[Finding]:
    """The findings about values that are not said yet."""
    places = {one.place for one in said if one.rule in _CLEAR}
    again = ("literal-secret", "literal-reference")
    return [one for one in more if one.rule not in again or one.place not in places]


def of_text(
    document: Document, said: list[Finding], more: list[Finding], settings: Settings
) -> list[Finding]:
    """The findings about lines of a sealed file whose value or comment nothing is said about yet; suppressed
    where the settings let the value be literal."""
    if not more:
        return more
    comments = (comment.line for part in document.parts for comment in part.comments)
    starts = sorted({*(leaf.line for leaf in document.leaves), *comments})
    lines = {one.place.line for one in said}
    left = [(one, _start(starts, one.place.line)) for one in more]
    literal = {leaf.line: settings.literal(dotted(leaf.path)) for leaf in document.leaves}
    found = ((one, literal.get(start)) for one, start in left if not {one.place.line, start} & lines)
    return [one if allowed is None else one.but(suppressed=allowed.reason) for one, allowed in found]


def _start(starts: list[int], line: int) -> int:
    """The line on which the value begins that a line is of."""
    before = bisect_right(starts, line)
    return starts[before - 1] if before else line


def without_secrets(finding: Finding) -> Finding:
    """The finding as it may be shown: ``********`` stands for a mapping key, or a file's name, that is a
    token."""
    finding = _nameless(finding)
    rule, place, message, hint, severity, suppressed = finding.fields()
    if max(map(len, place.key_path.split("."))) < _SHORTEST and max(map(len, message.split())) < _SHORTEST:
        return finding
    from sealward.detectors import hidden

    shown = hidden(place.key_path), hidden(message)
    if shown == (place.key_path, message):
        return finding
    place = place._replace(key_path=shown[0])
    return Finding(
        rule=rule,
        place=place,
        message=shown[1],
        hint=hidden(hint),
        severity=severity,
        suppressed=suppressed,
    )


def _nameless(finding: Finding) -> Finding:
    """The finding without a secret that its file is called by."""
    rule, place, message, hint, severity, suppressed = finding.fields()
    if not suspicious([place.path]):
        return finding
    from sealward.detectors.free_text import HIDDEN
    from sealward.detectors.names import masked, secrets_in

    shown = masked(place.path)
    if shown == place.path:
        return finding
    for secret in (place.path, *(one for _, one in secrets_in(place.path))):
        message, hint = message.replace(secret, HIDDEN), hint.replace(secret, HIDDEN)
    return Finding(
        rule=rule,
        place=place._replace(path=shown),
        message=message,
        hint=hint,
        severity=severity,
        suppressed=suppressed,
    )


_SHORTEST = 16
"""No token is shorter."""
