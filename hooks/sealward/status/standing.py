"""How one secret stands: its age against its policy, its pin against Vault, its TTL against the limit."""

from __future__ import annotations

from typing import Literal, NamedTuple

SOON = 0.8
"""The part of the interval from which a secret counts as due soon."""

State = Literal["ok", "soon", "due", "ttl", "gone", "revoked", "fleeting", "unknown", "unmanaged"]
"""``revoked`` is a version whose value no longer works where it was issued; ``ttl`` is longer than its limit;
``fleeting`` will be deleted by Vault before it is due; ``unknown`` has a policy, but no age or TTL;
``unmanaged`` has none."""

Origin = Literal["vault", "git", ""]
"""Whose clock an age is from."""

OVERDUE: tuple[State, ...] = ("due", "ttl", "gone", "revoked", "fleeting")
"""The states with which ``sealward status --check`` fails."""


class Standing(NamedTuple):
    """One reference, or (without a key) one sealed value that a policy names. Times are seconds since 1970,
    durations seconds; None is not known, or not said.

    ``secret`` is ``mount/path`` and ``key`` its key, both empty where no key opens the file. ``pinned`` and
    ``latest`` are KV v2 versions. ``created`` is when the value in use was made, as ``source`` says:
    ``vault`` (its clock) or ``git`` (when the line was last changed). ``every``, ``limit`` and ``policy``
    are the policy's interval, TTL limit and name; ``ttl`` is a dynamic role's. ``gone`` says that the server
    cannot hand out the value any more, ``expires`` when it will not, ``revoked`` that it no longer works
    where it was issued. ``note`` is for people; ``where`` says the server or the namespace, if it is another
    than this run's: nobody here knows more of it.
    """

    file: str
    line: int
    key_path: str
    now: float
    secret: str = ""
    key: str = ""
    pinned: int | None = None
    latest: int | None = None
    created: float | None = None
    source: Origin = ""
    policy: str = ""
    every: int | None = None
    limit: int | None = None
    ttl: int | None = None
    dynamic: bool = False
    gone: bool = False
    revoked: bool = False
    expires: float | None = None
    note: str = ""
    where: str = ""

    @property
    def age(self) -> float | None:
        """How long the value has been in use; a clock that runs ahead makes it 0."""
        return None if self.created is None else max(0.0, self.now - self.created)

    @property
    def due(self) -> float | None:
        """When the value must be renewed."""
        return None if self.created is None or self.every is None else self.created + self.every

    @property
    def used(self) -> float | None:
        """How much of its interval (or of its TTL's limit) is used up; 1.0 and more is too much."""
        if self.ttl is not None and self.limit is not None:
            return self.ttl / self.limit
        return None if self.age is None or self.every is None else self.age / self.every

    @property
    def behind(self) -> int | None:
        """How many versions are newer than the pin."""
        if self.pinned is None or self.latest is None:
            return None
        return max(0, self.latest - self.pinned)

    @property
    def is_fleeting(self) -> bool:
        """Whether the server deletes the value before it is to be renewed: whoever pins it is cut off."""
        return self.expires is not None and self.due is not None and self.expires < self.due

    @property
    def drifted(self) -> bool:
        """Whether a newer version exists than the one that is pinned."""
        return self.pinned is not None and self.latest is not None and self.latest > self.pinned

    @property
    def state(self) -> State:
        """How it stands."""
        if self.gone:
            return "gone"
        if self.revoked:
            return "revoked"
        if self.every is None and self.limit is None:
            return "unmanaged"
        if self.used is None:
            return "unknown"
        if self.limit is not None:
            return "ttl" if self.used > 1 else "ok"
        if self.used < 1 and self.is_fleeting:
            return "fleeting"
        return "due" if self.used >= 1 else "soon" if self.used >= SOON else "ok"

    @property
    def is_ungoverned(self) -> bool:
        """Whether no policy governs it, and one of this repository should."""
        return not self.policy and not self.where

    @property
    def overdue(self) -> bool:
        """Whether ``--check`` fails because of it."""
        return self.state in OVERDUE
