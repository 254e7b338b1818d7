"""A bar per download on the terminal; plain lines where there is no terminal."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

from models.packages import Archive


class Downloads:
    """Shows a delivery (:class:`models.delivery.Watch`) on standard error, so that ``--json`` output stays clean."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        self._progress = Progress(*columns, console=self._console, disable=not self._console.is_terminal)
        self._tasks: dict[Archive, TaskID] = {}

    def __enter__(self) -> Downloads:
        """Take the terminal's last lines."""
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Give them back."""
        self._progress.stop()

    def started(self, archive: Archive) -> None:
        """Open a bar."""
        self._tasks[archive] = self._progress.add_task(archive.title, total=archive.size)
        if not self._console.is_terminal:
            self._console.print(f"fetching {archive.title} ({archive.size / 1e6:.1f} MB)", highlight=False)

    def received(self, archive: Archive, size: int) -> None:
        """Move the bar; the client's own scratch files may count a little too much, so it stops at the end."""
        self._progress.update(self._tasks[archive], completed=min(size, archive.size))

    def finished(self, archive: Archive) -> None:
        """Leave the bar as it is: full, or where it failed."""
        self._progress.stop_task(self._tasks[archive])
