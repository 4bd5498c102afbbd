"""The least policy that a role can do its work with, as HCL; the same for the same needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.policies.acl import within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sealward.policies.needs import Need, Needs

_TITLES = {
    "reader": "What reads the values of this repository's references may do",
    "rotator": "What `sealward rotate` may do in this repository",
    "ci": "What looks at versions, and reads no value, may do",
}


def written(needs: Needs) -> str:
    """A policy that grants what is demanded, and nothing else."""
    wanted = sorted(_without_covered([need for need in needs.each if need.demanded]), key=_text)
    blocks = [_block(need) for need in wanted]
    title = f"# {_TITLES[needs.role]}: the least.\n# Written by `sealward policies generate {needs.role}`."
    return "\n".join([title, "", *blocks]) if blocks else f"{title}\n# Nothing is needed.\n"


def _without_covered(wanted: Sequence[Need]) -> list[Need]:
    """The needs without those that a wider one covers: beside it they would be said twice."""
    return [
        need
        for need in wanted
        if not any(
            other is not need and need.permits <= other.permits and within(need.pattern, [other.pattern])
            for other in wanted
        )
    ]


def _block(need: Need) -> str:
    names = sorted(need.all_of) + ([min(need.one_of)] if need.one_of else [])
    listed = ", ".join(f'"{name}"' for name in names)
    lines = [f"# {_reason(need)}.", f'path "{_quoted(need.pattern.text)}" {{']
    if need.limited:
        lines += [f"  capabilities       = [{listed}]", '  allowed_parameters = { "custom_metadata" = [] }']
    else:
        lines.append(f"  capabilities = [{listed}]")
    return "\n".join([*lines, "}", ""])


def _reason(need: Need) -> str:
    """Why, without the line: a line above it must not change the policy."""
    if need.place is not None:
        return f"{need.place.path} refers to it"
    head, _, rest = need.why.partition(":")
    return head + rest.lstrip("0123456789") if head == "vault/rotation.yaml" else need.why


def _text(need: Need) -> str:
    return need.pattern.text


def _quoted(text: str) -> str:
    """A text within double quotes: what cannot be printed is escaped."""
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in text)
