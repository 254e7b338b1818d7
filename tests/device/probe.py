"""`probe.py answer PORTS` answers on ports until killed; `probe.py ask ADDRESS PORTS` says which of them answer."""

from __future__ import annotations

import json
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

PATIENCE_S = 1.5
KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}


def answer(ports: dict[str, list[int]]) -> None:
    """Echo the port that was reached."""
    for kind, numbers in ports.items():
        for number in numbers:
            listener = socket.socket(socket.AF_INET, KINDS[kind])
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("0.0.0.0", number))
            threading.Thread(target=_tcp if kind == "tcp" else _udp, args=(listener, str(number).encode())).start()
    print("ready", flush=True)


def _tcp(listener: socket.socket, word: bytes) -> None:
    listener.listen()
    while True:
        line, _ = listener.accept()
        line.sendall(word)
        line.close()


def _udp(listener: socket.socket, word: bytes) -> None:
    while True:
        _, whence = listener.recvfrom(100)
        listener.sendto(word, whence)


def ask(address: str, ports: dict[str, list[int]]) -> list[str]:
    """Kind and number of what answered; a redirected port shows where it led."""

    def one(kind: str, number: int) -> str | None:
        with socket.socket(socket.AF_INET, KINDS[kind]) as line:
            line.settimeout(PATIENCE_S)
            try:
                line.connect((address, number))
                if kind == "udp":
                    line.send(b"?")
                reached = int(line.recv(10))
            except OSError:
                return None
            return f"{kind} {number}" if reached == number else f"{kind} {number} to {reached}"

    wanted = [(kind, number) for kind, numbers in ports.items() for number in numbers]
    with ThreadPoolExecutor(len(wanted)) as pool:
        return [found for found in pool.map(lambda row: one(*row), wanted) if found]


if __name__ == "__main__":
    if sys.argv[1] == "answer":
        answer(json.loads(sys.argv[2]))
    else:
        print(json.dumps(ask(sys.argv[2], json.loads(sys.argv[3]))))
