"""What can be wrong with where the platform keeps things.

StorageError(OSError)
├── StorageMissing        the library for it is not installed; says which extra brings it
└── StorageUnavailable    it does not answer: 503, the station comes again
"""

from __future__ import annotations


class StorageError(OSError):
    """Where the platform keeps things cannot be used; the message says why and what to do."""


class StorageMissing(StorageError):
    """The library for a kind of storage is not installed."""

    def __init__(self, kind: str, library: str) -> None:
        super().__init__(
            f"{kind} needs {library}: pip install 'capture-station[platform]' "
            f"（使用 {kind} 需要 {library}，请安装 [platform] 附加组件）"
        )


class StorageUnavailable(StorageError):
    """The storage does not answer, or refuses."""
