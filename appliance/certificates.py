"""The station's TLS: a certification authority of its own, or its site's, and a certificate for the names it goes by.

In `keys/`: `site-ca.pem` (what a tablet is asked to trust) and `site-ca.key`; where the authority is the site's, `signer.pem` and
`signer.key` in place of its key; `tls.pem` (leaf, then those above) and `tls.key`. An authority can only vouch for `.local` names
and private addresses (name constraints, RFC 5280 4.2.1.10), so a stolen one opens no bank. Leaves last 397 days, the most that
Apple's devices take from authorities a user added, and are made anew when less than 60 remain or a name changed.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from appliance.certificate_authority import PRIVATE, VALID_FROM, Authority, new_station_authority, usage, vouches_for
from appliance.ledger.files import make_directory, write_durably

CA_CERTIFICATE, CA_KEY = "site-ca.pem", "site-ca.key"
SIGNER_CERTIFICATE, SIGNER_KEY = "signer.pem", "signer.key"
CERTIFICATE, KEY = "tls.pem", "tls.key"
LEAF_DAYS, RENEWED_BEFORE_DAYS = 397, 60
HOTSPOT = "10.42.0.1"  # NetworkManager's address of a shared connection


class CertificateUnusable(ValueError):
    """A file in `keys/` is no certificate or key, or the two do not belong together."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """What the server and local programs need, as paths."""

    certificate: Path
    key: Path
    authority: Path


def host_names(called: str = "") -> tuple[str, ...]:
    """The names and addresses a tablet may know this station by; `called` is the station's name in its settings, which the machine
    may not have taken yet."""
    names = (name for name in (called, socket.gethostname().split(".")[0].lower()) if re.fullmatch(r"[a-z0-9-]+", name))
    return (*(f"{name}.local" for name in dict.fromkeys(names)), "localhost", HOTSPOT, "127.0.0.1", *_addresses())


def tls_files(keys: Path) -> TlsFiles:
    """The files in `keys`, whether they are there or not."""
    return TlsFiles(keys / CERTIFICATE, keys / KEY, keys / CA_CERTIFICATE)


def ensure(keys: Path, names: tuple[str, ...], now: datetime) -> bool:
    """Make what is missing, expired or for other names; whether a new leaf was made. Raises `CertificateUnusable`, `OSError`."""
    make_directory(keys)
    files = tls_files(keys)
    if _leaf_serves(files, names, now):
        return False
    signer, above = _signer(keys, now)
    names = _vouched(names, signer.certificate)
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    leaf = _leaf(names, leaf_key.public_key(), signer.certificate, signer.key, now)
    chain = b"".join(certificate.public_bytes(Encoding.PEM) for certificate in (leaf, *above))
    # The key first: a certificate without its key would be taken for complete.
    write_durably(files.key, pem(leaf_key))
    write_durably(files.certificate, chain, 0o644)
    return True


def fingerprint(path: Path) -> str:
    """SHA-256 of the first certificate in `path`, in pairs of hex digits: what a person compares on the tablet."""
    return x509.load_pem_x509_certificate(path.read_bytes()).fingerprint(hashes.SHA256()).hex(":").upper()


def _vouched(names: tuple[str, ...], signer: x509.Certificate) -> tuple[str, ...]:
    """Those the signer may vouch for: a station renamed by hand keeps the addresses, and a tablet sees why its name fails."""
    return tuple(name for name in names if vouches_for(signer, name)) or names


def _leaf_serves(files: TlsFiles, names: tuple[str, ...], now: datetime) -> bool:
    if not (files.certificate.is_file() and files.key.is_file() and files.authority.is_file()):
        return False
    try:
        lent = files.certificate.with_name(SIGNER_CERTIFICATE)
        signer = x509.load_pem_x509_certificate((lent if lent.is_file() else files.authority).read_bytes())
        leaf = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        leaf.verify_directly_issued_by(signer)
        named = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        key = load_pem_private_key(files.key.read_bytes(), password=None)
    except (ValueError, TypeError, x509.ExtensionNotFound):
        return False
    belongs = key.public_key() == leaf.public_key()
    lasts = leaf.not_valid_after_utc - now > timedelta(days=RENEWED_BEFORE_DAYS)
    return belongs and lasts and set(_general(_vouched(names, signer))) <= set(named)


def _signer(keys: Path, now: datetime) -> tuple[Authority, tuple[x509.Certificate, ...]]:
    """Who signs this station's leaf, and the certificates above the leaf; an authority is made when there is none."""
    certificate_file = keys / CA_CERTIFICATE
    if not certificate_file.exists():
        made = new_station_authority(f"Capture station {socket.gethostname()} site", now)
        write_durably(keys / CA_KEY, pem(made.key))
        write_durably(certificate_file, made.certificate.public_bytes(Encoding.PEM), 0o644)
        return made, (made.certificate,)
    if not (keys / SIGNER_CERTIFICATE).exists():
        own = read_authority(certificate_file, keys / CA_KEY)
        return own, (own.certificate,)
    lent = read_authority(keys / SIGNER_CERTIFICATE, keys / SIGNER_KEY)
    try:
        site = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        lent.certificate.verify_directly_issued_by(site)
    except (ValueError, TypeError) as error:
        raise CertificateUnusable(
            f"{keys / SIGNER_CERTIFICATE} was not signed by {certificate_file} ({error}): bring the card's files again "
            "(station provision), or remove site-ca.pem and signer.*, then type: station keys make"
        ) from error
    return lent, (lent.certificate, site)


def read_authority(certificate_file: Path, key_file: Path) -> Authority:
    """Certificate and key from files. Raises `CertificateUnusable` when one is missing, damaged, or the other's."""
    try:
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        loaded = load_pem_private_key(key_file.read_bytes(), password=None)
    except (ValueError, FileNotFoundError) as error:
        raise CertificateUnusable(
            f"{certificate_file} is there, but {key_file} cannot sign ({error}): bring the site's authority again, "
            "or remove both, then type: station keys make (tablets must trust the new one)"
        ) from error
    if not isinstance(loaded, ec.EllipticCurvePrivateKey) or loaded.public_key() != certificate.public_key():
        raise CertificateUnusable(
            f"{key_file} is not the key of {certificate_file}: bring the two that belong together"
        )
    return Authority(certificate, loaded)


def _leaf(
    names: tuple[str, ...],
    public: ec.EllipticCurvePublicKey,
    authority: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    # The day is the issuer's clock's, or the floor when that stands in the past.
    ends = max(now, VALID_FROM) + timedelta(days=LEAF_DAYS)
    return (
        _begun(subject, authority.subject, public, not_before=max(now, VALID_FROM) - timedelta(days=1))
        .not_valid_after(ends - timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    not_before: datetime = VALID_FROM,
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
    return builder.serial_number(x509.random_serial_number()).not_valid_before(not_before)


def _general(names: tuple[str, ...]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in dict.fromkeys(names):
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found


def _addresses() -> tuple[str, ...]:
    """Private addresses of this machine; public ones are left out, the authority may not vouch for them."""
    try:
        rows = socket.getaddrinfo(socket.gethostname(), None, proto=socket.IPPROTO_TCP)
    except OSError:
        return ()
    found = {str(row[4][0]).split("%")[0] for row in rows}
    private = [ipaddress.ip_network(network) for network in PRIVATE]
    return tuple(sorted(a for a in found if any(ipaddress.ip_address(a) in network for network in private)))


def pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The key's file: PKCS#8, not encrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
