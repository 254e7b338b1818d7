"""The station's certificate: real handshakes against it, renewed in time, and refused where it is not meant."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from appliance import certificates
from appliance.certificates import CertificateUnusable

NOW = datetime.now(UTC)
NAMES = ("station-7.local", "localhost", "10.42.0.1", "127.0.0.1")


def handshake(keys: Path, name: str, authority: Path | None = None) -> str:
    """What a client that trusts `authority` only sees of a server with the files in `keys`: the TLS version."""
    files = certificates.tls_files(keys)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(files.certificate, files.key)
    trusting = ssl.create_default_context(cafile=authority or files.authority)
    here, there = socket.socketpair()
    here.settimeout(10)

    def serve() -> None:
        try:
            with serving.wrap_socket(there, server_side=True) as line:
                line.recv(1)
        except OSError:
            there.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with trusting.wrap_socket(here, server_hostname=name) as line:
            line.send(b".")
            return str(line.version())
    finally:
        here.close()
        thread.join(10)


@pytest.mark.parametrize("name", NAMES)
def test_a_tablet_that_trusts_the_authority_reaches_the_station_by_every_name(tmp_path: Path, name: str) -> None:
    certificates.ensure(tmp_path, NAMES, NOW)
    assert handshake(tmp_path, name).startswith("TLSv1.")


def test_another_name_and_another_authority_are_refused(tmp_path: Path) -> None:
    certificates.ensure(tmp_path / "a", NAMES, NOW)
    certificates.ensure(tmp_path / "b", NAMES, NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tmp_path / "a", "station-8.local")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tmp_path / "a", "localhost", certificates.tls_files(tmp_path / "b").authority)


def test_the_authority_may_not_vouch_for_the_world(tmp_path: Path) -> None:
    certificates.ensure(tmp_path, ("bank.example", "93.184.215.14"), NOW)
    for name in ("bank.example", "93.184.215.14"):
        with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
            handshake(tmp_path, name)


def test_nothing_is_made_anew_while_it_serves(tmp_path: Path) -> None:
    assert certificates.ensure(tmp_path, NAMES, NOW)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert not certificates.ensure(tmp_path, NAMES, NOW)
    assert not certificates.ensure(tmp_path, NAMES[:2], NOW)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("names", "later"),
    [((*NAMES, "192.168.1.7"), timedelta(0)), (NAMES, timedelta(days=certificates.LEAF_DAYS - 30))],
    ids=["new address", "soon over"],
)
def test_a_leaf_is_renewed_by_the_same_authority(tmp_path: Path, names: tuple[str, ...], later: timedelta) -> None:
    certificates.ensure(tmp_path, NAMES, NOW)
    authority = certificates.tls_files(tmp_path).authority.read_bytes()
    assert certificates.ensure(tmp_path, names, NOW + later)
    assert certificates.tls_files(tmp_path).authority.read_bytes() == authority
    leaf = x509.load_pem_x509_certificate(certificates.tls_files(tmp_path).certificate.read_bytes())
    leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(authority))
    assert leaf.not_valid_after_utc - (NOW + later) > timedelta(days=certificates.RENEWED_BEFORE_DAYS)


def test_a_station_whose_clock_stands_in_1970_makes_a_certificate_that_serves_today(tmp_path: Path) -> None:
    certificates.ensure(tmp_path, NAMES, datetime(1970, 1, 2, tzinfo=UTC))
    leaf = x509.load_pem_x509_certificate(certificates.tls_files(tmp_path).certificate.read_bytes())
    assert leaf.not_valid_before_utc < certificates.VALID_FROM < leaf.not_valid_after_utc
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=certificates.LEAF_DAYS)


def test_keys_are_the_owners_alone(tmp_path: Path) -> None:
    certificates.ensure(tmp_path, NAMES, NOW)
    for name in (certificates.KEY, certificates.CA_KEY):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("what", ["gone", "another", "garbage"])
def test_an_authority_that_cannot_sign_is_said_not_replaced(tmp_path: Path, what: str) -> None:
    certificates.ensure(tmp_path, NAMES, NOW)
    key, before = tmp_path / certificates.CA_KEY, (tmp_path / certificates.CA_CERTIFICATE).read_bytes()
    if what == "gone":
        key.unlink()
    elif what == "garbage":
        key.write_bytes(b"no key at all")
    else:
        certificates.ensure(tmp_path / "other", NAMES, NOW)
        key.write_bytes((tmp_path / "other" / certificates.CA_KEY).read_bytes())
    assert not certificates.ensure(tmp_path, NAMES, NOW)  # the leaf still serves
    with pytest.raises(CertificateUnusable):
        certificates.ensure(tmp_path, ("station-9.local",), NOW)
    assert (tmp_path / certificates.CA_CERTIFICATE).read_bytes() == before
