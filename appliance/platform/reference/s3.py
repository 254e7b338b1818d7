"""Objects in S3-compatible storage (extra `[platform]`: boto3). Seen to work with SeaweedFS 4.48, which refuses wrong digests and
honours `If-None-Match: *`.

An object is written only where none is yet; where one is, it is read and compared, and replaced only if it differs. So of many
that store the same at once one writes, and no one sees half of it. The store checks the SHA-256 sent along before it says yes.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .storage import StorageMissing, StorageUnavailable

_THERE_ALREADY = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
_MISSING = {"NoSuchKey", "NoSuchBucket", "404"}


@dataclass(frozen=True, slots=True)
class S3Address:
    """`s3://BUCKET/PREFIX?endpoint=http://HOST:PORT&region=REGION`; keys come from the environment, as with any S3 client."""

    bucket: str
    prefix: str
    endpoint: str | None
    region: str

    @classmethod
    def read(cls, url: str) -> S3Address:
        """The parts of an address. ValueError, with the form it should have."""
        parts = urlsplit(url)
        if parts.scheme != "s3" or not parts.netloc:
            raise ValueError(f"{url!r}: object storage is named as s3://BUCKET/PREFIX?endpoint=http://HOST:PORT")
        query = parse_qs(parts.query)
        prefix = parts.path.strip("/")
        return cls(
            bucket=parts.netloc,
            prefix=f"{prefix}/" if prefix else "",
            endpoint=query.get("endpoint", [None])[0],
            region=query.get("region", ["us-east-1"])[0],
        )


class S3Store:
    """Named byte strings in one bucket, made when it is not there. Raises `StorageMissing`, `StorageUnavailable`."""

    def __init__(self, address: S3Address) -> None:
        if find_spec("boto3") is None:
            raise StorageMissing("S3-compatible storage", "boto3")
        import boto3  # noqa: PLC0415 - only where S3 is chosen
        from botocore.config import Config  # noqa: PLC0415

        config = Config(
            retries={"mode": "standard", "max_attempts": 4},
            connect_timeout=5,
            read_timeout=30,
            s3={"addressing_style": "path"},
            max_pool_connections=40,
        )
        self._address = address
        self._client: Any = boto3.client("s3", endpoint_url=address.endpoint, region_name=address.region, config=config)
        self._make_bucket()

    def put(self, key: str, pieces: Iterable[bytes]) -> None:
        """Store `pieces` joined, under `key`, whole or not at all."""
        data = b"".join(pieces)
        checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
        wanted = {**self._named(key), "Body": data, "ChecksumSHA256": checksum}
        with _failures():
            try:
                self._client.put_object(**wanted, IfNoneMatch="*")
            except self._client.exceptions.ClientError as error:
                if _code(error) not in _THERE_ALREADY:
                    raise
                if self._client.get_object(**self._named(key))["Body"].read() != data:
                    self._client.put_object(**wanted)

    def get(self, key: str) -> bytes:
        """All bytes of `key`. FileNotFoundError when it does not exist."""
        with _failures():
            try:
                data: bytes = self._client.get_object(**self._named(key))["Body"].read()
            except self._client.exceptions.ClientError as error:
                if _code(error) in _MISSING:
                    raise FileNotFoundError(errno.ENOENT, "no such object", key) from error
                raise
        return data

    def delete(self, key: str) -> None:
        """Remove `key`; nothing happens when it does not exist."""
        with _failures():
            self._client.delete_object(**self._named(key))

    def keys(self, folder: str, older_than_s: float = 0.0) -> Iterator[str]:
        """Names below `folder`, written at least `older_than_s` seconds ago."""
        newest = time.time() - older_than_s
        with _failures():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._address.bucket, Prefix=f"{self._address.prefix}{folder}/"
            )
            for page in pages:
                for found in page.get("Contents", []):
                    if found["LastModified"].timestamp() <= newest:
                        yield found["Key"].removeprefix(self._address.prefix)

    def _named(self, key: str) -> dict[str, str]:
        if ".." in key.split("/"):
            raise ValueError(f"object name {key!r} leaves the store")
        return {"Bucket": self._address.bucket, "Key": self._address.prefix + key}

    def _make_bucket(self) -> None:
        with _failures():
            try:
                self._client.head_bucket(Bucket=self._address.bucket)
            except self._client.exceptions.ClientError as error:
                if _code(error) not in _MISSING:
                    raise
                try:
                    self._client.create_bucket(Bucket=self._address.bucket)
                except (
                    self._client.exceptions.BucketAlreadyOwnedByYou,
                    self._client.exceptions.BucketAlreadyExists,
                ):  # another process was first
                    return


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def _failures() -> Iterator[None]:
    """What the client raises becomes `StorageUnavailable`, which is answered 503: the station comes again."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StorageUnavailable(f"object storage: {error}") from error
