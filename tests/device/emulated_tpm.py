"""A TPM 2.0 for a virtual machine: swtpm beside qemu; its state (seeds, and what follows from them) outlives the machine."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = "swtpm"
_STARTED_S = 20.0


@contextmanager
def emulated_tpm(state: Path) -> Iterator[tuple[str, ...]]:
    """qemu arguments for a machine that has the TPM whose state lies in `state`; a new folder is a new TPM.

    Raises `RuntimeError` with swtpm's log when it does not start.
    """
    state.mkdir(parents=True, exist_ok=True)
    socket, log = state / "socket", state / "log"
    socket.unlink(missing_ok=True)
    # qemu's end is its end: nothing is left running when a machine is killed.
    command = [
        PROGRAM, "socket", "--tpm2", "--tpmstate", f"dir={state},mode=0600", "--ctrl", f"type=unixio,path={socket}",
        "--log", f"file={log},level=1", "--terminate",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        until = time.monotonic() + _STARTED_S
        while not socket.exists():
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{PROGRAM} did not start: {log.read_text() if log.exists() else 'it said nothing'}")
            time.sleep(0.05)
        yield (
            "-chardev", f"socket,id=tpm,path={socket}", "-tpmdev", "emulator,id=tpm0,chardev=tpm",
            "-device", "tpm-tis,tpmdev=tpm0",
        )  # fmt: skip
    finally:
        process.terminate()
        process.wait()
