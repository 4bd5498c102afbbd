"""Where what is deployed: ``deploy.yaml``.

docs/deploy.md describes the settings for users; schema.json beside this module describes them for editors,
and a test holds the two together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sealward.deploy.kinds import ROLLING, Kind
from sealward.deploy.proxy import Cluster
from sealward.errors import SealwardError, did_you_mean
from sealward.rotation.policy.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    import yaml

FILE = "deploy.yaml"
"""Where the settings lie, from the repository's top."""

HINT = "docs/deploy.md shows every setting"

_NAME = r"[a-z0-9](?:[-a-z0-9]{0,38}[a-z0-9])?"
_CONTEXT = r"[^\0\n-][^\0\n]{0,252}"
_NAMESPACE = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_OBJECT = r"[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?"
_FILE = r"[^\0\n#]+"
_SELECTED = r"[^\0\n#]+(?:#[^\0\n#]+)?"
_TYPE = r"[\w./-]{1,253}"
_KEY = r"[-._a-zA-Z0-9]{1,253}"
_KEY_PATH = r"[^\0\n]+"
_WORKLOAD = r"[a-z][a-z0-9]*/[a-z0-9][-a-z0-9.]*"
_KIND = r"[a-z0-9][-a-z0-9.]*/v[0-9][a-z0-9]*/[A-Z][A-Za-z0-9]*"
_BRANCH = r"[\w./@+-]+"

KEY_STYLES = ("as-is", "upper-snake")
"""How the names of keys are made of key paths: the last step as it is, or in capitals."""


class Pick(NamedTuple):
    """One key of a Secret and the key path of its value."""

    key: str
    key_path: str
    line: int
    column: int


class Mapped(NamedTuple):
    """A Secret made of a sealed file: of single values (``picks``), or of all that ``pattern`` selects."""

    name: str
    namespace: str
    type: str
    file: str
    pattern: str
    picks: tuple[Pick, ...]
    keys: str
    line: int
    column: int


class Restart(NamedTuple):
    """What is restarted: all consumers, or those named; ``volumes`` counts those that only mount a Secret."""

    consumers: bool = True
    only: tuple[str, ...] = ()
    volumes: bool = True


class Target(NamedTuple):
    """One place to deploy to. ``path`` and ``line`` are where it is described."""

    name: str
    path: str
    line: int
    cluster: Cluster
    namespace: str
    namespaces: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    secrets: tuple[Mapped, ...] = ()
    restart: Restart = Restart()
    branch: str = ""
    annotate: bool = True
    kinds: tuple[Kind, ...] = ()

    @property
    def all_namespaces(self) -> tuple[str, ...]:
        """Every namespace that Secrets may lie in."""
        return tuple(sorted({self.namespace, *self.namespaces}))


class Settings(NamedTuple):
    """All targets of a file, in its order."""

    path: str
    targets: tuple[Target, ...]

    def target(self, name: str) -> Target:
        """The target of a name, or the only one. Raises SealwardError, which says what there is."""
        names = [one.name for one in self.targets]
        if not name and len(names) == 1:
            return self.targets[0]
        if name not in names:
            listed = f"there are: {', '.join(names)}"
            if not name:
                raise SealwardError(f"{self.path} has several targets", f"name one; {listed}")
            raise SealwardError(f"{self.path} has no target {name!r}", did_you_mean(name, names, listed))
        return self.targets[names.index(name)]


def load(path: str, data: bytes) -> Settings:
    """Read the settings. Raises SealwardError, ``path:line:column: reason``, for anything unknown."""
    reader = Reader(path, HINT)
    root = reader.root(data)
    if root is None:
        raise SealwardError(f"{path} is empty", "write `targets:` into it; docs/deploy.md shows how")
    settings = reader.mapping(root, "the file", ("targets",))
    if "targets" not in settings:
        raise reader.wrong(root, "there is no `targets`")
    named = reader.mapping(settings["targets"][1], "targets")
    if not named:
        raise reader.wrong(settings["targets"][1], "there is no target in `targets`")
    return Settings(path, tuple(_target(reader, *pair) for pair in named.values()))


def _target(reader: Reader, key: yaml.Node, node: yaml.Node) -> Target:
    name = reader.text(key, "the name of a target", _NAME)
    settings = reader.mapping(node, f"the target {name}", _SETTINGS)
    for needed in ("cluster", "namespace"):
        if needed not in settings:
            raise reader.wrong(key, f"the target {name} has no `{needed}`")
    if not {"manifests", "secrets"} & set(settings):
        hint = "`manifests` names sealed manifests, `secrets` makes Secrets of other sealed files"
        raise reader.wrong(key, f"the target {name} deploys nothing", hint)
    read: dict[str, Any] = {}
    for setting, (_, value) in settings.items():
        field, reading = _SETTINGS[setting]
        read[field] = reading(reader, value)
    target = Target(name=name, path=reader.path, line=key.start_mark.line + 1, **read)
    words = [kind.word for kind in (*ROLLING, *target.kinds)]
    for one in target.restart.only:
        if one.partition("/")[0] not in words:
            hint = did_you_mean(one.partition("/")[0], words, f"there are: {', '.join(words)}")
            raise reader.wrong(settings["restart"][1], f"{one[:80]!r} is not of a kind that restarts", hint)
    return target


def _cluster(reader: Reader, node: yaml.Node) -> Cluster:
    settings = reader.mapping(node, "`cluster`", ("context", "in-cluster"))
    context = reader.text(settings["context"][1], "`context`", _CONTEXT) if "context" in settings else ""
    inside = "in-cluster" in settings and reader.flag(settings["in-cluster"][1], "`in-cluster`")
    if bool(context) == inside:
        hint = "the kubeconfig's current context is never taken: it is whatever was used last"
        raise reader.wrong(node, "`cluster` needs `context: NAME`, or `in-cluster: true`", hint)
    return Cluster(context, inside)


def _requires(reader: Reader, node: yaml.Node) -> str:
    settings = reader.mapping(node, "`requires`", ("branch",))
    if "branch" not in settings:
        raise reader.wrong(node, "`requires` is empty", "`branch: main` is what it may say")
    return reader.text(settings["branch"][1], "`branch`", _BRANCH)


def _kinds(reader: Reader, node: yaml.Node) -> tuple[Kind, ...]:
    """``argoproj.io/v1alpha1/Rollout``: anything with a pod template at ``spec.template``."""
    found = []
    for text in reader.texts(node, "`kinds`", _KIND):
        version, _, name = text.rpartition("/")
        found.append(Kind(version, f"{name.lower()}s", name))
    return tuple(found)


def _restart(reader: Reader, node: yaml.Node) -> Restart:
    """``consumers``, ``none``, a list of workloads, or a mapping of ``only`` and ``volumes``."""
    if node.tag.endswith(":seq"):
        return Restart(only=reader.texts(node, "`restart`", _WORKLOAD))
    if node.tag.endswith(":map"):
        settings = reader.mapping(node, "`restart`", ("only", "volumes"))
        only = reader.texts(settings["only"][1], "`only`", _WORKLOAD) if "only" in settings else ()
        volumes = "volumes" not in settings or reader.flag(settings["volumes"][1], "`volumes`")
        return Restart(only=only, volumes=volumes)
    word = reader.text(node, "`restart`")
    if word not in ("consumers", "none"):
        hint = did_you_mean(
            word, ("consumers", "none"), "`consumers`, `none`, or a list such as [deployment/bot]"
        )
        raise reader.wrong(node, f"`restart` cannot be {word[:40]!r}", hint)
    return Restart(consumers=word == "consumers")


def _secrets(reader: Reader, node: yaml.Node) -> tuple[Mapped, ...]:
    if not node.tag.endswith(":seq"):
        raise reader.wrong(node, "`secrets` must be a list")
    if not node.value:
        raise reader.wrong(node, "`secrets` is empty")
    return tuple(_mapped(reader, one) for one in node.value)


def _mapped(reader: Reader, node: yaml.Node) -> Mapped:
    known = ("name", "namespace", "type", "from", "data", "keys")
    settings = {
        name: value for name, (_, value) in reader.mapping(node, "an entry of `secrets`", known).items()
    }
    for needed in ("name", "from"):
        if needed not in settings:
            raise reader.wrong(node, f"an entry of `secrets` has no `{needed}`")
    source = reader.text(settings["from"], "`from`", _SELECTED)
    file, _, pattern = source.partition("#")
    if bool(pattern) == ("data" in settings):
        hint = "`data: {KEY: key.path}` takes single values, `from: FILE#PATTERN` all that match"
        raise reader.wrong(settings["from"], "needs either `data` or a pattern behind `from`", hint)
    style = reader.text(settings["keys"], "`keys`") if "keys" in settings else "as-is"
    if style not in KEY_STYLES or ("keys" in settings and "data" in settings):
        hint = did_you_mean(style, KEY_STYLES, f"{' or '.join(KEY_STYLES)}, for `from: FILE#PATTERN`")
        raise reader.wrong(settings["keys"], f"`keys` cannot be {style[:40]!r} here", hint)
    return Mapped(
        name=reader.text(settings["name"], "`name`", _OBJECT),
        namespace=reader.text(settings["namespace"], "`namespace`", _NAMESPACE)
        if "namespace" in settings
        else "",
        type=reader.text(settings["type"], "`type`", _TYPE) if "type" in settings else "Opaque",
        file=file,
        pattern=pattern,
        picks=_picks(reader, settings["data"]) if "data" in settings else (),
        keys=style,
        line=node.start_mark.line + 1,
        column=node.start_mark.column + 1,
    )


def _picks(reader: Reader, node: yaml.Node) -> tuple[Pick, ...]:
    found = reader.mapping(node, "`data`")
    if not found:
        raise reader.wrong(node, "`data` is empty")
    picks = []
    for key, value in found.values():
        mark = value.start_mark
        name = reader.text(key, "a key of a Secret", _KEY)
        path = reader.text(value, "a key path", _KEY_PATH)
        picks.append(Pick(name, path, mark.line + 1, mark.column + 1))
    return tuple(picks)


_SETTINGS: dict[str, tuple[str, Callable[[Reader, yaml.Node], object]]] = {
    "cluster": ("cluster", _cluster),
    "namespace": ("namespace", lambda reader, node: reader.text(node, "`namespace`", _NAMESPACE)),
    "namespaces": ("namespaces", lambda reader, node: reader.texts(node, "`namespaces`", _NAMESPACE)),
    "manifests": ("manifests", lambda reader, node: reader.texts(node, "`manifests`", _FILE)),
    "secrets": ("secrets", _secrets),
    "restart": ("restart", _restart),
    "kinds": ("kinds", _kinds),
    "requires": ("branch", _requires),
    "annotate": ("annotate", lambda reader, node: reader.flag(node, "`annotate`")),
}
"""Setting → the field of ``Target``, and what reads it."""
