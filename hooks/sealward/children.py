"""What a child process may see: one table, deny by default. Who starts a program takes its environment here.

A variable that no row allows is withheld. ``SEALWARD_PASS`` names more of them, for all children: it is the
operator's, no file of a repository can say it. ``docs/processes.md`` has the same table for people.
"""

from __future__ import annotations

import os
from enum import Enum
from typing import TYPE_CHECKING

from sealward.records import Record

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
    KUBECTL = "kubectl"


_BASE = (
    "PATH HOME USER LOGNAME SHELL TERM COLORTERM NO_COLOR LANG LANGUAGE LC_* TZ TMPDIR TEMP TMP XDG_*"
    " LD_LIBRARY_PATH DYLD_LIBRARY_PATH SYSTEMROOT WINDIR COMSPEC PATHEXT USERPROFILE APPDATA LOCALAPPDATA"
    " PROGRAMDATA HOMEDRIVE HOMEPATH"
)
"""Names of variables, with a ``*`` at the end for all that begin so, with a ``!`` in front for none of it."""
_NETWORK = (
    " HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy"
    " SSL_CERT_FILE SSL_CERT_DIR NIX_SSL_CERT_FILE CURL_CA_BUNDLE"
)
_DESKTOP = (
    " GPG_TTY GNUPGHOME PINENTRY_USER_DATA DISPLAY WAYLAND_DISPLAY XAUTHORITY DBUS_SESSION_BUS_ADDRESS"
    " SSH_AUTH_SOCK"
)
_HOOKS = " PRE_COMMIT PRE_COMMIT_* SKIP VIRTUAL_ENV CONDA_PREFIX PYTHON* PYENV_* CI"
"""What hooks of ``rotate --commit`` need to find their tools; they inherit what git gets."""
_MANAGERS = " OP_* BW_SESSION PASSWORD_STORE_* GOPASS_* LPASS_*"
"""Password managers, which a command of the user's own may ask for a key."""
_CLUSTERS = (
    "KUBECONFIG KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT AWS_* GOOGLE_* CLOUDSDK_* GCLOUD_* AZURE_*"
    " IDENTITY_ENDPOINT IDENTITY_HEADER MSI_ENDPOINT MSI_SECRET TELEPORT_* USE_GKE_GCLOUD_AUTH_PLUGIN"
)
"""What kubectl and the plugins that log it in go by."""

_ALLOWED = {
    Child.GIT: f"{_BASE} GIT_* SSH_* EMAIL EDITOR VISUAL{_NETWORK}{_DESKTOP}{_HOOKS}",
    Child.SOPS: _BASE,
    Child.KEY_COMMAND: f"{_BASE}{_NETWORK}{_DESKTOP}{_MANAGERS}",
    Child.PROGRAM: f"{_BASE}{_NETWORK}",
    Child.KUBECTL: f"{_BASE} {_CLUSTERS}{_NETWORK}{_DESKTOP}",
    Child.SERVER: "PATH LANG LC_ALL SYSTEMROOT TERM",
}

_CAUTIOUS = ("GIT_", "SSH_", "PRE_COMMIT", "PYTHON", "XDG_")
_CREDENTIALS = (
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "CREDENTIAL",
    "PRIVATE",
    "API_KEY",
    "APIKEY",
    "AUTH_KEY",
)
"""Words in a name that says that a credential is in it: not allowed by one of those beginnings."""


class KeyKind(Record):
    """What sops needs for one kind of key, and what keeps it from looking for such a key."""

    allowed: str
    closed: Mapping[str, str]


_CLOSED = "withheld"
_NOWHERE = os.path.join(os.path.abspath(os.sep), "nonexistent", "withheld-by-sealward")

KEY_KINDS: Mapping[str, KeyKind] = {
    "age": KeyKind(f"SOPS_AGE_* !SOPS_AGE_RECIPIENTS AGE*{_MANAGERS}{_DESKTOP}{_NETWORK}", {}),
    "pgp": KeyKind(f"SOPS_GPG_EXEC{_DESKTOP}", {"SOPS_GPG_EXEC": _NOWHERE}),
    "kms": KeyKind(
        f"AWS_*{_NETWORK}",
        {
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": _NOWHERE,
            "AWS_SHARED_CREDENTIALS_FILE": _NOWHERE,
        },
    ),
    "gcp_kms": KeyKind(
        f"GOOGLE_* CLOUDSDK_* GCLOUD_* SOPS_GCP_KMS_* !SOPS_GCP_KMS_IDS{_NETWORK}",
        {"GOOGLE_APPLICATION_CREDENTIALS": _NOWHERE},
    ),
    "azure_kv": KeyKind(
        f"AZURE_* IDENTITY_ENDPOINT IDENTITY_HEADER MSI_ENDPOINT MSI_SECRET{_NETWORK}",
        {"AZURE_TOKEN_CREDENTIALS": _CLOSED},
    ),
    "hc_vault": KeyKind(
        f"VAULT_* !VAULT_SECRET_ID !VAULT_ROLE_ID !VAULT_ADDR !VAULT_AGENT_ADDR{_NETWORK}",
        # A client that cannot be set up connects to nobody, and reads no ~/.vault-token; newer versions of
        # sops know a list of allowed addresses besides.
        {"VAULT_MAX_RETRIES": _CLOSED, "SOPS_HC_VAULT_ALLOWLIST": "none"},
    ),
    "hckms": KeyKind(f"HUAWEICLOUD_*{_NETWORK}", {"HUAWEICLOUD_SDK_CREDENTIALS_FILE": _NOWHERE}),
}


KEY_COMMANDS = ("SOPS_AGE_KEY_CMD", "SOPS_AGE_SSH_PRIVATE_KEY_CMD")
"""The operator's variables that name a command which prints keys."""


def environment(
    child: Child, *, source: Mapping[str, str] | None = None, passed: Iterable[str] = ()
) -> dict[str, str]:
    """The environment for a child: what the table allows of ``source`` (this process's own unless given).

    ``passed`` names variables that it gets all the same.
    """
    return _allowed(_ALLOWED[child], os.environ if source is None else source, passed)


OPENERS = (
    "VAULT_TOKEN", "BAO_TOKEN", "VAULT_SECRET_ID", "BAO_SECRET_ID", "SEALWARD_VAULT_JWT", "SOPS_AGE_KEY",
    "SOPS_AGE_KEY_CMD", "SOPS_AGE_KEY_FILE", "SOPS_AGE_SSH_PRIVATE_KEY_FILE", "SOPS_AGE_SSH_PRIVATE_KEY_CMD",
)  # fmt: skip
"""The variables with which sealed files are opened, and Vault is asked."""


def for_command(source: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a command that the user types: their own, without what opens sealed files and Vault
    (``SEALWARD_PASS`` passes it on)."""
    source = os.environ if source is None else source
    passed = {name.strip() for name in source.get(PASS, "").split(",")}
    return {name: value for name, value in source.items() if name not in OPENERS or name in passed}


def for_sops(
    kinds: Collection[str], *, alone: bool = False, source: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The environment for sops: just what the key ``kinds`` need that it may use.

    Of the other kinds it gets no variable, and what keeps it from finding their credentials elsewhere (in
    ``~/.vault-token``, ``~/.aws``, a metadata service). ``alone`` withholds the commands that print keys, so
    that it starts none of them.
    """
    source = os.environ if source is None else source
    words = " ".join([_ALLOWED[Child.SOPS], *(KEY_KINDS[kind].allowed for kind in sorted(kinds))])
    made = _allowed(words, source, ())
    for name in KEY_COMMANDS if alone else ():
        made.pop(name, None)
    for kind, needs in KEY_KINDS.items():
        if kind not in kinds:
            made |= needs.closed
    return made | {"SOPS_DISABLE_VERSION_CHECK": "true"}


def _allowed(words: str, source: Mapping[str, str], passed: Iterable[str]) -> dict[str, str]:
    exact = set(words.split())
    beginnings = tuple(word[:-1] for word in exact if word.endswith("*"))
    named = {*passed, *(name.strip() for name in source.get(PASS, "").split(","))}

    def allows(name: str) -> bool:
        if name in exact or name in named:
            return True
        if not name.startswith(beginnings) or f"!{name}" in exact:
            return False
        return not (name.startswith(_CAUTIOUS) and any(word in name.upper() for word in _CREDENTIALS))

    return {name: value for name, value in source.items() if allows(name)}


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
