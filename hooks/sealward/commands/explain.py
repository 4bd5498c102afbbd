"""``sealward explain``: what a rule means, from the documentation itself."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from sealward.errors import SealwardError, did_you_mean
from sealward.rules import RULES

if TYPE_CHECKING:
    import argparse

DESCRIPTION = "Say what a rule means, with a bad and a good example. Without RULE: list the rules."
EPILOG = ""

_HEADING = re.compile(r"^#{1,2} (.+)$", re.MULTILINE)
_FENCE = re.compile(
    r"^```(\w+) (bad|good|before|rules|settings|inside-bad|inside-good|online-bad|online-good)(?: (\S+))?$",
    re.MULTILINE,
)
_TITLES = {
    "bad": "Bad",
    "good": "Good",
    "before": "The version in HEAD",
    "rules": "The creation rules",
    "settings": "The settings",
    "inside-bad": "Bad, decrypted",
    "inside-good": "Good, decrypted",
    "online-bad": "Bad, decrypted",
    "online-good": "Good, decrypted",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("rule", nargs="?", metavar="RULE", help="a rule id, as findings show it in brackets")


def main(options: argparse.Namespace) -> int:
    """Print the section of a rule, or the list of rules; returns 0. Raises SealwardError for no such rule."""
    name = options.rule
    rules = sections()
    if name is None:
        for rule, text in rules.items():
            print(f"{rule:<24} {_summary(text)}")
    elif name in rules:
        print(f"{name}\n\n{_readable(rules[name])}")
    else:
        hint = did_you_mean(name, rules, "`sealward explain` lists the rules")
        raise SealwardError(f"no rule is called {name!r}", hint)
    return 0


def sections() -> dict[str, str]:
    """Every rule id with its section of docs/rules.md, in order."""
    text = _document().read_text(encoding="utf-8")
    checks = {rule.check for rule in RULES.values()}
    headings = [
        one for one in _HEADING.finditer(text) if one[1].removesuffix(" --online") in {*RULES, *checks}
    ]
    ends = [one.start() for one in headings[1:]] + [len(text)]
    return {one[1]: text[one.end() : end] for one, end in zip(headings, ends, strict=True) if one[1] in RULES}


def _document() -> Path:
    """In an installed package beside the code; in a checkout under docs/."""
    package = Path(__file__).parents[1]
    installed = package / "rules.md"
    return installed if installed.exists() else package.parents[1] / "docs" / "rules.md"


def _readable(text: str) -> str:
    text = _FENCE.sub(lambda match: f"{_TITLES[match[2]]}{f' ({match[3]})' if match[3] else ''}:", text)
    lines, inside = [], False
    for line in text.strip().splitlines():
        if line == "```":
            inside = False
            continue
        lines.append(f"    {line}" if inside else line)
        inside = inside or line.rstrip(":").split(" (")[0] in _TITLES.values()
    return "\n".join(lines)


def _summary(text: str) -> str:
    severity, _, rest = " ".join(text.split()).partition("* ")
    return f"{severity.strip('*.'):<8} {textwrap.shorten(rest.split('. ')[0], 110, placeholder=' …')}"
