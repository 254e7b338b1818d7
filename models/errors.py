"""What can go wrong between a package registry and a network in memory.

ModelsError(Exception)
├── ManifestInvalid(ValueError)          a data file names something wrongly; says the file and the key
├── NetworkMissing(FileNotFoundError)    a network is not installed; says the command that installs it
├── FetchFailed(RuntimeError)            the package client failed; carries its last lines
│   ├── RegistryUnreachable(ConnectionError)
│   ├── PackageUnavailable(LookupError)  the registry answered, but has no such package or version
│   └── ClientMissing(FileNotFoundError) no pip or no npm on this machine; says how to get it
├── ArchiveInvalid(ValueError)           what arrived is not what was asked for
│   ├── DigestDiffers                    says both sha256
│   └── MemberMissing(LookupError)
└── DeliveryIncomplete(OSError)          some files could not be brought; lists each with its reason
"""

from __future__ import annotations


class ModelsError(Exception):
    """Root of everything this room raises."""


class ManifestInvalid(ModelsError, ValueError):
    """A manifest names something wrongly."""


class NetworkMissing(ModelsError, FileNotFoundError):
    """A network is not installed."""


class FetchFailed(ModelsError, RuntimeError):
    """The package client ended with an error that is none of the known ones."""


class RegistryUnreachable(FetchFailed, ConnectionError):
    """No connection to the package registry."""


class PackageUnavailable(FetchFailed, LookupError):
    """The registry answered, but does not have the package in that version."""


class ClientMissing(FetchFailed, FileNotFoundError):
    """The program that fetches from this registry is not on the machine."""


class ArchiveInvalid(ModelsError, ValueError):
    """An archive cannot be read, or holds something else than expected."""


class DigestDiffers(ArchiveInvalid):
    """The bytes are not the pinned ones."""


class MemberMissing(ArchiveInvalid, LookupError):
    """The archive has no such member."""


class DeliveryIncomplete(ModelsError, OSError):
    """Some files could not be brought; the others are in place.

    ``failures`` holds one line per archive that could not be used; ``missing`` the names that are not in place.
    """

    def __init__(self, missing: tuple[str, ...], failures: tuple[str, ...], advice: str) -> None:
        """Keep the parts apart, so that a machine-readable report need not take the text to pieces."""
        lines = [f"not in place: {', '.join(missing)}", *failures, advice]
        super().__init__("\n".join(lines))
        self.missing = missing
        self.failures = failures
        self.advice = advice
