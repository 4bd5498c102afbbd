"""Commands in hints: what a person pastes must do what it says, whatever a file is called."""

from __future__ import annotations


def command(*words: str) -> str:
    """Words as a shell takes them: ``command("sops", "edit", "a b.yaml")`` → ``sops edit 'a b.yaml'``."""
    from shlex import join

    return join(words)


def path(name: str) -> str:
    """A file's name as one word of a command that no program takes for an option."""
    from shlex import quote

    return quote(f"./{name}" if name.startswith("-") else name)


def pathspec(name: str) -> str:
    """The same for git, which takes more than a name: ``:(top)``, and patterns."""
    special = name.startswith(":") or any(one in name for one in "*?[\\")
    return path(f":(literal){name}" if special else name)
