"""Sheets to a CUPS printer, through its `lp` command."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from appliance.archive.errors import ArchiveFailed

_SECONDS = 20.0  # `lp` only queues; a printer that is off does not hold it up


def printers() -> list[str]:
    """The names of the printers that CUPS knows; none where CUPS is not installed."""
    if shutil.which("lpstat") is None:
        return []
    found = subprocess.run(["lpstat", "-e"], capture_output=True, text=True, timeout=_SECONDS, check=False)
    return found.stdout.split()


def send(pdf: Path, printer: str) -> str:
    """Queue a PDF at `printer`, at its own size; what `lp` answers. Raises `ArchiveFailed` with the printers there are."""
    if shutil.which("lp") is None:
        raise ArchiveFailed(
            f"本机没有安装打印服务：请安装 cups-client，或把 {pdf} 拿到别的电脑打印",
            f"no printing system is installed: apt-get install cups-client, or print {pdf} on another computer",
        )
    command = ["lp", "-d", printer, "-o", "print-scaling=none", "--", str(pdf)]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise ArchiveFailed(
            f"打印服务 {_SECONDS:.0f} 秒没有回答，请检查后再试",
            f"the printing system gave no answer within {_SECONDS:.0f} s: look at it, then try again",
        ) from error
    if answer.returncode:
        known = ", ".join(printers()) or "—"
        raise ArchiveFailed(
            f"打印机 {printer} 没有接受（{answer.stderr.strip()}）；现有打印机：{known}",
            f"printer {printer!r} did not take it ({answer.stderr.strip()}); there are: {known}",
        )
    return answer.stdout.strip()
