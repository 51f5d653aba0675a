"""The version of this package in a container image, as its registry tells without a pull.

`docker/build.sh` labels images with it (`org.opencontainers.image.version`). Registries speak the
distribution protocol of the Open Container Initiative: a manifest names the configuration, which holds
labels and environment. A registry that wants a token says where to get one.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, NamedTuple

from albert_data.base import contact
from albert_data.base.errors import ConfigError, NetworkError

LABEL = "org.opencontainers.image.version"
_KINDS = ", ".join(
    f"application/vnd.{kind}+json"
    for kind in (
        "oci.image.index.v1", "oci.image.manifest.v1", "docker.distribution.manifest.list.v2",
        "docker.distribution.manifest.v2",
    )
)  # fmt: skip
_FIX = "push it with docker/build.sh and docker push (docs/cloud.md), or check the name"


class Image(NamedTuple):
    """A parsed name: `[HOST/]NAME[:TAG|@DIGEST]`."""

    host: str
    name: str
    reference: str


class Labels(NamedTuple):
    """What an image says: the version of this package, and its Python's; empty where it does not."""

    version: str
    python: str


def parse(image: str) -> Image:
    """The parts of an image's name.

    Raises:
        ConfigError: it is none.
    """
    match = re.fullmatch(
        r"(?:(?P<host>[^/]*[.:][^/]*|localhost)/)?(?P<name>[a-z0-9][a-z0-9._/-]*)"
        r"(?::(?P<tag>[\w.-]+))?(?:@(?P<digest>[a-z0-9]+:[0-9a-f]+))?",
        image,
    )
    if not match:
        fix = "write --sdk_container_image=HOST/NAME:TAG"
        raise ConfigError(
            f"not the name of an image: {image!r}", where="--sdk_container_image", fix=fix
        )
    host, name, tag, digest = match.group("host", "name", "tag", "digest")
    if not host:
        host, name = "registry-1.docker.io", name if "/" in name else f"library/{name}"
    return Image(host, name, digest or tag or "latest")


def labels(image: str, google_token: str = "") -> Labels:
    """Asks the image's registry.

    Args:
        google_token: for a registry of Google's.

    Raises:
        ConfigError: there is no such image, or it may not be read.
        NetworkError: no answer.
    """
    parsed = parse(image)
    plain = parsed.host.partition(":")[0] in ("localhost", "127.0.0.1")
    base = f"{'http' if plain else 'https'}://{parsed.host}/v2/{parsed.name}"
    asker = _Asker(parsed.host, image, google_token)
    manifest = asker.fetch(f"{base}/manifests/{parsed.reference}")
    if "manifests" in manifest:  # one for each platform
        fitting = [
            m for m in manifest["manifests"] if m.get("platform", {}).get("architecture") == "amd64"
        ]
        if not fitting:
            raise ConfigError("no image for amd64 machines", where=image, fix="build it for them")
        manifest = asker.fetch(f"{base}/manifests/{fitting[0]['digest']}")
    config = asker.fetch(f"{base}/blobs/{manifest['config']['digest']}").get("config", {})
    environment = dict(entry.partition("=")[::2] for entry in config.get("Env") or [])
    return Labels(
        (config.get("Labels") or {}).get(LABEL, ""), environment.get("PYTHON_VERSION", "")
    )


class _Asker:
    """Requests to one registry, with the token that it wants."""

    def __init__(self, host: str, image: str, google_token: str) -> None:
        self.host, self.image = host, image
        google = host == "gcr.io" or host.endswith((".gcr.io", ".pkg.dev"))
        self.authorization = f"Bearer {google_token}" if google and google_token else ""

    def fetch(self, url: str) -> Any:
        try:
            return self._get(url)
        except urllib.error.HTTPError as error:
            error.close()
            challenge = error.headers.get("WWW-Authenticate", "")
            if error.code != 401 or not challenge.startswith("Bearer ") or self.authorization:
                raise self._refused(error.code) from None
        parts = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        query = {name: parts[name] for name in ("service", "scope") if name in parts}
        try:
            token = self._get(f"{parts['realm']}?{urllib.parse.urlencode(query)}")
            self.authorization = f"Bearer {token.get('token') or token['access_token']}"
            return self._get(url)
        except urllib.error.HTTPError as error:
            error.close()
            raise self._refused(error.code) from None

    def _get(self, url: str) -> Any:
        headers = {"Accept": _KINDS}
        if self.authorization:
            headers["Authorization"] = self.authorization
        request = urllib.request.Request(url, headers=headers)
        seconds = contact.patience()

        def ask() -> bytes:
            with urllib.request.urlopen(request, timeout=seconds) as answer:
                content: bytes = answer.read()
                return content

        host = urllib.parse.urlsplit(url).netloc
        content = contact.answered(ask, host, self.image, "--sdk_container_image names it")
        try:
            return json.loads(content)
        except ValueError:
            raise NetworkError(
                f"{host} is no registry of images", where=self.image, fix=_FIX
            ) from None

    def _refused(self, code: int) -> ConfigError | NetworkError:
        if code == 404:
            return ConfigError("there is no such image", where=self.image, fix=_FIX)
        if code in (401, 403):
            fix = "give your account the role Artifact Registry Reader; workers need it too (docs/cloud.md)"
            return ConfigError("the image may not be read", where=self.image, fix=fix)
        return NetworkError(f"its registry answers {code}", where=self.image, fix="try again later")
