"""What a child process may see: one table, deny by default. Who starts a program takes its environment here.

A variable that no row allows is withheld. ``SEALWARD_PASS`` names more of them, for all children: it is the
operator's, no file of a repository can say it. ``docs/processes.md`` has the same table for people.
"""

from __future__ import annotations

import os
import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from sealward.patterns import late

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from typing import TypeVar

    T = TypeVar("T")
    R = TypeVar("R")

PASS = "SEALWARD_PASS"  # noqa: S105 - a variable's name
"""The operator's variable that names further variables, with commas, for every child."""


class Child(str, Enum):
    """The kinds of children; ``sops`` gets besides what the key kinds of its file need."""

    GIT = "git"
    SOPS = "sops"
    KEY_COMMAND = "key command"
    PROGRAM = "rotation program"
    SERVER = "demo server"


_BASE = (
    r"PATH|HOME|USER|LOGNAME|SHELL|TERM|COLORTERM|NO_COLOR|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|TEMP|TMP|XDG_[A-Z_]+"
    r"|(?:DY)?LD_LIBRARY_PATH|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|USERPROFILE|(?:LOCAL)?APPDATA|PROGRAMDATA"
    r"|HOMEDRIVE|HOMEPATH"
)
_NETWORK = (
    r"(?:HTTPS?|ALL|NO)_PROXY|(?:https?|all|no)_proxy|SSL_CERT_(?:FILE|DIR)|NIX_SSL_CERT_FILE|CURL_CA_BUNDLE"
)
_DESKTOP = (
    r"GPG_TTY|GNUPGHOME|PINENTRY_USER_DATA|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_SESSION_BUS_ADDRESS"
    r"|SSH_AUTH_SOCK"
)
_HOOKS = r"PRE_COMMIT(?:_[A-Z_]+)?|SKIP|VIRTUAL_ENV|CONDA_PREFIX|PYTHON[A-Z]*|PYENV_[A-Z]+|CI"
"""What hooks of ``rotate --commit`` need to find their tools; they inherit what git gets."""

_MANAGERS = "OP_[A-Z_a-z0-9]+|BW_SESSION|PASSWORD_STORE_[A-Z_]+|GOPASS_[A-Z_]+|LPASS_[A-Z_]+"
"""Password managers, which a command of the user's own may ask for a key."""
_GIT = "GIT_[A-Z0-9_]+|SSH_[A-Z_]+|EMAIL|EDITOR|VISUAL"

_ALLOWED = {
    Child.GIT: "|".join((_BASE, _NETWORK, _DESKTOP, _HOOKS, _GIT)),
    Child.SOPS: _BASE,
    Child.KEY_COMMAND: "|".join((_BASE, _NETWORK, _DESKTOP, _MANAGERS)),
    Child.PROGRAM: f"{_BASE}|{_NETWORK}",
    Child.SERVER: "PATH",
}

_SECRET = late(
    "(?:GIT|SSH|PRE_COMMIT|PYTHON|XDG).*(?:TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|PRIVATE|API_?KEY).*"
)
"""Not by a pattern, whatever else its name says: a word in it says that a credential is in it."""


class KeyKind(NamedTuple):
    """What sops needs for one kind of key (a pattern), and what keeps it from looking for such a key."""

    allowed: str
    closed: Mapping[str, str]


_CLOSED = "withheld"
_NOWHERE = os.path.join(os.path.abspath(os.sep), "nonexistent", "withheld-by-sealward")

KEY_KINDS: Mapping[str, KeyKind] = {
    "age": KeyKind(f"SOPS_AGE_(?!RECIPIENTS$)[A-Z_]+|AGE[A-Z_]*|{_MANAGERS}|{_DESKTOP}|{_NETWORK}", {}),
    "pgp": KeyKind(f"SOPS_GPG_EXEC|{_DESKTOP}", {"SOPS_GPG_EXEC": _NOWHERE}),
    "kms": KeyKind(
        f"AWS_[A-Z0-9_]+|{_NETWORK}",
        {
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": _NOWHERE,
            "AWS_SHARED_CREDENTIALS_FILE": _NOWHERE,
        },
    ),
    "gcp_kms": KeyKind(
        f"GOOGLE_[A-Z_]+|CLOUDSDK_[A-Z_]+|GCLOUD_[A-Z_]+|SOPS_GCP_KMS_(?!IDS$)[A-Z_]+|{_NETWORK}",
        {"GOOGLE_APPLICATION_CREDENTIALS": _NOWHERE},
    ),
    "azure_kv": KeyKind(
        f"AZURE_[A-Z_]+|IDENTITY_(?:ENDPOINT|HEADER)|MSI_(?:ENDPOINT|SECRET)|{_NETWORK}",
        {"AZURE_TOKEN_CREDENTIALS": _CLOSED},
    ),
    "hc_vault": KeyKind(
        f"VAULT_(?!SECRET_ID$|ADDR$|AGENT_ADDR$)[A-Z_]+|{_NETWORK}",
        # A client that cannot be set up connects to nobody, and reads no ~/.vault-token; newer versions of
        # sops know a list of allowed addresses besides.
        {"VAULT_MAX_RETRIES": _CLOSED, "SOPS_HC_VAULT_ALLOWLIST": "none"},
    ),
    "hckms": KeyKind(f"HUAWEICLOUD_[A-Z_]+|{_NETWORK}", {"HUAWEICLOUD_SDK_CREDENTIALS_FILE": _NOWHERE}),
}


def environment(
    child: Child, *, source: Mapping[str, str] | None = None, passed: Iterable[str] = ()
) -> dict[str, str]:
    """The environment for a child: what the table allows of ``source`` (this process's own unless given).

    ``passed`` names variables that it gets all the same.
    """
    return _allowed(_ALLOWED[child], os.environ if source is None else source, passed)


def for_sops(kinds: Collection[str], *, source: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for sops: just what the key ``kinds`` need that it may use.

    Of the other kinds it gets no variable, and what keeps it from finding their credentials elsewhere (in
    ``~/.vault-token``, ``~/.aws``, a metadata service).
    """
    source = os.environ if source is None else source
    pattern = "|".join([_ALLOWED[Child.SOPS], *(KEY_KINDS[kind].allowed for kind in sorted(kinds))])
    made = _allowed(pattern, source, ())
    for kind, needs in KEY_KINDS.items():
        if kind not in kinds:
            made |= needs.closed
    return made | {"SOPS_DISABLE_VERSION_CHECK": "true"}


def _allowed(pattern: str, source: Mapping[str, str], passed: Iterable[str]) -> dict[str, str]:
    matches = re.compile(pattern).fullmatch
    named = {*passed, *(name.strip() for name in source.get(PASS, "").split(","))}
    return {
        name: value
        for name, value in source.items()
        if name in named or (matches(name) and not _SECRET.fullmatch(name))
    }


def at_once(work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """``work`` done to each item, as many at a time as there are processors: the time is that of the
    children that it waits for.

    Results come in order; the first error is raised where its turn comes, and what has not started by then
    is left undone.
    """
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            yield from pool.map(work, items)
        finally:
            pool.shutdown(cancel_futures=True)
