"""schemathesis against the running reference platform: every answer is one the contract describes, none is a crash."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ED25519
from hypothesis import HealthCheck, settings

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
requests = pytest.importorskip("requests")

from schemathesis.specs.openapi.checks import positive_data_acceptance  # noqa: E402

from appliance.platform.client import enrol  # noqa: E402
from appliance.platform.identity import StationIdentity  # noqa: E402
from appliance.platform.reference.composition import Platform, PlatformSettings  # noqa: E402
from appliance.platform.reference.openapi import COMMITTED  # noqa: E402
from appliance.platform.reference.seed import demo_roster, plant  # noqa: E402
from appliance.platform.reference.serving import PlatformServer  # noqa: E402
from appliance.platform.reference.stations import new_token  # noqa: E402
from appliance.platform.signing import REQUIRED_COMPONENTS, SIGNATURE_TAG, STEERING_FIELDS  # noqa: E402

EXAMPLES = int(os.environ.get("STATION_FUZZ_EXAMPLES", "6"))  # an operation; some hundreds take minutes
REFUSALS = ["400", "401", "403", "404", "409", "410", "412", "413", "415", "422", "460"]

document = json.loads(COMMITTED.read_text())
document.pop("security")  # every request here is signed; that unsigned ones are refused is tested elsewhere
schema = schemathesis.openapi.from_dict(document)
for check in ("negative_data_rejection", "missing_required_header"):
    getattr(schema.config.checks, check).expected_statuses = REFUSALS


@schemathesis.serializer("application/offset+octet-stream")
def piece(_: object, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


class Signing(requests.auth.AuthBase):
    """The station's signature on whatever is about to be sent."""

    def __init__(self, identity: StationIdentity) -> None:
        keys = MappingKeyResolver(public_keys={}, private_keys={identity.station_id: identity.key})
        self._signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=keys)
        self._key_id = identity.station_id

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        for name in ("Signature", "Signature-Input", "Content-Digest"):
            request.headers.pop(name, None)
        request.headers["Host"] = urlsplit(request.url).netloc
        # A field with control characters cannot be signed (RFC 9421, 2.5): it goes unsigned, and is refused for it.
        names = {name.lower() for name, value in request.headers.items() if str(value).isprintable()}
        self._signer.sign(
            request,
            key_id=self._key_id,
            created=datetime.now(UTC),
            tag=SIGNATURE_TAG,
            body=body or None,
            covered_component_ids=[*REQUIRED_COMPONENTS, *(name for name in STEERING_FIELDS if name in names)],
        )
        return request


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Signing]]:
    folder: Path = tmp_path_factory.mktemp("fuzzed")
    platform = Platform.at(PlatformSettings(folder, max_wait_s=0.05))
    plant(platform, demo_roster(3))
    with PlatformServer(platform) as server:
        identity = enrol(server.address, new_token(platform), name="fuzz", key=Ed25519PrivateKey.generate())
        yield server.address, Signing(identity)


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_the_contract_describes(case: schemathesis.Case, target: tuple[str, Signing]) -> None:
    address, auth = target
    # A record of the right form may still be refused for what it says (a seal that opens with no key, another's id).
    case.call_and_validate(base_url=address, auth=auth, excluded_checks=[positive_data_acceptance])
