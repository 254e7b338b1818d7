"""`python -m appliance.provision.portal`: plain HTTP on the hotspot, so that tablets stay on a network that leads nowhere.

The listening socket comes from systemd (sd_listen_fds(3)); requests are short or refused: so many at once, so many bytes, so
many seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from pathlib import Path

from appliance.provision.portal_answers import Answer, Answers

FIRST_SOCKET = 3  # sd_listen_fds(3)
MOST_AT_ONCE = 64
MOST_BYTES = 8192  # of a request's head
PATIENCE_S = 5.0  # for the head, and for taking the answer
CREDENTIAL = "site-ca"


def main() -> int:
    """Serve until asked to stop; exit code 2 when systemd handed over no socket."""
    if os.environ.get("LISTEN_FDS") != "1" or os.environ.get("LISTEN_PID") != str(os.getpid()):
        print("portal: started without a socket; it belongs to station-portal.socket", file=sys.stderr)
        return 2
    authority = Path(os.environ["CREDENTIALS_DIRECTORY"], CREDENTIAL).read_bytes()
    asyncio.run(_until_stopped(socket.socket(fileno=FIRST_SOCKET), Answers(authority)))
    return 0


async def _until_stopped(listener: socket.socket, answers: Answers) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with await serve(listener, answers):
        await stopped.wait()


async def serve(listener: socket.socket, answers: Answers, patience_s: float = PATIENCE_S) -> asyncio.Server:
    """A server on `listener`; whoever comes while `MOST_AT_ONCE` are there is let go at once."""
    here: set[asyncio.StreamWriter] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(here) >= MOST_AT_ONCE:
            writer.transport.abort()
            return
        here.add(writer)
        try:
            async with asyncio.timeout(patience_s):
                writer.write(await _answer(reader, answers))
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (TimeoutError, ConnectionError):
            writer.transport.abort()
        finally:
            here.discard(writer)

    return await asyncio.start_server(talk, sock=listener, limit=MOST_BYTES)


async def _answer(reader: asyncio.StreamReader, answers: Answers) -> bytes:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.LimitOverrunError, asyncio.IncompleteReadError):
        return Answer(400, b"no request\n").wire(head=False)
    first, *lines = head.split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1.") or not words[1].startswith("/"):
        return Answer(400, b"no request\n").wire(head=False)
    host = ""
    for line in lines:
        name, _, value = line.partition(":")
        if name.lower() == "host":
            host = value.strip().rpartition(":")[0] or value.strip()
    method, path, _ = words
    return answers.to(method, path, host).wire(head=method == "HEAD")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
