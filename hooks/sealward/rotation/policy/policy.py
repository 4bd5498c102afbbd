"""How often which secret is renewed, and how: ``vault/rotation.yaml``.

docs/rotation-policy.md describes the settings for users; schema.json beside this module describes them for
editors, and a test holds the two together.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sealward import worktree
from sealward.errors import SealwardError
from sealward.globs import path_pattern
from sealward.rotation.policy import windows
from sealward.rotation.policy.reader import Reader
from sealward.rotation.values import generators
from sealward.rotation.values.generators import Generator

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import yaml

    from sealward.patterns import Pattern
    from sealward.rotation.policy.windows import Window

FILE = "vault/rotation.yaml"
"""Where the policy lies, from the repository's top."""

_SEGMENT = r"[\w.@~+*?-]+"
_PATH = rf"{_SEGMENT}(?:/{_SEGMENT})+"
_NAME = r"[\w.-]{1,64}"
_KEY = r"[\w.@~+-]+"
_FILE = r"[^\0#]+(?:#[^\0#]+)?"
_VARIABLE = r"[A-Za-z_]\w*"
_BRANCH = r"[\w.@+*?-]+(?:/[\w.@+*?-]+)*"
_REPOSITORY = r"[\w.@:+-]+(?:/[\w.@:+-]+)*"
_FOR_ROTATION = (
    "generator", "keys", "verify", "retire", "grace", "timeout", "environment", "pins", "files", "notify",
    "not_before", "between",
)  # fmt: skip


@lru_cache(maxsize=4096)
def _pattern(glob: str) -> Pattern:
    """A glob of secrets, compiled once: it is asked about every secret of a run."""
    return path_pattern(glob)


class Policy(NamedTuple):
    """One named policy. Durations are seconds, and None where not set; ``line`` is where it starts.

    ``paths`` are patterns of ``mount/path`` (``*`` within a segment, ``**`` across). ``every`` is how old
    a value may become, ``max_ttl`` how long a dynamic credential may live. ``keys`` rotate together
    (empty: each key that a file refers to). ``verify`` tries a new value before it is pinned; ``retire``
    revokes the old one, no sooner than ``grace`` after nothing deployed holds it any more. ``seconds`` bounds
    each command, ``environment`` names the withheld variables that commands get. ``pins`` wants a pin on
    every reference. ``files`` (``FILE`` or ``FILE#KEY.PATH`` patterns) say where the secrets' references
    stand, for the keyless mode. ``notify`` gets an object for each outcome. A scheduled run renews nothing
    ``not_before`` a time (seconds since 1970), and just ``between`` hours.
    """

    name: str
    line: int
    paths: tuple[str, ...]
    every: int | None = None
    max_ttl: int | None = None
    generator: Generator | None = None
    keys: tuple[str, ...] = ()
    verify: tuple[str, ...] = ()
    retire: tuple[str, ...] = ()
    grace: int = 0
    seconds: int = generators.EXEC_SECONDS
    environment: tuple[str, ...] = ()
    pins: bool = False
    files: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()
    not_before: float | None = None
    between: tuple[Window, ...] = ()

    def covers(self, mount: str, path: str) -> bool:
        """Whether a path pattern names the secret."""
        return any(_pattern(pattern).fullmatch(f"{mount}/{path}") for pattern in self.paths)


class Policies(NamedTuple):
    """All policies of a file, in its order; ``path`` is what messages call the file. ``deployed`` are
    patterns of the branches that stand for what is deployed (empty: the default of
    ``rotation.retirement.branches``); ``repository`` is what other repositories know this one by (empty: the
    address of its remote)."""

    path: str
    policies: tuple[Policy, ...] = ()
    deployed: tuple[str, ...] = ()
    repository: str = ""

    def for_secret(self, mount: str, path: str) -> Policy | None:
        """The first policy that names the secret, as creation rules of SOPS go."""
        return next((policy for policy in self.policies if policy.covers(mount, path)), None)

    def named(self, name: str) -> Policy:
        """The policy of a name. Raises SealwardError, which says what there is."""
        for policy in self.policies:
            if policy.name == name:
                return policy
        names = ", ".join(policy.name for policy in self.policies) or "none"
        raise SealwardError(f"{self.path} has no policy {name!r}", f"there are: {names}")


def find(top: str | Path) -> Policies:
    """The policies of the repository whose top folder is given; none where it has no ``FILE``.

    Raises SealwardError as ``load`` does.
    """
    data = worktree.configuration(str(top), FILE)
    return Policies(FILE) if data is None else load(FILE, data)


def load(path: str, data: bytes) -> Policies:
    """Read a policy file. Raises SealwardError, ``path:line:column: reason``, for anything unknown."""
    reader = Reader(path)
    root = reader.root(data)
    if root is None:
        raise SealwardError(f"{path} is empty", "delete it, or write `policies:` into it")
    settings = reader.mapping(root, "the file", ("policies", "deployed", "repository"))
    if "policies" not in settings:
        raise reader.wrong(root, "there is no `policies`")
    named = reader.mapping(settings["policies"][1], "policies")
    if not named:
        raise reader.wrong(settings["policies"][1], "there is no policy in `policies`")
    deployed, repository = settings.get("deployed"), settings.get("repository")
    return Policies(
        path=path,
        policies=tuple(_policy(reader, *pair) for pair in named.values()),
        deployed=reader.texts(deployed[1], "`deployed`", _BRANCH) if deployed else (),
        repository=reader.text(repository[1], "`repository`", _REPOSITORY) if repository else "",
    )


def _policy(reader: Reader, key: yaml.Node, node: yaml.Node) -> Policy:
    name = reader.text(key, "the name of a policy", _NAME)
    settings = reader.mapping(node, f"the policy {name}", _SETTINGS)
    if "paths" not in settings:
        raise reader.wrong(key, f"the policy {name} has no `paths`")
    if ("every" in settings) == ("max_ttl" in settings):
        reason = f"the policy {name} needs one of `every` and `max_ttl`"
        raise reader.wrong(key, reason, "`every` for stored values, `max_ttl` for dynamic credentials")
    for setting in _FOR_ROTATION:
        if setting in settings and "max_ttl" in settings:
            reason = f"`{setting}` is for stored values: the engine makes those of {name} when they are read"
            raise reader.wrong(settings[setting][0], reason, "remove it, or use `every`")
    if "retire" in settings and "grace" not in settings:
        reason = f"`retire` of the policy {name} needs a `grace`: how long a deployment may take"
        hint = "write `grace: 1d` beside it; it is counted from when no deployed branch pins the old value"
        raise reader.wrong(settings["retire"][0], reason, hint)
    read: dict[str, Any] = {}
    for setting, (_, value) in settings.items():
        field, reading = _SETTINGS[setting]
        read[field] = reading(reader, value)
    policy = Policy(name=name, line=key.start_mark.line + 1, **read)
    if policy.generator is None:
        return policy
    bounded = policy.generator._replace(seconds=policy.seconds, environment=policy.environment)
    return policy._replace(generator=bounded)


def _paths(reader: Reader, node: yaml.Node) -> tuple[str, ...]:
    paths = reader.texts(node, "`paths`", _PATH)
    return tuple(re.sub(r"/data/", "/", path, count=1) for path in paths)


def _not_before(reader: Reader, node: yaml.Node) -> float:
    """A day or a time in UTC; YAML may take it for a time of its own."""
    text = node.value if isinstance(node.value, str) else ""
    start = windows.start_of(text) if re.fullmatch(windows.NOT_BEFORE, text, re.ASCII) else None
    if start is None:
        raise reader.wrong(
            node, "`not_before` must be a day or a time in UTC", "such as 2026-12-01T06:00:00Z"
        )
    return start


def _between(reader: Reader, node: yaml.Node) -> tuple[Window, ...]:
    """A window, or a list of them."""
    texts = (
        reader.texts(node, "`between`") if isinstance(node.value, list) else (reader.text(node, "`between`"),)
    )
    found = [windows.parse(one) for one in texts]
    if not all(found):
        hint = 'such as "02:00-05:00" or "mon-fri 22:00-04:00", in UTC'
        raise reader.wrong(node, "`between` must be hours of a day", hint)
    return tuple(one for one in found if one)


def _command(reader: Reader, node: yaml.Node) -> tuple[str, ...]:
    return reader.items(node, "a command", lambda item: reader.text(item, "a word of a command"))


def _generator(reader: Reader, node: yaml.Node) -> Generator:
    """``hex:32``, or a mapping: ``{exec: [COMMAND, …], current: true}``, ``{password: 40, alphabet: …}``."""
    try:
        if node.tag.endswith(":str"):
            return generators.parse(node.value)
        settings = reader.mapping(node, "`generator`", ("exec", "current", "password", "alphabet"))
        if "exec" in settings and not {"password", "alphabet"} & set(settings):
            current = "current" in settings and reader.flag(settings["current"][1], "`current`")
            return Generator(kind="exec", command=_command(reader, settings["exec"][1]), current=current)
        if "password" in settings and not {"exec", "current"} & set(settings):
            size = reader.number(settings["password"][1], "`password`")
            alphabet = reader.text(settings["alphabet"][1], "`alphabet`") if "alphabet" in settings else ""
            return generators.sized("password", size, alphabet)
    except SealwardError as error:
        if error.message.startswith(f"{reader.path}:"):
            raise
        raise reader.wrong(node, error.message, error.hint) from None
    raise reader.wrong(
        node, "`generator` is {exec, current} or {password, alphabet}, or a text such as hex:32"
    )


_SETTINGS: dict[str, tuple[str, Callable[[Reader, yaml.Node], object]]] = {
    "paths": ("paths", _paths),
    "every": ("every", lambda reader, node: reader.duration(node, "`every`")),
    "max_ttl": ("max_ttl", lambda reader, node: reader.duration(node, "`max_ttl`")),
    "generator": ("generator", _generator),
    "keys": ("keys", lambda reader, node: reader.texts(node, "`keys`", _KEY)),
    "verify": ("verify", _command),
    "retire": ("retire", _command),
    "grace": ("grace", lambda reader, node: reader.duration(node, "`grace`")),
    "timeout": ("seconds", lambda reader, node: reader.duration(node, "`timeout`")),
    "environment": ("environment", lambda reader, node: reader.texts(node, "`environment`", _VARIABLE)),
    "pins": ("pins", lambda reader, node: reader.flag(node, "`pins`")),
    "files": ("files", lambda reader, node: reader.texts(node, "`files`", _FILE)),
    "notify": ("notify", _command),
    "not_before": ("not_before", _not_before),
    "between": ("between", _between),
}
"""Setting → the field of ``Policy``, and what reads it."""
