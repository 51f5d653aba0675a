"""Batches and records of shard sets: against what was written, for any number of hosts."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pytest

from albert_data import open_shards
from albert_data.base.errors import ConfigError, DataError
from tests.model.make_shards import example, write_shards

LENGTH, PREDICTIONS, VOCABULARY = 16, 3, 100_000
NAMES = (
    "input_ids", "input_mask", "segment_ids", "masked_lm_positions", "masked_lm_ids",
    "masked_lm_weights", "next_sentence_labels",
)  # fmt: skip


def made(folder, counts, gzip=False):
    write_shards(folder, counts, LENGTH, PREDICTIONS, VOCABULARY, gzip)
    return open_shards(folder)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


def numbers(batches) -> list[int]:
    """Numbers of the records of batches, in order: their second piece."""
    return [int(number) for batch in batches for number in batch["input_ids"][:, 1]]


def some(shards, batch_size, count, **more) -> list[int]:
    """Numbers of the records of the first batches."""
    return numbers(itertools.islice(shards.batches(batch_size, threads=0, **more), count))


@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "gzip"])
def test_a_batch_holds_what_was_written(tmp_path, gzip):
    shards = made(tmp_path, [5, 0, 3], gzip)
    batch = next(shards.batches(8, seed=3))
    written = [example(n, LENGTH, PREDICTIONS, VOCABULARY) for n in shards.order(0, 8, seed=3)]
    assert set(batch) == set(NAMES)
    for name, values in batch.items():
        assert values.dtype == (np.float32 if name == "masked_lm_weights" else np.int32)
        np.testing.assert_array_equal(values, [features[name] for features in written])


def test_any_record_is_one_look_up(tmp_path):
    shards = made(tmp_path, [5, 0, 3])
    assert len(shards) == 8
    for number in range(-8, 8):
        record = shards[number]
        for name, values in record.items():
            np.testing.assert_array_equal(
                values, example(number % 8, LENGTH, PREDICTIONS, VOCABULARY)[name]
            )
    for number in (-9, 8):
        with pytest.raises(IndexError, match=f"record {number} of 8"):
            shards[number]


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_change_nothing(tmp_path, threads):
    shards = made(tmp_path, [50, 31])
    run = shards.batches(6, seed=1, threads=threads, ahead=3)
    assert numbers(itertools.islice(run, 40)) == some(shards, 6, 40, seed=1)


@pytest.fixture(scope="module")
def lattice(tmp_path_factory):
    """The same records in one, two, three and seven shards."""
    sizes = [[37], [20, 17], [1, 0, 36], [5, 6, 5, 6, 5, 5, 5]]
    return [made(tmp_path_factory.mktemp("lattice"), counts) for counts in sizes]


def test_the_union_over_hosts_is_the_global_order_everywhere_on_the_lattice(lattice):
    """Shards x hosts x batch x resume point: nothing twice, nothing lost."""
    whole = lattice[0].order(0, 400, seed=9).tolist()
    for shards, batch_size in itertools.product(lattice, (1, 2, 6, 12, 60)):
        for hosts in (n for n in (1, 2, 3, 4, 6, 12) if batch_size % n == 0):
            for consumed in {0, batch_size, 3 * batch_size, 37 // batch_size * batch_size}:
                seen = [
                    some(shards, batch_size, 3, seed=9, host=h, hosts=hosts, consumed=consumed)
                    for h in range(hosts)
                ]
                rows = np.array(seen).reshape(hosts, 3, batch_size // hosts)
                batches = rows.transpose(1, 0, 2).ravel().tolist()
                assert batches == whole[consumed : consumed + 3 * batch_size]


def test_ten_thousand_random_places_of_the_lattice(lattice):
    rng = np.random.default_rng(4)
    for _ in range(10_000):
        shards = lattice[rng.integers(len(lattice))]
        hosts, rows = int(rng.integers(1, 9)), int(rng.integers(1, 9))
        host, seed = int(rng.integers(hosts)), int(rng.integers(50))
        consumed = hosts * rows * int(rng.integers(100))
        seen = some(shards, hosts * rows, 1, seed=seed, host=host, hosts=hosts, consumed=consumed)
        assert seen == shards.order(consumed + host * rows, rows, seed).tolist()


def test_the_number_of_hosts_and_the_batch_may_change_in_the_middle(lattice):
    rng = np.random.default_rng(5)
    for _ in range(50):
        seed, consumed, run = int(rng.integers(50)), 0, []
        while consumed < 3 * 37:
            hosts, rows, steps = (int(rng.integers(1, 7)) for _ in range(3))
            shards = lattice[rng.integers(len(lattice))]
            given = {"seed": seed, "hosts": hosts, "consumed": consumed}
            seen = [some(shards, hosts * rows, steps, host=h, **given) for h in range(hosts)]
            run += np.array(seen).reshape(hosts, steps, rows).transpose(1, 0, 2).ravel().tolist()
            consumed += hosts * rows * steps
        for epoch in range(3):
            assert sorted(run[37 * epoch : 37 * epoch + 37]) == list(range(37))


@pytest.mark.parametrize(("hosts", "consumed"), [(1, 0), (4, 0), (4, 40), (2, 72)])
def test_epochs_end_with_the_last_record(lattice, hosts, consumed):
    given = {"seed": 2, "consumed": consumed, "epochs": 2, "threads": 0}
    seen = [list(lattice[1].batches(8, host=h, hosts=hosts, **given)) for h in range(hosts)]
    assert len({len(batches) for batches in seen}) == 1
    run = [number for step in zip(*seen, strict=True) for number in numbers(step)]
    assert run == lattice[1].order(consumed, 74 - consumed, seed=2).tolist()


def test_evaluation_gives_every_record_once_and_fills_up_the_last_batch(lattice):
    for shards, hosts in itertools.product(lattice, (1, 2, 4)):
        seen = [list(shards.evaluation(8, host=h, hosts=hosts)) for h in range(hosts)]
        steps = list(zip(*seen, strict=True))
        assert len(steps) == 5
        whole = [(b["input_ids"][:, 1], b["example_weights"]) for step in steps for b in step]
        read, weights = (np.concatenate(parts) for parts in zip(*whole, strict=True))
        assert weights.dtype == np.float32 and len(weights) == 40
        np.testing.assert_array_equal(read[weights == 1], np.arange(37))
        assert weights[37:].tolist() == [0, 0, 0]


def test_a_set_can_be_sent_to_another_process(lattice):
    copy = pickle.loads(pickle.dumps(lattice[3]))
    assert some(copy, 6, 9, seed=8) == some(lattice[3], 6, 9, seed=8)


WRONG = [
    ({"batch_size": 0}, "batch_size"),
    ({"hosts": 3}, "hosts"),
    ({"hosts": 0}, "hosts"),
    ({"host": 2, "hosts": 2}, "host"),
    ({"host": -1}, "host"),
    ({"consumed": -8}, "consumed"),
    ({"seed": -1}, "seed"),
    ({"seed": 2**63}, "seed"),
]


@pytest.mark.parametrize(("given", "name"), WRONG)
def test_what_cannot_be_is_refused_at_the_call(lattice, given, name):
    with pytest.raises(ConfigError) as failure:
        lattice[0].batches(**{"batch_size": 8, **given})
    assert failure.value.where == name


def damage(folder, shard, byte):
    path = sorted(folder.glob("train-*"))[shard]
    content = bytearray(path.read_bytes())
    content[byte] ^= 1
    path.write_bytes(content)


def test_a_damaged_record_is_named(tmp_path):
    shards = made(tmp_path, [4, 4])
    damage(tmp_path, 1, -100)
    with pytest.raises(DataError, match=r"train-00001-of-00002.tfrecord: record 3 is damaged"):
        list(shards.batches(4, epochs=1))
    with pytest.raises(DataError, match="record 3 is damaged"):
        shards[7]


def test_a_damaged_length_harms_one_record_where_the_offsets_are_known(tmp_path):
    shards = made(tmp_path, [4, 4])
    next(shards.batches(8))  # the offsets are kept
    begin = int(shards.sets[0].shards.shard(1).offsets[2])
    damage(tmp_path, 1, begin)
    with pytest.raises(DataError, match="record 2 is damaged"):
        open_shards(tmp_path)[6]
    again = open_shards(tmp_path)
    assert some(again, 8, 1, on_damage="skip") != shards.order(0, 8).tolist()
    assert [record for _, record in again.damaged] == [2]
    assert again[7]["input_ids"][1] == 7
    for path in tmp_path.glob("offsets-*"):
        path.unlink()
    with pytest.raises(DataError, match="record 2 is cut off or its length is damaged"):
        open_shards(tmp_path)[7]


@pytest.mark.parametrize("hosts", [1, 2, 4])
def test_damaged_records_can_be_passed_over_the_same_way_by_any_number_of_hosts(tmp_path, hosts):
    shards = made(tmp_path, [4, 4])
    damage(tmp_path, 1, -100)
    given = {"seed": 1, "on_damage": "skip"}
    seen = [some(shards, 4, 6, host=h, hosts=hosts, **given) for h in range(hosts)]
    run = np.array(seen).reshape(hosts, 6, 4 // hosts).transpose(1, 0, 2).ravel()
    whole = shards.order(0, 25, seed=1)
    np.testing.assert_array_equal(run, np.where(whole == 7, np.roll(whole, -1), whole)[:24])
    assert shards.damaged == {
        (str(tmp_path / "train-00001-of-00002.tfrecord"), 3): "is damaged (CRC-32C)"
    }


def test_nothing_but_damage_is_an_error_even_then(tmp_path):
    shards = made(tmp_path, [1])
    damage(tmp_path, 0, -100)
    with pytest.raises(DataError, match="record 0 is damaged"):
        next(shards.batches(1, on_damage="skip"))


def test_a_shard_of_another_size_is_refused(tmp_path):
    shards = made(tmp_path, [4, 4])
    path = tmp_path / "train-00000-of-00002.tfrecord"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match="the manifest says"):
        shards[0]


def test_a_shard_that_is_not_there_is_named(tmp_path):
    shards = made(tmp_path, [4, 4])
    (tmp_path / "train-00001-of-00002.tfrecord").unlink()
    assert shards[0]
    with pytest.raises(DataError, match="train-00001-of-00002.tfrecord"):
        shards[4]
