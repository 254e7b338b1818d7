"""Pictures in S3-compatible storage (`[batch]` extra: boto3), judged as files are.

`s3://BUCKET/PREFIX?endpoint=http://HOST:PORT&region=REGION`; keys come from the environment, as with any S3 client. A worker
fetches the picture it judges; nothing is kept on disk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qs, urlsplit

from appliance.portrait.errors import BucketUnreachable, EngineMissing

SCHEME = "s3://"


@dataclass(frozen=True, slots=True)
class BucketPicture:
    """One object; its size in bytes and its ETag say which version of it."""

    bucket: str
    key: str
    endpoint: str | None
    region: str
    size: int
    etag: str

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.key}"

    @property
    def suffix(self) -> str:
        """The end of its name, `.jpg`."""
        return PurePosixPath(self.key).suffix

    def read_bytes(self) -> bytes:
        """All of it. Raises `OSError` with the store's reason."""
        client, failures = _client(self.endpoint, self.region)
        try:
            body: bytes = client.get_object(Bucket=self.bucket, Key=self.key)["Body"].read()
        except failures as error:
            raise OSError(f"{self}: {error}") from error
        return body


def pictures_in(address: str, suffixes: Collection[str]) -> list[BucketPicture]:
    """What lies below an address under names that end in one of `suffixes`, by name.

    Raises ValueError for an address that is none, `BucketUnreachable`, `EngineMissing` without boto3.
    """
    parts = urlsplit(address)
    if not parts.netloc:
        raise ValueError(f"{address}: a bucket is named as {SCHEME}BUCKET/PREFIX?endpoint=http://HOST:PORT")
    query = parse_qs(parts.query)
    endpoint, region = query.get("endpoint", [None])[0], query.get("region", ["us-east-1"])[0]
    return sorted(
        (
            BucketPicture(parts.netloc, found["Key"], endpoint, region, found["Size"], found["ETag"].strip('"'))
            for found in _listed(parts.netloc, parts.path.lstrip("/"), endpoint, region)
            if PurePosixPath(found["Key"]).suffix.lower() in suffixes
        ),
        key=lambda picture: picture.key,
    )


def _listed(bucket: str, prefix: str, endpoint: str | None, region: str) -> Iterator[dict[str, Any]]:
    client, failures = _client(endpoint, region)
    try:
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            yield from page.get("Contents", [])
    except failures as error:
        raise BucketUnreachable(
            f"读不到存储桶 {bucket}：{error}", f"the bucket {bucket} cannot be listed: {error}"
        ) from error


@cache
def _client(endpoint: str | None, region: str) -> tuple[Any, tuple[type[Exception], ...]]:
    """One client a process, and what it raises."""
    try:
        import boto3  # noqa: PLC0415 - optional, and slow to load
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise EngineMissing("没有安装 boto3", "boto3 is not installed: pip install 'capture-station[batch]'") from error
    return boto3.client("s3", endpoint_url=endpoint, region_name=region), (BotoCoreError, ClientError)
