"""Google Cloud Storage and S3 for `albert_data.storage.paths`, with the credentials and options of Beam.

Beam's own files are not used for reading: its gs:// and s3:// readers ask for an object's metadata
first and fetch 16 MiB at least, while a shard needs some kilobytes of every block. One call here is
one request for exactly the bytes asked for. Both libraries try again by themselves after an error of
the network or the server: Google's for ALBERT_DATA_RETRY_SECONDS (120), boto3 AWS_MAX_ATTEMPTS (10)
times. The first request of a process to each bucket must be answered in ten seconds (`base/contact.py`).
What does not answer, or lets nobody in, is a NetworkError; all else an OSError.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import GoogleCloudOptions, PipelineOptions, S3Options

from albert_data.base import contact
from albert_data.base.errors import ConfigError, DataError, NetworkError
from albert_data.storage import google_credentials
from albert_data.storage.paths import READERS, Status, Store, register

_SECONDS = "ALBERT_DATA_RETRY_SECONDS"
_ATTEMPTS = {"AWS_RETRY_MODE": "standard", "AWS_MAX_ATTEMPTS": "10"}
READ_SECONDS = 60  # between two bytes of an answer
_LOG_IN = {
    "gs": google_credentials.LOG_IN,
    "s3": "name them in AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --s3_…",
}
_RIGHTS = {
    "gs": "give it the role Storage Object User on the bucket",
    "s3": "give it s3:ListBucket on the bucket and s3:GetObject, PutObject and DeleteObject in it",
}


def _options() -> PipelineOptions:
    return FileSystems._pipeline_options or PipelineOptions([])


def _failure(path: str, code: Any, error: Exception, account: str) -> OSError | DataError:
    """The error of an answer; `account` is whose credentials were sent, nothing where there were none."""
    scheme = path.partition(":")[0]
    reason = str(error).strip().split("\n")[0]
    if code == 404:
        return OSError(errno.ENOENT, "no such object or bucket", path)
    if code == 403 and account:
        fix = f"{_RIGHTS[scheme]} (docs/cloud.md)"
        return NetworkError(f"{account} has no permission", where=path, fix=fix)
    if code in (401, 403):
        problem = (
            f"the credentials of {account} are not valid" if account else "no credentials found"
        )
        return NetworkError(problem, where=path, fix=f"{_LOG_IN[scheme]} (docs/cloud.md)")
    if code is not None and code >= 500:
        fix = "wait until it is well again; the same command goes on where it was"
        return NetworkError(f"the store answers {int(code)} at every try", where=path, fix=fix)
    return OSError(errno.EIO, reason, path)


class _FirstContacts:
    """Which buckets have answered this process already."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._lock = threading.Lock()

    def make(self, bucket: str, request: Callable[[], None]) -> None:
        """Calls `request` unless a call for this bucket has succeeded."""
        with self._lock:
            if bucket not in self._known:
                request()
                self._known.add(bucket)


def _retry_seconds() -> float:
    given = os.environ.get(_SECONDS, "120")
    try:
        return float(given)
    except ValueError:
        fix = f"write {_SECONDS}=120"
        raise ConfigError(f"not a number of seconds: {given!r}", where=_SECONDS, fix=fix) from None


def _bounded_adapter() -> Any:
    """Connections of `requests` that are given up, and tried again, after seconds."""
    from requests.adapters import HTTPAdapter

    class Bounded(HTTPAdapter):
        def send(self, *arguments: Any, **named: Any) -> Any:
            return super().send(
                *arguments, **{**named, "timeout": (contact.patience(), READ_SECONDS)}
            )

    return Bounded(pool_maxsize=READERS)


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
        from google.cloud.storage.retry import DEFAULT_RETRY

        self.options = options
        self.retry = DEFAULT_RETRY.with_timeout(_retry_seconds())
        self.account = ""
        self.client: Any = None  # from the first contact on
        self._contacts = _FirstContacts()

    def _greet(self, path: str) -> None:
        """Asks the store for anything at all, without credentials, whose servers may be silent too."""
        import requests

        host = os.environ.get("STORAGE_EMULATOR_HOST") or "https://storage.googleapis.com"
        url = host if "://" in host else f"http://{host}"
        seconds = contact.patience()
        contact.answered(
            lambda: requests.get(url, timeout=seconds, stream=True).close(),
            url.partition("://")[2].rstrip("/"),
            path,
            "STORAGE_EMULATOR_HOST names another",
        )
        self.client = self._logged_in()

    def _logged_in(self) -> Any:
        """Google's client, with the credentials that Beam's options name, or with none."""
        from apache_beam.io.gcp.gcsio import create_storage_client

        scopes = self.options.view_as(GoogleCloudOptions).gcp_oauth_scopes
        emulated = "STORAGE_EMULATOR_HOST" in os.environ
        found = not emulated and google_credentials.account_found(scopes)
        client = create_storage_client(self.options, use_credentials=found)
        for scheme in ("http://", "https://"):
            client._http.mount(scheme, _bounded_adapter())
        if found:
            self.account = google_credentials.refreshed(client._credentials)
        return client

    @contextmanager
    def _blob(self, path: str) -> Iterator[Any]:
        from google.api_core.exceptions import GoogleAPICallError, RetryError
        from google.auth.exceptions import GoogleAuthError
        from requests import RequestException

        bucket, name = _split(path)
        self._contacts.make("", lambda: self._greet(path))
        try:
            yield self.client.bucket(bucket).blob(name)
        except GoogleAPICallError as error:
            raise _failure(path, error.code, error, self.account) from None
        except GoogleAuthError as error:
            raise _failure(path, 401, error, self.account) from None
        except RetryError as error:
            code = getattr(error.cause, "code", None)
            if code is None and error.cause and contact.is_of_the_network(error.cause):
                raise self._gone(path, error.cause) from None
            cause = error.cause if isinstance(error.cause, Exception) else error
            raise _failure(path, code, cause, self.account) from None
        except RequestException as error:
            raise self._gone(path, error) from None

    def _gone(self, path: str, error: BaseException) -> NetworkError:
        """The store answered once, and now does not."""
        host = os.environ.get("STORAGE_EMULATOR_HOST") or "storage.googleapis.com"
        setting = f"it was tried again for {_retry_seconds():g} s ({_SECONDS})"
        return contact.unreachable(host.partition("://")[2] or host, path, setting, error)

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
        import boto3
        import botocore.session
        from botocore import UNSIGNED
        from botocore.config import Config

        for name, value in _ATTEMPTS.items():
            os.environ.setdefault(name, value)
        given = options.view_as(S3Options)
        seconds = contact.patience()
        waits = Config(
            connect_timeout=seconds, read_timeout=READ_SECONDS, max_pool_connections=READERS
        )
        # The default of all clients of the session: those that fetch credentials have theirs from it.
        below = botocore.session.get_session()
        below.set_default_client_config(waits)
        self._session = boto3.Session(botocore_session=below)
        named = {
            "service_name": "s3",
            "region_name": given.s3_region_name,
            "api_version": given.s3_api_version,
            "use_ssl": not given.s3_disable_ssl,
            "verify": given.s3_verify,
            "endpoint_url": given.s3_endpoint_url,
        }
        self._keys = {
            "aws_access_key_id": given.s3_access_key_id,
            "aws_secret_access_key": given.s3_secret_access_key,
            "aws_session_token": given.s3_session_token,
        }
        once = Config(
            signature_version=UNSIGNED, retries={"total_max_attempts": 1}, read_timeout=seconds
        )
        self._once = self._session.client(config=once, **named)
        self._named = named
        self.client: Any = None  # from the first contact on
        self._contacts = _FirstContacts()
        self.account = ""

    def _log_in(self) -> None:
        if self._keys["aws_access_key_id"]:
            self.account = "--s3_access_key_id"
            return
        found = self._session.get_credentials()
        if found is not None:
            found.get_frozen_credentials()
            self.account = f"the AWS account ({found.method})"

    def _greet(self, path: str) -> None:
        """Asks for the bucket, without credentials, whose servers may be silent too."""
        from botocore.exceptions import ClientError

        bucket, _ = _split(path)

        def request() -> None:
            with suppress(ClientError):  # an answer
                self._once.head_bucket(Bucket=bucket)

        url = self._once.meta.endpoint_url
        setting = "AWS_ENDPOINT_URL, AWS_REGION or --s3_endpoint_url name another"
        contact.answered(request, url.partition("://")[2], path, setting)
        if self.client is None:
            contact.answered(
                self._log_in,
                "the source of AWS credentials (single sign-on, a role, this machine)",
                path,
                "AWS_PROFILE or AWS_ACCESS_KEY_ID name others",
            )
            self.client = self._session.client(**self._named, **self._keys)

    @contextmanager
    def _object(self, path: str) -> Iterator[dict[str, str]]:
        from boto3.exceptions import S3UploadFailedError
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

        bucket, name = _split(path)
        self._contacts.make(bucket, lambda: self._greet(path))
        try:
            yield {"Bucket": bucket, "Key": name}
        except (ClientError, S3UploadFailedError) as error:
            # An upload's error is of the other class, and has the answer below it.
            answer = error if isinstance(error, ClientError) else error.__context__
            response = getattr(answer, "response", {}).get("ResponseMetadata", {})
            raise _failure(path, response.get("HTTPStatusCode"), error, self.account) from None
        except NoCredentialsError as error:
            raise _failure(path, 401, error, "") from None
        except BotoCoreError as error:
            if not contact.is_of_the_network(error):
                raise _failure(path, None, error, self.account) from None
            setting = f"it was tried {os.environ['AWS_MAX_ATTEMPTS']} times (AWS_MAX_ATTEMPTS)"
            host = self._once.meta.endpoint_url.partition("://")[2]
            raise contact.unreachable(host, path, setting, error) from None

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
