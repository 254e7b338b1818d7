"""Attacks in the name of others: what a platform, a publisher or the station itself is said to have said."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tarfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey
from sqlmodel import select
from stage import Stage

from appliance.ledger.journal import Moment
from appliance.ledger.store import Ledger
from appliance.ledger.tables import ReviewRow
from appliance.outbox.events import CURSOR_NOTE, take
from appliance.outbox.export import take_receipts
from appliance.outbox.revocation import heed
from appliance.platform.archive import SUFFIX, ArchiveError
from appliance.platform.client import PlatformClient, key_change
from appliance.platform.clock import PlatformClock
from appliance.platform.contract import EventPage, Heartbeat
from appliance.platform.documents import REVOCATION_TYPE, sign_document
from appliance.platform.errors import ClockSkewed, PlatformRefused, PlatformUnreachable
from appliance.platform.identity import StationIdentity
from appliance.platform.reference.importing import import_archive
from appliance.platform.reference.stations import station_public_key
from appliance.release.keys import key_line
from appliance.release.places import Places
from appliance.release.versions import Standing
from appliance.update.fetcher import Fetcher
from appliance.update.spool import Spool

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "plugins"))
from bundle_fixtures import FILES, Publisher, bundle_of, manifest_of

AFTER = datetime.now(UTC).isoformat()


def forged_review_events(stage: Stage) -> str:
    """Reviews of captures: put into the platform's answer on its way, of captures that are not here, and in no agreed form."""
    identity = StationIdentity.load(stage.bench.data_dir / "keys")
    said = {"capture_id": str(uuid4()), "serial": 9, "state": "refused", "reasons": [], "at": AFTER}
    page = {"cursor": "forged", "events": [_event(said), _event({"state": "accepted"}), _event({"serial": "x" * 9000})]}

    class OnTheWay(httpx2.BaseTransport):
        """Puts the forged page where the platform's was."""

        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            with httpx2.HTTPTransport() as through:
                answer = through.handle_request(request)
                answer.read()
            fields = {"content-type": "application/json", "content-digest": answer.headers["content-digest"]}
            return httpx2.Response(200, headers=fields, content=json.dumps(page).encode())

    with PlatformClient(identity, transport=OnTheWay()) as client, pytest.raises(PlatformUnreachable, match="changed"):
        client.events()
    moment = Moment(at=AFTER, clock_trusted=False, boot_id="attack")
    with contextlib.closing(Ledger(stage.bench.data_dir)) as ledger:
        read = EventPage.model_validate_json(json.dumps(page))
        assert take(ledger, read, "a cursor that was never asked with", moment) is False
        take(
            ledger,
            EventPage(events=read.events, cursor=ledger.note(CURSOR_NOTE) or ""),
            ledger.note(CURSOR_NOTE) or "",
            moment,
        )
        with ledger.reading() as session:
            assert session.exec(select(ReviewRow)).all() == []
    return "refused: digest, not asked for, not ours"


def forged_revocation(stage: Stage) -> str:
    """The word that wipes a station's keys, from somebody else."""
    identity = StationIdentity.load(stage.bench.data_dir / "keys")
    body = json.dumps({"station_id": identity.station_id, "revoked_at": AFTER}).encode()
    same_name = OKPKey.generate_key("Ed25519", {"kid": identity.signing_keys[0].kid or "platform"})
    with contextlib.closing(Ledger(stage.bench.data_dir)) as ledger:
        for key in (OKPKey.generate_key("Ed25519"), same_name):
            assert heed(ledger, identity, sign_document(body, key, REVOCATION_TYPE)) is False
    assert (stage.bench.data_dir / "keys" / "station.pem").is_file()
    return "not heeded: signature"


def forged_update_bundle(stage: Stage) -> str:
    """Bundles on a stick: nobody's, a stranger's, altered after signing, cut short, backwards, with names that climb."""
    ours, stranger = Publisher(1), Publisher(2)
    places = Places(stage.bench.folder / "device")
    spool = Spool(places.spool, places)
    spool.bundles.mkdir(parents=True)
    places.keys.mkdir(parents=True)
    (places.keys / "ours.pub").write_text(key_line(ours.public, "ours"))
    made, good = stage.bench.folder / "made", manifest_of()
    whole = bundle_of(made, ours)
    altered = bytearray(whole)
    altered[whole.index(bytes(range(256))) + 7] ^= 1
    bundles = {
        "stranger": bundle_of(made, stranger),
        "altered": bytes(altered),
        "cut": whole[:-1500],
        "unsigned": whole.replace(ours.key.sign(good.document()).hex().encode(), b"0" * 128),
        "other member": bundle_of(made, ours, good, {**FILES, "empty": b"#!/bin/sh"}),
        "backwards": bundle_of(made, ours, manifest_of(version="0.0.1-00000000", serial=1)),
        "climbing": _tar("../../../etc/cron.d/evil", tarfile.REGTYPE),
        "link": _tar("source/passwd", tarfile.SYMTYPE),
        "zeros": bytes(3_000_000),
    }
    for name, data in bundles.items():
        stick = stage.bench.folder / "sticks" / name
        stick.mkdir(parents=True)
        (stick / "capture-station-9.9.9-99999999.bundle").write_bytes(data)
        found = Fetcher(spool, Standing("0.1.0-aaaaaaaa", 5, "x86_64", "3.11"), folders=[stick], network=None).look()
        assert found.offer is None, name
        assert list(spool.bundles.iterdir()) == [], name
    with stage.laptop.http() as http:
        for path in ("/api/update", "/api/update/apply", "/api/update/rollback"):
            assert http.post(path, json={}).status_code == 401
    return f"{len(bundles)} refused, nothing written"


def replayed_station_requests(stage: Stage) -> str:
    """Requests that the station signed, heard on the line: sent again, later, elsewhere, with another body, by another key."""
    identity, heard = StationIdentity.load(stage.bench.data_dir / "keys"), list[httpx2.Request]()

    class Listening(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            heard.append(request)
            with httpx2.HTTPTransport() as through:
                answer = through.handle_request(request)
                answer.read()
            return answer

    beat = Heartbeat(version="0", boot_id="b", uptime_s=1, waiting=0, parked=0, receipted=0, bytes_waiting=0)
    with PlatformClient(identity, transport=Listening()) as client:
        client.heartbeat(beat)
    [signed] = heard
    with httpx2.Client(trust_env=False) as thief:
        answer = thief.request(signed.method, signed.url, headers=signed.headers, content=signed.content)
        assert answer.status_code == 200, answer.text  # the same word again, which changes nothing
        spoilt = (
            (signed.method, str(signed.url), signed.content.replace(b"0", b"7", 1)),
            ("PUT", str(signed.url).replace("heartbeat", "key"), signed.content),
            ("GET", str(signed.url).replace("station/heartbeat", "roster"), b""),
            (signed.method, f"{signed.url}?after=1", signed.content),
        )
        for method, url, body in spoilt:
            answer = thief.request(method, url, headers=_without_length(signed), content=body)
            assert answer.status_code in {401, 422}, (method, url, answer.text)
    an_hour_ago = PlatformClock(wall=lambda: time.time() - 3600)
    an_hour_ago.learn = lambda _: False  # type: ignore[method-assign]
    with PlatformClient(identity, clock=an_hour_ago) as late, pytest.raises(ClockSkewed):
        late.heartbeat(beat)
    before, thiefs = station_public_key(stage.bench.platform, identity.station_id), Ed25519PrivateKey.generate()
    with PlatformClient(identity) as client, pytest.raises(PlatformRefused):
        client.announce_key(key_change(identity.station_id, thiefs, Ed25519PrivateKey.generate()))
    assert before is not None
    after = station_public_key(stage.bench.platform, identity.station_id)
    assert after is not None
    assert before.thumbprint() == after.thumbprint()
    return "401, 422; the same word again changes nothing"


def sticks_with_traps(stage: Stage) -> str:
    """Files on a stick that are none: pipes that nobody writes to, folders, links to devices and to the station's own keys."""
    folder = stage.bench.folder / "traps"
    folder.mkdir()
    identity = StationIdentity.load(stage.bench.data_dir / "keys")
    os.mkfifo(folder / "pipe")
    (folder / "folder").mkdir()
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "keys").symlink_to(stage.bench.data_dir / "keys" / "ledger.key")
    begun, tried = time.monotonic(), 0
    with contextlib.closing(Ledger(stage.bench.data_dir)) as ledger:
        for trap in sorted(folder.iterdir()):
            with pytest.raises(ValueError, match="no file of receipts"):
                take_receipts(ledger, identity, trap)
            named = trap.with_name(trap.name + SUFFIX)
            trap.rename(named)
            with pytest.raises((ArchiveError, OSError)):
                import_archive(stage.bench.platform, named)
            tried += 2
    assert time.monotonic() - begun < 20, "a trap held it up"
    return f"{tried} refused"


def _event(data: dict[str, object]) -> dict[str, object]:
    return {"id": str(uuid4()), "cursor": "forged", "kind": "review", "at": AFTER, "data": data}


def _without_length(request: httpx2.Request) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name not in {"content-length", "host"}}


def _tar(name: str, kind: bytes) -> bytes:
    """An archive of another program's making."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "/etc/passwd"
        archive.addfile(member, io.BytesIO(b""))
    return file.getvalue()


ATTACKS = (
    forged_review_events,
    forged_revocation,
    forged_update_bundle,
    replayed_station_requests,
    sticks_with_traps,
)
