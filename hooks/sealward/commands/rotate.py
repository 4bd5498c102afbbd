"""``sealward rotate``: a new secret in Vault, and its pin in the sealed files."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from sealward.document import dotted
from sealward.errors import SealwardError
from sealward.report import count
from sealward.rotation import generators
from sealward.rotation.plan import Plan, Target, make_plan
from sealward.sops.secret import Plaintext, forbid_core_dumps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sealward.rotation.sites import Site

EPILOG = """\
Examples:
  sealward rotate secret/bot/binance api_key --dry-run       say what would happen
  sealward rotate secret/bot/binance api_key api_secret      both keys, one new version
  sealward rotate secret/alerts/slack webhook --value-stdin < new-webhook
  sealward rotate secret/bot/kraken api_key --generator password:40

The sealed files that pin the secret are re-pinned in place; the old version stays in Vault.
Server and token come from VAULT_ADDR, VAULT_TOKEN (or ~/.vault-token), VAULT_NAMESPACE, VAULT_CACERT,
or their BAO_ twins. The path may be given with or without `data/`.
Exit status: 0 done, 2 could not do it (one line says why; the old pin is still valid).
"""


def main(argv: list[str]) -> int:
    """Run ``sealward rotate``; returns 0. Raises SealwardError."""
    options = _parser().parse_args(argv)
    forbid_core_dumps()
    target = _target(options)

    from sealward.repository import Repository
    from sealward.rotation.sites import sealed_files
    from sealward.rotation.steps import prepare, rotate
    from sealward.sops import binary
    from sealward.sops.identities import find
    from sealward.vault.connection import connect

    with Repository.around() as repository:
        binary.find()
        client, identities = connect(), find()
        sealed = list(sealed_files(repository, identities, options.file))
        plan = make_plan(target, client, sealed, repository.uncommitted())
        prepared = prepare(plan, identities)
        if options.dry_run:
            print(describe(plan, done=False))
            return 0
        rotate(prepared, client)
        print(describe(plan, done=True))
        return 0


def describe(plan: Plan, done: bool) -> str:
    """What a rotation did, or would do, and what comes next; no value is ever shown."""
    target = plan.target
    keys = ", ".join(target.keys)
    verb = "rotated" if done else "would rotate"
    lines = [f"{verb} {target.name} ({keys})"]
    if plan.resumes:
        lines.append(
            f"  Vault    version {plan.new} was written by an unfinished rotation; no new secret is made"
        )
    else:
        written = "" if done else "would be "
        lines.append(
            f"  Vault    version {plan.current} → {plan.new}, {written}{target.how}; other keys kept"
        )
    changed = {one.path for one in plan.files}
    for one, site in plan.pinned:
        if one.path in changed and site.reference.version != plan.new:
            lines.append(f"  {one.path}  {_place(site)}  pin {site.reference.version} → {plan.new}")
    for one, site in plan.unpinned:
        lines.append(f"  {one.path}  {_place(site)}  has no pin: follows the newest version, left as it is")
    if done:
        lines += _next(plan, sorted(changed))
    else:
        lines.append("nothing was changed (--dry-run)")
    return "\n".join(lines)


def _place(site: Site) -> str:
    return dotted(site.leaf.path)


def _next(plan: Plan, changed: list[str]) -> list[str]:
    paths = " ".join(changed)
    lines = [f"{count(len(changed), 'file')} re-pinned; version {plan.current} stays in Vault"]
    if changed:
        message = f"Rotate {plan.target.name}"
        lines.append(f"next: git diff -- {paths}; git commit -m '{message}' -- {paths}; then deploy, then")
        lines.append("      revoke the old value where it was issued")
    return lines


def _target(options: argparse.Namespace) -> Target:
    from sealward.vault.reference import secret_path

    try:
        mount, path = secret_path(options.path)
    except ValueError as error:
        raise SealwardError(str(error), "give MOUNT/PATH, such as secret/bot/binance") from None
    keys = tuple(dict.fromkeys(options.key))
    if options.value_stdin:
        if len(keys) > 1:
            raise SealwardError("--value-stdin gives one value", "rotate one KEY at a time with it")
        value = _stdin()
        return Target(mount, path, keys, "value from standard input", lambda: {keys[0]: value})
    spec = options.generator or generators.DEFAULT
    generators.check(spec)
    return Target(mount, path, keys, f"made by {spec}", lambda: _generated(keys, spec))


def _generated(keys: tuple[str, ...], spec: str) -> Mapping[str, Plaintext]:
    return {key: generators.generate(spec) for key in keys}


def _stdin() -> Plaintext:
    """One value: the whole of standard input, without its last newline."""
    data = sys.stdin.buffer.read(1 << 20)
    value = data[:-1] if data.endswith(b"\n") else data
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = ""
    if not text.strip():
        raise SealwardError("no value on standard input", "pipe the new value in, as UTF-8 text")
    return Plaintext(value)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sealward rotate",
        description="Make a new version of a secret in Vault and re-pin every reference to it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", metavar="PATH", help="the secret: MOUNT/PATH, with or without data/")
    parser.add_argument("key", nargs="+", metavar="KEY", help="the keys of the secret to renew")
    parser.add_argument("--file", action="append", default=[], metavar="F", help="only this sealed file")
    parser.add_argument("--generator", metavar="G", help="hex:32 (default), base64:32, password:40, uuid")
    parser.add_argument("--value-stdin", action="store_true", help="read the new value from standard input")
    parser.add_argument("--dry-run", action="store_true", help="check everything, change nothing")
    return parser
