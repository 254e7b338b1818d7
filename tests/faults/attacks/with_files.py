"""Attacks by what is handed in: pictures and archives that unpack without end, and documents that others signed."""

from __future__ import annotations

import contextlib
import io
import json
import ssl
import struct
import threading
import zipfile
import zlib
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from joserfc.jwk import OKPKey
from PIL import Image
from stage import Stage

from appliance.certificates import ensure, tls_files
from appliance.ledger.store import Ledger
from appliance.outbox.export import take_receipts
from appliance.platform.archive import FIRST_LINE, ArchiveError
from appliance.platform.client import PlatformClient
from appliance.platform.documents import ROSTER_TYPE, DocumentError, sign_document
from appliance.platform.errors import PlatformError
from appliance.platform.identity import StationIdentity
from appliance.platform.reference.importing import import_archive
from appliance.platform.roster_store import RosterStore

_MOST_GROWN = 500_000_000  # bytes of memory; the bombs below would unpack to many times that
DOORS = ("/api/visit/import", "/api/visit/code-picture", "/api/visit/id-card", "/api/stand-in/person")


def picture_bombs(stage: Stage) -> str:
    """Small files that would unpack to gigabytes, at every door that takes a picture."""
    bombs = (
        _png(60_000, 60_000),
        _png(20_000, 20_000),
        _tiff_of_frames(),
        _zip_bomb(),
        b"\x89PNG\r\n\x1a\n" + b"\0" * 99,
    )
    before, answers = stage.memory(), set()
    with stage.tablet() as tablet:
        for door in DOORS:
            for data in bombs:
                method = "PUT" if door.startswith("/api/stand-in") else "POST"
                answer = tablet.request(method, door, content=data, headers={"Content-Type": "image/png"})
                assert 400 <= answer.status_code < 500, (door, answer.text)
                assert answer.json()["message"]["zh"]
                answers.add(answer.status_code)
    grown = stage.memory() - before
    assert grown < _MOST_GROWN, f"the station grew by {grown / 1e6:.0f} MB"
    return f"{', '.join(map(str, sorted(answers)))}; grew {grown / 1e6:.0f} MB"


def names_that_climb(stage: Stage) -> str:
    """Ids in paths that lead out of the folders they belong in, at every route that takes one."""
    tried = 0
    with stage.tablet() as tablet:
        for path, operations in stage.document()["paths"].items():
            if "{" not in path or "get" not in operations:
                continue
            for climbing in ("..%2f..%2fkeys%2fledger.key", "....", "%00", "a" * 3000, "..%5c..%5ckeys", "%ff%fe"):
                climb = path[: path.index("{")] + climbing + path[path.index("}") + 1 :]
                answer = tablet.get(climb)
                assert 400 <= answer.status_code < 500, (climb[:80], answer.status_code)
                tried += 1
    assert tried > 10
    return f"{tried} × 4xx"


def forged_archives(stage: Stage) -> str:
    """Receipts and archives on a stick that no platform of ours signed, that climb, or that unpack without end."""
    folder = stage.bench.folder / "stick"
    folder.mkdir(exist_ok=True)
    identity = StationIdentity.load(stage.bench.data_dir / "keys")
    receipt = json.dumps({"receipt_id": "r-1", "capture_id": "0" * 32, "state": "stored"}).encode()
    signed_by_a_stranger = sign_document(receipt, OKPKey.generate_key("Ed25519"), "receipt+json")
    with contextlib.closing(Ledger(stage.bench.data_dir)) as ledger:
        (folder / "receipts-forged.json").write_text(json.dumps({"receipts": [signed_by_a_stranger]}))
        taken = take_receipts(ledger, identity, folder / "receipts-forged.json")
        assert (taken.new, taken.known, len(taken.refused)) == (0, 0, 1)
        for text in ("[" * 100_000, "", '{"receipts": 7}', "\0"):
            (folder / "receipts-odd.json").write_text(text)
            with pytest.raises(ValueError, match="no file of receipts"):
                take_receipts(ledger, identity, folder / "receipts-odd.json")
    for content in (_zip_bomb(), FIRST_LINE + b"a" * 3_000_000, FIRST_LINE + b"a.b.c\n" + b"\xff" * 99, b""):
        (folder / "odd.station").write_bytes(content)
        with pytest.raises(ArchiveError):
            import_archive(stage.bench.platform, folder / "odd.station")
    return "refused, nothing taken"


def forged_roster_and_plan(stage: Stage) -> str:
    """A roster signed by somebody else: handed over, named as the day's plan, and laid beside the real ones."""
    identity = StationIdentity.load(stage.bench.data_dir / "keys")
    stranger = OKPKey.generate_key("Ed25519")
    plan = stage.door.get("/api/state")["plan"]
    body = json.dumps({"plan": plan, "serial": 999, "entries": []}).encode()
    store = RosterStore(stage.bench.data_dir / "rosters", identity)
    for key in (stranger, OKPKey.generate_key("Ed25519", {"kid": identity.signing_keys[0].kid or "platform"})):
        with pytest.raises(DocumentError):
            store.add(sign_document(body, key, ROSTER_TYPE), datetime.now(UTC))
    laid = stage.bench.data_dir / "rosters" / "forged.jws"
    laid.write_text(sign_document(body, stranger, ROSTER_TYPE))
    try:
        assert stage.door.get("/api/state")["plan"] == plan
        assert len(stage.door.get("/api/plans")["plans"]) == 1
    finally:
        laid.unlink()
    return "refused: signature"


def somebody_else_as_platform(stage: Stage) -> str:
    """A machine that answers at the platform's address with its own certificate, to plant a review result."""
    asked: list[str] = []

    class Impostor(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = json.dumps({"cursor": "x", "events": [{"kind": "review", "data": {}}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    keys = stage.bench.folder / "impostor"
    ensure(keys, ("localhost", "127.0.0.1"), datetime.now(UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls_files(keys).certificate, tls_files(keys).key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Impostor)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        real = StationIdentity.load(stage.bench.data_dir / "keys")
        deceived = StationIdentity(
            real.station_id,
            real.name,
            f"https://127.0.0.1:{server.server_port}",
            real.key,
            real.signing_keys,
            real.sealing_key,
        )
        with PlatformClient(deceived) as client, pytest.raises(PlatformError):
            client.events()
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []
    return "refused: certificate"


def _png(width: int, height: int) -> bytes:
    """A PNG of one colour whose rows compress to nearly nothing; only the first hundred rows are there."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * (3 * width + 1) * min(height, 100), 9)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _tiff_of_frames() -> bytes:
    """One file with many large pages."""
    file = io.BytesIO()
    page = Image.new("1", (9000, 9000))
    page.save(file, "TIFF", compression="group4", save_all=True, append_images=[page] * 20)
    return file.getvalue()


def _zip_bomb() -> bytes:
    """Names that climb, and members of zeros."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../../etc/cron.d/evil", "* * * * * root true")
        archive.writestr("zeros", b"\0" * 5_000_000)
    return file.getvalue()


ATTACKS = (picture_bombs, names_that_climb, forged_archives, forged_roster_and_plan, somebody_else_as_platform)
