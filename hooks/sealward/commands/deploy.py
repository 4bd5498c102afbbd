"""``sealward deploy``: sealed Secrets of a commit to a cluster, and only the restarts that are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.commands.options import Parser

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

DESCRIPTION = "Bring the sealed Secrets of a commit to Kubernetes, and restart only what uses a changed key."

EPILOG = """\
Examples:
  sealward deploy diff production             what would change: keys and pins, never a value
  sealward deploy apply production --yes      do it, and wait until what was restarted runs
  sealward deploy status --check              exit status 1 where the cluster differs from Git
  sealward deploy rbac production             the least role that apply needs

deploy.yaml says which sealed files go where (docs/deploy.md). `kubectl` logs in, by a context that is named
there; values go over a private socket, never through arguments, the environment or files.
Exit status: 0 done or nothing to do, 1 differences (diff, and status with --check), 2 could not, or not all,
130 interrupted: the next run finishes.
"""


def main(options: argparse.Namespace) -> int:
    """Run ``sealward deploy``; returns the exit status. Raises SealwardError."""
    from sealward.commands import deployed, deployment
    from sealward.plaintext import forbid_core_dumps

    forbid_core_dumps()
    actions = {
        "diff": deployed.pins if getattr(options, "pins", False) else deployment.diff,
        "apply": deployment.apply,
        "status": deployed.status,
        "render": deployed.show,
        "rbac": deployed.role,
    }
    return actions[options.action](options)


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=_Action)
    diff = actions.add_parser("diff", help="what an apply would change; nothing is written")
    apply = actions.add_parser("apply", help="write Secrets, restart their consumers, wait")
    status = actions.add_parser("status", help="how clusters stand to Git and to Vault")
    show = actions.add_parser("render", help="print the manifests, with references in the place of values")
    rbac = actions.add_parser("rbac", help="print the least role that apply needs")
    for one in (status, show, rbac):
        _add_source(one)
    status.add_argument("--check", action="store_true", help="exit status 1 where a cluster differs from Git")
    status.add_argument("--format", choices=("text", "json"), default="text", help="how it is printed")
    show.add_argument("--values", action="store_true", help="the values themselves, into a pipe")
    show.add_argument("--yes-print-secrets", action="store_true", help="say that --values is meant")
    rbac.add_argument(
        "--to", default="serviceaccount:sealward", metavar="WHO",
        help="serviceaccount:[NAMESPACE/]NAME, user:NAME or group:NAME (default: serviceaccount:sealward)",
    )  # fmt: skip
    for one in (diff, apply):
        _add_source(one)
        one.add_argument(
            "--format", choices=("text", "json", "github"), default="text", help="how it is printed"
        )
        one.add_argument(
            "--take-over", action="append", default=[], metavar="SECRET",
            help="decide conflicts with other managers for Git (`*`: for all Secrets)",
        )  # fmt: skip
    diff.add_argument(
        "--pins", action="store_true",
        help="compare pins alone: neither Vault nor a Secret is read (for pull requests)",
    )  # fmt: skip
    apply.add_argument("--yes", action="store_true", help="do not ask")
    apply.add_argument("--no-restart", action="store_true", help="leave restarts to the next run")
    apply.add_argument("--no-wait", action="store_true", help="do not wait for rollouts")
    apply.add_argument(
        "--timeout", default="5m", metavar="TIME", help="how long rollouts may take (default: 5m)"
    )
    apply.add_argument("--prune", action="store_true", help="remove Secrets that Git no longer has")
    apply.add_argument("--rollback", action="store_true", help="go back where a rollout does not get ready")


class _Action(Parser):
    """An action's own parser; the usage stands with the command."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, "")

    def parse_known_args(  # type: ignore[override] # the stubs' overloads say no more
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Complain of what is not known here: the options of another action are not meant."""
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            self.error(f"unrecognized arguments: {' '.join(rest)}")
        return found, rest


def _add_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "target",
        nargs="?",
        default="",
        metavar="TARGET",
        help="a target of deploy.yaml (default: the only one)",
    )
    parser.add_argument(
        "--worktree", action="store_true", help="go by the work tree, not by HEAD: for experiments"
    )
    parser.add_argument(
        "--allow-unpinned", action="store_true", help="take the newest version where there is no pin"
    )
