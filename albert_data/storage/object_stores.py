"""Google Cloud Storage and S3 for `albert_data.storage.paths`, with the credentials and options of Beam.

Beam's own files are not used for reading: its gs:// and s3:// readers ask for an object's metadata
first and fetch 16 MiB at least, while a shard needs some kilobytes of every block. One call here is
one request for exactly the bytes asked for. Both libraries try again by themselves after an error of
the network or the server: Google's for ALBERT_DATA_RETRY_SECONDS (120), boto3 AWS_MAX_ATTEMPTS (10)
times.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

from albert_data.base.errors import ConfigError
from albert_data.storage.paths import READERS, Status, Store, register

_SECONDS = "ALBERT_DATA_RETRY_SECONDS"
_ATTEMPTS = {"AWS_RETRY_MODE": "standard", "AWS_MAX_ATTEMPTS": "10"}
_REASONS = {
    401: (errno.EACCES, "no valid credentials"),
    403: (errno.EACCES, "no permission"),
    404: (errno.ENOENT, "no such object or bucket"),
}


def _options() -> PipelineOptions:
    return FileSystems._pipeline_options or PipelineOptions([])


def _failure(path: str, code: Any, error: Exception) -> OSError:
    reason = str(error).strip().split("\n")[0]
    if code is not None and code >= 500:
        reason = f"the store answers {int(code)} at every try"
    return OSError(*_REASONS.get(code, (errno.EIO, reason)), path)


def _kind(error: Exception) -> str:
    """The error below the layers of a network library, by its class."""
    inner = getattr(error.args[0] if error.args else None, "reason", None)
    return type(inner or error).__name__


def _retry_seconds() -> float:
    given = os.environ.get(_SECONDS, "120")
    try:
        return float(given)
    except ValueError:
        fix = f"write {_SECONDS}=120"
        raise ConfigError(f"not a number of seconds: {given!r}", where=_SECONDS, fix=fix) from None


def _split(path: str) -> tuple[str, str]:
    """Bucket and name."""
    bucket, _, name = path.partition("://")[2].partition("/")
    return bucket, name


def _side_by_side(function: Callable[[str], None], paths: Sequence[str]) -> None:
    with ThreadPoolExecutor(READERS) as pool:
        list(pool.map(function, paths))


class GoogleStore(Store):
    """gs:// with Google's own client."""

    def __init__(self, options: PipelineOptions) -> None:
        from apache_beam.io.gcp.gcsio import create_storage_client
        from google.cloud.storage.retry import DEFAULT_RETRY
        from requests.adapters import HTTPAdapter

        emulated = "STORAGE_EMULATOR_HOST" in os.environ
        self.client = create_storage_client(options, use_credentials=not emulated)
        for scheme in ("http://", "https://"):
            self.client._http.mount(scheme, HTTPAdapter(pool_maxsize=READERS))
        self.retry = DEFAULT_RETRY.with_timeout(_retry_seconds())

    @contextmanager
    def _blob(self, path: str) -> Iterator[Any]:
        from google.api_core.exceptions import GoogleAPICallError, RetryError
        from google.auth.exceptions import GoogleAuthError
        from requests import RequestException

        bucket, name = _split(path)
        try:
            yield self.client.bucket(bucket).blob(name)
        except GoogleAPICallError as error:
            raise _failure(path, error.code, error) from None
        except GoogleAuthError as error:
            raise _failure(path, 401, error) from None
        except RetryError as error:
            raise _failure(path, getattr(error.cause, "code", None), error.cause or error) from None
        except RequestException as error:
            raise OSError(errno.EIO, f"the store cannot be reached: {_kind(error)}", path) from None

    def status(self, path: str) -> Status:
        with self._blob(path) as blob:
            blob.reload(retry=self.retry)
            sums = (("md5", blob.md5_hash), ("crc32c", blob.crc32c))  # composed objects have no MD5
            content = next((f"{name} {value}" for name, value in sums if value), "")
            return Status(blob.size, str(blob.generation), content)

    def read(self, path: str, begin: int, end: int | None) -> bytes:
        last = None if end is None else end - 1
        with self._blob(path) as blob:
            content: bytes = blob.download_as_bytes(
                start=begin or None, end=last, raw_download=True, checksum=None, retry=self.retry
            )
            return content

    def write(self, path: str, source: Path) -> None:
        with self._blob(path) as blob:
            kind = "application/octet-stream"
            blob.upload_from_filename(str(source), content_type=kind, retry=self.retry)

    def create(self, path: str, content: bytes) -> bool:
        from google.api_core.exceptions import PreconditionFailed

        with self._blob(path) as blob:
            try:
                blob.upload_from_string(content, if_generation_match=0, retry=self.retry)
            except PreconditionFailed:
                return False
        return True

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        bucket, name = _split(prefix)
        with self._blob(prefix):
            for blob in self.client.list_blobs(bucket, prefix=name, retry=self.retry):
                yield f"gs://{bucket}/{blob.name}", blob.size

    def delete(self, paths: Sequence[str]) -> None:
        _side_by_side(self._delete, paths)

    def _delete(self, path: str) -> None:
        try:
            with self._blob(path) as blob:
                blob.delete(retry=self.retry)
        except FileNotFoundError:
            pass


class AmazonStore(Store):
    """s3://, and servers that speak its protocol."""

    def __init__(self, options: PipelineOptions) -> None:
        from apache_beam.io.aws.clients.s3.boto3_client import Client

        for name, value in _ATTEMPTS.items():
            os.environ.setdefault(name, value)
        self.client = Client(options).client

    @contextmanager
    def _object(self, path: str) -> Iterator[dict[str, str]]:
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

        bucket, name = _split(path)
        try:
            yield {"Bucket": bucket, "Key": name}
        except ClientError as error:
            code = error.response["ResponseMetadata"].get("HTTPStatusCode")
            raise _failure(path, code, error) from None
        except NoCredentialsError as error:
            raise _failure(path, 401, error) from None
        except BotoCoreError as error:
            raise _failure(path, None, error) from None

    def status(self, path: str) -> Status:
        with self._object(path) as which:
            found = self.client.head_object(**which)
            tag = found["ETag"].strip('"')
            return Status(found["ContentLength"], tag, f"etag {tag}")

    def read(self, path: str, begin: int, end: int | None) -> bytes:
        last = "" if end is None else str(end - 1)
        ranged = {"Range": f"bytes={begin}-{last}"} if begin or last else {}
        with self._object(path) as which:
            content: bytes = self.client.get_object(**which, **ranged)["Body"].read()
            return content

    def write(self, path: str, source: Path) -> None:
        with self._object(path) as which:
            self.client.upload_file(str(source), *which.values())

    def create(self, path: str, content: bytes) -> bool:
        try:
            with self._object(path) as which:
                self.client.put_object(**which, Body=content, IfNoneMatch="*")
        except OSError as error:
            if "PreconditionFailed" in str(error):
                return False
            raise
        return True

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        bucket, name = _split(prefix)
        with self._object(prefix):
            pages = self.client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=bucket, Prefix=name):
                for found in page.get("Contents", ()):
                    yield f"s3://{bucket}/{found['Key']}", found["Size"]

    def delete(self, paths: Sequence[str]) -> None:
        _side_by_side(self._delete, paths)

    def _delete(self, path: str) -> None:
        with self._object(path) as which:
            self.client.delete_object(**which)


@cache
def _store(scheme: str) -> Store:
    """One client a process, safe for threads."""
    kind, extra = {"gs": (GoogleStore, "gcp"), "s3": (AmazonStore, "aws")}[scheme]
    try:
        return kind(_options())
    except (ImportError, AssertionError):  # Beam asserts that boto3 is there
        raise ConfigError(
            f"{scheme}:// needs client libraries that are not installed",
            where=f"{scheme}://",
            fix=f"pip install 'albert-data[{extra}]'",
        ) from None


def register_all() -> None:
    """Makes `gs://` and `s3://` known to `paths.py`."""
    register("gs", lambda: _store("gs"))
    register("s3", lambda: _store("s3"))
