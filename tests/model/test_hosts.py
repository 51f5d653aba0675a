import dataclasses

import pytest

from albert_data.base.errors import DataError
from albert_data.config.settings import Config
from model.hosts import check_hosts, own_shards, uneven
from model.shards import ShardSet

FIVE = ShardSet(
    folder="gs://bucket/shards",
    max_length=16,
    max_predictions=3,
    objective="sop",
    vocabulary_size=97,
    vocabulary_sha256="",
    normalization="albert",
    names=tuple("abcde"),
    records=(5, 3, 4, 6, 2),
    sizes=(1,) * 5,
)
HERE = dataclasses.replace(FIVE, folder="shards")
UNMASKED = dataclasses.replace(FIVE, dynamic=Config())


def test_each_shard_is_read_by_one_host():
    assert [own_shards(FIVE, host, 2) for host in range(2)] == [[0, 2, 4], [1, 3]]


def test_hosts_without_a_shard_are_refused():
    with pytest.raises(DataError, match="(?s)5 shards cannot feed 6 hosts.*shards.count=6"):
        uneven(FIVE, 6)


def test_unequal_shares_are_told():
    assert uneven(FIVE, 1) == ""
    assert "5 shards on 2 hosts" in uneven(FIVE, 2) and "1.2 times as often" in uneven(FIVE, 2)


@pytest.mark.parametrize(
    "shards, message",
    [(HERE, "a folder of this machine, and 2 hosts"), (UNMASKED, "masking.mode: dynamic.*2 hosts")],
)
def test_what_only_the_leading_process_could_do_is_refused_of_several_hosts(shards, message):
    with pytest.raises(DataError, match=message):
        check_hosts(shards, 2, led=True)
    check_hosts(shards, 1, led=True)
    check_hosts(shards, 2, led=False)  # each host reads and masks for itself


def test_masked_shards_in_a_store_are_read_by_any_number_of_hosts():
    check_hosts(FIVE, 4, led=True)
