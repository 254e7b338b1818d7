"""`station keys`: what makes this device this device."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option("--data", help="Data folder of the station.", metavar="DIR")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        no_args_is_help=True, help="The station's keys and its TLS certificate: make, show, bind, rotate."
    )
    for command in (make, show, bind, rotate):
        group.command()(command)
    app.add_typer(group, name="keys")


def make(
    data: Data = None,
    bound: Annotated[bool, typer.Option("--bind", help="Then bind the keys to this board.")] = False,
) -> None:
    """Make what is missing: keys, authority, certificate, the label's codes. Safe to repeat; runs at every start of a device."""
    from datetime import UTC, datetime

    from appliance import certificates
    from appliance.cli.failing import fail
    from appliance.cli.opening import settings_of
    from appliance.ledger.errors import LedgerError
    from appliance.ledger.files import make_directory
    from appliance.ledger.keyring import Keyring
    from appliance.provision import first_boot

    folder = _data_dir(data)
    called = settings_of(data).name
    try:
        make_directory(folder)
        Keyring(folder, bound=bound)
        first_boot.ensure(folder)
        names = certificates.host_names(called)
        renewed = certificates.ensure(folder / "keys", names, datetime.now(UTC))
    except (LedgerError, certificates.CertificateUnusable, first_boot.FirstBootUnreadable, OSError) as error:
        fail(str(error), code=2)
    print("keys: a new certificate was made" if renewed else "keys: all there")
    _print_facts(folder)
    if bound:
        bind(folder)


def bind(data: Data = None) -> None:
    """Bind ledger key and station key to this board, so that the card opens nowhere else.

    A board without a secret of its own keeps plain files, and is told so.
    """
    from appliance import board
    from appliance.cli.failing import fail
    from appliance.ledger.errors import LedgerError
    from appliance.ledger.keyring import Keyring, bind_to_board

    folder = _data_dir(data)
    try:
        Keyring(folder, bound=True)
        newly = bind_to_board(folder)
    except (LedgerError, OSError) as error:
        fail(str(error), code=2)
    here = next((source.name for source in board.secrets_here() if source.read() is not None), None)
    if here is None:
        print("keys: this board has no secret of its own; key files stay plain (mode 0600): keep the card safe")
    else:
        print(f"keys: bound to this board's {here}" + (f": {', '.join(newly)}" if newly else " already"))


def rotate(data: Data = None) -> None:
    """Change the station's signing key: announced to the platform, journalled, safe to repeat.

    Station and delivery must be stopped. Exit code 1 when the platform did not take it (nothing has changed), 2 when
    the ledger is in use or the station is not enrolled.
    """
    from appliance.cli.failing import fail
    from appliance.cli.opening import now
    from appliance.ledger.errors import LedgerError
    from appliance.outbox.rotation import rotate as change
    from appliance.platform.errors import PlatformError
    from appliance.platform.identity import NotEnrolled

    try:
        rotated = change(_data_dir(data), now())
    except PlatformError as error:
        fail(f"not changed, the old key stays: {error}", code=1)
    except (LedgerError, NotEnrolled, ValueError, OSError) as error:
        fail(str(error), code=2)
    print(f"station key  {rotated.present}\nin place of  {rotated.previous}")
    print("the platform has seen it" if rotated.seen else "the platform sees it with the next delivery")
    print("older backups carry the old key: make a new one now (station backup)")


def show(data: Data = None) -> None:
    """Show fingerprints to compare; never a secret."""
    from appliance import certificates
    from appliance.cli.failing import fail

    folder = _data_dir(data)
    if not certificates.tls_files(folder / "keys").authority.is_file():
        fail(f"there are no keys in {folder}; type: station keys make", code=2)
    _print_facts(folder)


def _print_facts(folder: Path) -> None:
    from cryptography import x509

    from appliance import certificates

    files = certificates.tls_files(folder / "keys")
    leaf = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    print(f"authority  {certificates.fingerprint(files.authority)}")
    print(f"           tablets trust it once: {files.authority}")
    print(f"names      {', '.join(str(name.value) for name in names)}")
    print(f"valid to   {leaf.not_valid_after_utc:%Y-%m-%d}")


def _data_dir(data: Path | None) -> Path:
    from appliance.cli.opening import settings_of

    return settings_of(None).data_dir if data is None else data
