"""Shards under PyTorch, Grain, TensorFlow and `datasets`: the same batches as without them.

Torch, Transformers and Grain are in an environment of their own (`make test-readers`): tests of what is not
installed are skipped.
"""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pytest

from albert_data import open_shards
from albert_data.base.errors import ConfigError
from albert_data.read.names import NAMES
from tests.model.conftest import tiny_config
from tests.model.make_shards import write_shards
from tests.read import ddp_rank
from tests.read.conftest import LENGTH, PREDICTIONS, VOCABULARY, needs

GIVEN = {"seed": 5, "consumed": 24}


def same(ours, theirs, count):
    """The first batches of both are equal."""
    theirs = list(itertools.islice(theirs, count))
    ours = list(itertools.islice(ours, len(theirs)))
    assert len(ours) == len(theirs) > 0
    for one, other in zip(ours, theirs, strict=True):
        assert set(one) == set(other)
        for name, values in one.items():
            assert np.asarray(other[name]).dtype == values.dtype
            np.testing.assert_array_equal(np.asarray(other[name]), values)


def test_names_of_hugging_face_say_the_same(numbered):
    (plain,) = itertools.islice(numbered.batches(12, **GIVEN), 1)
    (named,) = itertools.islice(numbered.batches(12, names="huggingface", **GIVEN), 1)
    assert {values.dtype for values in named.values()} == {np.dtype(np.int64)}
    np.testing.assert_array_equal(named["input_ids"], plain["input_ids"])
    np.testing.assert_array_equal(named["attention_mask"], plain["input_mask"])
    np.testing.assert_array_equal(named["token_type_ids"], plain["segment_ids"])
    np.testing.assert_array_equal(
        named["sentence_order_label"], plain["next_sentence_labels"][:, 0]
    )
    for row, labels in enumerate(named["labels"]):
        used = plain["masked_lm_weights"][row] > 0
        positions = plain["masked_lm_positions"][row][used]
        assert np.flatnonzero(labels != -100).tolist() == positions.tolist()
        assert labels[positions].tolist() == plain["masked_lm_ids"][row][used].tolist()


def test_other_names_are_refused(numbered):
    with pytest.raises(ConfigError, match="'shards', 'huggingface'"):
        numbered.batches(4, names="bert")


# ---- PyTorch


@pytest.mark.filterwarnings("ignore:This DataLoader will create 3")
@pytest.mark.parametrize("workers", [0, 1, 2, 3])
@pytest.mark.parametrize("epochs", [None, 2])
def test_a_data_loader_gives_the_run_whatever_the_number_of_workers(numbered, workers, epochs):
    needs("torch")
    import torch

    from albert_data.read.for_torch import TorchBatches

    given = {**GIVEN, "epochs": epochs, "names": "huggingface"}
    data = TorchBatches(numbered, 12, **given)
    loader = torch.utils.data.DataLoader(data, batch_size=None, num_workers=workers)
    same(numbered.batches(12, **given), loader, 9)


def test_a_data_loader_collates_single_records_for_any_sampler(numbered):
    needs("torch")
    import torch

    from albert_data.read.for_torch import TorchRecords

    order = [3, 36, 0, 7, 12, 1]
    loader = torch.utils.data.DataLoader(TorchRecords(numbered), batch_size=2, sampler=order)
    same([numbered.records(np.array(order[i : i + 2])) for i in (0, 2, 4)], loader, 9)
    for name, values in TorchRecords(numbered)[36].items():
        np.testing.assert_array_equal(values, numbered[36][name])


@pytest.mark.slow
def test_under_ddp_a_process_reads_its_rows(numbered, free_tcp_port):
    needs("torch")
    import torch.multiprocessing as processes

    context = processes.get_context("spawn")
    queue = context.SimpleQueue()
    arguments = (pickle.dumps(numbered), free_tcp_port, GIVEN, queue)
    processes.spawn(ddp_rank.read, arguments, nprocs=2)
    seen = dict(queue.get() for _ in range(2))
    run = [row for step in zip(seen[0], seen[1], strict=True) for part in step for row in part]
    assert run == numbered.order(24, 72, seed=5).tolist()


def test_a_batch_gives_our_models_loss_in_transformers(tmp_path):
    needs("torch")
    import torch

    needs("transformers")
    import transformers

    from albert_data.read.for_torch import TorchBatches
    from model.albert import AlbertPretrainer
    from model.convert.hugging_face import write_hugging_face
    from model.network.heads import pretraining_sums

    shards = open_shards(write_shards(tmp_path / "shards", [20], LENGTH, PREDICTIONS, 97))
    model = AlbertPretrainer(tiny_config(), seed=1)
    for variable in model.trainable_variables:
        variable.assign(variable + np.random.default_rng(1).normal(0, 0.1, variable.shape))
    write_hugging_face(model, tmp_path / "model")
    batch = next(shards.batches(12))
    sums = pretraining_sums(model(batch), batch)
    ours = sums["mlm_loss"] / sums["mlm_weight"] + sums["sentence_loss"] / 12

    theirs = transformers.AlbertForPreTraining.from_pretrained(tmp_path / "model").eval()
    with torch.no_grad():
        given = next(iter(TorchBatches(shards, 12, names="huggingface")))
        np.testing.assert_allclose(float(theirs(**given).loss), float(ours), rtol=1e-5)


# ---- Grain


@pytest.mark.parametrize("host", [0, 1])
def test_grain_reads_batches_and_its_checkpoint_is_a_place_of_the_run(numbered, host):
    needs("grain")
    import grain

    from albert_data.read.for_grain import GrainBatches

    share = {"seed": 5, "host": host, "hosts": 2}
    source = GrainBatches(numbered, 12, epochs=3, **share)
    assert len(source) == 3 * 37 // 12
    batches = iter(grain.MapDataset.source(source).to_iter_dataset())
    same(numbered.batches(12, **share), batches, 4)
    state = batches.get_state()
    again = iter(grain.MapDataset.source(source).to_iter_dataset())
    again.set_state(state)
    same(numbered.batches(12, consumed=48, **share), again, 5)
    with pytest.raises(IndexError):
        source[9]


# ---- TensorFlow


@pytest.mark.parametrize("epochs", [None, 2])
def test_tensorflow_gets_static_shapes_of_endless_runs(numbered, epochs):
    from albert_data.read.for_tensorflow import tensorflow_batches

    given = {**GIVEN, "host": 1, "hosts": 3, "epochs": epochs}
    dataset = tensorflow_batches(numbered, 12, **given)
    rows = 4 if epochs is None else None
    assert dataset.element_spec["input_ids"].shape.as_list() == [rows, LENGTH]
    assert dataset.element_spec["masked_lm_weights"].shape.as_list() == [rows, PREDICTIONS]
    same(numbered.batches(12, **given), dataset.as_numpy_iterator(), 9)


# ---- datasets


@pytest.mark.parametrize("names", list(NAMES))
def test_datasets_streams_examples_in_the_order_of_the_run(numbered, names):
    from albert_data.read.for_datasets import stream

    given = {**GIVEN, "epochs": 2, "names": names}
    examples = stream(numbered, 12, **given).with_format("numpy")
    rows = [
        {name: values[row : row + 1] for name, values in batch.items()}
        for batch in numbered.batches(12, **given)
        for row in range(len(batch["input_ids"]))
    ]
    seen = [{name: np.asarray(value)[None] for name, value in row.items()} for row in examples]
    same(rows, seen, len(rows) + 1)
    assert max(int(row["input_ids"].max()) for row in seen) < VOCABULARY
