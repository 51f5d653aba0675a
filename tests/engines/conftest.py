"""Servers for the engine tests, one of each a run."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.engines import flink as flink_cluster
from tests.engines.servers import (
    ENGINES,
    amazon_storage,
    free_port,
    google_storage,
    listens,
    running,
)
from tests.engines.stores import known_here


def pytest_collection_modifyitems(items):
    missing = [n for n in ("gcp_storage_emulator", "moto") if importlib.util.find_spec(n) is None]
    for item in items:
        if Path(__file__).parent in item.path.parents and missing:
            item.add_marker(pytest.mark.skip(reason=f"run by `make test-engines` ({missing})"))


@pytest.fixture(scope="session")
def google(tmp_path_factory):
    """(server, environment) of the emulator of Google Cloud Storage."""
    port = free_port()
    server = google_storage(tmp_path_factory.mktemp("google"), port)
    with running(server, lambda: listens(port)):
        yield server, {"STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{port}"}


@pytest.fixture(scope="session")
def amazon(tmp_path_factory):
    """(server, environment) of a server that speaks S3's protocol, with a bucket called `bucket`."""
    import boto3

    port = free_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    server = amazon_storage(tmp_path_factory.mktemp("amazon"), port)
    with running(server, lambda: listens(port)):
        boto3.client(
            "s3",
            endpoint_url=environment["AWS_ENDPOINT_URL"],
            aws_access_key_id="any",
            aws_secret_access_key="any",
            region_name="us-east-1",
        ).create_bucket(Bucket="bucket")
        yield server, environment


@pytest.fixture(params=["gs", "s3"])
def store(request):
    """(scheme, environment) of a store, known to this process too."""
    name = {"gs": "google", "s3": "amazon"}[request.param]
    _, environment = request.getfixturevalue(name)
    with known_here(environment):
        yield request.param, environment


@pytest.fixture(scope="session")
def flink(tmp_path_factory):
    if not (ENGINES / "flink").is_dir():
        pytest.skip("run by `make test-flink`, which fetches Flink")
    with flink_cluster.cluster(tmp_path_factory.mktemp("flink")) as running_cluster:
        yield running_cluster
