"""Values of sealed files as variables of a command's environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from sealward.deploy import values
from sealward.deploy.wanted import Entry, wrong
from sealward.document import dotted
from sealward.plaintext import Plaintext
from sealward.sealed.contents import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sealward.finding import Place
    from sealward.sealed.files import Sealed
    from sealward.sops.reading.decrypted import Value

Style = Literal["as-is", "upper-snake"]
"""How names are made: keys as they are, as in a dotenv file; or whole key paths in capitals."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORD = re.compile(r"[^A-Za-z0-9]+")
_EMPTY = ("null", "empty")

_STEERING = re.compile(
    r"PATH|HOME|SHELL|ENV|BASH_ENV|BASH_FUNC_.*|SHELLOPTS|BASHOPTS|IFS|PS[0-9]|PROMPT_COMMAND|CDPATH"
    r"|LD_.*|DYLD_.*|GCONV_PATH|PYTHON.*|PERL5?(?:LIB|OPT|DB).*|RUBY(?:OPT|LIB)|NODE_(?:OPTIONS|PATH)|LUA_.*"
    r"|(?:_|JDK_)?JAVA_(?:TOOL_)?OPTIONS|CLASSPATH|GIT_.*|EDITOR|VISUAL|PAGER|BROWSER|SSH_ASKPASS|SOPS_.*"
    r"|SEALWARD_.*|KUBECONFIG"
)
"""Variables by which programs run other code, or look elsewhere: no file of a repository sets them."""


def variables(files: Iterable[Sealed], style: Style, *, unpinned: bool = False) -> dict[str, Entry]:
    """The variables of sealed files, by name.

    Raises SealwardError, ``path:line:column``, for a value that cannot be one, and for a name twice.
    """
    found: dict[str, Entry] = {}
    for sealed in files:
        for value in sealed.opened.values:
            if value.kind == "comment":
                continue
            place = place_of(sealed.document, value.leaf)
            name = _name(value, style, place)
            if name in found:
                other = found[name].place
                at = f"{other.path}:{other.line}"
                raise wrong(place, f"would be the variable {name}, as {at} already is", "rename one of them")
            found[name] = _entry(value, place, unpinned)
    return found


def _name(value: Value, style: Style, place: Place) -> str:
    name = dotted(value.leaf.path)
    if style == "upper-snake":
        name = _WORD.sub("_", name).strip("_").upper()
        name = f"_{name}" if name[:1].isdigit() else name
    if not _NAME.fullmatch(name):
        hint = "`--keys upper-snake` makes names of key paths (exchange.api_key → EXCHANGE_API_KEY)"
        raise wrong(place, "is not the name of a variable", hint)
    if _STEERING.fullmatch(name):
        hint = "rename it; set it yourself, in front of the command, if you mean it"
        raise wrong(place, f"{name} steers what programs run, which no file may", hint)
    return name


def _entry(value: Value, place: Place, unpinned: bool) -> Entry:
    """An empty value is an empty variable, as in a dotenv file."""
    text = "" if value.plaintext is None else value.plaintext.text()
    if not text or value.kind in _EMPTY:
        return Entry(place, (Plaintext(b""),))
    text = values.as_text(value.kind, text) or ""
    if "\0" in text:
        raise wrong(place, "holds a NUL, which no variable can", "encode it (Base64)")
    return values.entry(place, text, unpinned=unpinned)


def shown(found: dict[str, Entry]) -> Iterator[str]:
    """One line a variable: its name and what it is made of, never a value."""
    from sealward.deploy.wanted import pin

    for name, entry in sorted(found.items()):
        yield f"{name}  {', '.join(map(pin, entry.references)) or '(literal)'}"
