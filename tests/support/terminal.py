"""Commands on a terminal of their own, on which somebody types."""

from __future__ import annotations

import os
import pty


def on_terminal(command: list[str], typed: bytes) -> bytes:
    """What a command shows on a terminal of its own on which somebody types, each line after a question."""
    process, terminal = pty.fork()
    if process == 0:
        os.execv(command[0], command)
    output, lines = b"", typed.splitlines(keepends=True)
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            piece = b""
        if not piece:
            break
        output += piece
        if lines and piece.endswith((b": ", b"] ")):
            os.write(terminal, lines.pop(0))
    os.waitpid(process, 0)
    os.close(terminal)
    return output
