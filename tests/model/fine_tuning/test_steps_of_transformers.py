"""The steps of fine-tuning against those of transformers and torch: one BERT, tables, order, no dropout.

From tables of text to weights: pieces, batches, loss, gradients, clip, AdamW with its bias corrected, decay,
warm-up. Dropout, whose masks cannot be the same, by what it does to the mean and the spread of logits. Run
where transformers and torch are (`make test-readers`), skipped elsewhere. The other side is that of the
witness, `benchmarks/minilm_peer.py`.
"""

from __future__ import annotations

import dataclasses
import random
from typing import Any, NamedTuple

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("transformers", reason="transformers is not installed")

import torch
import transformers

from benchmarks import minilm_peer as peer
from model.convert.reference import encoder_names
from model.convert.weights import read_weights
from model.fine_tuning.beginning import begin_with
from model.fine_tuning.inputs import order_from
from model.fine_tuning.job import FineTuning, TaskData
from model.fine_tuning.runs import Asked, read_split
from model.fine_tuning.settings import task_settings
from model.fine_tuning.task_model import TaskModel
from model.network.dropout import dropout_key
from model.tasks.table import find_task
from model.training.engine import Devices
from tests.model.backends import new_engine

WORDS = [f"{one}{two}" for one in "bdfgklmnprst" for two in ("ag", "el", "ip", "on", "ud", "ys")]
HEADERS = {"cola": [], "rte": ["index\tsentence1\tsentence2\tlabel"]}
DRAWS = 800  # of masks; a spread of so many of 8 examples is known to 0.9 per cent
EXAMPLES, BATCH, STEPS, WARMUP, LENGTH = 52, 8, 24, 6, 24
SETTINGS: dict[str, Any] = {
    "learning_rate": 2e-3,
    "weight_decay": 0.1,
    "epsilon": 1e-6,
    "clip_norm": 1.0,
}
OTHERS: list[dict[str, Any]] = [
    {"bias_correction": False},
    {"weight_decay": 0.0},
    {"clip_norm": 0.0},
    {"warmup_steps": WARMUP - 1},
    {"epsilon": 1e-4},
]


class Trained(NamedTuple):
    """What the steps of one side came to.

    Attributes:
        losses, norms: [steps]; the gradient's norm before it is clipped.
        weights: by the encoder's reference names, and ``kernel``, ``bias`` of the head.
    """

    losses: np.ndarray
    norms: np.ndarray
    weights: dict[str, np.ndarray]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small BERT with weights far from the initial ones, and its tokenizer."""
    place = tmp_path_factory.mktemp("bert")
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    (place / "vocab.txt").write_text("\n".join([*special, *WORDS]) + "\n")
    tokenizer = transformers.BertTokenizerFast(str(place / "vocab.txt"))
    tokenizer.save_pretrained(place)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=LENGTH,
        initializer_range=0.1,
    )
    transformers.BertModel(config).save_pretrained(place)
    return place


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder a task, whose tables hold one sentence or two of 2 to 9 words, and labels by chance."""
    found = {}
    for task, header in HEADERS.items():
        rng, lines = random.Random(task), []
        labels = peer.LAYOUTS[task].labels
        for number in range(EXAMPLES):
            first, second = (" ".join(rng.choices(WORDS, k=rng.randint(2, 9))) for _ in range(2))
            label = rng.choice(labels)
            of_pair = [str(number), first, second, label]
            lines.append("\t".join(["x", label, "", first] if task == "cola" else of_pair))
        found[task] = tmp_path_factory.mktemp(task)
        for split in ("train", "dev"):
            (found[task] / f"{split}.tsv").write_text("\n".join([*header, *lines]) + "\n")
    return found


def ours(task: str, folder, data, output, **others) -> tuple[Trained, dict[str, np.ndarray]]:
    """Our side, and the head that it began with."""
    row, beginning = find_task(task), begin_with(f"hf:{folder}", None, {})
    given = {**SETTINGS, "batch_size": BATCH, "max_length": LENGTH, "steps": STEPS}
    given |= {"warmup_steps": WARMUP, "encoder_dropout": 0.0, "classifier_dropout": 0.0}
    given |= {"bias_correction": True, "precision": "float32", **others}
    asked = Asked(
        str(output), range(1), given, lambda *_: new_engine(), Devices(), False, lambda _: None
    )
    train = read_split(row, "train", str(data), beginning, LENGTH, asked).inputs
    settings = task_settings(row, given, 0, len(train))
    job = FineTuning(row, beginning, settings, train, [], TaskData(str(data), "", "", ""))
    engine = new_engine()
    engine.build(job, settings, str(output / "run"))
    engine.take_weights(beginning.arrays)
    head = engine.model.head.dense

    def of_head() -> dict[str, np.ndarray]:
        return {"kernel": head.kernel.numpy(), "bias": head.bias.numpy()}

    first = of_head()
    engine.begin()
    found = [engine.run(1) for _ in range(STEPS)]
    losses = np.array([one["loss"] / one["weight"] for one in found])
    norms = np.array([one["gradient_norm"] for one in found])
    encoder = {name: v.numpy() for name, v in encoder_names(engine.model.encoder).items()}
    return Trained(losses, norms, {**encoder, **of_head()}), first


def theirs(task: str, folder, data, output, head: dict[str, np.ndarray]) -> Trained:
    """Their side from the same weights of the head, by the same order."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    train = peer.read(data / "train.tsv", peer.LAYOUTS[task], tokenizer, LENGTH)
    model = transformers.BertForSequenceClassification.from_pretrained(
        folder, num_labels=2, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    with torch.no_grad():
        model.classifier.weight.copy_(torch.tensor(head["kernel"].T))
        model.classifier.bias.copy_(torch.tensor(head["bias"]))
    model.train()
    training = peer.Training(model, SETTINGS, STEPS, WARMUP)
    order, found = order_from(EXAMPLES, 0, 0, BATCH), []
    for number in range(1, STEPS + 1):
        parts = [peer.padded(train, group) for group in peer.groups(train, next(order))]
        found.append(training.step(number, parts))
    model.bert.save_pretrained(output)
    after = {
        "kernel": model.classifier.weight.detach().numpy().T,
        "bias": model.classifier.bias.detach().numpy(),
    }
    losses, norms = map(np.array, zip(*found, strict=True))
    return Trained(losses, norms, {**read_weights(f"hf:{output}").arrays, **after})


def assert_same(one: Trained, other: Trained) -> None:
    np.testing.assert_allclose(one.losses, other.losses, atol=1e-5, rtol=0)
    np.testing.assert_allclose(one.norms, other.norms, rtol=1e-3)
    for name, array in one.weights.items():
        np.testing.assert_allclose(array, other.weights[name], atol=2e-5, rtol=0, err_msg=name)


@pytest.mark.parametrize("task, parts", [("cola", 0), ("rte", 4)])
def test_losses_and_weights_are_those_of_transformers(task, parts, folder, data, tmp_path):
    found, head = ours(task, folder, data[task], tmp_path, micro_batch_size=parts)
    expected = theirs(task, folder, data[task], tmp_path / "theirs", head)
    assert_same(found, expected)
    clip = SETTINGS["clip_norm"]
    assert expected.norms.min() < clip < expected.norms.max()  # some are clipped and some are not
    assert np.ptp(expected.losses) > 0.1
    start = read_weights(f"hf:{folder}").arrays
    moved = {name: np.abs(found.weights[name] - start[name]).max() for name in start}
    # A key's bias adds the same to all scores of a query.
    still = [name for name, most in moved.items() if most < 1e-3 and "key/bias" not in name]
    assert not still


@pytest.mark.parametrize("change", OTHERS, ids=lambda change: next(iter(change)))
def test_another_setting_is_seen(change, folder, data, tmp_path):
    """A step that left one of them out would not pass the test above."""
    found, head = ours("cola", folder, data["cola"], tmp_path, **change)
    expected = theirs("cola", folder, data["cola"], tmp_path / "theirs", head)
    with pytest.raises(AssertionError):
        assert_same(found, expected)


@pytest.mark.parametrize(
    "site", ["hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout_prob"]
)
def test_dropout_spreads_logits_as_that_of_transformers(site, folder, data):
    """Each kind of site alone, at 0.3: a site more or less, or another rate, is another spread."""
    rates = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, site: 0.3}
    classifier = rates.pop("classifier_dropout_prob", 0.0)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    rows = peer.read(data["rte"] / "train.tsv", peer.LAYOUTS["rte"], tokenizer, LENGTH)
    batch = {
        name: v.repeat(DRAWS, 1)
        for name, v in peer.padded(rows, np.arange(8)).items()
        if v.ndim == 2
    }
    torch.manual_seed(1)
    model = transformers.BertForSequenceClassification.from_pretrained(
        folder, num_labels=2, classifier_dropout=classifier, **rates
    ).train()
    with torch.no_grad():
        expected = model(**batch).logits.numpy()
    weights = read_weights(f"hf:{folder}")
    config = dataclasses.replace(weights.config, classifier_dropout_prob=classifier, **rates)
    same = TaskModel(find_task("rte"), config, dtype="float32")
    for name, variable in encoder_names(same.encoder).items():
        variable.assign(weights.arrays[name])
    same.head.dense.kernel.assign(model.classifier.weight.detach().numpy().T)
    same.head.dense.bias.assign(model.classifier.bias.detach().numpy())
    names = {
        "input_ids": "input_ids",
        "attention_mask": "input_mask",
        "token_type_ids": "segment_ids",
    }
    features = {name: batch[theirs].numpy().astype(np.int32) for theirs, name in names.items()}
    found = same(features, dropout_key(0, 0, 0, 0))["logits"].numpy()
    ours, theirs = (np.diff(one)[:, 0].reshape(DRAWS, 8) for one in (found, expected))
    spread = theirs.std(0)
    assert spread.min() > 1e-4
    assert ours.std(0).mean() / spread.mean() == pytest.approx(1, abs=0.05)
    # Differences of means by their standard deviations.
    apart = (ours.mean(0) - theirs.mean(0)) / (spread * (2 / DRAWS) ** 0.5)
    assert np.abs(apart).max() < 4
