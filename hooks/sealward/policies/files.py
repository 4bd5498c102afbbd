"""Which files are policies, and whose: by their place, their name, their content, and the settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.config import POLICY_FOLDER
from sealward.globs import key_pattern, path_pattern
from sealward.policies import policy
from sealward.policies.needs import STEMS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sealward.config import Role, Settings
    from sealward.policies.policy import Policy
    from sealward.sealed.contents import Found

FOLDER = POLICY_FOLDER
_MEANT = re.compile(rb'^[ \t]*"?[Pp]aths?"?\s*[:={"\']', re.MULTILINE)
_AS_PATH = frozenset(("path", "paths", "pathe", "pth"))


def is_policy(path: str, data: bytes, settings: Settings) -> bool:
    """Whether such a file is one, going by what is in it: servers and agents are configured in HCL, too, and
    login roles in JSON."""
    if path in {one.path for one in settings.policies}:
        return True
    found = policy.entries(data)
    if not found:
        expected = path.endswith(".hcl") and role_of(path, settings) is not None
        return expected or _meant(path, data)
    return any(one.keys[0].text.lower() in _AS_PATH for one in found)


def _meant(path: str, data: bytes) -> bool:
    """Whether something that cannot be read was to be a policy."""
    if path.endswith(".json"):
        return b'"capabilities"' in data and b'"path"' in data
    return _MEANT.search(data) is not None


def role_of(path: str, settings: Settings) -> Role | None:
    """Whose policy it is: as the settings say, else as its name does."""
    for one in settings.policies:
        if one.path == path:
            return one.role
    return STEMS.get(stem_of(path))


def stem_of(path: str) -> str:
    """A file's name without its folder and suffix."""
    return path.rpartition("/")[2].rpartition(".")[0]


def name_of(path: str, settings: Settings) -> str:
    """What the policy is called on the server."""
    return next((one.name for one in settings.policies if one.path == path and one.name), stem_of(path))


def read(data: bytes, settings: Settings) -> Policy:
    """Read a policy for the server that the settings name."""
    return policy.read(data, settings.dialect)


def references_of(path: str, settings: Settings, found: Iterable[Found]) -> list[Found]:
    """The references that a policy's role is to read: those that the settings name for it, else all."""
    wanted = next((one.references for one in settings.policies if one.path == path), ())
    if not wanted:
        return list(found)
    pairs = [(path_pattern(one.partition("#")[0]), one.partition("#")[2]) for one in wanted]
    keys = [(files, key_pattern(key) if key else None) for files, key in pairs]
    return [
        one
        for one in found
        if any(
            files.fullmatch(one.place.path) and (key is None or key.fullmatch(one.place.key_path))
            for files, key in keys
        )
    ]


def is_narrowed(path: str, settings: Settings) -> bool:
    """Whether the settings say which references are a policy's."""
    return any(one.path == path and one.references for one in settings.policies)
