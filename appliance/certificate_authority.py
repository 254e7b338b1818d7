"""A site's authority and what it lends its stations: one certificate on the tablets, one signer on each station.

The site's key stays with the technician. A station gets a signer of its own, good for its own name and private addresses only
(name constraints, RFC 5280 4.2.1.10), with which it makes and renews its leaf by itself: a stolen station can
pass for itself, not for its neighbour, and none ever needs the technician again for a new leaf.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CA_DAYS = 3650
# A Pi without a clock starts in the past: certificates are valid from a day that is behind every clock.
VALID_FROM = datetime(2026, 1, 1, tzinfo=UTC)
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "fd00::/8", "fe80::/10")


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate that may sign, with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def new_site_authority(title: str, now: datetime) -> Authority:
    """An authority for all stations of a site, for `.local` names and private addresses only."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title[:64])])
    return Authority(_signed(name, name, key, key, ("local", "localhost"), now, below=1), key)


def new_station_authority(title: str, now: datetime) -> Authority:
    """An authority of one station alone: signs leaves, no signers."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title[:64])])
    return Authority(_signed(name, name, key, key, ("local", "localhost"), now, below=0), key)


def new_signer(site: Authority, station: str, now: datetime) -> Authority:
    """What the site lends a station: signs leaves for `station`.local, and private addresses."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Capture station {station}"[:64])])
    names = (f"{station}.local", "localhost")
    return Authority(_signed(name, site.certificate.subject, key, site.key, names, now, below=0), key)


def vouches_for(certificate: x509.Certificate, name: str) -> bool:
    """Whether its name constraints let it vouch for this DNS name or address."""
    try:
        permitted = certificate.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    except x509.ExtensionNotFound:
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        own = [found.value for found in permitted if isinstance(found, x509.DNSName)]
        return any(name == allowed or name.endswith(f".{allowed}") for allowed in own)
    networks = [ipaddress.ip_network(str(found.value)) for found in permitted if isinstance(found, x509.IPAddress)]
    return any(address in network for network in networks)


def usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """Signs certificates, or proves who a server is; never both."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signing: ec.EllipticCurvePrivateKey,
    names: tuple[str, ...],
    now: datetime,
    *,
    below: int,
) -> x509.Certificate:
    allowed: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    allowed += [x509.IPAddress(ipaddress.ip_network(network)) for network in PRIVATE]
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(max(now, VALID_FROM) + timedelta(days=CA_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=below), critical=True)
        .add_extension(x509.NameConstraints(permitted_subtrees=allowed, excluded_subtrees=None), critical=True)
        .add_extension(usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .sign(signing, hashes.SHA256())
    )
