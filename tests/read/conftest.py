"""A small shard set of numbered records, and a cache of one's own."""

from __future__ import annotations

import importlib.util

import pytest

from albert_data import open_shards
from tests.model.make_shards import write_shards

LENGTH, PREDICTIONS, VOCABULARY = 16, 3, 100_000


def needs(package: str) -> None:
    """Skips a test where a package of others is not installed; one that cannot be imported fails it."""
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def numbered(tmp_path_factory):
    """37 records in three shards; the second piece of each is its number."""
    folder = tmp_path_factory.mktemp("numbered")
    write_shards(folder, [20, 0, 17], LENGTH, PREDICTIONS, VOCABULARY)
    return open_shards(folder)
