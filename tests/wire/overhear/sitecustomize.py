"""Found by Python at the start of a process that has this folder on its path: notes whom the process talks to.

Every address that is connected to, sent to, listened at or looked up, and every other program that is started, becomes
one line of JSON in the file that OVERHEARD names. It hears what goes through Python; a library that opens sockets in C
by itself would not be heard, and none of ours does.
"""

from __future__ import annotations

import json
import os
import sys

HEARD = frozenset(
    {
        "socket.connect",
        "socket.bind",
        "socket.sendto",
        "socket.sendmsg",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "subprocess.Popen",
        "os.system",
        "os.exec",
        "os.posix_spawn",
        "os.fork",
    }
)


def listen_in(path: str) -> None:
    """From now on, until the process ends: nothing can take such a hook away."""
    notes = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if event in HEARD:
            # The socket itself says nothing that its address does not.
            said = [repr(one) for one in arguments if not hasattr(one, "fileno")]
            os.write(notes, json.dumps([event, *said]).encode() + b"\n")

    sys.addaudithook(hear)


if "OVERHEARD" in os.environ:
    listen_in(os.environ["OVERHEARD"])
