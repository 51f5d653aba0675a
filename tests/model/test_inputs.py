import numpy as np
import pytest
import tensorflow as tf

from albert_data.base.errors import DataError
from model.inputs import evaluation_batches, training_batches
from model.shards import open_shards
from tests.command_line import CORPUS, albert_data, edit, succeeds
from tests.model.conftest import tiny_config
from tests.model.make_shards import example, write_shards

COUNTS = [5, 3, 4, 6, 2]


@pytest.fixture
def shards(tmp_path):
    return open_shards(str(write_shards(tmp_path, COUNTS)), tiny_config())


def numbers(dataset):
    """Numbers of the examples of a dataset, in order: their second piece."""
    return [int(n) for batch in dataset for n in batch["input_ids"][:, 1]]


def order(shards, **more):
    return numbers(training_batches(shards, 1, **{"seed": 7, "interleave": 2, **more}))


def test_an_epoch_holds_every_example_once(shards):
    assert sorted(order(shards)) == list(range(20))


def test_the_order_is_a_function_of_the_seed(shards):
    assert order(shards) == order(shards)
    assert order(shards) != order(shards, seed=8)


def test_epochs_come_in_different_orders(shards):
    both = order(shards, examples=40)
    assert sorted(both[20:]) == list(range(20)) and both[:20] != both[20:]


@pytest.mark.parametrize("first", [0, 1, 7, 19, 20, 33, 40])
def test_a_start_in_the_middle_continues_the_unbroken_order(shards, first):
    whole = order(shards, examples=60)
    assert order(shards, first_example=first, examples=60 - first) == whole[first:]


def test_hosts_share_the_shards_out(shards):
    hosts = [order(shards, host=h, hosts=2) for h in range(2)]
    assert sorted(hosts[0] + hosts[1]) == list(range(20))
    assert set(hosts[0]) == {0, 1, 2, 3, 4, 8, 9, 10, 11, 18, 19}


def test_more_hosts_than_shards_are_refused(shards):
    with pytest.raises(DataError, match="5 shards cannot feed 6 hosts"):
        order(shards, hosts=6)


def test_shards_of_a_run_are_read_in_turn(tmp_path):
    shards = open_shards(str(write_shards(tmp_path, [3, 3])), tiny_config())
    assert [n // 3 for n in order(shards)] in ([0, 1] * 3, [1, 0] * 3)


@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "gzip"])
def test_a_batch_holds_what_was_written_as_int32_with_static_shapes(tmp_path, gzip):
    shards = open_shards(str(write_shards(tmp_path, [4], gzip=gzip)), tiny_config())
    assert shards.compression == ("GZIP" if gzip else "")
    dataset = training_batches(shards, 4, seed=0)
    batch = next(iter(dataset))
    written = [example(n, 16, 3, 97) for n in range(4)]
    assert "token_boundary" not in batch
    for name, value in batch.items():
        assert dataset.element_spec[name].shape == value.shape
        np.testing.assert_array_equal(value, [features[name] for features in written])
    types = {name: value.dtype for name, value in batch.items()}
    assert types.pop("masked_lm_weights") == tf.float32
    assert set(types.values()) == {tf.int32}


def test_a_partial_training_batch_is_dropped(shards):
    assert len(list(training_batches(shards, 8, seed=0))) == 2


def test_evaluation_gives_every_example_once_and_marks_the_filling(shards):
    batches = list(evaluation_batches(shards, 8))
    assert [batch["input_ids"].shape for batch in batches] == [(8, 16)] * 3
    weights = np.concatenate([batch["example_weights"] for batch in batches])
    assert weights.tolist() == [1.0] * 20 + [0.0] * 4
    seen = np.concatenate([batch["input_ids"][:, 1] for batch in batches])
    assert sorted(seen[weights > 0]) == list(range(20))


def test_another_vocabulary_is_refused_with_the_fix(tmp_path):
    folder = write_shards(tmp_path, [2], vocabulary=50)
    with pytest.raises(DataError, match="(?s)made with 50 pieces.*fix: set vocab_size=50"):
        open_shards(str(folder), tiny_config())


def test_examples_longer_than_the_position_table_are_refused(tmp_path):
    folder = write_shards(tmp_path, [2], length=32)
    with pytest.raises(DataError, match="examples of 32 positions.*max_position_embeddings=24"):
        open_shards(str(folder), tiny_config())


def test_a_shard_of_another_size_is_refused(tmp_path):
    folder = write_shards(tmp_path, [2, 2])
    path = next(folder.glob("*00001-of*"))
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(DataError, match="00001-of-00002.*bytes, the manifest says"):
        open_shards(str(folder), tiny_config())


def test_a_missing_shard_is_refused(tmp_path):
    folder = write_shards(tmp_path, [2, 2])
    next(folder.glob("*00001-of*")).unlink()
    with pytest.raises(DataError, match="named by the manifest and not there"):
        open_shards(str(folder), tiny_config())


def test_an_unfinished_build_is_refused(tmp_path):
    with pytest.raises(DataError, match="is the build finished"):
        open_shards(str(tmp_path), tiny_config())


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda m: m.update(schema_version=99), "schema version 99"),
        (lambda m: m.pop("config"), "missing required field `config`"),
        (lambda m: m["shards"][0].update(name="../x"), "is not the name of a file"),
        (lambda m: m.update(shards=[]), "lists no example"),
    ],
)
def test_a_manifest_that_cannot_be_read_says_why(tmp_path, change, message):
    path = write_shards(tmp_path, [2]) / "manifest.json"
    edit(path, change)
    with pytest.raises(DataError, match=message):
        open_shards(str(tmp_path), tiny_config())
    path.write_text("{")
    with pytest.raises(DataError, match="is damaged"):
        open_shards(str(tmp_path), tiny_config())


@pytest.fixture(scope="module")
def both_modes(tmp_path_factory, vocabulary_file):
    """Unmasked shards of one pass, and static ones of three passes over the same pairs."""
    pytest.importorskip("apache_beam", reason="makes its shards with Beam, which is not here")
    folder = tmp_path_factory.mktemp("modes")
    for name, own in (
        ("dynamic", ["masking.mode=dynamic", "pairs.dupe_factor=1"]),
        ("static", ["pairs.distinct=1", "pairs.dupe_factor=3"]),
    ):
        given = [f"--set={setting}" for setting in ["seed=5", *own]]
        succeeds(
            albert_data(
                "build", *CORPUS, "--vocab", vocabulary_file, "--output", folder / name,
                "--config=tiny", "--workers=1", *given,
            )
        )  # fmt: skip
    config = tiny_config(vocab_size=2000, max_position_embeddings=64)
    return [open_shards(str(folder / name), config) for name in ("dynamic", "static")]


def examples_of(dataset) -> list[tuple]:
    """Every example of a dataset as its features' bytes, by name."""
    return [
        tuple((name, np.asarray(value[row]).tobytes()) for name, value in sorted(batch.items()))
        for batch in dataset
        for row in range(len(batch["input_ids"]))
    ]


def test_epochs_of_unmasked_shards_are_the_dupes_of_static_ones(both_modes):
    dynamic, static = both_modes
    assert static.num_records == 3 * dynamic.num_records > 1000
    drawn = examples_of(training_batches(dynamic, 3, seed=1, examples=static.num_records))
    written = examples_of(training_batches(static, 3, seed=2))
    assert sorted(drawn) == sorted(written)
    assert len(set(drawn)) > 0.99 * len(drawn)  # a short example may draw the same masks twice


def test_a_start_in_the_middle_of_an_epoch_draws_the_masks_of_the_unbroken_order(both_modes):
    dynamic, _ = both_modes
    first = dynamic.num_records + 17
    whole = examples_of(training_batches(dynamic, 1, seed=1, examples=first + 64))
    resumed = training_batches(dynamic, 16, seed=1, first_example=first, examples=64)
    assert examples_of(resumed) == whole[first : first + 64]


def test_batches_of_unmasked_shards_look_like_those_of_static_ones(both_modes):
    dynamic, static = (training_batches(shards, 8, seed=1) for shards in both_modes)
    assert dynamic.element_spec == static.element_spec
    drawn, written = (evaluation_batches(shards, 8) for shards in both_modes)
    assert drawn.element_spec == written.element_spec
    assert examples_of(drawn) == examples_of(drawn)
